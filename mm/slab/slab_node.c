/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slabs that belong to their node: for all CPUs, under the node's lock. */
#include "slab_inner.h"

/* Takes a slab off the list: it is full, or gets another owner. */
static void take_out(struct kmem_cache_node *node, struct page *slab)
{
	list_del(&slab->slab_list);
	node->nr_partial--;
}

static void put_in(struct kmem_cache_node *node, struct page *slab)
{
	list_add(&slab->slab_list, &node->partial);
	node->nr_partial++;
}

static bool has_enough(const struct kmem_cache *cache, const struct kmem_cache_node *node)
{
	return node->nr_partial >= cache->min_partial && !slab_keeps_pages(cache);
}

u64 node_take(struct mem_system *sys, struct kmem_cache *cache, u32 nid)
{
	struct kmem_cache_node *node = &cache->node[nid];
	u64 object = 0;

	spin_lock(&node->lock);
	if (!list_empty(&node->partial)) {
		struct page *slab = list_first_entry(&node->partial, struct page, slab_list);

		object = slab_take_bit(sys, cache, slab);
		if (slab_is_full(cache, slab))
			take_out(node, slab);
	}
	spin_unlock(&node->lock);
	return object;
}

/* Locks the node of the slab. False: the slab belongs to a CPU by now. */
static bool lock_slab(struct kmem_cache_node *node, const struct page *slab)
{
	spin_lock(&node->lock);
	if (slab->holder == &node->holder)
		return true;
	spin_unlock(&node->lock);
	return false;
}

bool node_put_bits(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, u32 i,
		   u64 bits, const void *caller)
{
	struct kmem_cache_node *node = &cache->node[page_to_nid(slab)];
	u64 first = slab_object_at(sys, slab, i * 64), twice;
	bool enough, was_full, gone;

	if (!lock_slab(node, slab))
		return false;
	enough = has_enough(cache, node);
	was_full = slab_is_full(cache, slab);
	twice = slab_set_free_bits(cache, slab, i, bits);
	gone = slab_is_empty(cache, slab) && enough;
	if (gone && !was_full)
		take_out(node, slab);
	else if (!gone && was_full)
		put_in(node, slab);
	spin_unlock(&node->lock);
	if (gone)
		slab_discard(sys, cache, slab);
	if (twice) /* another CPU has freed it meanwhile */
		slab_error(sys, SLAB_FREE_TWICE, cache,
			   first + (u32)__builtin_ctzll(twice) * (u64)cache->size, caller);
	return true;
}

struct page *node_take_slab(struct kmem_cache *cache, u32 nid, struct kmem_cache_cpu *c)
{
	struct kmem_cache_node *node = &cache->node[nid];
	struct page *slab = NULL;

	if (list_empty(&node->partial)) /* the usual case; a wrong answer costs only a new slab */
		return NULL;
	spin_lock(&node->lock);
	if (!list_empty(&node->partial)) {
		slab = list_first_entry(&node->partial, struct page, slab_list);
		take_out(node, slab);
		__atomic_store_n(&slab->holder, &c->holder, __ATOMIC_RELAXED);
	}
	spin_unlock(&node->lock);
	return slab;
}

void node_put_slab(struct mem_system *sys, struct kmem_cache *cache, struct page *slab, bool keep)
{
	struct kmem_cache_node *node = &cache->node[page_to_nid(slab)];
	bool gone;

	spin_lock(&node->lock);
	__atomic_store_n(&slab->holder, &node->holder, __ATOMIC_RELAXED);
	gone = !keep && slab_is_empty(cache, slab) && has_enough(cache, node);
	if (!gone && !slab_is_full(cache, slab))
		put_in(node, slab);
	spin_unlock(&node->lock);
	if (gone)
		slab_discard(sys, cache, slab);
}

/* ---- freeing empty slabs ----------------------------------------------------------------- */

/* Frees the slabs without a lock: a slab's map is an object of another cache. */
static u64 shrink_node(struct mem_system *sys, struct kmem_cache *cache, u32 nid)
{
	struct kmem_cache_node *node = &cache->node[nid];
	struct page *slab, *next;
	struct list_head gone;
	u64 slabs = 0;

	list_init(&gone);
	spin_lock(&node->lock);
	list_for_each_entry_safe(slab, next, &node->partial, slab_list) {
		if (!slab_is_empty(cache, slab))
			continue;
		take_out(node, slab);
		list_add(&slab->slab_list, &gone);
	}
	spin_unlock(&node->lock);
	list_for_each_entry_safe(slab, next, &gone, slab_list) {
		slab_discard(sys, cache, slab);
		slabs++;
	}
	return slabs;
}

static void empty_quarantine(struct mem_system *sys, struct kmem_cache *cache)
{
	u64 object, index;
	struct page *slab;

	while ((object = slab_quarantine_swap(cache, 0))) {
		slab = slab_of(sys, cache, object, &index);
		slab_debug_look(sys, cache, object, false, NULL);
		slab_cpu_put(sys, cache, slab, index, NULL);
	}
}

u64 kmem_cache_shrink(struct mem_system *sys, struct kmem_cache *cache)
{
	u64 slabs = 0;

	empty_quarantine(sys, cache);
	slab_cpu_drain(sys, cache, SLAB_DRAIN_KEEP);
	for (u32 nid = 0; nid < cache->nr_nodes; nid++)
		slabs += shrink_node(sys, cache, nid);
	return slabs;
}

u64 kmem_cache_shrink_all(struct mem_system *sys)
{
	struct kmem_cache *cache;
	u64 slabs = 0;

	spin_lock(&sys->slab.lock);
	list_for_each_entry(cache, &sys->slab.caches, list)
		slabs += kmem_cache_shrink(sys, cache);
	spin_unlock(&sys->slab.lock);
	return slabs + kmem_cache_shrink(sys, sys->slab.map_cache); /* the freed slabs' maps */
}
