/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The gate. There are two worlds, each a set of registers; crossing saves one and loads the other.
 *
 * The order matters. Entering: first interrupts off, then page tables (CR3, CR4, perhaps through
 * the LA57 stub), then descriptor tables, which our page tables map, then the stack. Leaving is the
 * reverse; interrupts come on last. The firmware may change its registers while it runs, so they
 * are saved at each crossing.
 *
 * TR: the exception stacks need a TSS, so we load ours. On the way back we load the firmware's, if
 * it had one. OVMF has none: its TR is null, and a null TR cannot be loaded (LTR with 0 is #GP: SDM
 * vol. 2), so TR keeps our selector. It is the only register that is not restored. Nothing uses it
 * unless an interrupt gate needs a stack from a TSS (IST or a change of privilege), and firmware
 * without a TSS has no such gate. (On AMD, VMLOAD can load a null TR: tried under QEMU. But it
 * needs SVM turned on, which firmware may forbid: not worth it for an unused register.)
 *
 * Shadow stacks (CET): after a crossing the shadow stack would not match the stack in use, so
 * gate_init() refuses firmware that uses them.
 */
#include "percpu.h"

void gate_call_on(void (*fn)(void *arg), void *arg, u64 stack_top, u64 *save);
void gate_load_segments(u16 cs, u16 ds, u16 ss, u16 es);

static struct cpu boot = {.percpu = {.self = &boot.percpu}};
static struct cpu *cpus[MAX_CPUS] = {&boot};

/* The same for every CPU. */
static struct {
	phys_addr_t root;
	bool five, nx, pge, pat;
} kind;

/* A CPU uses our IDT in our world, and only there. */
bool gate_in_our_world(void)
{
	return sidt().base == trap_idt();
}

struct cpu *gate_cpu(void)
{
	return gate_in_our_world() ? this_cpu() : &boot;
}

struct cpu *gate_cpu_nr(u32 nr)
{
	return cpus[nr];
}

phys_addr_t gate_root(void)
{
	return kind.root;
}

static void save(struct world *w)
{
	w->cr0 = read_cr0();
	w->cr3 = read_cr3();
	w->cr4 = read_cr4();
	w->efer = rdmsr(MSR_EFER);
	w->pat = kind.pat ? rdmsr(MSR_PAT) : 0;
	w->gs_base = rdmsr(MSR_GS_BASE);
	w->fs_base = rdmsr(MSR_FS_BASE);
	w->gdt = sgdt();
	w->idt = sidt();
	w->cs = read_cs();
	w->ds = read_ds();
	w->ss = read_ss();
	w->es = read_es();
	w->fs = read_fs();
	w->gs = read_gs();
	w->tr = str();
}

/*
 * Off while tables change: PGE, as global translations of the old world must not stay; PCIDE, as it
 * can only be turned on while CR3's low bits are 0, and paging cannot be turned off with it; CET,
 * as WP cannot be cleared with it (SDM vol. 3, 2.5 and 4.10.1).
 */
#define CR4_OFF_MEANWHILE (CR4_PGE | CR4_PCIDE | CR4_CET)

/* Loads control registers and page tables. First turns off what the new world does not have. */
static void load_paging(struct cpu *c, const struct world *w)
{
	u64 cr4 = read_cr4() & (w->cr4 | CR4_LA57) & ~CR4_OFF_MEANWHILE;
	u64 cr3 = w->cr4 & CR4_PCIDE ? round_down(w->cr3, PAGE_SIZE) : w->cr3;

	write_cr4(cr4);
	write_cr0(w->cr0);
	/* NXE must be on before tables with NX bits, and goes off only after them. */
	if (w->efer & EFER_NXE)
		wrmsr(MSR_EFER, w->efer);
	if (kind.pat && rdmsr(MSR_PAT) != w->pat) {
		wbinvd(); /* SDM vol. 3, 12.12.4; loading CR3 flushes the TLB */
		wrmsr(MSR_PAT, w->pat);
	}
	if ((cr4 ^ w->cr4) & CR4_LA57)
		la57_switch(c, cr3);
	else
		write_cr3(cr3);
	write_cr4(w->cr4);
	if (cr3 != w->cr3)
		write_cr3(w->cr3);
	wrmsr(MSR_EFER, w->efer);
}

/* Going to ring 3 (probe.S) clears the firmware's selectors in FS and GS. */
static void restore_fs_gs(const struct world *w)
{
	if (read_fs() != w->fs)
		__asm__ volatile("mov %0, %%fs" : : "r"(w->fs));
	if (read_gs() != w->gs)
		__asm__ volatile("mov %0, %%gs" : : "r"(w->gs));
}

static void load(struct cpu *c, const struct world *w)
{
	load_paging(c, w);
	lgdt(&w->gdt);
	gate_load_segments(w->cs, w->ds, w->ss, w->es);
	if (w == &c->ours)
		wrmsr(MSR_GS_BASE, w->gs_base); /* our handlers find their CPU with it */
	lidt(&w->idt);
	if (w == &c->firmware) {
		restore_fs_gs(w);
		wrmsr(MSR_GS_BASE, w->gs_base);
	}
	wrmsr(MSR_FS_BASE, w->fs_base);
}

/*
 * Loads the firmware's TSS again, if it had one: if its TR selects a TSS in its GDT. LTR refuses a
 * descriptor that is marked busy, as this one is. So we load a copy, from a temporary table with
 * the same selector, and write nothing of the firmware's.
 */
static void load_firmware_task(const struct world *firmware)
{
	u64 offset = firmware->tr & ~7ULL, tss[2];
	struct table_pointer gdt = {(u16)(offset + 15), (u64)(uintptr_t)tss - offset};

	if (!offset || offset + 15 > firmware->gdt.limit)
		return;
	memcpy(tss, (void *)(uintptr_t)(firmware->gdt.base + offset), sizeof(tss));
	if ((tss[0] & ~TSS_BUSY & DESCRIPTOR_KIND) != DESCRIPTOR_TSS)
		return;
	tss[0] &= ~TSS_BUSY;
	lgdt(&gdt);
	ltr(firmware->tr);
	lgdt(&firmware->gdt);
}

/* The firmware's PAT, if write-back and uncached are at the indexes that every page table uses. */
static u64 choose_pat(u64 pat)
{
	bool usual = (pat & 7) == MEMTYPE_WB && (pat >> 24 & 7) == MEMTYPE_UC;

	return usual ? pat : 0x0007040600070406ULL; /* reset value: SDM vol. 3, 12.12.4 */
}

/* Our registers: those that the firmware uses on this CPU, with our changes. */
static void make_ours(struct cpu *c)
{
	struct world *w = &c->ours;
	u64 rsp = w->rsp;
	struct table_pointer gdt = {sizeof(c->gdt) - 1, (u64)(uintptr_t)c->gdt};

	*w = c->firmware;
	w->rsp = rsp;
	w->cr0 |= CR0_WP;
	w->cr3 = kind.root;
	w->cr4 &= ~(CR4_PCIDE | CR4_SMEP | CR4_SMAP | CR4_PKE | CR4_PKS | CR4_CET | CR4_LA57);
	w->cr4 |= (kind.pge ? CR4_PGE : 0) | (kind.five ? CR4_LA57 : 0);
	if (kind.nx)
		w->efer |= EFER_NXE;
	if (kind.pat)
		w->pat = choose_pat(c->firmware.pat);
	w->gs_base = (u64)(uintptr_t)&c->percpu;
	w->gdt = gdt;
	w->idt = (struct table_pointer){256 * 16 - 1, trap_idt()};
	w->cs = OUR_CS;
	w->ds = w->ss = w->es = OUR_DS;
}

static bool on_shadow_stack(const struct world *w)
{
	return w->cr4 & CR4_CET && rdmsr(MSR_S_CET) & S_CET_SHSTK;
}

static void enter_ours(struct cpu *c)
{
	c->firmware.interrupts = read_rflags() & RFLAGS_IF;
	cli();
	save(&c->firmware);
	load(c, &c->ours);
	trap_load_task(c);
}

static void enter_firmware(struct cpu *c)
{
	load(c, &c->firmware);
	load_firmware_task(&c->firmware);
	if (c->firmware.interrupts)
		sti();
}

/* ---- crossing ---------------------------------------------------------------------------- */

static void cross(struct cpu *c, void (*fn)(void *arg), void *arg)
{
	enter_ours(c);
	gate_call_on(fn, arg, c->stack_top, &c->firmware.rsp);
	enter_firmware(c);
	c->firmware.rsp = 0;
}

int gate_enter_on(struct cpu *c, void (*fn)(void *arg), void *arg)
{
	save(&c->firmware);
	if (on_shadow_stack(&c->firmware))
		return -EBUSY;
	make_ours(c);
	cross(c, fn, arg);
	return 0;
}

void gate_enter(void (*fn)(void *arg), void *arg)
{
	ASSERT(!boot.firmware.rsp, "entered twice"); /* our stack is in use */
	cross(&boot, fn, arg);
}

struct call {
	void (*fn)(void *arg);
	void *arg;
};

/* Runs on the firmware's stack. */
static void call_firmware(void *arg)
{
	struct call *c = arg;

	enter_firmware(&boot);
	c->fn(c->arg);
	enter_ours(&boot);
}

/* While other CPUs work in our world, they must not send an NMI to this one: the firmware cannot
 * handle it. So this CPU leaves the TLB's group meanwhile. */
void arch_call_firmware(void (*fn)(void *arg), void *arg)
{
	struct call c = {fn, arg};
	bool shared;

	if (!gate_in_our_world()) {
		fn(arg);
		return;
	}
	ASSERT(this_cpu() == &boot, "CPU %u calls the firmware", arch_this_cpu());
	shared = boot.step == CPU_HERE;
	if (shared)
		tlb_leave(&boot);
	gate_call_on(call_firmware, &c, boot.firmware.rsp, &boot.ours.rsp);
	if (shared)
		tlb_join(&boot);
}

/* ---- preparing --------------------------------------------------------------------------- */

/* Sets up a CPU's block: GATE_* in arch/x86.h. */
static int add_cpu(const struct gate_config *config, u32 nr, bool toggle)
{
	u8 *block = config->blocks + (u64)nr * GATE_BLOCK_SIZE;
	struct cpu *c = nr ? (struct cpu *)(block + GATE_DATA) : &boot;

	if (nr)
		memset(c, 0, sizeof(*c));
	c->percpu = (struct arch_percpu){&c->percpu, nr, config->apic_ids[nr]};
	c->stack_top = (u64)(uintptr_t)block + GATE_STACK + GATE_STACK_SIZE;
	trap_init_cpu(c, block + GATE_TRAPS);
	cpus[nr] = c;
	if (!toggle)
		return 0;
	return la57_init(c,
			 config->low ? config->low + (u64)nr * GATE_LOW_PAGES * PAGE_SIZE : NULL);
}

int gate_init(const struct gate_config *config)
{
	struct cpu_info cpu;
	bool five = config->levels == 5;
	int err = 0;

	arch_cpu_info(&cpu);
	if (five && !cpu.la57)
		return -ENODEV;
	kind.root = config->root;
	kind.five = five;
	kind.nx = config->nx && cpu.nx;
	kind.pge = cpu.pge;
	kind.pat = cpu.pat;
	save(&boot.firmware);
	if (on_shadow_stack(&boot.firmware))
		return -EBUSY;
	trap_init();
	for (u32 i = 0; !err && i < config->nr_cpus; i++)
		err = add_cpu(config, i, five != !!(boot.firmware.cr4 & CR4_LA57));
	make_ours(&boot);
	return err;
}
