/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One zone after the other, in the order of a node's zonelist, until one gives what is asked for;
 * and the way back. */
#include "frame_fast.h"

static u64 block_pfn(const struct mem_system *sys, u64 block)
{
	if (sys->given.page_options.frames_only)
		return block;
	return page_to_pfn(sys, (const struct page *)(uintptr_t)block);
}

static void count_event(struct zone *zone, enum zone_event event, u64 nr)
{
	__atomic_fetch_add(&zone->event[event], nr, __ATOMIC_RELAXED);
}

void zone_count_numa(struct zone *wanted, struct zone *zone, int cpu_nid, u64 nr)
{
	if (unlikely(zone->zone_pgdat != wanted->zone_pgdat)) {
		count_event(zone, NUMA_MISS, nr);
		count_event(wanted, NUMA_FOREIGN, nr);
	}
	if (unlikely(zone->zone_pgdat->node_id != cpu_nid))
		count_event(zone, NUMA_OTHER, nr);
}

/* One zone's answer: from the CPU's list, or from the free lists. */
static u64 take_from_zone(const struct request *r, struct zone *zone, unsigned flags)
{
	enum migratetype type = gfp_migratetype(r->gfp);
	struct pcp_list *list = NULL;
	u64 pfn;

	if (r->lists && pcp_has_order(r->order))
		list = pcp_list_of(zone, r->cpu, type, r->order);
	if (list && pcp_count(list))
		return pcp_refill_if_empty(r->sys, list, flags) ? block_pfn(r->sys, list_take(list))
								: NO_FRAME;
	if (!zone_watermark_ok(zone, r->order, gfp_zone(r->gfp), flags)) {
		count_event(zone, PGALLOC_FAIL_WMARK, 1);
		return NO_FRAME;
	}
	if (list && list->high)
		return pcp_refill(r->sys, list, flags) ? block_pfn(r->sys, list_take(list))
						       : NO_FRAME;
	spin_lock(&zone->lock);
	pfn = zone_take(r->sys, zone, r->order, type, flags);
	if (pfn != NO_FRAME) {
		zone->event[PGALLOC] += 1ULL << r->order;
		zone->event[PGALLOC_OPS]++;
		if (r->order && flags & ALLOC_HARDER)
			highatomic_reserve(r->sys, zone, pfn);
	}
	spin_unlock(&zone->lock);
	return pfn;
}

u64 zonelist_take(const struct request *r, const struct zonelist *list, unsigned flags)
{
	struct zone *wanted = NULL;

	for (u32 i = 0; i < list->nr; i++) {
		struct zone *zone = list->zones[i];
		u64 pfn;

		if (zone->type > gfp_zone(r->gfp) || !zone->pcp)
			continue;
		wanted = wanted ? wanted : zone;
		pfn = take_from_zone(r, zone, flags);
		if (pfn == NO_FRAME)
			continue;
		zone_count_numa(wanted, zone, r->sys->page.cpu[r->cpu]->nid, 1);
		return pfn;
	}
	return NO_FRAME;
}

void frame_put(struct mem_system *sys, u64 pfn, unsigned order)
{
	struct zone *zone = pageblock_zone(sys, pageblock_at(sys, pfn));

	frame_set_state(sys, pfn, 0);
	spin_lock(&zone->lock);
	buddy_put(sys, zone, pfn, order);
	zone->event[PGFREE] += 1ULL << order;
	spin_unlock(&zone->lock);
}
