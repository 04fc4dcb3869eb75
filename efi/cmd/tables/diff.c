/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `pt diff` and `memmap diff`: two trees, two maps, of this boot, another one, another machine. */
#include "app/saved.h"
#include "app/tables.h"
#include "cmd/cmds.h"
#include "ui/diff_view.h"
#include "ui/views.h"

/* ---- pt diff ----------------------------------------------------------------------------- */

/* The first argument, which must name tables. */
static int take_tree(struct cmd_call *call, struct pt_diff_tree *ret)
{
	int left = call->argc;
	int err;

	if (!left)
		return cmd_error(call, -EINVAL, "which tables? `pt diff A B`");
	ret->name = call->argv[0];
	err = cmd_tables_arg(call, &ret->pt);
	if (err)
		return err;
	if (call->argc == left)
		return cmd_error(call, -ENODEV, "%s: no tables have this name", ret->name);
	ret->pat = app_tables_pat(call->app, ret->pt);
	return 0;
}

static int poll_shell(void *ctx)
{
	return shell_poll(ctx) ? -EINTR : 0;
}

static int cmd_pt_diff(struct cmd_call *call)
{
	struct pt_diff_how how = {
		.sizes = cmd_flag(call, "sizes"), .poll = poll_shell, .ctx = &call->app->shell};
	struct pt_diff_tree a, b;
	const struct pgtable *wider;
	u64 start, last;
	int err = take_tree(call, &a);

	if (!err)
		err = take_tree(call, &b);
	if (err)
		return err;
	wider = pt_format_of(a.pt)->va_bits > pt_format_of(b.pt)->va_bits ? a.pt : b.pt;
	err = cmd_range_args(call, wider, &start, &last);
	if (!err)
		err = cmd_no_more_args(call, 0);
	if (err)
		return err;
	return view_pt_diff(call->out, &a, &b, start, last, &how);
}

/* ---- memmap diff ------------------------------------------------------------------------- */

static int find_map(struct cmd_call *call, const char *name, const struct memmap **ret)
{
	struct app *app = call->app;
	const struct app_loaded *l = app_loaded_find(app, name);
	int err;

	if (!strcmp(name, "found")) {
		*ret = &app->machine.map;
		return 0;
	}
	if (!strcmp(name, "now")) {
		err = fw_memmap(&app->now);
		*ret = &app->now;
		return err ? cmd_error(call, err, "the firmware gives no map: %s", fw_last_error())
			   : 0;
	}
	if (!l || !l->map)
		return cmd_error(call, -ENOENT,
				 "%s: no such map; `found`, `now`, or the name of a loaded one",
				 name);
	if (!l->map->memmap.nr)
		return cmd_error(call, -EINVAL, "%s: it has e820 ranges, no EFI descriptors", name);
	*ret = &l->map->memmap;
	return 0;
}

static bool same_types(const struct memmap *a, const struct memmap *b)
{
	for (u32 i = 0; i < a->nr && i < b->nr; i++) {
		const struct mem_desc *x = &a->desc[i], *y = &b->desc[i];

		if (x->start != y->start || x->nr_pages != y->nr_pages || x->type != y->type)
			return false;
	}
	return a->nr == b->nr;
}

static int cmd_memmap_diff(struct cmd_call *call)
{
	const char *name_a = call->argc ? call->argv[0] : "found";
	const char *name_b = call->argc > 1 ? call->argv[1] : "now";
	const struct memmap *a, *b;
	int err = find_map(call, name_a, &a);
	if (!err)
		err = find_map(call, name_b, &b);
	if (err)
		return err;
	if (same_types(a, b))
		emit_text(call->out, "%s and %s are alike: %u descriptors\n", name_a, name_b,
			  a->nr);
	view_memmap_diff(call->out, a, b);
	return 0;
}

static const char *const map_words[] = {"found", "now", NULL};

static const struct cmd rows[] = {
	{.name = "pt diff",
	 .args = "A B [START-END] [--sizes]",
	 .help = "what two trees of page tables translate differently",
	 .fn = cmd_pt_diff,
	 .words = cmd_table_words,
	 .examples = "pt diff fw own",
	 .max_args = 4},
	{.name = "memmap diff",
	 .args = "[A [B]]",
	 .help = "what differs between two maps: `found`, `now`, or one that is loaded",
	 .fn = cmd_memmap_diff,
	 .words = map_words,
	 .examples = "memmap diff",
	 .max_args = 2},
};

const struct cmd_table cmds_diff = {ROOM_TABLES, rows, ARRAY_SIZE(rows)};
