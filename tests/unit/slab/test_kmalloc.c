/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* kmalloc, krealloc, ksize and kfree of every size, of other people's pages, and without memory. */
#include "mm_fixture.h"

static u64 large_pages(const struct mem_system *sys)
{
	u64 pages = 0;

	for (u32 nid = 0; nid < MAX_NUMNODES; nid++)
		pages += sys->slab.large_pages[nid];
	return pages;
}

static void sizes_go_to_the_smallest_class_that_holds_them(void **state)
{
	static const u32 classes[] = {8,   16,	32,   64,   96,	  128, 192,
				      256, 512, 1024, 2048, 4096, 8192};
	struct mem_system *sys = sim_new("128M");
	u32 class = 0;

	(void)state;
	assert_int_equal(ARRAY_SIZE(classes), NR_KMALLOC_SIZES);
	assert_string_equal(sys->slab.kmalloc[0][4]->name, "kmalloc-96");
	assert_string_equal(sys->slab.kmalloc[0][12]->name, "kmalloc-8k");
	for (u32 size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size++) {
		void *p = kmalloc(sys, size, GFP_KERNEL);

		class += size > classes[class];
		assert_int_equal(ksize(sys, p), classes[class]);
		if (is_pow2(size))
			assert_int_equal((uintptr_t)p % min(max(size, 8u), 4096u), 0);
		kfree(sys, p);
	}
	assert_int_equal(slab_bad_frees(sys), 0);
	sim_free(sys);
}

static void larger_ones_are_whole_pages(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u64 before = free_pages_shrunk(sys);

	(void)state;
	for (unsigned order = 2; order <= MAX_PAGE_ORDER; order++) {
		size_t most = PAGE_SIZE << order;
		u8 *p = kmalloc(sys, most / 2 + 1, GFP_KERNEL), *q = kmalloc(sys, most, GFP_KERNEL);

		assert_int_equal(ksize(sys, p), most);
		assert_int_equal(ksize(sys, q), most);
		assert_int_equal(large_pages(sys), 2ull << order);
		p[most - 1] = q[most - 1] = 1;
		kfree(sys, p);
		kfree(sys, q);
		assert_int_equal(large_pages(sys), 0);
	}
	assert_int_equal(free_pages_shrunk(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

static void odd_sizes(void **state)
{
	struct mem_system *sys = sim_new("128M");

	(void)state;
	assert_ptr_equal(kmalloc(sys, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_ptr_equal(kzalloc(sys, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_int_equal(ksize(sys, ZERO_SIZE_PTR), 0);
	assert_int_equal(ksize(sys, NULL), 0);
	kfree(sys, ZERO_SIZE_PTR);
	kfree(sys, NULL);
	for (u64 less = 0; less < 2 * PAGE_SIZE; less += 511)
		assert_null(kmalloc(sys, SIZE_MAX - less, GFP_KERNEL));
	assert_null(kmalloc(sys, KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
	assert_int_equal(slab_bad_frees(sys), 0);
	sim_free(sys);
}

static void kzalloc_clears_what_was_used_before(void **state)
{
	struct mem_system *sys = sim_new("128M");

	(void)state;
	for (size_t size = 1; size <= KMALLOC_MAX_SIZE; size = size * 5 / 3 + 1) {
		u8 *p = kmalloc(sys, size, GFP_KERNEL);

		memset(p, 0xee, ksize(sys, p));
		kfree(sys, p);
		p = kzalloc(sys, size, GFP_KERNEL);
		for (size_t i = 0; i < size; i++) {
			if (p[i])
				fail_msg("size %zu: byte %zu is %#x", size, i, p[i]);
		}
		kfree(sys, p);
	}
	sim_free(sys);
}

/* Objects share slabs, whoever asked first: so what must come from a zone is pages of its own. */
static void zones_are_honoured(void **state)
{
	static const size_t sizes[] = {8, 4096, 5000, 100000};
	struct mem_system *sys = sim_new("6G");

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *dma = kmalloc(sys, sizes[i], GFP_DMA),
		     *low = kmalloc(sys, sizes[i], GFP_DMA32);

		assert_int_equal(page_zonenum(virt_to_page(sys, dma)), ZONE_DMA);
		assert_true(page_zonenum(virt_to_page(sys, low)) <= ZONE_DMA32);
		assert_true(ksize(sys, dma) >= sizes[i] && ksize(sys, low) >= sizes[i]);
		kfree(sys, dma);
		kfree(sys, low);
	}
	assert_int_equal(large_pages(sys), 0);
	assert_int_equal(slab_bad_frees(sys), 0);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- wrong frees ------------------------------------------------------------------------- */

static void other_peoples_memory_is_refused(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u8 *small = kmalloc(sys, 64, GFP_KERNEL), *large = kmalloc(sys, 20000, GFP_KERNEL);
	struct page *compound = alloc_pages(sys, __GFP_COMP, 3);
	u8 *area = vmalloc(sys, 3 * PAGE_SIZE);
	void *wrong[] = {
		small + 8,
		large + 1,
		large + PAGE_SIZE, /* a tail page */
		page_address(sys, compound),
		page_address(sys, compound + 1),
		get_free_page(sys, GFP_KERNEL),
		area,
		phys_to_virt(sys, 0x1000),  /* no live page */
		phys_to_virt(sys, 1 * TiB), /* no memory */
		&sys,
		(void *)1,
	};
	u64 pages = large_pages(sys), free = sim_free_pages(sys);

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(ksize(sys, wrong[i]), 0);
		kfree(sys, wrong[i]);
		assert_int_equal(slab_bad_frees(sys), 2 * i + 1);
		assert_null(krealloc(sys, wrong[i], 100, GFP_KERNEL));
		assert_int_equal(slab_bad_frees(sys), 2 * i + 2);
	}
	assert_int_equal(large_pages(sys), pages);
	assert_int_equal(sim_free_pages(sys), free);
	assert_int_equal(sys->page.errors.bad_frees, 0);
	assert_sound(sys);
	sim_free(sys);
}

static void twice_is_refused(void **state)
{
	static const size_t sizes[] = {8, 100, 8192, 8193, 1000000};
	struct mem_system *sys = sim_new("128M");

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *p = kmalloc(sys, sizes[i], GFP_KERNEL);

		kfree(sys, p);
		kfree(sys, p);
		assert_int_equal(slab_bad_frees(sys), i + 1);
	}
	assert_int_equal(large_pages(sys), 0);
	assert_int_equal(sys->page.errors.bad_frees, 0);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- krealloc ---------------------------------------------------------------------------- */

static void krealloc_as_linux(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u8 *p = krealloc(sys, NULL, 100, GFP_KERNEL), *q;

	(void)state;
	memset(p, 0x42, 100);
	assert_ptr_equal(krealloc(sys, p, 128, GFP_KERNEL), p); /* still fits */
	assert_ptr_equal(krealloc(sys, p, 1, GFP_KERNEL), p);
	q = krealloc(sys, p, 20000, GFP_KERNEL | __GFP_ZERO);
	for (u32 i = 0; i < 100; i++)
		assert_int_equal(q[i], 0x42);
	for (u32 i = 128; i < 20000; i++)
		assert_int_equal(q[i], 0);
	assert_null(krealloc(sys, q, SIZE_MAX, GFP_KERNEL));
	page_debug_fail_after(sys, 1);
	assert_null(krealloc(sys, q, 100000, GFP_KERNEL));
	page_debug_fail_after(sys, 0);
	assert_int_equal(q[99], 0x42); /* untouched, and still ours */
	assert_ptr_equal(krealloc(sys, q, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	p = krealloc(sys, ZERO_SIZE_PTR, 5, GFP_KERNEL);
	assert_int_equal(ksize(sys, p), 8);
	kfree(sys, p);
	assert_ptr_equal(krealloc(sys, NULL, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_int_equal(slab_bad_frees(sys), 0);
	assert_int_equal(large_pages(sys), 0);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- random ------------------------------------------------------------------------------ */

#define SLOTS 1000

struct model {
	u8 *p;
	size_t size;
	u8 tag;
};

static void check_model(const struct model *m, size_t size)
{
	for (size_t k = 0; k < size; k++) {
		if (m->p[k] != m->tag)
			fail_msg("byte %zu of %zu is %#x, not %#x", k, m->size, m->p[k], m->tag);
	}
}

static size_t random_size(struct prng *prng)
{
	return 1 + prng_below(prng, 1ULL << prng_below(prng, 18));
}

/* Each is filled with its own byte; growing and shrinking keeps what fits. */
static void random_sizes_keep_to_themselves(void **state)
{
	struct mem_system *sys = sim_new("512M nodes=2");
	static struct model slot[SLOTS];
	u64 before = all_pages(sys);
	struct prng prng;

	(void)state;
	print_message("# seed 6\n");
	prng_seed(&prng, 6);
	memset(slot, 0, sizeof(slot));
	for (u32 step = 0; step < 30000; step++) {
		struct model *m = &slot[prng_below(&prng, SLOTS)];
		size_t size = random_size(&prng);

		if (m->p && prng_below(&prng, 2)) {
			check_model(m, m->size);
			kfree(sys, m->p);
			*m = (struct model){0};
			continue;
		}
		m->p = m->p ? krealloc(sys, m->p, size, GFP_KERNEL)
			    : kmalloc(sys, size, GFP_KERNEL);
		assert_non_null(m->p);
		assert_true(ksize(sys, m->p) >= size);
		check_model(m, min(size, m->size));
		m->size = size;
		m->tag = (u8)prng_next(&prng);
		memset(m->p, m->tag, size);
		if (step % 1024 == 0)
			assert_sound(sys);
	}
	for (u32 i = 0; i < SLOTS; i++)
		kfree(sys, slot[i].p);
	assert_int_equal(slab_bad_frees(sys), 0);
	assert_int_equal(large_pages(sys), 0);
	assert_int_equal(all_pages(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- failure ----------------------------------------------------------------------------- */

/* Expect NULL from both when no page can be had, and from then on everything as before. */
static void failure_gives_null_and_loses_nothing(void **state)
{
	static const size_t sizes[] = {3000, 8192, 8193, KMALLOC_MAX_SIZE};
	struct mem_system *sys = sim_new("128M");
	u64 before = free_pages_shrunk(sys);

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 *p;

		page_debug_fail_after(sys, 1);
		assert_null(kmalloc(sys, sizes[i], GFP_KERNEL));
		assert_null(kzalloc(sys, sizes[i], GFP_KERNEL));
		page_debug_fail_after(sys, 2);
		p = kmalloc(sys, 65, GFP_KERNEL);
		memset(p, 7, 65);
		assert_null(krealloc(sys, p, sizes[i], GFP_KERNEL));
		assert_int_equal(p[8], 7);
		page_debug_fail_after(sys, 0);
		kfree(sys, p);
		assert_int_equal(free_pages_shrunk(sys), before);
	}
	assert_int_equal(large_pages(sys), 0);
	assert_sound(sys);
	sim_free(sys);
}

/* All memory in small objects: the end comes as NULL, and all of it comes back. */
static void until_there_is_no_more(void **state)
{
	struct mem_system *sys = sim_new("64M");
	u64 before = all_pages(sys), nr = 0;
	void **last = NULL, **p;

	(void)state;
	while ((p = kmalloc(sys, 2048, GFP_KERNEL))) {
		*p = last;
		last = p;
		nr++;
	}
	assert_true(nr > 10000);
	assert_true(sim_free_pages(sys) < 32); /* less than the smallest slab, in each zone */
	assert_sound(sys);
	while (last) {
		p = *last;
		kfree(sys, last);
		last = p;
	}
	assert_int_equal(all_pages(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_go_to_the_smallest_class_that_holds_them),
		cmocka_unit_test(larger_ones_are_whole_pages),
		cmocka_unit_test(odd_sizes),
		cmocka_unit_test(kzalloc_clears_what_was_used_before),
		cmocka_unit_test(zones_are_honoured),
		cmocka_unit_test(other_peoples_memory_is_refused),
		cmocka_unit_test(twice_is_refused),
		cmocka_unit_test(krealloc_as_linux),
		cmocka_unit_test(random_sizes_keep_to_themselves),
		cmocka_unit_test(failure_gives_null_and_loses_nothing),
		cmocka_unit_test(until_there_is_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
