/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* kvmalloc: which of the two it comes from, what it holds, how it goes back; products that wrap. */
#include "mm/vmalloc/kvmalloc.h"
#include "mm_fixture.h"

static bool is_area(struct mem_system *sys, const void *p)
{
	return vmalloc_find(sys, (u64)(uintptr_t)p - sys->vmalloc_offset) != NULL;
}

/* Takes all of memory, then gives back every second page: nothing larger than one is left. */
static void break_up(struct mem_system *sys, struct list_head *held)
{
	struct list_head all;
	struct page *page;
	u64 nr = 0;

	list_init(&all);
	list_init(held);
	while ((page = alloc_page(sys, GFP_KERNEL)))
		list_add(&page->lru, &all);
	while (!list_empty(&all)) {
		page = list_first_entry(&all, struct page, lru);
		list_del(&page->lru);
		if (page_to_pfn(sys, page) % 2)
			list_add(&page->lru, held);
		else
			__free_page(sys, page);
		nr++;
	}
	assert_true(nr > 1000);
}

static void make_whole(struct mem_system *sys, struct list_head *held)
{
	while (!list_empty(held)) {
		struct page *page = list_first_entry(held, struct page, lru);

		list_del(&page->lru);
		__free_page(sys, page);
	}
}

static void sizes_and_contents(void **state)
{
	static const size_t sizes[] = {1,    8,	     100,     4096,	   4097,   8192,
				       8193, 100000, 4 * MiB, 4 * MiB + 1, 9 * MiB};
	struct mem_system *sys = sim_new("64M");
	u64 pages = all_pages(sys);

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 *a = kvmalloc(sys, sizes[i], GFP_KERNEL);
		u8 *b = kvzalloc(sys, sizes[i], GFP_KERNEL);

		assert_int_equal(is_area(sys, a), sizes[i] > 4 * MiB);
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(b[at], 0);
		memset(a, 0xa5, sizes[i]);
		memset(b, 0x5a, sizes[i]);
		assert_int_equal(a[sizes[i] - 1], 0xa5);
		kvfree(sys, a);
		kvfree(sys, b);
		a = kvzalloc(sys, sizes[i], GFP_KERNEL); /* used memory is cleared too */
		assert_int_equal(a[0] | a[sizes[i] / 2] | a[sizes[i] - 1], 0);
		kvfree(sys, a);
	}
	assert_ptr_equal(kvmalloc(sys, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	kvfree(sys, ZERO_SIZE_PTR);
	kvfree(sys, NULL);
	assert_int_equal(slab_bad_frees(sys), 0);
	assert_int_equal(all_pages(sys), pages);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect: in memory that is in pieces, large requests of who can wait become areas. */
static void pieces_become_areas(void **state)
{
	struct mem_system *sys = sim_new("64M");
	u64 pages = all_pages(sys);
	struct list_head held;
	void *p;

	(void)state;
	break_up(sys, &held);
	assert_null(kmalloc(sys, 100000, GFP_KERNEL));
	p = kvzalloc(sys, 100000, GFP_KERNEL);
	assert_non_null(p);
	assert_true(is_area(sys, p));
	for (u32 i = 0; i < 100000; i++)
		assert_int_equal(((u8 *)p)[i], 0);
	kvfree(sys, p);
	assert_null(kvmalloc(sys, 100000, GFP_NOWAIT));
	assert_null(kvmalloc(sys, 100000, GFP_ATOMIC));
	assert_null(kvmalloc(sys, 100000, GFP_KERNEL | GFP_DMA32));
	make_whole(sys, &held);
	assert_int_equal(all_pages(sys), pages);
	assert_sound(sys);
	sim_free(sys);
}

static u32 asked;

static u64 count_one(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker;
	(void)sc;
	asked++;
	return 0;
}

static u64 scan_none(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker;
	(void)sc;
	return SHRINK_STOP;
}

/* Expect: nobody has to shrink for contiguous pages when pieces would do. */
static void nobody_shrinks_for_what_pieces_can_do(void **state)
{
	struct shrinker shrinker = {.name = "asked",
				    .count_objects = count_one,
				    .scan_objects = scan_none,
				    .seeks = DEFAULT_SEEKS};
	struct mem_system *sys = sim_new("64M");
	struct list_head held;
	void *p;

	(void)state;
	break_up(sys, &held);
	asked = 0;
	register_shrinker(sys, &shrinker);
	p = kvmalloc(sys, 100000, GFP_KERNEL);
	assert_non_null(p);
	kvfree(sys, p);
	assert_int_equal(asked, 0);
	p = kvmalloc(sys, 100000, GFP_KERNEL | __GFP_RETRY_MAYFAIL);
	assert_non_null(p);
	kvfree(sys, p);
	assert_true(asked > 0); /* who insists */
	unregister_shrinker(sys, &shrinker);
	make_whole(sys, &held);
	sim_free(sys);
}

static void kvfree_takes_either(void **state)
{
	struct mem_system *sys = sim_new("4G levels=5");
	u64 pages = all_pages(sys);
	u8 *p;

	(void)state;
	kvfree(sys, kmalloc(sys, 10, GFP_KERNEL));
	kvfree(sys, kmalloc(sys, MiB, GFP_KERNEL));
	kvfree(sys, vmalloc(sys, 10));
	kvfree(sys, vmalloc(sys, 5 * MiB));
	assert_int_equal(slab_bad_frees(sys) + sys->vmalloc.errors.bad_frees, 0);
	p = vmalloc(sys, 10);
	kvfree(sys, p + 1);
	kvfree(sys, &pages); /* no memory of the machine */
	assert_int_equal(sys->vmalloc.errors.bad_frees, 2);
	vfree(sys, p);
	p = kmalloc(sys, 10, GFP_KERNEL);
	kvfree(sys, p + 1);
	assert_int_equal(slab_bad_frees(sys), 1);
	kvfree(sys, p);
	assert_int_equal(all_pages(sys), pages);
	assert_sound(sys);
	sim_free(sys);
}

static void products_that_wrap_are_refused(void **state)
{
	static const struct {
		size_t n, size;
		bool fits;
	} cases[] = {
		{10, 10, true},
		{1, 4096, true},
		{0, ~0ULL, true},
		{~0ULL, 0, true},
		{1ULL << 32, 1ULL << 32, false},
		{1ULL << 63, 2, false},
		{~0ULL, ~0ULL, false},
		{3, ~0ULL / 3 + 1, false},
		{~0ULL / 16 + 2, 16, false},
	};
	struct mem_system *sys = sim_new("64M");
	u64 pages = all_pages(sys);

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		void *p[4] = {kmalloc_array(sys, cases[i].n, cases[i].size, GFP_KERNEL),
			      kcalloc(sys, cases[i].n, cases[i].size, GFP_KERNEL),
			      kvmalloc_array(sys, cases[i].n, cases[i].size, GFP_KERNEL),
			      kvcalloc(sys, cases[i].n, cases[i].size, GFP_KERNEL)};

		for (u32 k = 0; k < 4; k++) {
			assert_int_equal(p[k] != NULL, cases[i].fits);
			if (p[k] && p[k] != ZERO_SIZE_PTR)
				assert_true(ksize(sys, p[k]) >= cases[i].n * cases[i].size);
			kvfree(sys, p[k]);
		}
	}
	assert_int_equal(all_pages(sys), pages);
	assert_sound(sys);
	sim_free(sys);
}

static void arrays_are_zeroed_if_asked(void **state)
{
	struct mem_system *sys = sim_new("64M");

	(void)state;
	for (u32 round = 0; round < 3; round++) {
		u8 *small = kcalloc(sys, 30, 33, GFP_KERNEL);
		u8 *large = kvcalloc(sys, 3000, 3333, GFP_KERNEL);

		assert_true(is_area(sys, large));
		for (u32 i = 0; i < 30 * 33; i++)
			assert_int_equal(small[i], 0);
		for (u32 i = 0; i < 3000 * 3333; i++)
			assert_int_equal(large[i], 0);
		memset(small, 0xff, 30 * 33);
		memset(large, 0xff, 3000 * 3333);
		kvfree(sys, small);
		kvfree(sys, large);
	}
	sim_free(sys);
}

/* Expect: whichever page cannot be had, NULL or all of it, and nothing is lost. */
static void a_page_is_missing_at_every_place(void **state)
{
	struct mem_system *sys = sim_new("64M");
	u64 pages;
	void *p = kvmalloc(sys, 5 * MiB, GFP_KERNEL);

	(void)state;
	kvfree(sys, p); /* tables stay */
	pages = all_pages(sys);
	for (u64 k = 1, got = 0; got < 3; k++) {
		page_debug_fail_after(sys, k);
		p = kvmalloc(sys, 5 * MiB, GFP_KERNEL);
		page_debug_fail_after(sys, 0);
		got += p != NULL;
		kvfree(sys, p);
		assert_int_equal(all_pages(sys), pages);
		assert_true(k < 5000);
	}
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_contents),
		cmocka_unit_test(pieces_become_areas),
		cmocka_unit_test(nobody_shrinks_for_what_pieces_can_do),
		cmocka_unit_test(kvfree_takes_either),
		cmocka_unit_test(products_that_wrap_are_refused),
		cmocka_unit_test(arrays_are_zeroed_if_asked),
		cmocka_unit_test(a_page_is_missing_at_every_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
