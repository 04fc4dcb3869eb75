/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the descriptors say of one frame: the free block or the allocated one that it is in. */
#include "frame_inner.h"
#include "group.h"

/* ---- free -------------------------------------------------------------------------------- */

/* The run of free pages in its group, or the block of several groups, that the page is in. */
static bool small_block_of(const struct pageblock *block, u64 pfn, struct buddy_block *ret)
{
	const struct group *g = group_at(block, pfn);
	unsigned order, i = pfn % GROUP_NR_PAGES;

	if (g->free >> i & 1) {
		order = group_merged(g->free, i, 0);
		*ret = (struct buddy_block){round_down(pfn, 1ULL << order), order};
		return true;
	}
	for (order = GROUP_ORDER; order < PAGEBLOCK_ORDER; order++) {
		u64 head = round_down(pfn, 1ULL << order);

		if (group_at(block, head)->order == order) {
			*ret = (struct buddy_block){head, order};
			return true;
		}
	}
	return false;
}

bool buddy_block_of(const struct mem_system *sys, u64 pfn, struct buddy_block *ret)
{
	if (!sys->page.gigablocks || pfn >= sys->page.max_pfn)
		return false;
	if (gigablock_at(sys, pfn)->free) {
		*ret = (struct buddy_block){round_down(pfn, GIGA_NR_PAGES), GIGA_ORDER};
		return true;
	}
	if (!gigablock_at(sys, pfn)->blocks)
		return false;
	for (unsigned order = PAGEBLOCK_ORDER; order < GIGA_ORDER; order++) {
		u64 head = round_down(pfn, 1ULL << order);

		if (pageblock_at(sys, head)->free_order == order) {
			*ret = (struct buddy_block){head, order};
			return true;
		}
	}
	return small_block_of(pageblock_at(sys, pfn), pfn, ret);
}

/* ---- allocated --------------------------------------------------------------------------- */

u8 frame_state(const struct mem_system *sys, u64 pfn)
{
	const struct pageblock *block = pageblock_if_alive(sys, pfn);

	if (!block)
		return 0;
	if (block->state && is_aligned(pfn, PAGEBLOCK_NR_PAGES))
		return block->state;
	return block->map->state[pfn % PAGEBLOCK_NR_PAGES];
}

/* The block with a state that holds the frame. */
static bool marked_block_of(const struct mem_system *sys, u64 pfn, u64 *ret_head,
			    unsigned *ret_order)
{
	for (unsigned order = 0; order <= MAX_PAGE_ORDER; order++) {
		u64 head = round_down(pfn, 1ULL << order);
		u8 state = frame_state(sys, head);

		if (!(state & (FRAME_USED | FRAME_PAGE)) ||
		    pfn - head >= 1ULL << (state & FRAME_ORDER))
			continue;
		*ret_head = head;
		*ret_order = state & FRAME_ORDER;
		return true;
	}
	return false;
}

/* Is the page the head of a block in a CPU's list? */
static bool page_is_listed(const struct mem_system *sys, u64 pfn)
{
	unsigned order;
	u64 head;

	return marked_block_of(sys, pfn, &head, &order) && frame_state(sys, head) & FRAME_PAGE &&
	       !pfn_to_page(sys, head)->_refcount;
}

bool frame_block_of(const struct mem_system *sys, u64 pfn, u64 *ret_head, unsigned *ret_order)
{
	unsigned order;
	u64 head;

	if (!marked_block_of(sys, pfn, &head, &order) || page_is_listed(sys, pfn))
		return false;
	*ret_head = head;
	*ret_order = order;
	return true;
}
