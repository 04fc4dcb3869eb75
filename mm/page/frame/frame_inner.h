/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The free lists of zones, for the files of this folder and the one above. "Locked" means that the
 * caller holds zone->lock. */
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

/* The pageblock, if its descriptor is initialised; else NULL, also beyond memory. */
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

/* Sets the state of a frame, for frame_state(). */
static inline void frame_set_state(struct mem_system *sys, u64 pfn, u8 state)
{
	struct pageblock *block = pageblock_at(sys, pfn);

	if ((state & FRAME_ORDER) >= PAGEBLOCK_ORDER || block->state)
		block->state = state;
	else
		block->map->state[pfn % PAGEBLOCK_NR_PAGES] = state;
}

/* ---- buddy.c: one zone's lists, locked --------------------------------------------------- */

/* Takes 2^order frames from the lists of this type. NO_FRAME: they have none, or there is no memory
 * to split a pageblock. Does not initialise struct pages and sets no state. */
u64 buddy_take(struct mem_system *sys, struct zone *zone, unsigned order, enum migratetype type);
/* Puts a block into the lists of its pageblock's type and merges. Orders up to GIGA_ORDER. */
void buddy_put(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order);
/* buddy_put() without merging: the caller takes from the block before it drops the lock. */
void buddy_lend(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order);
/* Takes up to `max` order-0 frames, first from the groups with the smallest free runs. Returns how
 * many. */
u32 buddy_take_singles(struct mem_system *sys, struct zone *zone, enum migratetype type, u64 *pfns,
		       u32 max);
void buddy_put_singles(struct mem_system *sys, struct zone *zone, const u64 *pfns, u32 nr);
/* Takes all free frames of one group of this type, for the bulk interface. Returns their bits and
 * the group's first PFN; 0: there is no group. */
u64 buddy_take_group(struct mem_system *sys, struct zone *zone, enum migratetype type,
		     u64 *ret_pfn);
/* Frees the frames with a bit set in the group at pfn. */
void buddy_put_bits(struct mem_system *sys, struct zone *zone, u64 pfn, u64 bits);

/* Moves a group to the right list after its free bits have changed. Not all may be set. */
void group_relist(struct zone *zone, struct group *g, unsigned type);
/* Moves a group whose largest run has grown to `order`; GROUP_ORDER: all of it is free. */
void group_grow(struct mem_system *sys, struct zone *zone, struct group *g, unsigned order,
		unsigned type);
/* The group to take a block of this order from: the one with the smallest run that is large enough,
 * or a new one from a larger block. NULL: there is none. */
struct group *group_for(struct mem_system *sys, struct zone *zone, unsigned order, unsigned type);

/* Gives a pageblock its blockmap, if it has none yet. 0 or -ENOMEM. */
int pageblock_give_map(struct mem_system *sys, struct zone *zone, u64 pfn);
/* Assigns the pageblock to a zone and the CPUs' lists of its type. */
void pageblock_own(struct pageblock *block, const struct zone *zone);
/* Splits the free block with pfn until no part of it is larger than the pageblock. 0; -ENOMEM. */
int buddy_isolate_pageblock(struct mem_system *sys, struct zone *zone, u64 pfn);
/* Takes exactly this range from the lists. 0; -ENOMEM; -EBUSY: not all of it is free. */
int buddy_take_at(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order);
/* Adds to the zone's counts of free pages of a type. */
void buddy_account(struct zone *zone, unsigned type, s64 pages);
/* Moves an entry of the lists of `order` from one type's to another's. */
void buddy_move_entry(struct zone *zone, struct list_head *entry, unsigned order, unsigned from,
		      unsigned to);

/* ---- pageblock.c, locked ----------------------------------------------------------------- */

/* Changes the type of a pageblock and moves its free blocks to the lists of the new type. If the
 * pageblock is in a larger free block, it must head it. Returns the number of free pages. */
u64 pageblock_set_type(struct mem_system *sys, struct zone *zone, u64 pfn, enum migratetype type);
u64 pageblock_free_pages(const struct mem_system *sys, u64 pfn);

/* ---- fallback.c, locked ------------------------------------------------------------------ */

/* Takes 2^order frames for a request of this type, from its own lists or from those of others. */
u64 zone_take(struct mem_system *sys, struct zone *zone, unsigned order, enum migratetype type,
	      unsigned alloc_flags);
/* The type whose lists can serve the request, perhaps after a block has changed its
 * type; -1: none. */
int zone_source(struct mem_system *sys, struct zone *zone, unsigned order, enum migratetype type,
		unsigned alloc_flags);
/* Makes the pageblock at pfn part of the reserve for GFP_ATOMIC, if there is room in it. */
void highatomic_reserve(struct mem_system *sys, struct zone *zone, u64 pfn);
/* Takes one pageblock out of the reserve. False: there is none with free pages. */
bool highatomic_unreserve(struct mem_system *sys, struct zone *zone);

/* ---- watermark.c ------------------------------------------------------------------------- */

#define ALLOC_WMARK_MASK    0x03u /* enum zone_watermark */
#define ALLOC_NO_WATERMARKS 0x04u
#define ALLOC_HARDER	    0x10u
#define ALLOC_HIGH	    0x20u
#define ALLOC_CMA	    0x80u

/* May the zone give 2^order pages? highest: the highest zone that the request may use. */
bool zone_watermark_ok(const struct zone *zone, unsigned order, enum zone_type highest,
		       unsigned alloc_flags);

#endif
