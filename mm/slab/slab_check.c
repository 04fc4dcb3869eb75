/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Is every slab what its cache thinks it is? */
#include "mm/system.h"
#include "slab_inner.h"

static const char *check_free_list(const struct mem_system *sys, const struct page *page)
{
	const struct kmem_cache *cache = page->slab_cache;
	u32 free = 0;

	for (void *object = page->freelist; object; object = *slab_free_pointer(cache, object)) {
		if (!slab_is_object(sys, page, object))
			return "a free pointer leads outside the slab";
		if (!slab_poison_holds(cache, object))
			return "a free object was written to";
		if (++free > cache->objects)
			return "a free list has a loop";
	}
	return free + page->inuse == cache->objects ? NULL : "a slab's objects do not add up";
}

static const char *check_slab(const struct mem_system *sys, const struct kmem_cache *cache,
			      const struct page *page, bool full, int nid)
{
	if (!page_test(page, PG_slab) || page->slab_cache != cache || page->_refcount != 1)
		return "a slab's page does not know its cache";
	if (page->objects != cache->objects || compound_order(page) != cache->order)
		return "a slab is not of its cache's size";
	if (page_to_nid(page) != nid)
		return "a slab is on another node's list";
	if (full != !page->freelist)
		return "a slab is on the wrong list";
	return check_free_list(sys, page);
}

static const char *check_list(const struct mem_system *sys, const struct kmem_cache *cache, u32 nid,
			      bool full, u64 *slabs, u64 *inuse)
{
	const struct kmem_cache_node *node = &cache->node[nid];
	const struct list_head *list = full ? &node->full : &node->partial;
	const struct page *page;

	list_for_each_entry(page, list, slab_list) {
		const char *wrong;

		if (page->slab_list.next->prev != &page->slab_list)
			return "a slab list's links are broken";
		wrong = check_slab(sys, cache, page, full, (int)nid);
		if (wrong)
			return wrong;
		++*slabs;
		*inuse += page->inuse;
	}
	return NULL;
}

static const char *check_cache(const struct mem_system *sys, const struct kmem_cache *cache)
{
	u64 inuse = 0;

	for (u32 nid = 0; nid < cache->nr_nodes; nid++) {
		const struct kmem_cache_node *node = &cache->node[nid];
		u64 partial = 0, full = 0;
		const char *wrong = check_list(sys, cache, nid, false, &partial, &inuse);

		if (!wrong)
			wrong = check_list(sys, cache, nid, true, &full, &inuse);
		if (wrong)
			return wrong;
		if (partial != node->nr_partial || partial + full != node->nr_slabs)
			return "a node's slabs differ from their count";
	}
	if (cache->nr_alloc - cache->nr_free != cache->nr_active)
		return "a cache's operations do not add up";
	return inuse == cache->nr_active ? NULL : "a cache's live objects differ from their count";
}

const char *slab_check(struct mem_system *sys, const struct kmem_cache **ret_cache)
{
	struct kmem_cache *cache;

	list_for_each_entry(cache, &sys->slab.caches, list) {
		const char *wrong = check_cache(sys, cache);

		if (wrong) {
			*ret_cache = cache;
			return wrong;
		}
	}
	return NULL;
}
