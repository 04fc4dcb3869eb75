/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The fast paths, where every instruction counts: this CPU's list has a block, or has room for one.
 * All that is unusual (debugging aids, other nodes, bad arguments, empty lists) makes one of the
 * few tests here fail and takes the long way.
 */
#ifndef MM_PAGE_FRAME_FAST_H
#define MM_PAGE_FRAME_FAST_H

#include "page_inner.h"

static inline u64 list_take(struct pcp_list *list)
{
	u64 *top = list->top - 1;

	list->top = top;
	list->nr_taken++;
	return *top;
}

static inline void list_give(struct pcp_list *list, u64 block)
{
	*list->top++ = block;
}

/* The list for a request, or one without blocks. */
static inline struct pcp_list *request_list(const struct page_cpu *pc, gfp_t gfp, unsigned order)
{
	struct pcp_list *lists = pc->fast[gfp & (NR_GFP_KINDS - 1)];

	if (likely(order <= PCP_MAX_ORDER))
		return lists + order;
	return order == PAGEBLOCK_ORDER ? lists + PCP_HUGE : pc->none;
}

/* ---- frames, in a system without struct pages -------------------------------------------- */

/* Linux's name for it is rmqueue_pcplist(). False: take the long way. */
static inline bool frame_alloc_fast(struct mem_system *sys, u32 cpu, gfp_t gfp, unsigned order,
				    u64 *ret_pfn)
{
	struct pcp_list *list = request_list(sys->page.cpu[cpu], gfp, order);
	struct pageblock *block;
	u64 pfn;

	if (unlikely(list->top == list->base))
		return false;
	*ret_pfn = pfn = list_take(list);
	block = pageblock_at(sys, pfn);
	if (likely(order <= PCP_MAX_ORDER))
		block->map->state[pfn % PAGEBLOCK_NR_PAGES] = (u8)(FRAME_USED | order);
	else
		block->state = FRAME_USED | PAGEBLOCK_ORDER;
	return true;
}

/* False: nothing was done; take the long way. */
static inline bool frame_free_fast(struct mem_system *sys, u32 cpu, u64 pfn, unsigned order)
{
	struct page_cpu *pc = sys->page.cpu[cpu];
	struct pcp_list *list = pc->last_lists + order;
	struct pageblock *block;
	u8 *state;

	if (unlikely(pfn >= sys->page.max_pfn || !gigablock_at(sys, pfn)->blocks))
		return false;
	block = gigablock_at(sys, pfn)->blocks +
		(pfn >> PAGEBLOCK_ORDER) % (GIGA_NR_PAGES / PAGEBLOCK_NR_PAGES);
	state = &block->map->state[pfn % PAGEBLOCK_NR_PAGES];
	if (unlikely(order > PCP_MAX_ORDER)) {
		if (order != PAGEBLOCK_ORDER || pfn % PAGEBLOCK_NR_PAGES)
			return false;
		list = pc->last_lists + PCP_HUGE;
		state = &block->state;
	}
	if (unlikely(*state != (FRAME_USED | order) || block->lists != pc->last_id ||
		     list->top == list->end))
		return false;
	*state = 0;
	list_give(list, pfn);
	return true;
}

/* ---- pages ------------------------------------------------------------------------------- */

/* May the struct page be read? It may hold zeros, if its pageblock is not alive. */
static inline bool page_is_readable(const struct mem_system *sys, const struct page *page)
{
	u64 section = ((u64)(uintptr_t)page - (u64)(uintptr_t)sys->page.mem_map) /
		      (PAGES_PER_SECTION * sizeof(struct page));

	return section < sys->page.nr_sections && sys->page.sections[section];
}

/*
 * One compare says that the page is a plain one of that order with one reference, and goes to the
 * lists that the last one went to. (Orders without a list have none in their life, and match
 * nothing that has room.) False: nothing was done; take the long way.
 */
static inline bool page_free_fast(struct mem_system *sys, struct page *page, unsigned order)
{
	const struct page_cpu *pc = sys->page.cpu[arch_this_cpu()];
	struct pcp_list *list = pc->last_lists + order;
	u64 *top;

	if (unlikely(!page_is_readable(sys, page) ||
		     page->life != pc->last_life + ((u64)order << 32)))
		return false;
	top = list->top;
	if (unlikely(top == list->end))
		return false;
	page->_refcount = 0;
	*top = (u64)(uintptr_t)page;
	list->top = top + 1;
	return true;
}

#endif
