/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The order in which a machine's memory management comes up; the reader's table of contents. */
#include "mm/system.h"

#include "arch.h"
#include "mm/page/page_alloc.h"

void mm_steps_end(struct mem_system *sys)
{
	if (sys->step_running)
		sys->steps[sys->nr_steps - 1].cycles += arch_cycles();
	sys->step_running = false;
}

/* A running step holds minus its starting time, so that adding the end gives the difference. */
void mm_step(struct mem_system *sys, const char *name)
{
	ASSERT(sys->nr_steps < MM_MAX_STEPS, "more than %u steps", MM_MAX_STEPS);
	mm_steps_end(sys);
	sys->steps[sys->nr_steps++] = (struct mm_step){.name = name, .cycles = -arch_cycles()};
	sys->step_running = true;
}

void mm_step_bytes(struct mem_system *sys, u64 bytes)
{
	if (sys->step_running)
		sys->steps[sys->nr_steps - 1].bytes += bytes;
}

void *mm_early_alloc(struct mem_system *sys, u64 size, u64 align, int nid)
{
	struct memblock *mb = sys->metadata ? sys->metadata : &sys->memblock;
	phys_addr_t pa = memblock_alloc(mb, size, align, nid);

	return pa ? phys_to_virt(sys, pa) : NULL;
}

/* ---- page tables' pages ------------------------------------------------------------------ */

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

/* Tables that memblock paid for are reserved memory and stay. */
static void table_to_buddy(void *ctx, phys_addr_t pa)
{
	struct mem_system *sys = ctx;
	u64 pfn = phys_to_pfn(pa);

	if (page_alive(sys, pfn) && !page_test(pfn_to_page(sys, pfn), PG_reserved))
		__free_page(sys, pfn_to_page(sys, pfn));
}

/* ---- start ------------------------------------------------------------------------------- */

static int map_direct(struct mem_system *sys)
{
	const struct memblock_type *memory = &sys->memblock.memory;

	for (u32 i = 0; i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];
		int err;

		if (r->flags & MEMBLOCK_NOMAP)
			continue;
		err = pt_build_direct(&sys->pt, &sys->layout, r->base, r->base + r->size,
				      sys->mtrr);
		if (err)
			return err;
	}
	return 0;
}

/* Tables down to the level that maps a section's struct pages, so that they never have to be made
 * when memory is short. Regions far apart share nothing; close ones share tables. */
static int prepare_range(struct mem_system *sys, u64 start_pfn, u64 end_pfn)
{
	u64 first = round_down(start_pfn, PAGES_PER_SECTION);
	u64 end = round_up(end_pfn, PAGES_PER_SECTION);

	return pt_prepare(&sys->pt, sys->layout.vmemmap + first * sizeof(struct page),
			  (end - first) * sizeof(struct page), 1);
}

static int prepare_vmemmap(struct mem_system *sys)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	int err = 0;

	for (u32 i = 0; !err && i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];

		err = prepare_range(sys, phys_to_pfn(r->base),
				    phys_to_pfn(r->base + r->size - 1) + 1);
	}
	for (u32 i = 0; !err && i < sys->nr_devices; i++)
		err = prepare_range(sys, sys->devices[i].start_pfn, sys->devices[i].end_pfn);
	return err;
}

int mm_build_tables(struct mem_system *sys)
{
	int err;

	sys->table_pages = (struct pt_pages){table_from_memblock, table_to_memblock, sys};
	sys->pt.pages = &sys->table_pages;
	sys->pt.phys_offset = sys->phys_offset;
	mm_step(sys, "page tables");
	err = pt_init(&sys->pt);
	if (!err)
		err = map_direct(sys);
	if (!err && sys->model == MEMMODEL_SPARSE)
		err = prepare_vmemmap(sys);
	mm_steps_end(sys);
	return err;
}

int mm_init(struct mem_system *sys)
{
	int err;

	sys->pt.phys_offset = sys->phys_offset;
	mm_step(sys, "zones"); /* nodes, zones, zonelists */
	err = zones_init(sys);
	if (err)
		return err;
	mm_step(sys, "memory model"); /* descriptors of blocks; where struct pages will be */
	err = memmodel_init(sys);
	if (err)
		return err;
	mm_step(sys, "free lists"); /* memblock's free memory goes to the buddy */
	err = page_alloc_init(sys);
	if (err)
		return err;
	if (sys->page_options.frames_only) { /* slabs and areas live in struct pages */
		mm_steps_end(sys);
		return 0;
	}
	sys->table_pages = (struct pt_pages){table_from_buddy, table_to_buddy, sys};
	mm_step(sys, "slab");
	err = kmem_cache_init(sys);
	if (err)
		return err;
	mm_step(sys, "vmalloc");
	err = vmalloc_init(sys);
	mm_steps_end(sys);
	return err;
}
