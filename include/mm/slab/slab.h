/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * SLUB: caches of equal objects. A slab is a compound page cut into objects; struct page has a bit
 * for each object that is set while it is free (slabs with more than 64 objects have a struct
 * slab_map). There is no data of ours in free objects, so a write to one cannot damage the
 * allocator, and free objects need not be touched. mm/slab/kmalloc.h uses these caches.
 *
 * A slab belongs to a CPU or to its node. A CPU allocates from its own slabs and frees to them
 * without a lock. One of them is its current slab, from which it allocates. One freed object is in
 * its hand: it is allocated next. When a CPU frees an object of another CPU's slab, it marks the
 * object in the slab and puts the slab into the owner's mailbox; the owner looks there when it
 * needs objects. Slabs that a CPU does not need go to their node's list, under the node's lock,
 * where every CPU can take them; empty ones go back to the page allocator, but for a few. Full
 * slabs are on no list: they are found when one of their objects is freed.
 *
 * Every free is checked: the address must be the start of an object of the cache that is not free,
 * nor in a hand or in the mail.
 *
 * Caches with debugging flags (mm/slab/slab_debug.h) have no slabs of CPUs: each call takes the
 * node's lock and does all checks.
 *
 * Invariants, which slab_check() checks: a slab with a free object is a current slab, or on the
 * list of its owner, CPU or node; an object is marked at most once, as free or as mailed; a slab
 * with mailed objects is in a mailbox; the counts are the sums.
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
/* A free object keeps its contents, and its slab keeps its pages until kmem_cache_shrink(), which
 * no shrinker calls: a late reader of the object sees one of the same type. */
#define SLAB_TYPESAFE_BY_RCU 0x80000u
#define SLAB_DEBUG_FLAGS     (SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

/* Needs a working page allocator; reads sys->given.slab_options. 0 or -ENOMEM. */
int kmem_cache_init(struct mem_system *sys);

/*
 * Makes a cache of objects of `size` bytes (1 to KMEM_CACHE_MAX_SIZE) at multiples of `align` (a
 * power of two up to PAGE_SIZE, or 0: 8 bytes). ctor (or NULL) runs once for each object when its
 * slab is made; an object must be in its constructed state again when it is freed. Names are
 * printable and have no blank.
 *
 * Without ctor and debugging, and if there is a similar cache (flags, alignment, at most 7 bytes
 * larger), the new cache is an alias of that one, as in Linux: the same cache, to be destroyed as
 * often as it was created.
 *
 * NULL: bad arguments; an object that is too large with alignment and debugging words (both are
 * reported); or no memory. With SLAB_PANIC it asserts instead.
 */
#define KMEM_CACHE_MAX_SIZE (PAGE_SIZE << MAX_PAGE_ORDER)
struct kmem_cache *kmem_cache_create(struct mem_system *sys, const char *name, u32 size, u32 align,
				     u32 flags, void (*ctor)(void *));
/* 0; -EBUSY: there are live objects, or it is a cache of kmalloc; reported, nothing changed. An
 * alias can always be destroyed: its objects belong to the cache. */
int kmem_cache_destroy(struct mem_system *sys, struct kmem_cache *cache);
/*
 * Allocates an object from any node; or from nid or the nearest node with memory (__GFP_THISNODE:
 * only from nid). NULL: no memory. Zone flags have no effect: objects come from NORMAL and below,
 * those of caches with SLAB_CACHE_DMA from DMA.
 */
void *kmem_cache_alloc(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp);
void *kmem_cache_alloc_node(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid);
/* NULL is allowed. An address that is not an object of the cache, or free already, is refused and
 * reported. */
void kmem_cache_free(struct mem_system *sys, struct kmem_cache *cache, void *object);
/* Allocates nr objects or none: returns nr or 0. */
u32 kmem_cache_alloc_bulk(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, u32 nr,
			  void **objects);
void kmem_cache_free_bulk(struct mem_system *sys, struct kmem_cache *cache, u32 nr, void **objects);
/* Gives the slabs of this CPU, and those of CPUs outside our world, to the nodes, with all objects
 * in hands and mailboxes. */
void kmem_cache_drain(struct mem_system *sys, struct kmem_cache *cache);
/* The same; also empties the quarantine, and frees all empty slabs. Returns how many. */
u64 kmem_cache_shrink(struct mem_system *sys, struct kmem_cache *cache);

/* The same for all caches. */
u64 kmem_cache_shrink_all(struct mem_system *sys);

/* ---- looking ----------------------------------------------------------------------------- */

/* The number of live objects. Looks at every slab with a free object. */
u64 kmem_cache_live(const struct mem_system *sys, const struct kmem_cache *cache);
/* Slabs with pages of the node; NUMA_NO_NODE: all. */
u64 kmem_cache_node_slabs(const struct kmem_cache *cache, int nid);

/* Counts for slabinfo. */
struct slab_stat {
	u64 active_objs, num_objs, active_slabs, num_slabs;
};
/* Looks at every slab with a free object. */
void kmem_cache_stat(const struct mem_system *sys, const struct kmem_cache *cache,
		     struct slab_stat *ret);

enum slab_use {
	SLAB_LIVE,	  /* allocated */
	SLAB_FREE,	  /* on its slab's free list */
	SLAB_IN_HAND,	  /* freed, in its CPU's hand */
	SLAB_IN_MAIL,	  /* freed by another CPU, in the mail to its slab's owner */
	SLAB_QUARANTINED, /* freed, waiting in quarantine */
	SLAB_WASTE,	  /* no object: after the last one */
	NR_SLAB_USES
};

const char *slab_use_name(enum slab_use use);

/* The object, free or not, at a physical address in a slab. */
struct slab_object {
	const struct kmem_cache *cache;
	phys_addr_t slab;  /* its first byte */
	u32 index;	   /* of the object */
	u32 offset;	   /* of the address, from the start of the object's red zone */
	enum slab_use use; /* SLAB_WASTE: index and offset have no meaning */
};
/* Finds the object at pa; any address is allowed. False: there is no slab. */
bool slab_object_of(const struct mem_system *sys, phys_addr_t pa, struct slab_object *ret);
/* The uses of all objects of a slab, in ret[cache->objects]. `slab` is its head. */
void slab_uses(const struct mem_system *sys, const struct page *slab, u8 *ret);

/* Calls fn for each slab of the cache; stops and returns false when fn does. Looks at all struct
 * pages, as full slabs are on no list. */
bool slab_for_each(const struct mem_system *sys, const struct kmem_cache *cache,
		   bool (*fn)(void *ctx, const struct page *slab), void *ctx);

/* Checks every slab of every cache: NULL; else what is wrong, and *ret_cache says where. */
const char *slab_check(struct mem_system *sys, const struct kmem_cache **ret_cache);

#endif
