/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The allocators under a random load on real memory: what is handed out is stamped, checked and
 * freed, every invariant is proved, and all memory must come back.
 *
 * Phases of cfg->steps random operations each: pages, kmem_cache, kmalloc, vmalloc, all of them
 * mixed; then single pages are filled and freed in random order, after which the free blocks must
 * be what they were. After each phase everything is given back and the invariants are checked.
 * Never more than half of the free memory is held, nor more than 256 MiB.
 *
 * On several CPUs all go through each phase at once, on the same caches, with a share of that
 * memory each. They swap what they hold now and then, so that it is freed on another CPU than it
 * came from.
 *
 * The books at the end: a zone's free pages are those from before, less the pages that became
 * struct pages (zone->nr_memmap_pages) and those that became page tables (sys->pt.nr_tables).
 */
#ifndef MM_EXERCISE_EXERCISE_H
#define MM_EXERCISE_EXERCISE_H

#include "mm/types.h"

struct mem_system;

struct exercise_config {
	u64 seed;
	u64 steps;	/* random operations in each phase */
	u64 fill_pages; /* order-0 pages to fill and free in random order, at most */
	/* Asked every 1,000 steps, of `total` in all phases; non-zero stops (everything is given
	 * back and checked all the same). NULL: nobody asks. */
	int (*poll)(void *ctx, u64 done, u64 total);
	void *poll_ctx;
	/* Calls fn(arg, worker) for workers 0 to nr_workers - 1, each on the CPU of that number, at
	 * once; worker 0 is the caller's, and the one that polls. 0 or -errno, which ends the
	 * exercise. NULL: there is just the caller. */
	int (*run)(void *ctx, void (*fn)(void *arg, u32 worker), void *arg);
	void *run_ctx;
	u32 nr_workers; /* at most MAX_CPUS and sys->given.nr_cpus; 0 as 1 */
};

enum exercise_kind { EX_PAGES, EX_CACHE, EX_KMALLOC, EX_VMALLOC, NR_EXERCISE_KINDS };

struct exercise_count {
	u64 allocs, frees, failures; /* a failure is an honest NULL */
	u64 bytes;		     /* written and checked */
};

struct exercise_result {
	u64 seed, steps; /* steps: done, in all phases, by all workers */
	u32 nr_workers;
	u64 swaps; /* between workers */
	struct exercise_count kind[NR_EXERCISE_KINDS];
	u64 reallocs, filled_pages;
	u64 skipped;		       /* steps left out: the share of memory was used up */
	u64 peak_pages;		       /* held at once, the most of each worker summed up */
	u64 memmap_pages, table_pages; /* that struct pages and page tables took meanwhile */
	u64 ticks;
	bool stopped;
	const char *failed; /* NULL: everything held; else what did not */
	u64 failed_at;	    /* PFN, kernel address or number concerned, as the text says */
};

/* Seed 1, 20,000 steps, 16,384 pages (64 MiB), no poll. */
struct exercise_config exercise_defaults(void);
const char *exercise_kind_name(enum exercise_kind kind);

/*
 * 0; -EFAULT when something did not hold (res->failed says what); -ENOMEM when there is not even
 * room to begin; -EINTR after poll stopped it; what cfg->run returned. *res is always filled. The
 * same seed on the same machine, freshly started, gives the same counts on one CPU.
 */
int exercise_run(struct mem_system *sys, const struct exercise_config *cfg,
		 struct exercise_result *res);

#endif
