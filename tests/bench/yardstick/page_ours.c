/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Our page frames: a system with one zone, from 4 GiB up. Its metadata is in two separate pieces:
 * one is written at the start, the other when frames are used. Frames have no memory, so only
 * frame_alloc() and frame_free() are used, which never write to frames. For the same reason the
 * maps of all pageblocks are allocated at the start (but written, as always, when a pageblock is
 * first split), and no pages are reserved.
 */
#include "lib.h"
#include "../../../mm/page/frame_fast.h" /* one call for each operation */
#include "page.h"

#define FIRST_PFN (4 * GiB >> PAGE_SHIFT)
#define META_NOW  (MiB + MiB / 2)
#define FLAGS	  (GFP_HIGHUSER_MOVABLE | __GFP_THISNODE | __GFP_NOWARN)

const u32 yard_lacks = 0;

static struct mem_system sys;
static struct memblock metadata;
static struct memblock_region regions[4][64];

/* The physical addresses in this memblock are pointers. */
static void give_metadata(u64 bytes)
{
	u64 at = (u64)(uintptr_t)yard_map(bytes, false);

	memblock_add(&metadata, at, bytes, NUMA_NO_NODE, 0);
}

int yard_page_init(u64 nr)
{
	int err;

	memblock_init(&sys.memblock, regions[0], regions[1], 64);
	memblock_init(&metadata, regions[2], regions[3], 64);
	give_metadata(nr * 2 + 16 * MiB);
	give_metadata(META_NOW);
	metadata.bottom_up = metadata.memory.regions[0].size == META_NOW; /* that piece first */
	memblock_add(&sys.memblock, 4 * GiB, nr << PAGE_SHIFT, 0, 0);
	sys.given.metadata = &metadata;
	sys.given.layout = pt_layout_x86(4);
	sys.given.nr_cpus = 2;
	sys.given.page_options.frames_only = true;
	sys.given.page_options.no_reserve = true;
	sys.given.page_options.maps_ahead = nr >> PAGEBLOCK_ORDER;
	err = zones_init(&sys);
	if (!err)
		err = memmodel_init(&sys);
	return err ? err : page_alloc_init(&sys);
}

u64 yard_page_alloc(u32 cpu, u32 order)
{
	u64 pfn;

	if (!frame_alloc_fast(&sys, cpu, FLAGS, order, &pfn))
		pfn = frame_alloc(&sys, cpu, FLAGS, order);
	return pfn == NO_FRAME ? YARD_NO_FRAME : pfn - FIRST_PFN;
}

void yard_page_free(u32 cpu, u64 frame, u32 order)
{
	if (!frame_free_fast(&sys, cpu, frame + FIRST_PFN, order))
		frame_free(&sys, cpu, frame + FIRST_PFN, order);
}

void yard_page_drain(void)
{
	pcp_drain_all(&sys, 0);
}

u64 yard_page_metadata_bytes(void)
{
	return metadata.reserved.total_size;
}
