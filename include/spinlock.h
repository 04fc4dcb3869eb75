/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Spinlocks. There are no interrupts in our world, so a lock only excludes other CPUs.
 *
 * A CPU takes locks in the order of their ranks, lowest first, and never two of the same rank. With
 * a struct lock_watch (an option, and in all tests) every acquisition is checked; a wrong one
 * asserts with the names of both locks. Without it the cost is a load and a branch.
 */
#ifndef SPINLOCK_H
#define SPINLOCK_H

#include "arch/percpu.h"
#include "kernel.h"

/* While a lock is held, only locks of a higher rank may be taken. */
enum lock_rank {
	LOCK_EXERCISE = 1, /* the slots through which workers swap what they hold */
	LOCK_VMALLOC,	   /* areas, and the page tables that map them */
	LOCK_RECLAIM,	   /* the list of shrinkers; they take locks after it */
	LOCK_SLAB,	   /* the list of caches */
	LOCK_CACHE,	   /* the slabs of one cache; one such lock at a time */
	LOCK_MEMMAP,	   /* making struct pages */
	LOCK_ZONE,	   /* the free lists of one zone; one such lock at a time */
	LOCK_DEBUG,	   /* the page allocator's records */
	NR_LOCK_RANKS
};

#define LOCK_DEPTH 8

struct spinlock;
/* Which locks each CPU holds, innermost last. */
struct lock_watch {
	struct {
		u32 nr;
		const struct spinlock *held[LOCK_DEPTH];
	} cpu[MAX_CPUS];
};

struct spinlock {
	u32 owner; /* CPU + 1; 0: free */
	u32 rank;
	const char *name;
	struct lock_watch *watch; /* NULL: not watched */
};

static inline void spin_lock_init(struct spinlock *lock, const char *name, enum lock_rank rank,
				  struct lock_watch *watch)
{
	*lock = (struct spinlock){.rank = rank, .name = name, .watch = watch};
}

/* The checks: assert that this CPU may take the lock, or that it took this lock last. */
void lock_watch_acquire(const struct spinlock *lock);
/* Records a lock that was taken by spin_trylock(): any order is allowed. */
void lock_watch_try(const struct spinlock *lock);
void lock_watch_release(const struct spinlock *lock);

/* Waits for a lock that is held. Asserts that this CPU is not the owner: that happens after an
 * assertion or exception stopped a function that held the lock. */
void spin_lock_wait(struct spinlock *lock);

/* Only the check, for a function that does not take the lock each time: it must be allowed to. */
static inline void might_lock(const struct spinlock *lock)
{
	if (unlikely(lock->watch)) {
		lock_watch_acquire(lock);
		lock_watch_release(lock);
	}
}

static inline void spin_lock(struct spinlock *lock)
{
	u32 nobody = 0;

	if (unlikely(lock->watch))
		lock_watch_acquire(lock);
	if (unlikely(!__atomic_compare_exchange_n(&lock->owner, &nobody, arch_this_cpu() + 1, false,
						  __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
		spin_lock_wait(lock);
}

/* False: the lock is held, perhaps by this CPU. Does not wait, so any order of locks is allowed. */
static inline bool spin_trylock(struct spinlock *lock)
{
	u32 nobody = 0;

	if (!__atomic_compare_exchange_n(&lock->owner, &nobody, arch_this_cpu() + 1, false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	if (unlikely(lock->watch))
		lock_watch_try(lock);
	return true;
}

static inline void spin_unlock(struct spinlock *lock)
{
	if (unlikely(lock->watch))
		lock_watch_release(lock);
	__atomic_store_n(&lock->owner, 0, __ATOMIC_RELEASE);
}

#endif
