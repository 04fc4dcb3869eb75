/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The gate. Two worlds, each a set of registers; crossing saves one set and loads the other.
 *
 * The order matters. Entering: interrupts off first, then tables (CR3, CR4, perhaps through the
 * LA57 stub), then descriptor tables, which our tables map, then the stack. Leaving is the mirror
 * image, and interrupts come on last. What the firmware changes while it runs is its own business:
 * its set is saved anew at each crossing.
 *
 * TR: we need a TSS for the exception stacks, so we load one. Going back, the firmware's is loaded,
 * if it had one. OVMF has none: its TR is null, and a null TR cannot be loaded (LTR with 0 is #GP:
 * SDM vol. 2), so TR keeps our selector. That is the one register which is not given back. Nothing
 * uses it as long as no interrupt gate asks for a stack of a TSS (IST or a change of privilege),
 * and a firmware that has no TSS has no such gate. (On AMD, VMLOAD can load a null TR: tried under
 * QEMU. Turning SVM on, which firmware may forbid, for an unused register is not worth it.)
 *
 * Shadow stacks (CET): the CPU would find the returns on ours where it expects the firmware's, so
 * a firmware that runs on them is refused by gate_init().
 */
#include "arch_percpu.h"
#include "x86.h"

static struct arch_percpu boot_cpu = {.self = &boot_cpu};

void gate_call_on(void (*fn)(void *arg), void *arg, u64 stack_top, u64 *save);
void gate_load_segments(u16 cs, u16 ds, u16 ss, u16 es);

/* The registers that make a world. */
struct world {
	u64 cr0, cr3, cr4, efer, pat, gs_base, fs_base;
	struct table_pointer gdt, idt;
	u16 cs, ds, ss, es, fs, gs, tr;
	bool interrupts;
	u64 rsp; /* where the stack was left; the firmware's is 0 before gate_enter() */
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
	w->fs = read_fs();
	w->gs = read_gs();
	w->tr = str();
}

/*
 * Off while tables change: PGE, since global translations of the old world must not survive; PCIDE,
 * which can only be turned on while CR3's low bits are 0, and stands in the way of turning paging
 * off; CET, since WP cannot be cleared under it (SDM vol. 3, 2.5 and 4.10.1).
 */
#define CR4_OFF_MEANWHILE (CR4_PGE | CR4_PCIDE | CR4_CET)

/* Control registers and tables: first all goes off that the new world does not have. */
static void load_paging(const struct world *w)
{
	u64 cr4 = read_cr4() & (w->cr4 | CR4_LA57) & ~CR4_OFF_MEANWHILE;
	u64 cr3 = w->cr4 & CR4_PCIDE ? round_down(w->cr3, PAGE_SIZE) : w->cr3;

	write_cr4(cr4);
	write_cr0(w->cr0);
	/* NXE on before tables with NX bits, off only after them. */
	if (w->efer & EFER_NXE)
		wrmsr(MSR_EFER, w->efer);
	if (have_pat && rdmsr(MSR_PAT) != w->pat) {
		wbinvd(); /* SDM vol. 3, 12.12.4; loading CR3 does the rest */
		wrmsr(MSR_PAT, w->pat);
	}
	if ((cr4 ^ w->cr4) & CR4_LA57)
		la57_switch(cr3);
	else
		write_cr3(cr3);
	write_cr4(w->cr4);
	if (cr3 != w->cr3)
		write_cr3(w->cr3);
	wrmsr(MSR_EFER, w->efer);
}

/* Going to ring 3 (probe.S) nulls the selectors that the firmware had in FS and GS. */
static void restore_fs_gs(const struct world *w)
{
	if (read_fs() != w->fs)
		__asm__ volatile("mov %0, %%fs" : : "r"(w->fs));
	if (read_gs() != w->gs)
		__asm__ volatile("mov %0, %%gs" : : "r"(w->gs));
}

static void load(const struct world *w)
{
	load_paging(w);
	lgdt(&w->gdt);
	gate_load_segments(w->cs, w->ds, w->ss, w->es);
	lidt(&w->idt);
	if (w == &firmware)
		restore_fs_gs(w);
	wrmsr(MSR_GS_BASE, w->gs_base);
	wrmsr(MSR_FS_BASE, w->fs_base);
}

/*
 * Loads the firmware's task again, if it had one: if TR as found selects a TSS in its GDT. LTR
 * refuses a TSS that is marked busy, as this one is. So it is loaded from a copy, at the same
 * selector of a table made for the occasion, and nothing of the firmware's is written.
 */
static void load_firmware_task(void)
{
	u64 offset = firmware.tr & ~7ULL, tss[2];
	struct table_pointer gdt = {(u16)(offset + 15), (u64)(uintptr_t)tss - offset};

	if (!offset || offset + 15 > firmware.gdt.limit)
		return;
	memcpy(tss, (void *)(uintptr_t)(firmware.gdt.base + offset), sizeof(tss));
	if ((tss[0] & ~TSS_BUSY & DESCRIPTOR_KIND) != DESCRIPTOR_TSS)
		return;
	tss[0] &= ~TSS_BUSY;
	lgdt(&gdt);
	ltr(firmware.tr);
	lgdt(&firmware.gdt);
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

/* ---- crossing ------------------------------------------------------------------------------- */

void gate_enter(void (*fn)(void *arg), void *arg)
{
	ASSERT(!firmware.rsp, "entered twice"); /* our stack is in use */
	enter_ours();
	gate_call_on(fn, arg, our_stack_top, &firmware.rsp);
	enter_firmware();
	firmware.rsp = 0;
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

	if (in_ours)
		gate_call_on(call_firmware, &c, firmware.rsp, &ours.rsp);
	else
		fn(arg);
}

/* ---- preparing ------------------------------------------------------------------------------ */

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
	if (firmware.cr4 & CR4_CET && rdmsr(MSR_S_CET) & S_CET_SHSTK)
		return -EBUSY;
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
	ours.gs_base = (u64)(uintptr_t)&boot_cpu;
	ours.cs = OUR_CS;
	ours.ds = ours.ss = ours.es = OUR_DS;
	our_stack_top = (u64)(uintptr_t)config->stack + GATE_STACK_SIZE;
	trap_init(config->trap_stacks, GATE_TRAP_STACKS, GATE_TRAP_STACK_SIZE, &ours.gdt,
		  &ours.idt);
	return 0;
}
