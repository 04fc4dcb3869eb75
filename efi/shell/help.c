/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `help`: everything it says comes from the rows of the command tables. */
#include "help.h"
#include "lib.h"

static void show_members(struct emit *out, const struct cmd *cmd, const char *family)
{
	emit_field(out, "name", cmd->name);
	emit_field(out, "args", cmd->args);
	emit_field(out, "help", cmd->help);
	emit_field(out, "family", family);
}

static void show_words(struct emit *out, const struct cmd *cmd)
{
	if (!cmd->words)
		return;
	emit_text(out, "    first argument:");
	emit_list(out, "words");
	for (const char *const *word = cmd->words; *word; word++)
		emit_put(out, " {word}", *word);
	emit_end(out);
	emit_text(out, "\n");
}

static void show_examples(struct emit *out, const struct cmd *cmd)
{
	const char *rest = cmd->examples, *start = rest;
	struct cmd_words words;
	char text[120];

	if (!cmd->examples)
		return;
	emit_list(out, "examples");
	for (; cmd_next(&rest, &words) == 1; start = rest) {
		int len = (int)(rest - start);

		if (len && start[len - 1] == ';')
			len--;
		while (*start == ' ') {
			start++;
			len--;
		}
		fmt_print(text, sizeof(text), "%.*s", len, start);
		emit_put(out, "    example: {example}\n", text);
	}
	emit_end(out);
}

static void show_usage(struct emit *out, const struct cmd *cmd, const char *family)
{
	emit_text(out, "%s%s%s\n    %s\n", cmd->name, cmd->args[0] ? " " : "", cmd->args,
		  cmd->help);
	emit_object(out, NULL);
	show_members(out, cmd, family);
	show_words(out, cmd);
	show_examples(out, cmd);
	emit_end(out);
}

static bool starts_with(const char *name, const char *word)
{
	return !strncmp(name, word, strlen(word));
}

/* Every command that begins with the word. */
static int help_on(struct cmd_call *call, const struct shell *sh, const char *word)
{
	const char *near = shell_nearest(sh, word);

	if (!near)
		return cmd_error(call, -ENOENT, "no command begins with %s", word);
	if (!starts_with(near, word))
		return cmd_error(call, -ENOENT, "no command begins with %s; did you mean `%s`?",
				 word, near);
	emit_list(call->out, NULL);
	for (u32 t = 0; t < sh->runner.nr_tables; t++) {
		for (u32 i = 0; i < sh->runner.tables[t]->nr; i++) {
			if (!starts_with(sh->runner.tables[t]->cmds[i].name, word))
				continue;
			show_usage(call->out, &sh->runner.tables[t]->cmds[i],
				   sh->runner.tables[t]->family);
		}
	}
	emit_end(call->out);
	return 0;
}

static void help_on_all(struct emit *out, const struct shell *sh)
{
	emit_list(out, NULL);
	for (u32 t = 0; t < sh->runner.nr_tables; t++) {
		const struct cmd_table *table = sh->runner.tables[t];

		if (!t || strcmp(sh->runner.tables[t - 1]->family, table->family))
			emit_text(out, "%s\n", table->family);
		for (u32 i = 0; i < table->nr; i++) {
			emit_text(out, "  %-14s %s\n", table->cmds[i].name, table->cmds[i].help);
			emit_object(out, NULL);
			show_members(out, &table->cmds[i], table->family);
			emit_end(out);
		}
	}
	emit_end(out);
	emit_text(out, "Views take --json and --csv. `a; b` runs two commands. Tab completes; "
		       "`help NAME` shows "
		       "arguments;\nEsc or q stops output.\n");
	help_show_topics(out);
}

int cmd_help(struct cmd_call *call)
{
	const struct shell *sh = app_shell(call->app);
	char name[64];

	if (cmd_flag(call, "schema"))
		return help_schema(call);
	if (!call->argc) {
		help_on_all(call->out, sh);
		return 0;
	}
	fmt_print(name, sizeof(name), "%s%s%s", call->argv[0], call->argc > 1 ? " " : "",
		  call->argc > 1 ? call->argv[1] : "");
	return help_is_topic(name) ? help_topic(call, name) : help_on(call, sh, name);
}
