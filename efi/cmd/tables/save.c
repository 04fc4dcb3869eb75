/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Page tables and memory maps written to the stick, and the memory for their text. */
#include "app/tables.h"
#include "cmd/cmds.h"
#include "save.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

#define SEEN_FIRST (64 * KiB) /* memory for what has been written; more if need be */
#define SEEN_MAX   (1 * GiB)

/* Text on its way into memory; without memory it is only counted. */
struct text_file {
	struct cmd_call *call;
	struct app_block block;
	u64 len;
	u32 lines;
};

static int put_text(void *ctx, const char *s, size_t n)
{
	struct text_file *f = ctx;

	if (++f->lines % 1024 == 0 && shell_poll(&f->call->app->shell))
		return -EINTR;
	if (f->block.p && n > f->block.size - f->len)
		return -E2BIG;
	if (f->block.p)
		memcpy((char *)f->block.p + f->len, s, n);
	f->len += n;
	return 0;
}

static void machine_name(const struct app *app, char *buf, size_t size)
{
	const struct machine *m = &app->machine;

	fmt_print(buf, size, "%s%s%s", m->vendor, m->vendor[0] && m->product[0] ? " " : "",
		  m->product);
}

static void tables_info(const struct app *app, const struct pgtable *pt, struct pt_image_info *ret)
{
	const struct app_loaded *l = app_tables_loaded(app, pt);
	const struct cpu_info *cpu = &app->machine.cpu;

	memset(ret, 0, sizeof(*ret));
	if (l) {
		*ret = l->info;
		return;
	}
	machine_name(app, ret->machine, sizeof(ret->machine));
	fmt_print(ret->firmware, sizeof(ret->firmware), "%s", app->machine.firmware_vendor);
	ret->have_pat = cpu->pat && cpu->pat_msr;
	ret->pat = cpu->pat_msr;
	ret->mtrr = cpu->mtrr;
}

/* One pass; with more room for what was seen each time that it is too little. */
static int write_image(struct text_file *f, const struct pgtable *pt,
		       const struct pt_image_info *info, u32 *ret_tables)
{
	int err = -ENOSPC;

	for (u64 bytes = SEEN_FIRST; err == -ENOSPC; bytes *= 8) {
		struct app_block block;
		struct pt_image_seen seen;

		if (bytes > SEEN_MAX || app_block_alloc(f->call->app, bytes, &block))
			return -ENOMEM;
		seen = (struct pt_image_seen){block.p, (u32)(block.size / sizeof(u64))};
		f->len = f->lines = 0;
		err = pt_image_write(pt, info, &seen, put_text, f, ret_tables);
		app_block_free(f->call->app, &block);
	}
	return err;
}

/* Counts first. The tables may change a little before they are written (they may be our own, and
 * the CPU notes accesses), so there is room for more. */
static int save_image(struct text_file *f, const struct pgtable *pt, const char *path)
{
	struct pt_image_info info;
	u32 nr;
	u64 room;
	int err;

	tables_info(f->call->app, pt, &info);
	err = write_image(f, pt, &info, &nr);
	if (err == -ENOMEM)
		return saved_no_memory(f->call, "the list of tables", SEEN_FIRST);
	if (err)
		return saved_error(f->call, err, path);
	room = f->len + f->len / 8 + 16 * KiB;
	if (app_block_alloc(f->call->app, room, &f->block))
		return saved_no_memory(f->call, path, room);
	err = write_image(f, pt, &info, &nr);
	if (!err)
		err = fw_file_write(path, f->block.p, f->len);
	if (err)
		return saved_error(f->call, err, path);
	emit_row(f->call->out, "{file}: {nr_tables} tables, {bytes} bytes\n", path, nr, f->len);
	return 0;
}

int cmd_save_tables(struct cmd_call *call, const struct pgtable *pt, const char *name)
{
	struct text_file f = {.call = call};
	char path[SAVED_PATH_SIZE];
	int err = saved_path(call, name, "pt", path);

	if (err)
		return err;
	err = save_image(&f, pt, path);
	app_block_free(call->app, &f.block);
	return err;
}

static int save_mapfile(struct text_file *f, const struct memmap *map, const char *path)
{
	const struct app *app = f->call->app;
	const struct machine *m = &app->machine;
	char name[64];
	int err = 0;

	machine_name(app, name, sizeof(name));
	for (int pass = 0; pass < 2 && !err; pass++) {
		u64 room = f->len;

		f->len = f->lines = 0;
		if (pass && app_block_alloc(f->call->app, room, &f->block))
			return saved_no_memory(f->call, path, room);
		err = mapfile_write(name, map, m->numa.nr_nodes ? &m->numa : NULL, &m->cpu,
				    put_text, f);
	}
	if (!err)
		err = fw_file_write(path, f->block.p, f->len);
	if (err)
		return saved_error(f->call, err, path);
	emit_row(f->call->out, "{file}: {descriptors} descriptors, {bytes} bytes\n", path, map->nr,
		 f->len);
	return 0;
}

int cmd_save_map(struct cmd_call *call, const struct memmap *map, const char *name)
{
	struct text_file f = {.call = call};
	char path[SAVED_PATH_SIZE];
	int err = saved_path(call, name, "map", path);

	if (err)
		return err;
	err = save_mapfile(&f, map, path);
	app_block_free(call->app, &f.block);
	return err;
}

/* Both files of one name. Without a word about which tables: the firmware's, if there are any. */
static int cmd_save(struct cmd_call *call)
{
	struct app *app = call->app;
	const struct pgtable *pt = app_tables_find(app, "fw");
	const char *name;
	int err = 0;

	if (!call->argc)
		return cmd_error(call, -EINVAL, "under which name? `save NAME [TABLES]`");
	name = call->argv[0];
	cmd_drop_args(call, 0, 1);
	if (call->argc || !pt)
		err = cmd_tables_arg(call, &pt);
	if (!err)
		err = cmd_no_more_args(call, 0);
	if (err)
		return err;
	emit_list(call->out, NULL);
	err = cmd_save_tables(call, pt, name);
	if (!err)
		err = cmd_save_map(call, &app->machine.map, name);
	emit_end(call->out);
	return err;
}

static const struct cmd rows[] = {
	{.name = "save",
	 .args = "NAME [TABLES]",
	 .help = "write page tables and the memory map to tablewalk/NAME.pt and .map on the stick",
	 .fn = cmd_save,
	 .examples = "save example own",
	 .max_args = 2,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_save = {ROOM_TABLES, rows, ARRAY_SIZE(rows)};
