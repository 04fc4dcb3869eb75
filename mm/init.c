/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The order in which a machine's memory management comes up; the reader's table of contents. */
#include "mm/init.h"

#include "mm/boot/early.h"
#include "mm/page/table_pages.h"
#include "mm/system.h"

int mm_build_tables(struct mem_system *sys)
{
	const struct mm_config *given = &sys->given;
	int err;

	table_pages_early(sys);
	sys->pt.pages = &sys->table_pages;
	sys->pt.phys_offset = sys->phys_offset;
	mm_step(sys, "page tables");
	err = pt_init(&sys->pt);
	if (!err)
		err = pt_build_direct(&sys->pt, &given->layout, &sys->memblock, given->mtrr);
	if (!err)
		err = memmodel_prepare(sys);
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
	if (sys->given.page_options.frames_only) { /* slabs and areas live in struct pages */
		mm_steps_end(sys);
		return 0;
	}
	table_pages_late(sys);
	mm_step(sys, "slab");
	err = kmem_cache_init(sys);
	if (err)
		return err;
	mm_step(sys, "vmalloc");
	err = vmalloc_init(sys);
	mm_steps_end(sys);
	return err;
}
