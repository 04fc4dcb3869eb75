/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `browse`: the browser on the console, or driven by keys from a script. */
#include "ui/browse.h"

#include "../tables.h"
#include "cmds.h"
#include "lib.h"

static struct browse browser;

/* ---- what the browser asks of the program
 * -------------------------------------------------------- */

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

/* Commands that take the screen or end the program have no place inside the browser. */
static bool not_inside(const struct cmd *cmd)
{
	static const char *const names[] = {"browse", "quit", "reboot", "poweroff", "hold"};

	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(cmd->name, names[i]))
			return true;
	}
	return false;
}

static int run(void *ctx, const char *command, struct emit *out)
{
	struct app *app = ctx;
	struct cmd_words words;
	struct cmd_call call = {.app = app, .out = out};
	int nr_words, got = cmd_next(&command, &words);

	if (got != 1) {
		emit_text(out, "the command cannot be read\n");
		return -EINVAL;
	}
	call.cmd = cmd_find(app_commands, app_nr_commands, words.argc, words.argv, &nr_words);
	if (!call.cmd || not_inside(call.cmd)) {
		emit_text(out, "%s: %s\n", words.argc ? words.argv[0] : "",
			  call.cmd ? "not from inside the browser" : "no such command");
		return -ENOENT;
	}
	call.argc = words.argc - nr_words;
	call.argv = words.argv + nr_words;
	return app->shell.run(call.cmd, &call);
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

/* ---- keys from a script
 * -------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int key;
} key_names[] = {
	{"<down>", KEY_DOWN},	 {"<up>", KEY_UP},	    {"<left>", KEY_LEFT},
	{"<right>", KEY_RIGHT},	 {"<home>", KEY_HOME},	    {"<end>", KEY_END},
	{"<pgup>", KEY_PAGE_UP}, {"<pgdn>", KEY_PAGE_DOWN}, {"<enter>", '\n'},
	{"<bs>", '\b'},		 {"<esc>", KEY_ESC},
};

static int next_key(const char **text)
{
	for (u32 i = 0; i < ARRAY_SIZE(key_names); i++) {
		size_t len = strlen(key_names[i].name);

		if (!strncmp(*text, key_names[i].name, len)) {
			*text += len;
			return key_names[i].key;
		}
	}
	return *(*text)++;
}

/* Does the keys and prints the screen as it is then. */
static void by_script(struct cmd_call *call, const char *keys)
{
	char row[SCREEN_MAX_COLUMNS + 1];

	while (*keys && !browser.done)
		browse_key(&browser, next_key(&keys));
	browse_draw(&browser);
	emit_list(call->out, NULL);
	for (u32 i = 0; i < browser.screen.rows; i++) {
		screen_row_text(&browser.screen, i, row);
		emit_text(call->out, "%s\n", row);
		emit_str(call->out, NULL, row);
	}
	emit_end(call->out);
}

/* ---- the command
 * --------------------------------------------------------------------------------- */

static void by_person(struct cmd_call *call)
{
	shell_flush(&call->app->shell);
	while (!browser.done) {
		browse_draw(&browser);
		screen_flush(&browser.screen);
		browse_key(&browser, shell_key(&call->app->shell));
	}
	fw_clear();
}

static int size_option(struct cmd_call *call, struct fw_screen *screen)
{
	const char *text = NULL;
	char columns[8];
	u64 x = 0, y = 0;
	u32 n = 0;
	int got = cmd_option(call, "size", &text);

	if (got <= 0)
		return got;
	while (text[n] && text[n] != 'x' && n + 1 < sizeof(columns)) {
		columns[n] = text[n];
		n++;
	}
	columns[n] = '\0';
	if (text[n] != 'x' || parse_u64(columns, &x) || parse_u64(text + n + 1, &y) || x < 20 ||
	    x > SCREEN_MAX_COLUMNS || y < 5 || y > SCREEN_MAX_ROWS)
		return cmd_error(call, -EINVAL, "%s: a size such as 80x24, at most %ux%u", text,
				 SCREEN_MAX_COLUMNS, SCREEN_MAX_ROWS);
	screen->columns = (u32)x;
	screen->rows = (u32)y;
	return 0;
}

static int cmd_browse(struct cmd_call *call)
{
	static struct browse_env env = {.tree = nth_tree,
					.search_env = search_env,
					.run = run,
					.save = save,
					.stopped = stopped};
	const struct pgtable *pt;
	struct named_tables trees[APP_MAX_TABLES];
	u32 nr = app_tables(call->app, trees, ARRAY_SIZE(trees)), n = 0;
	struct fw_screen screen;
	const char *keys = NULL;
	u64 va = 0;
	int err;

	env.ctx = call->app;
	fw_screen(&screen);
	err = cmd_option(call, "keys", &keys);
	if (err >= 0)
		err = size_option(call, &screen);
	if (err >= 0)
		err = cmd_in_tables(call, &pt);
	if (!err && call->argc)
		err = cmd_arg_va(call, 0, pt, &va);
	if (!err)
		err = cmd_no_more_args(call, 1);
	if (err < 0)
		return err;
	if (!keys && !screen.interactive)
		return cmd_error(
			call, -ENODEV,
			"nobody is at the keyboard; --keys 'TEXT' drives it from a script");
	while (n + 1 < nr && trees[n].pt != pt)
		n++;
	browse_init(&browser, &env, trees[n].name, va, screen.columns, screen.rows);
	if (keys)
		by_script(call, keys);
	else
		by_person(call);
	return 0;
}

static const char *const table_words[] = {"own", "fw", "clone", NULL};

static const struct cmd rows[] = {
	{"browse", "[TABLES] [VA] [--keys KEYS] [--size 80x24]",
	 "page tables full screen: `?` there shows the keys", cmd_browse, table_words},
};

const struct cmd_table cmds_browse = {"Explorer", rows, ARRAY_SIZE(rows)};
