/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `shrinkers`: who can give memory back, and how it went; `exercise pressure`: that it works. */
#include "cmd/cmds.h"
#include "mm/exercise/pressure.h"

/* ---- the list ---------------------------------------------------------------------------- */

static u64 all_deferred(const struct shrinker *s)
{
	u64 sum = 0;

	for (u32 nid = 0; nid < MAX_NUMNODES; nid++)
		sum += s->nr_deferred[nid];
	return sum;
}

static void show_shrinker(struct emit *out, const struct shrinker *s)
{
	emit_text(out, "%-16s %5u %10llu %10llu %12llu %12llu %10llu\n", s->name, s->seeks,
		  s->nr_calls, s->nr_counted, s->nr_scanned, s->nr_freed, all_deferred(s));
	emit_object(out, NULL);
	emit_field(out, "name", s->name);
	emit_field(out, "seeks", s->seeks);
	emit_field(out, "batch", s->batch ? s->batch : SHRINK_BATCH);
	emit_field(out, "numa_aware", s->flags & SHRINKER_NUMA_AWARE);
	emit_field(out, "calls", s->nr_calls);
	emit_field(out, "counted", s->nr_counted);
	emit_field(out, "scanned", s->nr_scanned);
	emit_field(out, "freed", s->nr_freed);
	emit_field(out, "deferred", all_deferred(s));
	emit_end(out);
}

static void show_list(struct emit *out, const struct mem_system *sys)
{
	const struct shrinker *s;

	emit_text(out, "%-16s %5s %10s %10s %12s %12s %10s\n", "shrinker", "seeks", "calls",
		  "counted", "scanned", "freed", "deferred");
	emit_list(out, "shrinkers");
	list_for_each_entry(s, &sys->shrinkers.list, list)
		show_shrinker(out, s);
	emit_end(out);
}

static int cmd_shrinkers(struct cmd_call *call)
{
	struct mem_system *sys = &call->app->sys;
	u64 stalls = 0, freed;
	int err = 0;

	if (call->argc && strcmp(call->argv[0], "drop"))
		err = cmd_error(call, -EINVAL, "%s: must be `drop`, or nothing", call->argv[0]);
	if (err)
		return err;
	emit_object(call->out, NULL);
	if (call->argc) {
		freed = drop_slab(sys);
		emit_text(call->out, "%llu objects were dropped\n", freed);
		emit_field(call->out, "dropped", freed);
	}
	show_list(call->out, sys);
	for (u32 type = 0; type < MAX_NR_ZONES; type++)
		stalls += sys->shrinkers.nr_stalls[type];
	emit_text(call->out, "Objects at the last call, and so far. %llu allocations had to ask.\n",
		  stalls);
	emit_field(call->out, "stalls", stalls);
	emit_end(call->out);
	return 0;
}

/* ---- pressure ---------------------------------------------------------------------------- */

static void show_pressure(struct emit *out, const struct pressure_result *r)
{
	const char *verdict = r->failed ? "FAILED" : r->stopped ? "stopped" : "passed";

	emit_text(out,
		  "%llu pages were taken without waiting, beside a cache of %llu objects in %llu "
		  "pages.\nWho waited got %llu more: its shrinker was asked %llu times, for %llu "
		  "objects. %llu ticks\n",
		  r->filled_pages, r->objects, r->cache_pages, r->given_pages, r->calls, r->scanned,
		  r->ticks);
	emit_object(out, NULL);
	emit_field(out, "result", verdict);
	emit_field(out, "filled_pages", r->filled_pages);
	emit_field(out, "nr_objects", r->objects);
	emit_field(out, "cache_pages", r->cache_pages);
	emit_field(out, "given_pages", r->given_pages);
	emit_field(out, "calls", r->calls);
	emit_field(out, "scanned", r->scanned);
	emit_field(out, "ticks", r->ticks);
	if (r->failed) {
		emit_text(out, "pressure FAILED: %s (%#llx)\n", r->failed, r->failed_at);
		emit_field(out, "failed", r->failed);
	} else {
		emit_text(out, "pressure %s, all memory came back\n", verdict);
	}
	emit_end(out);
}

static int cmd_pressure(struct cmd_call *call)
{
	struct pressure_result result;
	int err = pressure_run(&call->app->sys, cmd_poll_stop, call, &result);
	if (err == -ENOMEM)
		return cmd_error(call, err, "there is no memory for a cache");
	show_pressure(call->out, &result);
	return err;
}

static const char *const words[] = {"drop", NULL};

static const struct cmd rows[] = {
	{.name = "shrinkers",
	 .args = "[drop]",
	 .help = "who can give memory back, what was asked of them; drop: asks for all of it",
	 .fn = cmd_shrinkers,
	 .words = words,
	 .examples = "shrinkers; shrinkers drop",
	 .max_args = 1,
	 .flags = CMD_NEEDS_MM},
	{.name = "exercise pressure",
	 .args = "",
	 .help = "all of memory, to the last page, beside a cache that must shrink",
	 .fn = cmd_pressure,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_shrinkers = {ROOM_PAGE, rows, ARRAY_SIZE(rows)};
