/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Areas, for vmalloc(), vmap() and ioremap(). */
#ifndef MM_VMALLOC_VM_INNER_H
#define MM_VMALLOC_VM_INNER_H

#include "mm/pgtable/leaf.h"
#include "mm/system.h"

#define VM_KERNEL_FLAGS (PT_WRITE | PT_NOEXEC | PT_GLOBAL)
#define VM_MAX_ALIGN	GiB
#define VM_HUGE_LEVEL	1 /* 2 MiB */
#define VM_NO_TABLE	(~0ULL)

/* ---- vm_area.c --------------------------------------------------------------------------- */

/* Makes an area for nr_pages and a guard page, at a multiple of `align`, in the lowest gap that is
 * large enough for any alignment. NULL: no memory, no addresses. */
struct vm_struct *vm_area_new(struct mem_system *sys, u64 nr_pages, u64 align, u32 flags,
			      const void *caller);
/* Frees the area of this kind that begins at va, lazily; size 0: of any size. Refused and counted
 * if there is none. */
void vm_area_free_at(struct mem_system *sys, u64 va, u64 size, u32 kind, const void *caller);
/* Frees an area at once, after a failure to fill it. Returns NULL. */
void *vm_area_drop(struct mem_system *sys, struct vm_struct *area);

static inline struct vm_struct *vm_area_of(struct tree_node *node)
{
	return node ? container_of(node, struct vm_struct, node) : NULL;
}

static inline u64 vm_area_end(const struct vm_struct *area)
{
	return area->addr + area->size;
}

/* Computes an area's values for its subtree: the lowest and highest address in it, and the largest
 * gap between two neighbours in it. False: no value changed. */
static inline bool vm_area_update(struct tree_node *node)
{
	struct vm_struct *area = vm_area_of(node);
	const struct vm_struct *left = vm_area_of(node->child[TREE_LEFT]);
	const struct vm_struct *right = vm_area_of(node->child[TREE_RIGHT]);
	u64 first = area->addr, end = vm_area_end(area), gap = 0;

	if (left) {
		gap = max(left->gap, first - left->end);
		first = left->first;
	}
	if (right) {
		gap = max(gap, max(right->gap, right->first - end));
		end = right->end;
	}
	if (area->first == first && area->end == end && area->gap == gap)
		return false;
	area->first = first;
	area->end = end;
	area->gap = gap;
	return true;
}

/* The entry for va. In the region's first 512 GiB the walk starts at a known table. */
static inline u64 *vm_find_entry(const struct mem_system *sys, u64 va, unsigned *ret_level)
{
	const struct vmalloc_system *v = &sys->vmalloc;

	if (likely(va >> PT_SHIFT(3) == v->upper_va))
		return pt_find_entry_below(&sys->pt, v->upper + PT_INDEX(va, 2), va, ret_level);
	return pt_find_entry(&sys->pt, va, ret_level);
}

/* ---- vm_map.c ---------------------------------------------------------------------------- */

/*
 * Write entries of 4 KiB in the area, from va on. vm_map_pages() maps the pages and returns how
 * many: fewer than nr if there is no memory for tables. vm_map_block() maps nr frames in a row,
 * whose entries are in one table: 0 or -ENOMEM.
 */
u32 vm_map_pages(struct mem_system *sys, struct vm_struct *area, u64 va, struct page *const *pages,
		 u32 nr, u64 bits);
int vm_map_block(struct mem_system *sys, struct vm_struct *area, u64 va, phys_addr_t pa, u32 nr,
		 u64 bits);
/* Maps [pa, pa + size) in the largest pages up to max_level. 0; -ENOMEM: some of it is mapped. */
int vm_map_range(struct mem_system *sys, struct vm_struct *area, u64 va, phys_addr_t pa, u64 size,
		 u64 pt_flags, unsigned max_level);
/* Finishes an area after all entries are written. Returns the caller's pointer. */
void *vm_area_ready(struct mem_system *sys, struct vm_struct *area);

/* ---- vm_purge.c -------------------------------------------------------------------------- */

/* vm_purge() for a caller that holds the lock. */
u64 vm_purge_locked(struct mem_system *sys);
/* Registers the shrinker that purges freed areas when memory is short. */
void vm_init_shrinker(struct mem_system *sys);

/* ---- vm_error.c -------------------------------------------------------------------------- */

void vm_refuse(struct mem_system *sys, enum vm_error error, u64 addr, u64 size, const void *caller);
/* Counts a call that failed. Returns NULL. */
void *vm_failed(struct mem_system *sys);

/* A size in pages. 0: refused, as it is 0 or more than `max` pages. */
u64 vm_pages_of(struct mem_system *sys, u64 size, u64 max, const void *caller);

/* ---- ioremap.c --------------------------------------------------------------------------- */

void vm_init_types(struct mem_system *sys);

/* ---- pointers and addresses -------------------------------------------------------------- */

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
