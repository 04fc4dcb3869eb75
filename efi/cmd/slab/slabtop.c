/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `slabtop` on the console, driven by keys from a script, or once as text. */
#include "ui/slabtop.h"

#include "cmd/cmds.h"
#include "tui/fullscreen.h"

#define REFRESH_MS 3000 /* procps' delay */

static struct slabtop slabtop;

static void by_person(struct cmd_call *call)
{
	shell_flush(&call->app->shell);
	while (!slabtop.done) {
		slabtop_read(&slabtop, &call->app->sys);
		slabtop_draw(&slabtop);
		screen_flush(&slabtop.screen);
		slabtop_key(&slabtop, shell_key_within(&call->app->shell, REFRESH_MS));
	}
	fw_clear();
}

static void by_script(struct cmd_call *call, const char *keys)
{
	while (*keys && !slabtop.done)
		slabtop_key(&slabtop, fullscreen_key(&keys));
	slabtop_draw(&slabtop);
	fullscreen_print(call->out, &slabtop.screen);
}

static int cmd_slabtop(struct cmd_call *call)
{
	bool once = cmd_flag(call, "once");
	const char *keys = NULL, *by = "o";
	struct fw_screen screen;
	int err = cmd_option(call, "keys", &keys);

	fw_screen(&screen);
	if (err >= 0)
		err = fullscreen_size(call, &screen);
	if (err >= 0)
		err = cmd_option(call, "sort", &by);
	if (err < 0)
		return err;
	slabtop_init(&slabtop, screen.columns, screen.rows);
	if (by[0] == '\0' || by[1] || !slabtop_sort(&slabtop, by[0]))
		return cmd_error(call, -EINVAL, "%s: sorts are o a u s l v b p c n, as its keys",
				 by);
	slabtop_read(&slabtop, &call->app->sys);
	if (keys)
		by_script(call, keys);
	else if (!once && screen.interactive && call->app->shell.interactive &&
		 call->out->format == EMIT_TEXT)
		by_person(call);
	else
		slabtop_emit(&slabtop, call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "slabtop",
	 .args = "[--once] [--sort o|a|u|s|l|v|b|p|c|n] [--keys KEYS] [--size 80x24]",
	 .help = "caches full screen, the largest on top, with procps' columns and keys",
	 .fn = cmd_slabtop,
	 .examples = "slabtop --once",
	 .flags = CMD_NEEDS_MM | CMD_SCREEN},
};

const struct cmd_table cmds_slabtop = {ROOM_SLAB, rows, ARRAY_SIZE(rows)};
