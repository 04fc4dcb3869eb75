/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Finds the area of an address or of a page frame. */
#include "vm_inner.h"

const struct vm_struct *vmalloc_find(const struct mem_system *sys, u64 va)
{
	const struct vm_struct *area = vm_area_of(sys->vmalloc.areas.root);

	while (area && va - area->addr >= area->size) /* also true for va below addr */
		area = vm_area_of(area->node.child[va >= area->addr ? TREE_RIGHT : TREE_LEFT]);
	return area;
}

const struct vm_struct *vmalloc_next(const struct mem_system *sys, const struct vm_struct *area)
{
	return vm_area_of(area ? tree_next(&area->node) : tree_first(&sys->vmalloc.areas));
}

u64 *vmalloc_entry(const struct mem_system *sys, u64 va, unsigned *ret_level)
{
	return vm_find_entry(sys, va, ret_level);
}

u64 vm_area_pfn(const struct mem_system *sys, const struct vm_struct *area, u32 i)
{
	u64 va = area->addr + ((u64)i << PAGE_SHIFT), val;
	unsigned level;

	ASSERT(i < area->nr_pages, "page %u of %u", i, area->nr_pages);
	val = *vm_find_entry(sys, va, &level);
	return phys_to_pfn((val & PTE_ADDR_MASK & ~(PT_SIZE(level) - 1)) +
			   (va & (PT_SIZE(level) - 1)));
}

const struct vm_struct *vmalloc_find_page(const struct mem_system *sys, u64 pfn, u32 *ret_index)
{
	const struct vm_struct *area = NULL;

	while ((area = vmalloc_next(sys, area))) {
		for (u32 i = 0; i < area->nr_pages; i++) {
			if (vm_area_pfn(sys, area, i) == pfn) {
				*ret_index = i;
				return area;
			}
		}
	}
	return NULL;
}
