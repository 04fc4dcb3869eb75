/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A group's word has a bit for each free page. A run is 2^order free pages in it, naturally
 * aligned, order < GROUP_ORDER. The largest such runs are the blocks that a buddy system would
 * have.
 */
#ifndef MM_PAGE_FRAME_GROUP_H
#define MM_PAGE_FRAME_GROUP_H

#include "mm/types.h"

/* The bits of 2^order pages from bit i on. */
static inline u64 group_mask(unsigned i, unsigned order)
{
	return ~0ULL >> (GROUP_NR_PAGES - (1u << order)) << i;
}

/* From the runs of one order (a bit at the start of each) the runs of the next: two neighbours of
 * which the first is aligned. */
static inline u64 group_pair_up(u64 runs, unsigned order)
{
	static const u64 starts[GROUP_ORDER] = {0x5555555555555555, 0x1111111111111111,
						0x0101010101010101, 0x0001000100010001,
						0x0000000100000001, 0x0000000000000001};

	return runs & runs >> (1u << order) & starts[order];
}

/* The order of the largest run, GROUP_ORDER if all is free; `free` is not 0. Without branches, as
 * the CPU could not predict them after random frees. */
static inline unsigned group_largest(u64 free)
{
	unsigned order = 0;

	for (unsigned k = 0; k < GROUP_ORDER; k++) {
		free = group_pair_up(free, k);
		order += free != 0;
	}
	return order;
}

/*
 * The start of the smallest block with at least 2^order pages; there must be one. An example for
 * order 1, with bit 0 on the left; the result is 6:
 *	free	1111 0011 0000 1100
 *	runs	1.1. ..1. .... 1...	two free pages begin here
 *	up	1... .... .... ....	two such runs form one of order 2
 *	only	.... ..1. .... 1...	runs that are not part of those
 */
static inline unsigned group_find(u64 free, unsigned order)
{
	u64 runs = free, up, only;

	for (unsigned k = 0; k < order; k++)
		runs = group_pair_up(runs, k);
	for (;; order++) {
		up = order < GROUP_ORDER ? group_pair_up(runs, order) : 0;
		only = runs & ~(up | up << (1u << order % GROUP_ORDER));
		if (only)
			return lowest_bit(only);
		runs = up;
	}
}

/* The order of the block that contains the 2^order free pages at i. */
static inline unsigned group_merged(u64 free, unsigned i, unsigned order)
{
	while (order < GROUP_ORDER) {
		u64 buddy = group_mask(i ^ 1u << order, order);

		if ((free & buddy) != buddy)
			break;
		i &= ~(1u << order);
		order++;
	}
	return order;
}

/* Adds the numbers of blocks of each order below GROUP_ORDER to ret_blocks. */
static inline void group_count(u64 free, u64 ret_blocks[GROUP_ORDER])
{
	for (unsigned order = 0; order < GROUP_ORDER; order++) {
		u64 up = group_pair_up(free, order);

		ret_blocks[order] += bit_count(free) - 2 * bit_count(up);
		free = up;
	}
}

#endif
