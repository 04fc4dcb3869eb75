/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slabs that belong to no CPU: found by all, under their node's lock. */
#include "slab_inner.h"

static void move_to(struct page *page, struct list_head *list)
{
	list_del(&page->slab_list);
	list_add(&page->slab_list, list);
}

void *node_take(struct mem_system *sys, struct kmem_cache *cache, u32 nid)
{
	struct kmem_cache_node *node = &cache->node[nid];
	struct page *page;
	void *object = NULL;

	spin_lock(&node->lock);
	if (!list_empty(&node->partial)) {
		page = list_first_entry(&node->partial, struct page, slab_list);
		if (unlikely(!slab_leads_on(sys, cache, page->freelist)))
			spin_unlock(&node->lock); /* which nobody must find taken: it asserts now */
		object = slab_pop(sys, cache, page);
		if (!page->freelist) {
			node->nr_partial--;
			move_to(page, &node->full);
		}
	}
	spin_unlock(&node->lock);
	return object;
}

bool node_put(struct mem_system *sys, struct kmem_cache *cache, struct page *page, void *object)
{
	struct kmem_cache_node *node = &cache->node[page_to_nid(page)];
	bool enough, good;

	spin_lock(&node->lock);
	if (page->owner != NO_CPU) {
		spin_unlock(&node->lock);
		return false;
	}
	enough = node->nr_partial >= cache->min_partial;
	good = !slab_is_checked(cache) || slab_on_free_list(sys, page, object) == NOT_ON_LIST;
	if (good && !page->freelist) {
		node->nr_partial++;
		move_to(page, &node->partial);
	}
	if (good)
		slab_push(cache, page, object);
	if (good && !page->inuse && enough) {
		node->nr_partial--;
		list_del(&page->slab_list);
		slab_discard(sys, cache, page);
	}
	spin_unlock(&node->lock);
	if (!good)
		slab_count_bad_free(sys);
	return true;
}

struct page *node_take_slab(struct kmem_cache *cache, u32 nid, u32 cpu)
{
	struct kmem_cache_node *node = &cache->node[nid];
	struct page *page = NULL;

	spin_lock(&node->lock);
	if (!list_empty(&node->partial)) {
		page = list_first_entry(&node->partial, struct page, slab_list);
		list_del(&page->slab_list);
		node->nr_partial--;
		__atomic_store_n(&page->owner, (u16)cpu, __ATOMIC_RELAXED);
	}
	spin_unlock(&node->lock);
	return page;
}

void node_put_slab(struct mem_system *sys, struct kmem_cache *cache, struct page *page)
{
	struct kmem_cache_node *node = &cache->node[page_to_nid(page)];
	bool enough;

	spin_lock(&node->lock);
	__atomic_store_n(&page->owner, NO_CPU, __ATOMIC_RELAXED);
	enough = !page->inuse && node->nr_partial >= cache->min_partial;
	if (!enough) {
		list_add(&page->slab_list, page->freelist ? &node->partial : &node->full);
		node->nr_partial += page->freelist != NULL;
	}
	spin_unlock(&node->lock);
	if (enough)
		slab_discard(sys, cache, page);
}

static u64 shrink_node(struct mem_system *sys, struct kmem_cache *cache, u32 nid)
{
	struct kmem_cache_node *node = &cache->node[nid];
	struct page *page, *next;
	u64 slabs = 0;

	spin_lock(&node->lock);
	list_for_each_entry_safe(page, next, &node->partial, slab_list) {
		if (page->inuse)
			continue;
		list_del(&page->slab_list);
		node->nr_partial--;
		slab_discard(sys, cache, page);
		slabs++;
	}
	spin_unlock(&node->lock);
	return slabs;
}

u64 kmem_cache_shrink(struct mem_system *sys, struct kmem_cache *cache)
{
	u64 slabs = 0;

	kmem_cache_drain(sys, cache);
	for (u32 nid = 0; nid < cache->nr_nodes; nid++)
		slabs += shrink_node(sys, cache, nid);
	return slabs;
}
