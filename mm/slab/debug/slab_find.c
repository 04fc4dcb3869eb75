/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which object lies at an address, and who has it. Nothing is changed. */
#include "mm/slab/kmalloc.h"
#include "../slab_inner.h"

const char *slab_use_name(enum slab_use use)
{
	static const char *const names[NR_SLAB_USES] = {
		[SLAB_LIVE] = "handed out",
		[SLAB_FREE] = "free",
		[SLAB_IN_HAND] = "free, the next of its CPU",
		[SLAB_IN_MAIL] = "free, on its way to its CPU",
		[SLAB_QUARANTINED] = "free, in quarantine",
		[SLAB_WASTE] = "behind the last object",
	};

	return use < NR_SLAB_USES ? names[use] : "?";
}

static struct page *head_of(const struct mem_system *sys, phys_addr_t pa)
{
	if (pa >> MAX_PHYS_BITS || !sys->page.gigablocks)
		return NULL;
	return slab_page_of(sys, phys_to_virt(sys, pa));
}

bool slab_object_of(const struct mem_system *sys, phys_addr_t pa, struct slab_object *ret)
{
	struct page *slab = head_of(sys, pa);
	const struct kmem_cache *cache;
	u64 offset;

	if (!slab || !page_test(slab, PG_slab))
		return false;
	cache = slab_cache(slab);
	*ret = (struct slab_object){.cache = cache, .slab = pfn_to_phys(page_to_pfn(sys, slab))};
	offset = pa - ret->slab;
	ret->index = (u32)(offset / cache->size);
	ret->offset = (u32)(offset % cache->size);
	ret->use = SLAB_WASTE;
	if (ret->index < cache->objects)
		ret->use =
			slab_use_of(cache, slab, ret->index, slab_object_at(sys, slab, ret->index));
	return true;
}

void slab_uses(const struct mem_system *sys, const struct page *slab, u8 *ret)
{
	const struct kmem_cache *cache = slab_cache(slab);

	for (u32 i = 0; i < cache->objects; i++)
		ret[i] = (u8)slab_use_of(cache, slab, i, slab_object_at(sys, slab, i));
}

bool kmalloc_pages_of(const struct mem_system *sys, phys_addr_t pa, phys_addr_t *ret_start,
		      u64 *ret_size)
{
	struct page *page = head_of(sys, pa);

	if (!page || page_test(page, PG_slab) || page->mapping != &sys->slab || page->_refcount < 1)
		return false;
	*ret_start = pfn_to_phys(page_to_pfn(sys, page));
	*ret_size = PAGE_SIZE << compound_order(page);
	return true;
}
