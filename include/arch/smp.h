/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * All CPUs work in our world (arch/x86/smp.c; on the host there is one).
 *
 * The other CPUs are with the firmware except while smp_run() runs: then the firmware sends them,
 * each goes through a gate of its own (stack, GDT, TSS, LA57 stub) onto our tables, all start
 * together, and all go back. So nothing runs and nothing costs between two calls.
 *
 * CPUs are numbered densely: the boot CPU is 0, the others follow in the firmware's order; numbers
 * stay the same for the whole run. arch_this_cpu() says which one runs this.
 *
 * Memory: a CPU that changes tables makes the others forget by smp_flush_tlb(), which pgtable's
 * `changed` calls. It reaches a CPU by NMI, whatever it does, as interrupts are off in our world.
 */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H

#include "arch.h"
#include "arch/percpu.h"

struct mem_system;

/* A CPU as the firmware lists it (PI 1.8, vol. 2, 13.4: EFI_PROCESSOR_INFORMATION). */
struct smp_cpu {
	u32 apic_id, package, core, thread;
	bool boot, enabled, healthy;
	int nr; /* its number, -1: it is not used */
};

#define SMP_MAX_FOUND 256

/* CPUs that can run in our world, 1 to MAX_CPUS. */
u32 smp_nr_cpus(void);
/* All that the firmware lists; *ret stays valid. 0 when it lists none. */
u32 smp_found(const struct smp_cpu **ret);
/* Why there is but one, or "". */
const char *smp_note(void);

struct smp_call {
	void *arg;
	u32 cpu; /* arch_this_cpu(): 0..nr-1 */
	u32 nr;	 /* CPUs that run fn: all, or just CPU 0 */
};

/* One that did not return from fn as it should. */
struct smp_failure {
	u32 cpu;
	int err; /* -EFAULT: an exception; -EINTR: an assertion; -ETIMEDOUT: it had to be stopped;
		    -EIO: it left with other registers than it came with */
	struct trap_frame trap; /* -EFAULT */
	char text[160];		/* what it said; "" nothing */
};

struct smp_result {
	u32 nr; /* CPUs that ran fn, at least 1 */
	u32 nr_failed;
	struct smp_failure first; /* of those that failed, the one with the lowest number */
};

/*
 * Runs fn on all CPUs at once, in our world with interrupts off, CPU 0 among them. Returns when all
 * have returned from it and left. fn always runs at least on CPU 0, and ret->nr says on how many.
 *
 *	0		all CPUs that there are (smp_nr_cpus()) ran fn and returned
 *	-ENODEV		the firmware would not start the others: fn ran on CPU 0 alone
 *	-ETIMEDOUT	one did not come: fn ran on CPU 0 alone; or one did not return
 *	-EFAULT, ...	fn failed on a CPU: ret->first.err; the others ran on
 *
 * After -ENODEV, or when a CPU did not come or had to be left behind, smp_nr_cpus() is 1 from then
 * on and smp_note() says why. What a CPU that failed had half done, locks included, stays as
 * it is.
 *
 * In fn: no firmware calls but on CPU 0, no arch_probe(), no arch_with_root(), no smp_run().
 */
int smp_run(void (*fn)(const struct smp_call *call), void *arg, struct smp_result *ret);
/* The same; once CPU 0 has returned from fn the others get so many milliseconds, then they are
 * stopped. smp_run() gives them SMP_PATIENCE_MS. */
int smp_run_timed(void (*fn)(const struct smp_call *call), void *arg, u32 patience_ms,
		  struct smp_result *ret);
#define SMP_PATIENCE_MS 30000

/*
 * All CPUs in our world forget what they remember of [va, va + size), this one too; returns when
 * all have. They may hold any lock meanwhile. A CPU that does not answer is an assertion.
 */
void smp_flush_tlb(u64 va, u64 size);
/* Pages beyond which everything is forgotten instead, as that costs less. */
#define SMP_FLUSH_ALL_ABOVE 32

/* For assert_failed(): inside fn keeps the text for smp_run()'s caller. False on CPU 0 outside of
 * smp_run(), where there is nobody to tell but the console. */
bool smp_tell(const char *text);

/* ---- shared by the machine and the host (arch/smp.c) ------------------------------------- */

/* Gives numbers: the boot CPU 0, then those that are enabled, healthy and the first of their APIC
 * id, at most `max` in all. Returns how many have one. */
u32 smp_number(struct smp_cpu *cpus, u32 nr, u32 max);
/* A result in words, such as "CPU 2: exception 14 at RIP ..."; "" when nothing failed. */
void smp_result_text(char *buf, size_t size, const struct smp_result *r);

#endif
