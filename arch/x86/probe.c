/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The probe's pages, its tree and its steps; the code that runs the steps is in probe.S. */
#include "arch/probe.h"

#include "mm/page/page_alloc.h"
#include "percpu.h"
#include "probe.h"

/* After the pages that a slot maps: the slot's own tables, and the frames that accesses reach. */
#define SLOT_TABLES (PROBE_PAGES * PAGE_SIZE)
#define FRAMES	    (SLOT_TABLES + PT_MAX_LEVELS * PAGE_SIZE)
#define PAGES_ORDER 5

struct raw_step { /* probe.h: S_* */
	u64 op, addr, value, vector, error, cr2;
};
_Static_assert(sizeof(struct raw_step) == S_SIZE, "a raw step");
_Static_assert((PROBE_MAX_STEPS + 1) * S_SIZE <= 4 * PAGE_SIZE, "steps fit their pages");

struct __attribute__((packed)) probe_data { /* probe.h: D_* */
	u64 rsp, rflags, cr0, cr3, cr4, efer, new_cr0, new_cr3, new_cr4, new_efer, new_flags;
	u64 pkru, pkrs, have_pks;
	u8 old_gdtr[16], old_idtr[16], gdtr[16], idtr[16];
	u64 unused[2], gdt[7], unused2;
	u8 tss[256];
	u64 idt[64];
};
_Static_assert(offsetof(struct probe_data, old_gdtr) == D_OLD_GDTR &&
		       offsetof(struct probe_data, gdt) == D_GDT &&
		       offsetof(struct probe_data, tss) == D_TSS &&
		       offsetof(struct probe_data, idt) == D_IDT,
	       "as probe.S has them");

extern const u8 probe_code[], probe_code_end[], probe_traps[], probe_user[], probe_user_end[];

static struct {
	struct mem_system *sys;
	struct cpu_info cpu;
	phys_addr_t pages;
	u64 slot[2]; /* addresses for the probe: two top-level entries that only it uses */
} probe;

static void *page_at(u64 offset)
{
	return phys_to_virt(probe.sys, probe.pages + offset);
}

int arch_probe_features(struct access_cpu *ret)
{
	struct cpu_info c;

	arch_cpu_info(&c);
	*ret = (struct access_cpu){.levels = read_cr4() & CR4_LA57 ? 5 : 4,
				   .phys_bits = c.phys_bits,
				   .page1g = c.page1g,
				   .wp = true,
				   .nxe = c.nx,
				   .smep = c.smep,
				   .smap = c.smap,
				   .pke = c.pku,
				   .pks = c.pks,
				   .ac = c.smap};
	return 0;
}

/* ---- pages ------------------------------------------------------------------------------- */

static unsigned top_level(void)
{
	return probe.sys->pt.levels - 1u;
}

/* Finds two top-level entries of the lower half that are empty in our tree. */
static int find_slots(void)
{
	struct pt_path path;
	u32 found = 0;

	for (u64 i = PT_ENTRIES / 2 - 1; i > 0 && found < 2; i--) {
		u64 va = i << PT_SHIFT(top_level());

		if (pt_lookup(&probe.sys->pt, va, &path) == PT_NOT_PRESENT && path.nr == 1)
			probe.slot[found++] = va;
	}
	return found == 2 ? 0 : -ENOMEM;
}

/* Maps in our own tree the probe's code, and the data and stack that it uses there. */
static int map_slot(u64 slot)
{
	struct pgtable *pt = &probe.sys->pt;
	int err = pt_map(pt, slot + PROBE_CODE, probe.pages + PROBE_CODE, PAGE_SIZE, 0, 0);

	if (err)
		return err;
	return pt_map(pt, slot + PROBE_DATA, probe.pages + PROBE_DATA, 2 * PAGE_SIZE,
		      PT_WRITE | PT_NOEXEC, 0);
}

static void fill_pages(void)
{
	u8 *user = page_at(PROBE_USER);

	memset(page_at(0), 0, PAGE_SIZE << PAGES_ORDER);
	memcpy(page_at(PROBE_CODE), probe_code, (size_t)(probe_code_end - probe_code));
	memcpy(user, probe_user, (size_t)(probe_user_end - probe_user));
}

static int prepare(struct mem_system *sys)
{
	void *block;
	int err;

	if (probe.sys)
		return 0;
	arch_cpu_info(&probe.cpu);
	block = __get_free_pages(sys, GFP_KERNEL, PAGES_ORDER);
	if (!block)
		return -ENOMEM;
	probe.sys = sys;
	probe.pages = virt_to_phys(sys, block);
	fill_pages();
	err = find_slots();
	for (u32 i = 0; !err && i < 2; i++) {
		err = map_slot(probe.slot[i]);
		if (err) /* some pages may be mapped: do not free them */
			return err;
	}
	if (err) {
		free_pages(sys, block, PAGES_ORDER);
		probe.sys = NULL;
	}
	return err;
}

/* ---- the tree ---------------------------------------------------------------------------- */

static phys_addr_t table_of(unsigned level)
{
	return probe.pages + PROBE_TABLES + level * PAGE_SIZE;
}

/* One run: the slot that maps the probe, and the address that is accessed. */
struct run {
	const struct probe_setup *setup;
	u64 slot, va;
	phys_addr_t frame;
	u64 stored[PT_MAX_LEVELS]; /* last value for each level */
	u32 nr;
};

/* Maps the slot's pages in the probe's tree. No NX bits: they would be reserved while NXE is 0. */
static void map_probe(const struct run *r)
{
	u64 *leaves = page_at(SLOT_TABLES);
	u64 *root = page_at(PROBE_TABLES + top_level() * PAGE_SIZE);
	phys_addr_t below = probe.pages + SLOT_TABLES;

	memset(leaves, 0, PT_MAX_LEVELS * PAGE_SIZE);
	for (u32 i = 0; i < PROBE_PAGES; i++) {
		u64 rights = i == PROBE_CODE >> PAGE_SHIFT   ? 0
			     : i == PROBE_USER >> PAGE_SHIFT ? PTE_US
							     : PTE_RW | PTE_D;

		leaves[PT_INDEX(r->slot, 0) + i] =
			(probe.pages + i * PAGE_SIZE) | PTE_P | PTE_A | rights;
	}
	/* the tables above */
	for (unsigned level = 1; level < top_level(); level++) {
		u64 *table = page_at(SLOT_TABLES + level * PAGE_SIZE);

		table[PT_INDEX(r->slot, level)] = below | PTE_P | PTE_RW | PTE_US | PTE_A;
		below = probe.pages + SLOT_TABLES + level * PAGE_SIZE;
	}
	root[PT_INDEX(r->slot, top_level())] = below | PTE_P | PTE_RW | PTE_US | PTE_A;
}

/* The value with another address: that of our copy of the table below, or of our frame. */
static u64 entry_value(const struct run *r, unsigned level, u64 value)
{
	const struct pt_format *f = pt_format_of(&probe.sys->pt);
	bool leaf = pt_entry_is_leaf(f, value, level);
	u64 mask = leaf ? f->level[level].leaf_addr : f->level[level].table_addr;
	phys_addr_t pa = leaf	 ? round_down(r->frame, PT_SIZE(level))
			 : level ? table_of(level - 1)
				 : 0;

	mask &= (1ULL << probe.cpu.phys_bits) - 1; /* keep higher bits: they are reserved */
	return (value & ~mask) | (pa & mask);
}

/* A page larger than that of page_level would map memory that is not ours. */
static bool reaches_elsewhere(const struct run *r, unsigned level, u64 value)
{
	return level > r->setup->page_level && level <= 2 && value & PTE_P && value & PTE_PS;
}

/* If the setup has fewer levels, the upper levels get entries that allow everything. */
static void clear_tables(const struct run *r)
{
	memset(page_at(PROBE_TABLES), 0, PT_MAX_LEVELS * PAGE_SIZE);
	for (unsigned level = r->setup->cpu.levels; level <= top_level(); level++) {
		u64 *table = page_at(PROBE_TABLES + level * PAGE_SIZE);

		table[PT_INDEX(r->va, level)] =
			table_of(level - 1) | PTE_P | PTE_RW | PTE_US | PTE_A;
	}
}

/* ---- state ------------------------------------------------------------------------------- */

static void set_gate(struct probe_data *d, unsigned vector, u64 entry)
{
	u64 type =
		vector == 3 ? 0xee : 0x8e; /* present, 64-bit interrupt gate; #BP from ring 3 too */

	d->idt[2 * vector] = (entry & 0xffff) | (u64)OUR_CS << 16 | 1ULL << 32 | type << 40 |
			     (entry >> 16 & 0xffff) << 48;
	d->idt[2 * vector + 1] = entry >> 32;
}

static void set_tables(struct probe_data *d, u64 slot)
{
	u64 base = slot + PROBE_DATA, tss = base + D_TSS, stack = slot + PROBE_STACK + PAGE_SIZE;
	struct table_pointer gdt = {sizeof(d->gdt) - 1, base + D_GDT};
	struct table_pointer idt = {sizeof(d->idt) - 1, base + D_IDT};
	u16 no_io_map = 104;

	memcpy(d->gdtr, &gdt, sizeof(gdt));
	memcpy(d->idtr, &idt, sizeof(idt));
	d->gdt[OUR_CS / 8] = 0x00af9b000000ffff;
	d->gdt[OUR_DS / 8] = 0x00cf93000000ffff;
	d->gdt[OUR_TR / 8] =
		103 | (tss & 0xffffff) << 16 | DESCRIPTOR_TSS | (tss >> 24 & 0xff) << 56;
	d->gdt[OUR_TR / 8 + 1] = tss >> 32;
	d->gdt[PROBE_USER_DS / 8] = 0x00cff3000000ffff;
	d->gdt[PROBE_USER_CS / 8] = 0x00affb000000ffff;
	memset(d->tss, 0, sizeof(d->tss));
	memcpy(&d->tss[4], &stack, 8);	/* RSP0 */
	memcpy(&d->tss[36], &stack, 8); /* IST1 */
	memcpy(&d->tss[102], &no_io_map, 2);
	for (unsigned v = 0; v < 32; v++)
		set_gate(d, v, slot + PROBE_CODE + (u64)(probe_traps - probe_code) + 16 * v);
}

#define CR4_PROBED (CR4_SMEP | CR4_SMAP | CR4_PKE | CR4_PKS | CR4_CET | CR4_PGE)

static void set_state(struct probe_data *d, const struct run *r)
{
	const struct access_cpu *want = &r->setup->cpu;
	const struct cpu_info *have = &probe.cpu;
	struct table_pointer gdt = sgdt(), idt = sidt();

	memcpy(d->old_gdtr, &gdt, sizeof(gdt));
	memcpy(d->old_idtr, &idt, sizeof(idt));
	d->rflags = read_rflags();
	d->cr0 = read_cr0();
	d->cr3 = read_cr3();
	d->cr4 = read_cr4();
	d->efer = rdmsr(MSR_EFER);
	d->new_cr0 = want->wp ? d->cr0 | CR0_WP : d->cr0 & ~CR0_WP;
	d->new_cr3 = table_of(top_level());
	d->new_cr4 = (d->cr4 & ~CR4_PROBED) | (want->smep && have->smep ? CR4_SMEP : 0) |
		     (want->smap && have->smap ? CR4_SMAP : 0) |
		     (want->pke && have->pku ? CR4_PKE : 0) |
		     (want->pks && have->pks ? CR4_PKS : 0);
	d->new_efer = want->nxe && have->nx ? d->efer | EFER_NXE : d->efer & ~EFER_NXE;
	d->new_flags = 2 | (want->ac ? RFLAGS_AC : 0);
	d->pkru = want->pkru;
	d->pkrs = want->pkrs & ~3u; /* the probe's own pages have key 0 */
	d->have_pks = have->pks;
}

/* ---- steps ------------------------------------------------------------------------------- */

static u64 entry_va(const struct run *r, unsigned level)
{
	return r->slot + PROBE_TABLES + level * PAGE_SIZE + PT_INDEX(r->va, level) * 8;
}

static int raw_of(struct run *r, const struct probe_step *s, struct raw_step *raw)
{
	unsigned level = s->op == PROBE_FRAME ? r->setup->page_level : s->level;

	*raw = (struct raw_step){.op = RAW_INVLPG, .addr = r->va};
	switch (s->op) {
	case PROBE_FRAME:
		r->frame = round_down(r->frame, 2 * PAGE_SIZE) + s->value * PAGE_SIZE;
		*raw = (struct raw_step){.op = RAW_STORE,
					 .addr = entry_va(r, level),
					 .value = entry_value(r, level, r->stored[level])};
		return 0;
	case PROBE_STORE:
		if (s->level >= r->setup->cpu.levels || reaches_elsewhere(r, level, s->value))
			return -EINVAL;
		r->stored[level] = s->value;
		raw->op = RAW_STORE;
		raw->addr = entry_va(r, level);
		raw->value = entry_value(r, level, s->value);
		return 0;
	case PROBE_LOAD:
		raw->op = RAW_LOAD;
		raw->addr = entry_va(r, level);
		return 0;
	case PROBE_ACCESS:
		raw->op = (s->user ? RAW_USER_READ : RAW_READ) + (u64)s->kind;
		return s->kind <= ACCESS_EXEC ? 0 : -EINVAL;
	default:
		return s->op == PROBE_INVLPG ? 0 : -EINVAL;
	}
}

static void take_result(const struct raw_step *raw, struct probe_step *s)
{
	if (s->op == PROBE_LOAD)
		s->value = raw->value;
	if (s->op != PROBE_ACCESS)
		return;
	s->data = (u8)raw->value;
	s->cr2 = raw->cr2;
	s->error = (u32)raw->error;
	s->vector = (u8)raw->vector;
	/* Code in ring 3 returns by INT3, and the byte that is executed is one. */
	if (raw->vector == RAW_DONE || (raw->vector == 3 && (s->user || s->kind == ACCESS_EXEC)))
		s->vector = 0;
}

static void go(const struct run *r)
{
	void (*enter)(void *data) = (void (*)(void *))(uintptr_t)(r->slot + PROBE_CODE);
	u64 fs_base = rdmsr(MSR_FS_BASE), gs_base = rdmsr(MSR_GS_BASE);

	enter((void *)(uintptr_t)(r->slot + PROBE_DATA));
	trap_load_task(this_cpu());
	wrmsr(MSR_FS_BASE, fs_base);
	wrmsr(MSR_GS_BASE, gs_base);
}

/* The address in the same page at which our frame is. */
static u64 reached_va(const struct probe_setup *setup)
{
	u64 span = PT_SIZE(setup->page_level), frame = probe.pages + FRAMES;

	return round_down(setup->va, span) | (frame & (span - 1) & ~(PAGE_SIZE - 1)) |
	       (setup->va & (PAGE_SIZE - 1));
}

int arch_probe(struct mem_system *sys, const struct probe_setup *setup, struct probe_step *steps,
	       u32 nr, u64 *ret_va)
{
	struct run r = {.setup = setup};
	struct raw_step *raw;
	int err = prepare(sys);

	if (err)
		return err;
	if (setup->cpu.levels > sys->pt.levels || setup->page_level > 2 || nr > PROBE_MAX_STEPS)
		return -EINVAL;
	r.va = *ret_va = reached_va(setup);
	r.frame = probe.pages + FRAMES;
	r.slot = probe.slot[(r.va ^ probe.slot[0]) >> PT_SHIFT(top_level()) & 511 ? 0 : 1];
	memset(page_at(FRAMES), PROBE_BYTE_0, PAGE_SIZE);
	memset(page_at(FRAMES + PAGE_SIZE), PROBE_BYTE_1, PAGE_SIZE);
	/* the other tree and the state for it */
	clear_tables(&r);
	map_probe(&r);
	set_tables(page_at(PROBE_DATA), r.slot);
	set_state(page_at(PROBE_DATA), &r);
	raw = page_at(PROBE_STEPS);
	for (u32 i = 0; i < nr; i++) {
		err = raw_of(&r, &steps[i], &raw[i]);
		if (err)
			return err;
	}
	raw[nr] = (struct raw_step){.op = RAW_END};
	go(&r);
	for (u32 i = 0; i < nr; i++)
		take_result(&raw[i], &steps[i]);
	return 0;
}
