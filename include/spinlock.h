/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Spinlocks. There are no interrupts in our world, so holding one only keeps other CPUs out.
 *
 * Locks nest in the order of their ranks, lowest first, and never twice in one CPU. With a
 * struct lock_watch behind them (an option, and all tests) every acquisition proves it and a wrong
 * one asserts with the names of both locks; without one the price is a load and a branch.
 */
#ifndef SPINLOCK_H
#define SPINLOCK_H

#include "arch/percpu.h"
#include "kernel.h"

/* What may be taken while what is held: upwards only. */
enum lock_rank {
	LOCK_EXERCISE = 1, /* what workers swap */
	LOCK_VMALLOC,	   /* areas, and the page tables that show them */
	LOCK_RECLAIM,	   /* the list of shrinkers; what they take comes behind it */
	LOCK_SLAB,	   /* the list of caches */
	LOCK_CACHE,	   /* one cache's slabs; several caches' never together */
	LOCK_MEMMAP,	   /* struct pages coming to life */
	LOCK_ZONE,	   /* free lists; several zones' never together */
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
	u32 owner; /* CPU + 1; 0: nobody */
	u32 rank;
	const char *name;
	struct lock_watch *watch; /* NULL: not watched */
};

static inline void spin_lock_init(struct spinlock *lock, const char *name, enum lock_rank rank,
				  struct lock_watch *watch)
{
	*lock = (struct spinlock){.rank = rank, .name = name, .watch = watch};
}

/* The proofs: assert that this CPU may take the lock, or holds it as its innermost. */
void lock_watch_acquire(const struct spinlock *lock);
/* The lock was had without waiting: nothing to prove. */
void lock_watch_try(const struct spinlock *lock);
void lock_watch_release(const struct spinlock *lock);

/* Somebody has it. Asserts that it is not this CPU: whoever was stopped in the middle of something,
 * by an assertion or an exception, left it locked. */
void spin_lock_wait(struct spinlock *lock);

/* The proof alone: what follows takes the lock sometimes, and could take it now. */
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

/* False: somebody has it, perhaps this CPU. Whoever does not wait may take locks in any order. */
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
