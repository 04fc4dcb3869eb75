/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The slabs that CPUs have. */
#include "mm/page/page_alloc.h"
#include "slab_inner.h"

/* No bit is set in it: what a CPU without a slab takes from, and one that must not take fast. */
static const u64 nothing;

static void take_from_nothing(struct kmem_cache_cpu *c)
{
	c->word = (u64 *)(uintptr_t)&nothing;
}

void slab_cpu_init(struct kmem_cache_cpu *c, struct kmem_cache *cache, u32 cpu)
{
	*c = (struct kmem_cache_cpu){
		.holder = {cache, cpu},
	};
	take_from_nothing(c);
	list_init(&c->partial);
}

/* ---- the CPU's list ---------------------------------------------------------------------- */

static void put_in(struct kmem_cache_cpu *c, struct page *slab)
{
	list_add(&slab->slab_list, &c->partial);
	c->nr_partial++;
}

static void take_out(struct kmem_cache_cpu *c, struct page *slab)
{
	list_del(&slab->slab_list);
	c->nr_partial--;
	c->nr_empty -= slab_is_empty(c->holder.cache, slab);
}

/* It has an object more than before. */
static void notice(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		   struct page *slab, bool was_full)
{
	if (slab == c->slab)
		return;
	if (was_full)
		put_in(c, slab);
	if (!slab_is_empty(cache, slab) || c->nr_empty++ < cache->max_empty)
		return;
	take_out(c, slab);
	if (slab_keeps_pages(cache))
		node_put_slab(sys, cache, slab, true);
	else
		slab_discard(sys, cache, slab);
}

__noinline void slab_cpu_changed(struct mem_system *sys, struct kmem_cache *cache,
				 struct page *slab, u64 was)
{
	notice(sys, cache, cache->cpu[slab_cpu(slab)], slab, !was);
}

void slab_cpu_put_bits(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		       struct page *slab, u32 i, u64 bits)
{
	bool was_full = slab_is_full(cache, slab);

	slab_set_free_bits(cache, slab, i, bits);
	notice(sys, cache, c, slab, was_full);
}

/* The slab is its node's, or another CPU's. */
void slab_cpu_put(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u64 index,
		  const void *caller)
{
	u64 object = slab_object_at(sys, slab, index);

	if (!node_put_bits(sys, cache, slab, (u32)index / 64, 1ULL << index % 64, caller) &&
	    !slab_mail(cache, slab, index, object))
		slab_error(sys, SLAB_FREE_TWICE, cache, object, caller);
}

/* ---- taking ------------------------------------------------------------------------------ */

/* The slab that was allocated from goes to the CPU's list, if it is not full. */
static void retire(struct kmem_cache *cache, struct kmem_cache_cpu *c)
{
	struct page *slab = c->slab;

	if (!slab)
		return;
	take_from_nothing(c);
	c->slab = NULL;
	if (slab_is_mapped(cache)) /* which the fast path does not count */
		slab->nr_free = slab_nr_free(cache, slab);
	if (slab_is_full(cache, slab))
		return;
	c->nr_empty += slab_is_empty(cache, slab);
	put_in(c, slab);
}

/* The CPU takes from the first word that has a free object. False: none has. */
static bool use_word(const struct mem_system *sys, const struct kmem_cache *cache,
		     struct kmem_cache_cpu *c)
{
	for (u32 i = 0; c->slab && i < slab_nr_words(cache); i++) {
		u64 *word = slab_free_word(cache, c->slab, i);

		if (!*word)
			continue;
		c->base = slab_object_at(sys, c->slab, i * 64);
		if (!(cache->flags & SLAB_RANDOMISED))
			c->word = word;
		return true;
	}
	return false;
}

/* A slab with free objects to allocate from: the CPU's own, its node's, any node's, a new one. */
static bool use_slab(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		     gfp_t gfp)
{
	u32 home = (u32)sys->page.cpu[c->holder.cpu]->nid;
	struct page *slab = NULL;

	retire(cache, c);
	if (__atomic_load_n(&c->mailbox, __ATOMIC_RELAXED))
		slab_sort_mail(sys, cache, c);
	if (!list_empty(&c->partial)) {
		slab = list_first_entry(&c->partial, struct page, slab_list);
		take_out(c, slab);
	}
	if (!slab)
		slab = node_take_slab(cache, home, c);
	for (u32 nid = 0; !slab && nid < cache->nr_nodes; nid++)
		slab = nid == home ? NULL : node_take_slab(cache, nid, c);
	if (!slab) {
		slab = slab_new(sys, cache, gfp, NUMA_NO_NODE);
		if (slab)
			slab->holder = &c->holder; /* nobody knew it before */
		retire(cache, c); /* a shrinker may have taken objects meanwhile, */
		for (u32 nid = 0; !slab && nid < cache->nr_nodes; nid++)
			slab = node_take_slab(cache, nid, c); /* or given some back */
		if (!slab)
			return false;
	}
	c->slab = slab;
	return use_word(sys, cache, c);
}

u64 slab_cpu_take(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp)
{
	struct kmem_cache_cpu *c = cache->cpu[arch_this_cpu()];

	if (!use_word(sys, cache, c) && !use_slab(sys, cache, c, gfp))
		return 0;
	return slab_take_bit(sys, cache, c->slab);
}

/* ---- giving all up ----------------------------------------------------------------------- */

static void drain_cpu(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		      enum slab_drain how)
{
	u64 object = c->hand, index;
	struct page *slab, *next;

	c->hand = c->hand_for = 0;
	if (object) {
		slab = slab_of(sys, cache, object, &index);
		slab_cpu_put_bits(sys, cache, c, slab, (u32)index / 64, 1ULL << index % 64);
	}
	retire(cache, c);
	slab_sort_mail(sys, cache, c);
	list_for_each_entry_safe(slab, next, &c->partial, slab_list) {
		take_out(c, slab);
		node_put_slab(sys, cache, slab, how == SLAB_DRAIN_KEEP);
	}
}

static void drain_all(struct mem_system *sys, struct kmem_cache *cache, enum slab_drain how)
{
	u32 own = arch_this_cpu();

	for (u32 i = 0; i < cache->nr_cpus; i++) {
		bool *running = &sys->page.cpu[i]->running;

		if (i == own || how == SLAB_DRAIN_UNUSED) {
			drain_cpu(sys, cache, cache->cpu[i], how);
		} else if (!__atomic_exchange_n(running, true, __ATOMIC_ACQUIRE)) {
			drain_cpu(sys, cache, cache->cpu[i], how);
			__atomic_store_n(running, false, __ATOMIC_RELEASE);
		}
	}
}

/* Twice, for mail that a CPU had for one which had its turn before. */
void slab_cpu_drain(struct mem_system *sys, struct kmem_cache *cache, enum slab_drain how)
{
	for (u32 turn = 0; turn < 2; turn++)
		drain_all(sys, cache, how);
}

void kmem_cache_drain(struct mem_system *sys, struct kmem_cache *cache)
{
	slab_cpu_drain(sys, cache, SLAB_DRAIN);
}
