/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Seam 1: what mm and the application need from a CPU. Implemented by arch/x86 on the machine and
 * by arch/host on a workstation. Nothing here allocates; everything may be called in our world with
 * interrupts off.
 */
#ifndef ARCH_H
#define ARCH_H

#include "mm/pgtable/memtype.h"
#include "mm/pgtable/pgtable.h"

/* The features and settings of this CPU that concern memory. */
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

/* The `changed` function of struct pgtable: flushes the CPU's cached translations of
 * [va, va + size). On the host: updates the host's own mappings from the tables. */
void arch_pt_changed(struct pgtable *pt, u64 va, u64 size, bool removed);

/* The registers at the moment of an exception. */
struct trap_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error; /* error: 0 for vectors that push none */
	u64 rip, cs, rflags, rsp, ss;
	u64 cr2;
};

/*
 * Runs fn(arg). An exception ends fn and is reported; the program goes on. Returns 0 and fn's value
 * in *ret_value, or -EFAULT with *ret_trap filled. Calls may nest. Work that fn left unfinished is
 * not undone.
 */
int arch_guarded(int (*fn)(void *arg), void *arg, int *ret_value, struct trap_frame *ret_trap);
/* Ends the innermost arch_guarded() from inside, as a failed assertion does: that call returns
 * -EINTR and leaves *ret_trap alone. Returns only when no arch_guarded() is running. */
void arch_guarded_abort(void);

/*
 * Runs fn(arg) in the firmware's world, with its CR3, descriptor tables, stack and interrupts, then
 * comes back. In the firmware's world it only calls fn. Every efi/fw function uses it.
 */
void arch_call_firmware(void (*fn)(void *arg), void *arg);

/*
 * Runs fn(arg) with the CPU on another tree of tables. That tree must translate every address that
 * our own tables map in the same way; the caller has checked this with pt_diff. fn may not call the
 * firmware. 0; -ENODEV on the host, where the CPU does not use our tables.
 */
int arch_with_root(phys_addr_t root, void (*fn)(void *arg), void *arg);

/* Writes back and empties all caches: needed before the memory type of a page changes. */
void arch_flush_caches(void);

/* Copies bytes from or to any address. -EFAULT instead of an exception: part may be copied. */
int arch_copy_safe(void *dst, const void *src, size_t n);

/* Registers that must have their first values again when the program ends. */
struct cpu_state {
	u64 cr0, cr3, cr4, efer, pat, gs_base, rflags_if;
	u16 cs, ss, ds, es, fs, gs, tr, ldtr, gdt_limit, idt_limit;
	u64 gdt_base, idt_base;
};
/* Reads the present registers of this CPU. */
void arch_read_state(struct cpu_state *ret);

#endif
