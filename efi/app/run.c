/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* In our world: memory management, start screen or script, prompt. */
#include "app.h"
#include "lib.h"
#include "mm/init.h"
#include "ui/views.h"

struct guarded {
	const struct cmd *cmd;
	struct cmd_call *call;
};

static int call_cmd(void *arg)
{
	struct guarded *g = arg;

	return g->cmd->fn(g->call);
}

/* Every command runs guarded: an exception ends the command, not the program. */
static int run_guarded(const struct cmd *cmd, struct cmd_call *call)
{
	struct guarded g = {cmd, call};
	struct trap_frame trap;
	int value = 0;
	int err = arch_guarded(call_cmd, &g, &value, &trap);

	if (!err)
		return value;
	if (err == -EFAULT)
		view_trap(call->out, &call->app->sys.pt, &trap);
	else
		cmd_error(call, err, "ended by a failed assertion");
	return err;
}

/* What the row of a command says that it needs. */
static int is_ready(struct cmd_call *call)
{
	if (call->app->started || !(call->cmd->flags & CMD_NEEDS_MM))
		return 0;
	return cmd_error(call, -ENODEV, "the memory management did not start");
}

struct shell *app_shell(struct app *app)
{
	return &app->shell;
}

/* Too little memory: says how much there is and how much it takes. */
static int start_mm(struct app *app)
{
	struct cpu_state now;
	int err;

	arch_read_state(&now); /* our world's PAT */
	app->sys.given.pat = now.pat;
	err = mm_init(&app->sys);
	app->started = !err;
	if (err)
		app_message(
			"the memory management cannot start: %s; %llu KiB were claimed, at least "
			"%llu KiB are needed",
			err_name(err), app->claimed_pages * 4, APP_MIN_MEMORY / KiB);
	return err;
}

static void first_exercise(struct app *app)
{
	struct exercise_config cfg = exercise_defaults();

	cfg.seed = app->options.seed;
	cfg.steps = 400; /* in each phase: enough to trust it, short enough to wait for */
	exercise_run(&app->sys, &cfg, &app->last_exercise);
	app->exercised = true;
}

int app_run(struct app *app)
{
	static char script[8192];
	const struct cmd_runner runner = {app_commands, app_nr_commands, run_guarded, is_ready};
	struct emit out;
	size_t len;
	int err = start_mm(app), failed, got;

	shell_init(&app->shell, app, &runner);
	got = fw_script(script, sizeof(script) - 1, &len);
	if (got && got != -ENOENT) {
		app_message("the commands to run cannot be read: %s", err_name(got));
		return 2;
	}
	if (!got) {
		script[len] = '\0';
		failed = shell_script(&app->shell, script);
		return err ? 2 : failed ? 1 : 0;
	}
	if (!err)
		first_exercise(app);
	emit_init(&out, EMIT_TEXT, shell_write, &app->shell);
	app_start_screen(app, &out);
	shell_flush(&app->shell);
	failed = shell_interactive(&app->shell, "tablewalk> ");
	return err ? 2 : failed ? 1 : 0;
}
