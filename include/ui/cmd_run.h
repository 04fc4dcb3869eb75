/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The one way to run a command, for prompt, script, browser, report and `whatif machine`: found by
 * its name, checked against its row, run guarded, and its value ended. A fault ends one command.
 */
#ifndef UI_CMD_RUN_H
#define UI_CMD_RUN_H

#include "ui/cmd.h"

/* Which commands there are, and what the application adds to running one. */
struct cmd_runner {
	const struct cmd_table *const *tables;
	u32 nr_tables;
	/* Calls cmd->fn(call), guarded against exceptions and assertions. NULL: unguarded. */
	int (*guard)(const struct cmd *cmd, struct cmd_call *call);
	/* Is what the row needs there? 0, or an error after cmd_error(). NULL: it is. */
	int (*ready)(struct cmd_call *call);
};

/* Where a command runs, and which may run there. NULL in place of it: all may. */
struct cmd_place {
	u8 require, refuse; /* enum cmd_flags */
	const char *title;  /* "inside the browser" */
};

/* Runs the command that the words spell, for `app`. 0, or an error after a message. */
int cmd_run(const struct cmd_runner *runner, const struct cmd_place *place, struct app *app,
	    int argc, char **argv, struct emit *out);

/* The same for one command as text. -EINVAL, -E2BIG after a message: it cannot be read. */
int cmd_run_text(const struct cmd_runner *runner, const struct cmd_place *place, struct app *app,
		 const char *text, struct emit *out);

#endif
