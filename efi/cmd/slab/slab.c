/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `slab`: what each cache is like; one cache's slabs as maps of objects. */
#include "cmd/cmds.h"
#include "lib.h"

/* ---- all caches -------------------------------------------------------------------------- */

static void flags_text(const struct kmem_cache *cache, char *buf, size_t size)
{
	static const struct {
		u32 bit;
		const char *name;
	} names[] = {
		{SLAB_CONSISTENCY_CHECKS, "checks"},
		{SLAB_RED_ZONE, "red-zone"},
		{SLAB_POISON, "poison"},
		{SLAB_STORE_USER, "store-user"},
		{SLAB_HWCACHE_ALIGN, "hwcache-align"},
		{SLAB_CACHE_DMA, "dma"},
		{SLAB_RECLAIM_ACCOUNT, "reclaimable"},
		{SLAB_PANIC, "panic"},
		{SLAB_TYPESAFE_BY_RCU, "typesafe"},
	};
	size_t len = (size_t)fmt_print(buf, size, "%s", cache->ctor ? "ctor" : "");

	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		if (cache->flags & names[i].bit)
			len += (size_t)fmt_print(buf + len, size - len, "%s%s", len ? "," : "",
						 names[i].name);
	}
}

/* "2+1": of node 0 and node 1. */
static void show_slabs_by_node(struct emit *out, const struct mem_system *sys,
			       const struct kmem_cache *cache)
{
	char text[MAX_NUMNODES * 8];
	size_t len = 0;

	emit_list(out, "slabs_by_node");
	for_each_node(sys, node) {
		u64 slabs = kmem_cache_node_slabs(cache, node->node_id);

		len += (size_t)fmt_print(text + len, sizeof(text) - len, "%s%llu", len ? "+" : "",
					 slabs);
		len = min(len, sizeof(text) - 1);
		emit_field(out, "node_slabs", slabs);
	}
	emit_end(out);
	emit_text(out, " %6s", text);
}

static void show_aliases(struct emit *out, const struct kmem_cache *cache, const char *before)
{
	const struct kmem_cache_alias *alias;

	emit_list(out, "aliases");
	list_for_each_entry(alias, &cache->aliases, list) {
		emit_put(out, "{:}{alias} ({:})", before, alias->name, alias->object_size);
		before = ", ";
	}
	emit_end(out);
}

static void show_properties(struct emit *out, const struct mem_system *sys,
			    const struct kmem_cache *cache)
{
	char flags[120];

	flags_text(cache, flags, sizeof(flags));
	emit_put(out,
		 "{name:-17} {object_size:6} {size:6} {align:5} {objperslab:5} {pagesperslab:5}",
		 cache->name, cache->object_size, cache->size, cache->align, cache->objects,
		 1u << cache->order);
	show_slabs_by_node(out, sys, cache);
	emit_put(out, "  {flags~-}", flags);
	show_aliases(out, cache, "  also ");
	emit_text(out, "\n");
}

static void show_heads(struct emit *out)
{
	emit_text(out, "%-17s %6s %6s %5s %5s %5s %6s  %s\n", "cache", "object", "size", "align",
		  "objs", "pages", "slabs", "flags, other names (object)");
}

static int show_all(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;
	const struct kmem_cache *cache;
	struct emit *out = call->out;

	show_heads(out);
	emit_list(out, NULL);
	list_for_each_entry_reverse(cache, &sys->slab.caches, list) {
		emit_object(out, NULL);
		show_properties(out, sys, cache);
		emit_end(out);
	}
	emit_end(out);
	emit_text(out,
		  "object: bytes as asked for; size: with alignment and debugging words; objs, "
		  "pages: in a slab; slabs: by node\n");
	return 0;
}

/* ---- one cache's slabs ------------------------------------------------------------------- */

struct visit {
	struct emit *out;
	const struct mem_system *sys;
	const struct kmem_cache *cache;
	u64 found[NR_SLAB_USES];
	u8 uses[CMD_SLAB_OBJECTS];
};

static char use_char(enum slab_use use)
{
	static const char letters[NR_SLAB_USES] = {
		[SLAB_LIVE] = '#',    [SLAB_FREE] = '.',	[SLAB_IN_HAND] = 'h',
		[SLAB_IN_MAIL] = 'm', [SLAB_QUARANTINED] = 'q', [SLAB_WASTE] = ' ',
	};

	return letters[use];
}

static void show_map(struct visit *v)
{
	char row[65];

	for (u32 first = 0; first < v->cache->objects; first += 64) {
		u32 nr = min(v->cache->objects - first, 64u);

		for (u32 i = 0; i < nr; i++)
			row[i] = use_char(v->uses[first + i]);
		row[nr] = '\0';
		emit_put(v->out, "  {:5} {uses}\n", first, row);
	}
}

static bool show_slab(void *ctx, const struct page *slab)
{
	struct visit *v = ctx;
	phys_addr_t pa = pfn_to_phys(page_to_pfn(v->sys, slab));
	u32 live = 0;

	slab_uses(v->sys, slab, v->uses);
	for (u32 i = 0; i < v->cache->objects; i++) {
		live += v->uses[i] == SLAB_LIVE;
		v->found[v->uses[i]]++;
	}
	emit_object(v->out, NULL);
	emit_put(v->out, "slab p:{slab_address:x}, node {node}: {live} of {:} handed out\n", pa,
		 page_to_nid(slab), live, v->cache->objects);
	emit_list(v->out, "objects");
	show_map(v);
	emit_end(v->out);
	emit_end(v->out);
	return !emit_stopped(v->out);
}

static void show_legend(struct visit *v)
{
	static const char *const keys[] = {"live", "free", "in_hand", "in_mail", "quarantined"};

	for (u32 use = 0; use < SLAB_WASTE; use++) {
		emit_text(v->out, "  %c %s: %llu\n", use_char(use), slab_use_name(use),
			  v->found[use]);
		emit_counter(v->out, keys[use], v->found[use]);
	}
}

static void show_slabs(struct visit *v)
{
	emit_list(v->out, "slabs");
	slab_for_each(v->sys, v->cache, show_slab, v);
	emit_end(v->out);
	show_legend(v);
}

/* ---- the command ------------------------------------------------------------------------- */

static bool has_name(const struct kmem_cache *cache, const char *name)
{
	const struct kmem_cache_alias *alias;

	if (!strcmp(cache->name, name))
		return true;
	list_for_each_entry(alias, &cache->aliases, list) {
		if (!strcmp(alias->name, name))
			return true;
	}
	return false;
}

static void show_one(struct cmd_call *call, const struct kmem_cache *cache, bool live)
{
	static struct visit v;
	struct emit *out = call->out;

	v = (struct visit){.out = out, .sys = &call->app->sys, .cache = cache};
	ASSERT(cache->objects <= CMD_SLAB_OBJECTS, "%u objects in a slab", cache->objects);
	emit_object(out, NULL);
	show_heads(out);
	show_properties(out, v.sys, cache);
	if (live)
		cmd_slab_live(out, call->app, cache);
	else
		show_slabs(&v);
	emit_end(out);
}

/* Several caches may have one name: each is shown. */
static int cmd_slab(struct cmd_call *call)
{
	bool live = cmd_flag(call, "live"), found = false;
	const struct kmem_cache *cache;

	if (!call->argc)
		return live ? cmd_error(call, -EINVAL, "whose live objects? `slab CACHE --live`")
			    : show_all(call);
	emit_list(call->out, NULL);
	list_for_each_entry(cache, &call->app->sys.slab.caches, list) {
		if (!has_name(cache, call->argv[0]) || emit_stopped(call->out))
			continue;
		show_one(call, cache, live);
		found = true;
	}
	emit_end(call->out);
	return found ? 0
		     : cmd_error(call, -ENOENT, "%s: no cache has this name; `slab` lists them",
				 call->argv[0]);
}

static const struct cmd rows[] = {
	{.name = "slab",
	 .args = "[CACHE [--live]]",
	 .help = "caches: sizes, flags, aliases; one cache's slabs, object by object; who has its "
		 "live ones",
	 .fn = cmd_slab,
	 .examples = "slab; slab kmalloc-64; slab kmalloc-64 --live",
	 .report = "slab",
	 .max_args = 1,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_slab = {ROOM_SLAB, rows, ARRAY_SIZE(rows)};
