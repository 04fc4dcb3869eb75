/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * How prompt, script, browser, report and `whatif machine` run a command: it is found by name,
 * checked against its row and run under a guard, and its output is completed. A fault ends only
 * this command.
 */
#ifndef UI_CMD_RUN_H
#define UI_CMD_RUN_H

#include "ui/cmd.h"

/* The commands, and the application's part in running one. */
struct cmd_runner {
	const struct cmd_table *const *tables;
	u32 nr_tables;
	/* Calls cmd->fn(call), guarded against exceptions and assertions. NULL: unguarded. */
	int (*guard)(const struct cmd *cmd, struct cmd_call *call);
	/* Checks that all the row needs is there. 0; an error after cmd_error(). NULL: no check. */
	int (*ready)(struct cmd_call *call);
};

/* A place that allows only some commands. A NULL pointer: it allows all. */
struct cmd_place {
	u8 require, refuse; /* enum cmd_flags */
	const char *title;  /* "inside the browser" */
};

/* Runs the command in argv for `app`. 0; an error after a message. */
int cmd_run(const struct cmd_runner *runner, const struct cmd_place *place, struct app *app,
	    int argc, char **argv, struct emit *out);

/* The same for one command as text. Also -EINVAL, -E2BIG (cmd_next()), after a message. */
int cmd_run_text(const struct cmd_runner *runner, const struct cmd_place *place, struct app *app,
		 const char *text, struct emit *out);

#endif
