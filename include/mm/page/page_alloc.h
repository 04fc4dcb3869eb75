/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The page allocator: a buddy system in each zone, with per-CPU lists in front of it. Zones are
 * tried in the order of the node's zonelist. Pages are frames (mm/page/frame.h) with an initialised
 * struct page.
 *
 * Invariants, which page_alloc_check() checks: a free block of order k starts at a multiple of 2^k
 * pages and is in one zone; two free buddies below GIGA_ORDER are merged, unless their migratetypes
 * must stay apart; a zone's nr_free_pages is the sum of its lists; nothing is both free and used.
 */
#ifndef MM_PAGE_PAGE_ALLOC_H
#define MM_PAGE_PAGE_ALLOC_H

#include "mm/page/frame.h"
#include "mm/page/gfp.h"
#include "mm/page/page.h"
#include "mm/page/page_debug.h"
#include "mm/page/zone.h"

struct mem_system;

/* Allocates 2^order pages, naturally aligned, order <= MAX_PAGE_ORDER; reference count 1. NULL: no
 * zone that gfp allows has them above its watermark, or the request is invalid (counted in
 * sys->page.errors). The node is the CPU's own, or the nearest with memory. */
struct page *alloc_pages(struct mem_system *sys, gfp_t gfp, unsigned order);
/* The same from nid's zonelist. NUMA_NO_NODE: as alloc_pages. */
struct page *alloc_pages_node(struct mem_system *sys, int nid, gfp_t gfp, unsigned order);

/*
 * Drops a reference; frees the block with the last one. `order` must be the order of the
 * allocation. A wrong free (already free, reserved, another order, no page at all) is refused and
 * counted.
 */
void __free_pages(struct mem_system *sys, struct page *page, unsigned order);

/* Allocates up to nr single pages at once; returns how many are in pages[]. Fewer than nr: the
 * zones' watermarks were reached; alloc_page() may still succeed. */
u32 alloc_pages_bulk(struct mem_system *sys, gfp_t gfp, u32 nr, struct page **pages);
/* Frees nr single pages. */
void free_pages_bulk(struct mem_system *sys, u32 nr, struct page **pages);

/* The same as address in the direct map; NULL on failure. */
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
 * Allocates exactly the pages [start, end), if all are free. They become single pages, to be freed
 * one by one or all by free_contig_range(). type: the type of these pageblocks, MIGRATE_MOVABLE or
 * MIGRATE_CMA. 0; -EINVAL: not in one zone's managed memory; -EBUSY: a page is in use (pages are
 * not migrated yet); -ENOMEM: no memory for struct pages.
 */
int alloc_contig_range(struct mem_system *sys, u64 start, u64 end, enum migratetype type);
void free_contig_range(struct mem_system *sys, u64 start, u64 nr);
/* The same for any nr free pages in a row, aligned to `align` pages (a power of two), on the node,
 * or on any node for NUMA_NO_NODE. NULL: there are none. */
struct page *alloc_contig_pages(struct mem_system *sys, u64 nr, u64 align, int nid);

/* Reserves the area of page_options.cma_bytes; page_alloc_init() calls it. 0 or -ENOMEM. */
int cma_init(struct mem_system *sys);
struct cma_area;
/* Allocates nr pages in a row from the area, aligned to `align` pages; free them with
 * free_contig_range(). NULL: every such place has a page in use. */
struct page *cma_alloc(struct mem_system *sys, const struct cma_area *area, u64 nr, u64 align);

/* Gives all free memory of memblock to the zones. Call it after zones_init() and memmodel_init();
 * afterwards memblock must not allocate. 0 or -ENOMEM. */
int page_alloc_init(struct mem_system *sys);

/* ---- settings ---------------------------------------------------------------------------- */

#define PAGE_OPTION_AUTO (~0ULL)
#define MAX_CMA_AREAS	 4

/* Bytes or percents of all memory; both 0: not given. */
struct core_option {
	u64 bytes;
	u32 percent;
};

/* sys->given.page_options, to be set before page_alloc_init(). page_option_defaults() sets all to
 * zero but min_free_kbytes. */
struct page_options {
	u64 min_free_kbytes;		/* PAGE_OPTION_AUTO: as Linux */
	bool no_reserve;		/* no watermarks: every page may be taken */
	u32 pcp_high_fraction;		/* CPUs' lists have at most 1/n of a zone; 0: default */
	struct core_option kernelcore;	/* how much at least is not in ZONE_MOVABLE */
	struct core_option movablecore; /* size of ZONE_MOVABLE */
	bool kernelcore_mirror;		/* memory that is not mirrored becomes ZONE_MOVABLE */
	bool movable_node;		/* hot-pluggable ranges become ZONE_MOVABLE */
	u64 cma_bytes;			/* an area of this size */
	u64 maps_ahead;			/* blockmaps to allocate at start in each zone */
	bool maps_fixed;	  /* no more blockmaps; pageblocks without one are not split */
	bool frames_only;	  /* no struct pages: frame_alloc() instead of alloc_pages() */
	bool eager;		  /* all struct pages are initialised at start (tests) */
	struct lock_watch *watch; /* checks the order of locks */
};
struct page_options page_option_defaults(void);
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
	PAGE_FREE_DIRTY,  /* the page has references or flags that it must not have */
	PAGE_CORRUPT,	  /* poison was overwritten */
	NR_PAGE_ERRORS
};
const char *page_error_name(enum page_error error);

/* Counts of refused requests, and the last one in full. */
struct page_errors {
	u64 count[NR_PAGE_ERRORS];
	u64 bad_frees; /* the sum of all PAGE_FREE_* */
	u64 nr_failed; /* allocations without __GFP_NOWARN that found no memory */
	enum page_error last;
	u64 pfn;
	unsigned order;
	gfp_t gfp;
	const void *caller;
};

/* ---- looking ----------------------------------------------------------------------------- */

/* A free block with its real order (up to GIGA_ORDER, above Linux's MAX_PAGE_ORDER). */
struct buddy_block {
	u64 pfn;
	unsigned order;
};
/* Finds the free block with this page; false: there is none. Any pfn is allowed. */
bool buddy_block_of(const struct mem_system *sys, u64 pfn, struct buddy_block *ret);
/* The zone of the page; NULL: not memory. */
const struct zone *zone_of_pfn(const struct mem_system *sys, u64 pfn);
/* The type of the pageblock. */
enum migratetype pageblock_type_of(const struct mem_system *sys, u64 pfn);

/* The use of a page frame, as far as its struct page tells. */
enum page_use {
	PAGE_NO_RAM,   /* not in memblock.memory */
	PAGE_DEVICE,   /* persistent, or reserved for a purpose */
	PAGE_DEAD,     /* its struct page is not initialised */
	PAGE_FREE,     /* with the buddy */
	PAGE_PCP,      /* in a CPU's list */
	PAGE_RESERVED, /* memblock's, or the firmware's */
	PAGE_MEMMAP,   /* holds struct pages */
	PAGE_SLAB,
	PAGE_TABLE,
	PAGE_VMALLOC,
	PAGE_IN_USE, /* allocated, and none of the others */
};
/* Any pfn is allowed; initialises nothing. */
enum page_use page_use_of(const struct mem_system *sys, u64 pfn);
const char *page_use_name(enum page_use use);
/* Flags by name, "slab,head". The struct page must be alive. Returns the length that it needs. */
int page_flags_text(char *buf, size_t size, const struct page *page);

/* Counts free blocks as Linux does, larger ones as several of MAX_PAGE_ORDER: of all types but
 * MIGRATE_ISOLATE, or of one type. Blocks in CPUs' lists do not count. */
void zone_free_blocks(const struct zone *zone, u64 ret_blocks[NR_PAGE_ORDERS]);
void zone_free_blocks_of(const struct zone *zone, enum migratetype type,
			 u64 ret_blocks[NR_PAGE_ORDERS]);
/* Counts free blocks by their real order, up to GIGA_ORDER. */
void zone_blocks_inside(const struct zone *zone, u64 ret_blocks[NR_FREE_ORDERS]);
/* The zone's events, those of the CPUs' lists included. */
void zone_events(const struct mem_system *sys, const struct zone *zone,
		 u64 ret_events[NR_ZONE_EVENTS]);

/* Checks all invariants: NULL; else a text that says which one is broken, and *ret_pfn says where.
 * No other CPU may be in the allocator. */
const char *page_alloc_check(const struct mem_system *sys, u64 *ret_pfn);

#endif
