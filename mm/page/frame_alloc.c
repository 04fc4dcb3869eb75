/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Requests for frames, with or without struct pages, and frame_free(). */
#include "frame_fast.h"

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
	if (unlikely(sys->shrinkers.lock.watch) && gfp_may_shrink(r->gfp) &&
	    !shrinker_is_running(&sys->shrinkers, r->cpu))
		might_lock(&sys->shrinkers.lock); /* perhaps not this time */
	if (sys->page.debug && page_debug_fails(sys, r->gfp, r->order, r->caller))
		return NO_FRAME;
	pfn = request_take(r);
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
