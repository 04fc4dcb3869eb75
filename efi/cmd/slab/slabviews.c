/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Caches of objects: Linux's summary, one line of properties each, and what went wrong in them. */
#include "cmd/cmds.h"
#include "parse/facts.h"
#include "lib.h"

/* ---- slabinfo ---------------------------------------------------------------------------- */

static void show_cache(struct emit *out, const struct mem_system *sys,
		       const struct kmem_cache *cache)
{
	struct slab_stat st;

	kmem_cache_stat(sys, cache, &st);
	emit_row(out,
		 "{name:-17} {active_objs:6} {num_objs:6} {objsize:6} {objperslab:4} "
		 "{pagesperslab:4} "
		 ": tunables    0    0    0 : slabdata {active_slabs:6} {num_slabs:6}      0\n",
		 cache->name, st.active_objs, st.num_objs, cache->size, cache->objects,
		 1u << cache->order, st.active_slabs, st.num_slabs);
}

/* The newest caches first, as Linux has them. */
static int cmd_slabinfo(struct cmd_call *call)
{
	struct kmem_cache *cache;

	emit_text(call->out, "slabinfo - version: 2.1\n");
	emit_text(call->out, "# name            <active_objs> <num_objs> <objsize> <objperslab> "
			     "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : "
			     "slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	emit_list(call->out, NULL);
	list_for_each_entry_reverse(cache, &call->app->sys.slab.caches, list)
		show_cache(call->out, &call->app->sys, cache);
	emit_end(call->out);
	return 0;
}

/* ---- callers ----------------------------------------------------------------------------- */

/* ---- reports ----------------------------------------------------------------------------- */

static void show_track(struct emit *out, const struct app *app, const char *what,
		       const struct slab_track *t)
{
	char by[64];

	if (!t->caller)
		return;
	cmd_caller(app, t->caller, by, sizeof(by));
	emit_object(out, what);
	emit_put(out, "  {:-9} by {by}, {caller!}CPU {cpu}, {size} bytes\n{when!}", what, by,
		 t->caller, t->cpu, t->size, t->when);
	emit_end(out);
}

/* The others are of addresses where no object is, or of none. */
static bool has_object(const struct slab_report *r)
{
	return r->error != SLAB_FREE_NO_OBJECT && r->error != SLAB_BAD_CACHE &&
	       r->error != SLAB_BAD_SIZE;
}

static void show_object(struct emit *out, const struct mem_system *sys, const struct slab_report *r)
{
	phys_addr_t pa = virt_to_phys(sys, (const void *)(uintptr_t)r->object);
	struct slab_object o;

	if (!r->object)
		return;
	emit_put(out, "  address   {object:#x}", r->object);
	if (!has_object(r)) {
		emit_text(out, ", no object\n");
		return;
	}
	emit_put(out, " is p:{physical:x}: object {index} of its slab, byte {byte}", pa, r->index,
		 r->at);
	if (r->error == SLAB_FREE_WRONG_CACHE && slab_object_of(sys, pa, &o))
		emit_put(out, ", now {now_of}'s", o.cache->name);
	emit_text(out, "\n");
}

static bool has_byte(const struct slab_report *r)
{
	return r->error == SLAB_OVERRUN || r->error == SLAB_UNDERRUN ||
	       r->error == SLAB_USE_AFTER_FREE;
}

/* Names that were refused may have any bytes. */
static void printable(char buf[SLAB_NAME_LEN], const char *name)
{
	u32 i = 0;

	for (; name[i] && i + 1 < SLAB_NAME_LEN; i++)
		buf[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
	buf[i] = '\0';
}

void cmd_slab_report(struct emit *out, const struct app *app, const struct slab_report *r)
{
	char by[64], name[SLAB_NAME_LEN];

	printable(name, r->cache);
	emit_object(out, NULL);
	emit_put(out, "{cache!}{:}{:}{error}", r->cache[0] ? r->cache : NULL, name,
		 name[0] ? ": " : "", slab_error_name(r->error));
	if (has_byte(r))
		emit_put(out, ": byte {:} is 0x{byte_found:02x}, should be 0x{byte_expected:02x}",
			 r->at, r->found, r->expected);
	if (r->error == SLAB_BUSY)
		emit_put(out, ": {live}, one of them is", r->live);
	emit_text(out, "\n");
	show_object(out, &app->sys, r);
	show_track(out, app, "allocated", &r->alloc);
	show_track(out, app, "freed", &r->free);
	emit_put(out, "  found     by {found_by~-}, {found_caller!}CPU {found_cpu}\n",
		 r->caller ? cmd_caller(app, r->caller, by, sizeof(by)) : NULL, r->caller, r->cpu);
	emit_end(out);
}

static void show_counts(struct emit *out, const struct slab_errors *e)
{
	emit_list(out, "counts");
	for (u32 i = 0; i < NR_SLAB_ERRORS; i++)
		cmd_show_count(out, slab_error_name(i), e->count[i]);
	emit_end(out);
}

static int cmd_slab_errors(struct cmd_call *call)
{
	const struct slab_errors *e = &call->app->sys.slab.errors;
	struct emit *out = call->out;
	u64 first = e->nr > SLAB_MAX_REPORTS ? e->nr - SLAB_MAX_REPORTS : 0;

	emit_object(out, NULL);
	emit_put(out, "{nr_reports} reports{:}\n", e->nr, first ? "; the last of them below" : "");
	show_counts(out, e);
	emit_list(out, "last_reports");
	for (u64 i = first; i < e->nr && !emit_stopped(out); i++) {
		emit_text(out, "\n");
		cmd_slab_report(out, call->app, &e->last[i % SLAB_MAX_REPORTS]);
	}
	emit_end(out);
	emit_end(out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "slabinfo",
	 .args = "",
	 .help = "caches of objects, as /proc/slabinfo",
	 .fn = cmd_slabinfo,
	 .report = "slabinfo",
	 .flags = CMD_NEEDS_MM},
	{.name = "slab errors",
	 .args = "",
	 .help = "wrong frees, overruns, late writes: each with both callers",
	 .fn = cmd_slab_errors,
	 .examples = "slabdebug plant uaf; slab errors",
	 .report = "slab errors",
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_slabviews = {ROOM_SLAB, rows, ARRAY_SIZE(rows)};
