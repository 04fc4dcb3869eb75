/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * An invented machine with the page allocator that it would have. The code is the real one: it
 * never touches the pages themselves. Its descriptors are in a block of our memory.
 */
#ifndef EFI_APP_INVENTED_H
#define EFI_APP_INVENTED_H

#include "app.h"

struct invented {
	struct app app; /* for views: its machine, its system */
	struct numa_info numa;
	struct app_block block;
	struct memblock metadata;
	struct memblock_region regions[2][512];
	u64 ram; /* bytes */
};

/* Builds the machine from the map, as Linux would, with memory from call->app. 0; a negative error
 * after a message. */
int invented_build(struct cmd_call *call, const struct mapfile *map, u32 nr_cpus,
		   struct invented *ret);
void invented_free(struct app *for_whom, struct invented *inv);

/* The result of a random load on its frames. */
struct invented_load {
	u64 steps, allocs, frees, refused, peak_pages;
	const char *failed; /* NULL: all invariants hold, all memory is free again */
	u64 failed_at;
};
void invented_load(struct invented *inv, u64 seed, u64 steps, struct invented_load *ret);

#endif
