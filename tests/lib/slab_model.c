/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "slab_model.h"

#include <string.h>

#include "lib.h"
#include "mm/slab/kmalloc.h"
#include "mm/page/page_debug.h"

#define KMALLOC MODEL_CACHES

/* What a constructor leaves in the first bytes. */
#define MADE	   0xc7
#define MADE_BYTES 40

static const struct spec {
	u32 size, align, flags;
	bool ctor;
} specs[MODEL_CACHES] = {
	{8, 0, 0, false},
	{1, 0, 0, false},
	{24, 0, SLAB_HWCACHE_ALIGN, false},
	{64, 0, 0, false},
	{60, 0, SLAB_RECLAIM_ACCOUNT, false},
	{100, 0, 0, true},
	{200, 64, 0, false},
	{700, 0, SLAB_TYPESAFE_BY_RCU, false},
	{40, 0, SLAB_TYPESAFE_BY_RCU, true},
	{3000, 256, 0, false},
	{9000, 0, 0, false}, /* larger than a page */
	{33000, 0, 0, false},
	{40, 16, SLAB_DEBUG_FLAGS, false},
	{8, 0, SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE, false}, /* many in a slab */
};

static u32 choose(const struct slab_model *m, u32 below)
{
	return m->choose(m->ctx, below);
}

static bool may_be_null(const struct slab_model *m)
{
	return m->may_fail || m->failing;
}

/* ---- caches ------------------------------------------------------------------------------ */

static void construct(void *object)
{
	memset(object, MADE, MADE_BYTES);
}

static bool is_ours(const struct mem_system *sys, const struct kmem_cache *c)
{
	return c == sys->slab.cache_cache || c == sys->slab.alias_cache || c == sys->slab.map_cache;
}

static void create_cache(struct slab_model *m, u32 i)
{
	const struct spec *s = &specs[i];
	char name[SLAB_NAME_LEN];

	fmt_print(name, sizeof(name), "model-%u", i);
	m->cache[i] = kmem_cache_create(m->sys, name, s->size, s->align, s->flags,
					s->ctor ? construct : NULL);
	ASSERT(m->cache[i] || may_be_null(m), "%s", name);
}

static u64 nr_live(const struct slab_model *m, const struct kmem_cache *c)
{
	u64 nr = 0;

	for (u32 i = 0; i < m->nr_slots; i++)
		nr += m->slot[i].p && m->slot[i].real == c;
	return nr;
}

/* Busy ones must say so. */
static void destroy_cache(struct slab_model *m, u32 i)
{
	struct kmem_cache *c = m->cache[i];
	bool shared = c->nr_users > 1, busy = nr_live(m, c);
	int err;

	if (shared && busy)
		return; /* whose would its objects be? */
	err = kmem_cache_destroy(m->sys, c);
	ASSERT(err == (busy ? -EBUSY : 0), "%u: %d", i, err);
	if (err)
		return;
	m->cache[i] = NULL;
	for (u32 k = 0; k < MODEL_GONE; k++) {
		if (m->gone[k].cache == i)
			m->gone[k].p = NULL;
	}
}

/* A cache that is there; MODEL_CACHES: none is. */
static u32 some_cache(const struct slab_model *m)
{
	u32 first = choose(m, MODEL_CACHES);

	for (u32 k = 0; k < MODEL_CACHES; k++) {
		u32 i = (first + k) % MODEL_CACHES;

		if (m->cache[i])
			return i;
	}
	return MODEL_CACHES;
}

/* ---- objects ----------------------------------------------------------------------------- */

static void check_bytes(const u8 *p, u32 size, u8 byte)
{
	ASSERT(p[0] == byte && !memcmp(p, p + 1, size - 1), "%u bytes of %#x: the first is %#x",
	       size, byte, p[0]);
}

/* What came is an object of its own, not what somebody has. */
static void enter(struct slab_model *m, struct model_object *o, u32 cache, void *p, u32 size)
{
	struct slab_object found;
	bool slab = slab_object_of(m->sys, virt_to_phys(m->sys, p), &found);

	m->allocs++;
	*o = (struct model_object){.p = p, .size = size, .cache = cache};
	ASSERT(slab || cache == KMALLOC, "no object of %u came", cache);
	if (slab) {
		o->real = found.cache;
		ASSERT(found.use == SLAB_LIVE && found.offset == found.cache->red_left,
		       "%s came at %u", slab_use_name(found.use), found.offset);
		ASSERT(cache == KMALLOC || found.cache == m->cache[cache], "%u came of %s", cache,
		       found.cache->name);
		ASSERT((u64)(uintptr_t)p % found.cache->align == 0, "%p of %s", p,
		       found.cache->name);
	}
	if (cache != KMALLOC && specs[cache].ctor)
		check_bytes(o->p, MADE_BYTES, MADE);
	o->tag = ++m->last_tag;
	memset(p, o->tag, size);
}

static struct model_object *empty_slot(struct slab_model *m)
{
	u32 first = choose(m, m->nr_slots);

	for (u32 k = 0; k < m->nr_slots; k++) {
		struct model_object *o = &m->slot[(first + k) % m->nr_slots];

		if (!o->p)
			return o;
	}
	return NULL;
}

/* Looks at it, and leaves it as constructed: it goes now. */
static void leave(struct slab_model *m, struct model_object *o)
{
	check_bytes(o->p, o->size, o->tag);
	if (o->cache != KMALLOC && specs[o->cache].ctor)
		construct(o->p);
	m->gone[m->nr_gone++ % MODEL_GONE] = *o;
	o->p = NULL;
}

static void give(struct slab_model *m, u32 cache, void *p)
{
	if (cache == KMALLOC || !choose(m, 4))
		kfree(m->sys, p);
	else
		kmem_cache_free(m->sys, m->cache[cache], p);
}

static void free_slot(struct slab_model *m, struct model_object *o)
{
	u8 *p = o->p;

	leave(m, o);
	give(m, o->cache, p);
}

/* ---- allocation -------------------------------------------------------------------------- */

static u32 some_size(const struct slab_model *m)
{
	return 1 + choose(m, 1u << choose(m, m->size_bits));
}

static void alloc_kmalloc(struct slab_model *m, struct model_object *o)
{
	static const gfp_t kinds[] = {0,	 0,	      0,	   0, __GFP_RECLAIMABLE,
				      __GFP_DMA, __GFP_DMA32, __GFP_ATOMIC};
	u32 size = some_size(m), kind = choose(m, 16);
	gfp_t gfp = GFP_KERNEL | kinds[kind % 8];
	void *p;

	if (kind < 8)
		p = kmalloc(m->sys, size, gfp);
	else if (kind < 12)
		p = kzalloc(m->sys, size, gfp);
	else
		p = kmalloc_node(m->sys, size, gfp, (int)choose(m, m->sys->slab.nr_nodes));
	m->failed += !p;
	ASSERT(p || may_be_null(m), "kmalloc %u", size);
	if (!p)
		return;
	ASSERT(ksize(m->sys, p) >= size, "%u", size);
	if (kind >= 8 && kind < 12)
		check_bytes(p, size, 0);
	enter(m, o, KMALLOC, p, size);
}

static void alloc_object(struct slab_model *m, struct model_object *o)
{
	u32 cache = some_cache(m), how = choose(m, 8), nid = choose(m, m->sys->slab.nr_nodes);
	bool zero;
	void *p;

	if (cache == MODEL_CACHES)
		return;
	zero = how == 0 && !specs[cache].ctor;
	if (how < 6)
		p = kmem_cache_alloc(m->sys, m->cache[cache], GFP_KERNEL | (zero ? __GFP_ZERO : 0));
	else
		p = kmem_cache_alloc_node(m->sys, m->cache[cache],
					  GFP_KERNEL | (how == 7 ? __GFP_THISNODE : 0), (int)nid);
	m->failed += !p;
	ASSERT(p || may_be_null(m), "cache %u", cache);
	if (!p)
		return;
	ASSERT(how != 7 || page_to_nid(virt_to_page(m->sys, p)) == (int)nid, "node %u", nid);
	if (zero)
		check_bytes(p, specs[cache].size, 0);
	enter(m, o, cache, p, specs[cache].size);
}

/* Takes from an empty slot, gives from one that is not. */
static void use_slot(struct slab_model *m)
{
	struct model_object *o = &m->slot[choose(m, m->nr_slots)];

	if (o->p)
		free_slot(m, o);
	else if (choose(m, 3))
		alloc_object(m, o);
	else
		alloc_kmalloc(m, o);
}

static void grow(struct slab_model *m)
{
	struct model_object *o = &m->slot[choose(m, m->nr_slots)];
	u32 size = some_size(m), old;
	u8 *p;

	if (!o->p || o->cache != KMALLOC)
		return;
	check_bytes(o->p, o->size, o->tag);
	p = krealloc(m->sys, o->p, size, GFP_KERNEL);
	m->failed += !p;
	ASSERT(p || may_be_null(m), "krealloc %u", size);
	if (!p)
		return check_bytes(o->p, o->size, o->tag);
	old = min(o->size, size);
	check_bytes(p, old, o->tag);
	if (p != o->p)
		m->gone[m->nr_gone++ % MODEL_GONE] = *o;
	enter(m, o, KMALLOC, p, size);
}

static void alloc_many(struct slab_model *m)
{
	u32 cache = some_cache(m), nr = 1 + choose(m, 100), got;
	void *objects[100];

	if (cache == MODEL_CACHES)
		return;
	got = kmem_cache_alloc_bulk(m->sys, m->cache[cache], GFP_KERNEL, nr, objects);
	ASSERT(got == nr || (!got && may_be_null(m)), "%u of %u", got, nr);
	for (u32 i = 0; i < got; i++) {
		struct model_object *o = empty_slot(m), extra;

		enter(m, o ? o : &extra, cache, objects[i], specs[cache].size);
		if (!o)
			free_slot(m, &extra);
	}
}

/* A run of what one cache has, and among them what must not be freed. */
static void free_many(struct slab_model *m)
{
	u32 cache = some_cache(m), first = choose(m, m->nr_slots), nr = 0, most = choose(m, 64);
	void *objects[3 * 64];

	if (cache == MODEL_CACHES)
		return;
	for (u32 k = 0; k < m->nr_slots && most; k++) {
		struct model_object *o = &m->slot[(first + k) % m->nr_slots];
		u32 bad = choose(m, 16);

		if (!o->p || o->cache != cache)
			continue;
		most--;
		objects[nr++] = o->p;
		if (bad == 0)
			objects[nr++] = o->p + 1;
		if (bad <= 1)
			objects[nr++] = o->p; /* twice */
		m->bad += bad == 0 ? 2 : bad == 1;
		leave(m, o);
	}
	kmem_cache_free_bulk(m->sys, m->cache[cache], nr, objects);
}

/* ---- what must be refused ---------------------------------------------------------------- */

static bool is_live(const struct slab_model *m, const u8 *p)
{
	u32 i = 0;

	while (i < m->nr_slots && m->slot[i].p != p)
		i++;
	return i < m->nr_slots;
}

static void free_again(struct slab_model *m)
{
	struct model_object *o = &m->gone[choose(m, MODEL_GONE)];
	struct slab_object found;
	bool slab;

	if (!o->p || is_live(m, o->p))
		return;
	slab = slab_object_of(m->sys, virt_to_phys(m->sys, o->p), &found);
	if (slab && found.use == SLAB_LIVE && is_ours(m->sys, found.cache))
		return; /* SLUB lives there by now */
	if (slab && found.cache == o->real) {
		ASSERT(found.use != SLAB_LIVE, "%p of %s is nobody's", (void *)o->p, o->real->name);
		m->twice[found.use]++;
	}
	m->bad++;
	if (o->cache == KMALLOC && choose(m, 2))
		ASSERT(!krealloc(m->sys, o->p, 100, GFP_KERNEL), "%p", (void *)o->p);
	else
		give(m, o->cache, o->p);
}

static void free_wrongly(struct slab_model *m)
{
	struct model_object *o = &m->slot[choose(m, m->nr_slots)];
	u32 cache = some_cache(m), how = choose(m, 3);

	if (!o->p || cache == MODEL_CACHES)
		return;
	m->wrong++;
	m->bad++;
	if (how == 0) { /* the middle */
		give(m, o->cache, o->p + 1 + choose(m, (o->real ? o->real->size : PAGE_SIZE) - 1));
	} else if (how == 1) { /* another cache's */
		if (o->real == m->cache[cache])
			m->bad--;
		else
			kmem_cache_free(m->sys, m->cache[cache], o->p);
	} else { /* nobody's */
		give(m, cache, m->nobodys);
	}
}

static void change_cpu(struct slab_model *m)
{
	arch_host_cpu = choose(m, m->sys->given.nr_cpus);
}

/* One CPU has it from its hand, another frees it, and a third one does it again. */
static void pass_on(struct slab_model *m)
{
	u32 cache = some_cache(m), first = arch_host_cpu;
	struct model_object o;
	void *p;

	if (cache == MODEL_CACHES)
		return;
	for (u32 i = 0; i < 2; i++) {
		p = kmem_cache_alloc(m->sys, m->cache[cache], GFP_KERNEL);
		ASSERT(p || may_be_null(m), "cache %u", cache);
		if (!p)
			return;
		enter(m, &o, cache, p, specs[cache].size);
		if (i)
			change_cpu(m);
		free_slot(m, &o);
	}
	arch_host_cpu = choose(m, 2) ? first : arch_host_cpu;
	kmem_cache_free(m->sys, m->cache[cache], p);
	m->bad++;
}

/* ---- steps ------------------------------------------------------------------------------- */

static void give_back(struct slab_model *m)
{
	u32 cache = some_cache(m), how = choose(m, 4);

	if (how == 0)
		kmem_cache_shrink_all(m->sys);
	else if (cache != MODEL_CACHES && how == 1)
		kmem_cache_shrink(m->sys, m->cache[cache]);
	else if (cache != MODEL_CACHES)
		kmem_cache_drain(m->sys, m->cache[cache]);
}

static void change_caches(struct slab_model *m)
{
	u32 i = choose(m, MODEL_CACHES);

	if (m->cache[i])
		destroy_cache(m, i);
	else
		create_cache(m, i);
}

void slab_model_step(struct slab_model *m)
{
	static void (*const rare[])(struct slab_model *) = {grow,	alloc_many,    free_many,
							    free_again, free_wrongly,  give_back,
							    pass_on,	change_caches, change_cpu};
	u32 what = choose(m, 16);

	m->failing = m->fail && !choose(m, 16);
	if (m->failing)
		page_debug_fail_after(m->sys, 1 + choose(m, 3));
	if (what < ARRAY_SIZE(rare))
		rare[what](m);
	else
		use_slot(m);
	if (m->failing)
		page_debug_fail_after(m->sys, 0);
	m->failing = false;
	ASSERT(slab_bad_frees(m->sys) == m->bad, "%llu frees refused, not %llu",
	       slab_bad_frees(m->sys), m->bad);
	ASSERT(!slab_bad_writes(m->sys), "%llu", slab_bad_writes(m->sys));
}

void slab_model_check(struct slab_model *m)
{
	const struct kmem_cache *c;
	const char *wrong = slab_check(m->sys, &c);
	u64 all = 0;

	ASSERT(!wrong, "%s: %s", c->name, wrong);
	list_for_each_entry(c, &m->sys->slab.caches, list) {
		u64 live = is_ours(m->sys, c) ? 0 : kmem_cache_live(m->sys, c);

		ASSERT(!live || live == nr_live(m, c), "%s: %llu, not %llu", c->name, live,
		       nr_live(m, c));
		all += live;
	}
	for (u32 i = 0; i < m->nr_slots; i++)
		all -= m->slot[i].p && m->slot[i].real;
	ASSERT(!all, "%lld objects more than there are", (s64)all);
}

void slab_model_begin(struct slab_model *m)
{
	arch_host_cpu = 0;
	page_debug_fail_after(m->sys, 0); /* what it needs, it has from now on */
	m->pages = sim_all_pages(m->sys);
	m->nobodys = get_free_page(m->sys, GFP_KERNEL);
	m->bad = slab_bad_frees(m->sys);
	for (u32 i = 0; i < MODEL_CACHES; i++)
		create_cache(m, i);
}

void slab_model_end(struct slab_model *m)
{
	u64 pages;

	slab_model_check(m);
	for (u32 i = 0; i < m->nr_slots; i++) {
		if (m->slot[i].p)
			free_slot(m, &m->slot[i]);
	}
	arch_host_cpu = 0;
	for (u32 i = 0; i < MODEL_CACHES; i++) {
		if (m->cache[i])
			destroy_cache(m, i);
		ASSERT(!m->cache[i], "cache %u stays", i);
	}
	free_pages(m->sys, m->nobodys, 0);
	pages = sim_all_pages(m->sys);
	ASSERT(pages == m->pages, "%llu pages, not %llu", pages, m->pages);
	ASSERT(slab_bad_frees(m->sys) == m->bad, "%llu", m->bad);
	ASSERT(!m->sys->page.errors.bad_frees, "%llu", (u64)m->sys->page.errors.bad_frees);
}
