/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slabs, and what a free object looks like. */
#include "mm/slab.h"

#include "mm/page_alloc.h"
#include "mm/system.h"
#include "slab_inner.h"

#define POISON_BYTE 0x6b

/* Zones that a slab must not come from: objects of one cache share slabs, whoever asks. */
#define GFP_ZONE_BITS (__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM | __GFP_MOVABLE)

/* ---- a free object ------------------------------------------------------------------------------
 */

bool slab_is_object(const struct mem_system *sys, const struct page *page, const void *p)
{
	u64 offset = (u64)(uintptr_t)p - (u64)(uintptr_t)page_address(sys, page);
	const struct kmem_cache *cache = page->slab_cache;

	return offset % cache->size == 0 && offset / cache->size < page->objects;
}

enum on_free_list slab_on_free_list(const struct mem_system *sys, const struct page *page,
				    const void *object)
{
	u32 seen = 0;

	for (void *free = page->freelist; free; free = *slab_free_pointer(page->slab_cache, free)) {
		if (free == object)
			return ON_LIST;
		if (!slab_is_object(sys, page, free) || seen++ == page->objects)
			return LIST_BROKEN;
	}
	return NOT_ON_LIST;
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

static void construct_all(const struct kmem_cache *cache, u8 *object)
{
	for (u32 i = 0; i < cache->objects; i++, object += cache->size) {
		poison(cache, object);
		if (cache->ctor)
			cache->ctor(object);
	}
}

/* Each free object leads to the next one. */
static void link_all(const struct kmem_cache *cache, u8 *object)
{
	u8 *last = object + cache->last_offset;
	u32 size = cache->size, offset = cache->offset;

	for (; object < last; object += size)
		*(void **)(void *)(object + offset) = object + size;
	*(void **)(void *)(object + offset) = NULL;
}

struct page *slab_new(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid)
{
	struct page *page = alloc_pages_node(
		sys, nid, (gfp & ~(__GFP_ZERO | GFP_ZONE_BITS)) | __GFP_COMP, cache->order);
	u8 *object;

	if (!page)
		return NULL;
	page_set(page, PG_slab);
	page->slab_cache = cache;
	page->owner = NO_CPU;
	page->inuse = 0;
	page->objects = (u16)cache->objects;
	object = page_address(sys, page);
	page->freelist = object;
	if (cache->ctor || cache->flags & SLAB_DEBUG_FLAGS)
		construct_all(cache, object);
	link_all(cache, object);
	return page;
}

void slab_discard(struct mem_system *sys, struct kmem_cache *cache, struct page *page)
{
	page_clear(page, PG_slab);
	page->slab_cache = NULL;
	__free_pages(sys, page, cache->order);
}

void *slab_pop(struct mem_system *sys, struct kmem_cache *cache, struct page *page)
{
	void *object = page->freelist, *next = *slab_free_pointer(cache, object);

	ASSERT(slab_leads_on(sys, cache, object),
	       "%s: free object %p was written to: it leads to %p", cache->name, object, next);
	if (!slab_poison_holds(cache, object))
		__atomic_add_fetch(&sys->slab.bad_poison, 1, __ATOMIC_RELAXED);
	page->freelist = next;
	page->inuse++;
	return object;
}

void slab_push(const struct kmem_cache *cache, struct page *page, void *object)
{
	poison(cache, object);
	*slab_free_pointer(cache, object) = page->freelist;
	page->freelist = object;
	page->inuse--;
}

struct page *slab_page_of(const struct mem_system *sys, const void *p)
{
	struct page *page = slab_struct_page(sys, slab_pa(sys, p));

	if (!page)
		return NULL;
	page = compound_head(page); /* all zero where no page has been used yet */
	return page->kind && page->_refcount > 0 ? page : NULL;
}
