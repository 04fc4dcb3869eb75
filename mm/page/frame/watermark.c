/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * How much of a zone is reserved, and for which requests: Linux's rules (mm/page_alloc.c of 6.1:
 * min_free_kbytes, setup_per_zone_wmarks, lowmem_reserve), so that the numbers are the same.
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

/* Linux's nr_free_buffer_pages(): zones up to ZONE_NORMAL, each without its high mark. */
static u64 free_buffer_pages(const struct mem_system *sys)
{
	u64 pages = 0;

	for_each_node(sys, node) {
		for (u32 i = 0; i <= ZONE_NORMAL; i++) {
			const struct zone *zone = &node->node_zones[i];

			pages += zone->managed_pages -
				 min(zone->managed_pages, zone->_watermark[WMARK_HIGH]);
		}
	}
	return pages;
}

/* What khugepaged asks for, so that migrate types can be kept apart: two pageblocks in each zone,
 * and one more for each pair of types; at most a twentieth of memory. */
static u64 khugepaged_kbytes(const struct mem_system *sys)
{
	u64 nr_zones = 0, pages;

	for_each_node(sys, node) {
		for (u32 i = 0; i <= ZONE_NORMAL; i++)
			nr_zones += populated_zone(&node->node_zones[i]);
	}
	pages = PAGEBLOCK_NR_PAGES * nr_zones * (2 + MIGRATE_PCPTYPES * MIGRATE_PCPTYPES);
	return min(pages, free_buffer_pages(sys) / 20) * (PAGE_SIZE / KiB);
}

static void zone_set_marks(struct zone *zone, u64 min_pages, u64 all_managed)
{
	u64 step;

	zone->_watermark[WMARK_MIN] = min_pages * zone->managed_pages / all_managed;
	step = max(zone->_watermark[WMARK_MIN] / 4, zone->managed_pages * WATERMARK_SCALE / 10000);
	for (unsigned mark = WMARK_LOW; mark < NR_WMARK; mark++)
		zone->_watermark[mark] = zone->_watermark[mark - 1] + step;
}

static void set_marks(struct mem_system *sys, u64 min_kbytes, u64 all_managed)
{
	for_each_node(sys, node) {
		for (u32 i = 0; all_managed && i < MAX_NR_ZONES; i++)
			zone_set_marks(&node->node_zones[i], min_kbytes / (PAGE_SIZE / KiB),
				       all_managed);
	}
}

static void clear_marks(struct mem_system *sys)
{
	for_each_node(sys, node) {
		for (u32 i = 0; i < MAX_NR_ZONES; i++)
			memset(node->node_zones[i]._watermark, 0,
			       sizeof(node->node_zones[i]._watermark));
	}
}

/* Linux's default: by the size of memory; then khugepaged may raise it, by the marks so far. Linux
 * turns huge pages off where there are less than 512 MiB. */
static u64 default_min_free_kbytes(struct mem_system *sys, u64 all_managed)
{
	u64 kib = int_sqrt(free_buffer_pages(sys) * (PAGE_SIZE / KiB) * 16);

	kib = max(min(kib, 262144ULL), 128ULL);
	if (all_managed < 512 * MiB / PAGE_SIZE)
		return kib;
	set_marks(sys, kib, all_managed);
	return max(kib, khugepaged_kbytes(sys));
}

/* Sets what each zone keeps from requests that may also use a higher zone. */
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
	const struct page_options *options = &sys->given.page_options;
	u64 managed = 0, kib = options->min_free_kbytes;

	clear_marks(sys);
	for_each_node(sys, node) {
		for (u32 i = 0; i < MAX_NR_ZONES; i++)
			managed += node->node_zones[i].managed_pages;
	}
	if (kib == PAGE_OPTION_AUTO)
		kib = default_min_free_kbytes(sys, managed);
	sys->page.min_free_kbytes = kib;
	if (options->no_reserve)
		return;
	set_marks(sys, kib, managed);
	for_each_node(sys, node) {
		node_set_reserves(node);
		node_set_totalreserve(node);
	}
}

/* Is there a block of this order or larger that the request may take? */
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
