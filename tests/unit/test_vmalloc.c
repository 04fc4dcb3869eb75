/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* vmalloc and vmap: where areas lie, what they show, wrong frees, failure, broken invariants. */
#include "mm_fixture.h"

static u64 va_of(const struct mem_system *sys, const void *p)
{
	return (u64)(uintptr_t)p - sys->vmalloc_offset;
}

static bool is_mapped(const struct mem_system *sys, u64 va, u8 *ret_rights)
{
	struct pt_path path;
	bool mapped = pt_lookup(&sys->pt, va, &path) == PT_MAPPED;

	*ret_rights = mapped ? path.entry[path.nr - 1].rights : 0;
	return mapped;
}

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

		assert_int_equal(va, sys->layout.vmalloc_start);
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
	u64 before = free_pages_shrunk(sys);

	(void)state;
	assert_null(vmalloc(sys, 0));
	assert_null(vmalloc(sys, 1ULL << 60));
	for (u64 less = 0; less < 2 * PAGE_SIZE; less += 511)
		assert_null(vmalloc(sys, ~0ULL - less));
	assert_null(vmalloc(sys, 64 * GiB + 1));
	assert_null(vmap(sys, NULL, 0, PT_WRITE));
	assert_null(vmap(sys, NULL, ~0u, PT_WRITE));
	assert_null(vmalloc(sys, 130 * MiB)); /* more than there is */
	assert_int_equal(free_pages_shrunk(sys) + sys->pt.nr_tables, before + sys->pt.nr_tables);
	assert_int_equal(sys->vmalloc.nr_areas, 0);
	assert_sound(sys);
	sim_free(sys);
}

/* 2 GiB and a page: the array of pages is larger than kmalloc's largest, so an area itself. */
static void the_array_of_a_large_area_is_an_area(void **state)
{
	struct mem_system *sys = sim_new("6G");
	u64 before = all_pages(sys), size = 2 * GiB + PAGE_SIZE;
	u8 *p = vmalloc(sys, size);

	(void)state;
	assert_non_null(p);
	assert_int_equal(sys->vmalloc.nr_areas, 2);
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
	sys->layout.vmalloc_end = sys->layout.vmalloc_start + 10 * PAGE_SIZE;
	assert_null(vmalloc(sys, 10 * PAGE_SIZE)); /* the guard page does not fit */
	assert_int_equal(free_pages_shrunk(sys), before);
	a = vmalloc(sys, 4 * PAGE_SIZE);
	b = vmalloc(sys, 4 * PAGE_SIZE);
	assert_non_null(b);
	assert_null(vmalloc(sys, 1));
	vfree(sys, a);
	assert_null(vmalloc(sys, 5 * PAGE_SIZE));
	assert_ptr_equal(vmalloc(sys, 4 * PAGE_SIZE), a);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- vmap ---------------------------------------------------------------------------------------
 */

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
	assert_int_equal(sys->page_errors.bad_frees, 0);
	assert_int_equal(sys->vmalloc.nr_areas, 0);
	assert_int_equal(sys->vmalloc.nr_pages, 0);
	assert_sound(sys);
	sim_free(sys);
}

static void wrong_frees_are_refused(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct page *page = alloc_page(sys, GFP_KERNEL);
	u8 *area = vmalloc(sys, 3 * PAGE_SIZE), *map = vmap(sys, &page, 1, PT_WRITE | PT_NOEXEC);

	(void)state;
	vfree(sys, area + 1);
	vfree(sys, area + PAGE_SIZE);
	vfree(sys, map);   /* vunmap's */
	vunmap(sys, area); /* vfree's */
	vfree(sys, page_address(sys, page));
	vfree(sys, (void *)1);
	assert_int_equal(sys->vmalloc.bad_frees, 6);
	assert_int_equal(sys->vmalloc.nr_areas, 2);
	assert_sound(sys);
	vunmap(sys, NULL);
	vfree(sys, NULL);
	vunmap(sys, map);
	vfree(sys, area);
	assert_int_equal(sys->vmalloc.bad_frees, 6);
	vfree(sys, area); /* twice */
	vunmap(sys, map);
	assert_int_equal(sys->vmalloc.bad_frees, 8);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- random -------------------------------------------------------------------------------------
 */

#define AREAS	   60
#define MODEL_SIZE 2000

/* One byte per page of the region: 0 free, else taken, guard pages too. First fit, naively. */
static u32 model_place(u8 *model, u32 pages)
{
	for (u32 at = 0; at + pages <= MODEL_SIZE; at++) {
		u32 n = 0;

		while (n < pages && !model[at + n])
			n++;
		if (n < pages)
			continue;
		memset(model + at, 1, pages);
		return at;
	}
	fail();
	return 0;
}

static void random_areas_lie_where_the_model_puts_them(void **state)
{
	struct mem_system *sys = sim_new("256M");
	static u8 model[MODEL_SIZE];
	struct {
		u8 *p;
		u32 at, nr;
	} area[AREAS] = {0};
	u64 before = all_pages(sys);
	struct prng prng;

	(void)state;
	print_message("# seed 7\n");
	prng_seed(&prng, 7);
	memset(model, 0, sizeof(model));
	for (u32 step = 0; step < 4000; step++) {
		u32 i = (u32)prng_below(&prng, AREAS);

		if (!area[i].p) {
			area[i].nr = 1 + (u32)prng_below(&prng, 20);
			area[i].p = vmalloc(sys, area[i].nr * PAGE_SIZE);
			area[i].at = model_place(model, area[i].nr + 1);
			assert_int_equal(va_of(sys, area[i].p),
					 sys->layout.vmalloc_start + (u64)area[i].at * PAGE_SIZE);
			memset(area[i].p, (int)i + 1, area[i].nr * PAGE_SIZE);
			continue;
		}
		for (u64 k = 0; k < area[i].nr * PAGE_SIZE; k += 97)
			assert_int_equal(area[i].p[k], i + 1);
		vfree(sys, area[i].p);
		memset(model + area[i].at, 0, area[i].nr + 1);
		area[i].p = NULL;
		if (step % 256 == 0)
			assert_sound(sys);
	}
	for (u32 i = 0; i < AREAS; i++)
		vfree(sys, area[i].p);
	assert_int_equal(sys->vmalloc.bad_frees, 0);
	assert_int_equal(all_pages(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- failure ------------------------------------------------------------------------------------
 */

/* Expect for every k: when the k-th page cannot be had, NULL comes and all but page tables is given
 * back, from the first area in the region on. */
static void failure_at_every_page_gives_everything_back(void **state)
{
	struct mem_system *sys = sim_new("128M levels=5");
	u64 before = all_pages(sys), tables = sys->pt.nr_tables, k;
	void *p = NULL;

	(void)state;
	for (k = 1; !p; k++) {
		free_pages_shrunk(sys);
		page_debug_fail_after(sys, k);
		p = vmalloc(sys, 600 * PAGE_SIZE);
		page_debug_fail_after(sys, 0);
		if (!p) {
			assert_int_equal(all_pages(sys), before);
			assert_int_equal(sys->vmalloc.nr_areas, 0);
			assert_int_equal(sys->vmalloc.nr_pages, 0);
		}
		assert_sound(sys);
	}
	assert_true(k > 600);
	assert_true(sys->pt.nr_tables > tables + 2);
	vfree(sys, p);
	assert_int_equal(all_pages(sys), before);
	sim_free(sys);
}

static void vmap_fails_the_same_way(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct page *pages[600];
	u64 before, k;
	void *p = NULL;

	(void)state;
	for (u32 i = 0; i < 600; i++)
		pages[i] = alloc_page(sys, GFP_KERNEL);
	for (u32 i = 0; i < 300; i += 2) { /* runs of one page, then of many */
		struct page *swap = pages[i];

		pages[i] = pages[i + 1];
		pages[i + 1] = swap;
	}
	before = all_pages(sys);
	for (k = 1; !p; k++) {
		free_pages_shrunk(sys);
		page_debug_fail_after(sys, k);
		p = vmap(sys, pages, 600, PT_WRITE | PT_NOEXEC);
		page_debug_fail_after(sys, 0);
		if (!p)
			assert_int_equal(all_pages(sys), before);
		assert_int_equal(sys->vmalloc.nr_areas, p ? 1 : 0);
		assert_sound(sys);
	}
	assert_true(k > 3);
	vunmap(sys, p);
	assert_int_equal(all_pages(sys), before);
	sim_free(sys);
}

/* ---- the check ----------------------------------------------------------------------------------
 */

static void expect_wrong(struct mem_system *sys, const char *text)
{
	u64 va;
	const char *wrong = vmalloc_check(sys, &va);

	assert_non_null(wrong);
	assert_string_equal(wrong, text);
}

/* A test that could not fail would be none: break each invariant, and the check must say so. */
static void the_check_finds_what_is_broken(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u8 *p = vmalloc(sys, 2 * PAGE_SIZE), *q = vmalloc(sys, PAGE_SIZE);
	u64 va = va_of(sys, p), end = sys->layout.vmalloc_end;
	struct vm_struct *a = list_first_entry(&sys->vmalloc.areas, struct vm_struct, list);
	struct vm_struct *b = list_entry(a->list.next, struct vm_struct, list);
	u64 kernel = PT_WRITE | PT_NOEXEC | PT_GLOBAL;
	phys_addr_t pa = pfn_to_phys(page_to_pfn(sys, b->pages[0]));
	struct page *page = a->pages[0];

	(void)state;
	a->pages[0] = a->pages[1];
	expect_wrong(sys, "a page of an area is not mapped where it should be");
	a->pages[0] = page;
	page_clear(page, PG_vmalloc);
	expect_wrong(sys, "a page of an area does not know that it is one");
	page_set(page, PG_vmalloc);
	assert_int_equal(pt_protect(&sys->pt, va, PAGE_SIZE, PT_NOEXEC), 0);
	expect_wrong(sys, "a page of an area has wrong rights");
	assert_int_equal(pt_protect(&sys->pt, va, PAGE_SIZE, PT_WRITE), 0);
	expect_wrong(sys, "a page of an area has wrong rights");
	assert_int_equal(pt_protect(&sys->pt, va, PAGE_SIZE, kernel), 0);
	assert_int_equal(pt_map(&sys->pt, va + 2 * PAGE_SIZE, pa, PAGE_SIZE, kernel, 0), 0);
	expect_wrong(sys, "an area's guard page is mapped");
	assert_int_equal(pt_unmap(&sys->pt, va + 2 * PAGE_SIZE, PAGE_SIZE), 0);
	assert_int_equal(pt_map(&sys->pt, va + MiB, pa, PAGE_SIZE, kernel, 0), 0);
	expect_wrong(sys, "the region maps pages that no area has");
	assert_int_equal(pt_unmap(&sys->pt, va + MiB, PAGE_SIZE), 0);
	a->size += PAGE_SIZE;
	expect_wrong(sys, "an area's size is not that of its pages");
	a->size -= PAGE_SIZE;
	sys->vmalloc.nr_pages++;
	expect_wrong(sys, "the areas differ from their count");
	sys->vmalloc.nr_pages--;
	sys->layout.vmalloc_end = va_of(sys, q) + PAGE_SIZE;
	expect_wrong(sys, "an area lies beyond the region");
	sys->layout.vmalloc_end = end;
	list_del(&a->list);
	list_add(&a->list, &b->list);
	expect_wrong(sys, "areas overlap or are out of order");
	list_del(&a->list);
	list_add(&a->list, &sys->vmalloc.areas);
	b->list.prev = &sys->vmalloc.areas;
	expect_wrong(sys, "the list of areas is broken");
	b->list.prev = &a->list;
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_are_apart_and_mapped),
		cmocka_unit_test(odd_sizes_give_null),
		cmocka_unit_test(the_array_of_a_large_area_is_an_area),
		cmocka_unit_test(no_room_in_the_region),
		cmocka_unit_test(vmap_shows_the_callers_pages),
		cmocka_unit_test(wrong_frees_are_refused),
		cmocka_unit_test(random_areas_lie_where_the_model_puts_them),
		cmocka_unit_test(failure_at_every_page_gives_everything_back),
		cmocka_unit_test(vmap_fails_the_same_way),
		cmocka_unit_test(the_check_finds_what_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
