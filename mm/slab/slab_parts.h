/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Functions that the files of this folder use from each other. */
#ifndef MM_SLAB_SLAB_PARTS_H
#define MM_SLAB_SLAB_PARTS_H

#include "mm/slab/slab.h"

/* ---- slabs (slub.c) ---------------------------------------------------------------------- */

/* Makes a slab, owned by its node, with all objects free, on no list. NULL: no memory. */
struct page *slab_new(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid);
/* Frees a slab that is on no list. No lock of a cache may be held. */
void slab_discard(struct mem_system *sys, struct kmem_cache *cache, struct page *slab);

/* ---- the nodes' slabs (slab_node.c) ------------------------------------------------------ */

/* Takes an object from nid's slabs. 0: they have none. */
u64 node_take(struct mem_system *sys, struct kmem_cache *cache, u32 nid);
/* Frees objects of word i; reports those that are free already. False: the slab belongs to a CPU,
 * nothing was done. */
bool node_put_bits(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u32 i,
		   u64 bits, const void *caller);
/* Takes a slab with free objects for the CPU; NULL: there is none. */
struct page *node_take_slab(struct kmem_cache *cache, u32 nid, struct kmem_cache_cpu *c);
/* Gives a slab to its node. If it is empty and the node has enough, frees it, unless `keep`. */
void node_put_slab(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, bool keep);

/* ---- the CPUs' slabs (slab_cpu.c, slab_mail.c) ------------------------------------------- */

void slab_cpu_init(struct kmem_cache_cpu *c, struct kmem_cache *cache, u32 cpu);
/* Takes an object from a slab of this CPU, getting a slab if it has none. 0: no memory. */
u64 slab_cpu_take(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp);
/* Handles a slab of this CPU, without a map, that was full before or is empty now. was: its free
 * bits before. */
void slab_cpu_changed(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u64 was);
/* Frees a valid, live object to its slab, which belongs to the node or to another CPU. */
void slab_cpu_put(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u64 index,
		  const void *caller);
/* Frees objects of word i to a slab of CPU c. */
void slab_cpu_put_bits(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		       struct page *slab, u32 i, u64 bits);
/* Marks an object of another CPU's slab as freed. False: it was free already. */
bool slab_mail(struct kmem_cache *cache, struct page *slab, u64 index, u64 object);
/* As kmem_cache_drain(); or the same, but keeping empty slabs; or for a cache that is not in use
 * any more, with the slabs of running CPUs. */
enum slab_drain { SLAB_DRAIN, SLAB_DRAIN_KEEP, SLAB_DRAIN_UNUSED };
void slab_cpu_drain(struct mem_system *sys, struct kmem_cache *cache, enum slab_drain how);
/* Frees the objects in the CPU's mailbox to their slabs. */
void slab_sort_mail(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c);

/* ---- objects (slab_object.c) ------------------------------------------------------------- */

void *slab_alloc_slow(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid,
		      size_t size, const void *caller);
void slab_free_slow(struct mem_system *sys, struct kmem_cache *cache, u64 object,
		    const void *caller);

/* ---- looking (slab_walk.c) --------------------------------------------------------------- */

/* Like slab_for_each(), only for slabs on a list and current slabs. `cpu`: the owner of that list,
 * NO_CPU: its node; current: it is this CPU's current slab. */
typedef bool slab_listed_fn(void *ctx, const struct page *slab, u32 cpu, u32 nid, bool current);
bool slab_each_listed(const struct kmem_cache *cache, slab_listed_fn *fn, void *ctx);
/* Like slab_for_each(), for all other slabs of all caches: these are full. */
bool slab_each_full(const struct mem_system *sys, bool (*fn)(void *ctx, const struct page *slab),
		    void *ctx);
/* Is it its owner's current slab? */
bool slab_is_current(const struct page *slab);
enum slab_use slab_use_of(const struct kmem_cache *cache, const struct page *slab, u64 index,
			  u64 object);

/* ---- debugging (slab_debug.c, slab_error.c) ---------------------------------------------- */

/* Computes a cache's geometry from its sizes, flags and number of CPUs (slab_layout.c). False: the
 * largest slab is too small for one object. */
bool slab_layout(struct kmem_cache *cache);
/* Adds the space for the flags: sets red_left, red_end, track, and size, not yet aligned. */
void slab_debug_layout(struct kmem_cache *cache);
/* The debugging flags from the options for a cache of this name. */
u32 slab_debug_flags_for(const struct slab_options *options, const char *name);
/* Prepare the bytes of a new, an allocated, and a freed object; no-ops without flags. */
void slab_debug_new(const struct kmem_cache *cache, u64 object);
void slab_debug_alloc(const struct kmem_cache *cache, u64 object, size_t size, const void *caller);
void slab_debug_free(const struct kmem_cache *cache, u64 object, const void *caller);
/* Checks the bytes of a live or free object; reports and repairs the first error. */
void slab_debug_look(struct mem_system *sys, const struct kmem_cache *cache, u64 object, bool live,
		     const void *caller);
/* The same without report and repair: returns the error or NR_SLAB_ERRORS, with the offset of the
 * first wrong byte and its expected value. */
enum slab_error slab_debug_wrong(const struct kmem_cache *cache, u64 object, bool live, s32 *ret_at,
				 u8 *ret_expected);
/* An object's records (slab_track.c); no-ops if the cache keeps none. */
enum slab_track_kind { SLAB_TRACK_ALLOC, SLAB_TRACK_FREE };
void slab_track(const struct kmem_cache *cache, u64 object, enum slab_track_kind which, u32 size,
		const void *caller);
void slab_tracks_clear(const struct kmem_cache *cache, u64 object);
/* Was the record itself overwritten? */
bool slab_track_is_overrun(const struct kmem_cache *cache, u64 object);
/* The requested size of an object; the cache's size if it is not recorded. */
u32 slab_debug_size(const struct kmem_cache *cache, u64 object);
/* Puts an object into the quarantine and returns the oldest one if it must leave, else 0. object 0:
 * only takes one out. */
u64 slab_quarantine_swap(struct kmem_cache *cache, u64 object);
bool slab_is_quarantined(const struct kmem_cache *cache, u64 object);
u32 slab_nr_quarantined(const struct kmem_cache *cache);

void slab_error(struct mem_system *sys, enum slab_error error, const struct kmem_cache *cache,
		u64 object, const void *caller);
/* The same for a wrong byte of the object, which should be `expected`. */
void slab_error_at(struct mem_system *sys, enum slab_error error, const struct kmem_cache *cache,
		   u64 object, s32 at, u8 expected, const void *caller);
void slab_error_name_of(struct mem_system *sys, enum slab_error error, const char *cache,
			u64 object, const void *caller);
/* Reports a cache with live objects, and names one of them. */
void slab_error_busy(struct mem_system *sys, const struct kmem_cache *cache, const void *caller);
/* Why an address cannot be freed as an object of this cache; cache NULL: of any cache. */
enum slab_error slab_why_not(const struct mem_system *sys, const struct kmem_cache *cache, u64 p);

/* Makes a cache that is not an alias, without constructor; the arguments are valid (slab_cache.c).
 * NULL: no memory. */
struct kmem_cache *slab_cache_new(struct mem_system *sys, const char *name, u32 size, u32 align,
				  u32 flags);
/* Makes the cache of caches and those that other caches need (slab_cache.c). 0 or -ENOMEM. */
int slab_bootstrap(struct mem_system *sys);
/* Registers the shrinker that frees empty slabs when memory is short (slab_shrinker.c). */
void slab_shrinker_init(struct mem_system *sys);
/* Creates the caches for kmalloc(). 0 or -ENOMEM. */
int kmalloc_init(struct mem_system *sys);

#endif
