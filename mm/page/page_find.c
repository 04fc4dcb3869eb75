/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the page allocator knows of one page frame. Nothing is changed, nothing comes to life. */
#include "lib.h"
#include "mm/memmodel.h"
#include "mm/page_alloc.h"
#include "mm/system.h"

/* Where does a free block of this order begin that holds the page? */
static bool heads_free_block(const struct mem_system *sys, u64 head, unsigned order)
{
	const struct page *page;

	if (order == GIGA_ORDER)
		return pfn_to_gigablock(sys, head)->free;
	if (!pfn_to_gigablock(sys, head)->alive)
		return false;
	if (order >= PAGEBLOCK_ORDER)
		return pfn_to_pageblock(sys, head)->free_order == order;
	if (!page_alive(sys, head))
		return false;
	page = pfn_to_page(sys, head);
	return page_test(page, PG_buddy) && page->private == order;
}

bool buddy_block_of(const struct mem_system *sys, u64 pfn, struct buddy_block *ret)
{
	if (!sys->gigablocks || pfn >= sys->max_pfn)
		return false;
	for (unsigned order = 0; order <= GIGA_ORDER; order++) {
		u64 head = round_down(pfn, 1ULL << order);

		if (!heads_free_block(sys, head, order))
			continue;
		*ret = (struct buddy_block){.pfn = head, .order = order};
		return true;
	}
	return false;
}

const struct zone *zone_of_pfn(const struct mem_system *sys, u64 pfn)
{
	const struct memblock_region *r = memblock_find(&sys->memblock.memory, pfn_to_phys(pfn));
	int nid = r && r->nid != NUMA_NO_NODE ? r->nid : 0;
	const pg_data_t *node = sys->node_data[nid];
	const struct zone *zone;

	if (!r || !node)
		return NULL;
	zone = &node->node_zones[zone_type_of(pfn_to_phys(pfn))];
	return pfn >= zone->zone_start_pfn && pfn < zone_end_pfn(zone) ? zone : NULL;
}

enum page_use page_use_of(const struct mem_system *sys, u64 pfn)
{
	struct buddy_block block;
	struct page *page;

	if (!memblock_is_memory(&sys->memblock, pfn_to_phys(pfn), 1))
		return PAGE_NO_RAM;
	if (buddy_block_of(sys, pfn, &block))
		return PAGE_FREE;
	if (memblock_is_reserved(&sys->memblock, pfn_to_phys(pfn), 1))
		return PAGE_RESERVED;
	if (!sys->gigablocks || pfn >= sys->max_pfn)
		return PAGE_DEAD;
	if (pfn_to_gigablock(sys, pfn)->alive && pfn_to_pageblock(sys, pfn)->memmap)
		return PAGE_MEMMAP;
	if (!page_alive(sys, pfn))
		return PAGE_DEAD;
	page = pfn_to_page(sys, pfn);
	if (page_test(page, PG_reserved))
		return PAGE_RESERVED;
	page = compound_head(page);
	if (page_test(page, PG_slab))
		return PAGE_SLAB;
	if (page_test(page, PG_table))
		return PAGE_TABLE;
	return page_test(page, PG_vmalloc) ? PAGE_VMALLOC : PAGE_IN_USE;
}

const char *page_use_name(enum page_use use)
{
	static const char *const names[] = {
		[PAGE_NO_RAM] = "no RAM",	[PAGE_DEAD] = "not alive",
		[PAGE_FREE] = "free",		[PAGE_RESERVED] = "reserved",
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
