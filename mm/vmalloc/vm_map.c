/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Filling an area's entries. They are its own, so they are written without the lock; only tables,
 * which areas share, are made under it. A table that is there stays while the area does.
 */
#include "vm_inner.h"

enum { AT_ONCE = 8 };

static u64 *make_entry(struct mem_system *sys, u64 va, unsigned level)
{
	u64 *entry;
	int err;

	spin_lock(&sys->vmalloc.lock);
	err = pt_need_entry(&sys->pt, va, level, &entry);
	if (err && vm_purge_locked(sys))
		err = pt_need_entry(&sys->pt, va, level, &entry);
	spin_unlock(&sys->vmalloc.lock);
	return err ? NULL : entry;
}

/* The entry of `level` for va. NULL: no memory for tables. */
static u64 *need_entry(struct mem_system *sys, u64 va, unsigned level)
{
	unsigned found;
	u64 *entry = vm_find_entry(sys, va, &found);

	return likely(found == level) ? entry : make_entry(sys, va, level);
}

/* The same for an area, which keeps its first entry. */
static inline u64 *area_entry(struct mem_system *sys, struct vm_struct *area, u64 va,
			      unsigned level)
{
	if (likely(va == area->addr && area->entry))
		return area->entry;
	if (va != area->addr)
		return need_entry(sys, va, level);
	return area->entry = need_entry(sys, va, level);
}

/* Struct pages are so many times smaller than pages. */
static inline phys_addr_t page_phys(const struct page *first, const struct page *page)
{
	return ((u64)(uintptr_t)page - (u64)(uintptr_t)first) * (PAGE_SIZE / sizeof(*page));
}

static void write_entries(u64 *entry, struct page *const *pages, u32 nr, const struct page *first,
			  u64 bits)
{
	for (; nr >= AT_ONCE; nr -= AT_ONCE, entry += AT_ONCE, pages += AT_ONCE) {
#pragma GCC unroll AT_ONCE
		for (u32 i = 0; i < AT_ONCE; i++)
			pt_set(&entry[i], page_phys(first, pages[i]) | bits);
	}
	for (u32 i = 0; i < nr; i++)
		pt_set(&entry[i], page_phys(first, pages[i]) | bits);
}

u32 vm_map_pages(struct mem_system *sys, struct vm_struct *area, u64 va, struct page *const *pages,
		 u32 nr, u64 bits)
{
	for (u32 done = 0, n; done < nr; done += n, va += n * PAGE_SIZE) {
		u64 *entry = area_entry(sys, area, va, 0);

		if (!entry)
			return done;
		n = min(nr - done, pt_entries_left(va, 0));
		write_entries(entry, pages + done, n, sys->page.mem_map, bits);
	}
	return nr;
}

static void write_range(u64 *entry, u32 nr, u64 val, u64 step)
{
	for (; nr >= AT_ONCE; nr -= AT_ONCE, entry += AT_ONCE) {
#pragma GCC unroll AT_ONCE
		for (u32 i = 0; i < AT_ONCE; i++, val += step)
			pt_set(&entry[i], val);
	}
	for (u32 i = 0; i < nr; i++, val += step)
		pt_set(&entry[i], val);
}

int vm_map_block(struct mem_system *sys, struct vm_struct *area, u64 va, phys_addr_t pa, u32 nr,
		 u64 bits)
{
	u64 *entry = area_entry(sys, area, va, 0);

	if (!entry)
		return -ENOMEM;
	write_range(entry, nr, pa | bits, PAGE_SIZE);
	return 0;
}

/* The largest page for the beginning of what is left. */
static unsigned level_for(const struct mem_system *sys, u64 at, u64 size, unsigned max_level)
{
	unsigned level = min(max_level, (unsigned)sys->pt.max_page_level);

	while (level && (!is_aligned(at, PT_SIZE(level)) || size < PT_SIZE(level)))
		level--;
	return level;
}

int vm_map_range(struct mem_system *sys, struct vm_struct *area, u64 va, phys_addr_t pa, u64 size,
		 u64 pt_flags, unsigned max_level)
{
	while (size) {
		unsigned level = level_for(sys, va | pa, size, max_level);
		u64 bits, *entry, bytes;
		u32 n, max;
		unsigned found;

		if (level > 1) {
			vm_find_entry(sys, va, &found); /* tables above the lowest stay */
			level = min(level, found);
		}
		bits = pt_leaf_bits(&sys->pt, pt_flags, level);
		entry = area_entry(sys, area, va, level);
		max = (u32)min(size >> PT_SHIFT(level), (u64)pt_entries_left(va, level));
		if (!entry)
			return -ENOMEM;
		for (n = 1; n < max && !entry[n]; n++)
			;
		ASSERT(!*entry, "va %#llx is %#llx", va, *entry);
		if (n == 1)
			pt_set(entry, pa | bits);
		else
			write_range(entry, n, pa | bits, PT_SIZE(level));
		bytes = n * PT_SIZE(level);
		if (n == 1 && bytes == (u64)area->nr_pages << PAGE_SHIFT)
			area->nr_entries = 1;
		va += bytes;
		pa += bytes;
		size -= bytes;
	}
	return 0;
}

void *vm_area_ready(struct mem_system *sys, struct vm_struct *area)
{
	if (likely(!area->nr_entries && area->nr_pages <= pt_entries_left(area->addr, 0)))
		area->nr_entries = area->nr_pages;
	if (sys->pt.changed)
		sys->pt.changed(&sys->pt, area->addr, (u64)area->nr_pages << PAGE_SHIFT, false);
	return vm_to_pointer(sys, area->addr);
}
