/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The number of the running CPU. On the machine GS points to the CPU's own struct arch_percpu while
 * our world runs (the gate loads GS). On the host each thread has a number, 0 unless a test sets
 * it. Numbers have no gaps: the boot CPU is 0.
 */
#ifndef ARCH_PERCPU_H
#define ARCH_PERCPU_H

#include "kernel.h"

#define MAX_CPUS 64

struct arch_percpu {
	struct arch_percpu *self;
	u32 nr;
	u32 apic_id;
};

#if __STDC_HOSTED__
extern __thread u32 arch_host_cpu;
static inline u32 arch_this_cpu(void)
{
	return arch_host_cpu;
}
void arch_relax(void);
#else
static inline u32 arch_this_cpu(void)
{
	return ((const struct arch_percpu __seg_gs *)0)->nr; /* cppcheck-suppress nullPointer */
}

/* In each turn of a loop that waits for another CPU. On the host there may be fewer real CPUs than
 * threads: after some turns the thread gives way, so that the one it waits for can run. */
static inline void arch_relax(void)
{
	__builtin_ia32_pause();
}
#endif

#endif
