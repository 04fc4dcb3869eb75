/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reads CPUID, control registers and MTRRs (SDM vol. 2, CPUID; vol. 3, 12.11). */
#include "arch.h"
#include "regs.h"

static bool bit(u32 word, unsigned n)
{
	return word >> n & 1;
}

static void read_vendor(struct cpu_info *c)
{
	struct cpuid r = cpuid(0, 0);

	memcpy(c->vendor, &r.ebx, 4);
	memcpy(c->vendor + 4, &r.edx, 4);
	memcpy(c->vendor + 8, &r.ecx, 4);
}

static void read_brand(struct cpu_info *c)
{
	char brand[49] = {0};
	u32 start = 0;

	if (cpuid(0x80000000, 0).eax < 0x80000004)
		return;
	for (u32 i = 0; i < 3; i++) {
		struct cpuid r = cpuid(0x80000002 + i, 0);

		memcpy(brand + 16 * i, &r, 16);
	}
	while (brand[start] == ' ')
		start++;
	memcpy(c->brand, brand + start, sizeof(brand) - start);
}

/* QEMU's TCG gives TCGTCGTCGTCG in EBX, ECX, EDX of the hypervisor's leaf. */
static bool is_tcg(void)
{
	struct cpuid r = cpuid(0x40000000, 0);

	return r.ebx == 0x54474354 && r.ecx == 0x43544743 && r.edx == 0x47435447;
}

static void read_features(struct cpu_info *c)
{
	struct cpuid one = cpuid(1, 0), ext = {0}, sizes = {0}, seven = {0};
	u32 max = cpuid(0, 0).eax, max_ext = cpuid(0x80000000, 0).eax;
	u32 family = one.eax >> 8 & 15, model = one.eax >> 4 & 15;

	if (max >= 7)
		seven = cpuid(7, 0);
	if (max_ext >= 0x80000001)
		ext = cpuid(0x80000001, 0);
	if (max_ext >= 0x80000008)
		sizes = cpuid(0x80000008, 0);
	c->family = family == 15 ? family + (one.eax >> 20 & 255) : family;
	c->model = family == 6 || family == 15 ? model | (one.eax >> 12 & 0xf0) : model;
	c->stepping = one.eax & 15;
	c->pge = bit(one.edx, 13);
	c->pat = bit(one.edx, 16);
	c->pcid = bit(one.ecx, 17);
	c->hypervisor = bit(one.ecx, 31);
	c->tcg = c->hypervisor && is_tcg();
	c->smep = bit(seven.ebx, 7);
	c->smap = bit(seven.ebx, 20);
	c->umip = bit(seven.ecx, 2);
	c->pku = bit(seven.ecx, 3);
	c->cet_ss = bit(seven.ecx, 7);
	c->la57 = bit(seven.ecx, 16);
	c->pks = bit(seven.ecx, 31);
	c->cet_ibt = bit(seven.edx, 20);
	c->nx = bit(ext.edx, 20);
	c->page1g = bit(ext.edx, 26);
	c->phys_bits = sizes.eax ? sizes.eax & 255 : 36;
	c->virt_bits = sizes.eax ? sizes.eax >> 8 & 255 : 48;
	c->mtrr.present = bit(one.edx, 12);
}

static void read_fixed_mtrrs(struct mtrr_state *m)
{
	static const u32 msrs[] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
				   0x26b, 0x26c, 0x26d, 0x26e, 0x26f};

	for (u32 i = 0; i < ARRAY_SIZE(msrs); i++) {
		u64 v = rdmsr(msrs[i]);

		memcpy(&m->fixed[8 * i], &v, 8);
	}
}

static void read_mtrrs(struct cpu_info *c)
{
	struct mtrr_state *m = &c->mtrr;
	u64 cap, def;

	m->phys_bits = c->phys_bits;
	if (!m->present)
		return;
	cap = rdmsr(MSR_MTRRCAP);
	def = rdmsr(MSR_MTRR_DEF);
	m->enabled = def >> 11 & 1;
	m->fixed_enabled = def >> 10 & 1 && cap >> 8 & 1;
	m->default_type = def & 255;
	m->nr_variable = (u8)min(cap & 255, (u64)MTRR_MAX_VARIABLE);
	for (u32 i = 0; i < m->nr_variable; i++) {
		m->variable[i].base = rdmsr(MSR_MTRR_PHYS + 2 * i);
		m->variable[i].mask = rdmsr(MSR_MTRR_PHYS + 2 * i + 1);
	}
	if (cap >> 8 & 1)
		read_fixed_mtrrs(m);
}

void arch_cpu_info(struct cpu_info *ret)
{
	memset(ret, 0, sizeof(*ret));
	read_vendor(ret);
	read_brand(ret);
	read_features(ret);
	ret->cr0 = read_cr0();
	ret->cr3 = read_cr3();
	ret->cr4 = read_cr4();
	ret->efer = rdmsr(MSR_EFER);
	if (ret->pat)
		ret->pat_msr = rdmsr(MSR_PAT);
	read_mtrrs(ret);
}

u64 arch_cycles(void)
{
	return rdtsc();
}

void arch_read_state(struct cpu_state *ret)
{
	struct table_pointer gdt = sgdt(), idt = sidt();

	*ret = (struct cpu_state){
		.cr0 = read_cr0(),
		.cr3 = read_cr3(),
		.cr4 = read_cr4(),
		.efer = rdmsr(MSR_EFER),
		.pat = cpuid(1, 0).edx >> 16 & 1 ? rdmsr(MSR_PAT) : 0,
		.gs_base = rdmsr(MSR_GS_BASE),
		.rflags_if = read_rflags() & RFLAGS_IF,
		.cs = read_cs(),
		.ss = read_ss(),
		.ds = read_ds(),
		.es = read_es(),
		.fs = read_fs(),
		.gs = read_gs(),
		.tr = str(),
		.ldtr = sldt(),
		.gdt_base = gdt.base,
		.gdt_limit = gdt.limit,
		.idt_base = idt.base,
		.idt_limit = idt.limit,
	};
}

void arch_flush_caches(void)
{
	wbinvd();
}

int arch_with_root(phys_addr_t root, void (*fn)(void *arg), void *arg)
{
	u64 cr3 = read_cr3();

	write_cr3(root | (cr3 & ~PTE_ADDR_MASK));
	fn(arg);
	write_cr3(cr3);
	return 0;
}
