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

#define SHRINKER_ROW                                                                               \
	"{name=shrinker:-16} {seeks:5} {batch!}{numa_aware!}{calls:10} {counted:10} {scanned:12} " \
	"{freed_objects=freed:12} {deferred:10}\n"

static void show_shrinker(struct emit *out, const struct shrinker *s)
{
	emit_row(out, SHRINKER_ROW, s->name, s->seeks, s->batch ? s->batch : SHRINK_BATCH,
		 s->flags & SHRINKER_NUMA_AWARE, s->nr_calls, s->nr_counted, s->nr_scanned,
		 s->nr_freed, all_deferred(s));
}

static void show_list(struct emit *out, const struct mem_system *sys)
{
	const struct shrinker *s;

	emit_table(out, "shrinkers", SHRINKER_ROW);
	list_for_each_entry(s, &sys->shrinkers.list, list)
		show_shrinker(out, s);
	emit_end(out);
}

static int cmd_shrinkers(struct cmd_call *call)
{
	struct mem_system *sys = &call->app->sys;
	u64 stalls = 0, freed;

	if (call->argc && strcmp(call->argv[0], "drop"))
		return cmd_error(call, -EINVAL, "%s: must be `drop`, or nothing", call->argv[0]);
	emit_object(call->out, NULL);
	if (call->argc) {
		freed = drop_slab(sys);
		emit_put(call->out, "{dropped} objects were dropped\n", freed);
	}
	show_list(call->out, sys);
	for (u32 type = 0; type < MAX_NR_ZONES; type++)
		stalls += sys->shrinkers.nr_stalls[type];
	emit_put(call->out,
		 "Objects at the last call, and so far. {stalls} allocations had to ask.\n",
		 stalls);
	emit_end(call->out);
	return 0;
}

/* ---- pressure ---------------------------------------------------------------------------- */

static void show_pressure(struct emit *out, const struct pressure_result *r)
{
	const char *verdict = r->failed ? "FAILED" : r->stopped ? "stopped" : "passed";

	emit_object(out, NULL);
	emit_put(out,
		 "{filled_pages} pages were taken without waiting, beside a cache of {nr_objects} "
		 "objects in {cache_pages} pages.\nA request that waited got {given_pages} more: "
		 "its "
		 "shrinker was asked {calls} times, for {scanned} objects. {ticks} ticks\n",
		 r->filled_pages, r->objects, r->cache_pages, r->given_pages, r->calls, r->scanned,
		 r->ticks);
	if (r->failed)
		emit_put(out, "pressure {result}: {failed} ({failed_at:#x})\n", verdict, r->failed,
			 r->failed_at);
	else
		emit_put(out, "pressure {result}, all memory came back\n", verdict);
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
