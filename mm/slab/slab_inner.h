/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a cache's numbers and a slab's bits mean: shared by the files of this folder only. */
#ifndef MM_SLAB_SLAB_INNER_H
#define MM_SLAB_SLAB_INNER_H

#include "mm/slab/slab.h"
#include "mm/system.h"
#include "sanitize.h"
#include "slab_parts.h"

/* ---- flags ------------------------------------------------------------------------------- */

/* Objects are handed out in random order (option randomise). Set by kmem_cache_create(). */
#define SLAB_RANDOMISED 0x2u
/* What callers of kmem_cache_create() may ask for. */
#define SLAB_USER_FLAGS                                                                            \
	(SLAB_DEBUG_FLAGS | SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA | SLAB_RECLAIM_ACCOUNT |           \
	 SLAB_PANIC | SLAB_TYPESAFE_BY_RCU)

/* Every call looks at all that can be looked at, under the node's lock; no CPU has slabs. */
static inline bool slab_is_checked(const struct kmem_cache *cache)
{
	return cache->flags & SLAB_DEBUG_FLAGS;
}

/* Empty slabs stay until kmem_cache_shrink(). */
static inline bool slab_keeps_pages(const struct kmem_cache *cache)
{
	return cache->flags & SLAB_TYPESAFE_BY_RCU;
}

/* Too many objects for the bits in struct page. */
static inline bool slab_is_mapped(const struct kmem_cache *cache)
{
	return !cache->all;
}

/* The sanitizer sees who touches a free object, unless he may; debugged ones
 * we look at ourselves. */
static inline void slab_forbid(const struct kmem_cache *cache, u64 object)
{
	if (SANITIZED && !slab_is_checked(cache) && !slab_keeps_pages(cache))
		sanitize_forbid(object, cache->size);
}

static inline void slab_allow(const struct kmem_cache *cache, u64 object)
{
	if (SANITIZED && !slab_is_checked(cache))
		sanitize_allow(object, cache->object_size);
}

/* ---- where objects are ------------------------------------------------------------------- */

static inline struct kmem_cache *slab_cache(const struct page *slab)
{
	return slab->holder->cache;
}

/* NO_CPU: its node's. */
static inline u32 slab_cpu(const struct page *slab)
{
	return __atomic_load_n(&slab->holder, __ATOMIC_RELAXED)->cpu;
}

static inline u64 slab_pa(const struct mem_system *sys, u64 p)
{
	return p - sys->phys_offset;
}

static inline u64 slab_address(const struct mem_system *sys, const struct page *slab)
{
	return (u64)(uintptr_t)page_address(sys, slab);
}

/*
 * Does an object begin there, counted from the first one, and which? With fraction * size = 2^64 +
 * e, the product is k * 2^64 + k * e for the k-th object, and its lower half larger everywhere
 * else. After Lemire, Kaser, Kurz: Faster remainder by direct computation, 2019.
 */
static inline bool slab_index_at(const struct kmem_cache *cache, u64 offset, u64 *ret_index)
{
	unsigned __int128 product = (unsigned __int128)offset * cache->fraction;

	*ret_index = (u64)(product >> 64);
	return (u64)product < cache->products;
}

/* NULL: none may be read there. It may never have been used, and hold zeros. */
static inline struct page *slab_struct_page(const struct mem_system *sys, u64 pa)
{
	u64 section = pa >> SECTION_SIZE_BITS;

	if (unlikely(section >= sys->page.nr_sections || !sys->page.sections[section]))
		return NULL;
	return sys->page.mem_map + (pa >> PAGE_SHIFT);
}

/* The slab of the cache that an object is of, and its index there; NULL: it is none. Any pointer
 * may be asked about. */
static inline struct page *slab_of(const struct mem_system *sys, const struct kmem_cache *cache,
				   u64 object, u64 *ret_index)
{
	u64 pa = slab_pa(sys, object), offset = pa & cache->slab_mask;
	struct page *page = slab_struct_page(sys, pa - offset);
	const struct slab_holder *holder;

	*ret_index = 0;
	holder = page && page_test(page, PG_slab) ? page->holder : NULL;
	if (unlikely(!holder || holder->cache != cache || offset < cache->red_left ||
		     !slab_index_at(cache, offset - cache->red_left, ret_index)))
		return NULL;
	return page;
}

static inline u64 slab_object_at(const struct mem_system *sys, const struct page *slab, u64 index)
{
	const struct kmem_cache *cache = slab_cache(slab);

	return slab_address(sys, slab) + cache->red_left + index * cache->size;
}

/* Head page of the compound page that p lies in; NULL when p is in no allocated page. */
static inline struct page *slab_page_of(const struct mem_system *sys, const void *p)
{
	struct page *page = slab_struct_page(sys, slab_pa(sys, (u64)(uintptr_t)p));

	if (!page)
		return NULL;
	page = compound_head(page); /* all zero where no page has been used yet */
	return page->kind && page->_refcount > 0 ? page : NULL;
}

/* ---- an object's bits (slab_bits.c) ------------------------------------------------------ */

static inline u32 slab_nr_words(const struct kmem_cache *cache)
{
	return (cache->objects + 63) / 64;
}

static inline const u64 *slab_free_words(const struct kmem_cache *cache, const struct page *slab)
{
	return slab_is_mapped(cache) ? slab->map->free : &slab->free;
}

static inline const u64 *slab_mailed_words(const struct kmem_cache *cache, const struct page *slab)
{
	return slab_is_mapped(cache) ? slab->map->mailed : &slab->mailed;
}

/* To write to. */
static inline u64 *slab_free_word(const struct kmem_cache *cache, struct page *slab, u32 i)
{
	return slab_is_mapped(cache) ? &slab->map->free[i] : &slab->free;
}

/* On the free list, so to say; or freed by another CPU, which its owner has not seen yet. */
bool slab_is_free(const struct kmem_cache *cache, const struct page *slab, u64 index);
bool slab_is_mailed(const struct kmem_cache *cache, const struct page *slab, u64 index);
u32 slab_nr_free(const struct kmem_cache *cache, const struct page *slab);
u32 slab_nr_mailed(const struct kmem_cache *cache, const struct page *slab);
/* Does it have no free object; only free ones? nr_free is kept for that where there is a map. */
static inline bool slab_is_full(const struct kmem_cache *cache, const struct page *slab)
{
	return slab_is_mapped(cache) ? !slab->nr_free : !slab->free;
}

static inline bool slab_is_empty(const struct kmem_cache *cache, const struct page *slab)
{
	return slab_is_mapped(cache) ? slab->nr_free == cache->objects : slab->free == cache->all;
}

/* All of these at once, of word i. Returns those that were free already. */
u64 slab_set_free_bits(const struct kmem_cache *cache, struct page *slab, u32 i, u64 bits);
void slab_set_all_free(const struct kmem_cache *cache, struct page *slab);
/* A free object, which is not from now on. 0: there is none. */
u64 slab_take_bit(struct mem_system *sys, const struct kmem_cache *cache, struct page *slab);

#endif
