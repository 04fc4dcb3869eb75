/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* alloc_pages and __free_pages: which zone serves a request, and what a block becomes. */
#include "mm/page_alloc.h"

#include "mm/system.h"

/* The node whose zonelist a request without a node starts from. */
static int default_node(const struct mem_system *sys)
{
	for (int nid = 0; nid < MAX_NUMNODES; nid++) {
		if (sys->node_data[nid] && sys->node_data[nid]->node_present_pages)
			return nid;
	}
	return 0;
}

static void prep_compound(struct page *head, unsigned order)
{
	page_set(head, PG_head);
	for (u64 i = 1; i < 1ULL << order; i++)
		head[i].compound_head = (u64)(uintptr_t)head | 1;
	head[1].compound_order = order;
}

static void unprep_compound(struct page *head)
{
	u64 nr = 1ULL << compound_order(head);

	page_clear(head, PG_head);
	for (u64 i = 1; i < nr; i++)
		list_init(&head[i].lru);
	head[1].mapping = NULL;
}

/* The struct pages of a block that was just taken; those of large ones may still be dead. */
static int revive_range(struct mem_system *sys, u64 pfn, unsigned order)
{
	for (u64 i = 0; i < 1ULL << order; i += PAGEBLOCK_NR_PAGES) {
		int err = pageblock_revive(sys, pfn + i);

		if (err)
			return err;
	}
	return 0;
}

static struct page *take_from_zone(struct mem_system *sys, struct zone *zone, gfp_t gfp,
				   unsigned order)
{
	struct page *page;
	u64 pfn;

	if (buddy_take(sys, zone, order, &pfn))
		return NULL;
	if (order >= PAGEBLOCK_ORDER && revive_range(sys, pfn, order)) {
		buddy_put(sys, zone, pfn, order);
		return NULL;
	}
	zone->nr_alloc++;
	page = pfn_to_page(sys, pfn);
	page->_refcount = 1;
	page->mapping = NULL;
	if (order && gfp & __GFP_COMP)
		prep_compound(page, order);
	if (gfp & __GFP_ZERO)
		memset(page_address(sys, page), 0, PAGE_SIZE << order);
	return page;
}

struct page *alloc_pages_node(struct mem_system *sys, int nid, gfp_t gfp, unsigned order)
{
	unsigned which = gfp & __GFP_THISNODE ? ZONELIST_NOFALLBACK : ZONELIST_FALLBACK;
	struct zonelist *list;

	ASSERT(order <= MAX_PAGE_ORDER, "order %u", order);
	if (sys->fail_after && --sys->fail_after == 0) {
		sys->fail_after = 1; /* and from now on */
		return NULL;
	}
	if (nid == NUMA_NO_NODE)
		nid = default_node(sys);
	ASSERT(nid >= 0 && nid < MAX_NUMNODES && sys->node_data[nid], "node %d", nid);
	list = &sys->node_data[nid]->node_zonelists[which];
	for (u32 i = 0; i < list->nr; i++) {
		struct page *page;

		if (list->zones[i]->type > gfp_zone(gfp))
			continue;
		page = take_from_zone(sys, list->zones[i], gfp, order);
		if (page)
			return page;
	}
	return NULL;
}

struct page *alloc_pages(struct mem_system *sys, gfp_t gfp, unsigned order)
{
	return alloc_pages_node(sys, NUMA_NO_NODE, gfp, order);
}

/* Is this the head of an allocated block of that order, as far as its struct page tells? */
static bool may_free(const struct mem_system *sys, const struct page *page, unsigned order)
{
	u64 pfn = page_to_pfn(sys, page);

	if (order > MAX_PAGE_ORDER || !is_aligned(pfn, 1ULL << order) || !page_alive(sys, pfn))
		return false;
	if (page_test(page, PG_reserved) || page_test(page, PG_buddy) || page->_refcount <= 0)
		return false;
	return !page_test(page, PG_head) || compound_order(page) == order;
}

void __free_pages(struct mem_system *sys, struct page *page, unsigned order)
{
	struct zone *zone;

	if (!may_free(sys, page, order)) {
		sys->bad_frees++;
		sys->bad_free_pfn = page_to_pfn(sys, page);
		return;
	}
	if (--page->_refcount)
		return;
	zone = page_zone(sys, page);
	if (page_test(page, PG_head))
		unprep_compound(page);
	page->flags &= ~0ULL << PAGE_NODE_SHIFT;
	zone->nr_free++;
	buddy_put(sys, zone, page_to_pfn(sys, page), order);
}

void *__get_free_pages(struct mem_system *sys, gfp_t gfp, unsigned order)
{
	struct page *page = alloc_pages(sys, gfp, order);

	return page ? page_address(sys, page) : NULL;
}

void *get_free_page(struct mem_system *sys, gfp_t gfp)
{
	return __get_free_pages(sys, gfp, 0);
}

void free_pages(struct mem_system *sys, void *addr, unsigned order)
{
	if (addr)
		__free_pages(sys, virt_to_page(sys, addr), order);
}
