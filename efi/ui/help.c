/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `help`: everything it says comes from the rows of the command tables. */
#include "lib.h"
#include "ui/shell.h"

static void show_row(struct emit *out, const struct cmd *cmd, const char *family)
{
	emit_text(out, "  %-13s %s\n", cmd->name, cmd->help);
	emit_object(out, NULL);
	emit_str(out, "name", cmd->name);
	emit_str(out, "args", cmd->args);
	emit_str(out, "help", cmd->help);
	emit_str(out, "family", family);
	emit_end(out);
}

static bool starts_with(const char *name, const char *word)
{
	return !strncmp(name, word, strlen(word));
}

static int help_on(struct cmd_call *call, const struct shell *sh, const char *word)
{
	u32 found = 0;

	for (u32 t = 0; t < sh->nr_tables; t++) {
		for (u32 i = 0; i < sh->tables[t]->nr; i++) {
			const struct cmd *cmd = &sh->tables[t]->cmds[i];

			if (!starts_with(cmd->name, word))
				continue;
			emit_text(call->out, "%s %s\n    %s\n", cmd->name, cmd->args, cmd->help);
			found++;
		}
	}
	if (!found)
		return cmd_error(call, -ENOENT, "no command begins with %s", word);
	return 0;
}

int cmd_help(struct cmd_call *call)
{
	const struct shell *sh = app_shell(call->app);
	int err = cmd_no_more_args(call, 1);

	if (err)
		return err;
	if (call->argc)
		return help_on(call, sh, call->argv[0]);
	emit_list(call->out, NULL);
	for (u32 t = 0; t < sh->nr_tables; t++) {
		emit_text(call->out, "%s\n", sh->tables[t]->family);
		for (u32 i = 0; i < sh->tables[t]->nr; i++)
			show_row(call->out, &sh->tables[t]->cmds[i], sh->tables[t]->family);
	}
	emit_end(call->out);
	emit_text(call->out, "Views take --json. `a; b` runs two commands. Tab completes; `help NAME` "
			     "shows arguments; Esc or q stops output.\n");
	return 0;
}
