/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Nodes and zones from memblock: spans, present pages, and the order in which zones are tried. */
#include "mm/zone.h"

#include "mm/system.h"

const char *zone_name(enum zone_type type)
{
	static const char *const names[MAX_NR_ZONES] = {
		[ZONE_DMA] = "DMA",	    [ZONE_DMA32] = "DMA32",   [ZONE_NORMAL] = "Normal",
		[ZONE_MOVABLE] = "Movable", [ZONE_DEVICE] = "Device",
	};

	return type < MAX_NR_ZONES ? names[type] : "?";
}

enum zone_type zone_type_of(phys_addr_t pa)
{
	if (pa < ZONE_DMA_END)
		return ZONE_DMA;
	return pa < ZONE_DMA32_END ? ZONE_DMA32 : ZONE_NORMAL;
}

/* Limits in PFNs, [lo, hi), of the zones that addresses decide on. */
static void zone_limits(enum zone_type type, u64 *lo, u64 *hi)
{
	static const phys_addr_t start[] = {0, ZONE_DMA_END, ZONE_DMA32_END, 1ULL << MAX_PHYS_BITS};

	*lo = *hi = 0;
	if (type <= ZONE_NORMAL) {
		*lo = phys_to_pfn(start[type]);
		*hi = phys_to_pfn(start[type + 1]);
	}
}

/* Whole pages of a memory region; partial ones at its ends do not count, as in Linux. */
static void region_pfns(const struct memblock_region *r, u64 *start, u64 *end)
{
	*start = phys_to_pfn(round_up(r->base, PAGE_SIZE));
	*end = phys_to_pfn(r->base + r->size);
}

static int region_nid(const struct memblock_region *r)
{
	return r->nid == NUMA_NO_NODE ? 0 : r->nid;
}

/* Pages of the node's memory in [lo, hi). */
static u64 present_in(const struct mem_system *sys, int nid, u64 lo, u64 hi)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	u64 pages = 0;

	for (u32 i = 0; i < memory->cnt; i++) {
		u64 start, end;

		if (region_nid(&memory->regions[i]) != nid)
			continue;
		region_pfns(&memory->regions[i], &start, &end);
		start = max(start, lo);
		end = min(end, hi);
		if (start < end)
			pages += end - start;
	}
	return pages;
}

static void node_span(const struct mem_system *sys, int nid, u64 *start, u64 *end)
{
	const struct memblock_type *memory = &sys->memblock.memory;

	*start = ~0ULL;
	*end = 0;
	for (u32 i = 0; i < memory->cnt; i++) {
		u64 lo, hi;

		if (region_nid(&memory->regions[i]) != nid)
			continue;
		region_pfns(&memory->regions[i], &lo, &hi);
		if (lo >= hi)
			continue;
		*start = min(*start, lo);
		*end = max(*end, hi);
	}
	if (!*end)
		*start = 0;
}

static void zone_init(const struct mem_system *sys, struct zone *zone, pg_data_t *node,
		      enum zone_type type)
{
	u64 lo, hi, node_end = node->node_start_pfn + node->node_spanned_pages;

	zone->name = zone_name(type);
	zone->type = (u8)type;
	zone->zone_pgdat = node;
	for (unsigned order = 0; order < NR_FREE_ORDERS; order++)
		list_init(&zone->free_area[order].free_list);
	zone_limits(type, &lo, &hi);
	lo = max(lo, node->node_start_pfn);
	hi = min(hi, node_end);
	if (lo >= hi)
		return;
	zone->present_pages = present_in(sys, node->node_id, lo, hi);
	if (!zone->present_pages)
		return;
	zone->zone_start_pfn = lo;
	zone->spanned_pages = hi - lo;
	node->node_present_pages += zone->present_pages;
	node->nr_zones = (int)type + 1;
}

static int node_init(struct mem_system *sys, int nid)
{
	u64 start, end;
	phys_addr_t pa = memblock_alloc(&sys->memblock, sizeof(pg_data_t), 64, nid);
	pg_data_t *node;

	if (!pa)
		return -ENOMEM;
	node = phys_to_virt(sys, pa);
	memset(node, 0, sizeof(*node));
	mm_step_bytes(sys, sizeof(*node));
	node->node_id = nid;
	node_span(sys, nid, &start, &end);
	node->node_start_pfn = start;
	node->node_spanned_pages = end - start;
	for (unsigned type = 0; type < MAX_NR_ZONES; type++)
		zone_init(sys, &node->node_zones[type], node, (enum zone_type)type);
	sys->node_data[nid] = node;
	return 0;
}

static void zonelist_add_node(struct zonelist *list, pg_data_t *node)
{
	for (int type = MAX_NR_ZONES - 1; type >= 0; type--) {
		if (populated_zone(&node->node_zones[type]) && type != ZONE_DEVICE)
			list->zones[list->nr++] = &node->node_zones[type];
	}
}

/* The nearest node that is not in `used` yet; the lower id wins a tie. NULL: none is left. */
static pg_data_t *nearest_node(struct mem_system *sys, int from, u64 used)
{
	pg_data_t *best = NULL;
	unsigned best_distance = ~0u;

	for_each_node(sys, node) {
		unsigned distance = sys->numa ? numa_distance(sys->numa, from, node->node_id) : 10;

		if (used >> node->node_id & 1 || distance >= best_distance)
			continue;
		best = node;
		best_distance = distance;
	}
	return best;
}

static int zonelists_init(struct mem_system *sys, pg_data_t *node, u32 nr_zones)
{
	u64 bytes = 2ULL * nr_zones * sizeof(struct zone *), used = 0;
	phys_addr_t pa = memblock_alloc(&sys->memblock, bytes, 64, node->node_id);
	struct zonelist *all = &node->node_zonelists[ZONELIST_FALLBACK];
	struct zonelist *own = &node->node_zonelists[ZONELIST_NOFALLBACK];
	pg_data_t *next;

	if (!pa)
		return -ENOMEM;
	mm_step_bytes(sys, bytes);
	all->zones = phys_to_virt(sys, pa);
	own->zones = all->zones + nr_zones;
	zonelist_add_node(own, node);
	while ((next = nearest_node(sys, node->node_id, used))) {
		zonelist_add_node(all, next);
		used |= 1ULL << next->node_id;
	}
	return 0;
}

int zones_init(struct mem_system *sys)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	u64 nodes = 1; /* node 0 always exists */
	u32 nr_zones = 0;
	int err = 0;

	if (sys->numa && sys->numa->nr_nodes)
		nodes |= sys->numa->nr_nodes == 64 ? ~0ULL : (1ULL << sys->numa->nr_nodes) - 1;
	for (u32 i = 0; i < memory->cnt; i++)
		nodes |= 1ULL << region_nid(&memory->regions[i]);
	sys->max_pfn = phys_to_pfn(memblock_end_of_dram(&sys->memblock));
	for (int nid = 0; nid < MAX_NUMNODES && !err; nid++) {
		if (nodes >> nid & 1) {
			err = node_init(sys, nid);
			nr_zones += MAX_NR_ZONES;
		}
	}
	for_each_node(sys, node) {
		if (!err)
			err = zonelists_init(sys, node, nr_zones);
	}
	return err;
}
