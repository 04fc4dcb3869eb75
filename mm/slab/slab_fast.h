/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The fast paths for nearly all objects: from and to the hand and the slabs of this CPU. Each has a
 * few tens of instructions without a loop or a lock, and touches no object. False: the caller takes
 * the slow path.
 *
 * With the hand, a call depends only on one word that the last call has written, the object's
 * address: so a pair of allocation and free is as fast as storing and loading that word.
 */
#ifndef MM_SLAB_SLAB_FAST_H
#define MM_SLAB_SLAB_FAST_H

#include "slab_inner.h"

#define always_inline inline __attribute__((always_inline))

/* Takes an object; it is not cleared. */
static always_inline bool slab_take_fast(const struct kmem_cache *cache, u64 cpu, u64 *ret)
{
	struct kmem_cache_cpu *c = cache->cpu[cpu];
	u64 object = c->hand, bits;

	if (object) {
		c->hand = 0;
	} else {
		bits = *c->word;
		if (unlikely(!bits))
			return false;
		*c->word = bits & (bits - 1);
		object = c->base + (u64)cache->size * (u32)__builtin_ctzll(bits);
	}
	slab_allow(cache, object);
	*ret = object;
	return true;
}

/* Frees the object of hand_for to the hand. The hand must be empty: else the object is free. */
static always_inline void slab_give_hand(struct mem_system *sys, struct kmem_cache *cache,
					 struct kmem_cache_cpu *c, u64 object)
{
	if (unlikely(c->hand))
		return slab_free_slow(sys, cache, object, __builtin_return_address(0));
	c->hand = object;
	slab_forbid(cache, object);
}

/* The index of the object at `offset` in a slab of this CPU. False: it cannot be freed without more
 * checks. */
static always_inline bool slab_may_give(const struct kmem_cache *cache, const struct page *slab,
					u64 taken, u64 offset, u64 *ret_index)
{
	return slab_divide(cache, offset, ret_index) < cache->index_limit_fast &&
	       !((taken | slab->mailed) >> (*ret_index & 63) & 1);
}

/* Frees an object at `offset` of what should be its slab. All slow paths are tail calls. */
static always_inline void slab_give_fast(struct mem_system *sys, struct kmem_cache *cache,
					 struct kmem_cache_cpu *c, struct page *slab, u64 object,
					 u64 offset)
{
	u64 index, bits = slab->free, all;

	if (unlikely(slab->holder != &c->holder ||
		     !slab_may_give(cache, slab, bits, offset, &index)))
		return slab_free_slow(sys, cache, object, __builtin_return_address(0));
	slab_forbid(cache, object);
	if (!c->hand) {
		c->hand = c->hand_for = object;
		return;
	}
	all = bits | 1ULL << (index & 63);
	slab->free = all;
	if (unlikely(!bits || all == cache->all_free))
		slab_cpu_changed(sys, cache, slab, bits);
}

#endif
