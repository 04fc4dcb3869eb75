/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Shrinkers: an owner of objects that it does not need registers a shrinker. It tells how many
 * objects there are, and frees some on request. That happens when no zone of an allocation's
 * zonelist is above its watermark and the allocation may wait (__GFP_DIRECT_RECLAIM without
 * __GFP_NORETRY): at first for few objects (priority 12, one in 4,096), at last for all (priority
 * 0).
 *
 * A shrinker runs inside any such allocation, perhaps on several CPUs at once, without locks of the
 * page allocator. It may take locks that rank after LOCK_RECLAIM; others only by spin_trylock(),
 * returning SHRINK_STOP on failure. Its own allocations may go below the watermarks and call no
 * shrinker.
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
#define SHRINK_BATCH  128	  /* nr_to_scan of one scan_objects() call */
#define DEFAULT_SEEKS 2		  /* cost of making an object again; a lower value frees more */
#define SHRINK_STOP   (~0ULL)	  /* from scan_objects(): no progress can be made now */
#define SHRINK_EMPTY  (~0ULL - 1) /* from count_objects(): as 0 */

/* The arguments of one call. */
struct shrink_control {
	struct mem_system *sys;
	gfp_t gfp_mask; /* of the allocation */
	int nid;	/* the node that is short of memory */
	u64 nr_to_scan; /* objects to look at, and to free if not needed */
	u64 nr_scanned; /* scan_objects() may set the real number; 0 means SHRINK_STOP */
};

/* The owner's struct, kept from register_shrinker() to unregister_shrinker(). The owner sets the
 * first fields; all others must be zero. */
struct shrinker {
	/* The number of objects that could be freed, below 2^48; only those of node sc->nid if
	 * SHRINKER_NUMA_AWARE. */
	u64 (*count_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	/* Frees objects. Returns their number, or SHRINK_STOP. */
	u64 (*scan_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	void *private_data; /* the owner's */
	const char *name;
	u32 seeks; /* 0: half of all objects each time, with any priority */
	u32 batch; /* 0: SHRINK_BATCH */
	u32 flags;

	struct list_head list;
	u32 users; /* CPUs that run it now */
	bool leaving;
	u64 nr_deferred[MAX_NUMNODES]; /* left for the next call; [0] if not NUMA aware */
	u64 nr_counted;		       /* at the last call */
	u64 nr_calls, nr_scanned, nr_freed;
};
#define SHRINKER_NUMA_AWARE 0x4u

struct shrinker_system {
	/* For the list. Every call that may wait for shrinkers takes it. */
	struct spinlock lock;
	struct list_head list;
	bool busy[MAX_CPUS]; /* the CPU runs a shrinker */
	u64 nr_scanned, nr_drops;
	u64 nr_stalls[MAX_NR_ZONES]; /* allocations that called shrinkers, by highest zone */
};

/* page_alloc_init() calls it. */
void shrinkers_init(struct mem_system *sys);
void register_shrinker(struct mem_system *sys, struct shrinker *shrinker);
/* Returns when no CPU runs the shrinker; it is not called again. Must not be called in a
 * shrinker. */
void unregister_shrinker(struct mem_system *sys, struct shrinker *shrinker);

/*
 * Calls all shrinkers for node nid. priority: 0 to DEF_PRIORITY. Returns the number of objects that
 * were freed (perhaps no whole page yet). 0 at once on a CPU that is in a shrinker.
 */
u64 shrink_slab(struct mem_system *sys, gfp_t gfp, int nid, unsigned priority);
/* Calls all shrinkers on all nodes until almost nothing is left (in Linux: write 2 to drop_caches).
 * Returns the number of objects that were freed. */
u64 drop_slab(struct mem_system *sys);

/* Does this CPU run a shrinker? */
static inline bool shrinker_is_running(const struct shrinker_system *s, u32 cpu)
{
	return s->busy[cpu];
}

#endif
