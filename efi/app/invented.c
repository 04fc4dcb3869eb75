/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Builds the page allocator of an invented machine; a load for it. */
#include "invented.h"

#include "lib.h"
#include "mm/init.h"
#include "saved.h"

#define MAPS_AHEAD 1024 /* pageblocks that a zone can split: 2 GiB of it */

/* ---- the map ----------------------------------------------------------------------------- */

static int take_map(struct invented *inv, const struct mapfile *map)
{
	struct app *app = &inv->app;
	int err = 0;

	app->e820 = map->e820;
	app->machine.map = map->memmap;
	if (!map->is_e820) {
		app->e820.nr = 0;
		err = e820_from_memmap(&app->e820, &map->memmap);
	}
	if (!err)
		err = e820_sanitize(&app->e820);
	return err ? err : e820_trim_bios(&app->e820);
}

static int add_ram(struct invented *inv)
{
	struct memblock *mb = &inv->app.sys.memblock;
	int err;

	memblock_init(mb, inv->app.memory_regions, inv->app.reserved_regions, APP_MAX_REGIONS);
	err = e820_memblock_setup(&inv->app.e820, mb);
	if (err)
		return err;
	err = numa_apply(&inv->numa, mb, &inv->app.numa_conflict);
	inv->app.numa_verdict = (enum numa_verdict)max(err, 0);
	if (err >= 0)
		err = numa_clear_kernel_hotplug(mb, &inv->app.machine.map);
	inv->ram = mb->memory.total_size;
	return min(err, 0);
}

/* ---- its descriptors --------------------------------------------------------------------- */

/* The most memory that zones, lists, pageblocks and maps can need: a node may have DMA, DMA32 and
 * NORMAL, and each may span all RAM. */
static u64 metadata_size(const struct invented *inv)
{
	const struct mem_system *sys = &inv->app.sys;
	phys_addr_t end = memblock_end_of_dram(&sys->memblock);
	u64 gigas = DIV_ROUND_UP(end, GiB), zones = 3ULL * max(inv->numa.nr_nodes, 1u);
	u64 maps = min(DIV_ROUND_UP(end, PT_SIZE(1)) + 1, (u64)MAPS_AHEAD) * zones +
		   2 * sys->memblock.memory.cnt;

	return round_up(gigas * (512 * sizeof(struct pageblock) + KiB) +
				maps * sizeof(struct blockmap) +
				zones * (192 * KiB * sys->given.nr_cpus + 64 * KiB) + MiB,
			PAGE_SIZE);
}

/* Descriptors are in our block: their memblock has pointers instead of physical addresses. */
static int give_metadata(struct cmd_call *call, struct invented *inv)
{
	u64 size = metadata_size(inv);

	if (app_block_alloc(call->app, size, &inv->block))
		return saved_no_memory(call, "the allocator of that machine", size);
	memblock_init(&inv->metadata, inv->regions[0], inv->regions[1],
		      ARRAY_SIZE(inv->regions[0]));
	inv->app.sys.given.metadata = &inv->metadata;
	return memblock_add(&inv->metadata, (u64)(uintptr_t)inv->block.p, size, NUMA_NO_NODE, 0);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void set_up(struct invented *inv, const struct mapfile *map, u32 nr_cpus)
{
	struct mem_system *sys = &inv->app.sys;

	inv->numa = map->numa;
	inv->app.machine.numa = map->numa;
	inv->app.machine.described = true;
	inv->app.fw_pt = (struct pgtable){.levels = 4};
	*sys = (struct mem_system){.given.model = MEMMODEL_SPARSE,
				   .given.nr_cpus = nr_cpus,
				   .given.layout = pt_layout_x86(4),
				   .given.page_options = page_option_defaults()};
	sys->given.page_options.frames_only = true;
	sys->given.page_options.maps_ahead = MAPS_AHEAD;
	sys->given.page_options.maps_fixed = true;
}

/* Spreads the CPUs over the nodes. */
static void place_cpus(struct mem_system *sys)
{
	u32 nodes = sys->given.numa ? max(sys->given.numa->nr_nodes, 1u) : 1;

	for (u32 cpu = 0; cpu < sys->given.nr_cpus; cpu++)
		sys->given.cpu_nid[cpu] = (int)(cpu * nodes / sys->given.nr_cpus);
}

int invented_build(struct cmd_call *call, const struct mapfile *map, u32 nr_cpus,
		   struct invented *inv)
{
	struct mem_system *sys = &inv->app.sys;
	u32 devices;
	int err;

	memset(inv, 0, sizeof(*inv));
	set_up(inv, map, nr_cpus);
	err = take_map(inv, map);
	if (!err)
		err = add_ram(inv);
	if (err)
		return cmd_error(call, err, "its memory map does not fit");
	sys->given.numa = inv->app.numa_verdict == NUMA_OK ? &inv->numa : NULL;
	devices = device_ranges(&inv->app.e820, sys->given.numa, sys->given.devices,
				MAX_DEVICE_RANGES);
	sys->given.nr_devices = min(devices, (u32)MAX_DEVICE_RANGES);
	place_cpus(sys);
	err = give_metadata(call, inv);
	if (err)
		return err;
	err = mm_init(sys);
	inv->app.started = !err;
	if (err)
		err = cmd_error(call, err, "its page allocator cannot start: %s", err_name(err));
	return err;
}

void invented_free(struct app *app, struct invented *inv)
{
	app_block_free(app, &inv->block);
	inv->app.started = false;
}

/* ---- a load ------------------------------------------------------------------------------ */

#define NR_HELD 4096

struct held {
	u64 pfn;
	unsigned order; /* pfn NO_FRAME: no block */
};

struct load {
	struct mem_system *sys;
	struct invented_load *res;
	struct prng prng;
	u64 pages;
	struct held held[NR_HELD];
};

static void fail(struct load *l, const char *what, u64 where)
{
	if (l->res->failed)
		return;
	l->res->failed = what;
	l->res->failed_at = where;
}

static void take(struct load *l, struct held *h)
{
	static const gfp_t gfps[] = {GFP_KERNEL, GFP_HIGHUSER_MOVABLE, GFP_DMA32, GFP_DMA,
				     GFP_KERNEL | __GFP_RECLAIMABLE};
	struct mem_system *sys = l->sys;
	gfp_t gfp = gfps[prng_below(&l->prng, ARRAY_SIZE(gfps))];
	int nid = (int)prng_below(&l->prng, MAX_NUMNODES);
	const struct zone *zone;

	nid = sys->page.node_data[nid] ? nid : NUMA_NO_NODE;
	h->order = (unsigned)prng_below(&l->prng, prng_below(&l->prng, NR_PAGE_ORDERS) + 1);
	if (nid != NUMA_NO_NODE && !prng_below(&l->prng, 4))
		gfp |= __GFP_THISNODE;
	h->pfn = frame_alloc_node(sys, 0, nid, gfp | __GFP_NOWARN, h->order);
	if (h->pfn == NO_FRAME) {
		l->res->refused++;
		return;
	}
	zone = zone_of_pfn(sys, h->pfn);
	if (!zone || zone->type > gfp_zone(gfp))
		fail(l, "a block is from a zone that was not allowed (PFN)", h->pfn);
	else if (gfp & __GFP_THISNODE && zone->zone_pgdat->node_id != nid)
		fail(l, "a block is from another node (PFN)", h->pfn);
	if (!is_aligned(h->pfn, 1ULL << h->order))
		fail(l, "a block is not aligned to its size (PFN)", h->pfn);
	l->pages += 1ULL << h->order;
	l->res->peak_pages = max(l->res->peak_pages, l->pages);
	l->res->allocs++;
}

static void give(struct load *l, struct held *h)
{
	if (frame_free(l->sys, 0, h->pfn, h->order))
		fail(l, "a block could not be given back (PFN)", h->pfn);
	l->pages -= 1ULL << h->order;
	l->res->frees++;
	h->pfn = NO_FRAME;
}

static u64 free_in_all(struct mem_system *sys)
{
	u64 pages = 0;

	pcp_drain_all(sys, 0);
	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++)
			pages += node->node_zones[type].nr_free_pages;
	}
	return pages;
}

void invented_load(struct invented *inv, u64 seed, u64 steps, struct invented_load *ret)
{
	static struct load l;
	u64 before = free_in_all(&inv->app.sys), where = 0;
	const char *wrong;

	*ret = (struct invented_load){.steps = steps};
	l.sys = &inv->app.sys;
	l.res = ret;
	l.pages = 0;
	prng_seed(&l.prng, seed);
	for (u32 i = 0; i < NR_HELD; i++)
		l.held[i].pfn = NO_FRAME;
	for (u64 i = 0; i < steps && !ret->failed; i++) {
		struct held *h = &l.held[prng_below(&l.prng, NR_HELD)];

		if (h->pfn == NO_FRAME)
			take(&l, h);
		else
			give(&l, h);
	}
	/* free all, then everything must be as before */
	for (u32 i = 0; i < NR_HELD; i++) {
		if (l.held[i].pfn != NO_FRAME)
			give(&l, &l.held[i]);
	}
	if (free_in_all(l.sys) != before)
		fail(&l, "pages are missing (pages)", before - free_in_all(l.sys));
	wrong = page_alloc_check(l.sys, &where);
	if (wrong)
		fail(&l, wrong, where);
}
