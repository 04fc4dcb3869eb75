/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The free lists of zones, for the files of this folder and the one above. Where it says "locked"
 * the caller holds zone->lock. */
#ifndef MM_PAGE_FRAME_INNER_H
#define MM_PAGE_FRAME_INNER_H

#include "mm/page/page_alloc.h"
#include "mm/system.h"

/* ---- lookup ------------------------------------------------------------------------------ */

static inline struct pageblock *pageblock_at(const struct mem_system *sys, u64 pfn)
{
	return sys->page.pageblocks + (pfn >> PAGEBLOCK_ORDER);
}

static inline struct gigablock *gigablock_at(const struct mem_system *sys, u64 pfn)
{
	return sys->page.gigablocks + (pfn >> GIGA_ORDER);
}

static inline u64 pageblock_pfn(const struct mem_system *sys, const struct pageblock *block)
{
	return (u64)(block - sys->page.pageblocks) << PAGEBLOCK_ORDER;
}

static inline u64 gigablock_pfn(const struct mem_system *sys, const struct gigablock *giga)
{
	return (u64)(giga - sys->page.gigablocks) << GIGA_ORDER;
}

static inline struct group *group_at(const struct pageblock *block, u64 pfn)
{
	return &block->map->group[pfn >> GROUP_ORDER & (GROUPS_PER_BLOCK - 1)];
}

static inline u64 group_pfn(const struct group *g)
{
	return ((u64)g->block << PAGEBLOCK_ORDER) + ((u64)g->index << GROUP_ORDER);
}

/* The pageblock, if its descriptor may be read; NULL for dead ones and beyond memory. */
static inline struct pageblock *pageblock_if_alive(const struct mem_system *sys, u64 pfn)
{
	if (pfn >= sys->page.max_pfn || !gigablock_at(sys, pfn)->blocks)
		return NULL;
	return pageblock_at(sys, pfn);
}

extern const struct blockmap no_blockmap;
static inline bool pageblock_split(const struct pageblock *block)
{
	return block->map != &no_blockmap;
}

static inline struct zone *zone_by_id(const struct mem_system *sys, u32 zid)
{
	return &sys->page.node_data[zid / MAX_NR_ZONES]->node_zones[zid % MAX_NR_ZONES];
}

static inline struct zone *pageblock_zone(const struct mem_system *sys,
					  const struct pageblock *block)
{
	return zone_by_id(sys, block->zid);
}

/* What frame_state() reads of the frame from now on. */
static inline void frame_set_state(struct mem_system *sys, u64 pfn, u8 state)
{
	struct pageblock *block = pageblock_at(sys, pfn);

	if ((state & FRAME_ORDER) >= PAGEBLOCK_ORDER || block->state)
		block->state = state;
	else
		block->map->state[pfn % PAGEBLOCK_NR_PAGES] = state;
}

/* ---- buddy.c: one zone's lists, locked --------------------------------------------------- */

/* Takes 2^order frames out of the lists of this type. NO_FRAME: they have none, or there is no
 * memory to split a pageblock. Gives nothing life and marks nothing used. */
u64 buddy_take(struct mem_system *sys, struct zone *zone, unsigned order, enum migratetype type);
/* Puts them back to the lists of their pageblock's type and merges. Orders up to GIGA_ORDER. */
void buddy_put(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order);
/* As buddy_put() without merging: the caller takes of it before it gives the lock back. */
void buddy_lend(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order);
/* As many order-0 frames as `max`, at once: the most broken groups first. Returns how many. */
u32 buddy_take_singles(struct mem_system *sys, struct zone *zone, enum migratetype type, u64 *pfns,
		       u32 max);
void buddy_put_singles(struct mem_system *sys, struct zone *zone, const u64 *pfns, u32 nr);
/* All free frames of a group of this type that has at most `max` of them: their bits, and the
 * group's first PFN. 0: none. For the bulk interface. */
u64 buddy_take_group(struct mem_system *sys, struct zone *zone, enum migratetype type,
		     u64 *ret_pfn);
/* Frees the frames with a bit set in the group at pfn. */
void buddy_put_bits(struct mem_system *sys, struct zone *zone, u64 pfn, u64 bits);

/* The group's free bits have changed: back into the list where it belongs. Not all are set. */
void group_relist(struct zone *zone, struct group *g, unsigned type);
/* Its largest run is of that order now, larger than before: GROUP_ORDER, all of it. */
void group_grow(struct mem_system *sys, struct zone *zone, struct group *g, unsigned order,
		unsigned type);
/* The group that requests of this order are served from: the most broken one that can. NULL: a
 * larger block must be broken, and there is none. */
struct group *group_for(struct mem_system *sys, struct zone *zone, unsigned order, unsigned type);

/* Gives a pageblock that was never split its map. 0; -ENOMEM. */
int pageblock_give_map(struct mem_system *sys, struct zone *zone, u64 pfn);
/* The pageblock belongs to the zone from now on, with its CPUs' lists. */
void pageblock_own(struct pageblock *block, const struct zone *zone);
/* Takes the free block that holds pfn apart until the pageblock is one of its own, or all below.
 * 0; -ENOMEM. */
int buddy_isolate_pageblock(struct mem_system *sys, struct zone *zone, u64 pfn);
/* Takes exactly this free range out of the lists; it must be free. 0; -ENOMEM; -EBUSY. */
int buddy_take_at(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order);
/* Free pages of a type more or fewer, in the zone's counts. */
void buddy_account(struct zone *zone, unsigned type, s64 pages);
/* An entry of the lists of `order` goes from one type's to another's. */
void buddy_move_entry(struct zone *zone, struct list_head *entry, unsigned order, unsigned from,
		      unsigned to);

/* ---- pageblock.c, locked ----------------------------------------------------------------- */

/* Changes the type and moves what is free in the pageblock to the type's lists. The pageblock heads
 * its free block, if it is in one. Returns the free pages. */
u64 pageblock_set_type(struct mem_system *sys, struct zone *zone, u64 pfn, enum migratetype type);
u64 pageblock_free_pages(const struct mem_system *sys, u64 pfn);

/* ---- fallback.c, locked ------------------------------------------------------------------ */

/* 2^order frames for a request of this type, from wherever the zone's types allow. */
u64 zone_take(struct mem_system *sys, struct zone *zone, unsigned order, enum migratetype type,
	      unsigned alloc_flags);
/* The type whose lists serve it now, perhaps after a block changed its type; -1: none can. */
int zone_source(struct mem_system *sys, struct zone *zone, unsigned order, enum migratetype type,
		unsigned alloc_flags);
/* Makes the pageblock at pfn part of the reserve for GFP_ATOMIC, if there is room in it. */
void highatomic_reserve(struct mem_system *sys, struct zone *zone, u64 pfn);
/* Gives one pageblock of the reserve back. False: there is none with free pages. */
bool highatomic_unreserve(struct mem_system *sys, struct zone *zone);

/* ---- watermark.c ------------------------------------------------------------------------- */

#define ALLOC_WMARK_MASK    0x03u /* enum zone_watermark */
#define ALLOC_NO_WATERMARKS 0x04u
#define ALLOC_HARDER	    0x10u
#define ALLOC_HIGH	    0x20u
#define ALLOC_CMA	    0x80u

/* May the zone give 2^order pages? highest: the highest zone that would do for the request. */
bool zone_watermark_ok(const struct zone *zone, unsigned order, enum zone_type highest,
		       unsigned alloc_flags);

#endif
