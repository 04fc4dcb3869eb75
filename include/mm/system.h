/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * struct mem_system: all state of one machine's memory management. Nothing in mm/ is global, so a
 * test, a benchmark or the shell can build a second system beside the first.
 *
 * Life: the caller fills memblock (memory, reserved, nodes) and the fields under "given", then
 *	mm_build_tables()	direct map and vmemmap in our own tables (memblock pays)
 *	...			the machine switches to them; phys_offset moves to the direct map
 *	mm_init()		nodes, zones, buddy, SLUB, vmalloc
 */
#ifndef MM_SYSTEM_H
#define MM_SYSTEM_H

#include "mm/boot/device.h"
#include "mm/boot/memblock.h"
#include "mm/page/memmodel.h"
#include "mm/boot/numa.h"
#include "mm/page/page_alloc.h"
#include "mm/page/pcp.h"
#include "mm/pgtable/pgtable.h"
#include "mm/pgtable/build.h"
#include "mm/slab/kmalloc.h"
#include "mm/page/shrinker.h"
#include "mm/slab/slab.h"
#include "mm/vmalloc/vmalloc.h"

/* One step of start-up, for `boottime`. */
#define MM_MAX_STEPS 16
struct mm_step {
	const char *name;
	u64 cycles;
	u64 bytes; /* written by the step, as far as it knows */
};

struct cma_area {
	u64 start_pfn, nr_pages;
};

struct mem_system {
	/* given */
	struct memblock memblock;
	struct numa_info *numa;
	const struct mtrr_state *mtrr;
	u64 pat;		   /* IA32_PAT while our tables are used; 0: as after reset */
	struct memblock *metadata; /* descriptors lie there; NULL: in memblock, as on any machine */
	struct pt_layout layout;
	enum memmodel model;
	u64 phys_offset; /* memory at pa is at (void *)(pa + phys_offset) */
	/* Added to an address in vmemmap or vmalloc for a pointer; 0 where our tables are used. */
	u64 vmemmap_offset, vmalloc_offset;
	u32 nr_cpus; /* that will use the allocators; 0 means 1 */
	int cpu_nid[MAX_CPUS];
	struct page_options page_options;
	struct slab_options slab_options;
	u32 nr_devices;
	struct device_range devices[MAX_DEVICE_RANGES];
	struct pgtable pt; /* levels, max_page_level, nx, changed given; root by mm_build_tables */

	/* page tables' pages: from memblock, then from the buddy */
	struct pt_pages table_pages;

	/* mm/page */
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
	struct page_cpu *page_cpu[MAX_CPUS];
	bool pcp_enabled;
	u32 nr_cma_areas;
	struct cma_area cma[MAX_CMA_AREAS];
	struct page_errors page_errors;
	struct page_debug *page_debug; /* NULL: no debugging aid is on */

	struct shrinker_system shrinkers;
	struct slab_system slab;
	struct shrinker slab_shrinker; /* gives back empty slabs */
	struct vmalloc_system vmalloc;

	bool step_running;
	u32 nr_steps;
	struct mm_step steps[MM_MAX_STEPS];
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
	return sys->mem_map + pfn;
}

static inline u64 page_to_pfn(const struct mem_system *sys, const struct page *page)
{
	return (u64)(page - sys->mem_map);
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
	return &sys->node_data[page_to_nid(page)]->node_zones[page_zonenum(page)];
}

/* Root, direct map of all of memblock's memory, tables for vmemmap. 0 or -ENOMEM. */
int mm_build_tables(struct mem_system *sys);
/* Everything from memblock to vmalloc. 0 or -ENOMEM. */
int mm_init(struct mem_system *sys);

/* Bytes for descriptors before there are pages, near node nid, which hold anything. NULL: no
 * memory.
 */
void *mm_early_alloc(struct mem_system *sys, u64 size, u64 align, int nid);

/* Starts a step of start-up: its ticks run until the next one starts or mm_steps_end(). */
void mm_step(struct mem_system *sys, const char *name);
void mm_step_bytes(struct mem_system *sys, u64 bytes);
void mm_steps_end(struct mem_system *sys);

#endif
