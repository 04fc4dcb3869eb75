/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What SLUB refused or found damaged, and who had the object: the last reports in full.
 *
 * Every free is checked in every cache. Caches with debugging flags look further: red zones before
 * and behind each object show overruns, poison shows writes after free, and user tracking names who
 * allocated and who freed. Freed objects may wait in quarantine before they are handed out again,
 * so that a late write finds them free still.
 */
#ifndef MM_SLAB_SLAB_DEBUG_H
#define MM_SLAB_SLAB_DEBUG_H

#include "mm/types.h"
#include "spinlock.h"

struct mem_system;
struct kmem_cache;

#define SLAB_NAME_LEN 32

/* Given before kmem_cache_init(). */
struct slab_options {
	u32 debug;		  /* SLAB_DEBUG_FLAGS that caches get which are named, */
	char only[SLAB_NAME_LEN]; /* or all of them when this is empty; a last * stands for any rest
				   */
	bool nomerge;		  /* like caches stay apart */
	bool randomise;		  /* new slabs hand their objects out in random order */
	u32 quarantine;		  /* objects per debugged cache that wait */
	u64 seed;		  /* of what is random */
};
/* Linux's slub_debug: "", "-", letters FZPU, and ",CACHE" behind. 0 or -EINVAL. */
int slab_debug_parse(const char *text, struct slab_options *ret);

/* Who allocated or freed an object; caller 0: not known. */
struct slab_track {
	u64 caller; /* return address */
	u64 when;   /* ticks (arch_cycles) */
	u32 cpu;
	u32 size; /* that kmalloc() was asked for; else the cache's */
};

enum slab_error {
	SLAB_FREE_NO_OBJECT,   /* the address is no cache's */
	SLAB_FREE_WRONG_CACHE, /* another cache's */
	SLAB_FREE_INSIDE,      /* not an object's first byte */
	SLAB_FREE_TWICE,
	SLAB_OVERRUN,	     /* the red zone behind was written to */
	SLAB_UNDERRUN,	     /* the red zone before was written to */
	SLAB_USE_AFTER_FREE, /* poison was written to */
	SLAB_BUSY,	     /* a cache with live objects was to be destroyed */
	SLAB_BAD_CACHE,	     /* a cache was asked for that cannot be */
	SLAB_BAD_SIZE,	     /* of an array, or krealloc() of what is not kmalloc's */
	NR_SLAB_ERRORS
};
const char *slab_error_name(enum slab_error error);

struct slab_report {
	enum slab_error error;
	char cache[SLAB_NAME_LEN];     /* "": of none */
	u64 object;		       /* address of its first byte, or what was passed */
	u32 index;		       /* in its slab */
	s32 at;			       /* byte that was written, counted from the object's first */
	u8 expected, found;	       /* what lay there */
	u32 cpu;		       /* where it was found */
	u64 live;		       /* SLAB_BUSY: objects; `object` is one of them */
	u64 caller;		       /* of the call that found it; 0: none did (slab_check) */
	struct slab_track alloc, free; /* the object's, where the cache keeps them */
};

#define SLAB_MAX_REPORTS 8
struct slab_errors {
	struct spinlock lock;
	u64 count[NR_SLAB_ERRORS];
	u64 nr;					   /* reports ever; the last one is at */
	struct slab_report last[SLAB_MAX_REPORTS]; /* (nr - 1) % SLAB_MAX_REPORTS */
};
/* Frees and sizes that were refused; objects and red zones that were written to. */
u64 slab_bad_frees(const struct mem_system *sys);
u64 slab_bad_writes(const struct mem_system *sys);

/* What an object's debugging words say; all zero where the cache keeps none. */
void slab_tracks_of(const struct kmem_cache *cache, const void *object, struct slab_track *alloc,
		    struct slab_track *free);

#endif
