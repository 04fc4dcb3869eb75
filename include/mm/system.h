/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * struct mem_system: all state of one machine's memory management. Nothing in mm/ is global, so a
 * test, a benchmark or the shell can build a second system beside the first. How it comes up:
 * mm/init.h.
 */
#ifndef MM_SYSTEM_H
#define MM_SYSTEM_H

#include "mm/boot/early.h"
#include "mm/boot/memblock.h"
#include "mm/config.h"
#include "mm/page/page_system.h"
#include "mm/page/shrinker.h"
#include "mm/pgtable/pgtable.h"
#include "mm/slab/kmalloc.h"
#include "mm/slab/slab.h"
#include "mm/vmalloc/vmalloc.h"

struct mem_system {
	struct mm_config given;

	/* Where memory is reached, which the caller sets, and again when the CPU's tables change:
	 * memory at pa is at (void *)(pa + phys_offset). The others are added to an address in
	 * vmemmap or vmalloc for a pointer; 0 where the CPU uses our tables. */
	u64 phys_offset;
	u64 vmemmap_offset, vmalloc_offset;

	/* Filled by the caller. The allocators that come up later take from it. */
	struct memblock memblock;
	struct pgtable pt; /* levels, max_page_level, nx, changed given; root by mm_build_tables */
	struct pt_pages table_pages; /* pages of pt: from memblock, then from the buddy */

	struct page_system page;
	struct shrinker_system shrinkers;
	struct slab_system slab;
	struct shrinker slab_shrinker; /* gives back empty slabs */
	struct vmalloc_system vmalloc;

	struct mm_steps steps; /* how start-up went, for `boottime` */
};

static inline void *phys_to_virt(const struct mem_system *sys, phys_addr_t pa)
{
	return (void *)(uintptr_t)(pa + sys->phys_offset);
}

static inline phys_addr_t virt_to_phys(const struct mem_system *sys, const void *p)
{
	return (u64)(uintptr_t)p - sys->phys_offset;
}

static inline struct page *pfn_to_page(const struct mem_system *sys, u64 pfn)
{
	return sys->page.mem_map + pfn;
}

static inline u64 page_to_pfn(const struct mem_system *sys, const struct page *page)
{
	return (u64)(page - sys->page.mem_map);
}

static inline struct page *virt_to_page(const struct mem_system *sys, const void *p)
{
	return pfn_to_page(sys, phys_to_pfn(virt_to_phys(sys, p)));
}

static inline void *page_address(const struct mem_system *sys, const struct page *page)
{
	return phys_to_virt(sys, pfn_to_phys(page_to_pfn(sys, page)));
}

static inline struct zone *page_zone(const struct mem_system *sys, const struct page *page)
{
	return &sys->page.node_data[page_to_nid(page)]->node_zones[page_zonenum(page)];
}

#endif
