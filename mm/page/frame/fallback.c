/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Which type's lists serve a request: its own, CMA's, the reserve for atomic ones, or another
 * type's, and when a pageblock changes sides. Called with the zone's lock held.
 */
#include "frame_inner.h"

static const u8 fallbacks[MIGRATE_PCPTYPES][MIGRATE_PCPTYPES - 1] = {
	[MIGRATE_UNMOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE},
	[MIGRATE_MOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE},
	[MIGRATE_RECLAIMABLE] = {MIGRATE_UNMOVABLE, MIGRATE_MOVABLE},
};

/* The type among the fallbacks whose largest block is the largest, its order in *ret_order. */
static int largest_fallback(const struct zone *zone, unsigned order, unsigned type,
			    unsigned *ret_order)
{
	int best = -1;

	for (u32 i = 0; i < ARRAY_SIZE(fallbacks[type]); i++) {
		u32 fit = zone->nonempty[fallbacks[type][i]] >> order << order;

		if (fit && (best < 0 || highest_bit(fit) > *ret_order)) {
			best = fallbacks[type][i];
			*ret_order = highest_bit(fit);
		}
	}
	return best;
}

static int smallest_fallback(const struct zone *zone, unsigned order, unsigned type)
{
	unsigned best_order = NR_FREE_ORDERS;
	int best = -1;

	for (u32 i = 0; i < ARRAY_SIZE(fallbacks[type]); i++) {
		u32 fit = zone->nonempty[fallbacks[type][i]] >> order << order;

		if (fit && lowest_bit(fit) < best_order) {
			best = fallbacks[type][i];
			best_order = lowest_bit(fit);
		}
	}
	return best;
}

/* The whole of a free block of that order: its pageblocks, just as many as are needed, change. */
static int steal_whole(struct mem_system *sys, struct zone *zone, unsigned order, unsigned from,
		       unsigned type)
{
	unsigned size = max(order, (unsigned)PAGEBLOCK_ORDER);
	u64 pfn = buddy_take(sys, zone, size, from);

	if (pfn == NO_FRAME)
		return -1;
	for (u64 i = 0; i < 1ULL << size; i += PAGEBLOCK_NR_PAGES) {
		pageblock_at(sys, pfn + i)->migratetype = (u8)type;
		zone->event[PGSTEAL_ALL]++;
	}
	buddy_lend(sys, zone, pfn, size);
	return (int)type;
}

/* A part of a pageblock: if half of it is free, all that is free in it changes. */
static int steal_part(struct mem_system *sys, struct zone *zone, unsigned found, unsigned from,
		      unsigned type)
{
	const struct list_head *first = zone->free_area[found].free_list[from].next;
	u64 pfn = group_pfn(list_entry(first, struct group, list));

	if (pageblock_free_pages(sys, pfn) < PAGEBLOCK_NR_PAGES / 2)
		return (int)from;
	pageblock_set_type(sys, zone, pfn, type);
	zone->event[PGSTEAL_ALL]++;
	return (int)type;
}

/*
 * Large blocks are taken first, so that what follows fits into the same pageblock. Movable requests
 * take the smallest instead when no half pageblock is to be had: they can be moved away later.
 * Returns the type whose lists can serve the request now; -1: none.
 */
static int steal(struct mem_system *sys, struct zone *zone, unsigned order, unsigned type)
{
	unsigned found = 0;
	int from = largest_fallback(zone, order, type, &found);

	if (from < 0)
		return -1;
	zone->event[PGSTEAL]++;
	if (found >= PAGEBLOCK_ORDER)
		return steal_whole(sys, zone, order, (unsigned)from, type);
	if (type == MIGRATE_MOVABLE && found < PAGEBLOCK_ORDER / 2)
		return smallest_fallback(zone, order, type);
	return steal_part(sys, zone, found, (unsigned)from, type);
}

/* Where to look before stealing: the type itself, or CMA's when most of the
 * free memory is there. */
static enum migratetype preferred(const struct zone *zone, enum migratetype type, unsigned flags)
{
	if (type == MIGRATE_MOVABLE && flags & ALLOC_CMA &&
	    zone->nr_free_cma > zone->nr_free_pages / 2)
		return MIGRATE_CMA;
	return type;
}

int zone_source(struct mem_system *sys, struct zone *zone, unsigned order, enum migratetype type,
		unsigned flags)
{
	enum migratetype first = preferred(zone, type, flags);

	if (flags & ALLOC_HARDER && order && zone->nonempty[MIGRATE_HIGHATOMIC] >> order)
		return MIGRATE_HIGHATOMIC;
	if (zone->nonempty[first] >> order)
		return first;
	if (zone->nonempty[type] >> order)
		return type;
	if (type == MIGRATE_MOVABLE && flags & ALLOC_CMA && zone->nonempty[MIGRATE_CMA] >> order)
		return MIGRATE_CMA;
	return steal(sys, zone, order, type);
}

u64 zone_take(struct mem_system *sys, struct zone *zone, unsigned order, enum migratetype type,
	      unsigned flags)
{
	int source = zone_source(sys, zone, order, type, flags);

	return source < 0 ? NO_FRAME : buddy_take(sys, zone, order, (enum migratetype)source);
}

/* ---- the reserve for atomic requests ----------------------------------------------------- */

void highatomic_reserve(struct mem_system *sys, struct zone *zone, u64 pfn)
{
	struct pageblock *block = pageblock_at(sys, pfn);
	u64 limit = zone->managed_pages / 100 + PAGEBLOCK_NR_PAGES;

	if (zone->nr_reserved_highatomic + PAGEBLOCK_NR_PAGES > limit ||
	    block->migratetype >= MIGRATE_PCPTYPES)
		return;
	zone->nr_reserved_highatomic += PAGEBLOCK_NR_PAGES;
	pageblock_set_type(sys, zone, pfn, MIGRATE_HIGHATOMIC);
}

bool highatomic_unreserve(struct mem_system *sys, struct zone *zone)
{
	struct list_head *head;
	unsigned order;
	u64 pfn;

	if (!zone->nonempty[MIGRATE_HIGHATOMIC])
		return false;
	order = highest_bit(zone->nonempty[MIGRATE_HIGHATOMIC]);
	head = &zone->free_area[order].free_list[MIGRATE_HIGHATOMIC];
	if (order < PAGEBLOCK_ORDER)
		pfn = group_pfn(list_first_entry(head, struct group, list));
	else
		pfn = pageblock_pfn(sys, list_first_entry(head, struct pageblock, list));
	for (u64 i = 0; i < max(1ULL << order, PAGEBLOCK_NR_PAGES); i += PAGEBLOCK_NR_PAGES) {
		if (!i)
			pageblock_set_type(sys, zone, pfn, MIGRATE_UNMOVABLE);
		else
			pageblock_at(sys, pfn + i)->migratetype = MIGRATE_UNMOVABLE;
		zone->nr_reserved_highatomic -= PAGEBLOCK_NR_PAGES;
	}
	return true;
}
