/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Looking at all slabs of a cache, and what their counts add up to. */
#include "slab_inner.h"

struct walk {
	bool (*fn)(void *ctx, const struct page *page, u32 owner, int nid, bool full, bool current);
	void *ctx;
};

static bool walk_list(const struct walk *w, const struct list_head *list, u32 owner, int nid,
		      bool full)
{
	const struct page *page;

	list_for_each_entry(page, list, slab_list) {
		if (!w->fn(w->ctx, page, owner, nid, full, false))
			return false;
	}
	return true;
}

bool slab_for_each(const struct kmem_cache *cache,
		   bool (*fn)(void *ctx, const struct page *page, u32 owner, int nid, bool full,
			      bool current),
		   void *ctx)
{
	struct walk w = {fn, ctx};

	for (u32 i = 0; i < cache->nr_cpus; i++) {
		const struct kmem_cache_cpu *c = &cache->cpu[i];
		const struct page *slab = slab_cpu_slab(c);

		if ((slab && !fn(ctx, slab, i, NUMA_NO_NODE, false, true)) ||
		    !walk_list(&w, &c->partial, i, NUMA_NO_NODE, false) ||
		    !walk_list(&w, &c->full, i, NUMA_NO_NODE, true))
			return false;
	}
	for (u32 nid = 0; nid < cache->nr_nodes; nid++) {
		const struct kmem_cache_node *node = &cache->node[nid];

		if (!walk_list(&w, &node->partial, NO_CPU, (int)nid, false) ||
		    !walk_list(&w, &node->full, NO_CPU, (int)nid, true))
			return false;
	}
	return true;
}

/* ---- mail ---------------------------------------------------------------------------------------
 */

/* Counts a chain; *found: the object is in it. last: where it ends, NULL: at its NULL. */
static u64 count_chain(const struct kmem_cache *cache, const void *first, u32 max,
		       const void *object, bool *found)
{
	u64 nr = 0;

	for (; first && nr < max; first = *slab_free_pointer(cache, first), nr++)
		*found |= first == object;
	return nr;
}

static u64 count_sheaf(const struct sheaf *s, const void *object, bool *found)
{
	for (void **slot = s->base; slot < s->top; slot++)
		*found |= *slot == object;
	return sheaf_count(s);
}

static u64 count_mail(const struct kmem_cache *cache, const void *object, bool *found)
{
	u64 nr = 0;

	for (u32 i = 0; i < cache->nr_cpus; i++) {
		const struct kmem_cache_cpu *c = &cache->cpu[i];

		nr += count_chain(cache, c->mailbox, ~0u, object, found);
		nr += count_chain(cache, c->nr_out ? c->out_first : NULL, c->nr_out, object, found);
		nr += count_sheaf(&c->alloc, object, found);
		nr += count_sheaf(&c->free, object, found);
	}
	return nr;
}

u64 slab_in_mail(const struct kmem_cache *cache)
{
	bool found = false;

	return count_mail(cache, NULL, &found);
}

bool slab_is_in_mail(const struct kmem_cache *cache, const void *object)
{
	bool found = false;

	count_mail(cache, object, &found);
	return found;
}

/* ---- sums ---------------------------------------------------------------------------------------
 */

struct sums {
	const struct kmem_cache *cache;
	u64 slabs, objects;
	int nid; /* only of this node; NUMA_NO_NODE: of all */
};

static bool add_slab(void *ctx, const struct page *page, u32 owner, int nid, bool full,
		     bool current)
{
	struct sums *s = ctx;

	(void)owner;
	(void)nid;
	(void)full;
	(void)current;
	if (s->nid == NUMA_NO_NODE || s->nid == page_to_nid(page)) {
		s->slabs++;
		s->objects += slab_inuse(s->cache, page);
	}
	return true;
}

u64 kmem_cache_live(const struct kmem_cache *cache)
{
	struct sums s = {.cache = cache, .nid = NUMA_NO_NODE};

	slab_for_each(cache, add_slab, &s);
	return s.objects - slab_in_mail(cache);
}

u64 kmem_cache_node_slabs(const struct kmem_cache *cache, int nid)
{
	struct sums s = {.cache = cache, .nid = nid};

	slab_for_each(cache, add_slab, &s);
	return s.slabs;
}

void kmem_cache_stat(const struct kmem_cache *cache, struct slab_stat *ret)
{
	u64 slabs = kmem_cache_node_slabs(cache, NUMA_NO_NODE);

	*ret = (struct slab_stat){.active_objs = kmem_cache_live(cache),
				  .active_slabs = slabs,
				  .num_slabs = slabs,
				  .num_objs = slabs * cache->objects};
}
