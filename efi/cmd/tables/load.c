/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What was saved on the stick, read back; and the commands about all of that. */
#include "app/tables.h"
#include "cmd/cmds.h"
#include "save.h"
#include "lib.h"

#define TEXT_MIN (256 * KiB)
#define TEXT_MAX (1 * GiB)

/* ---- load -------------------------------------------------------------------------------- */

static void forget(struct app *app, struct app_loaded *l)
{
	if (l->have_tables)
		pt_image_unload(&l->pt, &app->sys.table_pages, app->sys.phys_offset);
	app_block_free(app, &l->pt_block);
	app_block_free(app, &l->map_block);
	memset(l, 0, sizeof(*l));
}

static int parse_tables(struct cmd_call *call, const char *path, const char *text, size_t len,
			struct app_loaded *l)
{
	struct mem_system *sys = &call->app->sys;
	char why[100];
	u64 need;
	u32 nr;
	int err = pt_image_check(text, len, &nr, why, sizeof(why));

	if (err)
		return cmd_error(call, err, "%s: %s", path, why);
	need = pt_image_bytes(nr);
	if (app_block_alloc(call->app, need, &l->pt_block))
		return saved_no_memory(call, path, need);
	err = pt_image_load(text, len, l->pt_block.p, l->pt_block.size, &sys->table_pages,
			    sys->phys_offset, &l->pt, &l->info, why, sizeof(why));
	if (err)
		return cmd_error(call, err, "%s: %s", path, why);
	l->have_tables = true;
	return 0;
}

static int parse_map(struct cmd_call *call, const char *path, const char *text, size_t len,
		     struct app_block *ret)
{
	char why[100];
	int err;

	if (app_block_alloc(call->app, sizeof(struct mapfile), ret))
		return saved_no_memory(call, path, sizeof(struct mapfile));
	err = mapfile_parse(text, len, ret->p, why, sizeof(why));
	if (!err)
		return 0;
	app_block_free(call->app, ret);
	return cmd_error(call, err, "%s: %s", path, why);
}

int saved_read_map(struct cmd_call *call, const char *name, struct app_block *ret)
{
	struct app_block text;
	char path[SAVED_PATH_SIZE];
	size_t len;
	int err = saved_path(call, name, "map", path);

	if (!err)
		err = saved_read(call, path, &text, &len);
	if (err)
		return err == -ENOENT ? cmd_error(call, err, "%s: there is no such file", path)
				      : err;
	err = parse_map(call, path, text.p, len, ret);
	app_block_free(call->app, &text);
	return err;
}

/* One of the two files; that there is none is no error. */
static int load_file(struct cmd_call *call, const char *ending, struct app_loaded *l)
{
	struct app_block text;
	char path[SAVED_PATH_SIZE];
	size_t len;
	int err = saved_path(call, l->name, ending, path);

	if (!err)
		err = saved_read(call, path, &text, &len);
	if (err)
		return err == -ENOENT ? 0 : err;
	if (!strcmp(ending, "pt"))
		err = parse_tables(call, path, text.p, len, l);
	else
		err = parse_map(call, path, text.p, len, &l->map_block);
	l->map = l->map_block.p;
	app_block_free(call->app, &text);
	return err;
}

static void show_loaded(struct emit *out, const struct app_loaded *l)
{
	const struct mapfile *m = l->map;

	emit_object(out, NULL);
	emit_put(out, "{name}:", l->name);
	if (l->have_tables)
		emit_put(out,
			 " {nr_tables} tables ({:}, root {root:#x}){format!}{machine!}{firmware!}",
			 l->pt.nr_tables, pt_format_of(&l->pt)->title, l->pt.root,
			 pt_format_of(&l->pt)->name, l->info.machine, l->info.firmware);
	if (m)
		emit_put(out, "{?,} a map of {descriptors} {:}{map_of!}", l->have_tables,
			 m->memmap.nr ? m->memmap.nr : m->e820.nr,
			 m->memmap.nr ? "descriptors" : "e820 ranges", m->name);
	emit_text(out, ", of %s\n",
		  l->info.machine[0] ? l->info.machine
		  : m && m->name[0]  ? m->name
				     : "a machine without a name");
	emit_end(out);
}

/* Tables that the clone stands on must stay. */
static int check_free(struct cmd_call *call, const struct app_loaded *l)
{
	const struct app *app = call->app;

	if (app->have_clone && app->clone.origin == &l->pt)
		return cmd_error(call, -EBUSY,
				 "%s: the clone was made of it; `clone` another first", l->name);
	return 0;
}

static int fill_place(struct cmd_call *call, struct app_loaded *fresh)
{
	int err = load_file(call, "pt", fresh);

	if (!err)
		err = load_file(call, "map", fresh);
	if (!err && !fresh->have_tables && !fresh->map)
		err = cmd_error(call, -ENOENT, "there is no tablewalk/%s.pt nor .map on the volume",
				fresh->name);
	return err;
}

static int cmd_load(struct cmd_call *call)
{
	struct app *app = call->app;
	struct app_loaded fresh, *place;
	char path[SAVED_PATH_SIZE];
	int err = 0;

	if (!call->argc)
		err = cmd_error(call, -EINVAL, "which one? `load NAME`");
	if (!err)
		err = saved_path(call, call->argv[0], "pt", path);
	if (err)
		return err;

	/* Its place: that of the same name, else a free one. */
	place = app_loaded_find(app, call->argv[0]);
	err = place ? check_free(call, place) : 0;
	for (u32 i = 0; !place && i < APP_MAX_LOADED; i++)
		place = app->loaded[i].name[0] ? NULL : &app->loaded[i];
	if (!err && !place)
		err = cmd_error(call, -ENOSPC, "%u are loaded already; `unload NAME` first",
				APP_MAX_LOADED);
	if (err)
		return err;

	/* What was loaded before under this name stays until the new one is complete. */
	memset(&fresh, 0, sizeof(fresh));
	fmt_print(fresh.name, sizeof(fresh.name), "%s", call->argv[0]);
	err = fill_place(call, &fresh);
	if (err) {
		forget(app, &fresh);
		return err;
	}
	forget(app, place);
	*place = fresh;
	show_loaded(call->out, place);
	return 0;
}

static int cmd_loaded(struct cmd_call *call)
{
	u32 nr = 0;

	emit_list(call->out, NULL);
	for (u32 i = 0; i < APP_MAX_LOADED; i++) {
		if (!call->app->loaded[i].name[0])
			continue;
		show_loaded(call->out, &call->app->loaded[i]);
		nr++;
	}
	emit_end(call->out);
	if (!nr)
		emit_text(call->out,
			  "nothing is loaded; `load NAME` reads what `save NAME` wrote\n");
	return 0;
}

static int cmd_unload(struct cmd_call *call)
{
	struct app_loaded *l = call->argc ? app_loaded_find(call->app, call->argv[0]) : NULL;
	int err;

	if (!l)
		return cmd_error(call, -ENOENT, "%s: nothing of this name is loaded",
				 call->argc ? call->argv[0] : "");
	err = check_free(call, l);
	if (err)
		return err;
	emit_row(call->out, "{name!}", l->name);
	forget(call->app, l);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "load",
	 .args = "NAME",
	 .help = "read them back: NAME then stands for these tables in every command",
	 .fn = cmd_load,
	 .examples = "save example own; load example",
	 .max_args = 1,
	 .flags = CMD_NEEDS_MM},
	{.name = "loaded",
	 .args = "",
	 .help = "what is loaded",
	 .fn = cmd_loaded,
	 .examples = "save example own; load example; loaded"},
	{.name = "unload",
	 .args = "NAME",
	 .help = "forget it",
	 .fn = cmd_unload,
	 .examples = "save example own; load example; unload example",
	 .max_args = 1},
};

const struct cmd_table cmds_load = {ROOM_TABLES, rows, ARRAY_SIZE(rows)};
