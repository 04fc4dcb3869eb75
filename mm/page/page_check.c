/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The invariants of the page allocator, proved by reading every free list. */
#include "mm/page_alloc.h"

#include "mm/system.h"

/* What a list entry of an order says of itself. */
struct block_view {
	u64 pfn;
	bool marked_free;
	bool buddy_free;
};

static void view_page(const struct mem_system *sys, struct list_head *link, unsigned order,
		      struct block_view *v)
{
	const struct page *page = list_entry(link, struct page, buddy_list), *buddy;

	v->pfn = page_to_pfn(sys, page);
	v->marked_free = page_alive(sys, v->pfn) && page_test(page, PG_buddy) &&
			 page->private == order && page->_refcount == 0;
	buddy = pfn_to_page(sys, v->pfn ^ 1ULL << order);
	v->buddy_free = page_test(buddy, PG_buddy) && buddy->private == order &&
			page_zone(sys, buddy) == page_zone(sys, page);
}

static void view_pageblock(const struct mem_system *sys, struct list_head *link, unsigned order,
			   struct block_view *v)
{
	const struct pageblock *block = list_entry(link, struct pageblock, list), *buddy;

	v->pfn = (u64)(block - sys->pageblocks) << PAGEBLOCK_ORDER;
	v->marked_free = block->free_order == order;
	buddy = pfn_to_pageblock(sys, v->pfn ^ 1ULL << order);
	v->buddy_free = buddy->free_order == order && buddy->zid == block->zid;
}

static void view_gigablock(const struct mem_system *sys, struct list_head *link,
			   struct block_view *v)
{
	const struct gigablock *giga = list_entry(link, struct gigablock, list);

	v->pfn = (u64)(giga - sys->gigablocks) << GIGA_ORDER;
	v->marked_free = giga->free;
	v->buddy_free = false;
}

static const char *check_block(const struct mem_system *sys, const struct zone *zone,
			       struct list_head *link, unsigned order, u64 *ret_pfn)
{
	struct block_view v = {0};

	if (link->next->prev != link || link->prev->next != link)
		return "a free list's links are broken";
	if (order < PAGEBLOCK_ORDER)
		view_page(sys, link, order, &v);
	else if (order < GIGA_ORDER)
		view_pageblock(sys, link, order, &v);
	else
		view_gigablock(sys, link, &v);
	*ret_pfn = v.pfn;
	if (!v.marked_free)
		return "a block on a free list is not marked free with that list's order";
	if (!is_aligned(v.pfn, 1ULL << order))
		return "a free block is not aligned to its size";
	if (v.pfn < zone->zone_start_pfn || v.pfn + (1ULL << order) > zone_end_pfn(zone))
		return "a free block lies outside its zone";
	return v.buddy_free ? "two free buddies were not merged" : NULL;
}

static const char *check_zone(const struct mem_system *sys, const struct zone *zone, u64 *ret_pfn)
{
	u64 pages = 0;

	for (unsigned order = 0; order < NR_FREE_ORDERS; order++) {
		const struct free_area *area = &zone->free_area[order];
		struct list_head *link;
		u64 blocks = 0;

		for (link = area->free_list.next; link != &area->free_list; link = link->next) {
			const char *wrong = check_block(sys, zone, link, order, ret_pfn);

			if (wrong)
				return wrong;
			blocks++;
		}
		if (blocks != area->nr_free)
			return "a free list's length differs from its count";
		pages += blocks << order;
	}
	if (pages != zone->nr_free_pages)
		return "a zone's free pages differ from the sum of its lists";
	return pages > zone->managed_pages ? "a zone has more free pages than managed ones" : NULL;
}

const char *page_alloc_check(const struct mem_system *sys, u64 *ret_pfn)
{
	*ret_pfn = 0;
	for_each_node(sys, node) {
		for (unsigned type = 0; type < MAX_NR_ZONES; type++) {
			const char *wrong = check_zone(sys, &node->node_zones[type], ret_pfn);

			if (wrong)
				return wrong;
		}
	}
	return NULL;
}
