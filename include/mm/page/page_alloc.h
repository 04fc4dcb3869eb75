/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The page allocator: a buddy system per zone with per-CPU lists in front, zones tried in the order
 * of the node's zonelist. Pages are frames (mm/page/frame.h) whose struct page is alive.
 *
 * Invariants (page_alloc_check proves them): a free block of order k starts at a multiple of 2^k
 * pages and lies in one zone; no two free buddies of one order below GIGA_ORDER, but for what keeps
 * types apart; a zone's nr_free_pages is the sum over its lists; nothing is both free and used.
 */
#ifndef MM_PAGE_PAGE_ALLOC_H
#define MM_PAGE_PAGE_ALLOC_H

#include "mm/page/frame.h"
#include "mm/page/gfp.h"
#include "mm/page/page.h"
#include "mm/page/page_debug.h"
#include "mm/page/zone.h"

struct mem_system;

/* 2^order pages, naturally aligned, order <= MAX_PAGE_ORDER; reference count 1. NULL when no zone
 * that gfp allows has them above its watermark, or when the request makes no sense (counted in
 * sys->page.errors). The node is the CPU's own, or the nearest with memory. */
struct page *alloc_pages(struct mem_system *sys, gfp_t gfp, unsigned order);
/* The same from nid's zonelist. NUMA_NO_NODE: as alloc_pages. */
struct page *alloc_pages_node(struct mem_system *sys, int nid, gfp_t gfp, unsigned order);

/*
 * Drops a reference; the last one frees. `order` is the one it was allocated with. What cannot be
 * freed (already free, reserved, another order, no page at all) is refused and counted.
 */
void __free_pages(struct mem_system *sys, struct page *page, unsigned order);

/* As many single pages as can be had at once, up to nr: returns how many are in pages[]. Fewer
 * than nr means that the zones' watermarks were reached; alloc_page() may still give some. */
u32 alloc_pages_bulk(struct mem_system *sys, gfp_t gfp, u32 nr, struct page **pages);
/* Frees nr single pages. */
void free_pages_bulk(struct mem_system *sys, u32 nr, struct page **pages);

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

/*
 * The pages [start, end), of any number, as a range: from where they lie, if all are free. They are
 * single pages afterwards, each to be freed by itself or all by free_contig_range(). type: of the
 * pageblocks, MIGRATE_MOVABLE or MIGRATE_CMA. 0; -EINVAL: not in one zone's managed memory; -EBUSY:
 * somebody has a page of it (nothing is moved away yet); -ENOMEM: for struct pages.
 */
int alloc_contig_range(struct mem_system *sys, u64 start, u64 end, enum migratetype type);
void free_contig_range(struct mem_system *sys, u64 start, u64 nr);
/* The same from wherever there are nr pages in a row, aligned to `align` pages (a power of two);
 * the node's, or any node's for NUMA_NO_NODE. NULL: there are none. */
struct page *alloc_contig_pages(struct mem_system *sys, u64 nr, u64 align, int nid);

/* The area that page_options.cma_bytes asks for; page_alloc_init() calls it. 0 or -ENOMEM. */
int cma_init(struct mem_system *sys);
struct cma_area;
/* nr pages in a row out of the area, aligned; free_contig_range() takes them back. NULL: all such
 * places have a page in use. */
struct page *cma_alloc(struct mem_system *sys, const struct cma_area *area, u64 nr, u64 align);

/* Gives all that is free in memblock to the zones. After zones_init() and memmodel_init(); memblock
 * allocates no more afterwards. 0 or -ENOMEM. */
int page_alloc_init(struct mem_system *sys);

/* ---- settings ---------------------------------------------------------------------------- */

#define PAGE_OPTION_AUTO (~0ULL)
#define MAX_CMA_AREAS	 4

/* What sys->given.page_options may hold before page_alloc_init(); all zero but min_free_kbytes by
 * page_option_defaults(). */
struct page_options {
	u64 min_free_kbytes;	     /* PAGE_OPTION_AUTO: as Linux would; 0: keep nothing back */
	u32 pcp_high_fraction;	     /* CPUs' lists hold at most 1/n of a zone; 0: the default */
	u64 kernelcore, movablecore; /* bytes; ZONE_MOVABLE is the rest, or this; 0: none */
	bool movable_node;	     /* hot-pluggable ranges become ZONE_MOVABLE */
	u64 cma_bytes;		     /* an area of this size */
	u64 maps_ahead;		     /* pageblocks per zone whose maps are set aside at start */
	bool maps_fixed;	     /* there are no others: what has none is not split */
	bool frames_only;	     /* no struct pages: frame_alloc() instead of alloc_pages() */
	bool eager;		     /* struct pages live from the start (tests) */
	struct lock_watch *watch;    /* proves the order of locks */
};
struct page_options page_option_defaults(void);
/* min_free_kbytes as Linux chooses it with transparent huge pages on. */
u64 page_min_free_kbytes(u64 managed_pages, u32 nr_zones);
/* Sets all zones' watermarks and reserves from managed pages and the option. */
void page_set_watermarks(struct mem_system *sys);

/* ---- errors ------------------------------------------------------------------------------ */

enum page_error {
	PAGE_BAD_ORDER,
	PAGE_BAD_GFP,
	PAGE_BAD_NODE,
	PAGE_FREE_NO_RAM,
	PAGE_FREE_RESERVED,
	PAGE_FREE_TWICE,
	PAGE_FREE_WRONG_ORDER,
	PAGE_FREE_INSIDE, /* an allocated block, not its head */
	PAGE_FREE_DIRTY,  /* reference count or flags of a free page */
	PAGE_CORRUPT,	  /* poison was written over */
	NR_PAGE_ERRORS
};
const char *page_error_name(enum page_error error);

/* What was refused; the last one in full. */
struct page_errors {
	u64 count[NR_PAGE_ERRORS];
	u64 bad_frees; /* their sum, of those that free */
	u64 nr_failed; /* allocations that found no memory, but for __GFP_NOWARN */
	enum page_error last;
	u64 pfn;
	unsigned order;
	gfp_t gfp;
	const void *caller;
};

/* ---- looking ----------------------------------------------------------------------------- */

/* A free block, of the order that it has inside (up to GIGA_ORDER). */
struct buddy_block {
	u64 pfn;
	unsigned order;
};
/* The free block that holds this page; false when none does. Any pfn may be asked about. */
bool buddy_block_of(const struct mem_system *sys, u64 pfn, struct buddy_block *ret);
/* The zone whose memory this is; NULL when it is no memory. */
const struct zone *zone_of_pfn(const struct mem_system *sys, u64 pfn);
/* The type of the pageblock. */
enum migratetype pageblock_type_of(const struct mem_system *sys, u64 pfn);

/* What a page frame is used for, as far as its struct page tells. */
enum page_use {
	PAGE_NO_RAM,   /* not in memblock.memory */
	PAGE_DEVICE,   /* persistent, or set aside for a purpose */
	PAGE_DEAD,     /* its struct page has not come to life */
	PAGE_FREE,     /* with the buddy */
	PAGE_PCP,      /* in a CPU's list */
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

/* Free blocks as Linux counts them, larger ones as several of MAX_PAGE_ORDER: of all types but
 * MIGRATE_ISOLATE, or of one type. What is in CPUs' lists is not free. */
void zone_free_blocks(const struct zone *zone, u64 ret_blocks[NR_PAGE_ORDERS]);
void zone_free_blocks_of(const struct zone *zone, enum migratetype type,
			 u64 ret_blocks[NR_PAGE_ORDERS]);
/* Free blocks of each order that there are inside, up to GIGA_ORDER. */
void zone_blocks_inside(const struct zone *zone, u64 ret_blocks[NR_FREE_ORDERS]);
/* The zone's events with those of the CPUs' lists. */
void zone_events(const struct mem_system *sys, const struct zone *zone,
		 u64 ret_events[NR_ZONE_EVENTS]);

/* NULL when all invariants hold; else a text that says which one does not, *ret_pfn where. No
 * other CPU may be in the allocator. */
const char *page_alloc_check(const struct mem_system *sys, u64 *ret_pfn);

#endif
