/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Is every slab what its cache thinks it is? */
#include "mm/system.h"
#include "slab_inner.h"

static const char *check_slab(const struct mem_system *sys, const struct kmem_cache *cache,
			      struct page *page)
{
	u8 *base = page_address(sys, page);
	u32 free = 0;

	if (!page_test(page, PG_slab) || page->slab_cache != cache)
		return "a slab's page does not know its cache";
	for (void *object = page->freelist; object; object = *slab_free_pointer(cache, object)) {
		u64 offset = (u64)((u8 *)object - base);

		if (offset % cache->size || offset / cache->size >= cache->objects)
			return "a free pointer leads outside the slab";
		if (++free > cache->objects)
			return "a free list has a loop";
	}
	return free + page->inuse == cache->objects ? NULL : "a slab's objects do not add up";
}

static const char *check_list(const struct mem_system *sys, const struct kmem_cache *cache,
			      const struct list_head *list, u64 *slabs, u64 *inuse)
{
	struct page *page;

	list_for_each_entry(page, list, slab_list) {
		const char *wrong = check_slab(sys, cache, page);

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
		const char *wrong = check_list(sys, cache, &node->partial, &partial, &inuse);

		if (!wrong)
			wrong = check_list(sys, cache, &node->full, &full, &inuse);
		if (wrong)
			return wrong;
		if (partial != node->nr_partial || partial + full != node->nr_slabs)
			return "a node's slabs differ from their count";
	}
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
