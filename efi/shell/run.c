/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "ui/cmd_run.h"

#include "lib.h"

static int allowed(struct cmd_call *call, const struct cmd_place *place)
{
	u8 flags = call->cmd->flags;

	if (!place)
		return 0;
	if ((flags & place->require) == place->require && !(flags & place->refuse))
		return 0;
	return cmd_error(call, -EPERM, "not %s", place->title);
}

/* Every command writes one value, also one that broke off or had nothing to show. */
static void finish_value(struct cmd_call *call, int err)
{
	struct emit *out = call->out;

	if (out->format == EMIT_TEXT || emit_close(out))
		return;
	emit_object(out, NULL);
	if (err) {
		emit_field(out, "error", err_name(err));
		emit_field(out, "command", call->cmd->name);
	}
	emit_end(out);
}

static int run(const struct cmd_runner *runner, const struct cmd_place *place,
	       struct cmd_call *call)
{
	int err = allowed(call, place);

	if (!err)
		err = cmd_check_args(call);
	if (!err && runner->ready)
		err = runner->ready(call);
	if (!err)
		err = runner->guard ? runner->guard(call->cmd, call) : call->cmd->fn(call);
	return err;
}

int cmd_run(const struct cmd_runner *runner, const struct cmd_place *place, struct app *app,
	    int argc, char **argv, struct emit *out)
{
	struct cmd_call call = {.app = app, .out = out, .argc = argc, .argv = argv};
	const struct cmd row = {.name = argc ? argv[0] : "", .args = ""};
	int words = 0, err;

	call.cmd = cmd_find(runner->tables, runner->nr_tables, argc, argv, &words);
	if (!call.cmd) {
		call.cmd = &row;
		err = place ? cmd_error(&call, -ENOENT, "not %s", place->title)
			    : cmd_error(&call, -ENOENT, "no such command");
	} else {
		call.argc -= words;
		call.argv += words;
		err = run(runner, place, &call);
	}
	finish_value(&call, err);
	return err;
}

int cmd_run_text(const struct cmd_runner *runner, const struct cmd_place *place, struct app *app,
		 const char *text, struct emit *out)
{
	struct cmd_call call = {.app = app, .out = out};
	struct cmd_words words;
	int got = cmd_next(&text, &words);

	if (got == 1)
		return cmd_run(runner, place, app, words.argc, words.argv, out);
	return cmd_error(&call, got ? got : -EINVAL, "the command cannot be read");
}
