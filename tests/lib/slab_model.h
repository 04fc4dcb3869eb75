/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Compares SLUB and kmalloc with a simple model: a table of live objects, each filled with its own
 * byte, which is checked before it is freed. The caller chooses the steps, by a seed or by a
 * fuzzer's bytes. A difference from the model fails an ASSERT.
 *
 * Between its calls arch_host_cpu may be any CPU of the machine.
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
	bool fail;     /* make allocations fail */

	bool failing;  /* they fail now */
	u64 pages;     /* at the start */
	void *nobodys; /* a page that is not a slab */
	u64 bad;       /* number of frees that must be refused */
	u8 last_tag;
	struct kmem_cache *cache[MODEL_CACHES];
	struct model_object slot[MODEL_SLOTS];
	struct model_object gone[MODEL_GONE]; /* the last freed ones */
	u32 nr_gone;			      /* ever */
	u64 twice[NR_SLAB_USES];	      /* double frees, by the state of the object */
	u64 allocs, failed, wrong;
};

/* The caller has set the first fields of *m; all others are zero. */
void slab_model_begin(struct slab_model *m);
void slab_model_step(struct slab_model *m);
/* Checks the counts and all invariants. */
void slab_model_check(struct slab_model *m);
/* Frees everything; then as many pages must be free as at the beginning. */
void slab_model_end(struct slab_model *m);

#endif
