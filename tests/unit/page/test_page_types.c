/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Migrate types, watermarks, reserves, ZONE_MOVABLE, ranges and CMA: what alloc_pages() promises
 * beyond plain pages, on simulated machines.
 */
#include "mm_fixture.h"

static struct mem_system *sim_with(const char *spec, const struct page_options *options)
{
	return sim_new_with(spec, options);
}

static struct zone *zone_of(const struct mem_system *sys, const struct page *page)
{
	return page_zone(sys, page);
}

static u64 count_type(struct mem_system *sys, enum migratetype type)
{
	u64 blocks = 0;

	for (u64 pfn = 0; pfn < sys->page.max_pfn; pfn += PAGEBLOCK_NR_PAGES) {
		if (pfn_to_pageblock(sys, pfn) && pageblock_type_of(sys, pfn) == type)
			blocks++;
	}
	return blocks;
}

/* ---- types ------------------------------------------------------------------------------- */

/* Expect: the three kinds of requests never share a pageblock while there is room. */
static void types_are_kept_apart(void **state)
{
	static const gfp_t gfps[] = {GFP_KERNEL, GFP_HIGHUSER_MOVABLE,
				     GFP_KERNEL | __GFP_RECLAIMABLE};
	struct mem_system *sys = sim_new("512M");
	struct page *pages[3][400];

	(void)state;
	for (u32 i = 0; i < 400; i++) {
		for (u32 type = 0; type < 3; type++) {
			pages[type][i] = alloc_pages(sys, gfps[type], i % 3);
			assert_int_equal(pageblock_type_of(sys, page_to_pfn(sys, pages[type][i])),
					 type);
		}
	}
	assert_sound(sys);
	for (u32 i = 0; i < 400; i++) {
		for (u32 type = 0; type < 3; type++)
			__free_pages(sys, pages[type][i], i % 3);
	}
	assert_sound(sys);
	sim_free(sys);
}

/* Expect: when only other types' memory is left, it is stolen, to the last page. */
static void what_is_short_is_stolen(void **state)
{
	struct mem_system *sys = sim_new("64M");
	struct page *list = NULL, *page;
	u64 got = 0, free = sim_free_pages(sys);

	(void)state;
	while ((page = alloc_page(sys, GFP_KERNEL | __GFP_RECLAIMABLE))) {
		page->mapping = list;
		list = page;
		got++;
	}
	assert_true(got + 600 > free); /* all but struct pages and maps */
	assert_int_equal(sim_free_pages(sys), 0);
	assert_sound(sys);
	assert_null(alloc_page(sys, GFP_ATOMIC));
	for (; list; list = page) {
		page = list->mapping;
		__free_page(sys, list);
	}
	assert_sound(sys);
	sim_free(sys);
}

/* ---- watermarks -------------------------------------------------------------------------- */

/* Linux's own figures: /proc/zoneinfo of its 6.1 on QEMU machines (shared/reference/linux). Linux
 * sets the marks before the pages of its start-up code come free, so ours, from the managed pages
 * at the end, differ a little: by three in a hundred on 512 MiB. */
static const struct {
	u64 managed, min, low, high, reserve_dma32, reserve_normal;
	u32 machine;
} linux_zones[] = {
	{1806, 31, 38, 45, 1872, 3829, 0},	{481900, 8246, 10307, 12368, 0, 1956, 0},
	{500936, 8617, 10771, 12925, 0, 0, 0},	{1806, 15, 18, 21, 1872, 7855, 1},
	{481900, 4024, 5030, 6036, 0, 5982, 1}, {1531592, 12856, 16070, 19284, 0, 0, 1},
	{1806, 11, 13, 15, 371, 371, 2},	{97591, 610, 762, 914, 0, 0, 2},
};

static void about(u64 ours, u64 linux_says)
{
	assert_in_range(ours + 1, linux_says - linux_says / 30, linux_says + linux_says / 30 + 2);
}

/* A machine's zones with just the managed pages that Linux had. */
static void compare_machine(u32 machine)
{
	struct page_options options = page_option_defaults();
	struct mem_system *sys = sim_with("8G", &options);
	struct zone *zones = sys->page.node_data[0]->node_zones;
	u32 nr = 0;

	for (u32 i = 0; i < MAX_NR_ZONES; i++)
		zones[i].managed_pages = zones[i].present_pages = 0;
	for (u32 i = 0; i < ARRAY_SIZE(linux_zones); i++) {
		if (linux_zones[i].machine == machine) {
			zones[nr].managed_pages = linux_zones[i].managed;
			zones[nr++].present_pages = 1;
		}
	}
	page_set_watermarks(sys);
	nr = 0;
	for (u32 i = 0; i < ARRAY_SIZE(linux_zones); i++) {
		const struct zone *z = &zones[nr];

		if (linux_zones[i].machine != machine)
			continue;
		nr++;
		about(z->_watermark[WMARK_MIN], linux_zones[i].min);
		about(z->_watermark[WMARK_LOW], linux_zones[i].low);
		about(z->_watermark[WMARK_HIGH], linux_zones[i].high);
		about(z->lowmem_reserve[ZONE_DMA32], linux_zones[i].reserve_dma32);
		about(z->lowmem_reserve[ZONE_NORMAL], linux_zones[i].reserve_normal);
	}
	sim_free(sys);
}

static void watermarks_are_as_linux_sets_them(void **state)
{
	(void)state;
	for (u32 machine = 0; machine < 3; machine++)
		compare_machine(machine);
}

static u64 fill(struct mem_system *sys, gfp_t gfp, struct page **list)
{
	struct page *page;
	u64 got = 0;

	for (; (page = alloc_page(sys, gfp)); got++) {
		page->mapping = *list;
		*list = page;
	}
	return got;
}

static void empty(struct mem_system *sys, struct page *list)
{
	while (list) {
		struct page *next = list->mapping;

		list->mapping = NULL;
		__free_page(sys, list);
		list = next;
	}
}

/* Expect: ordinary requests stop at the min watermark, urgent ones go deeper, and who must not fail
 * gets the last page; each time the zones hold just about what the mark says. */
static void watermarks_stop_who_they_must(void **state)
{
	struct page_options options = page_option_defaults();
	struct mem_system *sys = sim_with("600M", &options);
	const struct zone *zone = zone_of(sys, alloc_page(sys, GFP_KERNEL));
	u64 min = zone->_watermark[WMARK_MIN], left;
	struct page *list = NULL;

	(void)state;
	assert_true(min > 1000);
	fill(sys, GFP_KERNEL, &list);
	left = zone->nr_free_pages;
	assert_in_range(left, min - 64, min);
	assert_null(alloc_page(sys, GFP_KERNEL));
	fill(sys, GFP_KERNEL | __GFP_HIGH, &list);
	assert_in_range(zone->nr_free_pages, min / 2 - 64, min / 2);
	fill(sys, GFP_ATOMIC, &list);
	assert_in_range(zone->nr_free_pages, min * 3 / 8 - 64, min * 3 / 8);
	fill(sys, GFP_KERNEL | __GFP_NOFAIL, &list);
	assert_int_equal(zone->nr_free_pages, 0);
	assert_sound(sys);
	empty(sys, list);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect: requests that could do with NORMAL leave DMA's reserve alone. */
static void low_zones_keep_their_reserve(void **state)
{
	struct page_options options = page_option_defaults();
	struct mem_system *sys = sim_with("6G", &options);
	const struct zone *dma = &sys->page.node_data[0]->node_zones[ZONE_DMA];

	(void)state;
	assert_int_equal(dma->lowmem_reserve[ZONE_DMA32],
			 sys->page.node_data[0]->node_zones[ZONE_DMA32].managed_pages / 256);
	assert_true(dma->lowmem_reserve[ZONE_NORMAL] > dma->managed_pages);
	for (u32 i = 0; i < MAX_NR_ZONES; i++)
		assert_true(sys->page.node_data[0]->node_zones[i]._watermark[WMARK_LOW] >=
			    sys->page.node_data[0]->node_zones[i]._watermark[WMARK_MIN]);
	assert_true(sys->page.node_data[0]->totalreserve_pages > 0);
	sim_free(sys);
}

/* Expect: an atomic request of a higher order makes a reserve of its pageblock, which ordinary
 * requests do not touch and which goes back when memory is short. */
static void atomic_requests_have_a_reserve(void **state)
{
	struct page_options options = page_option_defaults();
	struct mem_system *sys = sim_with("256M", &options);
	struct page *list = NULL, *page;
	struct zone *zone;

	(void)state;
	fill(sys, GFP_KERNEL | __GFP_NORETRY, &list);
	page = alloc_pages(sys, GFP_ATOMIC, 4);
	assert_non_null(page);
	zone = zone_of(sys, page);
	assert_int_equal(zone->nr_reserved_highatomic, PAGEBLOCK_NR_PAGES);
	assert_int_equal(pageblock_type_of(sys, page_to_pfn(sys, page)), MIGRATE_HIGHATOMIC);
	__free_pages(sys, page, 4);
	assert_true(zone->nr_free_highatomic >= 16);
	assert_sound(sys);
	fill(sys, GFP_KERNEL | __GFP_NOFAIL, &list);
	assert_int_equal(zone->nr_reserved_highatomic, 0);
	assert_sound(sys);
	empty(sys, list);
	sim_free(sys);
}

/* ---- ZONE_MOVABLE ------------------------------------------------------------------------ */

static void zone_movable_by_option(void **state)
{
	struct page_options options = {.movablecore.bytes = 1 * GiB};
	struct mem_system *sys = sim_with("6G nodes=2", &options);
	u64 movable = 0;
	struct page *page;

	(void)state;
	for_each_node(sys, node)
		movable += node->node_zones[ZONE_MOVABLE].present_pages;
	assert_in_range(movable, GiB / PAGE_SIZE - 2048, GiB / PAGE_SIZE);
	page = alloc_pages(sys, GFP_HIGHUSER_MOVABLE, 0);
	assert_int_equal(page_zonenum(page), ZONE_MOVABLE);
	__free_page(sys, page);
	page = alloc_pages(sys, GFP_KERNEL, 0);
	assert_int_equal(page_zonenum(page), ZONE_NORMAL);
	__free_page(sys, page);
	assert_sound(sys);
	sim_free(sys);

	options = (struct page_options){.kernelcore.bytes = 1 * GiB};
	sys = sim_with("6G", &options);
	assert_true(sys->page.node_data[0]->node_zones[ZONE_MOVABLE].present_pages > 0);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- ranges ------------------------------------------------------------------------------ */

/* Expect: any range that is free can be had, page for page, and everything comes back. */
static void ranges_of_any_length(void **state)
{
	struct mem_system *sys = sim_new("2G");
	u64 before = all_pages(sys), nr[] = {1, 77, 513, 5000, GIGA_NR_PAGES};
	struct prng prng;

	(void)state;
	prng_seed(&prng, 9);
	for (u32 i = 0; i < 40; i++) {
		u64 n = i < ARRAY_SIZE(nr) ? nr[i] : prng_below(&prng, 3000) + 1;
		u64 align = i == 4 ? GIGA_NR_PAGES : 1ULL << prng_below(&prng, 8);
		struct page *page = alloc_contig_pages(sys, n, align, NUMA_NO_NODE);
		u64 pfn;

		if (i == 4 && !page) /* struct pages and maps may lie in both GiB */
			continue;
		assert_non_null(page);
		pfn = page_to_pfn(sys, page);
		assert_true(is_aligned(pfn, align));
		assert_sound(sys);
		assert_int_equal(alloc_contig_range(sys, pfn, pfn + n, MIGRATE_MOVABLE), -EBUSY);
		assert_sound(sys);
		free_contig_range(sys, pfn, n);
		pcp_drain_all(sys, 0);
		assert_sound(sys);
	}
	assert_int_equal(all_pages(sys), before);
	assert_int_equal(alloc_contig_range(sys, sys->page.max_pfn - 1, sys->page.max_pfn + 1,
					    MIGRATE_MOVABLE),
			 -EINVAL);
	assert_int_equal(sys->page.errors.bad_frees, 0);
	sim_free(sys);
}

static void cma_areas(void **state)
{
	struct page_options options = {.cma_bytes = 32 * MiB};
	struct mem_system *sys = sim_with("256M", &options);
	const struct cma_area *area = &sys->page.cma[0];
	struct zone *zone = (struct zone *)zone_of_pfn(sys, area->start_pfn);
	struct page *list = NULL, *page;

	(void)state;
	assert_int_equal(sys->page.nr_cma_areas, 1);
	assert_int_equal(count_type(sys, MIGRATE_CMA), 16);
	assert_int_equal(zone->nr_free_cma, 32 * MiB / PAGE_SIZE);
	page = cma_alloc(sys, area, 1000, 8);
	assert_non_null(page);
	assert_in_range(page_to_pfn(sys, page), area->start_pfn,
			area->start_pfn + area->nr_pages - 1000);
	free_contig_range(sys, page_to_pfn(sys, page), 1000);
	assert_sound(sys);
	/* Pages that cannot move stay out; movable ones come in when the rest is used up. */
	fill(sys, GFP_KERNEL, &list);
	pcp_drain_all(sys, 0);
	assert_int_equal(zone->nr_free_cma, 32 * MiB / PAGE_SIZE);
	fill(sys, GFP_HIGHUSER_MOVABLE, &list);
	assert_int_equal(zone->nr_free_cma, 0);
	assert_null(cma_alloc(sys, area, 1000, 8));
	assert_sound(sys);
	empty(sys, list);
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_kept_apart),
		cmocka_unit_test(what_is_short_is_stolen),
		cmocka_unit_test(watermarks_are_as_linux_sets_them),
		cmocka_unit_test(watermarks_stop_who_they_must),
		cmocka_unit_test(low_zones_keep_their_reserve),
		cmocka_unit_test(atomic_requests_have_a_reserve),
		cmocka_unit_test(zone_movable_by_option),
		cmocka_unit_test(ranges_of_any_length),
		cmocka_unit_test(cma_areas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
