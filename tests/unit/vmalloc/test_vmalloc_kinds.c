/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the kinds of areas have of their own: zeros, nodes, alignment, large pages, devices. */
#include "../../../mm/vmalloc/vm_inner.h"
#include "vm_fixture.h"

static unsigned level_of(struct mem_system *sys, const void *p)
{
	unsigned level;

	assert_true(*pt_find_entry(&sys->pt, va_of(sys, p), &level) & PTE_P);
	return level;
}

/* ---- kinds ------------------------------------------------------------------------------- */

static void zeroed_ones_are_zero(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u8 *p;

	(void)state;
	p = vmalloc(sys, 3 * MiB);
	memset(p, 0xa5, 3 * MiB);
	vfree(sys, p);
	vm_purge(sys);
	p = vzalloc(sys, 3 * MiB);
	assert_true(is_all(p, 3 * MiB, 0));
	memset(p, 0xa5, 3 * MiB);
	vfree(sys, p);
	vm_purge(sys);
	p = vmalloc_user(sys, MiB + 1);
	assert_true(is_all(p, MiB + PAGE_SIZE, 0));
	assert_int_equal(vmalloc_find(sys, va_of(sys, p))->flags, VM_ALLOC | VM_USERMAP);
	vfree(sys, p);
	assert_sound(sys);
	sim_free(sys);
}

static void a_node_gives_its_pages(void **state)
{
	struct mem_system *sys = sim_new("256M nodes=2");

	(void)state;
	for (int nid = 0; nid < 2; nid++) {
		u8 *p = vmalloc_node(sys, 100 * PAGE_SIZE, nid);
		const struct vm_struct *area = vmalloc_find(sys, va_of(sys, p));

		for (u32 i = 0; i < 100; i++)
			assert_int_equal(page_to_nid(pfn_to_page(sys, vm_area_pfn(sys, area, i))),
					 nid);
		vfree(sys, p);
	}
	/* More than the node has: the rest comes from the other one. */
	vfree(sys, vmalloc_node(sys, 180 * MiB, 1));
	assert_int_equal(sys->vmalloc.errors.nr_failed, 0);
	assert_sound(sys);
	sim_free(sys);
}

static void alignment(void **state)
{
	struct mem_system *sys = sim_new("128M");

	(void)state;
	assert_null(vmalloc_aligned(sys, PAGE_SIZE, 0));
	assert_null(vmalloc_aligned(sys, PAGE_SIZE, 3 * PAGE_SIZE));
	assert_null(vmalloc_aligned(sys, PAGE_SIZE, 2 * GiB));
	assert_int_equal(sys->vmalloc.errors.count[VM_BAD_ALIGN], 3);
	for (u64 align = 1; align <= GiB; align *= 2) {
		u8 *small = vmalloc(sys, 1), *p = vmalloc_aligned(sys, 5000, align);

		assert_non_null(p);
		assert_true(is_aligned(va_of(sys, p), max(align, PAGE_SIZE)));
		p[4999] = 1;
		vfree(sys, small);
	}
	assert_sound(sys);
	sim_free(sys);
}

/* 5 MiB: two entries of 2 MiB and pages. Where blocks are broken, pages in their place. */
static void huge_ones_have_large_pages(void **state)
{
	struct mem_system *sys = sim_new("256M");
	u64 before = all_pages(sys), size = 5 * MiB;
	u8 *p = vmalloc_huge(sys, size), *small = vmalloc_huge(sys, 2 * MiB - PAGE_SIZE);

	(void)state;
	assert_int_equal(level_of(sys, p), 1);
	assert_int_equal(level_of(sys, p + 2 * MiB), 1);
	assert_int_equal(level_of(sys, p + 4 * MiB), 0);
	assert_int_equal(level_of(sys, small), 0);
	memset(p, 9, size);
	assert_sound(sys);
	assert_int_equal(page_use_of(sys, vm_area_pfn(sys, vmalloc_find(sys, va_of(sys, p)), 700)),
			 PAGE_VMALLOC);
	/* A split one is freed like any other. */
	assert_int_equal(pt_protect(&sys->pt, va_of(sys, p) + MiB, PAGE_SIZE, PT_NOEXEC), 0);
	assert_int_equal(level_of(sys, p), 0);
	assert_true(is_all(p, size, 9));
	vfree(sys, p);
	vfree(sys, small);
	p = vmalloc_huge(sys, 2 * MiB);
	assert_int_equal(pt_protect(&sys->pt, va_of(sys, p) + MiB, PAGE_SIZE, PT_NOEXEC), 0);
	vfree(sys, p);
	assert_int_equal(all_pages(sys), before);
	assert_int_equal(sys->page.errors.bad_frees, 0);
	assert_sound(sys);
	sim_free(sys);
}

static void huge_ones_fall_back(void **state)
{
	struct mem_system *sys = sim_new("64M");
	static struct page *held[16384];
	u32 nr = 0;
	u64 before;
	u8 *p;

	(void)state;
	while ((held[nr] = alloc_page(sys, GFP_KERNEL | __GFP_NOWARN)))
		nr++;
	for (u32 i = 0; i < nr; i++) { /* every other page is free: no block at all */
		if (page_to_pfn(sys, held[i]) % 2)
			__free_page(sys, held[i]);
	}
	before = all_pages(sys);
	p = vmalloc_huge(sys, 4 * MiB);
	assert_non_null(p);
	assert_int_equal(level_of(sys, p), 0);
	memset(p, 3, 4 * MiB);
	assert_sound(sys);
	vfree(sys, p);
	assert_int_equal(all_pages(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- ioremap ----------------------------------------------------------------------------- */

static unsigned pat_of(struct mem_system *sys, const void *p)
{
	unsigned level;
	u64 entry = *pt_find_entry(&sys->pt, va_of(sys, p), &level);

	return pat_index(entry, level);
}

static void device_memory_has_its_type(void **state)
{
	static const struct {
		u64 pat;
		enum memtype type;
		unsigned index;
	} cases[] = {
		{0, MEMTYPE_WB, 0},
		{0, MEMTYPE_WT, 1},
		{0, MEMTYPE_UC_MINUS, 2},
		{0, MEMTYPE_UC, 3},
		{0, MEMTYPE_WC, 2}, /* not in the PAT after reset */
		{0x0407050600070106, MEMTYPE_WC, 1},
		{0x0407050600070106, MEMTYPE_WP, 5},
		{0x0407050600070106, MEMTYPE_WT, 7},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mem_system *sys = sim_new("64M");
		u8 *p, *large;

		sys->given.pat = cases[i].pat;
		vm_init_types(sys);
		p = ioremap(sys, 0xf0000000, 3 * PAGE_SIZE, cases[i].type);
		large = ioremap(sys, 0xe0000000, 4 * MiB, cases[i].type);
		assert_int_equal(pat_of(sys, p), cases[i].index);
		assert_int_equal(pat_of(sys, large), cases[i].index);
		assert_int_equal(level_of(sys, large), 1);
		assert_sound(sys);
		sim_free(sys);
	}
}

static void device_memory_in_the_largest_pages(void **state)
{
	static const struct {
		const char *machine;
		phys_addr_t phys;
		u64 size;
		unsigned level, last_level;
	} cases[] = {
		{"64M", 0xf0000000, 2 * MiB, 1, 1},
		{"64M", 0xf0001000, 2 * MiB, 0, 0}, /* not aligned: as Linux, no search for luck */
		{"64M", 0xf0000000, 2 * MiB + 1, 1, 0},
		{"64M", 0x4000000000, 3 * GiB, 2, 2},
		{"64M no1g", 0x4000000000, GiB, 1, 1},
		{"64M levels=5", 0x4000000000, GiB + 2 * MiB, 2, 1},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mem_system *sys = sim_new(cases[i].machine);
		u64 before = all_pages(sys);
		u8 *p = ioremap(sys, cases[i].phys, cases[i].size, MEMTYPE_UC_MINUS);
		const struct vm_struct *area = vmalloc_find(sys, va_of(sys, p));

		assert_int_equal(level_of(sys, p), cases[i].level);
		assert_int_equal(level_of(sys, p + cases[i].size - 1), cases[i].last_level);
		assert_int_equal(area->phys_addr, cases[i].phys);
		assert_sound(sys);
		iounmap(sys, p + 100); /* anywhere in the first page */
		assert_int_equal(sys->vmalloc.errors.bad_frees, 0);
		assert_int_equal(all_pages(sys), before);
		assert_sound(sys);
		sim_free(sys);
	}
}

/* Expect 1 GiB to be mapped where another area left a table behind: by pages of 2 MiB there. */
static void a_gib_over_an_old_table(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u8 *p = vmalloc(sys, PAGE_SIZE), *q;

	(void)state;
	vfree(sys, p);
	vm_purge(sys);
	q = ioremap(sys, 0x4000000000, 3 * GiB, MEMTYPE_UC);
	assert_non_null(q);
	assert_int_equal(level_of(sys, q), 1);
	assert_int_equal(level_of(sys, q + 2 * GiB), 2);
	assert_sound(sys);
	iounmap(sys, q);
	vm_purge(sys);
	assert_sound(sys);
	sim_free(sys);
}

static void huge_ones_come_from_all_nodes(void **state)
{
	struct mem_system *sys = sim_new("256M nodes=2");
	u8 *p = vmalloc_huge(sys, 180 * MiB);

	(void)state;
	for (u64 at = 0; at < 180 * MiB; at += 2 * MiB)
		assert_int_equal(level_of(sys, p + at), 1);
	vfree(sys, p);
	assert_sound(sys);
	sim_free(sys);
}

static void zero_pages_are_no_area(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct page *page = alloc_page(sys, GFP_KERNEL);
	void *p = vm_map_ram(sys, &page, 1);

	(void)state;
	vm_unmap_ram(sys, p, 0);
	assert_int_equal(sys->vmalloc.nr_areas, 1);
	assert_int_equal(sys->vmalloc.errors.count[VM_FREE_INSIDE], 1);
	vm_unmap_ram(sys, p, 1);
	assert_int_equal(sys->vmalloc.nr_areas, 0);
	sim_free(sys);
}

static void what_is_no_device_memory_is_refused(void **state)
{
	struct mem_system *sys = sim_new("64M");
	const struct vm_errors *e = &sys->vmalloc.errors;
	u8 *p;

	(void)state;
	assert_null(ioremap(sys, MiB, PAGE_SIZE, MEMTYPE_UC));
	assert_int_equal(e->count[VM_PHYS_IS_RAM], 1);
	assert_int_equal(e->addr, MiB);
	assert_int_equal(e->size, PAGE_SIZE);
	assert_null(ioremap(sys, 64 * MiB - 1, 2, MEMTYPE_UC)); /* its first byte is */
	assert_int_equal(e->count[VM_PHYS_IS_RAM], 2);
	assert_null(ioremap(sys, 0xf0000000, 0, MEMTYPE_UC));
	assert_int_equal(e->count[VM_BAD_SIZE], 1);
	assert_null(ioremap(sys, ~0ULL, 2, MEMTYPE_UC));
	assert_null(ioremap(sys, 1ULL << 60, 2, MEMTYPE_UC));
	assert_null(ioremap(sys, 0xf0000000, ~0ULL, MEMTYPE_UC));
	assert_int_equal(e->count[VM_BAD_PHYS], 3);
	assert_null(ioremap(sys, 0xf0000000, 1, (enum memtype)2));
	assert_null(ioremap(sys, 0xf0000000, 1, (enum memtype)77));
	assert_int_equal(e->count[VM_BAD_TYPE], 2);
	assert_int_equal(sys->vmalloc.nr_areas, 0);
	p = ioremap(sys, 0xf0000ffe, 4, MEMTYPE_UC); /* four bytes in two pages */
	assert_int_equal(va_of(sys, p) % PAGE_SIZE, 0xffe);
	assert_int_equal(vmalloc_find(sys, va_of(sys, p))->nr_pages, 2);
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeroed_ones_are_zero),
		cmocka_unit_test(a_node_gives_its_pages),
		cmocka_unit_test(alignment),
		cmocka_unit_test(huge_ones_have_large_pages),
		cmocka_unit_test(huge_ones_fall_back),
		cmocka_unit_test(device_memory_has_its_type),
		cmocka_unit_test(device_memory_in_the_largest_pages),
		cmocka_unit_test(what_is_no_device_memory_is_refused),
		cmocka_unit_test(a_gib_over_an_old_table),
		cmocka_unit_test(huge_ones_come_from_all_nodes),
		cmocka_unit_test(zero_pages_are_no_area),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
