/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Do the areas, the page tables and the struct pages say the same? */
#include "mm/page_alloc.h"
#include "vm_inner.h"

/* A page of ours is writable, not executable, and knows what it is for. */
static const char *check_own_page(const struct mem_system *sys, const struct page *page, u8 rights)
{
	if (!page_test(page, PG_vmalloc) || page->_refcount < 1)
		return "a page of an area does not know that it is one";
	if (!(rights & PTR_SW) || (sys->pt.nx && rights & PTR_SX))
		return "a page of an area has wrong rights";
	return NULL;
}

static const char *check_pages(const struct mem_system *sys, const struct vm_struct *area,
			       u64 *ret_va)
{
	struct pt_path path;

	for (u32 i = 0; i < area->nr_pages; i++) {
		u64 va = area->addr + ((u64)i << PAGE_SHIFT);
		const char *wrong;

		*ret_va = va;
		if (pt_lookup(&sys->pt, va, &path) != PT_MAPPED ||
		    pt_path_phys(&path, va) != pfn_to_phys(page_to_pfn(sys, area->pages[i])))
			return "a page of an area is not mapped where it should be";
		if (!(area->flags & VM_ALLOC))
			continue;
		wrong = check_own_page(sys, area->pages[i], path.entry[path.nr - 1].rights);
		if (wrong)
			return wrong;
	}
	*ret_va = area->addr + area->size - PAGE_SIZE;
	return pt_lookup(&sys->pt, *ret_va, &path) == PT_MAPPED ? "an area's guard page is mapped"
								: NULL;
}

static const char *check_area(const struct mem_system *sys, const struct vm_struct *area, u64 at,
			      u64 *ret_va)
{
	*ret_va = area->addr;
	if (area->list.next->prev != &area->list)
		return "the list of areas is broken";
	if (area->addr < at)
		return "areas overlap or are out of order";
	if (area->addr >= sys->layout.vmalloc_end ||
	    area->size > sys->layout.vmalloc_end - area->addr)
		return "an area lies beyond the region";
	if (!area->nr_pages || area->size != (area->nr_pages + 1ULL) << PAGE_SHIFT)
		return "an area's size is not that of its pages";
	return check_pages(sys, area, ret_va);
}

static int count_leaf(void *ctx, const struct pt_entry *e)
{
	if (e->present && e->leaf)
		*(u64 *)ctx += PT_SIZE(e->level) >> PAGE_SHIFT;
	return PT_DESCEND;
}

const char *vmalloc_check(const struct mem_system *sys, u64 *ret_va)
{
	u64 at = sys->layout.vmalloc_start, areas = 0, pages = 0, mapped = 0;
	struct vm_struct *area;

	list_for_each_entry(area, &sys->vmalloc.areas, list) {
		const char *wrong = check_area(sys, area, at, ret_va);

		if (wrong)
			return wrong;
		at = area->addr + area->size;
		areas++;
		pages += area->nr_pages;
	}
	*ret_va = sys->layout.vmalloc_start;
	if (areas != sys->vmalloc.nr_areas || pages != sys->vmalloc.nr_pages)
		return "the areas differ from their count";
	if (pt_walk(&sys->pt, sys->layout.vmalloc_start, sys->layout.vmalloc_end - 1, count_leaf,
		    &mapped))
		return "the tables of the region cannot be read";
	return mapped == pages ? NULL : "the region maps pages that no area has";
}
