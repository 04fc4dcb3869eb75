/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Takes all memory while there is a cache that can shrink. First the cache is filled, and all free
 * memory is taken by requests that may not reclaim: the cache must keep all its objects. Then
 * single pages are requested with reclaim until none is left: the cache must have given up all its
 * objects. At the end everything is freed and counted.
 */
#ifndef MM_EXERCISE_PRESSURE_H
#define MM_EXERCISE_PRESSURE_H

#include "mm/types.h"

struct mem_system;

struct pressure_result {
	u64 objects, cache_pages; /* of the cache, when memory was full */
	u64 filled_pages;	  /* taken without reclaim */
	u64 given_pages;	  /* taken with reclaim */
	u64 calls, scanned;	  /* of the cache's shrinker; objects */
	u64 ticks;
	bool stopped;
	const char *failed; /* NULL: no failure; else the check that failed */
	u64 failed_at;	    /* the number that the text speaks of */
};

/*
 * Runs on this CPU only. poll (or NULL) is called now and then with the number of pages taken and
 * that of all; non-zero stops, and everything is freed. 0; -EFAULT: a check failed; -ENOMEM: no
 * memory for the cache; -EINTR: stopped by poll. *res is always filled.
 */
int pressure_run(struct mem_system *sys, int (*poll)(void *ctx, u64 done, u64 total),
		 void *poll_ctx, struct pressure_result *res);

#endif
