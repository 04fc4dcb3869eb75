/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a request does when no zone is above its low watermark: how deep it may go, and what is
 * asked to give memory back. */
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

/* How deep below the low watermark a request may go, once that has not been enough. */
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

/* Every node that may serve the request, once. */
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

/* Asks harder and harder until there is enough, and from the beginning while that gives anything:
 * objects must add up to pages, and for large orders that is left to luck. */
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
			pcp_drain(r->sys, r->cpu); /* also what a shrinker took for itself */
			if (more)
				pfn = zonelist_take(r, list, flags);
			if (pfn != NO_FRAME)
				return pfn;
		}
	}
	return NO_FRAME;
}

/*
 * Linux's order: the min watermark; then, if the request may wait, with the CPUs' lists given back,
 * with what shrinkers can spare, and with the atomic reserve. One that must not fail may take the
 * last page. A shrinker's own requests get what there is.
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
