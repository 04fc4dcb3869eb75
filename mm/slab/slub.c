/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slabs: pages cut into objects, and back. */
#include "mm/page/page_alloc.h"
#include "slab_inner.h"

/* Zones that objects must not come from by one caller's flags: they share slabs with all others. */
#define GFP_OF_PAGES                                                                               \
	(__GFP_ZERO | __GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM | __GFP_MOVABLE | __GFP_RECLAIMABLE)

static void begin_objects(const struct mem_system *sys, const struct page *slab)
{
	const struct kmem_cache *cache = slab_cache(slab);

	for (u32 i = 0; i < cache->objects; i++) {
		u64 object = slab_object_at(sys, slab, i);

		slab_debug_new(cache, object);
		if (cache->ctor)
			cache->ctor((void *)(uintptr_t)object);
	}
}

static void forbid_objects(const struct mem_system *sys, const struct page *slab)
{
	const struct kmem_cache *cache = slab_cache(slab);

	for (u32 i = 0; i < cache->objects; i++)
		slab_forbid(cache, slab_object_at(sys, slab, i));
}

static void count_slabs(struct kmem_cache *cache, const struct page *slab, s64 nr)
{
	__atomic_fetch_add(&cache->node[page_to_nid(slab)].nr_slabs, nr, __ATOMIC_RELAXED);
}

/* Its bits; false: no memory. */
static bool begin_bits(struct mem_system *sys, struct kmem_cache *cache, struct page *slab,
		       gfp_t gfp)
{
	if (slab_is_mapped(cache)) {
		slab->map = kmem_cache_alloc(sys, sys->slab.map_cache,
					     gfp & ~(GFP_OF_PAGES | __GFP_THISNODE));
		if (!slab->map)
			return false;
	}
	slab_set_all_free(cache, slab);
	return true;
}

static void forget(struct mem_system *sys, struct kmem_cache *cache, struct page *slab)
{
	slab->holder = NULL;
	slab->_mapcount = -1;
	slab->unused = 0;
	if (!cache->order)
		page_unmark(slab);
	__free_pages(sys, slab, cache->order);
}

struct page *slab_new(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid)
{
	gfp_t pages = (gfp & ~GFP_OF_PAGES) | cache->gfp | (cache->order ? __GFP_COMP : 0);
	struct page *slab = alloc_pages_node(sys, nid, pages, cache->order);

	if (!slab)
		return NULL;
	slab->holder = &cache->node[page_to_nid(slab)].holder;
	if (!begin_bits(sys, cache, slab, gfp)) {
		forget(sys, cache, slab);
		return NULL;
	}
	page_set(slab, PG_slab);
	if (cache->ctor || slab_is_checked(cache))
		begin_objects(sys, slab);
	if (SANITIZED)
		forbid_objects(sys, slab);
	count_slabs(cache, slab, 1);
	return slab;
}

void slab_discard(struct mem_system *sys, struct kmem_cache *cache, struct page *slab)
{
	sanitize_allow(slab_address(sys, slab), PAGE_SIZE << cache->order);
	count_slabs(cache, slab, -1);
	page_clear(slab, PG_slab);
	if (slab_is_mapped(cache))
		kmem_cache_free(sys, sys->slab.map_cache, slab->map);
	forget(sys, cache, slab);
}
