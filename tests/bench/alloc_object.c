/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Our objects behind the yardstick's interface (../shared/bench/alloc/sa.h): a described machine of
 * 8 GiB with two CPUs. Its memory is the host's, taken when it is touched.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#undef min
#undef max
#include "arch.h"
#include "arch/host.h"
#include "lib.h"
#include "mm/init.h"
#include "mm/page/page_alloc.h"
#include "mm/system.h"
#include "sa.h"

#define MACHINE (8 * GiB)

const struct sa_info sa_info = {"tablewalk", SA_THREADS};

static struct mem_system sys;
static struct host_memory memory;
static struct memblock_region regions[2][64];

int sa_init(void)
{
	int err;

	memblock_init(&sys.memblock, regions[0], regions[1], 64);
	memblock_add(&sys.memblock, MiB, 2 * GiB - MiB, 0, 0);
	memblock_add(&sys.memblock, 4 * GiB, MACHINE - 2 * GiB, 0, 0);
	sys.given.layout = pt_layout_x86(4);
	sys.pt.levels = 4;
	sys.pt.max_page_level = 2;
	sys.pt.nx = true;
	sys.pt.changed = arch_pt_changed;
	sys.given.nr_cpus = 2;
	sys.given.slab_options.randomise = getenv("RANDOM") != NULL;
	sys.given.slab_options.nomerge = true;
	err = host_memory_new(&memory, &sys);
	if (!err)
		err = mm_build_tables(&sys);
	if (!err)
		err = mm_init(&sys);
	if (!err)
		pcp_start_cpus(&sys, 2);
	return err;
}

void sa_thread(unsigned core)
{
	arch_host_cpu = core;
}

void *sa_cache(size_t size)
{
	return kmem_cache_create(&sys, "yardstick", (u32)size, 0, 0, NULL);
}

void *sa_cache_alloc(void *cache)
{
	return kmem_cache_alloc(&sys, cache, GFP_KERNEL);
}

void sa_cache_free(void *cache, void *p)
{
	kmem_cache_free(&sys, cache, p);
}

void *sa_alloc(size_t size)
{
	return kmalloc(&sys, size, GFP_KERNEL);
}

void sa_free(void *p)
{
	kfree(&sys, p);
}

/* For the workload that asks for memory: what it cost in struct pages. */
static void print_struct_pages(void)
{
	u64 bytes = sys.page.alive_pageblocks * PAGEBLOCK_NR_PAGES * sizeof(struct page);

	printf("V S5.struct_pages_KiB %llu\n", bytes / KiB);
}

/* Pages that are neither free nor hold struct pages: those belong to what is below, and come to
 * life 512 at a time (see print_struct_pages()). */
size_t sa_used_bytes(void)
{
	static bool asked;
	u64 free = 0;

	if (!asked)
		atexit(print_struct_pages);
	asked = true;
	for_each_node(&sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++)
			free += node->node_zones[type].nr_free_pages +
				node->node_zones[type].nr_memmap_pages +
				pcp_zone_pages(&sys, &node->node_zones[type]);
	}
	return (sys.page.totalram_pages - free) * PAGE_SIZE;
}
