/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * How much of a zone is kept back, from whom: Linux's rules (mm/page_alloc.c of 6.1:
 * min_free_kbytes, setup_per_zone_wmarks, lowmem_reserve), so that the figures agree.
 */
#include "frame_inner.h"

#define WATERMARK_SCALE 10 /* in 10,000ths: distance of the marks */

static u64 int_sqrt(u64 x)
{
	u64 root = 0;

	for (u64 bit = 1ULL << 31; bit; bit >>= 1) {
		if ((root | bit) * (root | bit) <= x)
			root |= bit;
	}
	return root;
}

u64 page_min_free_kbytes(u64 managed_pages, u32 nr_zones)
{
	u64 kib = int_sqrt(managed_pages * (PAGE_SIZE / KiB) * 16);
	u64 huge;

	kib = max(min(kib, 262144ULL), 128ULL);
	if (managed_pages < 512 * MiB / PAGE_SIZE) /* Linux leaves huge pages off */
		return kib;
	/* What khugepaged raises it to, so that types can be kept apart: two pageblocks for each
	 * zone, and three for each pair of types; at most a twentieth of memory. */
	huge = PAGEBLOCK_NR_PAGES * nr_zones * (2 + MIGRATE_PCPTYPES * MIGRATE_PCPTYPES);
	huge = min(huge, managed_pages / 20) * (PAGE_SIZE / KiB);
	return max(kib, huge);
}

static void zone_set_marks(struct zone *zone, u64 min_pages, u64 all_managed)
{
	u64 step;

	zone->_watermark[WMARK_MIN] = min_pages * zone->managed_pages / all_managed;
	step = max(zone->_watermark[WMARK_MIN] / 4, zone->managed_pages * WATERMARK_SCALE / 10000);
	if (!min_pages)
		step = 0; /* asked to keep nothing back */
	for (unsigned mark = WMARK_LOW; mark < NR_WMARK; mark++)
		zone->_watermark[mark] = zone->_watermark[mark - 1] + step;
}

/* What a zone keeps from requests that a higher one could have served. */
static void node_set_reserves(pg_data_t *node)
{
	static const u32 ratio[MAX_NR_ZONES] = {256, 256, 32, 0, 0};

	for (u32 i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &node->node_zones[i];
		u64 above = 0;

		for (u32 j = i + 1; j < MAX_NR_ZONES; j++) {
			above += node->node_zones[j].managed_pages;
			zone->lowmem_reserve[j] =
				ratio[i] && zone->managed_pages ? above / ratio[i] : 0;
		}
	}
}

static void node_set_totalreserve(pg_data_t *node)
{
	node->totalreserve_pages = 0;
	for (u32 i = 0; i < MAX_NR_ZONES; i++) {
		const struct zone *zone = &node->node_zones[i];
		u64 kept = 0;

		for (u32 j = i; j < MAX_NR_ZONES; j++)
			kept = max(kept, zone->lowmem_reserve[j]);
		node->totalreserve_pages +=
			min(kept + zone->_watermark[WMARK_HIGH], zone->managed_pages);
	}
}

void page_set_watermarks(struct mem_system *sys)
{
	u64 managed = 0, kib;
	u32 nr_zones = 0;

	for_each_node(sys, node) {
		for (u32 i = 0; i < MAX_NR_ZONES; i++) {
			managed += node->node_zones[i].managed_pages;
			nr_zones += populated_zone(&node->node_zones[i]);
		}
	}
	kib = sys->given.page_options.min_free_kbytes;
	if (kib == PAGE_OPTION_AUTO)
		kib = page_min_free_kbytes(managed, nr_zones);
	sys->page.min_free_kbytes = kib;
	for_each_node(sys, node) {
		for (u32 i = 0; managed && i < MAX_NR_ZONES; i++)
			zone_set_marks(&node->node_zones[i], kib / (PAGE_SIZE / KiB), managed);
		if (kib)
			node_set_reserves(node);
		node_set_totalreserve(node);
	}
}

/* Is there a block of that order, or larger, that such a request may take? */
static bool has_block(const struct zone *zone, unsigned order, unsigned alloc_flags)
{
	u32 lists = 0;

	for (unsigned type = 0; type < MIGRATE_PCPTYPES; type++)
		lists |= zone->nonempty[type];
	if (alloc_flags & ALLOC_CMA)
		lists |= zone->nonempty[MIGRATE_CMA];
	if (alloc_flags & ALLOC_HARDER)
		lists |= zone->nonempty[MIGRATE_HIGHATOMIC];
	return lists >> order;
}

bool zone_watermark_ok(const struct zone *zone, unsigned order, enum zone_type highest,
		       unsigned alloc_flags)
{
	u64 mark = zone->_watermark[alloc_flags & ALLOC_WMARK_MASK];
	u64 unusable = (1ULL << order) - 1;

	if (alloc_flags & ALLOC_NO_WATERMARKS)
		return has_block(zone, order, ALLOC_CMA | ALLOC_HARDER);
	if (!(alloc_flags & ALLOC_HARDER))
		unusable += zone->nr_free_highatomic;
	if (!(alloc_flags & ALLOC_CMA))
		unusable += zone->nr_free_cma;
	if (alloc_flags & ALLOC_HIGH)
		mark -= mark / 2;
	if (alloc_flags & ALLOC_HARDER)
		mark -= mark / 4;
	if (zone->nr_free_pages <= mark + zone->lowmem_reserve[highest] + unusable)
		return false;
	return has_block(zone, order, alloc_flags);
}
