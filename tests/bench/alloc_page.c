/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Our page frames behind the yardstick's interface (../shared/bench/alloc/pa.h): a system with one
 * zone of the frames asked for, from 4 GiB up, and its metadata beside it: what is written at the
 * start in one piece, what is written as frames are used in another. Frames have no memory behind
 * them, so nothing but frame_alloc() and frame_free() is used, which write none; for the same
 * reason the maps of all pageblocks are set aside at the start (they are written when a pageblock
 * is first split, as ever), and no pages are kept back.
 */
#include "bench.h"
#undef min
#undef max
#include "lib.h"
#include "../../mm/page/frame_fast.h" /* the yardstick counts one call for each operation */
#include "pa.h"

#define FIRST_PFN (4 * GiB >> PAGE_SHIFT)
#define META_NOW  (MiB + MiB / 2)
#define FLAGS	  (GFP_HIGHUSER_MOVABLE | __GFP_THISNODE | __GFP_NOWARN)

const struct pa_info pa_info = {"tablewalk", PA_THREADS, 1ull << 28};

static struct mem_system sys;
static struct memblock metadata;
static struct memblock_region regions[4][64];

/* Its physical addresses are pointers. */
static void give_metadata(u64 bytes)
{
	u64 at = (u64)(uintptr_t)bench_map(bytes, 0);

	memblock_add(&metadata, at, bytes, NUMA_NO_NODE, 0);
}

int pa_init(uint64_t frames, unsigned cores, void *arena)
{
	int err;

	(void)arena;
	memblock_init(&sys.memblock, regions[0], regions[1], 64);
	memblock_init(&metadata, regions[2], regions[3], 64);
	give_metadata(frames * 2 + 16 * MiB);
	give_metadata(META_NOW);
	metadata.bottom_up = metadata.memory.regions[0].size == META_NOW; /* that piece first */
	memblock_add(&sys.memblock, 4 * GiB, frames << PAGE_SHIFT, 0, 0);
	sys.given.metadata = &metadata;
	sys.given.layout = pt_layout_x86(4);
	sys.given.nr_cpus = cores;
	sys.given.page_options.frames_only = true;
	sys.given.page_options.maps_ahead = frames >> PAGEBLOCK_ORDER;
	err = zones_init(&sys);
	if (!err)
		err = memmodel_init(&sys);
	return err ? err : page_alloc_init(&sys);
}

uint64_t pa_alloc(unsigned core, unsigned order)
{
	u64 pfn;

	if (!frame_alloc_fast(&sys, core, FLAGS, order, &pfn))
		pfn = frame_alloc(&sys, core, FLAGS, order);
	return pfn == NO_FRAME ? PA_NONE : pfn - FIRST_PFN;
}

void pa_free(unsigned core, uint64_t frame, unsigned order)
{
	if (!frame_free_fast(&sys, core, frame + FIRST_PFN, order))
		frame_free(&sys, core, frame + FIRST_PFN, order);
}

void pa_drain(void)
{
	pcp_drain_all(&sys, 0);
}

size_t pa_meta_bytes(void)
{
	return metadata.reserved.total_size;
}
