/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which object lies at an address. Nothing is changed. */
#include "mm/system.h"
#include "slab_inner.h"

static struct page *head_of(const struct mem_system *sys, phys_addr_t pa)
{
	if (pa >> MAX_PHYS_BITS || !sys->gigablocks)
		return NULL;
	return slab_page_of(sys, phys_to_virt(sys, pa));
}

bool slab_object_of(const struct mem_system *sys, phys_addr_t pa, struct slab_object *ret)
{
	struct page *page = head_of(sys, pa);
	const struct kmem_cache *cache;
	void *object;
	u64 offset;

	if (!page || !page_test(page, PG_slab))
		return false;
	cache = page->slab_cache;
	*ret = (struct slab_object){.cache = cache, .slab = pfn_to_phys(page_to_pfn(sys, page))};
	offset = pa - ret->slab;
	ret->index = (u32)(offset / cache->size);
	ret->offset = (u32)(offset % cache->size);
	ret->waste = ret->index >= page->objects;
	if (ret->waste)
		return true;
	object = phys_to_virt(sys, pa - ret->offset);
	ret->in_mailbox = slab_is_in_mail(cache, object);
	ret->free = ret->in_mailbox || slab_on_free_list(sys, page, object) == ON_LIST;
	return true;
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
