/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What Linux's counters say of our memory. */
#include "mm/stat/vmstat.h"

#include "mm/system.h"

/* The place of a counter. */
static u64 *at(const char *const *names, u32 nr, u64 *values, const char *name)
{
	u32 i = 0;

	while (i < nr && strcmp(names[i], name))
		i++;
	ASSERT(i < nr, "no counter is called %s", name);
	return &values[i];
}

/* ---- a zone ------------------------------------------------------------------------------ */

void vm_zone_stats(const struct mem_system *sys, const struct zone *zone,
		   u64 ret[NR_VM_ZONE_STAT_ITEMS])
{
	u64 event[NR_ZONE_EVENTS];
#define ITEM(name) (*at(vm_zone_stat_names, NR_VM_ZONE_STAT_ITEMS, ret, name))

	memset(ret, 0, NR_VM_ZONE_STAT_ITEMS * sizeof(ret[0]));
	zone_events(sys, zone, event);
	ITEM("nr_free_pages") = zone->nr_free_pages;
	ITEM("nr_free_cma") = zone->nr_free_cma;
	ITEM("numa_hit") = event[PGALLOC_OPS] - event[NUMA_MISS];
	ITEM("numa_miss") = event[NUMA_MISS];
	ITEM("numa_foreign") = event[NUMA_FOREIGN];
	ITEM("numa_local") = event[PGALLOC_OPS] - event[NUMA_OTHER];
	ITEM("numa_other") = event[NUMA_OTHER];
#undef ITEM
}

u32 vm_stat_threshold(const struct mem_system *sys, const struct zone *zone)
{
	u64 units = zone->managed_pages >> (27 - PAGE_SHIFT); /* of 128 MiB */
	u32 bits = units ? highest_bit(units) + 1 : 0;

	return min(2 * (highest_bit(sys->given.nr_cpus) + 1) * (1 + bits), 125u);
}

/* ---- a node ------------------------------------------------------------------------------ */

struct count_tables {
	const struct mem_system *sys;
	int nid;
	u64 nr;
};

static void count_table(struct count_tables *c, phys_addr_t pa)
{
	const struct memblock_region *r = memblock_find(&c->sys->memblock.memory, pa);
	int nid = r && r->nid != NUMA_NO_NODE ? r->nid : 0;

	c->nr += nid == c->nid;
}

static int count_tables_below(void *ctx, const struct pt_entry *e)
{
	if (!e->present || e->leaf || e->wrong)
		return PT_SKIP;
	count_table(ctx, e->phys);
	return e->level > 1 ? PT_DESCEND : PT_SKIP;
}

static u64 table_pages(const struct mem_system *sys, int nid)
{
	struct count_tables c = {.sys = sys, .nid = nid};

	if (!sys->pt.root)
		return 0;
	count_table(&c, sys->pt.root);
	pt_walk_spans(&sys->pt, 0, pt_last(&sys->pt), count_tables_below, &c);
	return c.nr;
}

static void slab_pages(const struct mem_system *sys, int nid, u64 ret_pages[2])
{
	const struct kmem_cache *cache;

	ret_pages[0] = sys->slab.ready ? sys->slab.large_pages[nid] : 0;
	ret_pages[1] = 0;
	if (!sys->slab.ready)
		return;
	list_for_each_entry(cache, &sys->slab.caches, list)
		ret_pages[!!(cache->flags & SLAB_RECLAIM_ACCOUNT)] +=
			kmem_cache_node_slabs(cache, nid) << cache->order;
}

void vm_node_stats(const struct mem_system *sys, const pg_data_t *node,
		   u64 ret[NR_VM_NODE_STAT_ITEMS])
{
	u64 slab[2];
#define ITEM(name) (*at(vm_node_stat_names, NR_VM_NODE_STAT_ITEMS, ret, name))

	memset(ret, 0, NR_VM_NODE_STAT_ITEMS * sizeof(ret[0]));
	slab_pages(sys, node->node_id, slab);
	ITEM("nr_slab_unreclaimable") = slab[0];
	ITEM("nr_slab_reclaimable") = slab[1];
	ITEM("nr_page_table_pages") = table_pages(sys, node->node_id);
#undef ITEM
}

/* ---- all of it --------------------------------------------------------------------------- */

void vm_events(const struct mem_system *sys, u64 ret[NR_VM_EVENT_ITEMS])
{
	static const char *const allocs[MAX_NR_ZONES] = {"pgalloc_dma", "pgalloc_dma32",
							 "pgalloc_normal", "pgalloc_movable",
							 "pgalloc_device"};
	static const char *const stalls[MAX_NR_ZONES] = {"allocstall_dma", "allocstall_dma32",
							 "allocstall_normal", "allocstall_movable",
							 "allocstall_device"};
#define ITEM(name) (*at(vm_event_names, NR_VM_EVENT_ITEMS, ret, name))

	memset(ret, 0, NR_VM_EVENT_ITEMS * sizeof(ret[0]));
	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			u64 event[NR_ZONE_EVENTS];

			zone_events(sys, &node->node_zones[type], event);
			ITEM(allocs[type]) += event[PGALLOC];
			ITEM("pgfree") += event[PGFREE];
		}
	}
	for (u32 type = 0; type < MAX_NR_ZONES; type++)
		ITEM(stalls[type]) = sys->shrinkers.nr_stalls[type];
	ITEM("slabs_scanned") = sys->shrinkers.nr_scanned;
	ITEM("drop_slab") = sys->shrinkers.nr_drops;
#undef ITEM
}

void vm_totals(const struct mem_system *sys, struct vm_totals *ret)
{
	u64 could_be_dirty;

	*ret = (struct vm_totals){0};
	for_each_node(sys, node) {
		u64 slab[2];

		for (u32 type = 0; type < MAX_NR_ZONES; type++)
			ret->free += node->node_zones[type].nr_free_pages;
		ret->reserve += node->totalreserve_pages;
		slab_pages(sys, node->node_id, slab);
		ret->slab_unreclaimable += slab[0];
		ret->slab_reclaimable += slab[1];
	}
	could_be_dirty = ret->free - min(ret->free, ret->reserve);
	ret->available = could_be_dirty;
	/* As Linux rounds: percent of a page first. */
	ret->dirty_background = could_be_dirty * (10 * PAGE_SIZE / 100) / PAGE_SIZE;
	ret->dirty = could_be_dirty * (20 * PAGE_SIZE / 100) / PAGE_SIZE;
}

static int add_leaf(void *ctx, const struct pt_entry *e)
{
	u64 *bytes = ctx;

	if (e->present && e->leaf && e->level < 3)
		bytes[e->level] += e->nr * PT_SIZE(e->level);
	return e->present && !e->leaf && !e->wrong ? PT_DESCEND : PT_SKIP;
}

void vm_direct_map(const struct mem_system *sys, u64 ret_bytes[3])
{
	u64 size = pfn_to_phys(sys->page.max_pfn);

	memset(ret_bytes, 0, 3 * sizeof(ret_bytes[0]));
	if (sys->pt.root && size)
		pt_walk_spans(&sys->pt, sys->given.layout.direct,
			      sys->given.layout.direct + size - 1, add_leaf, ret_bytes);
}
