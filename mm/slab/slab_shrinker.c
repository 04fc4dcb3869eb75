/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The slab allocator's own shrinker: frees the empty slabs of all caches. */
#include "slab_inner.h"

/* The pages of empty slabs on a node's list. */
static u64 empty_pages(const struct kmem_cache *cache, struct kmem_cache_node *node)
{
	const struct page *page;
	u64 slabs = 0;

	spin_lock(&node->lock);
	list_for_each_entry(page, &node->partial, slab_list)
		slabs += slab_is_empty(cache, page);
	spin_unlock(&node->lock);
	return slabs << cache->order;
}

/* First gives the slabs of CPUs to the nodes: when memory is short, they count too. */
static u64 count_empty(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct slab_system *slab = &sc->sys->slab;
	struct kmem_cache *cache;
	u64 pages = 0;

	(void)shrinker;
	spin_lock(&slab->lock);
	list_for_each_entry(cache, &slab->caches, list) {
		if (slab_keeps_pages(cache))
			continue;
		slab_cpu_drain(sc->sys, cache, SLAB_DRAIN_KEEP);
		for (u32 nid = 0; nid < cache->nr_nodes; nid++)
			pages += empty_pages(cache, &cache->node[nid]);
	}
	spin_unlock(&slab->lock);
	return pages;
}

/* Frees all empty slabs of a cache at once, perhaps more than requested. */
static u64 free_empty(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct slab_system *slab = &sc->sys->slab;
	struct kmem_cache *cache;
	u64 pages = 0;

	(void)shrinker;
	spin_lock(&slab->lock);
	list_for_each_entry(cache, &slab->caches, list) {
		if (pages < sc->nr_to_scan && !slab_keeps_pages(cache))
			pages += kmem_cache_shrink(sc->sys, cache) << cache->order;
	}
	spin_unlock(&slab->lock);
	sc->nr_scanned = max(pages, sc->nr_to_scan);
	return pages ? pages : SHRINK_STOP;
}

void slab_shrinker_init(struct mem_system *sys)
{
	/* A slab is cheaper to make again than objects that must be read or computed. */
	sys->slab_shrinker = (struct shrinker){.name = "slab-empty",
					       .count_objects = count_empty,
					       .scan_objects = free_empty,
					       .seeks = 1};
	register_shrinker(sys, &sys->slab_shrinker);
}
