/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slabs and the objects in them: allocate, free, and what a free object looks like. */
#include "mm/slab.h"

#include "mm/page_alloc.h"
#include "mm/system.h"
#include "slab_inner.h"

#define POISON_BYTE 0x6b

/* Zones that a slab must not come from: objects of one cache share slabs, whoever asks. */
#define GFP_ZONE_BITS (__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM | __GFP_MOVABLE)

/* ---- a free object ------------------------------------------------------------------------------
 */

void **slab_free_pointer(const struct kmem_cache *cache, void *object)
{
	return (void **)((u8 *)object + cache->offset);
}

bool slab_is_object(const struct mem_system *sys, const struct page *page, const void *p)
{
	u64 offset = (u64)(uintptr_t)p - (u64)(uintptr_t)page_address(sys, page);
	const struct kmem_cache *cache = page->slab_cache;

	return offset % cache->size == 0 && offset / cache->size < page->objects;
}

static void poison(const struct kmem_cache *cache, void *object)
{
	if (cache->flags & SLAB_POISON)
		memset(object, POISON_BYTE, cache->object_size);
}

bool slab_poison_holds(const struct kmem_cache *cache, const void *object)
{
	const u8 *byte = object;

	for (u32 i = 0; cache->flags & SLAB_POISON && i < cache->object_size; i++) {
		if (byte[i] != POISON_BYTE)
			return false;
	}
	return true;
}

/* ---- slabs --------------------------------------------------------------------------------------
 */

static struct page *slab_new(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid)
{
	struct page *page = alloc_pages_node(sys, nid, gfp | __GFP_COMP, cache->order);
	u8 *base;

	if (!page)
		return NULL;
	base = page_address(sys, page);
	page_set(page, PG_slab);
	page->slab_cache = cache;
	page->freelist = NULL;
	page->inuse = 0;
	page->objects = (u16)cache->objects;
	for (u32 i = cache->objects; i-- > 0;) {
		void *object = base + (u64)i * cache->size;

		poison(cache, object);
		if (cache->ctor)
			cache->ctor(object);
		*slab_free_pointer(cache, object) = page->freelist;
		page->freelist = object;
	}
	list_add(&page->slab_list, &cache->node[page_to_nid(page)].partial);
	cache->node[page_to_nid(page)].nr_partial++;
	cache->node[page_to_nid(page)].nr_slabs++;
	return page;
}

static void slab_discard(struct mem_system *sys, struct kmem_cache *cache, struct page *page)
{
	struct kmem_cache_node *node = &cache->node[page_to_nid(page)];

	list_del(&page->slab_list);
	node->nr_partial--;
	node->nr_slabs--;
	page_clear(page, PG_slab);
	page->slab_cache = NULL;
	__free_pages(sys, page, cache->order);
}

static void move_to(struct page *page, struct list_head *list)
{
	list_del(&page->slab_list);
	list_add(&page->slab_list, list);
}

/* ---- objects ------------------------------------------------------------------------------------
 */

static void *take_object(struct mem_system *sys, struct kmem_cache *cache, struct page *page)
{
	struct kmem_cache_node *node = &cache->node[page_to_nid(page)];
	void *object = page->freelist, *next = *slab_free_pointer(cache, object);
	bool sound = !next || slab_is_object(sys, page, next);

	if (!sound)
		spin_unlock(&cache->lock); /* ASSERT does not come back */
	ASSERT(sound, "%s: free object %p was written to: it leads to %p", cache->name, object,
	       next);
	if (!slab_poison_holds(cache, object))
		__atomic_add_fetch(&sys->slab.bad_poison, 1, __ATOMIC_RELAXED);
	page->freelist = next;
	page->inuse++;
	if (!page->freelist) {
		node->nr_partial--;
		move_to(page, &node->full);
	}
	cache->nr_active++;
	cache->nr_alloc++;
	return object;
}

/* A slab with a free object: of the node, else of any node unless the caller insists, else new. */
static struct page *find_slab(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid)
{
	struct page *page;

	for (u32 i = 0; i < sys->slab.nr_nodes; i++) {
		u32 n = nid == NUMA_NO_NODE ? i : (u32)nid;

		if (!list_empty(&cache->node[n].partial))
			return list_first_entry(&cache->node[n].partial, struct page, slab_list);
		if (nid != NUMA_NO_NODE)
			break;
	}
	page = slab_new(sys, cache, gfp, nid);
	if (page || nid == NUMA_NO_NODE || gfp & __GFP_THISNODE)
		return page;
	return find_slab(sys, cache, gfp, NUMA_NO_NODE);
}

void *kmem_cache_alloc_node(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid)
{
	struct page *page;
	void *object = NULL;

	ASSERT(nid == NUMA_NO_NODE || (nid >= 0 && (u32)nid < sys->slab.nr_nodes), "node %d", nid);
	ASSERT(!cache->ctor || !(gfp & __GFP_ZERO), "%s has a constructor", cache->name);
	spin_lock(&cache->lock);
	page = find_slab(sys, cache, gfp & ~(__GFP_ZERO | GFP_ZONE_BITS), nid);
	if (page)
		object = take_object(sys, cache, page);
	spin_unlock(&cache->lock);
	if (object && gfp & __GFP_ZERO)
		memset(object, 0, cache->object_size);
	return object;
}

void *kmem_cache_alloc(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp)
{
	return kmem_cache_alloc_node(sys, cache, gfp, NUMA_NO_NODE);
}

struct page *slab_page_of(const struct mem_system *sys, const void *p)
{
	u64 pfn = phys_to_pfn(virt_to_phys(sys, p));
	struct page *page;

	if (!page_alive(sys, pfn))
		return NULL;
	page = pfn_to_page(sys, pfn);
	page = compound_head(page);
	return page->kind && page->_refcount > 0 ? page : NULL;
}

/* Is it an object of the slab that is handed out? The list of free ones is short enough to read;
 * where it was overwritten nothing can be told, and the answer is no. */
static bool is_live_object(const struct mem_system *sys, const struct page *page, void *object)
{
	const struct kmem_cache *cache = page->slab_cache;
	u32 seen = 0;

	if (!slab_is_object(sys, page, object))
		return false;
	for (void *free = page->freelist; free; free = *slab_free_pointer(cache, free)) {
		if (free == object || !slab_is_object(sys, page, free) || seen++ == page->objects)
			return false;
	}
	return true;
}

static void put_object(struct mem_system *sys, struct kmem_cache *cache, struct page *page,
		       void *object)
{
	struct kmem_cache_node *node = &cache->node[page_to_nid(page)];
	bool enough = node->nr_partial >= cache->min_partial;

	poison(cache, object);
	*slab_free_pointer(cache, object) = page->freelist;
	if (!page->freelist) {
		node->nr_partial++;
		move_to(page, &node->partial);
	}
	page->freelist = object;
	page->inuse--;
	cache->nr_active--;
	cache->nr_free++;
	if (!page->inuse && enough)
		slab_discard(sys, cache, page);
}

void kmem_cache_free(struct mem_system *sys, struct kmem_cache *cache, void *object)
{
	struct page *page;
	bool good;

	if (!object)
		return;
	page = slab_page_of(sys, object);
	spin_lock(&cache->lock);
	good = page && page_test(page, PG_slab) && page->slab_cache == cache &&
	       is_live_object(sys, page, object);
	if (good)
		put_object(sys, cache, page, object);
	spin_unlock(&cache->lock);
	if (!good)
		slab_count_bad_free(sys);
}

u64 kmem_cache_shrink(struct mem_system *sys, struct kmem_cache *cache)
{
	u64 slabs = 0;

	spin_lock(&cache->lock);
	for (u32 nid = 0; nid < sys->slab.nr_nodes; nid++) {
		struct page *page, *next;

		list_for_each_entry_safe(page, next, &cache->node[nid].partial, slab_list) {
			if (page->inuse)
				continue;
			slab_discard(sys, cache, page);
			slabs++;
		}
	}
	spin_unlock(&cache->lock);
	return slabs;
}

void kmem_cache_stat(const struct kmem_cache *cache, struct slab_stat *ret)
{
	*ret = (struct slab_stat){.active_objs = cache->nr_active};
	for (u32 nid = 0; nid < cache->nr_nodes; nid++)
		ret->num_slabs += cache->node[nid].nr_slabs;
	ret->active_slabs = ret->num_slabs;
	ret->num_objs = ret->num_slabs * cache->objects;
}
