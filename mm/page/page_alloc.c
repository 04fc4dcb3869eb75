/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Pages: frames with a struct page. */
#include "frame_fast.h"

/* ---- struct pages of blocks -------------------------------------------------------------- */

static void prep_compound(struct page *head, unsigned order)
{
	page_set(head, PG_head);
	for (u64 i = 1; i < 1ULL << order; i++)
		head[i].compound_head = (u64)(uintptr_t)head | 1;
	head[1].compound_order = order;
}

static void unprep_compound(struct page *head)
{
	u64 nr = 1ULL << compound_order(head);

	page_clear(head, PG_head);
	for (u64 i = 1; i < nr; i++)
		list_init(&head[i].lru);
	head[1].mapping = NULL;
}

/* The struct pages of a block that was just taken. */
static int revive_range(struct mem_system *sys, u64 pfn, unsigned order)
{
	for (u64 i = 0; i < 1ULL << order; i += PAGEBLOCK_NR_PAGES) {
		int err = pageblock_revive(sys, pfn + i);

		if (err)
			return err;
	}
	return 0;
}

/* What the flags ask for beyond a plain page. */
static struct page *page_prepare(struct mem_system *sys, struct page *page, gfp_t gfp,
				 unsigned order)
{
	if (order && gfp & __GFP_COMP)
		prep_compound(page, order);
	if (gfp & __GFP_ZERO)
		memset(page_address(sys, page), 0, PAGE_SIZE << order);
	return page;
}

/* The order of the arguments is alloc_pages()', so that it need not move them. */
static __noinline struct page *alloc_pages_slow(struct mem_system *sys, gfp_t gfp, unsigned order,
						int nid, const void *caller)
{
	struct request r = {sys, arch_this_cpu(), nid, gfp, order, true, caller};
	struct page *page;
	u64 pfn;

	if (sys->given.page_options.frames_only)
		return NULL;
	pfn = request_frame(&r);
	if (pfn == NO_FRAME)
		return NULL;
	if (revive_range(sys, pfn, order)) {
		frame_put(sys, pfn, order);
		return NULL;
	}
	frame_set_state(sys, pfn, (u8)(FRAME_PAGE | order));
	page = pfn_to_page(sys, pfn);
	page->life = page_life(pageblock_at(sys, pfn), order);
	return page_prepare(sys, page, gfp, order);
}

/* More is to be done, or to be refused. (Contradicting zones and mobilities have no list.) */
#define GFP_LONG_WAY (__GFP_ZERO | __GFP_COMP | __GFP_NOFAIL | ~GFP_ALL_BITS)

struct page *alloc_pages(struct mem_system *sys, gfp_t gfp, unsigned order)
{
	struct pcp_list *list = request_list(sys->page.cpu[arch_this_cpu()], gfp, order);
	struct page *page;

	if (unlikely(list->top == list->base || gfp & GFP_LONG_WAY))
		return alloc_pages_slow(sys, gfp, order, NUMA_NO_NODE, __builtin_return_address(0));
	page = (struct page *)(uintptr_t)list_take(list);
	page->_refcount = 1;
	return page;
}

struct page *alloc_pages_node(struct mem_system *sys, int nid, gfp_t gfp, unsigned order)
{
	if (nid == NUMA_NO_NODE && !(gfp & __GFP_THISNODE))
		return alloc_pages(sys, gfp, order);
	return alloc_pages_slow(sys, gfp, order, nid, __builtin_return_address(0));
}

/* ---- giving back ------------------------------------------------------------------------- */

/* A page whose last reference goes: to the CPU's list or to its zone. */
static void page_put(struct mem_system *sys, struct page *page, unsigned order, const void *caller)
{
	u64 pfn = page_to_pfn(sys, page);
	const struct pageblock *block = pageblock_at(sys, pfn);
	u32 cpu = arch_this_cpu();

	if (unlikely(sys->page.debug))
		page_debug_free(sys, cpu, pfn, order, caller);
	if (pcp_has_order(order)) {
		struct pcp_list *list = pcp_lists_by_id(sys->page.cpu[cpu], block->lists);

		list += pcp_order_index(order);
		if (list->top < list->end || pcp_make_room(sys, list)) {
			page->life = page_life(block, order) - 1;
			list_give(list, (u64)(uintptr_t)page);
			return;
		}
	}
	page->life = 0;
	frame_put(sys, pfn, order);
}

/* What its owner left behind. */
static void page_scrub(struct page *page)
{
	if (page_test(page, PG_head))
		unprep_compound(page);
	page->flags &= ~PAGE_FLAGS_IN_USE;
	page->mapping = NULL;
}

/* Everything that is unusual about the page: other references, a compound page, flags left over, no
 * room in the list. */
static __noinline void free_pages_slow(struct mem_system *sys, struct page *page, unsigned order,
				       const void *caller)
{
	bool used = page_is_readable(sys, page) && page->kind & PAGE_PLAIN && page->_refcount > 0;

	pcp_answer(sys, arch_this_cpu());
	if (unlikely(!used || page->order != order)) {
		refuse_free(sys, page_to_pfn(sys, page), order, caller);
		return;
	}
	if (page->_refcount > 1) {
		page->_refcount--;
		return;
	}
	if (page->kind & PAGE_MARKED)
		page_scrub(page);
	page_put(sys, page, order, caller);
}

void __free_pages(struct mem_system *sys, struct page *page, unsigned order)
{
	if (unlikely(!page_free_fast(sys, page, order)))
		free_pages_slow(sys, page, order, __builtin_return_address(0));
}

/* ---- by address -------------------------------------------------------------------------- */

void *__get_free_pages(struct mem_system *sys, gfp_t gfp, unsigned order)
{
	struct page *page = alloc_pages(sys, gfp, order);

	return page ? page_address(sys, page) : NULL;
}

void *get_free_page(struct mem_system *sys, gfp_t gfp)
{
	return __get_free_pages(sys, gfp, 0);
}

void free_pages(struct mem_system *sys, void *addr, unsigned order)
{
	if (addr)
		__free_pages(sys, virt_to_page(sys, addr), order);
}
