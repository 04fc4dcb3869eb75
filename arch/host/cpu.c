/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The CPU of a machine that a file describes; a clock; calls that survive a fault. */
#define _GNU_SOURCE
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <time.h>

#include "arch.h"
#include "arch/host.h"
#include "arch/percpu.h"

__thread u32 arch_host_cpu;

#define MAX_GUARDS 16

/* Active guards, innermost last. The host program has one thread. */
static sigjmp_buf guards[MAX_GUARDS];
static struct trap_frame trapped;
static int nr_guards;

enum { GUARD_FAULT = 1, GUARD_ABORT };

/* Turns before a thread gives way: a lock that is held for a moment is free sooner than that. */
#define PATIENCE 256

void arch_relax(void)
{
	static __thread u32 turns;

	if (++turns % PATIENCE)
		__builtin_ia32_pause();
	else
		sched_yield();
}

u64 arch_cycles(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000u + (u64)ts.tv_nsec;
}

/* A recent CPU; the map file may change it. */
void arch_cpu_info(struct cpu_info *ret)
{
	*ret = (struct cpu_info){
		.vendor = "described",
		.brand = "CPU of a machine file",
		.phys_bits = 52,
		.virt_bits = 57,
		.nx = true,
		.page1g = true,
		.la57 = false,
		.pge = true,
		.mtrr = {.present = false, .phys_bits = 52},
	};
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (!nr_guards) {
		signal(sig, SIG_DFL);
		return; /* the access faults again and ends the program */
	}
	trapped = (struct trap_frame){.vector = sig == SIGFPE ? 0 : 14,
				      .cr2 = (u64)(uintptr_t)info->si_addr};
	siglongjmp(guards[nr_guards - 1], GUARD_FAULT);
}

void host_catch_faults(void)
{
	struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGFPE, &sa, NULL);
}

int arch_guarded(int (*fn)(void *arg), void *arg, int *ret_value, struct trap_frame *ret_trap)
{
	int how;

	ASSERT(nr_guards < MAX_GUARDS, "%d guards", nr_guards);
	how = sigsetjmp(guards[nr_guards++], 1);
	if (!how)
		*ret_value = fn(arg);
	nr_guards--;
	if (how == GUARD_FAULT)
		*ret_trap = trapped;
	return how == GUARD_FAULT ? -EFAULT : how == GUARD_ABORT ? -EINTR : 0;
}

void arch_guarded_abort(void)
{
	if (nr_guards)
		siglongjmp(guards[nr_guards - 1], GUARD_ABORT);
}

void arch_call_firmware(void (*fn)(void *arg), void *arg)
{
	fn(arg);
}

void arch_read_state(struct cpu_state *ret)
{
	*ret = (struct cpu_state){0};
}

int arch_with_root(phys_addr_t root, void (*fn)(void *arg), void *arg)
{
	(void)root;
	(void)fn;
	(void)arg;
	return -ENODEV;
}

void arch_flush_caches(void)
{
}
