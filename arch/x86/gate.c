/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The gate. Two worlds, each a set of registers; crossing saves one set and loads the other.
 *
 * The order matters. Entering: interrupts off first, then tables (CR3, CR4, perhaps through the
 * LA57 stub), then descriptor tables, which our tables map, then the stack. Leaving is the mirror
 * image, and interrupts come on last. What the firmware changes while it runs is its own business:
 * its set is saved anew at each crossing.
 *
 * TR: the CPU cannot load a null selector (LTR with 0 is #GP, SDM vol. 2), and OVMF leaves TR null.
 * We need a TSS for the exception stacks, so we load one. Going back, TR is loaded from the
 * firmware's GDT when the firmware had a task; when it had none, its GDT has no descriptor to load
 * and TR keeps ours: the register is not used as long as no interrupt gate asks for a stack of a
 * TSS (IST or a change of privilege), and the firmware's ask for none, having had no TSS.
 */
#include "x86.h"

void gate_call_on(void (*fn)(void *arg), void *arg, u64 stack_top, u64 *save);
void gate_load_segments(u16 cs, u16 ds, u16 ss, u16 es);

/* The registers that make a world. */
struct world {
	u64 cr0, cr3, cr4, efer, pat, gs_base, fs_base;
	struct table_pointer gdt, idt;
	u16 cs, ds, ss, es, tr;
	bool interrupts;
	u64 rsp; /* where the stack was left */
};

static struct world firmware, ours;
static u64 our_stack_top;
static bool in_ours, have_pat;
static u64 crossings;

bool gate_in_our_world(void)
{
	return in_ours;
}

u64 gate_crossings(void)
{
	return crossings;
}

static void save(struct world *w)
{
	w->cr0 = read_cr0();
	w->cr3 = read_cr3();
	w->cr4 = read_cr4();
	w->efer = rdmsr(MSR_EFER);
	w->pat = have_pat ? rdmsr(MSR_PAT) : 0;
	w->gs_base = rdmsr(MSR_GS_BASE);
	w->fs_base = rdmsr(MSR_FS_BASE);
	w->gdt = sgdt();
	w->idt = sidt();
	w->cs = read_cs();
	w->ds = read_ds();
	w->ss = read_ss();
	w->es = read_es();
	w->tr = str();
}

/* Control registers and tables. Global translations of the old world must not survive. */
static void load_paging(const struct world *w)
{
	u64 cr4 = read_cr4();

	if (cr4 & CR4_CET && !(w->cr0 & CR0_WP))
		write_cr4(cr4 &= ~CR4_CET); /* SDM vol. 3, 2.5: CET needs WP */
	write_cr4(cr4 &= ~CR4_PGE);
	write_cr0(w->cr0);
	/* NXE on before tables with NX bits, off only after them. */
	if (w->efer & EFER_NXE)
		wrmsr(MSR_EFER, w->efer);
	if ((cr4 ^ w->cr4) & CR4_LA57) {
		la57_switch(w->cr3, w->cr4);
	} else {
		write_cr4(cr4 & w->cr4); /* PCIDE off before CR3 has low bits of another meaning */
		write_cr3(w->cr3);
		write_cr4(w->cr4);
	}
	wrmsr(MSR_EFER, w->efer);
	if (have_pat && rdmsr(MSR_PAT) != w->pat)
		wrmsr(MSR_PAT, w->pat);
}

static void load(const struct world *w)
{
	load_paging(w);
	lgdt(&w->gdt);
	gate_load_segments(w->cs, w->ds, w->ss, w->es);
	lidt(&w->idt);
	wrmsr(MSR_GS_BASE, w->gs_base);
	wrmsr(MSR_FS_BASE, w->fs_base);
}

/* Loads the firmware's task again, if it had one, after marking it available as LTR wants it. */
static void load_firmware_task(void)
{
	u64 *descriptor = (u64 *)(uintptr_t)(firmware.gdt.base + (firmware.tr & ~7ULL));

	if (!firmware.tr || firmware.tr == OUR_TR)
		return;
	*descriptor &= ~(2ULL << 40);
	ltr(firmware.tr);
}

static void enter_ours(void)
{
	firmware.interrupts = read_rflags() & RFLAGS_IF;
	cli();
	save(&firmware);
	load(&ours);
	trap_tss_available();
	ltr(OUR_TR);
	in_ours = true;
	crossings++;
}

static void enter_firmware(void)
{
	in_ours = false;
	load(&firmware);
	load_firmware_task();
	if (firmware.interrupts)
		sti();
}

/* ---- crossing -----------------------------------------------------------------------------------
 */

void gate_enter(void (*fn)(void *arg), void *arg)
{
	ASSERT(!in_ours, "entered twice");
	enter_ours();
	gate_call_on(fn, arg, our_stack_top, &firmware.rsp);
	enter_firmware();
}

struct call {
	void (*fn)(void *arg);
	void *arg;
};

/* Runs on the firmware's stack. */
static void call_firmware(void *arg)
{
	struct call *c = arg;

	enter_firmware();
	c->fn(c->arg);
	enter_ours();
}

void arch_call_firmware(void (*fn)(void *arg), void *arg)
{
	struct call c = {fn, arg};
	u64 below = firmware.rsp;

	if (!in_ours) {
		fn(arg);
		return;
	}
	gate_call_on(call_firmware, &c, below - 256, &ours.rsp);
	firmware.rsp = below;
}

/* ---- preparing ----------------------------------------------------------------------------------
 */

/* The firmware's PAT if write-back and uncached are where every page table expects them. */
static u64 choose_pat(u64 pat)
{
	bool usual = (pat & 7) == MEMTYPE_WB && (pat >> 24 & 7) == MEMTYPE_UC;

	return usual ? pat : 0x0007040600070406ULL; /* as after reset: SDM vol. 3, 12.12.4 */
}

int gate_init(const struct gate_config *config)
{
	struct cpu_info cpu;
	bool five = config->levels == 5;

	arch_cpu_info(&cpu);
	if (five && !cpu.la57)
		return -ENODEV;
	have_pat = cpu.pat;
	save(&firmware);
	if (five != !!(firmware.cr4 & CR4_LA57)) {
		int err = la57_init(config->low);

		if (err)
			return err;
	}
	ours = firmware;
	ours.cr0 |= CR0_WP;
	ours.cr3 = config->root;
	ours.cr4 &= ~(CR4_PCIDE | CR4_SMEP | CR4_SMAP | CR4_PKE | CR4_PKS | CR4_CET | CR4_LA57);
	ours.cr4 |= (cpu.pge ? CR4_PGE : 0) | (five ? CR4_LA57 : 0);
	if (config->nx && cpu.nx)
		ours.efer |= EFER_NXE;
	if (have_pat)
		ours.pat = choose_pat(firmware.pat);
	ours.cs = OUR_CS;
	ours.ds = ours.ss = ours.es = OUR_DS;
	our_stack_top = (u64)(uintptr_t)config->stack + GATE_STACK_SIZE;
	trap_init(config->trap_stacks, GATE_TRAP_STACKS, GATE_TRAP_STACK_SIZE, &ours.gdt,
		  &ours.idt);
	return 0;
}
