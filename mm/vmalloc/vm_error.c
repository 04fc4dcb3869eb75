/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Refused calls, with their callers. */
#include "vm_inner.h"

const char *vm_error_name(enum vm_error error)
{
	static const char *const names[] = {
		[VM_BAD_SIZE] = "size 0, or too large",
		[VM_BAD_ALIGN] = "alignment is not a power of two up to 1 GiB",
		[VM_BAD_PHYS] = "physical addresses that the CPU does not have",
		[VM_PHYS_IS_RAM] = "ioremap of RAM",
		[VM_BAD_TYPE] = "no such memory type",
		[VM_FREE_NOTHING] = "free of an address without an area",
		[VM_FREE_TWICE] = "free of an area that is free already",
		[VM_FREE_INSIDE] = "free of a part of an area",
		[VM_FREE_OTHER] = "free of an area of another kind",
	};

	return error < NR_VM_ERRORS ? names[error] : "?";
}

void vm_refuse(struct mem_system *sys, enum vm_error error, u64 addr, u64 size, const void *caller)
{
	struct vm_errors *e = &sys->vmalloc.errors;

	spin_lock(&sys->vmalloc.lock);
	e->count[error]++;
	e->bad_frees += error >= VM_FREE_NOTHING;
	e->last = error;
	e->addr = addr;
	e->size = size;
	e->caller = caller;
	spin_unlock(&sys->vmalloc.lock);
}

void *vm_failed(struct mem_system *sys)
{
	__atomic_add_fetch(&sys->vmalloc.errors.nr_failed, 1, __ATOMIC_RELAXED);
	return NULL;
}

u64 vm_pages_of(struct mem_system *sys, u64 size, u64 max, const void *caller)
{
	u64 nr = size / PAGE_SIZE + (size % PAGE_SIZE != 0); /* does not wrap for any size */

	if (likely(nr && nr <= max))
		return nr;
	vm_refuse(sys, VM_BAD_SIZE, 0, size, caller);
	return 0;
}
