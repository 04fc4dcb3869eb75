/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/page/table_pages.h"

#include "mm/boot/early.h"
#include "mm/page/page_alloc.h"
#include "mm/system.h"

static int table_from_memblock(void *ctx, phys_addr_t *ret_pa)
{
	struct mem_system *sys = ctx;

	*ret_pa = memblock_alloc(&sys->memblock, PAGE_SIZE, PAGE_SIZE, NUMA_NO_NODE);
	mm_step_bytes(sys, PAGE_SIZE);
	return *ret_pa ? 0 : -ENOMEM;
}

static void table_to_memblock(void *ctx, phys_addr_t pa)
{
	struct mem_system *sys = ctx;

	memblock_free(&sys->memblock, pa, PAGE_SIZE);
}

static int table_from_buddy(void *ctx, phys_addr_t *ret_pa)
{
	struct mem_system *sys = ctx;
	struct page *page = alloc_page(sys, GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	page_set(page, PG_table);
	*ret_pa = pfn_to_phys(page_to_pfn(sys, page));
	return 0;
}

static void table_to_buddy(void *ctx, phys_addr_t pa)
{
	struct mem_system *sys = ctx;
	u64 pfn = phys_to_pfn(pa);

	if (page_alive(sys, pfn) && !page_test(pfn_to_page(sys, pfn), PG_reserved))
		__free_page(sys, pfn_to_page(sys, pfn));
}

void table_pages_early(struct mem_system *sys)
{
	sys->table_pages = (struct pt_pages){table_from_memblock, table_to_memblock, sys};
}

void table_pages_late(struct mem_system *sys)
{
	sys->table_pages = (struct pt_pages){table_from_buddy, table_to_buddy, sys};
}
