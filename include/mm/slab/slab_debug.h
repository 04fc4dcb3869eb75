/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Errors that SLUB refused or found, with the users of the object; the last reports in full.
 *
 * Every free is checked in every cache. Caches with debugging flags check more: red zones before
 * and after each object show overruns, poison shows writes after free, and user tracking records
 * the callers that allocated and freed. Freed objects may wait in quarantine before they are
 * allocated again, so that a late write is found.
 */
#ifndef MM_SLAB_SLAB_DEBUG_H
#define MM_SLAB_SLAB_DEBUG_H

#include "mm/types.h"
#include "spinlock.h"

struct mem_system;
struct kmem_cache;

#define SLAB_NAME_LEN 32

/* Set before kmem_cache_init(). */
struct slab_options {
	u32 debug;		  /* SLAB_DEBUG_FLAGS for the caches named by `only` */
	char only[SLAB_NAME_LEN]; /* a name, perhaps with * at its end; "": all caches */
	bool nomerge;		  /* do not merge similar caches */
	bool randomise;		  /* allocate objects in random order */
	u32 quarantine;		  /* objects that wait, for each debugged cache */
	u64 seed;		  /* of the random order */
};
/* Parses Linux's slub_debug: "", "-", or letters FZPU, perhaps with ",CACHE". 0 or -EINVAL. */
int slab_debug_parse(const char *text, struct slab_options *ret);

/* A record of an allocation or a free; caller 0: none. */
struct slab_track {
	u64 caller; /* return address */
	u64 when;   /* ticks (arch_cycles) */
	u32 cpu;
	u32 size; /* kmalloc()'s argument; else the cache's size */
};

enum slab_error {
	SLAB_FREE_NO_OBJECT,   /* the address is in no slab */
	SLAB_FREE_WRONG_CACHE, /* an object of another cache */
	SLAB_FREE_INSIDE,      /* not an object's first byte */
	SLAB_FREE_TWICE,
	SLAB_OVERRUN,	     /* the red zone after it was written to */
	SLAB_UNDERRUN,	     /* the red zone before it was written to */
	SLAB_USE_AFTER_FREE, /* poison was written to */
	SLAB_BUSY,	     /* kmem_cache_destroy() with live objects */
	SLAB_BAD_CACHE,	     /* kmem_cache_create() with bad arguments */
	SLAB_BAD_SIZE,	     /* an array too large, or krealloc() of other memory */
	NR_SLAB_ERRORS
};
const char *slab_error_name(enum slab_error error);

struct slab_report {
	enum slab_error error;
	char cache[SLAB_NAME_LEN];     /* "": none */
	u64 object;		       /* address of its first byte, or the argument */
	u32 index;		       /* in its slab */
	s32 at;			       /* offset of the wrong byte in the object */
	u8 expected, found;	       /* values of that byte */
	u32 cpu;		       /* where it was found */
	u64 live;		       /* SLAB_BUSY: live objects; `object` is one of them */
	u64 caller;		       /* of the call that found it; 0: slab_check() found it */
	struct slab_track alloc, free; /* of the object, if the cache keeps them */
};

#define SLAB_MAX_REPORTS 8
struct slab_errors {
	struct spinlock lock;
	u64 count[NR_SLAB_ERRORS];
	u64 nr;					   /* number of all reports; the last one is */
	struct slab_report last[SLAB_MAX_REPORTS]; /* last[(nr - 1) % SLAB_MAX_REPORTS] */
};
/* The number of refused frees and sizes; of objects and red zones that were written to. */
u64 slab_bad_frees(const struct mem_system *sys);
u64 slab_bad_writes(const struct mem_system *sys);

/* The records in an object's debugging words; all zero if the cache keeps none. */
void slab_tracks_of(const struct kmem_cache *cache, const void *object, struct slab_track *alloc,
		    struct slab_track *free);

#endif
