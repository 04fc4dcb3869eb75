/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* All state of the page allocator of one memory system. */
#ifndef MM_PAGE_PAGE_SYSTEM_H
#define MM_PAGE_PAGE_SYSTEM_H

#include "arch/percpu.h"
#include "mm/page/frame.h"
#include "mm/page/page.h"
#include "mm/page/page_alloc.h"
#include "mm/page/pcp.h"
#include "mm/page/zone.h"
#include "spinlock.h"

struct cma_area {
	u64 start_pfn, nr_pages;
};

struct page_system {
	u64 max_pfn; /* first PFN after the last RAM */
	struct page *mem_map;
	struct pageblock *pageblocks;
	struct gigablock *gigablocks;
	u64 nr_gigablocks;
	pg_data_t *node_data[MAX_NUMNODES];
	u8 *sections; /* [section]: its struct pages have memory */
	u64 nr_sections;
	struct spinlock memmap_lock; /* struct pages coming to life */
	u64 alive_pageblocks, populated_sections;
	u64 totalram_pages; /* managed, all zones */
	u64 min_free_kbytes;
	struct page_cpu *cpu[MAX_CPUS];
	bool pcp_enabled;
	u32 nr_cma_areas;
	struct cma_area cma[MAX_CMA_AREAS];
	struct page_errors errors;
	struct page_debug *debug; /* NULL: no debugging aid is on */
};

#endif
