/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Looking at all slabs of a cache, and what their counts add up to. Nothing is changed. */
#include "../slab_inner.h"

/* ---- slabs ------------------------------------------------------------------------------- */

static bool walk_list(const struct list_head *list, u32 cpu, u32 nid, slab_listed_fn *fn, void *ctx)
{
	const struct page *slab;

	list_for_each_entry(slab, list, slab_list) {
		if (!fn(ctx, slab, cpu, nid, false))
			return false;
	}
	return true;
}

bool slab_each_listed(const struct kmem_cache *cache, slab_listed_fn *fn, void *ctx)
{
	for (u32 i = 0; i < cache->nr_cpus; i++) {
		const struct kmem_cache_cpu *c = cache->cpu[i];

		if ((c->slab && !fn(ctx, c->slab, i, 0, true)) ||
		    !walk_list(&c->partial, i, 0, fn, ctx))
			return false;
	}
	for (u32 nid = 0; nid < cache->nr_nodes; nid++) {
		if (!walk_list(&cache->node[nid].partial, NO_CPU, nid, fn, ctx))
			return false;
	}
	return true;
}

bool slab_is_current(const struct page *slab)
{
	u32 cpu = slab_cpu(slab);

	return cpu != NO_CPU && slab_cache(slab)->cpu[cpu]->slab == slab;
}

bool slab_each_full(const struct mem_system *sys, bool (*fn)(void *ctx, const struct page *slab),
		    void *ctx)
{
	for (u64 pfn = 0; pfn < sys->page.max_pfn; pfn += PAGEBLOCK_NR_PAGES) {
		u64 alive = page_alive(sys, pfn) ? PAGEBLOCK_NR_PAGES : 0;

		for (u64 i = 0; i < alive; i++) {
			const struct page *slab = pfn_to_page(sys, pfn + i);

			if (page_test(slab, PG_slab) && slab_is_full(slab_cache(slab), slab) &&
			    !slab_is_current(slab) && !fn(ctx, slab))
				return false;
		}
	}
	return true;
}

struct each {
	const struct kmem_cache *cache;
	bool (*fn)(void *ctx, const struct page *slab);
	void *ctx;
};

static bool each_listed(void *ctx, const struct page *slab, u32 cpu, u32 nid, bool current)
{
	const struct each *e = ctx;

	(void)cpu;
	(void)nid;
	(void)current;
	return e->fn(e->ctx, slab);
}

static bool each_full(void *ctx, const struct page *slab)
{
	const struct each *e = ctx;

	return slab_cache(slab) != e->cache || e->fn(e->ctx, slab);
}

bool slab_for_each(const struct mem_system *sys, const struct kmem_cache *cache,
		   bool (*fn)(void *ctx, const struct page *slab), void *ctx)
{
	struct each e = {cache, fn, ctx};

	return slab_each_listed(cache, each_listed, &e) && slab_each_full(sys, each_full, &e);
}

/* ---- objects ----------------------------------------------------------------------------- */

static bool is_in_hand(const struct kmem_cache *cache, u64 object)
{
	for (u32 i = 0; i < cache->nr_cpus; i++) {
		if (cache->cpu[i]->hand == object)
			return true;
	}
	return false;
}

enum slab_use slab_use_of(const struct kmem_cache *cache, const struct page *slab, u64 index,
			  u64 object)
{
	if (slab_is_free(cache, slab, index))
		return SLAB_FREE;
	if (slab_is_mailed(cache, slab, index))
		return SLAB_IN_MAIL;
	if (is_in_hand(cache, object))
		return SLAB_IN_HAND;
	return slab_is_quarantined(cache, object) ? SLAB_QUARANTINED : SLAB_LIVE;
}

/* ---- sums -------------------------------------------------------------------------------- */

static bool add_free(void *ctx, const struct page *slab, u32 cpu, u32 nid, bool current)
{
	u64 *free = ctx;

	(void)cpu;
	(void)nid;
	(void)current;
	*free += slab_nr_free(slab_cache(slab), slab);
	return true;
}

/* Objects that are free, but not for everybody. */
static u64 nr_elsewhere(const struct kmem_cache *cache)
{
	u64 nr = slab_nr_quarantined(cache);

	for (u32 i = 0; i < cache->nr_cpus; i++) {
		const struct kmem_cache_cpu *c = cache->cpu[i];

		nr += c->hand != 0;
		for (const struct page *slab = c->mailbox; slab; slab = slab->mail_next)
			nr += slab_nr_mailed(cache, slab);
	}
	return nr;
}

u64 kmem_cache_node_slabs(const struct kmem_cache *cache, int nid)
{
	u64 slabs = 0;

	for (u32 n = 0; n < cache->nr_nodes; n++)
		slabs += nid == NUMA_NO_NODE || nid == (int)n ? cache->node[n].nr_slabs : 0;
	return slabs;
}

u64 kmem_cache_live(const struct mem_system *sys, const struct kmem_cache *cache)
{
	u64 free = 0;

	(void)sys;
	slab_each_listed(cache, add_free, &free);
	return kmem_cache_node_slabs(cache, NUMA_NO_NODE) * cache->objects - free -
	       nr_elsewhere(cache);
}

void kmem_cache_stat(const struct mem_system *sys, const struct kmem_cache *cache,
		     struct slab_stat *ret)
{
	u64 slabs = kmem_cache_node_slabs(cache, NUMA_NO_NODE);

	*ret = (struct slab_stat){.active_objs = kmem_cache_live(sys, cache),
				  .active_slabs = slabs,
				  .num_slabs = slabs,
				  .num_objs = slabs * cache->objects};
}
