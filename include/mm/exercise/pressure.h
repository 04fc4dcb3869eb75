/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Memory until there is none, beside a cache that can shrink. The cache is filled, then all of free
 * memory is taken by who does not wait: the cache must not lose an object. Then single pages are
 * asked for by who does, until there are none: the cache must have become pages, to the last
 * object. In the end everything is given back and counted.
 */
#ifndef MM_EXERCISE_PRESSURE_H
#define MM_EXERCISE_PRESSURE_H

#include "mm/types.h"

struct mem_system;

struct pressure_result {
	u64 objects, cache_pages; /* of the cache, when memory was full */
	u64 filled_pages;	  /* taken without shrinking, */
	u64 given_pages;	  /* and with it */
	u64 calls, scanned;	  /* of the cache's shrinker; objects */
	u64 ticks;
	bool stopped;
	const char *failed; /* NULL: everything held; else what did not */
	u64 failed_at;	    /* the number concerned, as the text says */
};

/*
 * On this CPU alone. poll, if any, is asked now and then with the pages taken so far, of all; when
 * it returns non-zero everything is given back at once. 0; -EFAULT when something did not hold;
 * -ENOMEM when there is no room for the cache; -EINTR after poll stopped it. *res is always filled.
 */
int pressure_run(struct mem_system *sys, int (*poll)(void *ctx, u64 done, u64 total),
		 void *poll_ctx, struct pressure_result *res);

#endif
