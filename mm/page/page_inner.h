/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shared by the files of this folder only. */
#ifndef MM_PAGE_INNER_H
#define MM_PAGE_INNER_H

#include "frame/frame_inner.h"
#include "mm/page/pcp.h"

/* The life of a page of that pageblock, when it is handed out. */
static inline u64 page_life(const struct pageblock *block, unsigned order)
{
	return PAGE_LIFE(order, order <= PCP_MAX_ORDER ? block->lists : NO_LISTS);
}

/* ---- pcp.c ------------------------------------------------------------------------------- */

/* Makes an empty list hold something: from its spare, or from the zone (takes the lock). False: the
 * zone has nothing for it. */
bool pcp_refill(struct mem_system *sys, struct pcp_list *list, unsigned alloc_flags);
static inline bool pcp_refill_if_empty(struct mem_system *sys, struct pcp_list *list,
				       unsigned alloc_flags)
{
	return list->top > list->base || pcp_refill(sys, list, alloc_flags);
}

/* Makes room in a full list. False: the list is out of use. */
bool pcp_make_room(struct mem_system *sys, struct pcp_list *list);
/* Empties this CPU's lists if another CPU asked for it. */
void pcp_answer_request(struct mem_system *sys, u32 cpu);
static inline void pcp_answer(struct mem_system *sys, u32 cpu)
{
	if (unlikely(__atomic_load_n(&sys->page.cpu[cpu]->drain, __ATOMIC_ACQUIRE)))
		pcp_answer_request(sys, cpu);
}
/* The CPU's lists for a pageblock's or a struct page's `lists`; remembered for the next free. */
struct pcp_list *pcp_lists_by_id(struct page_cpu *pc, u16 lists);

/* ---- requests for frames ----------------------------------------------------------------- */

/* A request on its way. */
struct request {
	struct mem_system *sys;
	u32 cpu;
	int nid;
	gfp_t gfp;
	unsigned order;
	bool lists; /* the CPU's lists hold what it wants */
	const void *caller;
};

static inline bool gfp_may_shrink(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM && !(gfp & __GFP_NORETRY);
}

/* zonelist.c: from the first zone that can give it above the watermark in `flags`. */
u64 zonelist_take(const struct request *r, const struct zonelist *list, unsigned flags);
/* nr allocations that were meant for a zone came from another, or the same, for
 * a CPU of cpu_nid. */
void zone_count_numa(struct zone *wanted, struct zone *zone, int cpu_nid, u64 nr);
/* Back to its zone's free lists, unmarked. */
void frame_put(struct mem_system *sys, u64 pfn, unsigned order);
/* slowpath.c: as zonelist_take() when no zone is above its low watermark. */
u64 request_slow(const struct request *r, const struct zonelist *list);

/* The frame, unmarked; NO_FRAME: there is none. No debugging aid hears of it. */
static inline u64 request_take(const struct request *r)
{
	unsigned which = r->gfp & __GFP_THISNODE ? ZONELIST_NOFALLBACK : ZONELIST_FALLBACK;
	const struct zonelist *list = &r->sys->page.node_data[r->nid]->node_zonelists[which];
	unsigned cma = r->gfp & __GFP_MOVABLE ? ALLOC_CMA : 0;
	u64 pfn = zonelist_take(r, list, WMARK_LOW | cma);

	return pfn == NO_FRAME ? request_slow(r, list) : pfn;
}

/* frame_alloc.c: the frame, in nobody's hands yet and unmarked; NO_FRAME: refused and counted, or
 * no memory. */
u64 request_frame(struct request *r);
/* Refuses a free, and says why. */
void refuse_free(struct mem_system *sys, u64 pfn, unsigned order, const void *caller);

/* ---- errors ------------------------------------------------------------------------------ */

void page_error(struct mem_system *sys, enum page_error error, u64 pfn, unsigned order, gfp_t gfp,
		const void *caller);

#endif
