/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `browse`: the browser on the console, or driven by keys from a script. */
#include "ui/browse.h"

#include "app/tables.h"
#include "cmd/cmds.h"
#include "tui/fullscreen.h"
#include "lib.h"

static struct browse browser;

/* ---- what the browser asks of the program ------------------------------------------------ */

static bool nth_tree(void *ctx, u32 n, struct browse_tree *ret)
{
	struct named_tables trees[APP_MAX_TABLES];

	if (n >= app_tables(ctx, trees, ARRAY_SIZE(trees)))
		return false;
	*ret = (struct browse_tree){trees[n].name, trees[n].title, trees[n].pt};
	return true;
}

static void search_env(void *ctx, const struct pgtable *pt, struct search_env *ret)
{
	cmd_search_env(ctx, pt, ret);
}

static int run(void *ctx, const char *command, struct emit *out)
{
	static const struct cmd_place inside = {.refuse = CMD_SCREEN | CMD_LEAVES,
						.title = "inside the browser"};
	struct app *app = ctx;

	return cmd_run_text(&app->shell.runner, &inside, app, command, out);
}

static void save(void *ctx, const char *text, size_t len, char *said, size_t size)
{
	static u32 number;
	char path[40];
	int err;

	(void)ctx;
	fmt_print(path, sizeof(path), "tablewalk/browse-%u.txt", ++number);
	err = fw_file_write(path, text, len);
	if (err)
		fmt_print(said, size, "%s: %s %s", path, err_name(err), fw_last_error());
	else
		fmt_print(said, size, "written to %s", path);
}

static bool stopped(void *ctx)
{
	struct app *app = ctx;
	bool stop = shell_poll(&app->shell);

	app->shell.stopped = false; /* it was for the search, not for the browser */
	return stop;
}

/* ---- the command ------------------------------------------------------------------------- */

/* Takes the keys from a text and prints the screen as it is then. */
static void from_script(struct cmd_call *call, const char *keys)
{
	while (*keys && !browser.done)
		browse_key(&browser, fullscreen_key(&keys));
	browse_draw(&browser);
	fullscreen_print(call->out, &browser.screen);
}

static void from_keyboard(struct cmd_call *call)
{
	shell_flush(&call->app->shell);
	while (!browser.done) {
		browse_draw(&browser);
		screen_flush(&browser.screen);
		browse_key(&browser, shell_key(&call->app->shell));
	}
	fw_clear();
}

struct browse_args {
	const struct pgtable *pt;
	u64 va;
	const char *keys; /* NULL: from the keyboard */
	struct fw_screen screen;
};

static int parse_args(struct cmd_call *call, struct browse_args *ret)
{
	int err;

	fw_screen(&ret->screen);
	err = cmd_option(call, "keys", &ret->keys);
	if (err >= 0)
		err = fullscreen_size(call, &ret->screen);
	if (err >= 0)
		err = cmd_in_tables(call, &ret->pt);
	if (!err && call->argc)
		err = cmd_arg_va(call, 0, ret->pt, &ret->va);
	if (!err)
		err = cmd_no_more_args(call, 1);
	if (!err && !ret->keys && !ret->screen.interactive)
		err = cmd_error(call, -ENODEV,
				"there is no keyboard; --keys 'TEXT' drives it from a script");
	return err;
}

static int cmd_browse(struct cmd_call *call)
{
	static struct browse_env env = {.tree = nth_tree,
					.search_env = search_env,
					.run = run,
					.save = save,
					.stopped = stopped};
	struct browse_args args = {.va = 0};
	const char *name;
	int err = parse_args(call, &args);

	if (err < 0)
		return err;
	env.ctx = call->app;
	name = app_tables_name(call->app, args.pt);
	browse_init(&browser, &env, name, args.va, args.screen.columns, args.screen.rows);
	if (args.keys)
		from_script(call, args.keys);
	else
		from_keyboard(call);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "browse",
	 .args = "[TABLES] [VA] [--keys KEYS] [--size 80x24]",
	 .help = "page tables full screen: `?` there shows the keys",
	 .fn = cmd_browse,
	 .words = cmd_table_words,
	 .examples = "browse own --keys 'jj'",
	 .max_args = 4,
	 .flags = CMD_SCREEN},
};

const struct cmd_table cmds_browse = {ROOM_TABLES, rows, ARRAY_SIZE(rows)};
