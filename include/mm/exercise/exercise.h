/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A random load on the allocators in real memory: each allocation is filled with a pattern, checked
 * and freed; all invariants are checked, and all memory must be free again at the end.
 *
 * There are phases of cfg->steps random operations each: pages, kmem_cache, kmalloc, vmalloc, and
 * all of these mixed. In the last phase single pages are filled and freed in random order; then the
 * free blocks must be the same as before. After each phase everything is freed and the invariants
 * are checked. At most half of the free memory is in use, and at most 256 MiB.
 *
 * On several CPUs all run each phase together on the same caches, each with its share of that
 * memory. Now and then they swap allocations, so that some are freed on another CPU.
 *
 * At the end a zone must have as many free pages as before, less the pages that became struct pages
 * (zone->nr_memmap_pages) or page tables (sys->pt.nr_tables).
 */
#ifndef MM_EXERCISE_EXERCISE_H
#define MM_EXERCISE_EXERCISE_H

#include "mm/types.h"

struct mem_system;

struct exercise_config {
	u64 seed;
	u64 steps;	/* random operations in each phase */
	u64 fill_pages; /* the most order-0 pages to fill and free in random order */
	/* Called every 1,000 steps; `total` is for all phases. Non-zero stops the exercise, which
	 * still frees and checks everything. May be NULL. */
	int (*poll)(void *ctx, u64 done, u64 total);
	void *poll_ctx;
	/* Calls fn(arg, worker) for workers 0 to nr_workers - 1 at once, each on the CPU with this
	 * number. Worker 0 runs on the caller's CPU and polls. 0; -errno ends the exercise. NULL:
	 * only the caller works. */
	int (*run)(void *ctx, void (*fn)(void *arg, u32 worker), void *arg);
	void *run_ctx;
	u32 nr_workers; /* at most MAX_CPUS and sys->given.nr_cpus; 0 means 1 */
};

enum exercise_kind { EX_PAGES, EX_CACHE, EX_KMALLOC, EX_VMALLOC, NR_EXERCISE_KINDS };

struct exercise_count {
	u64 allocs, frees, failures; /* failures: NULL was returned */
	u64 bytes;		     /* written and checked */
};

struct exercise_result {
	u64 seed, steps; /* steps: the sum of all phases and workers */
	u32 nr_workers;
	u64 swaps; /* between workers */
	struct exercise_count kind[NR_EXERCISE_KINDS];
	u64 reallocs, filled_pages;
	u64 skipped;		       /* steps without effect: the share of memory was used up */
	u64 peak_pages;		       /* the sum of each worker's highest number of pages */
	u64 memmap_pages, table_pages; /* that became struct pages and tables */
	u64 ticks;
	bool stopped;
	const char *failed; /* NULL: no failure; else the check that failed */
	u64 failed_at;	    /* the PFN, kernel address or number that the text speaks of */
};

/* Seed 1, 5,000 steps in each phase, 16,384 pages (64 MiB), one worker, no poll. */
struct exercise_config exercise_defaults(void);
const char *exercise_kind_name(enum exercise_kind kind);

/*
 * 0; -EFAULT: a check failed (res->failed); -ENOMEM: not enough memory to begin; -EINTR: stopped by
 * poll; cfg->run's error. *res is always filled. With one CPU, the same seed gives the same counts
 * on the same machine after each start.
 */
int exercise_run(struct mem_system *sys, const struct exercise_config *cfg,
		 struct exercise_result *res);

#endif
