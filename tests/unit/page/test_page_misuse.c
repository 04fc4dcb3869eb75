/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Wrong calls of the page allocator are named, and its debugging aids tell who it was. */
#include "mm_fixture.h"

/* ---- debugging aids ---------------------------------------------------------------------- */

static __noinline struct page *somebody_allocates(struct mem_system *sys)
{
	struct page *page = alloc_page(sys, GFP_KERNEL | __GFP_RECLAIMABLE);

	__atomic_signal_fence(__ATOMIC_SEQ_CST); /* no tail call: the caller is who is remembered */
	return page;
}

static __noinline void somebody_frees(struct mem_system *sys, struct page *page)
{
	__free_page(sys, page);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static bool is_in(const void *address, const void *function)
{
	return (const u8 *)address >= (const u8 *)function &&
	       (const u8 *)address < (const u8 *)function + 1000;
}

static void aids_tell_who_it_was(void **state)
{
	struct mem_system *sys = sim_new("64M");
	u64 before = all_pages(sys), pfn;
	struct page_event alloc, freed, event;
	struct page *page;

	(void)state;
	assert_int_equal(page_debug_set(sys, PAGE_DEBUG_OWNER | PAGE_DEBUG_TRACE), 0);
	page = somebody_allocates(sys);
	pfn = page_to_pfn(sys, page);
	somebody_frees(sys, page);
	page_debug_owner(sys, pfn, &alloc, &freed);
	assert_true(alloc.nr && freed.nr > alloc.nr);
	assert_true(is_in(alloc.caller, somebody_allocates));
	assert_true(is_in(freed.caller, somebody_frees));
	assert_int_equal(alloc.gfp, GFP_KERNEL | __GFP_RECLAIMABLE);
	assert_true(page_debug_trace(sys, 0, &event));
	assert_true(event.free && event.pfn == pfn && event.nr == freed.nr);
	assert_true(page_debug_trace(sys, 1, &event));
	assert_true(!event.free && event.pfn == pfn);
	assert_false(page_debug_trace(sys, PAGE_TRACE_SIZE, &event));
	assert_int_equal(page_debug_set(sys, 0), 0);
	page_debug_owner(sys, pfn, &alloc, &freed);
	assert_int_equal(alloc.nr + freed.nr, 0);
	assert_int_equal(all_pages(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect: a write to a free page is found when the page is handed out, and who
 * freed it is named. */
static void expect_corrupt(struct mem_system *sys, u64 pfn)
{
	assert_int_equal(sys->page.errors.last, PAGE_CORRUPT);
	assert_int_equal(sys->page.errors.pfn, pfn);
	assert_non_null(sys->page.errors.caller);
}

static void poison_finds_writes_after_free(void **state)
{
	struct mem_system *sys = sim_new("64M");
	struct page *page, *pages[600];
	u64 pfn;

	(void)state;
	assert_int_equal(page_debug_set(sys, PAGE_DEBUG_POISON | PAGE_DEBUG_OWNER), 0);
	page = somebody_allocates(sys);
	pfn = page_to_pfn(sys, page);
	somebody_frees(sys, page);
	((u8 *)page_address(sys, page))[77] ^= 1;
	for (u32 i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = alloc_page(sys, GFP_KERNEL | __GFP_RECLAIMABLE);
	expect_corrupt(sys, pfn);
	for (u32 i = 0; i < ARRAY_SIZE(pages); i++)
		__free_page(sys, pages[i]);
	assert_int_equal(sys->page.errors.count[PAGE_CORRUPT], 1);
	assert_int_equal(page_debug_set(sys, 0), 0);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- locks ------------------------------------------------------------------------------- */

static void wrong_nesting_is_found(void **state)
{
	static struct lock_watch watch;
	struct spinlock low, high;

	(void)state;
	spin_lock_init(&low, "low", LOCK_MEMMAP, &watch);
	spin_lock_init(&high, "high", LOCK_ZONE, &watch);
	spin_lock(&low);
	spin_lock(&high);
	expect_assert_failure(spin_unlock(&low));
	spin_unlock(&high);
	spin_unlock(&low);
	spin_lock(&high);
	expect_assert_failure(spin_lock(&low));
	expect_assert_failure(spin_lock(&high));
	spin_unlock(&high);
	assert_int_equal(watch.cpu[0].nr, 0);
}

/* ---- bad input --------------------------------------------------------------------------- */

static void impossible_requests_are_named(void **state)
{
	static const gfp_t wrong[] = {__GFP_DMA | __GFP_DMA32,
				      __GFP_DMA | __GFP_HIGHMEM,
				      __GFP_DMA32 | __GFP_HIGHMEM,
				      __GFP_MOVABLE | __GFP_RECLAIMABLE,
				      1u << 30,
				      __GFP_NOFAIL | __GFP_NORETRY};
	struct mem_system *sys = sim_new("64M");
	struct page *pages[4];
	char text[64];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_non_null(gfp_wrong(wrong[i]));
		assert_null(alloc_pages(sys, wrong[i], 0));
		assert_int_equal(alloc_pages_bulk(sys, wrong[i], 4, pages), 0);
		assert_int_equal(sys->page.errors.count[PAGE_BAD_GFP], 2 * (i + 1));
	}
	assert_null(alloc_pages_node(sys, 7, GFP_KERNEL, 0));
	assert_int_equal(sys->page.errors.last, PAGE_BAD_NODE);
	assert_null(gfp_wrong(GFP_KERNEL | __GFP_ZERO));
	gfp_text(text, sizeof(text), GFP_KERNEL | __GFP_ZERO);
	assert_string_equal(text, "GFP_KERNEL|__GFP_ZERO");
	gfp_text(text, sizeof(text), 0);
	assert_string_equal(text, "0");
	assert_sound(sys);
	sim_free(sys);
}

static void expect_error(struct mem_system *sys, enum page_error error, u64 pfn)
{
	assert_int_equal(sys->page.errors.last, error);
	assert_int_equal(sys->page.errors.pfn, pfn);
	assert_true(sys->page.errors.caller != NULL);
	assert_non_null(page_error_name(error));
}

static void wrong_frees_are_named(void **state)
{
	struct mem_system *sys = sim_new("64M");
	struct page *page = alloc_pages(sys, GFP_KERNEL, 3),
		    *big = alloc_pages(sys, GFP_KERNEL, 10);
	u64 pfn = page_to_pfn(sys, page), free;

	(void)state;
	free = sim_free_pages(sys);
	__free_pages(sys, page, 2);
	expect_error(sys, PAGE_FREE_WRONG_ORDER, pfn);
	__free_pages(sys, page + 1, 0);
	expect_error(sys, PAGE_FREE_INSIDE, pfn + 1);
	__free_pages(sys, big + 700, 0);
	expect_error(sys, PAGE_FREE_INSIDE, page_to_pfn(sys, big) + 700);
	__free_pages(sys, page, 11);
	expect_error(sys, PAGE_BAD_ORDER, pfn);
	__free_pages(sys, pfn_to_page(sys, sys->page.max_pfn + 5), 0);
	expect_error(sys, PAGE_FREE_NO_RAM, sys->page.max_pfn + 5);
	__free_pages(sys, pfn_to_page(sys, 0), 0);
	expect_error(sys, PAGE_FREE_NO_RAM, 0);
	__free_pages(sys, page, 3);
	assert_int_equal(sys->page.errors.bad_frees, 6);
	__free_pages(sys, page, 3); /* in the CPU's list */
	expect_error(sys, PAGE_FREE_TWICE, pfn);
	pcp_drain_all(sys, 0);
	__free_pages(sys, page, 3); /* with the buddy */
	expect_error(sys, PAGE_FREE_TWICE, pfn);
	assert_int_equal(sim_free_pages(sys), free + 8);
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aids_tell_who_it_was),
		cmocka_unit_test(poison_finds_writes_after_free),
		cmocka_unit_test(wrong_nesting_is_found),
		cmocka_unit_test(impossible_requests_are_named),
		cmocka_unit_test(wrong_frees_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
