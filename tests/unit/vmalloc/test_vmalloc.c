/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* vmalloc and vmap: where areas lie, what they show, wrong frees, lazy unmapping. */
#include "vm_fixture.h"

/*
 *	| a: 5 pages |g| b: 1 |g|
 * Expect a guard page behind each, and the first hole that fits to be used again.
 */
static void areas_are_apart_and_mapped(void **state)
{
	static const char *const machines[] = {"256M", "256M levels=5", "256M flat no1g"};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mem_system *sys = sim_new(machines[i]);
		u8 *a = vmalloc(sys, 5 * PAGE_SIZE), *b = vmalloc(sys, 1);
		u64 va = va_of(sys, a);
		u8 rights;

		assert_int_equal(va, sys->given.layout.vmalloc_start);
		assert_ptr_equal(b, a + 6 * PAGE_SIZE);
		assert_true(is_mapped(sys, va + 5 * PAGE_SIZE - 1, &rights));
		assert_int_equal(rights, PTR_SR | PTR_SW);
		assert_false(is_mapped(sys, va + 5 * PAGE_SIZE, &rights));
		memset(a, 1, 5 * PAGE_SIZE);
		memset(b, 2, PAGE_SIZE);
		assert_int_equal(a[5 * PAGE_SIZE - 1], 1);
		assert_int_equal(vmalloc_find(sys, va + 100)->nr_pages, 5);
		assert_int_equal(vmalloc_find(sys, va + 6 * PAGE_SIZE)->nr_pages, 1);
		assert_null(vmalloc_find(sys, va - 1));
		assert_null(vmalloc_find(sys, va + 8 * PAGE_SIZE));
		assert_int_equal(sys->vmalloc.nr_pages, 6);
		assert_sound(sys);
		vfree(sys, a);
		assert_false(is_mapped(sys, va, &rights));
		assert_int_equal(vmalloc_find(sys, va)->flags, VM_LAZY);
		assert_ptr_equal(vmalloc(sys, PAGE_SIZE), b + 2 * PAGE_SIZE); /* not reused yet */
		assert_sound(sys);
		vfree(sys, b + 2 * PAGE_SIZE);
		vm_purge(sys);
		assert_ptr_equal(vmalloc(sys, 3 * PAGE_SIZE), a);
		assert_ptr_equal(vmalloc(sys, PAGE_SIZE), a + 4 * PAGE_SIZE);
		assert_ptr_equal(vmalloc(sys, PAGE_SIZE), b + 2 * PAGE_SIZE);
		assert_sound(sys);
		sim_free(sys);
	}
}

static void odd_sizes_give_null(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u64 before = all_pages(sys);

	(void)state;
	assert_null(vmalloc(sys, 0));
	assert_null(vmalloc(sys, 1ULL << 60));
	for (u64 less = 0; less < 2 * PAGE_SIZE; less += 511)
		assert_null(vmalloc(sys, ~0ULL - less));
	assert_null(vmalloc(sys, 64 * GiB + 1));
	assert_null(vmap(sys, NULL, 0, PT_WRITE));
	assert_null(vmap(sys, NULL, ~0u, PT_WRITE));
	assert_null(vmalloc(sys, 130 * MiB)); /* more than there is */
	assert_int_equal(all_pages(sys), before);
	assert_int_equal(sys->vmalloc.nr_areas, 0);
	assert_int_equal(sys->vmalloc.errors.count[VM_BAD_SIZE], 23);
	assert_int_equal(sys->vmalloc.errors.bad_frees, 0);
	assert_sound(sys);
	sim_free(sys);
}

/* 2 GiB and a page, most of it in blocks. */
static void a_large_area(void **state)
{
	struct mem_system *sys = sim_new("6G");
	u64 before = all_pages(sys), size = 2 * GiB + PAGE_SIZE;
	u8 *p = vmalloc(sys, size);

	(void)state;
	assert_non_null(p);
	p[0] = p[size - 1] = 3;
	assert_sound(sys);
	vfree(sys, p);
	assert_int_equal(sys->vmalloc.nr_areas, 0);
	assert_int_equal(all_pages(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

static void no_room_in_the_region(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u64 before = free_pages_shrunk(sys);
	u8 *a, *b;

	(void)state;
	sys->given.layout.vmalloc_end = sys->given.layout.vmalloc_start + 10 * PAGE_SIZE;
	assert_null(vmalloc(sys, 10 * PAGE_SIZE)); /* the guard page does not fit */
	assert_int_equal(free_pages_shrunk(sys), before);
	a = vmalloc(sys, 4 * PAGE_SIZE);
	b = vmalloc(sys, 4 * PAGE_SIZE);
	assert_non_null(b);
	assert_null(vmalloc(sys, 1));
	vfree(sys, a);
	assert_null(vmalloc(sys, 5 * PAGE_SIZE));
	assert_ptr_equal(vmalloc(sys, 4 * PAGE_SIZE), a); /* after a purge of its own */
	assert_null(vmalloc_aligned(sys, PAGE_SIZE, 4 * PAGE_SIZE));
	vfree(sys, a);
	vm_purge(sys);
	for (u32 i = 0; i < 3; i++) { /* a purge that frees addresses only */
		struct page *page = alloc_page(sys, GFP_KERNEL),
			    *pages[] = {page, page, page, page};
		u8 *map = vmap(sys, pages, 4, PT_WRITE);

		assert_ptr_equal(map, a);
		vunmap(sys, map);
	}
	assert_ptr_equal(vmalloc_aligned(sys, PAGE_SIZE, 4 * PAGE_SIZE), a);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- vmap -------------------------------------------------------------------------------- */

/* The caller's pages in the caller's order, one of them twice, with the caller's rights. */
static void vmap_shows_the_callers_pages(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct page *block = alloc_pages(sys, GFP_KERNEL, 2);
	struct page *pages[] = {block + 2, block, block + 1, block + 2};
	u8 *rw = vmap(sys, pages, 4, PT_WRITE | PT_NOEXEC), *ro = vmap(sys, pages, 2, PT_NOEXEC);
	u8 rights;

	(void)state;
	rw[0] = 11;
	rw[PAGE_SIZE] = 22;
	rw[2 * PAGE_SIZE] = 33;
	assert_int_equal(rw[3 * PAGE_SIZE], 11);
	assert_int_equal(ro[PAGE_SIZE], 22);
	assert_int_equal(*(u8 *)page_address(sys, block + 1), 33);
	assert_true(is_mapped(sys, va_of(sys, ro), &rights));
	assert_false(rights & PTR_SW);
	assert_sound(sys);
	memset(pages, 0, sizeof(pages)); /* the array may go */
	vunmap(sys, rw);
	vunmap(sys, ro);
	assert_int_equal(block->_refcount, 1); /* still the caller's */
	__free_pages(sys, block, 2);
	assert_int_equal(sys->page.errors.bad_frees, 0);
	assert_int_equal(sys->vmalloc.nr_areas, 0);
	assert_int_equal(sys->vmalloc.nr_pages, 0);
	assert_sound(sys);
	sim_free(sys);
}

static void map_ram_shows_them_too(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct page *block = alloc_pages(sys, GFP_KERNEL, 1), *pages[] = {block + 1, block};
	u8 *p = vm_map_ram(sys, pages, 2);

	(void)state;
	p[PAGE_SIZE] = 7;
	assert_int_equal(*(u8 *)page_address(sys, block), 7);
	assert_int_equal(vmalloc_find(sys, va_of(sys, p))->flags, VM_RAM);
	assert_sound(sys);
	vm_unmap_ram(sys, p, 1);
	assert_int_equal(sys->vmalloc.errors.last, VM_FREE_INSIDE);
	vunmap(sys, p);
	assert_int_equal(sys->vmalloc.errors.last, VM_FREE_OTHER);
	vm_unmap_ram(sys, p, 2);
	assert_int_equal(sys->vmalloc.errors.bad_frees, 2);
	assert_int_equal(sys->vmalloc.nr_areas, 0);
	assert_sound(sys);
	sim_free(sys);
}

static void expect_refused(struct mem_system *sys, enum vm_error error, const void *addr)
{
	static u64 before;

	assert_int_equal(sys->vmalloc.errors.last, error);
	assert_int_equal(sys->vmalloc.errors.addr, va_of(sys, addr));
	assert_non_null(sys->vmalloc.errors.caller);
	assert_int_not_equal(sys->vmalloc.errors.bad_frees, before);
	before = sys->vmalloc.errors.bad_frees;
	assert_sound(sys);
}

static void wrong_frees_are_refused(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct page *page = alloc_page(sys, GFP_KERNEL);
	u8 *area = vmalloc(sys, 3 * PAGE_SIZE), *map = vmap(sys, &page, 1, PT_WRITE | PT_NOEXEC);
	u8 *direct = page_address(sys, page);

	(void)state;
	vfree(sys, area + 1);
	expect_refused(sys, VM_FREE_INSIDE, area + 1);
	vfree(sys, area + PAGE_SIZE);
	expect_refused(sys, VM_FREE_INSIDE, area + PAGE_SIZE);
	vfree(sys, map);
	expect_refused(sys, VM_FREE_OTHER, map);
	vunmap(sys, area);
	expect_refused(sys, VM_FREE_OTHER, area);
	iounmap(sys, area);
	expect_refused(sys, VM_FREE_OTHER, area);
	vfree(sys, direct);
	expect_refused(sys, VM_FREE_NOTHING, direct);
	vfree(sys, (void *)1);
	expect_refused(sys, VM_FREE_NOTHING, (void *)1);
	vm_unmap_ram(sys, NULL, 1);
	expect_refused(sys, VM_FREE_NOTHING, NULL);
	assert_int_equal(sys->vmalloc.nr_areas, 2);
	vunmap(sys, NULL);
	vfree(sys, NULL);
	iounmap(sys, NULL);
	vunmap(sys, map);
	vfree(sys, area);
	assert_int_equal(sys->vmalloc.errors.bad_frees, 8);
	vfree(sys, area); /* twice */
	expect_refused(sys, VM_FREE_TWICE, area);
	vunmap(sys, map);
	expect_refused(sys, VM_FREE_TWICE, map);
	vm_purge(sys);
	vfree(sys, area);
	expect_refused(sys, VM_FREE_NOTHING, area);
	assert_string_equal(vm_error_name(VM_FREE_TWICE), "free of an area that is free already");
	for (enum vm_error error = 0; error < NR_VM_ERRORS; error++)
		assert_true(strlen(vm_error_name(error)) > 5);
	sim_free(sys);
}

/* ---- laziness ---------------------------------------------------------------------------- */

static struct {
	struct mem_system *sys;
	void (*changed)(struct pgtable *pt, u64 va, u64 size, bool removed);
	u64 flushes, first, end, pfn;
} seen;

/* While CPUs may still use a translation, its frame is not free and its table is there. */
static void watch_flushes(struct pgtable *pt, u64 va, u64 size, bool removed)
{
	if (removed) {
		seen.flushes++;
		seen.first = va;
		seen.end = va + size;
		if (seen.pfn)
			assert_int_equal(page_use_of(seen.sys, seen.pfn), PAGE_VMALLOC);
	}
	seen.changed(pt, va, size, removed);
}

static void nothing_is_used_anew_before_the_flush(void **state)
{
	struct mem_system *sys = sim_new("128M levels=5");
	u64 before = all_pages(sys), freed, va;
	u8 *p[100];

	(void)state;
	memset(&seen, 0, sizeof(seen));
	seen.sys = sys;
	seen.changed = sys->pt.changed;
	sys->pt.changed = watch_flushes;
	for (u32 i = 0; i < 100; i++)
		p[i] = vmalloc(sys, PAGE_SIZE);
	va = va_of(sys, p[0]);
	seen.pfn = vm_area_pfn(sys, vmalloc_find(sys, va), 0);
	for (u32 i = 0; i < 99; i++)
		vfree(sys, p[i]);
	assert_int_equal(seen.flushes, 0);
	assert_int_equal(page_use_of(sys, seen.pfn), PAGE_VMALLOC);
	assert_int_equal(sys->vmalloc.lazy_pages, 2 * 99);
	assert_ptr_equal(vmalloc_find(sys, va), vmalloc_next(sys, NULL)); /* all are one */
	assert_int_equal(vmalloc_find(sys, va)->size, 2 * 99 * PAGE_SIZE);
	assert_sound(sys);
	freed = vm_purge(sys);
	assert_int_equal(freed, 99);
	assert_int_equal(seen.flushes, 1);
	assert_int_equal(seen.first, va);
	assert_int_equal(seen.end, va + 2 * 99 * PAGE_SIZE);
	assert_int_equal(page_use_of(sys, seen.pfn), PAGE_PCP);
	assert_null(vmalloc_find(sys, va));
	assert_int_equal(vm_purge(sys), 0);
	assert_int_equal(seen.flushes, 1);
	assert_sound(sys);
	seen.pfn = 0;
	vfree(sys, p[99]);
	assert_int_equal(all_pages(sys), before);
	sim_free(sys);
}

/* More than lazy_max wait: they go by themselves. */
static void too_much_that_waits_is_purged(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u64 purges = 0;

	(void)state;
	for (u32 i = 0; i < 3000; i++) {
		vfree(sys, vmalloc(sys, 5 * PAGE_SIZE));
		assert_true(sys->vmalloc.lazy_pages <= sys->vmalloc.lazy_max);
	}
	purges = sys->vmalloc.nr_purges;
	assert_int_equal(purges, 3000 / (sys->vmalloc.lazy_max / 6 + 1));
	assert_sound(sys);
	sim_free(sys);
}

/* Memory that waits is there when it is needed. */
static void memory_that_waits_is_found(void **state)
{
	struct mem_system *sys = sim_new("128M");
	void *p;

	(void)state;
	sys->vmalloc.lazy_max = ~0ULL;
	for (u32 i = 0; i < 4; i++) {
		p = vmalloc(sys, 80 * MiB);
		assert_non_null(p);
		vfree(sys, p);
	}
	assert_int_equal(sys->vmalloc.nr_purges, 3);
	assert_sound(sys);
	sim_free(sys);
}

/* Tables of pages go with the last area in their 2 MiB; those above stay, and are used again. */
static void tables_do_not_pile_up(void **state)
{
	static const char *const machines[] = {"256M", "256M levels=5"};

	(void)state;
	for (u32 m = 0; m < ARRAY_SIZE(machines); m++) {
		struct mem_system *sys = sim_new(machines[m]);
		u64 before = all_pages(sys), tables = sys->pt.nr_tables, upper = 0;

		for (u32 round = 0; round < 20; round++) {
			u8 *a = vmalloc(sys, 5 * MiB), *b = vmalloc(sys, PAGE_SIZE);
			u8 *c = vmalloc_huge(sys, 4 * MiB), *d = vmalloc(sys, 9 * MiB);

			assert_true(a && b && c && d);
			vfree(sys, a);
			vfree(sys, d);
			vm_purge(sys);
			assert_sound(sys); /* no table without an area */
			vfree(sys, c);
			vfree(sys, b);
			vm_purge(sys);
			assert_sound(sys);
			upper = upper ? upper : sys->pt.nr_tables - tables;
			assert_int_equal(sys->pt.nr_tables - tables, upper);
		}
		assert_in_range(upper, 1, sys->pt.levels - 2u);
		assert_int_equal(all_pages(sys), before);
		sim_free(sys);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_are_apart_and_mapped),
		cmocka_unit_test(odd_sizes_give_null),
		cmocka_unit_test(a_large_area),
		cmocka_unit_test(no_room_in_the_region),
		cmocka_unit_test(vmap_shows_the_callers_pages),
		cmocka_unit_test(map_ram_shows_them_too),
		cmocka_unit_test(wrong_frees_are_refused),
		cmocka_unit_test(nothing_is_used_anew_before_the_flush),
		cmocka_unit_test(too_much_that_waits_is_purged),
		cmocka_unit_test(memory_that_waits_is_found),
		cmocka_unit_test(tables_do_not_pile_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
