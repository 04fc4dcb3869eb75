/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * SLUB: caches of equal objects. A slab is a compound page cut into objects; struct page has a bit
 * for each that is set while nobody has it (slabs of more than 64 objects have a map of their own).
 * Free objects hold nothing of ours, so nobody who writes to one can lead us astray, and free pages
 * of objects need not be touched. mm/slab/kmalloc.h stands on top.
 *
 * Slabs belong to a CPU or to their node. A CPU takes from its own slabs and gives back to them
 * without a lock; one of them is the slab that it allocates from, and one freed object lies in its
 * hand, to be taken next. What another CPU frees it marks in the slab, and puts the slab into the
 * owner's mailbox; the owner looks there when it runs out. Slabs that a CPU does not need go to
 * their node's list, under its lock, where any CPU finds them; empty ones back to the page
 * allocator, beyond a few. Full slabs are on no list: who frees an object finds its slab.
 *
 * Every free is checked: the object must be one of the cache's, at its beginning, and not free
 * already, wherever it is.
 *
 * Caches with debugging flags (mm/slab/slab_debug.h) have no CPUs' slabs: each call takes the
 * node's lock and looks at all that it can.
 *
 * Invariants (slab_check proves them): a slab with a free object is allocated from, or on its
 * owner's list, or that of the node that its pages are on; an object is marked once at most, as
 * free or as mailed; a slab with mailed objects is in a mailbox; the counts are the sums.
 */
#ifndef MM_SLAB_SLAB_H
#define MM_SLAB_SLAB_H

#include "mm/page/gfp.h"
#include "mm/slab/slab_struct.h"

/* Flags of a cache, with Linux's names and numbers. */
#define SLAB_CONSISTENCY_CHECKS 0x100u
#define SLAB_RED_ZONE		0x400u
#define SLAB_POISON		0x800u
#define SLAB_HWCACHE_ALIGN	0x2000u
#define SLAB_CACHE_DMA		0x4000u
#define SLAB_STORE_USER		0x10000u
#define SLAB_RECLAIM_ACCOUNT	0x20000u
#define SLAB_PANIC		0x40000u
/* A free object keeps its contents, and its slab's pages until kmem_cache_shrink(), which no
 * shrinker calls: who still looks at it sees an object of the same type. */
#define SLAB_TYPESAFE_BY_RCU 0x80000u
#define SLAB_DEBUG_FLAGS     (SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

/* Needs a working page allocator; reads sys->given.slab_options. 0 or -ENOMEM. */
int kmem_cache_init(struct mem_system *sys);

/*
 * A cache of objects of `size` bytes (1 to KMEM_CACHE_MAX_SIZE) at multiples of `align` (a power of
 * two up to PAGE_SIZE, or 0: 8 bytes). ctor, if any, runs once per object when its slab is made;
 * who frees an object leaves it as constructed. Names are printable and have no blank.
 *
 * A cache that is like another one (flags, alignment, at most 7 bytes smaller) without ctor or
 * debugging becomes an alias of it, as Linux does: the same cache, destroyed as often as created.
 *
 * NULL: bad arguments, an object that with alignment and its debugging words does not fit into the
 * largest block of pages (both reported), or no memory. With SLAB_PANIC it asserts instead.
 */
#define KMEM_CACHE_MAX_SIZE (PAGE_SIZE << MAX_PAGE_ORDER)
struct kmem_cache *kmem_cache_create(struct mem_system *sys, const char *name, u32 size, u32 align,
				     u32 flags, void (*ctor)(void *));
/* -EBUSY (nothing changed, reported) while objects are live, and for kmalloc's caches. An alias
 * goes at once: its objects are the cache's. */
int kmem_cache_destroy(struct mem_system *sys, struct kmem_cache *cache);
/*
 * An object from any node, or from nid, or the nearest that has memory (__GFP_THISNODE: only from
 * nid). NULL: no memory. Zone flags have no effect: objects come from NORMAL and below, those of
 * caches with SLAB_CACHE_DMA from DMA.
 */
void *kmem_cache_alloc(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp);
void *kmem_cache_alloc_node(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid);
/* NULL is allowed. What is no object of the cache, or free already, is refused and reported. */
void kmem_cache_free(struct mem_system *sys, struct kmem_cache *cache, void *object);
/* nr objects, or none: returns nr or 0. */
u32 kmem_cache_alloc_bulk(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, u32 nr,
			  void **objects);
void kmem_cache_free_bulk(struct mem_system *sys, struct kmem_cache *cache, u32 nr, void **objects);
/* This CPU's slabs, and those of CPUs outside our world, go to the nodes, with what is on its way
 * to them. */
void kmem_cache_drain(struct mem_system *sys, struct kmem_cache *cache);
/* The same, empties the quarantine, then gives empty slabs back to the page allocator; returns how
 * many. */
u64 kmem_cache_shrink(struct mem_system *sys, struct kmem_cache *cache);

/* The same for all caches. */
u64 kmem_cache_shrink_all(struct mem_system *sys);

/* ---- looking ----------------------------------------------------------------------------- */

/* Objects handed out. Looks at every slab with a free object. */
u64 kmem_cache_live(const struct mem_system *sys, const struct kmem_cache *cache);
/* Slabs with pages of the node; NUMA_NO_NODE: all. */
u64 kmem_cache_node_slabs(const struct kmem_cache *cache, int nid);

/* Counts for slabinfo. */
struct slab_stat {
	u64 active_objs, num_objs, active_slabs, num_slabs;
};
void kmem_cache_stat(const struct mem_system *sys, const struct kmem_cache *cache,
		     struct slab_stat *ret);

enum slab_use {
	SLAB_LIVE,	  /* handed out */
	SLAB_FREE,	  /* on its slab's free list */
	SLAB_IN_HAND,	  /* freed, and the next that its CPU hands out */
	SLAB_IN_MAIL,	  /* freed, on its way to the CPU that has its slab */
	SLAB_QUARANTINED, /* freed, and not to be handed out for a while */
	SLAB_WASTE,	  /* no object: behind the last one */
	NR_SLAB_USES
};

const char *slab_use_name(enum slab_use use);

/* An object, free or not, of a slab: what lies at a physical address. */
struct slab_object {
	const struct kmem_cache *cache;
	phys_addr_t slab;  /* its first byte */
	u32 index;	   /* of the object */
	u32 offset;	   /* of the address in the object, whose red zone before it counts */
	enum slab_use use; /* SLAB_WASTE: index and offset say nothing */
};
/* False: no slab is there. Any address may be asked about. */
bool slab_object_of(const struct mem_system *sys, phys_addr_t pa, struct slab_object *ret);
/* The same of all objects of a slab at once, ret[page->objects]. `slab` is its head. */
void slab_uses(const struct mem_system *sys, const struct page *slab, u8 *ret);

/* Calls fn for each slab of the cache, until it returns false, which is returned. Full ones are on
 * no list: all struct pages are looked at. */
bool slab_for_each(const struct mem_system *sys, const struct kmem_cache *cache,
		   bool (*fn)(void *ctx, const struct page *slab), void *ctx);

/* NULL when every slab of every cache is consistent; else what is wrong, *ret_cache where. */
const char *slab_check(struct mem_system *sys, const struct kmem_cache **ret_cache);

#endif
