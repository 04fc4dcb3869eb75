/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Commands that do something with the machine's memory. */
#include "cmds.h"
#include "lib.h"
#include "ui/views.h"

/* ---- exercise --------------------------------------------------------------------------------- */

/* Crosses to the firmware to look for Esc, as output does. */
static int poll_stop(void *ctx, u64 done, u64 total)
{
	struct emit *out = ctx;
	int key = fw_key(0);

	(void)done;
	(void)total;
	if (key == KEY_ESC || key == 3 || key == 'q')
		out->stopped = true;
	return emit_stopped(out);
}

static int option_u64(struct cmd_call *call, const char *name, u64 *ret)
{
	size_t len = strlen(name);

	for (int i = 0; i < call->argc; i++) {
		if (strncmp(call->argv[i], name, len) || call->argv[i][len] != '=')
			continue;
		if (parse_u64(call->argv[i] + len + 1, ret))
			return cmd_error(call, -EINVAL, "%s: not a number", call->argv[i]);
		cmd_drop_args(call, i, 1);
		return 0;
	}
	return 0;
}

static int cmd_exercise(struct cmd_call *call)
{
	struct app *app = call->app;
	struct exercise_config cfg = exercise_defaults();
	int err = cmd_needs_mm(call);

	cfg.seed = app->options.seed;
	cfg.poll = poll_stop;
	cfg.poll_ctx = call->out;
	if (!err)
		err = option_u64(call, "seed", &cfg.seed);
	if (!err)
		err = option_u64(call, "steps", &cfg.steps);
	if (!err)
		err = cmd_no_more_args(call, 0);
	if (err)
		return err;
	err = exercise_run(&app->sys, &cfg, &app->last_exercise);
	app->exercised = true;
	view_exercise(call->out, &app->last_exercise);
	return err;
}

/* ---- hold ---------------------------------------------------------------------------------------- */

static u64 cycles_per_second(void)
{
	u64 start = arch_cycles();

	fw_stall(20000);
	return (arch_cycles() - start) * 50;
}

/* Spins in our world without crossing, so that CR3 stays ours for whoever looks from outside. */
static int cmd_hold(struct cmd_call *call)
{
	u64 seconds = 10, end;
	int err = call->argc ? cmd_arg_u64(call, 0, &seconds) : 0;

	if (!err)
		err = cmd_no_more_args(call, 1);
	if (err)
		return err;
	if (seconds > 3600)
		return cmd_error(call, -ERANGE, "%llu seconds: at most 3600", seconds);
	emit_text(call->out, "holding for %llu s: CR3 is %#llx, %u levels\n", seconds,
		  call->app->sys.pt.root, call->app->sys.pt.levels);
	shell_flush(&call->app->shell);
	end = seconds * cycles_per_second();
	for (u64 start = arch_cycles(); arch_cycles() - start < end;)
		;
	return 0;
}

static const struct cmd rows[] = {
	{"exercise", "[seed=N] [steps=N]",
	 "pages, objects and areas under a random load; every invariant checked", cmd_exercise, NULL},
	{"hold", "[SECONDS]", "stay on our page tables, so that a debugger can look", cmd_hold, NULL},
};

const struct cmd_table cmds_run = {"On the real memory", rows, ARRAY_SIZE(rows)};
