/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A cache's live objects, and who allocated them: summed by caller, then one by one. */
#include "arch.h"
#include "cmd/cmds.h"
#include "lib.h"

/* ---- walking ----------------------------------------------------------------------------- */

struct live_object {
	phys_addr_t pa;
	u32 index; /* in its slab */
	int nid;
	struct slab_track alloc;
};

struct walk {
	const struct mem_system *sys;
	const struct kmem_cache *cache;
	bool (*fn)(void *ctx, const struct live_object *o); /* false: stop */
	void *ctx;
	u8 uses[CMD_SLAB_OBJECTS];
};

static bool walk_slab(void *ctx, const struct page *slab)
{
	struct walk *w = ctx;
	const u8 *first = (const u8 *)page_address(w->sys, slab) + w->cache->red_left;

	slab_uses(w->sys, slab, w->uses);
	for (u32 i = 0; i < w->cache->objects; i++) {
		const u8 *object = first + (u64)i * w->cache->size;
		struct live_object o = {virt_to_phys(w->sys, object), i, page_to_nid(slab), {0}};
		struct slab_track free;

		if (w->uses[i] != SLAB_LIVE)
			continue;
		slab_tracks_of(w->cache, object, &o.alloc, &free);
		if (!w->fn(w->ctx, &o))
			return false;
	}
	return true;
}

static void each_live(const struct mem_system *sys, const struct kmem_cache *cache,
		      bool (*fn)(void *ctx, const struct live_object *o), void *ctx)
{
	static struct walk w;

	ASSERT(cache->objects <= CMD_SLAB_OBJECTS, "%u objects in a slab", cache->objects);
	w = (struct walk){.sys = sys, .cache = cache, .fn = fn, .ctx = ctx};
	slab_for_each(sys, cache, walk_slab, &w);
}

/* ---- by caller --------------------------------------------------------------------------- */

#define MAX_CALLERS 64

struct caller {
	u64 address, objects;
	u64 min_age, max_age, sum_age; /* ticks */
	u64 cpus, nodes;	       /* bits; those above 63 are left out */
};

struct callers {
	u64 now;
	u64 objects, others; /* all; those of callers that did not fit */
	u32 nr;
	struct caller caller[MAX_CALLERS];
};

static struct caller *caller_of(struct callers *all, u64 address)
{
	u32 i = 0;

	while (i < all->nr && all->caller[i].address != address)
		i++;
	if (i == MAX_CALLERS)
		return NULL;
	if (i == all->nr) {
		all->caller[i] = (struct caller){.address = address, .min_age = ~0ULL};
		all->nr++;
	}
	return &all->caller[i];
}

static bool count_object(void *ctx, const struct live_object *o)
{
	struct callers *all = ctx;
	u64 age = all->now > o->alloc.when ? all->now - o->alloc.when : 0;
	struct caller *c = caller_of(all, o->alloc.caller);

	all->objects++;
	if (!c) {
		all->others++;
		return true;
	}
	c->objects++;
	c->min_age = min(c->min_age, age);
	c->max_age = max(c->max_age, age);
	c->sum_age += age;
	c->cpus |= o->alloc.cpu < 64 ? 1ULL << o->alloc.cpu : 0;
	c->nodes |= o->nid < 64 ? 1ULL << o->nid : 0;
	return true;
}

static int by_objects(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;

	if (x->objects != y->objects)
		return x->objects > y->objects ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* "0-2,5" */
static const char *bits_text(u64 bits, char *buf, size_t size)
{
	size_t len = 0;

	for (u32 i = 0; i < 64; i++) {
		u32 last = i;

		if (!(bits >> i & 1))
			continue;
		while (last < 63 && bits >> (last + 1) & 1)
			last++;
		len += (size_t)fmt_print(buf + len, size - len, "%s%u", len ? "," : "", i);
		if (last > i)
			len += (size_t)fmt_print(buf + len, size - len, "-%u", last);
		i = last;
	}
	return buf;
}

static void show_caller(struct emit *out, const struct app *app, const struct caller *c)
{
	char by[64], cpus[200] = "", nodes[200] = "";
	u64 mean = c->sum_age / c->objects;

	cmd_caller(app, c->address, by, sizeof(by));
	bits_text(c->cpus, cpus, sizeof(cpus));
	bits_text(c->nodes, nodes, sizeof(nodes));
	emit_row(out,
		 "{nr_objects:7} {by} {caller!}age={min_age}/{mean_age}/{max_age} cpus={cpu_list} "
		 "nodes={node_list}\n",
		 c->objects, by, c->address, c->min_age, mean, c->max_age, cpus, nodes);
}

/* Linux's alloc_traces: how many, by whom, age least/mean/most, CPUs, nodes. */
static u64 show_callers(struct emit *out, const struct app *app, const struct kmem_cache *cache)
{
	static struct callers all;

	all = (struct callers){.now = arch_cycles()};
	each_live(&app->sys, cache, count_object, &all);
	sort(all.caller, all.nr, sizeof(all.caller[0]), by_objects);
	emit_list(out, "callers");
	for (u32 i = 0; cache->track && i < all.nr && !emit_stopped(out); i++)
		show_caller(out, app, &all.caller[i]);
	emit_end(out);
	if (all.others)
		emit_put(out, "{other_objects:7} by others\n", all.others);
	return all.objects;
}

/* ---- one by one -------------------------------------------------------------------------- */

struct list {
	struct emit *out;
	const struct app *app;
};

static bool list_object(void *ctx, const struct live_object *o)
{
	const struct list *l = ctx;
	char by[64];

	emit_object(l->out, NULL);
	emit_put(l->out, "  p:{physical:x} [{index}]{node!}", o->pa, o->index, o->nid);
	if (o->alloc.caller) {
		cmd_caller(l->app, o->alloc.caller, by, sizeof(by));
		emit_put(l->out, " {size} bytes by {by}, CPU {cpu}{when!}", o->alloc.size, by,
			 o->alloc.cpu, o->alloc.when);
	}
	emit_text(l->out, "\n");
	emit_end(l->out);
	return !emit_stopped(l->out);
}

u64 cmd_slab_live(struct emit *out, const struct app *app, const struct kmem_cache *cache)
{
	struct list l = {out, app};
	u64 objects = show_callers(out, app, cache);

	emit_put(out, "{live} live objects{:}\n", objects,
		 cache->track ? ", each:" : "; slub_debug=U would keep who allocated them");
	emit_list(out, "objects");
	each_live(&app->sys, cache, list_object, &l);
	emit_end(out);
	return objects;
}
