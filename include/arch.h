/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Seam 1: what mm and the application ask of a CPU. arch/x86 answers on the machine, arch/host on
 * a workstation. Nothing here allocates; everything may be called from our world with interrupts
 * off.
 */
#ifndef ARCH_H
#define ARCH_H

#include "mm/pgtable/memtype.h"
#include "mm/pgtable/pgtable.h"

/* What this CPU has and how it is set, as far as memory is concerned. */
struct cpu_info {
	char vendor[13]; /* "GenuineIntel" */
	char brand[49];
	u32 family, model, stepping;
	u8 phys_bits, virt_bits;
	bool hypervisor;
	bool tcg; /* QEMU without hardware virtualisation: every instruction is emulated */
	/* CPUID */
	bool nx, page1g, la57, pge, pcid, smep, smap, umip, pku, pks, cet_ss, cet_ibt, pat;
	/* as found at start, before anything was changed */
	u64 cr0, cr3, cr4, efer, pat_msr;
	struct mtrr_state mtrr;
};

/* Reads CPUID, control registers and MTRRs. */
void arch_cpu_info(struct cpu_info *ret);

/* A clock that only goes up: TSC ticks, or nanoseconds on the host. */
u64 arch_cycles(void);

/* For struct pgtable's `changed`: the CPU forgets what it cached of [va, va + size). On the host it
 * makes the host's own mappings follow the tables. */
void arch_pt_changed(struct pgtable *pt, u64 va, u64 size, bool removed);

/* What was interrupted by an exception. */
struct trap_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error; /* error: 0 for vectors that push none */
	u64 rip, cs, rflags, rsp, ss;
	u64 cr2;
};

/*
 * Runs fn(arg); an exception in it ends it and is reported instead of killing the program.
 * Returns 0 and fn's value in *ret_value, or -EFAULT with *ret_trap filled. Calls may nest. What
 * fn had half done stays half done.
 */
int arch_guarded(int (*fn)(void *arg), void *arg, int *ret_value, struct trap_frame *ret_trap);
/* Ends the innermost arch_guarded() from inside, as a failed assertion does: that call returns
 * -EINTR, *ret_trap untouched. Returns only when no arch_guarded() is under way. */
void arch_guarded_abort(void);

/*
 * Runs fn(arg) in the firmware's world: its CR3, descriptor tables, stack and interrupts; then
 * comes back. Called from the firmware's world it just calls. Every efi/fw function uses it.
 */
void arch_call_firmware(void (*fn)(void *arg), void *arg);

/*
 * Runs fn(arg) with the CPU on another tree, which must translate all that our own does alike: the
 * caller has compared them (pt_diff). fn may not call the firmware. 0; -ENODEV where the tables are
 * not the CPU's own.
 */
int arch_with_root(phys_addr_t root, void (*fn)(void *arg), void *arg);

/* Writes back and empties all caches: before memory is used with another memory type. */
void arch_flush_caches(void);

/* Copies bytes from or to anywhere; -EFAULT instead of an exception, *part* copied then. */
int arch_copy_safe(void *dst, const void *src, size_t n);

/* Registers that must be as found when the program ends. */
struct cpu_state {
	u64 cr0, cr3, cr4, efer, pat, gs_base, rflags_if;
	u16 cs, ss, ds, es, fs, gs, tr, ldtr, gdt_limit, idt_limit;
	u64 gdt_base, idt_base;
};
/* This CPU's, as they are now. */
void arch_read_state(struct cpu_state *ret);

#endif
