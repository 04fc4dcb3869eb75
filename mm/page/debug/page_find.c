/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the page allocator knows about one page frame. Changes and initialises nothing. */
#include "lib.h"
#include "../page_inner.h"

enum migratetype pageblock_type_of(const struct mem_system *sys, u64 pfn)
{
	const struct pageblock *block = pageblock_if_alive(sys, pfn);

	return block ? (enum migratetype)block->migratetype : MIGRATE_MOVABLE;
}

const struct zone *zone_of_pfn(const struct mem_system *sys, u64 pfn)
{
	const struct memblock_region *r = memblock_find(&sys->memblock.memory, pfn_to_phys(pfn));
	int nid = r && r->nid != NUMA_NO_NODE ? r->nid : 0;
	const struct device_range *device = device_range_of(sys, pfn);
	const struct zone *zone;

	if (device && sys->page.node_data[device->nid])
		return &sys->page.node_data[device->nid]->node_zones[ZONE_DEVICE];
	if (!r || !sys->page.node_data[nid])
		return NULL;
	zone = zone_at(sys, nid, pfn);
	return pfn >= zone->zone_start_pfn && pfn < zone_end_pfn(zone) ? zone : NULL;
}

enum page_use page_use_of(const struct mem_system *sys, u64 pfn)
{
	struct buddy_block block;
	struct page *page;
	unsigned order;
	u64 head;

	if (!memblock_is_memory(&sys->memblock, pfn_to_phys(pfn), 1))
		return device_range_of(sys, pfn) ? PAGE_DEVICE : PAGE_NO_RAM;
	if (buddy_block_of(sys, pfn, &block))
		return PAGE_FREE;
	if (memblock_overlaps(&sys->memblock.reserved, pfn_to_phys(pfn), PAGE_SIZE))
		return PAGE_RESERVED;
	if (!sys->page.gigablocks || !pageblock_if_alive(sys, pfn))
		return PAGE_DEAD;
	if (pageblock_at(sys, pfn)->state & FRAME_MEMMAP)
		return PAGE_MEMMAP;
	if (!frame_block_of(sys, pfn, &head, &order))
		return pageblock_at(sys, pfn)->zid == zone_id(zone_of_pfn(sys, pfn))
			       ? PAGE_PCP
			       : PAGE_RESERVED; /* in another zone's pageblock: not used */
	if (!page_alive(sys, pfn))
		return PAGE_IN_USE;
	if (page_test(pfn_to_page(sys, pfn), PG_reserved))
		return PAGE_RESERVED;
	page = pfn_to_page(sys, head);
	if (page_test(page, PG_slab))
		return PAGE_SLAB;
	if (page_test(page, PG_table))
		return PAGE_TABLE;
	return page_test(page, PG_vmalloc) ? PAGE_VMALLOC : PAGE_IN_USE;
}

const char *page_use_name(enum page_use use)
{
	static const char *const names[] = {
		[PAGE_NO_RAM] = "no RAM",	[PAGE_DEVICE] = "device memory",
		[PAGE_DEAD] = "not alive",	[PAGE_FREE] = "free",
		[PAGE_PCP] = "in a CPU's list", [PAGE_RESERVED] = "reserved",
		[PAGE_MEMMAP] = "struct pages", [PAGE_SLAB] = "slab",
		[PAGE_TABLE] = "page table",	[PAGE_VMALLOC] = "vmalloc",
		[PAGE_IN_USE] = "in use",
	};

	return names[use];
}

int page_flags_text(char *buf, size_t size, const struct page *page)
{
	size_t len = 0;

	if (size)
		buf[0] = '\0';
	for (unsigned flag = 0; flag < PAGE_NODE_SHIFT; flag++) {
		const char *name = page_flag_name(flag);
		const char *comma = len ? "," : "";

		if (!(page->flags >> flag & 1))
			continue;
		if (name)
			len += (size_t)fmt_print(buf + min(len, size), size - min(len, size),
						 "%s%s", comma, name);
		else
			len += (size_t)fmt_print(buf + min(len, size), size - min(len, size),
						 "%sbit%u", comma, flag);
	}
	return (int)len;
}
