/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The page allocator: a buddy system per zone, zones tried in the order of the node's zonelist.
 *
 * Invariants (page_alloc_check proves them): a free block of order k starts at a multiple of 2^k
 * pages and lies in one zone; no two free buddies of one order below GIGA_ORDER; a zone's
 * nr_free_pages is the sum over its lists.
 */
#ifndef MM_PAGE_ALLOC_H
#define MM_PAGE_ALLOC_H

#include "mm/gfp.h"
#include "mm/page.h"
#include "mm/zone.h"

struct mem_system;

/* 2^order pages, naturally aligned, order <= MAX_PAGE_ORDER; reference count 1. NULL when no zone
 * that gfp allows has them. The node is 0, or the nearest with memory. */
struct page *alloc_pages(struct mem_system *sys, gfp_t gfp, unsigned order);
/* The same from nid's zonelist. NUMA_NO_NODE: as alloc_pages. */
struct page *alloc_pages_node(struct mem_system *sys, int nid, gfp_t gfp, unsigned order);

/*
 * Drops a reference; the last one frees. `order` is the one it was allocated with. What cannot be
 * freed (already free, reserved, no page at all) is refused and counted in sys->bad_frees.
 */
void __free_pages(struct mem_system *sys, struct page *page, unsigned order);

/* Direct-map address of the pages; NULL on failure. */
void *__get_free_pages(struct mem_system *sys, gfp_t gfp, unsigned order);
void *get_free_page(struct mem_system *sys, gfp_t gfp);
void free_pages(struct mem_system *sys, void *addr, unsigned order);

static inline struct page *alloc_page(struct mem_system *sys, gfp_t gfp)
{
	return alloc_pages(sys, gfp, 0);
}

static inline void __free_page(struct mem_system *sys, struct page *page)
{
	__free_pages(sys, page, 0);
}

/* Gives all that is free in memblock to the zones. After zones_init() and memmodel_init(); memblock
 * allocates no more afterwards. 0 or -ENOMEM. */
int page_alloc_init(struct mem_system *sys);

/* ---- inside mm/page ------------------------------------------------------------------------- */

/* Takes 2^order pages out of the zone's free lists without giving them life: *ret_pfn. Needs no
 * struct pages when order >= PAGEBLOCK_ORDER. 0 or -ENOMEM. */
int buddy_take(struct mem_system *sys, struct zone *zone, unsigned order, u64 *ret_pfn);
/* Puts them back (any order up to GIGA_ORDER) and merges. Below PAGEBLOCK_ORDER the struct pages
 * must be alive. */
void buddy_put(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order);

/* ---- looking -------------------------------------------------------------------------------- */

/* A free block, of the order that it has inside (up to GIGA_ORDER). */
struct buddy_block {
	u64 pfn;
	unsigned order;
};
/* The free block that holds this page; false when none does. Any pfn may be asked about. */
bool buddy_block_of(const struct mem_system *sys, u64 pfn, struct buddy_block *ret);
/* The zone whose memory this is; NULL when it is no memory. */
const struct zone *zone_of_pfn(const struct mem_system *sys, u64 pfn);

/* What a page frame is used for, as far as its struct page tells. */
enum page_use {
	PAGE_NO_RAM,   /* not in memblock.memory */
	PAGE_DEAD,     /* its struct page has not come to life */
	PAGE_FREE,     /* with the buddy */
	PAGE_RESERVED, /* memblock's, or the firmware's */
	PAGE_MEMMAP,   /* holds struct pages */
	PAGE_SLAB,
	PAGE_TABLE,
	PAGE_VMALLOC,
	PAGE_IN_USE, /* whole pages that somebody has */
};
enum page_use page_use_of(const struct mem_system *sys, u64 pfn);
const char *page_use_name(enum page_use use);
/* "slab,head": flags by name. The struct page must be alive. Returns the length it needs. */
int page_flags_text(char *buf, size_t size, const struct page *page);

/* Free blocks as Linux counts them, larger ones as several of MAX_PAGE_ORDER. */
void zone_free_blocks(const struct zone *zone, u64 ret_blocks[NR_PAGE_ORDERS]);

/* NULL when all invariants hold; else a text that says which one does not, *ret_pfn where. */
const char *page_alloc_check(const struct mem_system *sys, u64 *ret_pfn);

#endif
