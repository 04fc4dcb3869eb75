/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `help --schema`: what a command writes with --json, seen while its examples run. */
#include "help.h"
#include "lib.h"
#include "ui/emit_schema.h"

static int discard(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	(void)s;
	(void)n;
	return 0;
}

/* Runs one example. What other commands write, which only prepare it, is not looked at. */
static void run_example(struct cmd_call *call, const struct cmd *of, const char *text,
			struct emit_schema *schema)
{
	static const struct cmd_place place = {.refuse = CMD_LEAVES, .title = "an example"};
	const struct cmd_runner *runner = &app_shell(call->app)->runner;
	static struct cmd_words words;
	const char *rest = text;
	static struct emit out;
	int nr;

	if (cmd_next(&rest, &words) != 1)
		return;
	if (cmd_find(runner->tables, runner->nr_tables, words.argc, words.argv, &nr) == of)
		emit_schema_watch(&out, schema);
	else
		emit_init(&out, EMIT_JSON, discard, NULL);
	cmd_run_text(runner, &place, call->app, text, &out);
}

static void run_examples(struct cmd_call *call, const struct cmd *cmd, struct emit_schema *schema)
{
	const char *rest = cmd->examples ? cmd->examples : cmd->name, *start = rest;
	static struct cmd_words words;
	char text[120];

	for (; cmd_next(&rest, &words) == 1; start = rest) {
		fmt_print(text, sizeof(text), "%.*s", (int)(rest - start), start);
		run_example(call, cmd, text, schema);
	}
}

int help_schema(struct cmd_call *call)
{
	static struct emit_schema schema;
	const struct cmd_runner *runner = &app_shell(call->app)->runner;
	const struct cmd *cmd;
	static struct emit json;
	int nr = 0;

	emit_init(&json, EMIT_JSON, call->out->write, call->out->ctx);
	if (!call->argc) {
		emit_schema_keys(&json);
		call->out->has_member |= 1;
		return 0;
	}
	cmd = cmd_find(runner->tables, runner->nr_tables, call->argc, call->argv, &nr);
	if (!cmd || nr != call->argc)
		return cmd_error(call, -ENOENT, "%s: no such command", call->argv[0]);
	emit_schema_init(&schema);
	run_examples(call, cmd, &schema);
	emit_schema_show(&schema, cmd->name, &json);
	call->out->has_member |= 1;
	return 0;
}
