/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The ways that nearly all objects go: from and to the hand and the slabs of this CPU. Each is a
 * few tens of instructions without a loop or a lock, and touches no object; false sends the caller
 * the long way.
 *
 * The hand waits for nothing that the last call wrote but the object itself, so taking and giving
 * back one object is as fast as a CPU passes a word through memory.
 */
#ifndef MM_SLAB_SLAB_FAST_H
#define MM_SLAB_SLAB_FAST_H

#include "slab_inner.h"

#define always_inline inline __attribute__((always_inline))

/* The object is not cleared. */
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

/* Back into the hand that it was taken from, and which is empty: else it is free. */
static always_inline void slab_give_hand(struct mem_system *sys, struct kmem_cache *cache,
					 struct kmem_cache_cpu *c, u64 object)
{
	if (unlikely(c->hand))
		return slab_free_slow(sys, cache, object, __builtin_return_address(0));
	c->hand = object;
	slab_forbid(cache, object);
}

/* What the object at `offset` of the slab, which is this CPU's, would be; false: nothing that may
 * be given back without a closer look. */
static always_inline bool slab_may_give(const struct kmem_cache *cache, const struct page *slab,
					u64 taken, u64 offset, u64 *ret_index)
{
	return slab_divide(cache, offset, ret_index) < cache->index_limit_fast &&
	       !((taken | slab->mailed) >> (*ret_index & 63) & 1);
}

/* Gives back an object that lies at `offset` in what would be its slab. Every way but the straight
 * one is the last thing that is done here. */
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
