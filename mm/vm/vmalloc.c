/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Areas of virtual addresses: first fit in a sorted list, a guard page behind each. */
#include "mm/vmalloc.h"

#include "mm/page_alloc.h"
#include "mm/system.h"

#define KERNEL_FLAGS (PT_WRITE | PT_NOEXEC | PT_GLOBAL)
#define MAX_PAGES    (1u << 24) /* 64 GiB: what the host's window and nr_pages can hold */

void vmalloc_init(struct mem_system *sys)
{
	memset(&sys->vmalloc, 0, sizeof(sys->vmalloc));
	list_init(&sys->vmalloc.areas);
}

static void *to_pointer(const struct mem_system *sys, u64 va)
{
	return (void *)(uintptr_t)(va + sys->vmalloc_offset);
}

static u64 to_va(const struct mem_system *sys, const void *p)
{
	return (u64)(uintptr_t)p - sys->vmalloc_offset;
}

/* Links the area in where the first hole of its size is. 0 or -ENOMEM. */
static int place_area(struct mem_system *sys, struct vm_struct *area)
{
	u64 at = sys->layout.vmalloc_start;
	struct vm_struct *next;

	list_for_each_entry(next, &sys->vmalloc.areas, list) {
		if (next->addr - at >= area->size)
			break;
		at = next->addr + next->size;
	}
	if (sys->layout.vmalloc_end - at < area->size)
		return -ENOMEM;
	area->addr = at;
	list_add_tail(&area->list, &next->list); /* before `next`, or last */
	sys->vmalloc.nr_areas++;
	return 0;
}

static struct vm_struct *area_new(struct mem_system *sys, u32 nr_pages, u32 flags,
				  const void *caller)
{
	struct vm_struct *area = kzalloc(sys, sizeof(*area), GFP_KERNEL);

	if (!area)
		return NULL;
	area->pages = kmalloc(sys, nr_pages * sizeof(area->pages[0]), GFP_KERNEL);
	area->nr_pages = nr_pages;
	area->size = (nr_pages + 1ULL) << PAGE_SHIFT;
	area->flags = flags;
	area->caller = caller;
	if (!area->pages || place_area(sys, area)) {
		kfree(sys, area->pages);
		kfree(sys, area);
		return NULL;
	}
	return area;
}

static void area_free(struct mem_system *sys, struct vm_struct *area)
{
	list_del(&area->list);
	sys->vmalloc.nr_areas--;
	kfree(sys, area->pages);
	kfree(sys, area);
}

/* Pages that follow each other physically from i on. */
static u32 contiguous(const struct vm_struct *area, u32 i)
{
	u32 n = 1;

	while (i + n < area->nr_pages && area->pages[i + n] == area->pages[i] + n)
		n++;
	return n;
}

/* Maps all pages; on failure what was mapped is taken away again. */
static int map_area(struct mem_system *sys, struct vm_struct *area, u64 flags)
{
	u32 done = 0;
	int err = 0;

	while (!err && done < area->nr_pages) {
		u32 n = contiguous(area, done);

		err = pt_map(&sys->pt, area->addr + ((u64)done << PAGE_SHIFT),
			     pfn_to_phys(page_to_pfn(sys, area->pages[done])), (u64)n << PAGE_SHIFT,
			     flags, 0);
		if (!err)
			done += n;
	}
	if (err && done)
		pt_unmap(&sys->pt, area->addr, (u64)done << PAGE_SHIFT);
	if (!err)
		sys->vmalloc.nr_pages += area->nr_pages;
	return err;
}

static void unmap_area(struct mem_system *sys, const struct vm_struct *area)
{
	/* Only 4 KiB pages are in it, so nothing has to be split and nothing can fail. */
	pt_unmap(&sys->pt, area->addr, (u64)area->nr_pages << PAGE_SHIFT);
	sys->vmalloc.nr_pages -= area->nr_pages;
}

static void free_area_pages(struct mem_system *sys, struct vm_struct *area, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		page_clear(area->pages[i], PG_vmalloc);
		__free_page(sys, area->pages[i]);
	}
}

/* Returns how many pages it got. */
static u32 alloc_area_pages(struct mem_system *sys, struct vm_struct *area)
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
	u64 nr = DIV_ROUND_UP(size, PAGE_SIZE);
	struct vm_struct *area;
	u32 got;

	if (!size || nr > MAX_PAGES)
		return NULL;
	area = area_new(sys, (u32)nr, VM_ALLOC, __builtin_return_address(0));
	if (!area)
		return NULL;
	got = alloc_area_pages(sys, area);
	if (got < nr || map_area(sys, area, KERNEL_FLAGS)) {
		free_area_pages(sys, area, got);
		area_free(sys, area);
		return NULL;
	}
	return to_pointer(sys, area->addr);
}

void *vmap(struct mem_system *sys, struct page **pages, u32 nr, u64 pt_flags)
{
	struct vm_struct *area;

	if (!nr || nr > MAX_PAGES)
		return NULL;
	area = area_new(sys, nr, VM_MAP, __builtin_return_address(0));
	if (!area)
		return NULL;
	memcpy(area->pages, pages, nr * sizeof(pages[0]));
	if (map_area(sys, area, pt_flags)) {
		area_free(sys, area);
		return NULL;
	}
	return to_pointer(sys, area->addr);
}

/* The area of one kind that begins at a pointer; NULL, and counted, when there is none. */
static struct vm_struct *area_at(struct mem_system *sys, const void *addr, u32 kind)
{
	u64 va = to_va(sys, addr);
	struct vm_struct *area;

	list_for_each_entry(area, &sys->vmalloc.areas, list) {
		if (area->addr == va && area->flags & kind)
			return area;
	}
	sys->vmalloc.bad_frees++;
	return NULL;
}

void vfree(struct mem_system *sys, const void *addr)
{
	struct vm_struct *area = addr ? area_at(sys, addr, VM_ALLOC) : NULL;

	if (!area)
		return;
	unmap_area(sys, area);
	free_area_pages(sys, area, area->nr_pages);
	area_free(sys, area);
}

void vunmap(struct mem_system *sys, const void *addr)
{
	struct vm_struct *area = addr ? area_at(sys, addr, VM_MAP) : NULL;

	if (!area)
		return;
	unmap_area(sys, area);
	area_free(sys, area);
}

const struct vm_struct *vmalloc_find(const struct mem_system *sys, u64 va)
{
	struct vm_struct *area;

	list_for_each_entry(area, &sys->vmalloc.areas, list) {
		if (va >= area->addr && va - area->addr < area->size)
			return area;
	}
	return NULL;
}

/* ---- check --------------------------------------------------------------------------------------
 */

static const char *check_area(const struct mem_system *sys, const struct vm_struct *area)
{
	struct pt_path path;

	for (u32 i = 0; i < area->nr_pages; i++) {
		u64 va = area->addr + ((u64)i << PAGE_SHIFT);

		if (pt_lookup(&sys->pt, va, &path) != PT_MAPPED ||
		    pt_path_phys(&path, va) != pfn_to_phys(page_to_pfn(sys, area->pages[i])))
			return "a page of an area is not mapped where it should be";
	}
	if (pt_lookup(&sys->pt, area->addr + area->size - PAGE_SIZE, &path) == PT_MAPPED)
		return "an area's guard page is mapped";
	return NULL;
}

const char *vmalloc_check(const struct mem_system *sys, u64 *ret_va)
{
	u64 at = sys->layout.vmalloc_start, areas = 0, pages = 0;
	struct vm_struct *area;

	list_for_each_entry(area, &sys->vmalloc.areas, list) {
		const char *wrong = check_area(sys, area);

		*ret_va = area->addr;
		if (wrong)
			return wrong;
		if (area->addr < at)
			return "areas overlap or are out of order";
		at = area->addr + area->size;
		areas++;
		pages += area->nr_pages;
	}
	if (areas != sys->vmalloc.nr_areas || pages != sys->vmalloc.nr_pages)
		return "the areas differ from their count";
	return at > sys->layout.vmalloc_end ? "an area lies beyond the region" : NULL;
}
