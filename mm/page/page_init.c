/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Handing memblock's free memory to the zones: nothing is written per page or per pageblock but
 * where a free range begins or ends inside one. */
#include "page_inner.h"

struct page_options page_option_defaults(void)
{
	return (struct page_options){.min_free_kbytes = PAGE_OPTION_AUTO};
}

/* Calls fn for every free range, cut at zone limits, in whole pages. */
static int for_each_zone_range(struct mem_system *sys,
			       int (*fn)(struct mem_system *, struct zone *, u64 pfn, u64 end))
{
	struct memblock_iter it;

	for_each_free_range(&sys->memblock, NUMA_NO_NODE, &it) {
		u64 pfn = phys_to_pfn(round_up(it.start, PAGE_SIZE)), end = phys_to_pfn(it.end);
		int nid = max(it.nid, 0);

		while (pfn < end) {
			struct zone *zone = zone_at(sys, nid, pfn);
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

/* ---- descriptors for split pageblocks ---------------------------------------------------- */

#define MAPS_AT_LEAST 32 /* before the pool has to grow for the first time */
#define MAPS_AT_ONCE  64 /* a zone with no more pageblocks than this gets all its maps */

/* Counts, for now: pageblocks that a free range covers only in part, and pages. */
static int count_range(struct mem_system *sys, struct zone *zone, u64 pfn, u64 end)
{
	(void)sys;
	zone->managed_pages += end - pfn;
	zone->maps.nr_total += 2;
	return 0;
}

static int pool_init(struct mem_system *sys, struct zone *zone)
{
	struct map_pool *pool = &zone->maps;
	u64 blocks = DIV_ROUND_UP(zone->spanned_pages, PAGEBLOCK_NR_PAGES) + 1;
	u64 nr = pool->nr_total + max(sys->given.page_options.maps_ahead, (u64)MAPS_AT_LEAST);
	struct blockmap *maps;

	if (blocks <= MAPS_AT_ONCE || nr > blocks)
		nr = blocks;
	maps = mm_early_alloc(sys, nr * sizeof(*maps), 64, zone->zone_pgdat->node_id);
	if (!maps)
		return -ENOMEM;
	*pool = (struct map_pool){.next = maps, .nr_left = nr, .nr_total = nr};
	return 0;
}

/* Room for all pageblocks' descriptors; a GiB's are written when it is first split. */
static int pageblocks_init(struct mem_system *sys)
{
	u64 bytes = (sys->page.nr_gigablocks << (GIGA_ORDER - PAGEBLOCK_ORDER)) *
		    sizeof(struct pageblock);

	sys->page.pageblocks = mm_early_alloc(sys, bytes, PAGE_SIZE, NUMA_NO_NODE);
	return sys->page.pageblocks ? 0 : -ENOMEM;
}

static int pools_init(struct mem_system *sys)
{
	int err = 0;

	for_each_node(sys, node) {
		for (u32 i = 0; i < MAX_NR_ZONES && !err; i++) {
			if (managed_zone(&node->node_zones[i]))
				err = pool_init(sys, &node->node_zones[i]);
		}
	}
	return err;
}

/* ---- free lists -------------------------------------------------------------------------- */

/*
 * Part of a pageblock. Zones share a pageblock where a node's border is not a multiple of 2 MiB:
 * the first one has it, and what the other has there is left alone, for a page that changed its
 * node on the way through the lists would be worse.
 */
static int release_part(struct mem_system *sys, struct zone *zone, u64 pfn, u64 end)
{
	struct pageblock *block = pageblock_at(sys, pfn);
	int err;

	gigablock_revive(sys, pfn);
	if (block->zid != NO_ZONE && block->zid != zone_id(zone)) {
		zone->border_pages += end - pfn;
		zone->managed_pages -= end - pfn;
		sys->page.totalram_pages -= end - pfn;
		return 0;
	}
	err = pageblock_give_map(sys, zone, pfn);
	for (unsigned order; !err && pfn < end; pfn += 1ULL << order) {
		order = highest_bit(end - pfn);
		if (pfn % PAGEBLOCK_NR_PAGES)
			order = min(order, lowest_bit(pfn));
		buddy_put(sys, zone, pfn, order);
	}
	return err;
}

/* Gives [pfn, end) to the zone in the largest aligned blocks. */
static int release_range(struct mem_system *sys, struct zone *zone, u64 pfn, u64 end)
{
	int err = 0;

	zone->managed_pages += end - pfn;
	sys->page.totalram_pages += end - pfn;
	while (pfn < end && !err) {
		unsigned order = min(highest_bit(end - pfn), (unsigned)GIGA_ORDER);

		if (pfn)
			order = min(order, lowest_bit(pfn));
		if (order < PAGEBLOCK_ORDER) {
			u64 stop = min(end, round_up(pfn + 1, PAGEBLOCK_NR_PAGES));

			err = release_part(sys, zone, pfn, stop);
			pfn = stop;
			continue;
		}
		buddy_put(sys, zone, pfn, order);
		pfn += 1ULL << order;
	}
	return err;
}

static int revive_range(struct mem_system *sys, struct zone *zone, u64 pfn, u64 end)
{
	int err = 0;

	(void)zone;
	for (pfn = round_down(pfn, PAGEBLOCK_NR_PAGES); pfn < end && !err;
	     pfn += PAGEBLOCK_NR_PAGES)
		err = pageblock_revive(sys, pfn);
	return err;
}

/* Memory for struct pages comes out of memblock and so changes what is free: until nothing
 * changes. */
static int revive_all(struct mem_system *sys)
{
	u64 populated;
	int err;

	do {
		populated = sys->page.populated_sections;
		err = for_each_zone_range(sys, revive_range);
	} while (!err && populated != sys->page.populated_sections);
	return err;
}

static void forget_counts(struct mem_system *sys)
{
	for_each_node(sys, node) {
		for (u32 i = 0; i < MAX_NR_ZONES; i++)
			node->node_zones[i].managed_pages = 0;
	}
}

int page_alloc_init(struct mem_system *sys)
{
	int err;

	if (!sys->given.nr_cpus)
		sys->given.nr_cpus = 1;
	shrinkers_init(sys);
	err = for_each_zone_range(sys, count_range);
	if (!err)
		err = pcp_init(sys); /* first what is written now, then what is written with use */
	if (!err)
		err = pageblocks_init(sys);
	if (!err)
		err = pools_init(sys);
	if (!err && sys->given.page_options.eager)
		err = revive_all(sys);
	forget_counts(sys);
	if (!err)
		err = for_each_zone_range(sys, release_range);
	if (err)
		return err;
	page_set_watermarks(sys);
	pcp_enable(sys);
	return cma_init(sys);
}
