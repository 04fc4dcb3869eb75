/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The caller's pages, shown one after the other. */
#include "vm_inner.h"

static void *map(struct mem_system *sys, struct page **pages, u32 nr, u64 bits, u32 kind,
		 const void *caller)
{
	struct vm_struct *area;

	if (!vm_pages_of(sys, (u64)nr << PAGE_SHIFT, sys->page.totalram_pages, caller))
		return NULL;
	area = vm_area_new(sys, nr, PAGE_SIZE, kind, caller);
	if (!area)
		return NULL;
	if (vm_map_pages(sys, area, area->addr, pages, nr, bits) < nr)
		return vm_area_drop(sys, area);
	return vm_area_ready(sys, area);
}

void *vmap(struct mem_system *sys, struct page **pages, u32 nr, u64 pt_flags)
{
	return map(sys, pages, nr, pt_leaf_bits(&sys->pt, pt_flags, 0), VM_MAP,
		   __builtin_return_address(0));
}

void vunmap(struct mem_system *sys, const void *addr)
{
	if (addr)
		vm_area_free_at(sys, vm_to_va(sys, addr), 0, VM_MAP, __builtin_return_address(0));
}

void *vm_map_ram(struct mem_system *sys, struct page **pages, u32 nr)
{
	return map(sys, pages, nr, sys->vmalloc.kernel_bits, VM_RAM, __builtin_return_address(0));
}

void vm_unmap_ram(struct mem_system *sys, const void *addr, u32 nr)
{
	u64 va = vm_to_va(sys, addr);

	if (nr)
		vm_area_free_at(sys, va, (u64)nr << PAGE_SHIFT, VM_RAM,
				__builtin_return_address(0));
	else
		vm_refuse(sys, VM_FREE_INSIDE, va, 0, __builtin_return_address(0));
}
