/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * SLUB and kmalloc against a naive model: a table of live objects, each filled with a byte of its
 * own that is looked at before it goes. Who chooses what is done is the caller: a seed, or a
 * fuzzer's bytes. What differs from the model is a failed ASSERT.
 *
 * Between its calls arch_host_cpu is any of the machine's CPUs.
 */
#ifndef TESTS_SLAB_MODEL_H
#define TESTS_SLAB_MODEL_H

#include "sim.h"

#define MODEL_SLOTS  500
#define MODEL_CACHES 14
#define MODEL_GONE   64

struct model_object {
	u8 *p; /* NULL: the slot is empty */
	u32 size;
	u32 cache;		       /* MODEL_CACHES: kmalloc's */
	const struct kmem_cache *real; /* NULL: whole pages */
	u8 tag;
};

struct slab_model {
	struct mem_system *sys;
	u32 (*choose)(void *ctx, u32 below);
	void *ctx;
	u32 nr_slots;  /* up to MODEL_SLOTS */
	u32 size_bits; /* of kmalloc's sizes */
	bool may_fail; /* allocations may fail at any time */
	bool fail;     /* they are made to */

	bool failing;  /* right now */
	u64 pages;     /* at the start */
	void *nobodys; /* a page that is no slab */
	u64 bad;       /* frees that must have been refused */
	u8 last_tag;
	struct kmem_cache *cache[MODEL_CACHES];
	struct model_object slot[MODEL_SLOTS];
	struct model_object gone[MODEL_GONE]; /* freed last */
	u32 nr_gone;			      /* ever */
	u64 twice[NR_SLAB_USES];	      /* where objects were that were freed again */
	u64 allocs, failed, wrong;
};

/* The first ones of *m are set, the others zero. */
void slab_model_begin(struct slab_model *m);
void slab_model_step(struct slab_model *m);
/* Counts, and all invariants. */
void slab_model_check(struct slab_model *m);
/* Frees all; as many pages must be free as at the beginning. */
void slab_model_end(struct slab_model *m);

#endif
