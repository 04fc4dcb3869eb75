/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Would vmalloc_check() see it? */
#include "../../../mm/vmalloc/vm_inner.h"
#include "vm_fixture.h"

static void expect_wrong(struct mem_system *sys, const char *text)
{
	u64 va;
	const char *wrong = vmalloc_check(sys, &va);

	assert_non_null(wrong);
	assert_string_equal(wrong, text);
}

static struct vm_struct *area_at(struct mem_system *sys, const void *p)
{
	return (struct vm_struct *)vmalloc_find(sys, va_of(sys, p));
}

/* The check of the tree works out anew what nodes know. */
static void put_right(struct mem_system *sys)
{
	while (tree_check(&sys->vmalloc.areas, vm_area_update))
		;
}

/* A test that could not fail would be none: break each invariant, and the check must say so. */
static void the_check_finds_wrong_areas(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u8 *p = vmalloc(sys, 2 * PAGE_SIZE), *q = vmalloc(sys, PAGE_SIZE);
	struct vm_struct *a = area_at(sys, p), *b = area_at(sys, q);
	u64 end = sys->given.layout.vmalloc_end;

	(void)state;
	b->addr -= PAGE_SIZE;
	expect_wrong(sys, "a tree's node knows wrong things of its subtree");
	put_right(sys);
	expect_wrong(sys, "areas overlap or are out of order");
	b->addr += PAGE_SIZE;
	put_right(sys);
	a->size += PAGE_SIZE;
	put_right(sys);
	expect_wrong(sys, "an area's size is not that of its pages");
	a->size -= PAGE_SIZE;
	put_right(sys);
	b->nr_pages++;
	expect_wrong(sys, "an area's size is not that of its pages");
	b->nr_pages--;
	a->flags |= VM_MAP;
	expect_wrong(sys, "an area is not of one kind");
	a->flags &= ~VM_MAP;
	sys->vmalloc.nr_pages++;
	expect_wrong(sys, "the areas differ from their count");
	sys->vmalloc.nr_pages--;
	sys->given.layout.vmalloc_end = va_of(sys, q) + PAGE_SIZE;
	expect_wrong(sys, "an area lies beyond the region");
	sys->given.layout.vmalloc_end = end;
	vfree(sys, q);
	b = area_at(sys, q);
	sys->vmalloc.lazy_pages++;
	expect_wrong(sys, "the freed areas differ from their count");
	sys->vmalloc.lazy_pages--;
	b->flags = VM_LAZY | VM_MAP;
	assert_null(vmalloc_check(sys, &(u64){0})); /* nobody asks for the kind of those */
	b->flags = 0;
	expect_wrong(sys, "an area is not of one kind");
	b->flags = VM_LAZY;
	list_init(&sys->vmalloc.lazy);
	expect_wrong(sys, "the freed areas differ from their count");
	list_init(&b->purge);
	list_add(&b->purge, &sys->vmalloc.lazy);
	assert_sound(sys);
	sim_free(sys);
}

static void the_check_finds_wrong_tables(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u8 *p = vmalloc(sys, 2 * PAGE_SIZE), *q = vmalloc(sys, PAGE_SIZE);
	u64 va = va_of(sys, p), kernel = PT_WRITE | PT_NOEXEC | PT_GLOBAL, *entry;
	struct page *page = pfn_to_page(sys, vm_area_pfn(sys, area_at(sys, q), 0));
	phys_addr_t pa = pfn_to_phys(page_to_pfn(sys, page));
	unsigned level;

	(void)state;
	page_clear(page, PG_vmalloc);
	expect_wrong(sys, "a page of an area does not know that it is one");
	page_set(page, PG_vmalloc);
	assert_int_equal(pt_protect(&sys->pt, va, PAGE_SIZE, PT_NOEXEC), 0);
	expect_wrong(sys, "a page of an area has wrong rights");
	assert_int_equal(pt_protect(&sys->pt, va, PAGE_SIZE, PT_WRITE), 0);
	expect_wrong(sys, "a page of an area has wrong rights");
	assert_int_equal(pt_protect(&sys->pt, va, PAGE_SIZE, kernel), 0);
	entry = pt_find_entry(&sys->pt, va + PAGE_SIZE, &level);
	*entry &= ~PTE_P;
	expect_wrong(sys, "a page of an area is not mapped");
	*entry |= PTE_P;
	assert_int_equal(pt_map(&sys->pt, va + 2 * PAGE_SIZE, pa, PAGE_SIZE, kernel, 0), 0);
	expect_wrong(sys, "an area's guard page is mapped");
	assert_int_equal(pt_unmap(&sys->pt, va + 2 * PAGE_SIZE, PAGE_SIZE), 0);
	assert_int_equal(pt_map(&sys->pt, va + MiB, pa, PAGE_SIZE, kernel, 0), 0);
	expect_wrong(sys, "the region maps pages that no area has");
	assert_int_equal(pt_unmap(&sys->pt, va + MiB, PAGE_SIZE), 0);
	entry = pt_find_entry(&sys->pt, va + MiB, &level);
	*entry = pa;
	expect_wrong(sys, "an entry is retired where nothing was freed");
	*entry = 0;
	assert_int_equal(pt_map(&sys->pt, va + 8 * MiB, pa, PAGE_SIZE, kernel, 0), 0);
	assert_int_equal(pt_unmap(&sys->pt, va + 8 * MiB, PAGE_SIZE), 0);
	expect_wrong(sys, "a page table serves no area");
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_finds_wrong_areas),
		cmocka_unit_test(the_check_finds_wrong_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
