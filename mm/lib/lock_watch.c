/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The order of locks, proved at each acquisition. */
#include "spinlock.h"

void lock_watch_acquire(const struct spinlock *lock)
{
	u32 cpu = arch_this_cpu(), nr = lock->watch->cpu[cpu].nr;
	const struct spinlock *last = nr ? lock->watch->cpu[cpu].held[nr - 1] : NULL;

	ASSERT(!last || last->rank < lock->rank, "CPU %u takes lock %s while it holds %s", cpu,
	       lock->name, last->name);
	ASSERT(nr < LOCK_DEPTH, "CPU %u holds %u locks", cpu, nr);
	lock->watch->cpu[cpu].held[nr] = lock;
	lock->watch->cpu[cpu].nr = nr + 1;
}

void lock_watch_release(const struct spinlock *lock)
{
	u32 cpu = arch_this_cpu(), nr = lock->watch->cpu[cpu].nr;

	ASSERT(nr && lock->watch->cpu[cpu].held[nr - 1] == lock,
	       "CPU %u gives lock %s back, which is not its innermost", cpu, lock->name);
	lock->watch->cpu[cpu].nr = nr - 1;
}
