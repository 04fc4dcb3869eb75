/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Pageblocks as a whole: what is free in them, and their type. The zone's lock is held. */
#include "frame_inner.h"

u64 pageblock_free_pages(const struct mem_system *sys, u64 pfn)
{
	const struct pageblock *block = pageblock_at(sys, pfn);
	u64 pages = 0;

	if (block->free_order)
		return PAGEBLOCK_NR_PAGES;
	for (u32 i = 0; i < GROUPS_PER_BLOCK; i++) {
		const struct group *g = &block->map->group[i];

		pages += g->order ? 1ULL << g->order : bit_count(g->free);
	}
	return pages;
}

u64 pageblock_set_type(struct mem_system *sys, struct zone *zone, u64 pfn, enum migratetype type)
{
	struct pageblock *block = pageblock_at(sys, pfn);
	unsigned from = block->migratetype;
	u64 pages = pageblock_free_pages(sys, pfn);

	if (block->free_order) {
		buddy_move_entry(zone, &block->list, block->free_order, from, type);
		pages = 1ULL << block->free_order;
	}
	for (u32 i = 0; pageblock_split(block) && i < GROUPS_PER_BLOCK; i++) {
		struct group *g = &block->map->group[i];

		if (g->order)
			buddy_move_entry(zone, &g->list, g->order, from, type);
		else if (g->bucket != NO_BUCKET)
			buddy_move_entry(zone, &g->list, g->bucket, from, type);
	}
	block->migratetype = (u8)type;
	pageblock_own(block, zone);
	buddy_account(zone, from, -(s64)pages);
	buddy_account(zone, type, (s64)pages);
	return pages;
}
