/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Frames without struct pages: the long ways of taking and giving back. */
#include "frame_fast.h"

/* ---- zones ------------------------------------------------------------------------------- */

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

static u64 take_from_list(const struct request *r, const struct zonelist *list, unsigned flags)
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

/* ---- how hard to try --------------------------------------------------------------------- */

#define COSTLY_ORDER 3	/* Linux's PAGE_ALLOC_COSTLY_ORDER */
#define MAX_ROUNDS   16 /* and its MAX_RECLAIM_RETRIES */

static bool may_shrink(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM && !(gfp & __GFP_NORETRY);
}

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
				pfn = take_from_list(r, list, flags);
			if (pfn != NO_FRAME)
				return pfn;
		}
	}
	return NO_FRAME;
}

/*
 * Linux's order: the low watermark; the min one; then, for who can wait, with the CPUs' lists given
 * back, with what shrinkers can spare, and with the atomic reserve. Who must not fail may take the
 * last page. A shrinker gets what there is.
 */
static u64 take_frames(const struct request *r)
{
	gfp_t gfp = r->gfp;
	unsigned which = gfp & __GFP_THISNODE ? ZONELIST_NOFALLBACK : ZONELIST_FALLBACK;
	const struct zonelist *list = &r->sys->page.node_data[r->nid]->node_zonelists[which];
	unsigned cma = gfp & __GFP_MOVABLE ? ALLOC_CMA : 0, flags = flags_under_pressure(gfp);
	u64 pfn = take_from_list(r, list, WMARK_LOW | cma);
	bool shrinking;

	if (pfn != NO_FRAME)
		return pfn;
	shrinking = shrinker_is_running(&r->sys->shrinkers, r->cpu);
	if (shrinking && !(gfp & __GFP_NOMEMALLOC))
		flags |= ALLOC_NO_WATERMARKS;
	pfn = take_from_list(r, list, flags);
	if (pfn != NO_FRAME || shrinking || !may_shrink(gfp))
		return pfn;
	if (pcp_drain_all(r->sys, r->cpu))
		pfn = take_from_list(r, list, flags);
	if (pfn == NO_FRAME)
		pfn = shrink_and_take(r, list, flags);
	while (pfn == NO_FRAME && unreserve_any(r->sys, list))
		pfn = take_from_list(r, list, flags);
	if (pfn == NO_FRAME && gfp & __GFP_NOFAIL)
		pfn = take_from_list(r, list, flags | ALLOC_NO_WATERMARKS);
	return pfn;
}

/* ---- requests ---------------------------------------------------------------------------- */

static int wrong_request(const struct request *r)
{
	if (r->order > MAX_PAGE_ORDER)
		return PAGE_BAD_ORDER;
	if (gfp_wrong(r->gfp))
		return PAGE_BAD_GFP;
	if (r->nid < 0 || r->nid >= MAX_NUMNODES || !r->sys->page.node_data[r->nid])
		return PAGE_BAD_NODE;
	return -1;
}

u64 request_frame(struct request *r)
{
	struct mem_system *sys = r->sys;
	int wrong;
	u64 pfn;

	pcp_answer(sys, r->cpu);
	if (r->nid == NUMA_NO_NODE)
		r->nid = sys->page.cpu[r->cpu]->nid;
	wrong = wrong_request(r);
	if (wrong >= 0) {
		page_error(sys, (enum page_error)wrong, NO_FRAME, r->order, r->gfp, r->caller);
		return NO_FRAME;
	}
	if (unlikely(sys->shrinkers.lock.watch) && may_shrink(r->gfp) &&
	    !shrinker_is_running(&sys->shrinkers, r->cpu))
		might_lock(&sys->shrinkers.lock); /* perhaps not this time */
	if (sys->page.debug && page_debug_fails(sys, r->gfp, r->order, r->caller))
		return NO_FRAME;
	pfn = take_frames(r);
	if (pfn == NO_FRAME) {
		if (!(r->gfp & __GFP_NOWARN))
			__atomic_fetch_add(&sys->page.errors.nr_failed, 1, __ATOMIC_RELAXED);
		return NO_FRAME;
	}
	if (sys->page.debug)
		page_debug_alloc(sys, r->cpu, pfn, r->gfp, r->order, r->caller);
	return pfn;
}

static __noinline u64 frame_alloc_slow(struct mem_system *sys, u32 cpu, int nid, gfp_t gfp,
				       unsigned order, const void *caller)
{
	struct request r = {sys, cpu, nid, gfp, order, sys->given.page_options.frames_only, caller};
	u64 pfn = request_frame(&r);

	if (pfn != NO_FRAME)
		frame_set_state(sys, pfn, (u8)(FRAME_USED | order));
	return pfn;
}

u64 frame_alloc_node(struct mem_system *sys, u32 cpu, int nid, gfp_t gfp, unsigned order)
{
	return frame_alloc_slow(sys, cpu, nid, gfp, order, __builtin_return_address(0));
}

u64 frame_alloc(struct mem_system *sys, u32 cpu, gfp_t gfp, unsigned order)
{
	u64 pfn;

	if (likely(sys->given.page_options.frames_only) &&
	    likely(frame_alloc_fast(sys, cpu, gfp, order, &pfn)))
		return pfn;
	return frame_alloc_slow(sys, cpu, NUMA_NO_NODE, gfp, order, __builtin_return_address(0));
}

/* ---- giving back ------------------------------------------------------------------------- */

/* Why that PFN and order cannot be freed. */
static enum page_error free_error(const struct mem_system *sys, u64 pfn, unsigned order)
{
	struct buddy_block free;
	unsigned found;
	u64 head;

	if (order > MAX_PAGE_ORDER)
		return PAGE_BAD_ORDER;
	if (!pageblock_if_alive(sys, pfn) ||
	    !memblock_is_memory(&sys->memblock, pfn_to_phys(pfn), PAGE_SIZE))
		return PAGE_FREE_NO_RAM;
	if (buddy_block_of(sys, pfn, &free))
		return PAGE_FREE_TWICE;
	if (frame_block_of(sys, pfn, &head, &found))
		return head == pfn ? PAGE_FREE_WRONG_ORDER : PAGE_FREE_INSIDE;
	if (memblock_overlaps(&sys->memblock.reserved, pfn_to_phys(pfn), PAGE_SIZE))
		return PAGE_FREE_RESERVED;
	return PAGE_FREE_TWICE; /* in a CPU's list */
}

void refuse_free(struct mem_system *sys, u64 pfn, unsigned order, const void *caller)
{
	page_error(sys, free_error(sys, pfn, order), pfn, order, 0, caller);
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

static __noinline int frame_free_slow(struct mem_system *sys, u32 cpu, u64 pfn, unsigned order,
				      const void *caller)
{
	struct pageblock *block = pageblock_if_alive(sys, pfn);
	struct pcp_list *list;

	pcp_answer(sys, cpu);
	if (!block || order > MAX_PAGE_ORDER || !is_aligned(pfn, 1ULL << order) ||
	    frame_state(sys, pfn) != (FRAME_USED | order)) {
		refuse_free(sys, pfn, order, caller);
		return -EINVAL;
	}
	if (sys->page.debug)
		page_debug_free(sys, cpu, pfn, order, caller);
	if (sys->given.page_options.frames_only && pcp_has_order(order)) {
		list = pcp_lists_by_id(sys->page.cpu[cpu], block->lists) + pcp_order_index(order);
		if (list->top < list->end || pcp_make_room(sys, list)) {
			frame_set_state(sys, pfn, 0);
			list_give(list, pfn);
			return 0;
		}
	}
	frame_put(sys, pfn, order);
	return 0;
}

int frame_free(struct mem_system *sys, u32 cpu, u64 pfn, unsigned order)
{
	if (likely(sys->given.page_options.frames_only) &&
	    likely(frame_free_fast(sys, cpu, pfn, order)))
		return 0;
	return frame_free_slow(sys, cpu, pfn, order, __builtin_return_address(0));
}

/* ---- state ------------------------------------------------------------------------------- */

u8 frame_state(const struct mem_system *sys, u64 pfn)
{
	const struct pageblock *block = pageblock_if_alive(sys, pfn);

	if (!block)
		return 0;
	if (block->state && is_aligned(pfn, PAGEBLOCK_NR_PAGES))
		return block->state;
	return block->map->state[pfn % PAGEBLOCK_NR_PAGES];
}

void frame_set_state(struct mem_system *sys, u64 pfn, u8 state)
{
	struct pageblock *block = pageblock_at(sys, pfn);

	if ((state & FRAME_ORDER) >= PAGEBLOCK_ORDER || block->state)
		block->state = state;
	else
		block->map->state[pfn % PAGEBLOCK_NR_PAGES] = state;
}

/* The block with a state that holds the frame. */
static bool marked_block_of(const struct mem_system *sys, u64 pfn, u64 *ret_head,
			    unsigned *ret_order)
{
	for (unsigned order = 0; order <= MAX_PAGE_ORDER; order++) {
		u64 head = round_down(pfn, 1ULL << order);
		u8 state = frame_state(sys, head);

		if (!(state & (FRAME_USED | FRAME_PAGE)) ||
		    pfn - head >= 1ULL << (state & FRAME_ORDER))
			continue;
		*ret_head = head;
		*ret_order = state & FRAME_ORDER;
		return true;
	}
	return false;
}

bool page_is_listed(const struct mem_system *sys, u64 pfn)
{
	unsigned order;
	u64 head;

	return marked_block_of(sys, pfn, &head, &order) && frame_state(sys, head) & FRAME_PAGE &&
	       !pfn_to_page(sys, head)->_refcount;
}

bool frame_block_of(const struct mem_system *sys, u64 pfn, u64 *ret_head, unsigned *ret_order)
{
	unsigned order;
	u64 head;

	if (!marked_block_of(sys, pfn, &head, &order) || page_is_listed(sys, pfn))
		return false;
	*ret_head = head;
	*ret_order = order;
	return true;
}
