/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Free blocks of one zone in three tiers: through struct pages (orders 0 to 8), pageblock
 * descriptors (9 to 17) and giga descriptors (18). Splitting a block brings the tier below to life.
 */
#include "mm/page_alloc.h"

#include "mm/system.h"

static u16 zone_id(const struct zone *zone)
{
	return (u16)(zone->zone_pgdat->node_id * MAX_NR_ZONES + zone->type);
}

/* Links the block into its free list. Its descriptor must be alive. */
static void block_insert(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	struct free_area *area = &zone->free_area[order];

	area->nr_free++;
	if (order < PAGEBLOCK_ORDER) {
		struct page *page = pfn_to_page(sys, pfn);

		page_set(page, PG_buddy);
		page->private = order;
		list_add(&page->buddy_list, &area->free_list);
	} else if (order < GIGA_ORDER) {
		struct pageblock *block = pfn_to_pageblock(sys, pfn);

		block->free_order = (u8)order;
		block->zid = zone_id(zone);
		list_add(&block->list, &area->free_list);
	} else {
		struct gigablock *giga = pfn_to_gigablock(sys, pfn);

		giga->free = true;
		list_add(&giga->list, &area->free_list);
	}
}

static void block_remove(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	zone->free_area[order].nr_free--;
	if (order < PAGEBLOCK_ORDER) {
		struct page *page = pfn_to_page(sys, pfn);

		list_del(&page->buddy_list);
		page_clear(page, PG_buddy);
		page->private = 0;
	} else if (order < GIGA_ORDER) {
		struct pageblock *block = pfn_to_pageblock(sys, pfn);

		list_del(&block->list);
		block->free_order = 0;
	} else {
		struct gigablock *giga = pfn_to_gigablock(sys, pfn);

		list_del(&giga->list);
		giga->free = false;
	}
}

/* Is there a free block of exactly this order and zone at pfn? Only asked of buddies, which share
 * their parent's descriptor tier, so what is read is alive. */
static bool block_is_free(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	if (order < PAGEBLOCK_ORDER) {
		struct page *page = pfn_to_page(sys, pfn);

		return page_test(page, PG_buddy) && page->private == order &&
		       page_zone(sys, page) == zone;
	}
	return pfn_to_pageblock(sys, pfn)->free_order == order &&
	       pfn_to_pageblock(sys, pfn)->zid == zone_id(zone);
}

static u64 block_first_pfn(struct mem_system *sys, struct zone *zone, unsigned order)
{
	struct list_head *first = zone->free_area[order].free_list.next;

	if (order < PAGEBLOCK_ORDER)
		return page_to_pfn(sys, list_entry(first, struct page, buddy_list));
	if (order < GIGA_ORDER)
		return (u64)(list_entry(first, struct pageblock, list) - sys->pageblocks)
		       << PAGEBLOCK_ORDER;
	return (u64)(list_entry(first, struct gigablock, list) - sys->gigablocks) << GIGA_ORDER;
}

/* Makes the descriptors alive that two halves of a block of `order` need. */
static int tier_revive(struct mem_system *sys, u64 pfn, unsigned order)
{
	if (order == GIGA_ORDER)
		gigablock_revive(sys, pfn);
	return order == PAGEBLOCK_ORDER ? pageblock_revive(sys, pfn) : 0;
}

int buddy_take(struct mem_system *sys, struct zone *zone, unsigned order, u64 *ret_pfn)
{
	unsigned k = order;
	u64 pfn;

	while (k <= GIGA_ORDER && list_empty(&zone->free_area[k].free_list))
		k++;
	if (k > GIGA_ORDER)
		return -ENOMEM;
	pfn = block_first_pfn(sys, zone, k);
	block_remove(sys, zone, pfn, k);
	zone->nr_free_pages -= 1ULL << k;
	while (k > order) {
		/* Bringing struct pages to life may itself take a block from this zone. */
		if (tier_revive(sys, pfn, k)) {
			buddy_put(sys, zone, pfn, k);
			return -ENOMEM;
		}
		k--;
		block_insert(sys, zone, pfn + (1ULL << k), k);
		zone->nr_free_pages += 1ULL << k;
		zone->nr_split++;
	}
	*ret_pfn = pfn;
	return 0;
}

void buddy_put(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	ASSERT(is_aligned(pfn, 1ULL << order) && order <= GIGA_ORDER, "pfn %#llx order %u", pfn,
	       order);
	zone->nr_free_pages += 1ULL << order;
	if (order < GIGA_ORDER)
		gigablock_revive(sys, pfn);
	while (order < GIGA_ORDER) {
		u64 buddy = pfn ^ 1ULL << order;

		if (!block_is_free(sys, zone, buddy, order))
			break;
		block_remove(sys, zone, buddy, order);
		pfn &= ~(1ULL << order);
		order++;
		zone->nr_merge++;
	}
	block_insert(sys, zone, pfn, order);
}

void zone_free_blocks(const struct zone *zone, u64 ret_blocks[NR_PAGE_ORDERS])
{
	for (unsigned order = 0; order <= MAX_PAGE_ORDER; order++)
		ret_blocks[order] = zone->free_area[order].nr_free;
	for (unsigned order = MAX_PAGE_ORDER + 1; order < NR_FREE_ORDERS; order++)
		ret_blocks[MAX_PAGE_ORDER] += zone->free_area[order].nr_free
					      << (order - MAX_PAGE_ORDER);
}
