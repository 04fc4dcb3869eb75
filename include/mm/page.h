/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * struct page: what is known of one page frame. 64 bytes, with Linux's names for its fields.
 *
 * Struct pages come to life a pageblock (512 pages, 2 MiB) at a time, when the block is first
 * split or used; before that their memory holds anything and must not be read. page_alive() in
 * mm/memmodel.h tells.
 */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include "list.h"
#include "mm/types.h"

struct kmem_cache;

struct page {
	u64 flags; /* PG_* below, zone and node on top */
	union {
		struct {
			union {
				struct list_head lru;
				struct list_head buddy_list; /* while PG_buddy */
			};
			void *mapping;
			u64 index;
			u64 private; /* order, while PG_buddy */
		};
		struct { /* PG_slab */
			struct kmem_cache *slab_cache;
			struct list_head slab_list;
			void *freelist;
			u16 inuse, objects;
			u32 frozen;
		};
		struct {		   /* tail pages of a compound page */
			u64 compound_head; /* address of the head page, plus 1 */
		};
		struct { /* first tail page */
			u64 __compound_head;
			u32 compound_order;
		};
	};
	s32 _mapcount;	/* -1: not mapped */
	s32 _refcount;	/* 0: free */
	u64 memcg_data; /* unused, kept for the size and the name */
};

_Static_assert(sizeof(struct page) == 64, "512 struct pages must fill 32 KiB");

enum page_flag {
	PG_locked = 0,
	PG_slab = 9,
	PG_reserved = 12,
	PG_head = 16,
	PG_buddy = 24,
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
}

static inline void page_clear(struct page *page, enum page_flag flag)
{
	page->flags &= ~(1ULL << flag);
}

static inline unsigned page_zonenum(const struct page *page)
{
	return page->flags >> PAGE_ZONE_SHIFT & 7;
}

static inline int page_to_nid(const struct page *page)
{
	return (int)(page->flags >> PAGE_NODE_SHIFT & 1023);
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

/* Name of a flag as Linux's page-types says it; NULL for unused numbers. */
const char *page_flag_name(unsigned flag);

#endif
