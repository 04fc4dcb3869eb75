/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `pagedebug`: the page allocator's aids for finding who did it, and what it has counted. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

#define MAX_CALLS 40 /* of the trace, that fit a screen */

/* ---- what was counted -------------------------------------------------------------------- */

static void show_last(struct emit *out, const struct page_errors *e)
{
	char gfp[96];

	gfp_text(gfp, sizeof(gfp), e->gfp);
	emit_object(out, "last_refused");
	emit_put(out, "  the last: {what}, by {caller:#x}: pfn {pfn:#x}, order {order}, {gfp}\n",
		 page_error_name(e->last), e->caller, e->pfn, e->order, gfp);
	emit_end(out);
}

static void show_refused(struct emit *out, const struct page_errors *e)
{
	u64 all = 0;

	for (u32 i = 0; i < NR_PAGE_ERRORS; i++)
		all += e->count[i];
	emit_put(out, "{refused} calls refused, {no_memory} allocations found no memory\n", all,
		 e->nr_failed);
	emit_list(out, "refusals");
	for (u32 i = 0; i < NR_PAGE_ERRORS; i++)
		cmd_show_count(out, page_error_name(i), e->count[i]);
	emit_end(out);
	if (all)
		show_last(out, e);
}

static void show_zone_events(struct emit *out, const struct mem_system *sys,
			     const struct zone *zone)
{
	u64 event[NR_ZONE_EVENTS];

	zone_events(sys, zone, event);
	emit_put(out,
		 " {split:10} {merged:10} {stolen:10} {pageblocks_taken:10} "
		 "{below_watermark:10}\n",
		 event[PGSPLIT], event[PGMERGE], event[PGSTEAL], event[PGSTEAL_ALL],
		 event[PGALLOC_FAIL_WMARK]);
}

static void show_events(struct emit *out, const struct mem_system *sys)
{
	emit_text(out, "node zone          split     merged     stolen pageblocks below mark\n");
	cmd_each_zone(out, "zones", sys, "{node:4} {name:-8}", show_zone_events);
}

/* ---- the last calls ---------------------------------------------------------------------- */

static void show_event(struct emit *out, const struct page_event *e)
{
	char gfp[96];

	gfp_text(gfp, sizeof(gfp), e->gfp);
	emit_row(out,
		 "{nr:8} CPU {cpu:-2} {what:-5} pfn {pfn:#-9x} order {order:-2} by {caller:#x} "
		 "{gfp~}\n",
		 e->nr, e->cpu, e->free ? "free" : "alloc", e->pfn, e->order, e->caller,
		 e->free ? NULL : gfp);
}

static void show_trace(struct emit *out, const struct mem_system *sys)
{
	struct page_event event;

	emit_list(out, "events");
	for (u32 i = 0; i < MAX_CALLS && page_debug_trace(sys, i, &event); i++)
		show_event(out, &event);
	emit_end(out);
}

static int show_all(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;

	emit_object(call->out, NULL);
	show_refused(call->out, &sys->page.errors);
	cmd_show_refused_areas(call);
	show_events(call->out, sys);
	show_trace(call->out, sys);
	emit_end(call->out);
	return 0;
}

/* ---- aids -------------------------------------------------------------------------------- */

static const char *const debug_words[] = {"poison", "owner", "trace", "off", "show", NULL};

static int cmd_pagedebug(struct cmd_call *call)
{
	static const char *const names[] = {"poison", "owner", "trace"};
	unsigned aids = 0;
	u64 fail = 0;
	int err = cmd_option_u64(call, "fail", &fail);
	if (err)
		return err;
	if (call->argc == 1 && !strcmp(call->argv[0], "show"))
		return show_all(call);
	for (int i = 0; i < call->argc; i++) {
		u32 n = 0;

		while (n < ARRAY_SIZE(names) && strcmp(call->argv[i], names[n]))
			n++;
		if (n == ARRAY_SIZE(names) && strcmp(call->argv[i], "off"))
			return cmd_error(call, -EINVAL,
					 "%s: aids are poison, owner, trace and fail=N; or off",
					 call->argv[i]);
		aids |= n < ARRAY_SIZE(names) ? 1u << n : 0;
	}
	if (page_debug_set(&call->app->sys, aids))
		return cmd_error(call, -ENOMEM, "no memory to remember pages in");
	if (fail)
		page_debug_fail_after(&call->app->sys, fail);
	emit_row(call->out,
		 "poison {poison_on?on|off}  owner {owner_on?on|off}  trace {trace_on?on|off}  "
		 "fail {fail}\n",
		 aids & 1, aids >> 1 & 1, aids >> 2 & 1, fail);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "pagedebug",
	 .args = "[poison] [owner] [trace] [fail=N] | off | show",
	 .help = "aids of the page allocator; show: what it refused and counted, the last calls",
	 .fn = cmd_pagedebug,
	 .words = debug_words,
	 .examples = "pagedebug show; pagedebug off",
	 .max_args = 3,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_pagedebug = {ROOM_PAGE, rows, ARRAY_SIZE(rows)};
