/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* vmalloc: single pages from anywhere, made contiguous by an area. */
#include "mm/vmalloc.h"

#include "mm/page_alloc.h"
#include "vm_inner.h"

#define KERNEL_FLAGS (PT_WRITE | PT_NOEXEC | PT_GLOBAL)

static void free_pages_of(struct mem_system *sys, struct vm_struct *area, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		__free_page(sys, area->pages[i]);
}

/* Returns how many pages it got. */
static u32 alloc_pages_of(struct mem_system *sys, struct vm_struct *area)
{
	for (u32 i = 0; i < area->nr_pages; i++) {
		area->pages[i] = alloc_page(sys, GFP_KERNEL);
		if (!area->pages[i])
			return i;
		page_set(area->pages[i], PG_vmalloc);
	}
	return area->nr_pages;
}

void *vmalloc(struct mem_system *sys, u64 size)
{
	u64 nr = size / PAGE_SIZE + (size % PAGE_SIZE != 0); /* any size: nothing may wrap */
	struct vm_struct *area = vm_area_new(sys, nr, VM_ALLOC, __builtin_return_address(0));
	u32 got;

	if (!area)
		return NULL;
	got = alloc_pages_of(sys, area);
	if (got < nr || vm_area_map(sys, area, KERNEL_FLAGS)) {
		free_pages_of(sys, area, got);
		vm_area_free(sys, area);
		return NULL;
	}
	return vm_to_pointer(sys, area->addr);
}

void vfree(struct mem_system *sys, const void *addr)
{
	struct vm_struct *area = addr ? vm_area_at(sys, addr, VM_ALLOC) : NULL;

	if (!area)
		return;
	vm_area_unmap(sys, area);
	free_pages_of(sys, area, area->nr_pages);
	vm_area_free(sys, area);
}
