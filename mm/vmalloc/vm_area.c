/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Areas of virtual addresses: the tree of them, the lowest gap, and their end. */
#include "mm/slab/slab.h"
#include "vm_inner.h"

#define NO_GAP (~0ULL)

/* ---- where an area lies ------------------------------------------------------------------ */

/* The lowest address with `len` free bytes. */
static u64 lowest_gap(const struct mem_system *sys, u64 len)
{
	u64 start = sys->given.layout.vmalloc_start, end = sys->given.layout.vmalloc_end;
	const struct vm_struct *area = vm_area_of(sys->vmalloc.areas.root), *left, *right;

	if (!area || area->first - start >= len)
		return end - start >= len ? start : NO_GAP;
	if (area->gap < len)
		return area->end <= end && end - area->end >= len ? area->end : NO_GAP;
	for (;;) { /* it is on the left of the node, just before it, just behind it, or right */
		left = vm_area_of(area->node.child[TREE_LEFT]);
		if (left && left->gap >= len) {
			area = left;
			continue;
		}
		if (left && area->addr - left->end >= len)
			return left->end;
		right = vm_area_of(area->node.child[TREE_RIGHT]);
		if (right->first - vm_area_end(area) >= len)
			return vm_area_end(area);
		area = right;
	}
}

/* The long way: the first gap that holds an aligned area, though it need not hold every one. */
static u64 lowest_aligned(const struct mem_system *sys, u64 size, u64 align)
{
	u64 at = round_up(sys->given.layout.vmalloc_start, align);
	struct tree_node *node = tree_first(&sys->vmalloc.areas);

	for (; node; node = tree_next(node)) {
		const struct vm_struct *area = vm_area_of(node);

		if (at <= area->addr && area->addr - at >= size)
			return at;
		at = round_up(vm_area_end(area), align);
	}
	return at <= sys->given.layout.vmalloc_end && sys->given.layout.vmalloc_end - at >= size
		       ? at
		       : NO_GAP;
}

/* A gap that holds the area wherever its multiple of `align` lies is found in O(log n), and nearly
 * always there. */
static u64 find_place(const struct mem_system *sys, u64 size, u64 align)
{
	u64 at = lowest_gap(sys, size + (align - PAGE_SIZE));

	if (align == PAGE_SIZE)
		return at;
	return at == NO_GAP ? lowest_aligned(sys, size, align) : round_up(at, align);
}

static void insert_area(struct tree *tree, struct vm_struct *area)
{
	struct tree_node *parent = NULL, *at = tree->root;
	int side = TREE_LEFT;

	while (at) {
		parent = at;
		side = vm_area_of(at)->addr < area->addr ? TREE_RIGHT : TREE_LEFT;
		at = at->child[side];
	}
	tree_insert(tree, &area->node, parent, side, vm_area_update);
}

/* Where the table is that the area begins in, if there is one. */
static u64 *first_entry(struct mem_system *sys, u64 va)
{
	struct vmalloc_system *v = &sys->vmalloc;
	unsigned level;
	u64 *entry;

	if (likely(va >> PT_SHIFT(1) == v->last_table))
		return v->last_entries + PT_INDEX(va, 0);
	entry = vm_find_entry(sys, va, &level);
	if (level)
		return NULL;
	v->last_table = va >> PT_SHIFT(1);
	v->last_entries = entry - PT_INDEX(va, 0);
	return entry;
}

static bool place_area(struct mem_system *sys, struct vm_struct *area, u64 align)
{
	u64 at = find_place(sys, area->size, align);

	if (at == NO_GAP && !list_empty(&sys->vmalloc.lazy)) {
		vm_purge_locked(sys);
		at = find_place(sys, area->size, align);
	}
	if (at == NO_GAP)
		return false;
	area->addr = at;
	area->entry = align < PT_SIZE(1) ? first_entry(sys, at) : NULL;
	insert_area(&sys->vmalloc.areas, area);
	sys->vmalloc.nr_areas++;
	if (area->flags & VM_ALLOC)
		sys->vmalloc.nr_pages += area->nr_pages;
	return true;
}

struct vm_struct *vm_area_new(struct mem_system *sys, u64 nr_pages, u64 align, u32 flags,
			      const void *caller)
{
	struct vm_struct *area = kmem_cache_alloc(sys, sys->vmalloc.cache, GFP_KERNEL);
	bool placed;

	if (unlikely(!area) && vm_purge(sys))
		area = kmem_cache_alloc(sys, sys->vmalloc.cache, GFP_KERNEL);
	if (!area)
		return vm_failed(sys);
	area->size = (nr_pages + 1) << PAGE_SHIFT;
	area->flags = flags;
	area->nr_pages = (u32)nr_pages;
	area->nr_entries = 0;
	area->phys_addr = 0;
	area->caller = caller;
	spin_lock(&sys->vmalloc.lock);
	placed = place_area(sys, area, align);
	spin_unlock(&sys->vmalloc.lock);
	if (placed)
		return area;
	kmem_cache_free(sys, sys->vmalloc.cache, area);
	return vm_failed(sys);
}

/* ---- its end ----------------------------------------------------------------------------- */

/* `next` becomes part of the lazy area, and so does a gap between them. (The area grows first: then
 * often nothing above it changes.) */
static void join(struct mem_system *sys, struct vm_struct *area, struct vm_struct *next)
{
	struct vmalloc_system *v = &sys->vmalloc;
	bool below = area->node.child[TREE_RIGHT]; /* then erasing comes by the area anyhow */

	area->size = vm_area_end(next) - area->addr;
	tree_erase(&v->areas, &next->node, vm_area_update);
	if (!below)
		tree_changed(&area->node, vm_area_update);
	kmem_cache_free(sys, v->cache, next);
}

/* Freed neighbours become one, so that the tree stays small and the purge has few ranges to look
 * at; a gap not larger than what is freed waits with them, as those that alignment leaves. */
static bool are_near(const struct vm_struct *low, const struct vm_struct *high, u64 size)
{
	return low && high && low->flags & high->flags & VM_LAZY &&
	       high->addr - vm_area_end(low) <= size;
}

static void make_lazy(struct mem_system *sys, struct vm_struct *area)
{
	u64 size = area->size, had = 0;
	struct vm_struct *prev = vm_area_of(tree_prev(&area->node));
	struct vm_struct *next = vm_area_of(tree_next(&area->node));

	area->flags = VM_LAZY;
	area->nr_pages = 0;
	if (are_near(prev, area, size)) {
		had = prev->size;
		join(sys, prev, area);
		area = prev;
	} else {
		list_add_tail(&area->purge, &sys->vmalloc.lazy);
	}
	if (are_near(area, next, size)) {
		had += next->size;
		list_del(&next->purge);
		join(sys, area, next);
	}
	sys->vmalloc.lazy_pages += (area->size - had) >> PAGE_SHIFT;
}

/* Are the area's entries where it knows them? Somebody may have split a large one. */
static bool knows_entries(const struct vm_struct *area)
{
	return area->nr_entries == area->nr_pages ||
	       (area->nr_entries == 1 && *area->entry & PTE_PS);
}

/* Locked. */
static void free_area(struct mem_system *sys, struct vm_struct *area)
{
	struct vmalloc_system *v = &sys->vmalloc;
	u64 pages = area->nr_pages;

	if (area->nr_entries == 1 && (area->nr_pages == 1 || *area->entry & PTE_PS))
		pt_set(area->entry, area->flags & VM_ALLOC ? *area->entry & ~PTE_P : 0);
	else if (likely(knows_entries(area)))
		pt_retire_entries(area->entry, area->nr_entries, area->flags & VM_ALLOC);
	else
		pt_retire(&sys->pt, area->addr, pages << PAGE_SHIFT, area->flags & VM_ALLOC);
	v->nr_areas--;
	if (area->flags & VM_ALLOC)
		v->nr_pages -= pages;
	make_lazy(sys, area);
	if (v->lazy_pages > v->lazy_max)
		vm_purge_locked(sys);
}

void *vm_area_drop(struct mem_system *sys, struct vm_struct *area)
{
	spin_lock(&sys->vmalloc.lock);
	free_area(sys, area);
	vm_purge_locked(sys);
	spin_unlock(&sys->vmalloc.lock);
	return vm_failed(sys);
}

/* Why the area at va cannot be freed as asked; NR_VM_ERRORS: it can. */
static enum vm_error wrong_free(const struct vm_struct *area, u64 va, u64 size, u32 kind)
{
	if (!area)
		return VM_FREE_NOTHING;
	if (area->flags & VM_LAZY)
		return VM_FREE_TWICE;
	if (!(area->flags & kind))
		return VM_FREE_OTHER;
	if (area->addr != va || (size && area->size != size + PAGE_SIZE))
		return VM_FREE_INSIDE;
	return NR_VM_ERRORS;
}

void vm_area_free_at(struct mem_system *sys, u64 va, u64 size, u32 kind, const void *caller)
{
	struct vm_struct *area;
	enum vm_error wrong;

	spin_lock(&sys->vmalloc.lock);
	area = (struct vm_struct *)vmalloc_find(sys, va);
	wrong = wrong_free(area, va, size, kind);
	if (likely(wrong == NR_VM_ERRORS))
		free_area(sys, area);
	spin_unlock(&sys->vmalloc.lock);
	if (unlikely(wrong != NR_VM_ERRORS))
		vm_refuse(sys, wrong, va, size, caller);
}
