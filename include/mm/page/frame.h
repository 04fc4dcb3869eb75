/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Page frames: the page allocator below struct page. A frame is named by its PFN; nothing here
 * touches a struct page.
 *
 * Frames have descriptors on three levels, which are initialised from the top down:
 *	struct gigablock	1 GiB	always there, 32 bytes
 *	struct pageblock	2 MiB	when its GiB is first split, 32 bytes
 *	struct blockmap		2 MiB	when the pageblock itself is first split: a group for each
 *					64 pages, and one byte for each page
 *
 * A frame's byte says whether the frame heads an allocated block, and the block's order. So one
 * compare finds a wrong free, and each CPU can write the bytes of its blocks without a lock. A
 * frame with byte 0 and a clear bit in its group is in a CPU's list, inside an allocated block, or
 * reserved. Blocks that alloc_pages() returned, or keeps in a CPU's list, have FRAME_PAGE set.
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
	u8 order;  /* of the free block that it heads, GROUP_ORDER or more; 0: it heads none */
	u8 bucket; /* order of the largest free run, while free is not 0 */
	u8 unused;
};

#define NO_BUCKET 0xff /* the group is on no list of partly free groups */

#define FRAME_USED   0x80 /* heads an allocated block; its order in the low bits */
#define FRAME_PAGE   0x20 /* has a struct page, which says: in use, or in a CPU's list */
#define FRAME_MEMMAP 0x10 /* a pageblock that holds struct pages: never freed */
#define FRAME_ORDER  0x0f

struct blockmap {
	struct group group[GROUPS_PER_BLOCK];
	u8 state[PAGEBLOCK_NR_PAGES];
};

/* State of 2 MiB: valid once the descriptor of its GiB has its `blocks`. */
struct pageblock {
	struct list_head list; /* while it heads a free block of order >= PAGEBLOCK_ORDER */
	struct blockmap *map;  /* before its first split: a shared one of zeros, never written */
	u16 list_id;	       /* LIST_ID(); NO_LIST_ID: freed pages go to the zone at once */
	u8 free_order;	       /* of the free block that it heads; 0: it heads none */
	u8 state;	       /* like a frame's byte, for blocks of PAGEBLOCK_ORDER and more */
	u16 zid;	       /* its zone, or NO_ZONE */
	u8 migratetype;
	bool pages_alive; /* its struct pages are initialised */
};
_Static_assert(sizeof(struct group) == 32 && sizeof(struct pageblock) == 32, "small descriptors");

/* The id of the CPUs' lists for one zone and type: where freed pages of a pageblock go. */
#define LIST_ID(zid, type) ((u16)((zid)*MIGRATE_PCPTYPES + (type)))
#define NO_LIST_ID	   0xffff
#define NO_ZONE		   0xffff

/* State of 1 GiB. */
struct gigablock {
	struct list_head list;	  /* while all of it is one free block */
	struct pageblock *blocks; /* its 512 descriptors; NULL: not initialised */
	bool free;		  /* it is one free block of GIGA_ORDER */
};

struct mem_system;

/*
 * Allocates 2^order frames, naturally aligned, order <= MAX_PAGE_ORDER, from the node of `cpu` or
 * the nearest one; `cpu` must be the running CPU. NO_FRAME: no zone that gfp allows has them, or
 * the request is refused (counted in sys->page.errors). The memory is not cleared: __GFP_ZERO and
 * __GFP_COMP have no effect here.
 */
u64 frame_alloc(struct mem_system *sys, u32 cpu, gfp_t gfp, unsigned order);
/* The same from nid's zonelist. NUMA_NO_NODE: as frame_alloc. */
u64 frame_alloc_node(struct mem_system *sys, u32 cpu, int nid, gfp_t gfp, unsigned order);
/* Frees a block of frame_alloc(). 0; -EINVAL: no allocated block has this PFN and order;
 * refused and counted. */
int frame_free(struct mem_system *sys, u32 cpu, u64 pfn, unsigned order);

/* The state byte of the frame; 0 for a PFN that heads no allocated block. */
u8 frame_state(const struct mem_system *sys, u64 pfn);
/* Finds the allocated block with this frame: its head and order. False: there is none, or it is
 * in a CPU's list. */
bool frame_block_of(const struct mem_system *sys, u64 pfn, u64 *ret_head, unsigned *ret_order);

/* The descriptor of the frame's pageblock; NULL: beyond memory, or its GiB was never split, so the
 * descriptor is not initialised. */
struct pageblock *pfn_to_pageblock(const struct mem_system *sys, u64 pfn);

#endif
