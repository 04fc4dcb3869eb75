/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Areas, shared by vmalloc() and vmap(). */
#ifndef MM_VM_VM_INNER_H
#define MM_VM_VM_INNER_H

#include "mm/system.h"

/* An area of nr_pages and a guard page at the first address where it fits, its `pages` array not
 * yet filled. NULL: no pages, too many of them, no memory, no room. */
struct vm_struct *vm_area_new(struct mem_system *sys, u64 nr_pages, u32 flags, const void *caller);
/* Takes an unmapped area off the list and frees it; its pages stay as they are. */
void vm_area_free(struct mem_system *sys, struct vm_struct *area);

/* Maps all pages with flags PT_*. 0; -ENOMEM with nothing mapped. */
int vm_area_map(struct mem_system *sys, struct vm_struct *area, u64 pt_flags);
void vm_area_unmap(struct mem_system *sys, const struct vm_struct *area);

/* The area of one kind that begins at a pointer; NULL, and counted, when there is none. */
struct vm_struct *vm_area_at(struct mem_system *sys, const void *addr, u32 kind);

/* The pointer that callers get for a kernel virtual address. */
static inline void *vm_to_pointer(const struct mem_system *sys, u64 va)
{
	return (void *)(uintptr_t)(va + sys->vmalloc_offset);
}

static inline u64 vm_to_va(const struct mem_system *sys, const void *p)
{
	return (u64)(uintptr_t)p - sys->vmalloc_offset;
}

#endif
