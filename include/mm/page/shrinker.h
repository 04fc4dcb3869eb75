/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Shrinkers: who keeps memory that it could do without says how many objects it has, and gives some
 * up when it is asked to. They are asked when no zone of an allocation's zonelist is above its
 * watermark and the allocation may wait (__GFP_DIRECT_RECLAIM without __GFP_NORETRY), gently first
 * (priority 12, a 4,096th), then for all they have (priority 0).
 *
 * A shrinker runs with no lock of the page allocator's held, perhaps on several CPUs at once, in
 * whatever allocation came first: it takes locks behind LOCK_RECLAIM, and tries others
 * (spin_trylock(); SHRINK_STOP when it does not get them). What it allocates itself is served below
 * the watermarks, and asks no shrinker.
 *
 * Arithmetic and names are those of Linux 6.1 (mm/vmscan.c, include/linux/shrinker.h there).
 */
#ifndef MM_PAGE_SHRINKER_H
#define MM_PAGE_SHRINKER_H

#include "list.h"
#include "mm/page/gfp.h"
#include "mm/boot/numa.h"
#include "spinlock.h"

struct mem_system;

#define DEF_PRIORITY  12
#define SHRINK_BATCH  128 /* objects that scan_objects() is asked for at once */
#define DEFAULT_SEEKS 2	  /* what an object costs to make again: fewer, and more are asked for */
#define SHRINK_STOP   (~0ULL)	  /* from scan_objects(): no progress can be made now */
#define SHRINK_EMPTY  (~0ULL - 1) /* from count_objects(): as 0 */

/* One call. */
struct shrink_control {
	struct mem_system *sys;
	gfp_t gfp_mask; /* of the allocation */
	int nid;	/* the node that is short of memory */
	u64 nr_to_scan; /* objects to look at, and to free unless they are needed */
	u64 nr_scanned; /* scan_objects() may set how many it was; 0 is SHRINK_STOP */
};

/* The owner keeps it, all zero beside what it sets, from register_shrinker() to
 * unregister_shrinker(). */
struct shrinker {
	/* How many objects could be freed, of node sc->nid if SHRINKER_NUMA_AWARE; below 2^48. */
	u64 (*count_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	/* Returns how many it freed, or SHRINK_STOP. */
	u64 (*scan_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	void *private_data; /* the owner's */
	const char *name;
	u32 seeks; /* 0: half of all objects each time, whatever the priority */
	u32 batch; /* 0: SHRINK_BATCH */
	u32 flags;

	struct list_head list;
	u32 users; /* CPUs that are in it */
	bool leaving;
	u64 nr_deferred[MAX_NUMNODES]; /* too few for a batch so far; [0] for all nodes together */
	u64 nr_counted;		       /* at the last call */
	u64 nr_calls, nr_scanned, nr_freed;
};
#define SHRINKER_NUMA_AWARE 0x4u

struct shrinker_system {
	/* For the list. Any call that may have to wait for shrinkers takes it. */
	struct spinlock lock;
	struct list_head list;
	bool busy[MAX_CPUS]; /* the CPU is in a shrinker */
	u64 nr_scanned, nr_drops;
	u64 nr_stalls[MAX_NR_ZONES]; /* allocations that had to ask, by their highest zone */
};

/* page_alloc_init() calls it. */
void shrinkers_init(struct mem_system *sys);
void register_shrinker(struct mem_system *sys, struct shrinker *shrinker);
/* Returns when no CPU is in the shrinker any more; it is never called again.
 * Not from a shrinker. */
void unregister_shrinker(struct mem_system *sys, struct shrinker *shrinker);

/*
 * Asks all shrinkers, for node nid. priority: 0 to DEF_PRIORITY. Returns the objects that were
 * freed, which need not be a page yet; 0 at once on a CPU that is in a shrinker.
 */
u64 shrink_slab(struct mem_system *sys, gfp_t gfp, int nid, unsigned priority);
/* All that shrinkers can give, on all nodes, until there is hardly anything left (Linux: 2 into
 * drop_caches). Returns the objects that were freed. */
u64 drop_slab(struct mem_system *sys);

/* Is this CPU in a shrinker? */
static inline bool shrinker_is_running(const struct shrinker_system *s, u32 cpu)
{
	return s->busy[cpu];
}

#endif
