/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Free blocks of one zone: taking, splitting, merging. See mm/page/zone.h for the tiers.
 *
 * A list's type is that of the first pageblock of its blocks, so whoever changes a pageblock's type
 * moves its blocks. Everything here is called with the zone's lock held.
 */
#include "group.h"
#include "frame_inner.h"

/* ---- lists ------------------------------------------------------------------------------- */

static void list_insert(struct zone *zone, struct list_head *entry, unsigned order, unsigned type)
{
	list_add(entry, &zone->free_area[order].free_list[type]);
	zone->free_area[order].nr_free++;
	zone->nonempty[type] |= 1u << order;
}

static void list_remove(struct zone *zone, struct list_head *entry, unsigned order, unsigned type)
{
	list_del(entry);
	zone->free_area[order].nr_free--;
	if (list_empty(&zone->free_area[order].free_list[type]))
		zone->nonempty[type] &= ~(1u << order);
}

void buddy_account(struct zone *zone, unsigned type, s64 pages)
{
	if (type == MIGRATE_ISOLATE) {
		zone->nr_isolated_free += (u64)pages;
		return;
	}
	zone->nr_free_pages += (u64)pages;
	if (type == MIGRATE_CMA)
		zone->nr_free_cma += (u64)pages;
	if (type == MIGRATE_HIGHATOMIC)
		zone->nr_free_highatomic += (u64)pages;
}

void buddy_move_entry(struct zone *zone, struct list_head *entry, unsigned order, unsigned from,
		      unsigned to)
{
	list_remove(zone, entry, order, from);
	list_insert(zone, entry, order, to);
}

/* ---- blocks of GROUP_ORDER and more ------------------------------------------------------ */

static unsigned giga_type(const struct gigablock *giga)
{
	return giga->blocks ? giga->blocks[0].migratetype : MIGRATE_MOVABLE;
}

static void block_insert(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	struct pageblock *block = pageblock_at(sys, pfn);

	if (order < PAGEBLOCK_ORDER) {
		struct group *g = group_at(block, pfn);

		g->order = (u8)order;
		list_insert(zone, &g->list, order, block->migratetype);
	} else if (order < GIGA_ORDER) {
		pageblock_own(block, zone);
		block->free_order = (u8)order;
		list_insert(zone, &block->list, order, block->migratetype);
	} else {
		struct gigablock *giga = gigablock_at(sys, pfn);

		giga->free = true;
		list_insert(zone, &giga->list, order, giga_type(giga));
	}
}

static void block_remove(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	struct pageblock *block = pageblock_at(sys, pfn);

	if (order < PAGEBLOCK_ORDER) {
		struct group *g = group_at(block, pfn);

		g->order = 0;
		list_remove(zone, &g->list, order, block->migratetype);
	} else if (order < GIGA_ORDER) {
		block->free_order = 0;
		list_remove(zone, &block->list, order, block->migratetype);
	} else {
		struct gigablock *giga = gigablock_at(sys, pfn);

		giga->free = false;
		list_remove(zone, &giga->list, order, giga_type(giga));
	}
}

/* Reserves and isolated blocks merge only with their like, lest they leak. */
static bool may_merge(unsigned a, unsigned b)
{
	return a == b || (a < MIGRATE_PCPTYPES && b < MIGRATE_PCPTYPES);
}

/* Is there a free block of exactly this order at `buddy`, that the block at pfn may merge with?
 * They share a parent, so what is read is alive. */
static bool buddy_is_free(const struct mem_system *sys, const struct zone *zone, u64 pfn, u64 buddy,
			  unsigned order)
{
	const struct pageblock *block = pageblock_at(sys, buddy);

	if (order < PAGEBLOCK_ORDER)
		return group_at(block, buddy)->order == order;
	return block->free_order == order && block->zid == zone_id(zone) &&
	       may_merge(block->migratetype, pageblock_at(sys, pfn)->migratetype);
}

static void block_put(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	while (order < GIGA_ORDER) {
		u64 buddy = pfn ^ 1ULL << order;

		if (!buddy_is_free(sys, zone, pfn, buddy, order))
			break;
		block_remove(sys, zone, buddy, order);
		pfn &= ~(1ULL << order);
		order++;
		zone->event[PGMERGE]++;
	}
	block_insert(sys, zone, pfn, order);
}

static u64 block_first(const struct mem_system *sys, const struct zone *zone, unsigned order,
		       unsigned type)
{
	const struct list_head *first = zone->free_area[order].free_list[type].next;

	if (order < PAGEBLOCK_ORDER)
		return group_pfn(list_entry(first, struct group, list));
	if (order < GIGA_ORDER)
		return pageblock_pfn(sys, list_entry(first, struct pageblock, list));
	return gigablock_pfn(sys, list_entry(first, struct gigablock, list));
}

/* Makes the descriptors alive that two halves of a block of `order` need. */
static int tier_revive(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	if (order == GIGA_ORDER)
		gigablock_revive(sys, pfn);
	return order == PAGEBLOCK_ORDER ? pageblock_give_map(sys, zone, pfn) : 0;
}

/*
 * Halves a block that is on no list until the part that holds `want` has the order, at least
 * GROUP_ORDER; the other halves go to the lists. Returns that part's PFN; NO_FRAME with all of it
 * back on the lists when there is no memory for descriptors.
 */
static u64 block_cut(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned from,
		     unsigned order, u64 want)
{
	while (from > order) {
		u64 half;

		if (tier_revive(sys, zone, pfn, from)) {
			block_put(sys, zone, pfn, from);
			return NO_FRAME;
		}
		from--;
		half = pfn + (1ULL << from);
		block_insert(sys, zone, want < half ? half : pfn, from);
		pfn = want < half ? pfn : half;
		zone->event[PGSPLIT]++;
	}
	for (u64 i = 0; order >= PAGEBLOCK_ORDER && i < 1ULL << order; i += PAGEBLOCK_NR_PAGES)
		pageblock_own(pageblock_at(sys, pfn + i), zone);
	return pfn;
}

static u64 block_take(struct mem_system *sys, struct zone *zone, unsigned order, unsigned type)
{
	u32 fit = zone->nonempty[type] >> order << order;
	unsigned from;
	u64 pfn;

	if (!fit)
		return NO_FRAME;
	from = lowest_bit(fit);
	pfn = block_first(sys, zone, from, type);
	block_remove(sys, zone, pfn, from);
	return block_cut(sys, zone, pfn, from, order, pfn);
}

/* ---- groups ------------------------------------------------------------------------------ */

void group_relist(struct zone *zone, struct group *g, unsigned type)
{
	u8 bucket = g->free ? (u8)group_largest(g->free) : NO_BUCKET;

	if (bucket == g->bucket)
		return;
	if (g->bucket != NO_BUCKET)
		list_remove(zone, &g->list, g->bucket, type);
	if (bucket != NO_BUCKET)
		list_insert(zone, &g->list, bucket, type);
	g->bucket = bucket;
}

/* All 64 pages are free: the group becomes a block. */
static void group_whole(struct mem_system *sys, struct zone *zone, struct group *g, unsigned type)
{
	if (g->bucket != NO_BUCKET)
		list_remove(zone, &g->list, g->bucket, type);
	g->bucket = NO_BUCKET;
	g->free = 0;
	block_put(sys, zone, group_pfn(g), GROUP_ORDER);
}

void group_grow(struct mem_system *sys, struct zone *zone, struct group *g, unsigned order,
		unsigned type)
{
	if (order == GROUP_ORDER) {
		group_whole(sys, zone, g, type);
		return;
	}
	if (g->bucket != NO_BUCKET)
		list_remove(zone, &g->list, g->bucket, type);
	list_insert(zone, &g->list, order, type);
	g->bucket = (u8)order;
}

static void group_put(struct mem_system *sys, struct zone *zone, struct group *g, unsigned i,
		      unsigned order, unsigned type)
{
	u64 bits = group_mask(i, order);
	unsigned merged;

	ASSERT(!(g->free & bits), "pfn %#llx is free already", group_pfn(g) + i);
	g->free |= bits;
	merged = group_merged(g->free, i, order);
	if (g->bucket == NO_BUCKET || merged > g->bucket)
		group_grow(sys, zone, g, merged, type);
}

struct group *group_for(struct mem_system *sys, struct zone *zone, unsigned order, unsigned type)
{
	u32 fit = zone->nonempty[type] >> order << order;
	struct group *g;
	unsigned from;
	u64 pfn;

	if (!fit)
		return NULL;
	from = lowest_bit(fit);
	if (from < GROUP_ORDER)
		return list_first_entry(&zone->free_area[from].free_list[type], struct group, list);
	pfn = block_take(sys, zone, GROUP_ORDER, type);
	if (pfn == NO_FRAME)
		return NULL;
	g = group_at(pageblock_at(sys, pfn), pfn);
	g->free = ~0ULL; /* in no bucket yet: the caller takes some and relists it */
	return g;
}

/* ---- taking and putting ------------------------------------------------------------------ */

u64 buddy_take(struct mem_system *sys, struct zone *zone, unsigned order, enum migratetype type)
{
	u64 pfn;

	if (order < GROUP_ORDER) {
		struct group *g = group_for(sys, zone, order, type);
		unsigned i;

		if (!g)
			return NO_FRAME;
		i = group_find(g->free, order);
		g->free &= ~group_mask(i, order);
		group_relist(zone, g, type);
		pfn = group_pfn(g) + i;
	} else {
		pfn = block_take(sys, zone, order, type);
		if (pfn == NO_FRAME)
			return pfn;
	}
	buddy_account(zone, type, -(1LL << order));
	return pfn;
}

void buddy_lend(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	buddy_account(zone, pageblock_at(sys, pfn)->migratetype, 1LL << order);
	block_insert(sys, zone, pfn, order);
}

/* Have all pageblocks of an allocated block types that may lie in one free block? */
static bool is_uniform(const struct mem_system *sys, u64 pfn, unsigned order)
{
	unsigned type = pageblock_at(sys, pfn)->migratetype;

	for (u64 i = PAGEBLOCK_NR_PAGES; i < 1ULL << order; i += PAGEBLOCK_NR_PAGES) {
		if (!may_merge(type, pageblock_at(sys, pfn + i)->migratetype))
			return false;
	}
	return true;
}

static void put_each_pageblock(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	for (u64 i = 0; i < 1ULL << order; i += PAGEBLOCK_NR_PAGES) {
		buddy_account(zone, pageblock_at(sys, pfn + i)->migratetype, PAGEBLOCK_NR_PAGES);
		block_put(sys, zone, pfn + i, PAGEBLOCK_ORDER);
	}
}

void buddy_put(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	struct pageblock *block = pageblock_at(sys, pfn);

	ASSERT(is_aligned(pfn, 1ULL << order) && order <= GIGA_ORDER, "pfn %#llx order %u", pfn,
	       order);
	if (order < GROUP_ORDER) {
		buddy_account(zone, block->migratetype, 1LL << order);
		group_put(sys, zone, group_at(block, pfn), pfn % GROUP_NR_PAGES, order,
			  block->migratetype);
		return;
	}
	if (order < GIGA_ORDER)
		gigablock_revive(sys, pfn);
	if (order > PAGEBLOCK_ORDER && order <= MAX_PAGE_ORDER && !is_uniform(sys, pfn, order)) {
		put_each_pageblock(sys, zone, pfn, order);
		return;
	}
	buddy_account(zone,
		      order < GIGA_ORDER ? block->migratetype : giga_type(gigablock_at(sys, pfn)),
		      1LL << order);
	block_put(sys, zone, pfn, order);
}

/* ---- choosing the place ------------------------------------------------------------------ */

int buddy_take_at(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	struct buddy_block found;
	unsigned down_to = max(order, (unsigned)GROUP_ORDER);
	struct pageblock *block;
	struct group *g;

	if (!buddy_block_of(sys, pfn, &found) || found.order < order)
		return -EBUSY;
	if (found.order >= GROUP_ORDER) {
		block_remove(sys, zone, found.pfn, found.order);
		if (block_cut(sys, zone, found.pfn, found.order, down_to, pfn) == NO_FRAME)
			return -ENOMEM;
	}
	block = pageblock_at(sys, pfn); /* now alive, and its type known */
	buddy_account(zone, block->migratetype, -(1LL << order));
	if (order >= GROUP_ORDER)
		return 0;
	g = group_at(block, pfn);
	if (found.order >= GROUP_ORDER)
		g->free = ~0ULL;
	g->free &= ~group_mask(pfn % GROUP_NR_PAGES, order);
	group_relist(zone, g, block->migratetype);
	return 0;
}

int buddy_isolate_pageblock(struct mem_system *sys, struct zone *zone, u64 pfn)
{
	struct buddy_block found;

	pfn = round_down(pfn, PAGEBLOCK_NR_PAGES);
	if (!buddy_block_of(sys, pfn, &found) || found.order <= PAGEBLOCK_ORDER)
		return 0;
	block_remove(sys, zone, found.pfn, found.order);
	if (block_cut(sys, zone, found.pfn, found.order, PAGEBLOCK_ORDER, pfn) == NO_FRAME)
		return -ENOMEM;
	block_insert(sys, zone, pfn, PAGEBLOCK_ORDER);
	return 0;
}
