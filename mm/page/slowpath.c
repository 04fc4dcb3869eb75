/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A request when no zone is above its low watermark: how far below it may go, and which memory is
 * reclaimed for it. */
#include "page_inner.h"

#define COSTLY_ORDER 3	/* Linux's PAGE_ALLOC_COSTLY_ORDER */
#define MAX_ROUNDS   16 /* and its MAX_RECLAIM_RETRIES */

static bool unreserve_any(struct mem_system *sys, const struct zonelist *list)
{
	bool any = false;

	for (u32 i = 0; i < list->nr && !any; i++) {
		spin_lock(&list->zones[i]->lock);
		any = highatomic_unreserve(sys, list->zones[i]);
		spin_unlock(&list->zones[i]->lock);
	}
	return any;
}

/* How far below the low watermark the request may go. */
static unsigned flags_under_pressure(gfp_t gfp)
{
	unsigned flags = WMARK_MIN;

	if (gfp & __GFP_MOVABLE)
		flags |= ALLOC_CMA;
	if (gfp & __GFP_HIGH)
		flags |= ALLOC_HIGH;
	if (gfp & __GFP_ATOMIC)
		flags |= ALLOC_HARDER;
	if (gfp & __GFP_MEMALLOC && !(gfp & __GFP_NOMEMALLOC))
		flags |= ALLOC_NO_WATERMARKS;
	return flags;
}

/* Calls the shrinkers once for every node that may serve the request. */
static u64 shrink_nodes(const struct request *r, const struct zonelist *list, unsigned priority)
{
	int last = NUMA_NO_NODE;
	u64 freed = 0;

	for (u32 i = 0; i < list->nr; i++) {
		const struct zone *zone = list->zones[i];

		if (zone->type > gfp_zone(r->gfp) || zone->zone_pgdat->node_id == last)
			continue;
		last = zone->zone_pgdat->node_id;
		freed += shrink_slab(r->sys, r->gfp, last, priority);
	}
	return freed;
}

/* Calls shrinkers with rising pressure until the request succeeds, again from the lowest while that
 * frees something: single objects must add up to whole pages. Large orders get only one round. */
static u64 shrink_and_take(const struct request *r, const struct zonelist *list, unsigned flags)
{
	bool luck = r->order > COSTLY_ORDER && !(r->gfp & __GFP_RETRY_MAYFAIL);
	u64 pfn = NO_FRAME, freed = 1;

	__atomic_fetch_add(&r->sys->shrinkers.nr_stalls[gfp_zone(r->gfp)], 1, __ATOMIC_RELAXED);
	for (u32 rounds = luck ? 1 : MAX_ROUNDS; rounds && freed; rounds--) {
		freed = 0;
		for (unsigned priority = DEF_PRIORITY + 1; priority--;) {
			u64 more = shrink_nodes(r, list, priority);

			freed += more;
			pcp_drain(r->sys, r->cpu); /* pages that shrinkers freed */
			if (more)
				pfn = zonelist_take(r, list, flags);
			if (pfn != NO_FRAME)
				return pfn;
		}
	}
	return NO_FRAME;
}

/*
 * Linux's order: first down to the min watermark. Then, if the request may wait, after draining the
 * CPUs' lists, after calling shrinkers, and from the atomic reserve. __GFP_NOFAIL may take the last
 * page. A shrinker's own requests ignore the watermarks.
 */
u64 request_slow(const struct request *r, const struct zonelist *list)
{
	gfp_t gfp = r->gfp;
	unsigned flags = flags_under_pressure(gfp);
	bool shrinking = shrinker_is_running(&r->sys->shrinkers, r->cpu);
	u64 pfn;

	if (shrinking && !(gfp & __GFP_NOMEMALLOC))
		flags |= ALLOC_NO_WATERMARKS;
	pfn = zonelist_take(r, list, flags);
	if (pfn != NO_FRAME || shrinking || !gfp_may_shrink(gfp))
		return pfn;
	if (pcp_drain_all(r->sys, r->cpu))
		pfn = zonelist_take(r, list, flags);
	if (pfn == NO_FRAME)
		pfn = shrink_and_take(r, list, flags);
	while (pfn == NO_FRAME && unreserve_any(r->sys, list))
		pfn = zonelist_take(r, list, flags);
	if (pfn == NO_FRAME && gfp & __GFP_NOFAIL)
		pfn = zonelist_take(r, list, flags | ALLOC_NO_WATERMARKS);
	return pfn;
}
