/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Handing memblock's free memory to the zones: whole pageblocks untouched, the rest page by page.
 */
#include "mm/page_alloc.h"

#include "mm/system.h"

/* Calls fn for every free range, cut at zone limits, in whole pages. */
static int for_each_zone_range(struct mem_system *sys,
			       int (*fn)(struct mem_system *, struct zone *, u64 pfn, u64 end))
{
	struct memblock_iter it;

	for_each_free_range(&sys->memblock, NUMA_NO_NODE, &it) {
		u64 pfn = phys_to_pfn(round_up(it.start, PAGE_SIZE)), end = phys_to_pfn(it.end);
		pg_data_t *node = sys->node_data[max(it.nid, 0)];

		while (pfn < end) {
			struct zone *zone = &node->node_zones[zone_type_of(pfn_to_phys(pfn))];
			u64 stop = min(end, zone_end_pfn(zone));
			int err;

			err = fn(sys, zone, pfn, stop);
			if (err)
				return err;
			pfn = stop;
		}
	}
	return 0;
}

/* Pageblocks that a free range covers only in part need their struct pages at once. */
static int revive_partial(struct mem_system *sys, struct zone *zone, u64 pfn, u64 end)
{
	int err = 0;

	(void)zone;
	if (!is_aligned(pfn, PAGEBLOCK_NR_PAGES) || end - pfn < PAGEBLOCK_NR_PAGES)
		err = pageblock_revive(sys, pfn);
	if (!err && !is_aligned(end, PAGEBLOCK_NR_PAGES))
		err = pageblock_revive(sys, end);
	return err;
}

/* Gives [pfn, end) to the zone in the largest aligned blocks. */
static int release_range(struct mem_system *sys, struct zone *zone, u64 pfn, u64 end)
{
	zone->managed_pages += end - pfn;
	sys->totalram_pages += end - pfn;
	while (pfn < end) {
		unsigned order = min(highest_bit(end - pfn), (unsigned)GIGA_ORDER);

		if (pfn)
			order = min(order, lowest_bit(pfn));
		buddy_put(sys, zone, pfn, order);
		pfn += 1ULL << order;
	}
	return 0;
}

int page_alloc_init(struct mem_system *sys)
{
	u64 populated;
	int err;

	/* Memory for struct pages comes out of memblock and so changes what is free: until nothing
	 * changes. It is taken in whole pageblocks, which makes no new partial ones. */
	do {
		populated = sys->populated_sections;
		err = for_each_zone_range(sys, revive_partial);
	} while (!err && populated != sys->populated_sections);
	if (!err)
		err = for_each_zone_range(sys, release_range);
	mm_step_bytes(sys, sys->alive_pageblocks * PAGEBLOCK_NR_PAGES * sizeof(struct page));
	return err;
}
