/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shared by the files of this folder only. */
#ifndef MM_SLAB_SLAB_INNER_H
#define MM_SLAB_SLAB_INNER_H

#include "mm/slab.h"
#include "mm/system.h"

#define SLAB_DEBUG_FLAGS SLAB_POISON

/* ---- objects ------------------------------------------------------------------------------------
 */

/* Where a free object keeps the next one. */
static inline void **slab_free_pointer(const struct kmem_cache *cache, const void *object)
{
	return (void **)(uintptr_t)((u64)(uintptr_t)object + cache->offset);
}

/* Is p the start of an object, free or not, of the slab with this head page? */
bool slab_is_object(const struct mem_system *sys, const struct page *page, const void *p);

/* Is the object on its slab's free list? Where that was written over it cannot be followed. */
enum on_free_list { NOT_ON_LIST, ON_LIST, LIST_BROKEN };
enum on_free_list slab_on_free_list(const struct mem_system *sys, const struct page *page,
				    const void *object);

/* Is a free object as it was left? Always true in caches without SLAB_POISON. */
bool slab_poison_holds(const struct kmem_cache *cache, const void *object);

/* Head page of the compound page that p lies in; NULL when p is in no allocated page. */
struct page *slab_page_of(const struct mem_system *sys, const void *p);

#define SLAB_FREE_MARK 0x5f3c96a1d80b74e5ULL /* no address, no usual number */

static inline u64 *slab_mark(const struct kmem_cache *cache, const void *object)
{
	return (u64 *)(uintptr_t)((u64)(uintptr_t)object + cache->mark);
}

/* Every call looks at the whole free list, under the node's lock, and no CPU has slabs: debugging
 * was asked for, or a free object has no room for a mark. */
static inline bool slab_is_checked(const struct kmem_cache *cache)
{
	return cache->flags & SLAB_DEBUG_FLAGS || cache->mark == cache->offset;
}

static inline u64 slab_pa(const struct mem_system *sys, const void *object)
{
	return (u64)(uintptr_t)object - sys->phys_offset;
}

/* Where in its slab. Lemire, Kaser, Kurz: Faster remainder by direct computation, 2019. */
static inline bool is_object_offset(const struct kmem_cache *cache, u64 offset)
{
	return offset <= cache->last_offset && offset * cache->fraction < cache->fraction;
}

/* NULL: none may be read there. It may never have been used, and hold zeros. */
static inline struct page *slab_struct_page(const struct mem_system *sys, u64 pa)
{
	u64 section = pa >> SECTION_SIZE_BITS;

	if (unlikely(section >= sys->nr_sections || !sys->sections[section]))
		return NULL;
	return sys->mem_map + (pa >> PAGE_SHIFT);
}

/* The slab of the cache that an object is of; NULL: it is none. Any pointer may be asked about. */
static inline struct page *slab_of(const struct mem_system *sys, const struct kmem_cache *cache,
				   const void *object)
{
	u64 pa = slab_pa(sys, object), offset = pa & cache->slab_mask;
	struct page *page = slab_struct_page(sys, pa - offset);

	if (unlikely(!page || page->slab_cache != cache || !is_object_offset(cache, offset)))
		return NULL;
	return page;
}

/* The free pointer of a free object holds: it is the last, or leads to an object of the same slab.
 */
static inline bool slab_leads_on(const struct mem_system *sys, const struct kmem_cache *cache,
				 const void *object)
{
	const void *next = *slab_free_pointer(cache, object);
	u64 pa = slab_pa(sys, next);

	return !next || ((pa ^ slab_pa(sys, object)) <= cache->slab_mask &&
			 is_object_offset(cache, pa & cache->slab_mask));
}

/* Objects in use, without the one that stands for its being allocated from. */
static inline u32 slab_inuse(const struct kmem_cache *cache, const struct page *page)
{
	return page->inuse - (page->owner != NO_CPU && cache->cpu[page->owner].slab == page);
}

/* ---- slabs (slub.c) -----------------------------------------------------------------------------
 */

/* A slab without an owner, all of its objects on its free list, on no list itself. NULL: no memory.
 */
struct page *slab_new(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid);
/* Gives its pages back; it is on no list. */
void slab_discard(struct mem_system *sys, struct kmem_cache *cache, struct page *page);
/* The first object of the free list, which is not empty. */
void *slab_pop(struct mem_system *sys, struct kmem_cache *cache, struct page *page);
void slab_push(const struct kmem_cache *cache, struct page *page, void *object);
/* What was freed is not an object, or not a live one. */
static inline void slab_count_bad_free(struct mem_system *sys)
{
	__atomic_add_fetch(&sys->slab.bad_frees, 1, __ATOMIC_RELAXED);
}

/* ---- the nodes' slabs (slab_node.c) -------------------------------------------------------------
 */

/* An object of nid's slabs. NULL: they have none. */
void *node_take(struct mem_system *sys, struct kmem_cache *cache, u32 nid);
/* False: the slab has an owner by now, and nothing was done. */
bool node_put(struct mem_system *sys, struct kmem_cache *cache, struct page *page, void *object);
/* A slab with free objects, the CPU's own from now on; NULL: there is none. */
struct page *node_take_slab(struct kmem_cache *cache, u32 nid, u32 cpu);
/* A slab that belongs to nobody now. */
void node_put_slab(struct mem_system *sys, struct kmem_cache *cache, struct page *page);

/* ---- the CPUs' slabs (slab_cpu.c) ---------------------------------------------------------------
 */

/* sheaf: objects that each stack holds at most. */
void slab_cpu_init(struct kmem_cache_cpu *c, u32 sheaf);
static inline u32 sheaf_count(const struct sheaf *s)
{
	return (u32)(s->top - s->base);
}

/* A slab to allocate from; NULL: there is none now. */
const struct page *slab_cpu_slab(const struct kmem_cache_cpu *c);

/* ---- looking (slab_check.c) ---------------------------------------------------------------------
 */

/* Calls fn for each slab of the cache. `owner`: whose list it is on, NO_CPU: its node's; current:
 * it is the one that the CPU allocates from, on no list. False ends it and is returned. */
bool slab_for_each(const struct kmem_cache *cache,
		   bool (*fn)(void *ctx, const struct page *page, u32 owner, int nid, bool full,
			      bool current),
		   void *ctx);
/* Objects that were freed and are in a sheaf, or on their way to the CPU that has their slab. */
u64 slab_in_mail(const struct kmem_cache *cache);
bool slab_is_in_mail(const struct kmem_cache *cache, const void *object);

/* Creates the caches behind kmalloc(). 0 or -ENOMEM. */
int kmalloc_init(struct mem_system *sys);

#endif
