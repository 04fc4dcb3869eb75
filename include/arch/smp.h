/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Work on all CPUs in our world (arch/x86/smp.c; on the host there is one CPU).
 *
 * The other CPUs belong to the firmware except during smp_run(). Then the firmware starts them,
 * each goes through its own gate (stack, GDT, TSS, LA57 stub) to our tables, all start fn together,
 * and all go back. So between two calls nothing of ours runs on them.
 *
 * CPU numbers have no gaps: the boot CPU is 0, the others follow in the firmware's order. They stay
 * the same for the whole run. arch_this_cpu() gives the number of the running CPU.
 *
 * A CPU that changes tables flushes the TLBs of the others by smp_flush_tlb(), which pgtable's
 * `changed` calls. It sends an NMI, as interrupts are off in our world.
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
	int nr; /* its number; -1: not used */
};

#define SMP_MAX_FOUND 256

/* The number of CPUs that can run in our world, 1 to MAX_CPUS. */
u32 smp_nr_cpus(void);
/* All CPUs that the firmware lists; *ret stays valid. Returns their number, 0 if it lists none. */
u32 smp_found(const struct smp_cpu **ret);
/* Why only one CPU can be used, or "". */
const char *smp_note(void);

struct smp_call {
	void *arg;
	u32 cpu; /* arch_this_cpu(): 0..nr-1 */
	u32 nr;	 /* CPUs that run fn: all, or only CPU 0 */
};

/* A CPU that did not return from fn as it should. */
struct smp_failure {
	u32 cpu;
	int err; /* -EFAULT: an exception; -EINTR: an assertion; -ETIMEDOUT: it had to be stopped;
		    -EIO: it came back with other registers than the firmware's */
	struct trap_frame trap; /* -EFAULT */
	char text[160];		/* its message, or "" */
};

struct smp_result {
	u32 nr; /* CPUs that ran fn, at least 1 */
	u32 nr_failed;
	struct smp_failure first; /* the failed CPU with the lowest number */
};

/*
 * Runs fn on all CPUs at once, CPU 0 included, in our world with interrupts off. Returns when all
 * have returned from fn and left our world. fn runs at least on CPU 0; ret->nr says on how many.
 *
 *	0		all smp_nr_cpus() CPUs ran fn and returned
 *	-ENODEV		the firmware did not start the others: fn ran on CPU 0 only
 *	-ETIMEDOUT	a CPU did not arrive: fn ran on CPU 0 only; or a CPU did not return
 *	-EFAULT, ...	fn failed on a CPU: ret->first.err; the other CPUs finished fn
 *
 * After -ENODEV, or when a CPU did not arrive or could not be stopped, smp_nr_cpus() is 1 from then
 * on and smp_note() says why. Unfinished work of a failed CPU stays as it is, locks included.
 *
 * In fn: firmware calls only on CPU 0; no arch_probe(), no arch_with_root(), no smp_run().
 */
int smp_run(void (*fn)(const struct smp_call *call), void *arg, struct smp_result *ret);
/* Like smp_run(), but after CPU 0 has returned from fn, the others are stopped when patience_ms
 * milliseconds have passed. smp_run() waits SMP_PATIENCE_MS. */
int smp_run_timed(void (*fn)(const struct smp_call *call), void *arg, u32 patience_ms,
		  struct smp_result *ret);
#define SMP_PATIENCE_MS 30000

/*
 * Flushes [va, va + size) from the TLBs of all CPUs in our world, this one included; returns when
 * all have done so. They may hold any lock. A CPU that does not answer fails an assertion.
 */
void smp_flush_tlb(u64 va, u64 size);
/* Above so many pages the whole TLB is flushed, as that costs less. */
#define SMP_FLUSH_ALL_ABOVE 32

/* For assert_failed(): inside fn it keeps the text for smp_run()'s caller and returns true. False
 * on CPU 0 outside smp_run(): the text then goes to the console. */
bool smp_tell(const char *text);

/* ---- shared by the machine and the host (arch/smp.c) ------------------------------------- */

/* Numbers the CPUs: the boot CPU gets 0, then those that are enabled, healthy and the first with
 * their APIC id; at most `max` in all. Returns how many got a number. */
u32 smp_number(struct smp_cpu *cpus, u32 nr, u32 max);
/* A result in words, such as "CPU 2: exception 14 at RIP ..."; "" when nothing failed. */
void smp_result_text(char *buf, size_t size, const struct smp_result *r);

#endif
