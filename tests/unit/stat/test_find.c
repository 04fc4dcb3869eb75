/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What page allocator, slabs and vmalloc answer about any address, against what they handed out. */
#include "mm_fixture.h"

static struct mem_system *sys;

static int start(void **state)
{
	(void)state;
	sys = sim_new("1G nodes=2");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	assert_sound(sys);
	sim_free(sys);
	return 0;
}

static phys_addr_t pa_of(const void *p)
{
	return virt_to_phys(sys, p);
}

/* Every page is in at most one free block, and the blocks add up to the zones' counts. */
static void free_blocks_add_up(void **state)
{
	struct page *held = alloc_pages(sys, GFP_KERNEL, 0);
	u64 free = 0;

	(void)state;
	pcp_drain_all(sys, 0);
	for (u64 pfn = 0; pfn < sys->page.max_pfn;) {
		struct buddy_block block;

		if (!buddy_block_of(sys, pfn, &block)) {
			pfn++;
			continue;
		}
		assert_int_equal(block.pfn, pfn);
		assert_int_equal(page_use_of(sys, pfn), PAGE_FREE);
		free += 1ULL << block.order;
		pfn += 1ULL << block.order;
	}
	assert_int_equal(free, sim_free_pages(sys));
	__free_page(sys, held);
}

static void a_page_that_was_taken_is_in_no_block(void **state)
{
	struct page *page = alloc_pages(sys, GFP_KERNEL, 3);
	u64 pfn = page_to_pfn(sys, page);
	struct buddy_block block;

	(void)state;
	for (u64 i = 0; i < 8; i++) {
		assert_false(buddy_block_of(sys, pfn + i, &block));
		assert_int_equal(page_use_of(sys, pfn + i), PAGE_IN_USE);
	}
	__free_pages(sys, page, 3);
	assert_false(buddy_block_of(sys, pfn + 7, &block));
	assert_int_equal(page_use_of(sys, pfn + 7), PAGE_PCP);
	pcp_drain_all(sys, 0);
	assert_true(buddy_block_of(sys, pfn + 7, &block));
	assert_true(block.pfn <= pfn && block.pfn + (1ULL << block.order) > pfn + 7);
}

static void wild_page_numbers_are_no_pages(void **state)
{
	static const u64 wild[] = {0, 0xa0, ~0ULL, 1ULL << 40, 0xfee00};
	struct buddy_block block;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(wild); i++) {
		assert_false(buddy_block_of(sys, wild[i], &block));
		assert_null(zone_of_pfn(sys, wild[i] & ((1ULL << 40) - 1)));
	}
	assert_int_equal(page_use_of(sys, 0xa0), PAGE_NO_RAM);
	assert_int_equal(page_use_of(sys, sys->page.max_pfn), PAGE_NO_RAM);
}

static void zones_and_nodes(void **state)
{
	(void)state;
	assert_string_equal(zone_of_pfn(sys, 1)->name, "DMA");
	assert_string_equal(zone_of_pfn(sys, 0x1000)->name, "DMA32");
	assert_int_equal(zone_of_pfn(sys, 0x1000)->zone_pgdat->node_id, 0);
	assert_int_equal(zone_of_pfn(sys, sys->page.max_pfn - 1)->zone_pgdat->node_id, 1);
}

static void struct_pages_and_tables_are_known(void **state)
{
	u64 memmap = 0, tables = 0, reserved = 0;
	void *area = vmalloc(sys, 64 * KiB);

	(void)state;
	for (u64 pfn = 0; pfn < sys->page.max_pfn; pfn++) {
		enum page_use use = page_use_of(sys, pfn);

		memmap += use == PAGE_MEMMAP;
		tables += use == PAGE_TABLE;
		reserved += use == PAGE_RESERVED;
	}
	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++)
			memmap -= node->node_zones[type].nr_memmap_pages;
	}
	assert_int_equal(memmap, 0);
	assert_true(tables > 0 && reserved > 0);
	vfree(sys, area);
}

static void flags_by_name(void **state)
{
	struct page page = {.flags = 1ULL << PG_slab | 1ULL << PG_head | 1ULL << 40};
	char text[64], small[8];

	(void)state;
	assert_int_equal(page_flags_text(text, sizeof(text), &page), 15);
	assert_string_equal(text, "slab,head,bit40");
	assert_int_equal(page_flags_text(small, sizeof(small), &page), 15);
	assert_string_equal(small, "slab,he");
	page.flags = 0;
	assert_int_equal(page_flags_text(text, sizeof(text), &page), 0);
	assert_string_equal(text, "");
}

/* ---- slabs ------------------------------------------------------------------------------- */

static void objects_and_bytes_in_them(void **state)
{
	struct kmem_cache *cache = kmem_cache_create(sys, "test", 700, 0, 0, NULL);
	u8 *object = kmem_cache_alloc(sys, cache, GFP_KERNEL);
	struct slab_object found;

	(void)state;
	assert_true(slab_object_of(sys, pa_of(object) + 699, &found));
	assert_ptr_equal(found.cache, cache);
	assert_int_equal(found.offset, 699);
	assert_int_equal(found.slab + found.index * cache->size, pa_of(object));
	assert_int_equal(found.use, SLAB_LIVE);
	kmem_cache_free(sys, cache, object);
	assert_true(slab_object_of(sys, pa_of(object), &found));
	assert_int_equal(found.use, SLAB_IN_HAND);
	kmem_cache_drain(sys, cache);
	assert_true(slab_object_of(sys, pa_of(object), &found));
	assert_int_equal(found.use, SLAB_FREE);
	/* behind the last object there is a rest that is nobody's */
	assert_true(slab_object_of(sys, found.slab + cache->objects * cache->size, &found));
	assert_int_equal(found.use, SLAB_WASTE);
	assert_int_equal(kmem_cache_destroy(sys, cache), 0);
	assert_false(slab_object_of(sys, pa_of(object), &found));
}

/* A thousand random allocations: each is found again, at a random byte of it. */
static void random_objects_are_found(void **state)
{
	void *held[200] = {0};
	u32 sizes[200] = {0};
	struct prng p;

	(void)state;
	prng_seed(&p, 3);
	for (u32 step = 0; step < 2000; step++) {
		u32 i = (u32)prng_below(&p, ARRAY_SIZE(held));
		struct slab_object found;

		kfree(sys, held[i]);
		sizes[i] = 1 + (u32)prng_below(&p, 8000);
		held[i] = kmalloc(sys, sizes[i], GFP_KERNEL);
		i = (u32)prng_below(&p, ARRAY_SIZE(held));
		if (!held[i])
			continue;
		assert_true(slab_object_of(sys, pa_of(held[i]) + prng_below(&p, sizes[i]), &found));
		assert_int_equal(found.use, SLAB_LIVE);
		assert_int_equal(found.slab + found.index * found.cache->size, pa_of(held[i]));
	}
	for (u32 i = 0; i < ARRAY_SIZE(held); i++)
		kfree(sys, held[i]);
}

static void large_kmallocs_are_whole_pages(void **state)
{
	u8 *p = kmalloc(sys, 50000, GFP_KERNEL);
	phys_addr_t start_pa;
	struct slab_object object;
	u64 size;

	(void)state;
	assert_true(kmalloc_pages_of(sys, pa_of(p) + 49999, &start_pa, &size));
	assert_int_equal(start_pa, pa_of(p));
	assert_int_equal(size, 64 * KiB);
	assert_false(slab_object_of(sys, pa_of(p), &object));
	kfree(sys, p);
	assert_false(kmalloc_pages_of(sys, pa_of(p), &start_pa, &size));
}

static void wild_addresses_are_no_objects(void **state)
{
	static const phys_addr_t wild[] = {0, 0xa0000, ~0ULL, 1ULL << 51, 0xfee00000};
	struct slab_object object;
	phys_addr_t from;
	u64 size;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(wild); i++) {
		assert_false(slab_object_of(sys, wild[i], &object));
		assert_false(kmalloc_pages_of(sys, wild[i], &from, &size));
	}
}

static void pages_know_their_vmalloc_area(void **state)
{
	u8 *a = vmalloc(sys, 5 * PAGE_SIZE), *b = vmalloc(sys, PAGE_SIZE);
	u64 va = (u64)(uintptr_t)a - sys->vmalloc_offset;
	const struct vm_struct *area = vmalloc_find(sys, va);
	u32 index = 99;
	u64 pfn = vm_area_pfn(sys, area, 3);

	(void)state;
	assert_ptr_equal(vmalloc_find_page(sys, pfn, &index), area);
	assert_int_equal(index, 3);
	assert_int_equal(page_use_of(sys, pfn), PAGE_VMALLOC);
	vfree(sys, a);
	assert_null(vmalloc_find_page(sys, pfn, &index));
	vfree(sys, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(free_blocks_add_up, start, stop),
		cmocka_unit_test_setup_teardown(a_page_that_was_taken_is_in_no_block, start, stop),
		cmocka_unit_test_setup_teardown(wild_page_numbers_are_no_pages, start, stop),
		cmocka_unit_test_setup_teardown(zones_and_nodes, start, stop),
		cmocka_unit_test_setup_teardown(struct_pages_and_tables_are_known, start, stop),
		cmocka_unit_test_setup_teardown(flags_by_name, start, stop),
		cmocka_unit_test_setup_teardown(objects_and_bytes_in_them, start, stop),
		cmocka_unit_test_setup_teardown(random_objects_are_found, start, stop),
		cmocka_unit_test_setup_teardown(large_kmallocs_are_whole_pages, start, stop),
		cmocka_unit_test_setup_teardown(wild_addresses_are_no_objects, start, stop),
		cmocka_unit_test_setup_teardown(pages_know_their_vmalloc_area, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
