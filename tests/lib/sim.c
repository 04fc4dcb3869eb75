/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#define _GNU_SOURCE
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "lib.h"
#include "mm/init.h"

#define SIM_REGIONS 256

struct sim {
	struct mem_system sys; /* first: sim_free() gets its address */
	struct host_memory memory;
	struct numa_info numa;
	struct mtrr_state mtrr;
	struct lock_watch watch;
	struct memblock_region regions[2][SIM_REGIONS];
	u64 size, pmem;
	u32 nodes;
	bool raw;
};

static void die(const char *what, int err)
{
	fprintf(stderr, "sim: %s: %d\n", what, err);
	abort();
}

static void parse_word(struct sim *s, const char *word)
{
	if (!strncmp(word, "nodes=", 6))
		s->nodes = (u32)atoi(word + 6);
	else if (!strncmp(word, "levels=", 7))
		s->sys.pt.levels = (u8)atoi(word + 7);
	else if (!strcmp(word, "flat"))
		s->sys.given.model = MEMMODEL_FLAT;
	else if (!strncmp(word, "cpus=", 5))
		s->sys.given.nr_cpus = (u32)atoi(word + 5);
	else if (!strncmp(word, "pmem=", 5))
		parse_u64(word + 5, &s->pmem);
	else if (!strcmp(word, "merge"))
		s->sys.given.slab_options.nomerge = false;
	else if (!strcmp(word, "randomise"))
		s->sys.given.slab_options.randomise = true;
	else if (!strncmp(word, "slub_debug=", 11))
		slab_debug_parse(word + 11, &s->sys.given.slab_options);
	else if (!strncmp(word, "quarantine=", 11))
		s->sys.given.slab_options.quarantine = (u32)atoi(word + 11);
	else if (!strcmp(word, "no1g"))
		s->sys.pt.max_page_level = 1;
	else if (!strcmp(word, "raw"))
		s->raw = true;
	else if (parse_u64(word, &s->size))
		die(word, -EINVAL);
}

static void parse_spec(struct sim *s, const char *spec)
{
	char *copy = strdup(spec), *save = NULL;

	s->nodes = 1;
	s->sys.given.slab_options.nomerge = true; /* so that a test does not share its cache */
	s->sys.pt.levels = 4;
	s->sys.pt.max_page_level = 2;
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		parse_word(s, word);
	free(copy);
}

static void add_ram(struct sim *s, phys_addr_t start, phys_addr_t end)
{
	int err = memblock_add(&s->sys.memblock, start, end - start, NUMA_NO_NODE, 0);

	if (err)
		die("memblock_add", err);
}

/* Splits RAM into nodes of equal size. */
static void split_nodes(struct sim *s, u64 low)
{
	u64 share = round_down(s->size / s->nodes, PAGE_SIZE);

	for (u32 nid = 0; nid < s->nodes; nid++) {
		u64 at = nid * share, end = nid + 1 == s->nodes ? s->size : at + share;

		numa_node_of_pxm(&s->numa, nid);
		for (; at < end;) {
			u64 stop = at < low ? min(end, low) : end;
			u64 pa = at < low ? at : at - low + 4 * GiB;

			numa_add_range(&s->numa, (int)nid, pa, pa + (stop - at), false, false);
			at = stop;
		}
	}
}

/* Persistent memory of the last node, from the next section on. */
static struct device_range pmem_after(const struct sim *s, u64 high)
{
	u64 start = round_up(phys_to_pfn(4 * GiB + high), PAGES_PER_SECTION);

	return (struct device_range){.start_pfn = start,
				     .end_pfn = start + phys_to_pfn(s->pmem),
				     .nid = (int)s->nodes - 1,
				     .type = E820_PERSISTENT};
}

static void lay_out(struct sim *s)
{
	u64 low = min(s->size, 2 * GiB);
	phys_addr_t conflict;

	memblock_init(&s->sys.memblock, s->regions[0], s->regions[1], SIM_REGIONS);
	numa_init(&s->numa);
	add_ram(s, PAGE_SIZE, 640 * KiB);
	add_ram(s, MiB, low);
	if (s->size > low)
		add_ram(s, 4 * GiB, 4 * GiB + s->size - low);
	if (s->pmem)
		s->sys.given.devices[s->sys.given.nr_devices++] =
			pmem_after(s, s->size - min(s->size, low));
	split_nodes(s, low);
	if (numa_apply(&s->numa, &s->sys.memblock, &conflict) < 0)
		die("numa_apply", -ENOMEM);
}

struct mem_system *sim_new(const char *spec)
{
	static const struct page_options none;

	return sim_new_with(spec, &none);
}

struct mem_system *sim_new_with(const char *spec, const struct page_options *options)
{
	struct sim *s = calloc(1, sizeof(*s));
	int err;

	s->sys.given.page_options = *options;
	s->sys.given.page_options.no_reserve = !options->min_free_kbytes;
	parse_spec(s, spec);
	lay_out(s);
	s->sys.given.numa = &s->numa;
	s->sys.given.mtrr = &s->mtrr;
	s->sys.given.page_options.watch = &s->watch;
	s->sys.pt.nx = true;
	s->sys.pt.changed = arch_pt_changed;
	s->sys.given.layout = pt_layout_x86(s->sys.pt.levels);
	if (s->raw)
		return &s->sys;
	err = host_memory_new(&s->memory, &s->sys);
	if (!err)
		err = mm_build_tables(&s->sys);
	if (!err)
		err = mm_init(&s->sys);
	if (err)
		die(spec, err);
	return &s->sys;
}

void sim_free(struct mem_system *sys)
{
	struct sim *s = (struct sim *)sys;

	if (!s->raw)
		host_memory_free(&s->memory);
	free(s);
}

u64 sim_free_pages(const struct mem_system *sys)
{
	u64 pages = 0;

	for_each_node(sys, node) {
		for (unsigned type = 0; type < MAX_NR_ZONES; type++)
			pages += node->node_zones[type].nr_free_pages +
				 pcp_zone_pages(sys, &node->node_zones[type]);
	}
	return pages;
}

u64 sim_all_pages(struct mem_system *sys)
{
	u64 pages;

	vm_purge(sys);
	kmem_cache_shrink_all(sys);
	pages = sim_free_pages(sys) + sys->pt.nr_tables;
	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++)
			pages += node->node_zones[type].nr_memmap_pages;
	}
	return pages;
}
