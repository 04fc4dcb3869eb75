/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * struct page describes one page frame. 64 bytes, with Linux's names for its fields.
 *
 * The struct pages of a pageblock (512 pages, 2 MiB) are initialised together, when alloc_pages()
 * first returns one of them. Before that they have no memory or are zero; page_alive() in
 * mm/page/memmodel.h tells which.
 */
#ifndef MM_PAGE_PAGE_H
#define MM_PAGE_PAGE_H

#include "list.h"
#include "mm/types.h"

struct slab_holder;
struct slab_map;

struct page {
	u64 flags; /* PG_* below, zone and node on top */
	union {
		struct {
			struct list_head lru;
			void *mapping;
			u64 index;
			u64 private;
		};
		struct { /* PG_slab: mm/slab/slab_struct.h */
			struct list_head slab_list;
			union {
				u64 free; /* bit i: object i is free */
				struct slab_map *map;
			};
			union {
				u64 mailed; /* bit i: object i was freed by another CPU */
				struct {
					u32 nr_free;
					bool posted;
				};
			};
			struct slab_holder *holder;
		};
		struct {		   /* tail pages of a compound page */
			u64 compound_head; /* address of the head page, plus 1 */
		};
		struct { /* first tail page */
			u64 __compound_head;
			u32 compound_order;
		};
	};
	union {
		struct {
			s32 _refcount; /* 0: free */
			u8 order;      /* of the block that it heads */
			u8 kind;       /* PAGE_PLAIN, PAGE_MARKED; 0: in the buddy, or a tail */
			u16 list_id;   /* the CPUs' lists for it when freed (mm/page/frame.h) */
		};
		u64 state_word; /* all four, for one compare */
	};
	union {
		struct {
			s32 _mapcount; /* -1: not mapped */
			u32 unused;
		};
		struct page *mail_next; /* PG_slab: in a mailbox; NULL: the last one */
	};
};

_Static_assert(sizeof(struct page) == 64, "512 struct pages must fill 32 KiB");

#define PAGE_PLAIN  0x01 /* heads a block that is allocated, or in a CPU's list */
#define PAGE_MARKED 0x02 /* has flags or is compound: to free it takes the slow path */

/*
 * The state word, from high to low:
 *	list_id | kind | order | _refcount
 *	     16 |    8 |     8 |        32 bits
 * So one compare with PAGE_STATE(order, list_id) checks that a page is plain, has this order and
 * one reference, and belongs to these lists. Orders without CPUs' lists have NO_LIST_ID.
 */
#define PAGE_STATE_ORDER_SHIFT 32
#define PAGE_STATE_KIND_SHIFT  40
#define PAGE_STATE_LIST_SHIFT  48
#define PAGE_STATE(order, list_id)                                                                 \
	(1ULL | (u64)(order) << PAGE_STATE_ORDER_SHIFT |                                           \
	 (u64)PAGE_PLAIN << PAGE_STATE_KIND_SHIFT | (u64)(list_id) << PAGE_STATE_LIST_SHIFT)

enum page_flag {
	PG_locked = 0,
	PG_slab = 9,
	PG_reserved = 12,
	PG_head = 16,
	PG_table = 25,	 /* holds a page table */
	PG_vmalloc = 26, /* belongs to a vmalloc area */
};

#define PAGE_ZONE_SHIFT 61 /* 3 bits */
#define PAGE_NODE_SHIFT 51 /* 10 bits */

static inline bool page_test(const struct page *page, enum page_flag flag)
{
	return page->flags >> flag & 1;
}

static inline void page_set(struct page *page, enum page_flag flag)
{
	page->flags |= 1ULL << flag;
	page->kind |= PAGE_MARKED;
}

static inline void page_clear(struct page *page, enum page_flag flag)
{
	page->flags &= ~(1ULL << flag);
}

/* For a single page whose flags are all cleared again: it may take the fast path when freed. */
static inline void page_unmark(struct page *page)
{
	page->kind = PAGE_PLAIN;
}

static inline unsigned page_zonenum(const struct page *page)
{
	return page->flags >> PAGE_ZONE_SHIFT & 7;
}

static inline int page_to_nid(const struct page *page)
{
	return (int)(page->flags >> PAGE_NODE_SHIFT & 1023);
}

/* The flags that a free page must not have: all but zone and node. */
#define PAGE_FLAGS_IN_USE ((1ULL << PAGE_NODE_SHIFT) - 1)

/* Clears a flag, and PAGE_MARKED too if there is no other flag. */
static inline void page_unset(struct page *page, enum page_flag flag)
{
	page_clear(page, flag);
	if (likely(!(page->flags & PAGE_FLAGS_IN_USE)))
		page_unmark(page);
}

/* The head of a compound page; any other page itself. */
static inline struct page *compound_head(struct page *page)
{
	u64 head = page->compound_head;

	return head & 1 ? (struct page *)(uintptr_t)(head - 1) : page;
}

/* Order of a compound page's head; 0 for a single page. */
static inline unsigned compound_order(const struct page *head)
{
	return page_test(head, PG_head) ? head[1].compound_order : 0;
}

/* Name of a flag as in Linux's page-types; NULL for unused numbers. */
const char *page_flag_name(unsigned flag);

#endif
