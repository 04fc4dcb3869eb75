/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Is every slab what its cache thinks it is? */
#include "mm/system.h"
#include "slab_inner.h"

static const char *check_free_list(const struct mem_system *sys, const struct page *page)
{
	const struct kmem_cache *cache = page->slab_cache;
	u32 free = 0;

	for (void *object = page->freelist; object; object = *slab_free_pointer(cache, object)) {
		if (!slab_is_object(sys, page, object))
			return "a free pointer leads outside the slab";
		if (!slab_poison_holds(cache, object))
			return "a free object was written to";
		if (++free > cache->objects)
			return "a free list has a loop";
	}
	return free + slab_inuse(cache, page) == cache->objects ? NULL
								: "a slab's objects do not add up";
}

struct check {
	const struct mem_system *sys;
	const struct kmem_cache *cache;
	u64 node_partial[MAX_NUMNODES], cpu_partial[MAX_CPUS];
	const char *wrong;
};

static const char *check_slab(const struct mem_system *sys, const struct kmem_cache *cache,
			      const struct page *page, u32 owner, int nid, bool full, bool current)
{
	if (!page_test(page, PG_slab) || page->slab_cache != cache || page->_refcount != 1)
		return "a slab's page does not know its cache";
	if (page->objects != cache->objects || compound_order(page) != cache->order)
		return "a slab is not of its cache's size";
	if (page->owner != owner)
		return "a slab is on the list of another CPU than it says";
	if (owner == NO_CPU && page_to_nid(page) != nid)
		return "a slab is on another node's list";
	if (!current && full != !page->freelist)
		return "a slab is on the wrong list";
	if (!current && page->slab_list.next->prev != &page->slab_list)
		return "a slab list's links are broken";
	return check_free_list(sys, page);
}

static bool check_one(void *ctx, const struct page *page, u32 owner, int nid, bool full,
		      bool current)
{
	struct check *c = ctx;

	c->wrong = check_slab(c->sys, c->cache, page, owner, nid, full, current);
	if (owner == NO_CPU)
		c->node_partial[nid] += !full;
	else if (!current)
		c->cpu_partial[owner] += !full;
	return !c->wrong;
}

static bool sheaf_is_sound(const struct mem_system *sys, const struct kmem_cache *cache,
			   const struct sheaf *s)
{
	for (void **slot = s->base; slot < s->top; slot++) {
		if (!slab_of(sys, cache, *slot))
			return false;
	}
	return sheaf_count(s) <= SHEAF_MAX;
}

static const char *check_cache(const struct mem_system *sys, const struct kmem_cache *cache)
{
	struct check c = {.sys = sys, .cache = cache};

	if (!slab_for_each(cache, check_one, &c))
		return c.wrong;
	for (u32 nid = 0; nid < cache->nr_nodes; nid++) {
		if (c.node_partial[nid] != cache->node[nid].nr_partial)
			return "a node's slabs differ from their count";
	}
	for (u32 i = 0; i < cache->nr_cpus; i++) {
		if (!sheaf_is_sound(sys, cache, &cache->cpu[i].alloc) ||
		    !sheaf_is_sound(sys, cache, &cache->cpu[i].free))
			return "a CPU's sheaf holds what is no object";
		if (c.cpu_partial[i] != cache->cpu[i].nr_partial)
			return "a CPU's slabs differ from their count";
	}
	return NULL;
}

const char *slab_check(struct mem_system *sys, const struct kmem_cache **ret_cache)
{
	struct kmem_cache *cache;

	list_for_each_entry(cache, &sys->slab.caches, list) {
		const char *wrong = check_cache(sys, cache);

		if (wrong) {
			*ret_cache = cache;
			return wrong;
		}
	}
	return NULL;
}
