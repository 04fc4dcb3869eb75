/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Waiting for a lock, and checking the order of locks at each acquisition. */
#include "spinlock.h"

void spin_lock_wait(struct spinlock *lock)
{
	u32 own = arch_this_cpu() + 1, owner;

	do {
		owner = __atomic_load_n(&lock->owner, __ATOMIC_RELAXED);
		ASSERT(owner != own, "lock %s was left locked by what failed on this CPU",
		       lock->name);
		arch_relax();
	} while (owner || !__atomic_compare_exchange_n(&lock->owner, &owner, own, false,
						       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
}

void lock_watch_acquire(const struct spinlock *lock)
{
	u32 cpu = arch_this_cpu();

	/* spin_trylock() may have taken locks out of order: compare with all. */
	for (u32 i = 0; i < lock->watch->cpu[cpu].nr; i++) {
		const struct spinlock *held = lock->watch->cpu[cpu].held[i];

		ASSERT(held->rank < lock->rank, "CPU %u takes lock %s while it holds %s", cpu,
		       lock->name, held->name);
	}
	lock_watch_try(lock);
}

void lock_watch_try(const struct spinlock *lock)
{
	u32 cpu = arch_this_cpu(), nr = lock->watch->cpu[cpu].nr;

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
