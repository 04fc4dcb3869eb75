/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The page allocator's refused calls, and invalid sets of flags. */
#include "lib.h"
#include "../page_inner.h"

const char *page_error_name(enum page_error error)
{
	static const char *const names[NR_PAGE_ERRORS] = {
		[PAGE_BAD_ORDER] = "order out of range",
		[PAGE_BAD_GFP] = "impossible GFP flags",
		[PAGE_BAD_NODE] = "no such node",
		[PAGE_FREE_NO_RAM] = "freeing a page that is not memory",
		[PAGE_FREE_RESERVED] = "freeing reserved memory",
		[PAGE_FREE_TWICE] = "freeing a free page",
		[PAGE_FREE_WRONG_ORDER] = "freeing with another order",
		[PAGE_FREE_INSIDE] = "freeing the middle of a block",
		[PAGE_FREE_DIRTY] = "freeing a page without references",
		[PAGE_CORRUPT] = "a free page was written to",
	};

	return error < NR_PAGE_ERRORS ? names[error] : "?";
}

void page_error(struct mem_system *sys, enum page_error error, u64 pfn, unsigned order, gfp_t gfp,
		const void *caller)
{
	struct page_errors *e = &sys->page.errors;

	__atomic_fetch_add(&e->count[error], 1, __ATOMIC_RELAXED);
	if (pfn != NO_FRAME && error != PAGE_CORRUPT)
		__atomic_fetch_add(&e->bad_frees, 1, __ATOMIC_RELAXED);
	e->last = error;
	e->pfn = pfn;
	e->order = order;
	e->gfp = gfp;
	e->caller = caller;
}

const char *gfp_wrong(gfp_t gfp)
{
	/* At most one of DMA, HIGHMEM and DMA32; MOVABLE may be added to any of them. */
	unsigned zones = gfp & (__GFP_DMA | __GFP_HIGHMEM | __GFP_DMA32);

	if (gfp & ~GFP_ALL_BITS)
		return "unknown flags";
	if (zones & (zones - 1))
		return "two zones at once";
	if ((gfp & GFP_MOBILITY) == GFP_MOBILITY)
		return "movable and reclaimable at once";
	if (gfp & __GFP_NOFAIL && gfp & (__GFP_NORETRY | __GFP_ATOMIC))
		return "may neither fail nor wait";
	return NULL;
}

static const struct {
	gfp_t bits;
	const char *name;
} gfp_names[] = {
	{GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE"},
	{GFP_USER, "GFP_USER"},
	{GFP_KERNEL, "GFP_KERNEL"},
	{GFP_ATOMIC, "GFP_ATOMIC"},
	{__GFP_DMA, "GFP_DMA"},
	{__GFP_HIGHMEM, "__GFP_HIGHMEM"},
	{__GFP_DMA32, "GFP_DMA32"},
	{__GFP_MOVABLE, "__GFP_MOVABLE"},
	{__GFP_RECLAIMABLE, "__GFP_RECLAIMABLE"},
	{__GFP_HIGH, "__GFP_HIGH"},
	{__GFP_IO, "__GFP_IO"},
	{__GFP_FS, "__GFP_FS"},
	{__GFP_ZERO, "__GFP_ZERO"},
	{__GFP_ATOMIC, "__GFP_ATOMIC"},
	{__GFP_RECLAIM, "__GFP_RECLAIM"},
	{__GFP_DIRECT_RECLAIM, "__GFP_DIRECT_RECLAIM"},
	{__GFP_KSWAPD_RECLAIM, "GFP_NOWAIT"},
	{__GFP_WRITE, "__GFP_WRITE"},
	{__GFP_NOWARN, "__GFP_NOWARN"},
	{__GFP_RETRY_MAYFAIL, "__GFP_RETRY_MAYFAIL"},
	{__GFP_NOFAIL, "__GFP_NOFAIL"},
	{__GFP_NORETRY, "__GFP_NORETRY"},
	{__GFP_MEMALLOC, "__GFP_MEMALLOC"},
	{__GFP_COMP, "__GFP_COMP"},
	{__GFP_NOMEMALLOC, "__GFP_NOMEMALLOC"},
	{__GFP_HARDWALL, "__GFP_HARDWALL"},
	{__GFP_THISNODE, "__GFP_THISNODE"},
	{__GFP_ACCOUNT, "__GFP_ACCOUNT"},
};

int gfp_text(char *buf, size_t size, gfp_t gfp)
{
	size_t len = 0;

	if (size)
		buf[0] = '\0';
	for (u32 i = 0; i < ARRAY_SIZE(gfp_names); i++) {
		gfp_t bits = gfp_names[i].bits;

		if ((gfp & bits) != bits)
			continue;
		gfp &= ~bits;
		len += (size_t)fmt_print(buf + min(len, size), size - min(len, size), "%s%s",
					 len ? "|" : "", gfp_names[i].name);
	}
	if (gfp || !len)
		len += (size_t)fmt_print(buf + min(len, size), size - min(len, size), "%s%#x",
					 len ? "|" : "", gfp);
	return (int)len;
}
