/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Makes nodes and zones from memblock: spans, present pages, and the order of zones to try. */
#include "mm/page/zone.h"

#include "mm/system.h"

static const char *name_of(enum zone_type type)
{
	static const char *const names[MAX_NR_ZONES] = {
		[ZONE_DMA] = "DMA",	    [ZONE_DMA32] = "DMA32",   [ZONE_NORMAL] = "Normal",
		[ZONE_MOVABLE] = "Movable", [ZONE_DEVICE] = "Device",
	};

	return type < MAX_NR_ZONES ? names[type] : "?";
}

/* The zone type of an address by the limits: never MOVABLE or DEVICE. */
static enum zone_type type_of(phys_addr_t pa)
{
	if (pa < ZONE_DMA_END)
		return ZONE_DMA;
	return pa < ZONE_DMA32_END ? ZONE_DMA32 : ZONE_NORMAL;
}

const char *migratetype_name(enum migratetype type)
{
	static const char *const names[MIGRATE_TYPES] = {
		[MIGRATE_UNMOVABLE] = "Unmovable",
		[MIGRATE_MOVABLE] = "Movable",
		[MIGRATE_RECLAIMABLE] = "Reclaimable",
		[MIGRATE_HIGHATOMIC] = "HighAtomic",
		[MIGRATE_CMA] = "CMA",
		[MIGRATE_ISOLATE] = "Isolate",
	};

	return type < MIGRATE_TYPES ? names[type] : "?";
}

const struct device_range *device_range_of(const struct mem_system *sys, u64 pfn)
{
	for (u32 i = 0; i < sys->given.nr_devices; i++) {
		if (pfn >= sys->given.devices[i].start_pfn && pfn < sys->given.devices[i].end_pfn)
			return &sys->given.devices[i];
	}
	return NULL;
}

struct zone *zone_at(const struct mem_system *sys, int nid, u64 pfn)
{
	pg_data_t *node = sys->page.node_data[nid];
	enum zone_type type = type_of(pfn_to_phys(pfn));
	const struct device_range *device = device_range_of(sys, pfn);

	if (device && device->nid == nid)
		return &node->node_zones[ZONE_DEVICE];
	if (pfn >= node->movable_pfn)
		type = ZONE_MOVABLE;
	return &node->node_zones[type];
}

/* The limits of a zone of RAM, [lo, hi) in PFNs. */
static void zone_limits(const pg_data_t *node, enum zone_type type, u64 *lo, u64 *hi)
{
	static const phys_addr_t start[] = {0, ZONE_DMA_END, ZONE_DMA32_END, 1ULL << MAX_PHYS_BITS};
	u64 end = node->node_start_pfn + node->node_spanned_pages;

	*lo = max(node->node_start_pfn, type <= ZONE_NORMAL ? phys_to_pfn(start[type]) : 0);
	*hi = min(end, type <= ZONE_NORMAL ? phys_to_pfn(start[type + 1]) : end);
	if (type == ZONE_MOVABLE)
		*lo = max(*lo, node->movable_pfn);
	else
		*hi = min(*hi, node->movable_pfn);
}

/* The whole pages of a memory region; partial pages at its ends do not count, as in Linux. */
static void region_pfns(const struct memblock_region *r, u64 *start, u64 *end)
{
	*start = phys_to_pfn(round_up(r->base, PAGE_SIZE));
	*end = phys_to_pfn(r->base + r->size);
}

static int region_nid(const struct memblock_region *r)
{
	return r->nid == NUMA_NO_NODE ? 0 : r->nid;
}

/* The number of pages of the node's memory in [lo, hi). */
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

static void zone_init_empty(const struct mem_system *sys, struct zone *zone, pg_data_t *node,
			    enum zone_type type)
{
	zone->name = name_of(type);
	zone->type = (u8)type;
	zone->zone_pgdat = node;
	spin_lock_init(&zone->lock, zone->name, LOCK_ZONE, sys->given.page_options.watch);
	for (unsigned order = 0; order < NR_FREE_ORDERS; order++) {
		for (unsigned t = 0; t < MIGRATE_TYPES; t++)
			list_init(&zone->free_area[order].free_list[t]);
	}
}

static void zone_set_span(struct zone *zone, u64 lo, u64 hi, u64 present)
{
	pg_data_t *node = zone->zone_pgdat;

	zone->zone_start_pfn = lo;
	zone->spanned_pages = hi - lo;
	zone->present_pages = present;
	node->node_present_pages += present;
	node->nr_zones = zone->type + 1;
}

/* Memory of devices can have struct pages, but the allocator never uses it: to Linux its zone spans
 * these pages and has none present. */
static void device_zone_init(const struct mem_system *sys, struct zone *zone)
{
	u64 lo = ~0ULL, hi = 0;

	for (u32 i = 0; i < sys->given.nr_devices; i++) {
		const struct device_range *d = &sys->given.devices[i];

		if (d->nid != zone->zone_pgdat->node_id)
			continue;
		lo = min(lo, d->start_pfn);
		hi = max(hi, d->end_pfn);
	}
	if (lo < hi)
		zone_set_span(zone, lo, hi, 0);
}

static void zone_init(const struct mem_system *sys, struct zone *zone, pg_data_t *node,
		      enum zone_type type)
{
	u64 lo, hi;

	zone_init_empty(sys, zone, node, type);
	if (type == ZONE_DEVICE) {
		device_zone_init(sys, zone);
		return;
	}
	zone_limits(node, type, &lo, &hi);
	if (lo < hi)
		zone_set_span(zone, lo, hi, present_in(sys, node->node_id, lo, hi));
}

static int node_init(struct mem_system *sys, int nid)
{
	u64 start, end;
	/* In whole pages: a counter more in it then moves nothing else. */
	u64 bytes = round_up(sizeof(pg_data_t), PAGE_SIZE);
	pg_data_t *node = mm_early_alloc(sys, bytes, PAGE_SIZE, nid);

	if (!node)
		return -ENOMEM;
	memset(node, 0, sizeof(*node));
	mm_step_bytes(sys, bytes);
	node->node_id = nid;
	node_span(sys, nid, &start, &end);
	node->node_start_pfn = start;
	node->node_spanned_pages = end - start;
	node->movable_pfn = ~0ULL;
	sys->page.node_data[nid] = node;
	return 0;
}

static void zonelist_add_node(struct zonelist *list, pg_data_t *node)
{
	for (int type = MAX_NR_ZONES - 1; type >= 0; type--) {
		if (populated_zone(&node->node_zones[type]) && type != ZONE_DEVICE)
			list->zones[list->nr++] = &node->node_zones[type];
	}
}

static unsigned distance(const struct mem_system *sys, int from, int to)
{
	return sys->given.numa ? numa_distance(sys->given.numa, from, to) : 10;
}

/*
 * The next node with memory that is not in `used`, as Linux's find_next_best_node(): the nearest;
 * of equally near ones those after `from` come first, then those that are less often the first of
 * their distance (load). NULL: none is left.
 */
static pg_data_t *next_node(struct mem_system *sys, int from, u64 used, const u32 *load)
{
	pg_data_t *best = NULL;
	u64 best_cost = ~0ULL;

	for_each_node(sys, node) {
		int nid = node->node_id;
		u64 cost =
			(distance(sys, from, nid) + (nid < from)) * 1ULL * MAX_NUMNODES + load[nid];

		if (used >> nid & 1 || !node->node_present_pages || cost >= best_cost)
			continue;
		best = node;
		best_cost = cost;
	}
	return best;
}

/* Fills the node's list for requests that may leave it. */
static void fallback_init(struct mem_system *sys, pg_data_t *node, u32 *load)
{
	struct zonelist *list = &node->node_zonelists[ZONELIST_FALLBACK];
	int from = node->node_id, before = from;
	u64 used = 1ULL << from;

	zonelist_add_node(list, node);
	while ((node = next_node(sys, from, used, load))) {
		int nid = node->node_id;

		load[nid] += distance(sys, from, nid) != distance(sys, from, before);
		zonelist_add_node(list, node);
		used |= 1ULL << nid;
		before = nid;
	}
}

static int zonelists_init(struct mem_system *sys, pg_data_t *node, u32 nr_zones, u32 *load)
{
	u64 bytes = 2ULL * nr_zones * sizeof(struct zone *);
	struct zone **zones = mm_early_alloc(sys, bytes, 64, node->node_id);
	struct zonelist *all = &node->node_zonelists[ZONELIST_FALLBACK];
	struct zonelist *own = &node->node_zonelists[ZONELIST_NOFALLBACK];

	if (!zones)
		return -ENOMEM;
	mm_step_bytes(sys, bytes);
	all->zones = zones;
	own->zones = all->zones + nr_zones;
	zonelist_add_node(own, node);
	fallback_init(sys, node, load);
	return 0;
}

int zones_init(struct mem_system *sys)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	const struct numa_info *numa = sys->given.numa;
	u64 nodes = 1; /* node 0 always exists */
	u32 nr_zones = 0, load[MAX_NUMNODES] = {0};
	int err = 0;

	/* the nodes, and the end of all memory */
	if (numa && numa->nr_nodes)
		nodes |= ~0ULL >> (64 - numa->nr_nodes);
	for (u32 i = 0; i < memory->cnt; i++)
		nodes |= 1ULL << region_nid(&memory->regions[i]);
	sys->page.max_pfn = phys_to_pfn(memblock_end_of_dram(&sys->memblock));
	for (u32 i = 0; i < sys->given.nr_devices; i++)
		sys->page.max_pfn = max(sys->page.max_pfn, sys->given.devices[i].end_pfn);
	for (int nid = 0; nid < MAX_NUMNODES && !err; nid++) {
		if (nodes >> nid & 1) {
			err = node_init(sys, nid);
			nr_zones += MAX_NR_ZONES;
		}
	}
	if (err)
		return err;
	zones_place_movable(sys);
	for_each_node(sys, node) {
		for (unsigned type = 0; type < MAX_NR_ZONES; type++)
			zone_init(sys, &node->node_zones[type], node, (enum zone_type)type);
	}
	for_each_node(sys, node) {
		if (!err)
			err = zonelists_init(sys, node, nr_zones, load);
	}
	return err;
}
