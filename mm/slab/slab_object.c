/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Objects of a cache: one, many, and what is not as usual. */
#include "slab_fast.h"

/* ---- taking ------------------------------------------------------------------------------ */

/* From a node's slabs, or new ones there, as far as gfp insists. */
static u64 take_on_node(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid)
{
	u32 home = nid == NUMA_NO_NODE ? (u32)sys->page.cpu[arch_this_cpu()]->nid : (u32)nid;
	u64 object = node_take(sys, cache, home);
	struct page *slab;

	for (u32 n = 0; !object && nid == NUMA_NO_NODE && n < cache->nr_nodes; n++)
		object = node_take(sys, cache, n);
	if (object)
		return object;
	slab = slab_new(sys, cache, gfp, nid);
	if (slab) {
		object = slab_take_bit(sys, cache, slab);
		node_put_slab(sys, cache, slab, false);
		return object;
	}
	for (u32 n = 0; !object && !(gfp & __GFP_THISNODE) && n < cache->nr_nodes; n++)
		object = node_take(sys, cache, n);
	return object;
}

static u64 take_checked(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid,
			size_t size, const void *caller)
{
	u64 object = take_on_node(sys, cache, gfp, nid);

	if (object) {
		slab_debug_look(sys, cache, object, false, caller);
		slab_debug_alloc(cache, object, size, caller);
	}
	return object;
}

__noinline void *slab_alloc_slow(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp,
				 int nid, size_t size, const void *caller)
{
	struct kmem_cache_cpu *c = cache->cpu[arch_this_cpu()];
	u64 object;

	ASSERT(!cache->ctor || !(gfp & __GFP_ZERO), "%s has a constructor", cache->name);
	if (slab_is_checked(cache)) {
		object = take_checked(sys, cache, gfp, nid, size, caller);
	} else if (nid != NUMA_NO_NODE) {
		object = c->slab && page_to_nid(c->slab) == nid ? slab_take_bit(sys, cache, c->slab)
								: 0;
		if (!object)
			object = take_on_node(sys, cache, gfp, nid);
	} else if (c->hand) {
		object = c->hand;
		c->hand = 0;
	} else {
		object = slab_cpu_take(sys, cache, gfp);
	}
	if (!object)
		return NULL;
	slab_allow(cache, object);
	if (gfp & __GFP_ZERO)
		memset((void *)(uintptr_t)object, 0, slab_debug_size(cache, object));
	return (void *)(uintptr_t)object;
}

void *kmem_cache_alloc(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp)
{
	u64 object;

	if (likely(!(gfp & __GFP_ZERO) && slab_take_fast(cache, arch_this_cpu(), &object)))
		return (void *)(uintptr_t)object;
	return slab_alloc_slow(sys, cache, gfp, NUMA_NO_NODE, cache->object_size,
			       __builtin_return_address(0));
}

void *kmem_cache_alloc_node(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid)
{
	ASSERT(nid == NUMA_NO_NODE || (nid >= 0 && (u32)nid < sys->slab.nr_nodes), "node %d", nid);
	return slab_alloc_slow(sys, cache, gfp, nid, cache->object_size,
			       __builtin_return_address(0));
}

/* ---- giving ------------------------------------------------------------------------------ */

/* Off to the quarantine; who has been there longest is free now. */
static void give_checked(struct mem_system *sys, struct kmem_cache *cache, u64 object,
			 const void *caller)
{
	struct page *slab;
	u64 index;

	slab_debug_look(sys, cache, object, true, caller);
	slab_debug_free(cache, object, caller);
	object = slab_quarantine_swap(cache, object);
	if (!object)
		return;
	slab = slab_of(sys, cache, object, &index);
	slab_debug_look(sys, cache, object, false, caller);
	slab_cpu_put(sys, cache, slab, index, caller);
}

/* To a slab of this CPU. */
static void give_own(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u64 index,
		     u64 object)
{
	struct kmem_cache_cpu *c = cache->cpu[arch_this_cpu()];

	if (!c->hand)
		c->hand = c->hand_for = object;
	else
		slab_cpu_put_bits(sys, cache, c, slab, (u32)index / 64, 1ULL << index % 64);
}

/* Free, or on its way there. */
static bool is_free(const struct kmem_cache *cache, const struct page *slab, u64 index, u64 object)
{
	return slab_is_free(cache, slab, index) || slab_is_mailed(cache, slab, index) ||
	       cache->cpu[arch_this_cpu()]->hand == object || slab_is_quarantined(cache, object);
}

/* False: it is free. */
static bool give(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u64 index,
		 u64 object, const void *caller)
{
	u32 cpu = arch_this_cpu(), owner = slab_cpu(slab);

	if (owner != NO_CPU && owner != cpu)
		return slab_mail(cache, slab, index, object);
	if (is_free(cache, slab, index, object))
		return false;
	if (slab_is_checked(cache))
		give_checked(sys, cache, object, caller);
	else if (owner == cpu)
		give_own(sys, cache, slab, index, object);
	else
		slab_cpu_put(sys, cache, slab, index, caller);
	return true;
}

__noinline void slab_free_slow(struct mem_system *sys, struct kmem_cache *cache, u64 object,
			       const void *caller)
{
	u32 cpu = arch_this_cpu();
	struct page_cpu *live = sys->page.cpu[cpu];
	struct page *slab;
	u64 index;

	if (!object)
		return;
	slab = slab_of(sys, cache, object, &index);
	if (!slab) {
		slab_error(sys, slab_why_not(sys, cache, object), cache, object, caller);
		return;
	}
	if (object - live->live_start >= live->live_bytes)
		page_cpu_learn(sys, cpu, page_to_pfn(sys, slab));
	slab_forbid(cache, object);
	if (!give(sys, cache, slab, index, object, caller))
		slab_error(sys, SLAB_FREE_TWICE, cache, object, caller);
}

/* Struct page of the page at so many bytes behind live_start. A page is 4096
 * bytes, its struct 64. */
static always_inline struct page *page_of_live(const struct page_cpu *live, u64 page_offset)
{
	return (void *)((u8 *)live->live_pages + page_offset / (PAGE_SIZE / sizeof(struct page)));
}

static always_inline void give_any(struct mem_system *sys, struct kmem_cache *cache, u64 object)
{
	u32 cpu = arch_this_cpu();
	struct kmem_cache_cpu *c = cache->cpu[cpu];
	const struct page_cpu *live = sys->page.cpu[cpu];
	u64 at = object - live->live_start, offset;

	if (c->hand_for == object)
		return slab_give_hand(sys, cache, c, object);
	if (unlikely(at >= live->live_bytes))
		return slab_free_slow(sys, cache, object, __builtin_return_address(0));
	offset = at & cache->slab_mask;
	slab_give_fast(sys, cache, c, page_of_live(live, at - offset), object, offset);
}

void kmem_cache_free(struct mem_system *sys, struct kmem_cache *cache, void *object)
{
	give_any(sys, cache, (u64)(uintptr_t)object);
}

/* ---- many -------------------------------------------------------------------------------- */

/* So many bits from bit `first` on. */
static u64 bit_range(u64 first, u64 nr)
{
	return (nr < 64 ? (1ULL << nr) - 1 : ~0ULL) << first;
}

/* As many as the word that the CPU takes from has, up to nr: run by run of neighbours. Returns
 * where the last one was put behind. */
static always_inline void **take_runs(const struct kmem_cache *cache, u64 nr, void **out)
{
	struct kmem_cache_cpu *c = cache->cpu[arch_this_cpu()];
	u64 bits = *c->word, size = cache->size;
	void **end = out + nr;

	while (bits && out < end) {
		u64 first = (u64)__builtin_ctzll(bits), rest = ~(bits >> first);
		u64 run = rest ? (u64)__builtin_ctzll(rest) : 64, object = c->base + first * size;
		void **stop = out + min(run, (u64)(end - out));

		bits &= ~bit_range(first, (u64)(stop - out));
		for (*c->word = bits; out < stop; object += size) {
			slab_allow(cache, object);
			*out++ = (void *)(uintptr_t)object;
		}
	}
	return out;
}

static __noinline u32 alloc_bulk_slow(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp,
				      u32 nr, u32 got, void **objects, const void *caller)
{
	for (; got < nr; got++) {
		objects[got] =
			slab_alloc_slow(sys, cache, gfp, NUMA_NO_NODE, cache->object_size, caller);
		if (!objects[got]) {
			kmem_cache_free_bulk(sys, cache, got, objects);
			return 0;
		}
		if (!(gfp & __GFP_ZERO))
			got = (u32)(take_runs(cache, nr - got - 1, objects + got + 1) - objects) -
			      1;
	}
	return nr;
}

u32 kmem_cache_alloc_bulk(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, u32 nr,
			  void **objects)
{
	u32 got = 0;

	if (likely(!(gfp & __GFP_ZERO)))
		got = (u32)(take_runs(cache, nr, objects) - objects);
	if (likely(got == nr))
		return nr;
	return alloc_bulk_slow(sys, cache, gfp, nr, got, objects, __builtin_return_address(0));
}

/* How many of the objects, which are nr at most, are neighbours in memory, in order. */
static u32 run_of(u64 size, u32 nr, void **objects)
{
	u64 next = (u64)(uintptr_t)objects[0] + size;
	void **at = objects + 1, **end = objects + nr;

	for (; at < end && (u64)(uintptr_t)*at == next; next += size)
		at++;
	return (u32)(at - objects);
}

/* The first ones, if they are neighbours in one slab of this CPU; returns how many. */
static u32 give_run(struct mem_system *sys, struct kmem_cache *cache, u32 nr, void **objects)
{
	u32 cpu = arch_this_cpu(), run;
	const struct page_cpu *live = sys->page.cpu[cpu];
	struct kmem_cache_cpu *c = cache->cpu[cpu];
	u64 first = (u64)(uintptr_t)objects[0], at = first - live->live_start;
	u64 offset = at & cache->slab_mask, bits, range, index;
	struct page *slab = page_of_live(live, at - offset);

	if (at >= live->live_bytes || slab->holder != &c->holder)
		return 0;
	bits = slab->free;
	if (!slab_may_give(cache, slab, bits, offset, &index))
		return 0;
	run = run_of(cache->size, min(nr, cache->objects - (u32)index), objects);
	range = bit_range(index, run);
	if ((bits | slab->mailed) & range || c->hand_for - first < (u64)run * cache->size)
		return 0;
	for (u32 i = 0; SANITIZED && i < run; i++)
		slab_forbid(cache, (u64)(uintptr_t)objects[i]);
	slab->free = bits | range;
	if (!bits || slab->free == cache->all)
		slab_cpu_changed(sys, cache, slab, bits);
	return run;
}

void kmem_cache_free_bulk(struct mem_system *sys, struct kmem_cache *cache, u32 nr, void **objects)
{
	for (u32 i = 0; i < nr;) {
		u32 given = give_run(sys, cache, nr - i, objects + i);

		if (!given) {
			give_any(sys, cache, (u64)(uintptr_t)objects[i]);
			given = 1;
		}
		i += given;
	}
}
