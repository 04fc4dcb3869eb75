/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Areas of virtual addresses: first fit in a sorted list, a guard page behind each. */
#include "mm/system.h"
#include "vm_inner.h"

#define MAX_PAGES (1u << 24) /* 64 GiB in one area: so the host's window holds a dozen of them */

void vmalloc_init(struct mem_system *sys)
{
	memset(&sys->vmalloc, 0, sizeof(sys->vmalloc));
	list_init(&sys->vmalloc.areas);
	spin_lock_init(&sys->vmalloc.lock, "vmalloc", LOCK_VMALLOC, sys->page_options.watch);
}

/* ---- where an area lies -------------------------------------------------------------------------
 */

/* Links the area in where the first hole of its size is. 0 or -ENOMEM. */
static int place_area(struct mem_system *sys, struct vm_struct *area)
{
	u64 at = sys->layout.vmalloc_start;
	struct vm_struct *next;
	bool fits;

	spin_lock(&sys->vmalloc.lock);
	list_for_each_entry(next, &sys->vmalloc.areas, list) {
		if (next->addr - at >= area->size)
			break;
		at = next->addr + next->size;
	}
	fits = sys->layout.vmalloc_end - at >= area->size;
	if (fits) {
		area->addr = at;
		list_add_tail(&area->list, &next->list); /* before `next`, or last */
		sys->vmalloc.nr_areas++;
	}
	spin_unlock(&sys->vmalloc.lock);
	return fits ? 0 : -ENOMEM;
}

/* Arrays that kmalloc() cannot hold are areas themselves; theirs are small enough. */
static struct page **array_new(struct mem_system *sys, u64 nr_pages)
{
	u64 bytes = nr_pages * sizeof(struct page *);

	return bytes <= KMALLOC_MAX_SIZE ? kmalloc(sys, bytes, GFP_KERNEL) : vmalloc(sys, bytes);
}

static void array_free(struct mem_system *sys, struct page **array, u64 nr_pages)
{
	if (nr_pages * sizeof(struct page *) <= KMALLOC_MAX_SIZE)
		kfree(sys, array);
	else
		vfree(sys, array);
}

struct vm_struct *vm_area_new(struct mem_system *sys, u64 nr_pages, u32 flags, const void *caller)
{
	struct vm_struct *area;

	if (!nr_pages || nr_pages > MAX_PAGES)
		return NULL;
	area = kzalloc(sys, sizeof(*area), GFP_KERNEL);
	if (!area)
		return NULL;
	area->pages = array_new(sys, nr_pages);
	area->nr_pages = (u32)nr_pages;
	area->size = (nr_pages + 1) << PAGE_SHIFT;
	area->flags = flags;
	area->caller = caller;
	if (!area->pages || place_area(sys, area)) {
		array_free(sys, area->pages, nr_pages);
		kfree(sys, area);
		return NULL;
	}
	return area;
}

void vm_area_free(struct mem_system *sys, struct vm_struct *area)
{
	spin_lock(&sys->vmalloc.lock);
	list_del(&area->list);
	sys->vmalloc.nr_areas--;
	spin_unlock(&sys->vmalloc.lock);
	array_free(sys, area->pages, area->nr_pages);
	kfree(sys, area);
}

struct vm_struct *vm_area_at(struct mem_system *sys, const void *addr, u32 kind)
{
	u64 va = vm_to_va(sys, addr);
	struct vm_struct *area, *found = NULL;

	spin_lock(&sys->vmalloc.lock);
	list_for_each_entry(area, &sys->vmalloc.areas, list) {
		if (area->addr == va && area->flags & kind)
			found = area;
	}
	sys->vmalloc.bad_frees += !found;
	spin_unlock(&sys->vmalloc.lock);
	return found;
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

/* ---- what it shows ------------------------------------------------------------------------------
 */

/* How many pages from i on follow each other physically. */
static u32 contiguous(const struct vm_struct *area, u32 i)
{
	u32 n = 1;

	while (i + n < area->nr_pages && area->pages[i + n] == area->pages[i] + n)
		n++;
	return n;
}

/* Only 4 KiB pages are in it, so nothing has to be split and nothing can fail. */
static void unmap_pages(struct mem_system *sys, const struct vm_struct *area, u32 nr)
{
	int err = nr ? pt_unmap(&sys->pt, area->addr, (u64)nr << PAGE_SHIFT) : 0;

	ASSERT(!err, "area at %#llx: %d", area->addr, err);
}

static int map_pages(struct mem_system *sys, struct vm_struct *area, u64 pt_flags)
{
	u32 done = 0;

	while (done < area->nr_pages) {
		u32 n = contiguous(area, done);
		int err = pt_map(&sys->pt, area->addr + ((u64)done << PAGE_SHIFT),
				 pfn_to_phys(page_to_pfn(sys, area->pages[done])),
				 (u64)n << PAGE_SHIFT, pt_flags, 0);

		if (err) {
			unmap_pages(sys, area, done);
			return err;
		}
		done += n;
	}
	return 0;
}

int vm_area_map(struct mem_system *sys, struct vm_struct *area, u64 pt_flags)
{
	int err;

	spin_lock(&sys->vmalloc.lock);
	err = map_pages(sys, area, pt_flags);
	if (!err)
		sys->vmalloc.nr_pages += area->nr_pages;
	spin_unlock(&sys->vmalloc.lock);
	return err;
}

void vm_area_unmap(struct mem_system *sys, const struct vm_struct *area)
{
	spin_lock(&sys->vmalloc.lock);
	unmap_pages(sys, area, area->nr_pages);
	sys->vmalloc.nr_pages -= area->nr_pages;
	spin_unlock(&sys->vmalloc.lock);
}

/* ---- the caller's pages -------------------------------------------------------------------------
 */

void *vmap(struct mem_system *sys, struct page **pages, u32 nr, u64 pt_flags)
{
	struct vm_struct *area = vm_area_new(sys, nr, VM_MAP, __builtin_return_address(0));

	if (!area)
		return NULL;
	memcpy(area->pages, pages, nr * sizeof(pages[0]));
	if (vm_area_map(sys, area, pt_flags)) {
		vm_area_free(sys, area);
		return NULL;
	}
	return vm_to_pointer(sys, area->addr);
}

void vunmap(struct mem_system *sys, const void *addr)
{
	struct vm_struct *area = addr ? vm_area_at(sys, addr, VM_MAP) : NULL;

	if (!area)
		return;
	vm_area_unmap(sys, area);
	vm_area_free(sys, area);
}
