/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* kmalloc() or vmalloc(), whichever has it. */
#include "mm/vmalloc/kvmalloc.h"

#include "mm/slab/kmalloc.h"
#include "mm/system.h"
#include "mm/vmalloc/vmalloc.h"

/* Areas are made of pages from anywhere, by who can wait. */
static bool vmalloc_would_do(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM && !(gfp & (__GFP_DMA | __GFP_DMA32));
}

/* Contiguous pages are worth a try, not other people's caches; unless the caller says so. */
static gfp_t try_gfp(gfp_t gfp)
{
	gfp &= ~__GFP_NOFAIL;
	return gfp & __GFP_RETRY_MAYFAIL ? gfp : gfp | __GFP_NORETRY;
}

void *kvmalloc(struct mem_system *sys, size_t size, gfp_t gfp)
{
	void *p;

	if (size <= PAGE_SIZE || !vmalloc_would_do(gfp))
		return kmalloc(sys, size, gfp);
	p = kmalloc(sys, size, try_gfp(gfp) | __GFP_NOWARN);
	if (p)
		return p;
	p = vmalloc(sys, size);
	return p && gfp & __GFP_ZERO ? memset(p, 0, size) : p;
}

void *kvzalloc(struct mem_system *sys, size_t size, gfp_t gfp)
{
	return kvmalloc(sys, size, gfp | __GFP_ZERO);
}

void kvfree(struct mem_system *sys, void *p)
{
	bool direct = phys_to_pfn(virt_to_phys(sys, p)) < sys->page.max_pfn;

	if (!p || p == ZERO_SIZE_PTR || direct)
		kfree(sys, p);
	else
		vfree(sys, p);
}

void *kvmalloc_array(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (__builtin_mul_overflow(nr, size, &bytes))
		return kmalloc_array(sys, nr, size, gfp); /* which refuses, and says so */
	return kvmalloc(sys, bytes, gfp);
}

void *kvcalloc(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp)
{
	return kvmalloc_array(sys, nr, size, gfp | __GFP_ZERO);
}
