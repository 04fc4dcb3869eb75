/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Page frames: the page allocator below struct page. A frame is known by its PFN; nothing here
 * touches a struct page.
 *
 * What is known of a frame lies in descriptors that come to life from the top down:
 *	struct gigablock	1 GiB	always there, 32 bytes
 *	struct pageblock	2 MiB	when its GiB is first split, 32 bytes
 *	struct blockmap		2 MiB	when the pageblock itself is first split: a group for each
 *					64 pages, and one byte for each page
 *
 * A frame's byte says whether it heads an allocated block and of which order. So a wrong free is
 * refused by one compare, and CPUs write bytes of their own without a lock. A frame whose byte is 0
 * and whose group's bit is clear is in a CPU's list, inside an allocated block, or reserved. Blocks
 * that alloc_pages() handed out, or has ready in a CPU's list, are marked FRAME_PAGE.
 */
#ifndef MM_PAGE_FRAME_H
#define MM_PAGE_FRAME_H

#include "mm/page/gfp.h"

#define NO_FRAME (~0ULL)

#define GROUPS_PER_BLOCK (1u << (PAGEBLOCK_ORDER - GROUP_ORDER))

/* State of 64 pages; on a list while it has a free page. */
struct group {
	struct list_head list;
	u64 free;  /* bit per page; 0 while `order` is set */
	u32 block; /* pfn of its pageblock >> PAGEBLOCK_ORDER */
	u8 index;  /* in the pageblock */
	u8 order;  /* GROUP_ORDER and more: it heads a free block of that order; 0: it does not */
	u8 bucket; /* order of the largest free run, while free is not 0 */
	u8 unused;
};

#define NO_BUCKET 0xff /* the group is on no list of broken ones */

#define FRAME_USED   0x80 /* heads an allocated block; its order in the low bits */
#define FRAME_PAGE   0x20 /* a struct page's: it tells whether it is used or in a CPU's list */
#define FRAME_MEMMAP 0x10 /* a pageblock that holds struct pages: nobody's to free */
#define FRAME_ORDER  0x0f

struct blockmap {
	struct group group[GROUPS_PER_BLOCK];
	u8 state[PAGEBLOCK_NR_PAGES];
};

/* State of 2 MiB: valid once its giga descriptor is alive. */
struct pageblock {
	struct list_head list; /* while it heads a free block of order >= PAGEBLOCK_ORDER */
	struct blockmap *map;  /* an all-zero one that nobody writes while it was never split */
	u16 lists;	       /* zone id * MIGRATE_PCPTYPES + type: the CPUs' lists; or NO_LISTS */
	u8 free_order;	       /* it heads a free block of that order; 0: it does not */
	u8 state;	       /* as a frame's, for blocks of PAGEBLOCK_ORDER and more */
	u16 zid;	       /* the zone that has it, or NO_ZONE */
	u8 migratetype;
	bool pages_alive; /* its struct pages are initialised */
};
_Static_assert(sizeof(struct group) == 32 && sizeof(struct pageblock) == 32, "small descriptors");

#define NO_LISTS 0xffff
#define NO_ZONE	 0xffff

/* State of 1 GiB. */
struct gigablock {
	struct list_head list;	  /* while all of it is one free block */
	struct pageblock *blocks; /* its 512 descriptors; NULL: not alive */
	bool free;		  /* it is one free block of GIGA_ORDER */
};

struct mem_system;

/*
 * 2^order frames, naturally aligned, order <= MAX_PAGE_ORDER, from the local node of `cpu` or the
 * nearest; `cpu` must be the one that runs. NO_FRAME when no zone that gfp allows has them, or when
 * the request is refused (counted in sys->page.errors). Their memory holds anything: __GFP_ZERO and
 * __GFP_COMP have no effect here.
 */
u64 frame_alloc(struct mem_system *sys, u32 cpu, gfp_t gfp, unsigned order);
/* The same from nid's zonelist. NUMA_NO_NODE: as frame_alloc. */
u64 frame_alloc_node(struct mem_system *sys, u32 cpu, int nid, gfp_t gfp, unsigned order);
/* Gives back what frame_alloc() gave, whole. 0; -EINVAL when that PFN and order are not allocated:
 * refused and counted. */
int frame_free(struct mem_system *sys, u32 cpu, u64 pfn, unsigned order);

/* The state byte of the frame; 0 for any PFN that heads nothing. */
u8 frame_state(const struct mem_system *sys, u64 pfn);
/* The allocated block that holds the frame: its head and order. False: it is in none, or in one
 * that lies in a CPU's list. */
bool frame_block_of(const struct mem_system *sys, u64 pfn, u64 *ret_head, unsigned *ret_order);

struct pageblock *pfn_to_pageblock(const struct mem_system *sys, u64 pfn);
struct gigablock *pfn_to_gigablock(const struct mem_system *sys, u64 pfn);

#endif
