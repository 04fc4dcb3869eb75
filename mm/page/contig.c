/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Ranges of pages of any length: pageblocks are isolated, so that nothing of them is handed out
 * meanwhile; what is free in them is taken; what is not makes the whole attempt fail. CMA areas are
 * pageblocks of a type of their own that only movable pages may use meanwhile.
 */
#include "page_inner.h"

/* ---- isolation --------------------------------------------------------------------------- */

/* A pageblock that is free as a whole merges with its neighbours, now that its type is theirs. */
static void rejoin(struct mem_system *sys, struct zone *zone, u64 pfn)
{
	struct buddy_block found;

	if (buddy_block_of(sys, pfn, &found) && found.order == PAGEBLOCK_ORDER &&
	    !buddy_take_at(sys, zone, pfn, PAGEBLOCK_ORDER))
		buddy_put(sys, zone, pfn, PAGEBLOCK_ORDER);
}

/* Gives pageblocks [start, end) back their type, and joins again what was torn apart. */
static void unisolate(struct mem_system *sys, struct zone *zone, u64 start, u64 end,
		      enum migratetype type)
{
	for (u64 pfn = start; pfn < end; pfn += PAGEBLOCK_NR_PAGES) {
		if (pageblock_at(sys, pfn)->migratetype != MIGRATE_ISOLATE)
			continue;
		buddy_isolate_pageblock(sys, zone, pfn); /* isolated ones merge with their like */
		pageblock_set_type(sys, zone, pfn, type);
		rejoin(sys, zone, pfn);
	}
}

/* An area's pageblocks for the area's requests, common ones for all others. */
static bool may_isolate(unsigned found, enum migratetype type)
{
	return type == MIGRATE_CMA ? found == MIGRATE_CMA : found < MIGRATE_PCPTYPES;
}

static int isolate(struct mem_system *sys, struct zone *zone, u64 start, u64 end,
		   enum migratetype type)
{
	for (u64 pfn = start; pfn < end; pfn += PAGEBLOCK_NR_PAGES) {
		int err = buddy_isolate_pageblock(sys, zone, pfn);

		if (!err && !may_isolate(pageblock_at(sys, pfn)->migratetype, type))
			err = -EBUSY;
		if (err) {
			unisolate(sys, zone, start, pfn, type);
			return err;
		}
		pageblock_set_type(sys, zone, pfn, MIGRATE_ISOLATE);
	}
	return 0;
}

/* ---- ranges ------------------------------------------------------------------------------ */

static bool all_free(const struct mem_system *sys, u64 start, u64 end)
{
	struct buddy_block found;

	for (; start < end; start = found.pfn + (1ULL << found.order)) {
		if (!buddy_block_of(sys, start, &found))
			return false;
	}
	return true;
}

/* The largest aligned block at pfn within [pfn, end), as far as orders go. */
static unsigned order_at(u64 pfn, u64 end)
{
	unsigned order = min(highest_bit(end - pfn), (unsigned)PAGEBLOCK_ORDER);

	return pfn ? min(order, lowest_bit(pfn)) : order;
}

static int take_range(struct mem_system *sys, struct zone *zone, u64 start, u64 end)
{
	for (u64 pfn = start; pfn < end;) {
		unsigned order = order_at(pfn, end);
		int err = buddy_take_at(sys, zone, pfn, order);

		if (err) {
			for (u64 back = start; back < pfn; back += 1ULL << order) {
				order = order_at(back, pfn);
				buddy_put(sys, zone, back, order);
			}
			return err;
		}
		pfn += 1ULL << order;
	}
	return 0;
}

/* Every page is one by itself now. Maps and struct pages were made before. */
static void hand_out(struct mem_system *sys, u64 start, u64 end)
{
	for (u64 pfn = start; pfn < end; pfn++) {
		frame_set_state(sys, pfn, FRAME_PAGE);
		pfn_to_page(sys, pfn)->life = page_life(pageblock_at(sys, pfn), 0);
	}
}

static struct zone *range_zone(const struct mem_system *sys, u64 start, u64 end)
{
	struct zone *zone = (struct zone *)zone_of_pfn(sys, start);

	if (!zone || start >= end || end > zone_end_pfn(zone) || zone->type == ZONE_DEVICE ||
	    !memblock_is_memory(&sys->memblock, pfn_to_phys(start), pfn_to_phys(end - start)))
		return NULL;
	return zone;
}

static int take_isolated(struct mem_system *sys, struct zone *zone, u64 start, u64 end,
			 enum migratetype type)
{
	u64 first = round_down(start, PAGEBLOCK_NR_PAGES), last = round_up(end, PAGEBLOCK_NR_PAGES);
	int err;

	spin_lock(&zone->lock);
	err = isolate(sys, zone, first, last, type);
	spin_unlock(&zone->lock);
	if (err)
		return err;
	pcp_drain_all(sys, arch_this_cpu()); /* what comes from there stays isolated */
	for (u64 pfn = first; pfn < last && !err; pfn += PAGEBLOCK_NR_PAGES)
		err = pageblock_revive(sys, pfn);
	spin_lock(&zone->lock);
	if (!err && !all_free(sys, start, end))
		err = -EBUSY;
	for (u64 pfn = first; pfn < last && !err; pfn += PAGEBLOCK_NR_PAGES)
		err = pageblock_give_map(sys, zone, pfn);
	if (!err)
		err = take_range(sys, zone, start, end);
	unisolate(sys, zone, first, last, type);
	spin_unlock(&zone->lock);
	return err;
}

int alloc_contig_range(struct mem_system *sys, u64 start, u64 end, enum migratetype type)
{
	struct zone *zone = range_zone(sys, start, end);
	int err = zone ? take_isolated(sys, zone, start, end, type) : -EINVAL;

	if (!err)
		hand_out(sys, start, end);
	return err;
}

void free_contig_range(struct mem_system *sys, u64 start, u64 nr)
{
	for (u64 i = 0; i < nr; i++)
		__free_pages(sys, pfn_to_page(sys, start + i), 0);
}

/* ---- from anywhere ----------------------------------------------------------------------- */

/* The first PFN from `start` on where a range may begin that is free as far as one can see; ~0. */
static u64 find_free(const struct mem_system *sys, const struct zone *zone, u64 nr, u64 align)
{
	u64 pfn = round_up(zone->zone_start_pfn, align);

	while (pfn + nr <= zone_end_pfn(zone)) {
		struct buddy_block found;
		u64 at = pfn;

		while (at < pfn + nr && buddy_block_of(sys, at, &found))
			at = found.pfn + (1ULL << found.order);
		if (at >= pfn + nr)
			return pfn;
		pfn = round_up(at + 1, align);
	}
	return NO_FRAME;
}

static struct page *contig_from(struct mem_system *sys, struct zone *zone, u64 nr, u64 align)
{
	u64 pfn = managed_zone(zone) ? find_free(sys, zone, nr, align) : NO_FRAME;

	if (pfn == NO_FRAME)
		return NULL;
	return alloc_contig_range(sys, pfn, pfn + nr, MIGRATE_MOVABLE) ? NULL
								       : pfn_to_page(sys, pfn);
}

struct page *alloc_contig_pages(struct mem_system *sys, u64 nr, u64 align, int nid)
{
	if (!nr || !is_pow2(align))
		return NULL;
	pcp_drain_all(sys, arch_this_cpu());
	for_each_node(sys, node) {
		if (nid != NUMA_NO_NODE && node->node_id != nid)
			continue;
		for (int type = MAX_NR_ZONES - 1; type >= 0; type--) {
			struct page *page = contig_from(sys, &node->node_zones[type], nr, align);

			if (page)
				return page;
		}
	}
	return NULL;
}

/* ---- CMA areas --------------------------------------------------------------------------- */

int cma_init(struct mem_system *sys)
{
	u64 nr = round_up(sys->given.page_options.cma_bytes >> PAGE_SHIFT, PAGEBLOCK_NR_PAGES);

	if (!nr)
		return 0;
	for_each_node(sys, node) {
		for (int type = ZONE_NORMAL; type >= 0; type--) {
			struct zone *zone = &node->node_zones[type];
			u64 pfn = managed_zone(zone) ? find_free(sys, zone, nr, PAGEBLOCK_NR_PAGES)
						     : NO_FRAME;

			if (pfn == NO_FRAME)
				continue;
			for (u64 i = 0; i < nr; i += PAGEBLOCK_NR_PAGES) {
				int err = buddy_isolate_pageblock(sys, zone, pfn + i);

				if (err)
					return err;
				pageblock_set_type(sys, zone, pfn + i, MIGRATE_CMA);
				rejoin(sys, zone, pfn + i);
			}
			zone->cma_pages += nr;
			sys->page.cma[sys->page.nr_cma_areas++] = (struct cma_area){pfn, nr};
			return 0;
		}
	}
	return -ENOMEM;
}

struct page *cma_alloc(struct mem_system *sys, const struct cma_area *area, u64 nr, u64 align)
{
	u64 end = area->start_pfn + area->nr_pages;

	if (!nr || !is_pow2(align))
		return NULL;
	for (u64 pfn = round_up(area->start_pfn, align); pfn + nr <= end; pfn += align) {
		if (!alloc_contig_range(sys, pfn, pfn + nr, MIGRATE_CMA))
			return pfn_to_page(sys, pfn);
	}
	return NULL;
}
