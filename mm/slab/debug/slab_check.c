/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Checks that slabs and their caches agree. */
#include "../slab_inner.h"

/* In a cache with debugging: checks the bytes of free and live objects. */
static const char *check_objects(const struct mem_system *sys, const struct page *slab)
{
	const struct kmem_cache *cache = slab_cache(slab);

	for (u32 i = 0; slab_is_checked(cache) && i < cache->objects; i++) {
		u64 object = slab_object_at(sys, slab, i);
		bool live = slab_use_of(cache, slab, i, object) == SLAB_LIVE;
		s32 at;
		u8 expected;

		switch (slab_debug_wrong(cache, object, live, &at, &expected)) {
		case NR_SLAB_ERRORS:
			break;
		case SLAB_USE_AFTER_FREE:
			return "a free object was written to";
		default:
			return "a red zone was written to";
		}
	}
	return NULL;
}

static const char *check_bits(const struct kmem_cache *cache, const struct page *slab)
{
	const u64 *free = slab_free_words(cache, slab), *mailed = slab_mailed_words(cache, slab);
	u32 rest = cache->objects % 64;

	for (u32 i = 0; i < slab_nr_words(cache); i++) {
		u64 beyond = i + 1 == slab_nr_words(cache) && rest ? ~0ULL << rest : 0;

		if (free[i] & mailed[i])
			return "an object is both free and in the mail";
		if ((free[i] | mailed[i]) & beyond)
			return "a free bit is set after the last object";
	}
	if (slab_is_mapped(cache) && !slab_is_current(slab) &&
	    slab->nr_free != slab_nr_free(cache, slab))
		return "a slab's count of free objects is wrong";
	return NULL;
}

static const char *check_slab(const struct mem_system *sys, const struct kmem_cache *cache,
			      const struct page *slab)
{
	const char *wrong;
	u32 cpu;

	if (!page_test(slab, PG_slab) || slab_cache(slab) != cache || slab->_refcount != 1)
		return "a slab's page does not point to its cache";
	if (compound_order(slab) != cache->order)
		return "a slab is not of its cache's size";
	cpu = slab_cpu(slab);
	if (slab->holder !=
	    (cpu == NO_CPU ? &cache->node[page_to_nid(slab)].holder : &cache->cpu[cpu]->holder))
		return "a slab does not point to its owner";
	wrong = check_bits(cache, slab);
	return wrong ? wrong : check_objects(sys, slab);
}

/* ---- slabs with a free object ------------------------------------------------------------ */

struct check {
	const struct mem_system *sys;
	const struct kmem_cache *cache;
	u64 node_partial[MAX_NUMNODES], cpu_partial[MAX_CPUS], cpu_empty[MAX_CPUS];
	u64 full;	    /* slabs of all caches that are on no list, or not found yet */
	u64 mailed, posted; /* objects that are marked; objects found in mailboxes */
	const char *wrong;
};

static const char *check_list(const struct page *slab, u32 cpu, u32 nid, bool current)
{
	const struct kmem_cache *cache = slab_cache(slab);

	if (slab_cpu(slab) != cpu)
		return "a slab is on the list of another CPU than it says";
	if (cpu == NO_CPU && page_to_nid(slab) != (int)nid)
		return "a slab is on another node's list";
	if (!current && slab_is_full(cache, slab))
		return "a full slab is on a list";
	if (!current && slab->slab_list.next->prev != &slab->slab_list)
		return "a slab list's links are broken";
	return NULL;
}

static bool check_listed(void *ctx, const struct page *slab, u32 cpu, u32 nid, bool current)
{
	struct check *c = ctx;

	c->wrong = check_slab(c->sys, c->cache, slab);
	c->mailed += slab_nr_mailed(c->cache, slab);
	if (!c->wrong)
		c->wrong = check_list(slab, cpu, nid, current);
	c->full--;
	if (cpu == NO_CPU) {
		c->node_partial[nid]++;
	} else if (!current) {
		c->cpu_partial[cpu]++;
		c->cpu_empty[cpu] += slab_is_empty(c->cache, slab);
	}
	return !c->wrong;
}

static bool is_sound_hand(const struct mem_system *sys, const struct kmem_cache_cpu *c)
{
	u64 index;
	const struct page *slab = slab_of(sys, c->holder.cache, c->hand, &index);

	return slab && c->hand_for == c->hand && slab->holder == &c->holder &&
	       !slab_is_mailed(c->holder.cache, slab, index) &&
	       !slab_is_free(c->holder.cache, slab, index);
}

static bool is_sound_mail(const struct kmem_cache_cpu *c, u64 *posted)
{
	for (const struct page *slab = c->mailbox; slab; slab = slab->mail_next) {
		u32 nr = slab_nr_mailed(c->holder.cache, slab);

		if (!nr)
			return false;
		*posted += nr;
	}
	return true;
}

static const char *check_cache(struct check *c)
{
	const struct kmem_cache *cache = c->cache;

	c->full += kmem_cache_node_slabs(cache, NUMA_NO_NODE);
	memset(c->node_partial, 0, sizeof(c->node_partial));
	memset(c->cpu_partial, 0, sizeof(c->cpu_partial));
	memset(c->cpu_empty, 0, sizeof(c->cpu_empty));
	if (!slab_each_listed(cache, check_listed, c))
		return c->wrong;
	for (u32 nid = 0; nid < cache->nr_nodes; nid++) {
		if (c->node_partial[nid] != cache->node[nid].nr_partial)
			return "a node's slabs differ from their count";
	}
	for (u32 i = 0; i < cache->nr_cpus; i++) {
		const struct kmem_cache_cpu *cpu = cache->cpu[i];

		if (cpu->hand && !is_sound_hand(c->sys, cpu))
			return "a CPU's hand has an address that is no object";
		if (!is_sound_mail(cpu, &c->posted))
			return "a slab in a mailbox has no mailed objects";
		if (c->cpu_partial[i] != cpu->nr_partial || c->cpu_empty[i] != cpu->nr_empty)
			return "a CPU's slabs differ from their count";
	}
	return NULL;
}

/* ---- full slabs -------------------------------------------------------------------------- */

static bool check_full(void *ctx, const struct page *slab)
{
	struct check *c = ctx;
	const struct kmem_cache *cache;

	c->full--;
	c->wrong = "a slab's page does not point to its cache";
	list_for_each_entry(cache, &c->sys->slab.caches, list) {
		if (cache == slab_cache(slab))
			c->wrong = check_slab(c->sys, cache, slab);
	}
	c->mailed += c->wrong ? 0 : slab_nr_mailed(slab_cache(slab), slab);
	return !c->wrong;
}

const char *slab_check(struct mem_system *sys, const struct kmem_cache **ret_cache)
{
	struct check c = {.sys = sys};

	list_for_each_entry(c.cache, &sys->slab.caches, list) {
		const char *wrong = check_cache(&c);

		*ret_cache = c.cache;
		if (wrong)
			return wrong;
	}
	if (!slab_each_full(sys, check_full, &c))
		return c.wrong;
	if (c.full)
		return "slabs differ from their count";
	return c.mailed == c.posted ? NULL : "an object is in the mail, but in no mailbox";
}
