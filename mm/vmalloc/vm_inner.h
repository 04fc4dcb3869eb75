/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Areas, shared by vmalloc(), vmap() and ioremap(). */
#ifndef MM_VMALLOC_VM_INNER_H
#define MM_VMALLOC_VM_INNER_H

#include "mm/pgtable/leaf.h"
#include "mm/system.h"

#define VM_KERNEL_FLAGS (PT_WRITE | PT_NOEXEC | PT_GLOBAL)
#define VM_MAX_ALIGN	GiB
#define VM_HUGE_LEVEL	1 /* 2 MiB */
#define VM_NO_TABLE	(~0ULL)

/* ---- vm_area.c --------------------------------------------------------------------------- */

/* An area with room for nr_pages and a guard page, at the lowest multiple of `align` where it
 * surely fits. NULL: no memory, no room. */
struct vm_struct *vm_area_new(struct mem_system *sys, u64 nr_pages, u64 align, u32 flags,
			      const void *caller);
/* What an area of one kind that begins at va maps goes, lazily, and the area with it; size 0: of
 * any size. Refused and counted when there is none. */
void vm_area_free_at(struct mem_system *sys, u64 va, u64 size, u32 kind, const void *caller);
/* The same after a failure, at once: what was mapped was never handed out. Returns NULL. */
void *vm_area_drop(struct mem_system *sys, struct vm_struct *area);

static inline struct vm_struct *vm_area_of(struct tree_node *node)
{
	return node ? container_of(node, struct vm_struct, node) : NULL;
}

static inline u64 vm_area_end(const struct vm_struct *area)
{
	return area->addr + area->size;
}

/* Computes what an area knows of all that are below it in the tree: where they begin and end, and
 * the largest gap between any two of them. False: nothing of it changed. */
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

/* The entry for va: from the top only where the region's first 512 GiB end. */
static inline u64 *vm_find_entry(const struct mem_system *sys, u64 va, unsigned *ret_level)
{
	const struct vmalloc_system *v = &sys->vmalloc;

	if (likely(va >> PT_SHIFT(3) == v->upper_va))
		return pt_find_entry_below(&sys->pt, v->upper + PT_INDEX(va, 2), va, ret_level);
	return pt_find_entry(&sys->pt, va, ret_level);
}

/* ---- vm_map.c ---------------------------------------------------------------------------- */

/*
 * Entries of 4 KiB from `at` on in the area, which are its own: those of pages, or of nr frames in
 * a row, in one table. Returns how many pages are mapped: fewer when there is no memory for tables;
 * 0 or -ENOMEM.
 */
u32 vm_map_pages(struct mem_system *sys, struct vm_struct *area, u64 va, struct page *const *pages,
		 u32 nr, u64 bits);
int vm_map_block(struct mem_system *sys, struct vm_struct *area, u64 va, phys_addr_t pa, u32 nr,
		 u64 bits);
/* Maps [pa, pa + size) in the largest pages up to max_level. 0 or -ENOMEM, some of it mapped. */
int vm_map_range(struct mem_system *sys, struct vm_struct *area, u64 va, phys_addr_t pa, u64 size,
		 u64 pt_flags, unsigned max_level);
/* All entries are written. Returns the pointer that callers get. */
void *vm_area_ready(struct mem_system *sys, struct vm_struct *area);

/* ---- vm_purge.c -------------------------------------------------------------------------- */

/* Locked. */
u64 vm_purge_locked(struct mem_system *sys);
/* What waits for the purge goes when memory is short. */
void vm_init_shrinker(struct mem_system *sys);

/* ---- vm_error.c -------------------------------------------------------------------------- */

void vm_refuse(struct mem_system *sys, enum vm_error error, u64 addr, u64 size, const void *caller);
/* Counts a call that failed. Returns NULL. */
void *vm_failed(struct mem_system *sys);

/* A size in pages; 0: it is refused, as 0 or more than `max` pages. */
u64 vm_pages_of(struct mem_system *sys, u64 size, u64 max, const void *caller);

/* ---- ioremap.c --------------------------------------------------------------------------- */

void vm_init_types(struct mem_system *sys);

/* ---- both ways --------------------------------------------------------------------------- */

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
