/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The CPUs' lists: how large they are, and which list serves which request. */
#include "page_inner.h"

/* Requests that make no sense have no list: empty and full for ever, so they take the long way. */
static const struct pcp_list no_lists[NR_PAGE_ORDERS];

/* ---- sizes ------------------------------------------------------------------------------- */

#define PCP_SHARE 64 /* all lists of a zone hold at most this part of it */

/* A group at a time, but at most a 1,024th of the zone (Linux: a 4,096th, or 63). */
static u32 zone_batch(const struct zone *zone)
{
	return (u32)max(min(zone->managed_pages / 1024, (u64)PCP_MAX_BATCH), 1ULL);
}

/* Blocks in both stacks. All CPUs' lists of one kind hold at most a 64th of the zone (Linux: its
 * low watermark), or page_options.pcp_high_fraction of it. */
static u32 zone_high(const struct mem_system *sys, const struct zone *zone, unsigned order)
{
	u32 fraction = sys->given.page_options.pcp_high_fraction;
	u64 high = zone->managed_pages / (fraction ? fraction : PCP_SHARE) / sys->given.nr_cpus;

	if (order == PAGEBLOCK_ORDER)
		return (u32)min(high >> order, 8ULL) & ~1u;
	high = max(min(high, (u64)PCP_MAX_PAGES), 4ULL * zone_batch(zone));
	return (u32)max(high >> 2 * order, order ? 2ULL : 4ULL) & ~1u;
}

/* Of one stack, as allocated: with room for a filling. */
static u32 stack_size(const struct mem_system *sys, const struct zone *zone, unsigned order)
{
	return max(zone_high(sys, zone, order) / 2, order ? 2u : (u32)PCP_MAX_BATCH);
}

static unsigned index_order(u32 i)
{
	return i % NR_PCP_ORDERS == PCP_HUGE ? PAGEBLOCK_ORDER : i % NR_PCP_ORDERS;
}

/* ---- a zone's lists ---------------------------------------------------------------------- */

static u64 *list_init_stacks(const struct mem_system *sys, struct zone *zone, struct pcp_list *list,
			     u32 i, u64 *stacks)
{
	unsigned order = index_order(i), type = i / NR_PCP_ORDERS;
	u32 size = stack_size(sys, zone, order);

	*list = (struct pcp_list){.top = stacks,
				  .base = stacks,
				  .end = stacks,
				  .spare = stacks + size,
				  .size = size,
				  .order = (u8)order,
				  .migratetype = (u8)type,
				  .lists = (u16)(zone_id(zone) * MIGRATE_PCPTYPES + type),
				  .zone = zone};
	return stacks + 2 * size;
}

/* managed_pages is roughly known. */
static int zone_lists_init(struct mem_system *sys, struct zone *zone)
{
	u64 lists = (u64)sys->given.nr_cpus * PCP_LISTS * sizeof(struct pcp_list), blocks = 0;
	u64 *stacks;

	for (u32 i = 0; i < PCP_LISTS; i++)
		blocks += 2 * stack_size(sys, zone, index_order(i));
	zone->pcp = mm_early_alloc(sys, lists + blocks * sys->given.nr_cpus * sizeof(u64),
				   _Alignof(struct pcp_list), zone->zone_pgdat->node_id);
	if (!zone->pcp)
		return -ENOMEM;
	mm_step_bytes(sys, lists);
	stacks = (u64 *)((u8 *)zone->pcp + lists);
	for (u32 i = 0; i < sys->given.nr_cpus * PCP_LISTS; i++)
		stacks = list_init_stacks(sys, zone, &zone->pcp[i], i % PCP_LISTS, stacks);
	return 0;
}

static void list_enable(const struct mem_system *sys, struct pcp_list *list)
{
	u32 batch = zone_batch(list->zone);

	list->high = min(zone_high(sys, list->zone, list->order), 2 * list->size);
	list->end = list->base + list->high / 2;
	list->batch = list->order ? max(batch >> 2 * list->order, 1u) : batch;
	list->batch = min(list->batch, list->size);
}

static void list_disable(const struct mem_system *sys, struct pcp_list *list)
{
	(void)sys;
	list->high = 0;
	list->end = list->base;
}

static void for_each_list(struct mem_system *sys,
			  void (*fn)(const struct mem_system *, struct pcp_list *))
{
	for_each_node(sys, node) {
		for (u32 i = 0; i < MAX_NR_ZONES; i++) {
			struct zone *zone = &node->node_zones[i];

			for (u32 l = 0; zone->pcp && l < sys->given.nr_cpus * PCP_LISTS; l++)
				fn(sys, &zone->pcp[l]);
		}
	}
}

/* ---- a CPU's view ------------------------------------------------------------------------ */

/* The CPU's node, or the nearest one with memory. */
static int cpu_node(const struct mem_system *sys, u32 cpu)
{
	int nid = sys->given.cpu_nid[cpu];
	const struct zonelist *list;

	if (nid < 0 || nid >= MAX_NUMNODES || !sys->page.node_data[nid])
		nid = 0;
	list = &sys->page.node_data[nid]->node_zonelists[ZONELIST_FALLBACK];
	return list->nr ? list->zones[0]->zone_pgdat->node_id : nid;
}

static void set_lists_by_id(struct mem_system *sys, struct page_cpu *pc, u32 cpu)
{
	for_each_node(sys, node) {
		for (u32 i = 0; i < MAX_NR_ZONES * MIGRATE_PCPTYPES; i++) {
			const struct zone *zone = &node->node_zones[i / MIGRATE_PCPTYPES];
			u32 type = i % MIGRATE_PCPTYPES;

			pc->by_id[zone_id(zone) * MIGRATE_PCPTYPES + type] =
				zone->pcp ? pcp_list_of(zone, cpu, type, 0) : pc->none;
		}
	}
}

static void set_fast_lists(struct mem_system *sys, struct page_cpu *pc, u32 cpu)
{
	const struct zonelist *list =
		&sys->page.node_data[pc->nid]->node_zonelists[ZONELIST_FALLBACK];

	for (u32 kind = 0; kind < NR_GFP_KINDS; kind++) {
		pc->fast[kind] = pc->none;
		if (gfp_wrong(kind) || !sys->page.pcp_enabled)
			continue;
		for (u32 i = 0; i < list->nr; i++) {
			if (list->zones[i]->type > gfp_zone(kind) || !list->zones[i]->pcp)
				continue;
			pc->fast[kind] = pcp_list_of(list->zones[i], cpu, gfp_migratetype(kind), 0);
			break;
		}
	}
}

void pcp_enable(struct mem_system *sys)
{
	sys->page.pcp_enabled = true;
	for_each_list(sys, list_enable);
	for (u32 cpu = 0; cpu < sys->given.nr_cpus; cpu++)
		set_fast_lists(sys, sys->page.cpu[cpu], cpu);
}

void pcp_disable(struct mem_system *sys)
{
	sys->page.pcp_enabled = false;
	for (u32 cpu = 0; cpu < sys->given.nr_cpus; cpu++) {
		pcp_drain(sys, cpu);
		set_fast_lists(sys, sys->page.cpu[cpu], cpu);
	}
	for_each_list(sys, list_disable);
}

/* What page_cpu.by_id needs: for zones up to those of the highest node. */
static u64 by_id_bytes(const struct mem_system *sys)
{
	u64 zones = 0;

	for_each_node(sys, node)
		zones = ZONE_ID(node->node_id + 1, 0);
	return zones * MIGRATE_PCPTYPES * sizeof(struct pcp_list *);
}

int pcp_init(struct mem_system *sys)
{
	u64 ids = by_id_bytes(sys);
	u64 bytes = sys->given.nr_cpus * sizeof(struct page_cpu);
	u8 *cpus = mm_early_alloc(sys, bytes + sys->given.nr_cpus * ids, _Alignof(struct page_cpu),
				  NUMA_NO_NODE);

	if (!cpus)
		return -ENOMEM;
	memset(cpus, 0, bytes);
	mm_step_bytes(sys, bytes);
	for_each_node(sys, node) {
		for (u32 i = 0; i < MAX_NR_ZONES; i++) {
			struct zone *zone = &node->node_zones[i];
			int err = zone->managed_pages ? zone_lists_init(sys, zone) : 0;

			if (err)
				return err;
		}
	}
	for (u32 cpu = 0; cpu < sys->given.nr_cpus; cpu++) {
		struct page_cpu *pc = (struct page_cpu *)(void *)cpus + cpu;

		sys->page.cpu[cpu] = pc;
		pc->nid = cpu_node(sys, cpu);
		pc->none = (struct pcp_list *)no_lists;
		pc->by_id = (struct pcp_list **)(void *)(cpus + bytes + cpu * ids);
		pcp_lists_by_id(pc, NO_LISTS);
		set_lists_by_id(sys, pc, cpu);
		set_fast_lists(sys, pc, cpu);
	}
	return 0;
}
