/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The allocators under a random load on real memory: what is handed out is stamped, checked and
 * freed, every invariant is proved, and all memory must come back.
 */
#ifndef MM_EXERCISE_H
#define MM_EXERCISE_H

#include "mm/types.h"

struct mem_system;

struct exercise_config {
	u64 seed;
	u64 steps;	/* random operations */
	u64 fill_pages; /* order-0 pages to fill and free in random order, at most */
	/* Asked every 1,000 steps or so; non-zero stops (everything is given back all the same). */
	int (*poll)(void *ctx, u64 done, u64 total);
	void *poll_ctx;
};

enum exercise_kind { EX_PAGES, EX_CACHE, EX_KMALLOC, EX_VMALLOC, NR_EXERCISE_KINDS };

struct exercise_count {
	u64 allocs, frees, failures; /* a failure is an honest NULL */
	u64 bytes;		     /* written and checked */
};

struct exercise_result {
	u64 seed, steps;
	struct exercise_count kind[NR_EXERCISE_KINDS];
	u64 reallocs, filled_pages;
	u64 peak_pages;		       /* held at once */
	u64 memmap_pages, table_pages; /* that struct pages and page tables took meanwhile */
	u64 ticks;
	bool stopped;
	const char *failed; /* NULL: everything held; else what did not */
	u64 failed_at;	    /* PFN or address concerned */
};

struct exercise_config exercise_defaults(void);
const char *exercise_kind_name(enum exercise_kind kind);

/* 0; -EFAULT when something did not hold (res->failed says what); -ENOMEM when there is not even
 * room to begin; -EINTR after poll stopped it. *res is always filled. */
int exercise_run(struct mem_system *sys, const struct exercise_config *cfg,
		 struct exercise_result *res);

#endif
