/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the files of this folder do for each other. */
#ifndef MM_SLAB_SLAB_PARTS_H
#define MM_SLAB_SLAB_PARTS_H

#include "mm/slab/slab.h"

/* ---- slabs (slub.c) ---------------------------------------------------------------------- */

/* A slab of its node's, all of its objects free, on no list. NULL: no memory. */
struct page *slab_new(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid);
/* Gives its pages back; it is on no list. No lock of a cache is held. */
void slab_discard(struct mem_system *sys, struct kmem_cache *cache, struct page *slab);

/* ---- the nodes' slabs (slab_node.c) ------------------------------------------------------ */

/* An object of nid's slabs. 0: they have none. */
u64 node_take(struct mem_system *sys, struct kmem_cache *cache, u32 nid);
/* Objects of word i, reported if they are free. False: the slab is a CPU's; nothing was done. */
bool node_put_bits(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u32 i,
		   u64 bits, const void *caller);
/* A slab with free objects, the CPU's own from now on; NULL: there is none. */
struct page *node_take_slab(struct kmem_cache *cache, u32 nid, struct kmem_cache_cpu *c);
/* A slab that belongs to nobody now. An empty one that is too many goes back to the page allocator,
 * unless it is to be kept. */
void node_put_slab(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, bool keep);

/* ---- the CPUs' slabs (slab_cpu.c, slab_mail.c) ------------------------------------------- */

void slab_cpu_init(struct kmem_cache_cpu *c, struct kmem_cache *cache, u32 cpu);
/* An object from a slab of the CPU's, wherever slabs are to be had. 0: no memory. */
u64 slab_cpu_take(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp);
/* A slab of this CPU's, without a map, was full or is empty now: its free
 * bits were others before. */
void slab_cpu_changed(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u64 was);
/* A good object that is not free goes where its slab is. */
void slab_cpu_put(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u64 index,
		  const void *caller);
/* Objects of word i to a slab that belongs to CPU c. */
void slab_cpu_put_bits(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		       struct page *slab, u32 i, u64 bits);
/* Marks an object of a slab of another CPU as freed. False: it was. */
bool slab_mail(struct kmem_cache *cache, struct page *slab, u64 index, u64 object);
/* kmem_cache_drain(); empty slabs stay; or of a cache that nobody uses any more, running CPUs',
 * too. */
enum slab_drain { SLAB_DRAIN, SLAB_DRAIN_KEEP, SLAB_DRAIN_UNUSED };
void slab_cpu_drain(struct mem_system *sys, struct kmem_cache *cache, enum slab_drain how);
/* What others have freed goes to the slabs that it is of. */
void slab_sort_mail(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c);

/* ---- objects (slab_object.c) ------------------------------------------------------------- */

void *slab_alloc_slow(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid,
		      size_t size, const void *caller);
void slab_free_slow(struct mem_system *sys, struct kmem_cache *cache, u64 object,
		    const void *caller);

/* ---- looking (slab_walk.c) --------------------------------------------------------------- */

/* As slab_for_each(), of slabs that are on a list, and those that are allocated from; `cpu`: whose
 * list it is on, NO_CPU: its node's; current: that CPU allocates from it. */
typedef bool slab_listed_fn(void *ctx, const struct page *slab, u32 cpu, u32 nid, bool current);
bool slab_each_listed(const struct kmem_cache *cache, slab_listed_fn *fn, void *ctx);
/* All other slabs, of all caches: they are full. */
bool slab_each_full(const struct mem_system *sys, bool (*fn)(void *ctx, const struct page *slab),
		    void *ctx);
/* Does its owner allocate from it? */
bool slab_is_current(const struct page *slab);
enum slab_use slab_use_of(const struct kmem_cache *cache, const struct page *slab, u64 index,
			  u64 object);

/* ---- debugging (slab_debug.c, slab_error.c) ---------------------------------------------- */

/* Fills in all that follows from name, sizes, flags and numbers of CPUs and nodes. False: not even
 * one object fits into the largest slab (slab_layout.c). */
bool slab_layout(struct kmem_cache *cache);
/* Space that flags add: sets red_left, red_end, track, and size, not yet aligned. */
void slab_debug_layout(struct kmem_cache *cache);
/* Debugging flags that the options give a cache of that name. */
u32 slab_debug_flags_for(const struct slab_options *options, const char *name);
/* What a free object looks like, and a live one; no-ops without flags. */
void slab_debug_new(const struct kmem_cache *cache, u64 object);
void slab_debug_alloc(const struct kmem_cache *cache, u64 object, size_t size, const void *caller);
void slab_debug_free(const struct kmem_cache *cache, u64 object, const void *caller);
/* Is it as it was left? Reports what is not, and mends it. */
void slab_debug_look(struct mem_system *sys, const struct kmem_cache *cache, u64 object, bool live,
		     const void *caller);
/* The same without a report: the first byte that is not as it was left, and what it was; the error,
 * or NR_SLAB_ERRORS. */
enum slab_error slab_debug_wrong(const struct kmem_cache *cache, u64 object, bool live, s32 *ret_at,
				 u8 *ret_expected);
/* An object's records (slab_track.c); no-ops where the cache keeps none. */
enum slab_track_kind { SLAB_TRACK_ALLOC, SLAB_TRACK_FREE };
void slab_track(const struct kmem_cache *cache, u64 object, enum slab_track_kind which, u32 size,
		const void *caller);
void slab_tracks_clear(const struct kmem_cache *cache, u64 object);
/* Was the record itself written over? */
bool slab_track_is_overrun(const struct kmem_cache *cache, u64 object);
/* Size that the object was asked for with; the cache's where it is not known. */
u32 slab_debug_size(const struct kmem_cache *cache, u64 object);
/* The object waits; returns the one that waited longest, whose turn it is, or 0: nobody has to. An
 * object of 0 only takes one out. */
u64 slab_quarantine_swap(struct kmem_cache *cache, u64 object);
bool slab_is_quarantined(const struct kmem_cache *cache, u64 object);
u32 slab_nr_quarantined(const struct kmem_cache *cache);

void slab_error(struct mem_system *sys, enum slab_error error, const struct kmem_cache *cache,
		u64 object, const void *caller);
/* With what lies at a byte of the object, which should be `expected`. */
void slab_error_at(struct mem_system *sys, enum slab_error error, const struct kmem_cache *cache,
		   u64 object, s32 at, u8 expected, const void *caller);
void slab_error_name_of(struct mem_system *sys, enum slab_error error, const char *cache,
			u64 object, const void *caller);
/* Names one of its live objects. */
void slab_error_busy(struct mem_system *sys, const struct kmem_cache *cache, const void *caller);
/* Why an address cannot be freed as one of the cache's; NULL cache: as any's. */
enum slab_error slab_why_not(const struct mem_system *sys, const struct kmem_cache *cache, u64 p);

/* A cache that is no alias, of good arguments. NULL: no memory (slab_cache.c). */
struct kmem_cache *slab_cache_new(struct mem_system *sys, const char *name, u32 size, u32 align,
				  u32 flags, void (*ctor)(void *));
/* The cache that caches come from, and those that others need (slab_cache.c). 0 or -ENOMEM. */
int slab_bootstrap(struct mem_system *sys);
/* Registers what gives back empty slabs when memory is short (slab_shrinker.c). */
void slab_shrinker_init(struct mem_system *sys);
/* Creates the caches behind kmalloc(). 0 or -ENOMEM. */
int kmalloc_init(struct mem_system *sys);

#endif
