/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The page allocator on simulated machines: limits, merging, refusals, and a naive model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "sim.h"

static void assert_sound(const struct mem_system *sys)
{
	u64 pfn;
	const char *wrong = page_alloc_check(sys, &pfn);

	if (wrong)
		fail_msg("%s (pfn %#llx)", wrong, pfn);
}

static u64 memmap_pages(const struct mem_system *sys)
{
	u64 pages = 0;

	for_each_node(sys, node) {
		for (unsigned type = 0; type < MAX_NR_ZONES; type++)
			pages += node->node_zones[type].nr_memmap_pages;
	}
	return pages;
}

/* Expect: nothing is allocated at start, and the lists hold exactly what is managed. */
static void all_managed_pages_are_free_at_start(void **state)
{
	struct mem_system *sys = sim_new("512M");

	(void)state;
	assert_sound(sys);
	assert_true(sim_free_pages(sys) + memmap_pages(sys) + 64 >=
		    sys->page.totalram_pages); /* slab's own caches */
	assert_true(sys->page.totalram_pages > 512 * MiB / PAGE_SIZE * 9 / 10);
	sim_free(sys);
}

/* Expect: every order comes aligned to its size, in RAM, with one reference, and goes back. */
static void every_order_is_aligned_and_returns(void **state)
{
	struct mem_system *sys = sim_new("512M");
	u64 before = sim_free_pages(sys) + memmap_pages(sys);

	(void)state;
	for (unsigned order = 0; order <= MAX_PAGE_ORDER; order++) {
		struct page *page = alloc_pages(sys, GFP_KERNEL, order);
		u64 pfn;

		assert_non_null(page);
		pfn = page_to_pfn(sys, page);
		assert_true(is_aligned(pfn, 1ULL << order));
		assert_int_equal(page->_refcount, 1);
		assert_true(
			memblock_is_memory(&sys->memblock, pfn_to_phys(pfn), PAGE_SIZE << order));
		memset(page_address(sys, page), 0x5a, PAGE_SIZE << order);
		__free_pages(sys, page, order);
		assert_sound(sys);
	}
	assert_int_equal(sim_free_pages(sys) + memmap_pages(sys), before);
	assert_int_equal(sys->page.errors.bad_frees, 0);
	sim_free(sys);
}

/* Expect: DMA stays below 16 MiB, DMA32 below 4 GiB, NORMAL takes the highest memory first. */
static void zones_keep_their_limits(void **state)
{
	struct mem_system *sys = sim_new("6G");
	struct page *dma = alloc_pages(sys, GFP_DMA, 3), *dma32 = alloc_pages(sys, GFP_DMA32, 3);
	struct page *normal = alloc_pages(sys, GFP_KERNEL, 3);

	(void)state;
	assert_true(pfn_to_phys(page_to_pfn(sys, dma)) < ZONE_DMA_END);
	assert_in_range(pfn_to_phys(page_to_pfn(sys, dma32)), ZONE_DMA_END, ZONE_DMA32_END - 1);
	assert_true(pfn_to_phys(page_to_pfn(sys, normal)) >= ZONE_DMA32_END);
	sim_free(sys);
}

/* Expect: a node's request is served there, and elsewhere only when it may fall back. */
static void nodes_fall_back_only_when_allowed(void **state)
{
	struct mem_system *sys = sim_new("256M nodes=2");
	struct page *page, *list = NULL;

	(void)state;
	while ((page = alloc_pages_node(sys, 1, __GFP_THISNODE, 0))) {
		assert_int_equal(page_to_nid(page), 1);
		page->mapping = list;
		list = page;
	}
	page = alloc_pages_node(sys, 1, GFP_KERNEL, 0);
	assert_non_null(page);
	assert_int_equal(page_to_nid(page), 0);
	__free_page(sys, page);
	while (list) {
		page = list;
		list = page->mapping;
		__free_page(sys, page);
	}
	assert_sound(sys);
	sim_free(sys);
}

/* Expect: what is free, reserved or no page is refused, counted, and changes nothing. */
static void wrong_frees_are_refused(void **state)
{
	struct mem_system *sys = sim_new("256M");
	struct page *page = alloc_pages(sys, GFP_KERNEL, 2);
	u64 free;

	(void)state;
	__free_pages(sys, page, 2);
	free = sim_free_pages(sys);
	__free_pages(sys, page, 2);		     /* twice */
	__free_pages(sys, pfn_to_page(sys, 1), 0);   /* maybe free, maybe reserved */
	__free_pages(sys, page, MAX_PAGE_ORDER + 1); /* no such order */
	assert_true(sys->page.errors.bad_frees >= 2);
	assert_int_equal(sim_free_pages(sys), free);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect: filled to the last page and freed in random order, the largest blocks are whole again. */
static void fill_and_free_makes_whole_blocks(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u64 nr = 0, max = 128 * MiB / PAGE_SIZE, before[NR_FREE_ORDERS] = {0};
	struct page **pages = calloc(max, sizeof(*pages));
	struct prng prng;

	(void)state;
	/* The first fill pays for all struct pages, so that before and after can be equal. */
	for (int round = 0; round < 2; round++) {
		struct page *page;

		for (nr = 0; (page = alloc_page(sys, GFP_KERNEL)); nr++)
			pages[nr] = page;
		prng_seed(&prng, 42);
		for (u64 i = nr; i > 0; i--) {
			u64 pick = prng_below(&prng, i);

			__free_page(sys, pages[pick]);
			pages[pick] = pages[i - 1];
		}
		pcp_drain_all(sys, 0);
		assert_sound(sys);
		for_each_node(sys, node) {
			u64 inside[NR_FREE_ORDERS];

			zone_blocks_inside(&node->node_zones[ZONE_DMA32], inside);
			for (unsigned k = 0; k < NR_FREE_ORDERS; k++) {
				u64 blocks = inside[k];

				if (round)
					assert_int_equal(before[k], blocks);
				before[k] = blocks;
			}
		}
	}
	free(pages);
	sim_free(sys);
}

/* A naive model: one byte per page says who has it. */
struct model {
	u8 *owned;
	u64 nr;
};

static void model_take(struct model *m, u64 pfn, unsigned order)
{
	for (u64 i = 0; i < 1ULL << order; i++) {
		assert_true(pfn + i < m->nr);
		assert_int_equal(m->owned[pfn + i], 0);
		m->owned[pfn + i] = 1;
	}
}

static void model_give(struct model *m, u64 pfn, unsigned order)
{
	for (u64 i = 0; i < 1ULL << order; i++)
		m->owned[pfn + i] = 0;
}

#define SLOTS 600

static void random_operations(const char *spec, u64 seed, u32 steps)
{
	struct mem_system *sys = sim_new(spec);
	struct model m = {calloc(sys->page.max_pfn, 1), sys->page.max_pfn};
	struct {
		struct page *page;
		unsigned order;
	} slot[SLOTS] = {0};
	struct prng prng;

	print_message("# %s seed %llu\n", spec, seed);
	prng_seed(&prng, seed);
	for (u32 step = 0; step < steps; step++) {
		u32 i = (u32)prng_below(&prng, SLOTS);

		if (slot[i].page) {
			model_give(&m, page_to_pfn(sys, slot[i].page), slot[i].order);
			__free_pages(sys, slot[i].page, slot[i].order);
			slot[i].page = NULL;
		} else {
			gfp_t gfp = prng_below(&prng, 8) ? GFP_KERNEL : __GFP_DMA32;

			slot[i].order = (unsigned)prng_below(&prng, prng_below(&prng, 11) + 1);
			if (prng_below(&prng, 2))
				gfp |= __GFP_COMP;
			slot[i].page = alloc_pages(sys, gfp, slot[i].order);
			if (slot[i].page)
				model_take(&m, page_to_pfn(sys, slot[i].page), slot[i].order);
		}
		if (step % 1000 == 0)
			assert_sound(sys);
	}
	for (u32 i = 0; i < SLOTS; i++) {
		if (slot[i].page)
			__free_pages(sys, slot[i].page, slot[i].order);
	}
	assert_sound(sys);
	assert_int_equal(sys->page.errors.bad_frees, 0);
	free(m.owned);
	sim_free(sys);
}

static void random_operations_agree_with_a_naive_model(void **state)
{
	(void)state;
	random_operations("64M", 1, 40000);
	random_operations("3G nodes=2 levels=5", 2, 40000);
	random_operations("300M flat", 3, 40000);
	random_operations("5G no1g", 4, 40000);
}

/* Expect: on 1 TiB start-up writes little, and the first page brings one pageblock to life. */
static void start_up_does_not_grow_with_memory(void **state)
{
	struct mem_system *small = sim_new("8G"), *large = sim_new("1T");
	u64 bytes[2] = {0, 0};

	(void)state;
	for (u32 i = 0; i < small->steps.nr; i++)
		bytes[0] += small->steps.step[i].bytes;
	for (u32 i = 0; i < large->steps.nr; i++)
		bytes[1] += large->steps.step[i].bytes;
	assert_true(bytes[1] < bytes[0] + 1 * MiB);
	assert_true(large->page.alive_pageblocks <= small->page.alive_pageblocks + 2);
	sim_free(small);
	sim_free(large);
}

/* q35 with 6 GiB: RAM up to 2 GiB and from 4 GiB to 8 GiB, so a hole of 2 GiB that FLATMEM pays
 * for. */
static void both_models_say_what_holes_cost(void **state)
{
	static const char *const specs[] = {"6G", "6G flat"};
	struct memmodel_cost cost;

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		struct mem_system *sys = sim_new(specs[i]);

		memmodel_cost(sys, &cost);
		assert_int_equal(cost.flat_bytes, (8 * GiB >> PAGE_SHIFT) * 64);
		assert_int_equal(cost.flat_hole_bytes, (2 * GiB + 384 * KiB + 4 * KiB) / 64);
		assert_int_equal(cost.sections, 48);
		assert_int_equal(cost.sparse_hole_bytes, (384 * KiB + 4 * KiB) / 64);
		assert_int_equal(cost.populated_bytes,
				 i ? cost.flat_bytes : sys->page.populated_sections * 2 * MiB);
		assert_true(pfn_valid(sys, 0x100) && !pfn_valid(sys, 3 * GiB >> PAGE_SHIFT));
		assert_false(pfn_valid(sys, sys->page.max_pfn));
		assert_false(page_alive(sys, sys->page.max_pfn));
		sim_free(sys);
	}
}

/* Expect: as long as nothing is used, a 1 TiB machine's struct pages have no memory. */
static void struct_pages_come_to_life_with_use(void **state)
{
	struct mem_system *sys = sim_new("1T");
	u64 alive = sys->page.alive_pageblocks, sections = sys->page.populated_sections;
	struct page *page = alloc_pages(sys, GFP_KERNEL, MAX_PAGE_ORDER);

	(void)state;
	assert_int_equal(sys->page.alive_pageblocks, alive + 2);
	assert_in_range(sys->page.populated_sections, sections, sections + 1);
	assert_true(page_alive(sys, page_to_pfn(sys, page) + 1023));
	__free_pages(sys, page, MAX_PAGE_ORDER);
	assert_sound(sys);
	sim_free(sys);
}

static void flags_have_names(void **state)
{
	(void)state;
	assert_string_equal(page_flag_name(PG_slab), "slab");
	assert_null(page_flag_name(1));
	assert_null(page_flag_name(63));
}

/* Expect: HighMem means NORMAL; impossible orders are the caller's bug. */
static void impossible_orders_assert(void **state)
{
	struct mem_system *sys = sim_new("64M");

	(void)state;
	assert_null(alloc_pages(sys, GFP_KERNEL, MAX_PAGE_ORDER + 1));
	assert_int_equal(sys->page.errors.count[PAGE_BAD_ORDER], 1);
	assert_int_equal(gfp_zone(__GFP_HIGHMEM), ZONE_NORMAL);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_managed_pages_are_free_at_start),
		cmocka_unit_test(every_order_is_aligned_and_returns),
		cmocka_unit_test(zones_keep_their_limits),
		cmocka_unit_test(nodes_fall_back_only_when_allowed),
		cmocka_unit_test(wrong_frees_are_refused),
		cmocka_unit_test(fill_and_free_makes_whole_blocks),
		cmocka_unit_test(random_operations_agree_with_a_naive_model),
		cmocka_unit_test(start_up_does_not_grow_with_memory),
		cmocka_unit_test(both_models_say_what_holes_cost),
		cmocka_unit_test(struct_pages_come_to_life_with_use),
		cmocka_unit_test(flags_have_names),
		cmocka_unit_test(impossible_orders_assert),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
