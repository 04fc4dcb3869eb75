/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The prompt: reads lines, finds commands, pages their output, remembers failures. It prints by
 * fw_write() and reads by fw_key(), so that it is the same on a machine and in a test.
 */
#ifndef UI_SHELL_H
#define UI_SHELL_H

#include "ui/cmd_run.h"
#include "ui/lineedit.h"

struct shell {
	struct app *app;
	struct cmd_runner runner;
	bool quit; /* set by a command: leave after it */
	u32 nr_run, nr_failed;
	struct lineedit line;
	u32 drawn;	  /* columns of it that are on the screen */
	bool interactive; /* a person asked for what runs: stopping it is no failure */
	bool paging;	  /* stop after each screen (interactive only) */
	char out[4096];	  /* output is collected to whole lines before it is written */
	u32 out_len;
	u32 rows, columns; /* the screen's */
	u32 rows_shown, column;
	bool keyboard;	/* somebody can press keys while output runs */
	bool stopped;	/* Esc, q or Ctrl-C while output was running */
	u32 since_poll; /* bytes of output since the last look at the keyboard */
	u16 ahead[512]; /* keys that came meanwhile and are for the next prompt */
	u32 nr_ahead;
};

void shell_init(struct shell *sh, struct app *app, const struct cmd_runner *runner);

/* Runs all commands of a text (`;` or newlines between them) without a person: no paging, no
 * prompt. Goes on after a failed command. Returns the number of commands that failed. */
int shell_script(struct shell *sh, const char *text);

/* Prompt until quit or end of input. Returns the number of commands that failed; one that the
 * reader stopped has not. */
int shell_interactive(struct shell *sh, const char *prompt);

/* Writes through the same collector; for screens shown outside commands. */
int shell_write(void *shell, const char *s, size_t n); /* an emit write function */
void shell_flush(struct shell *sh);
/* Before a command's output: asks for the screen's size, begins a page. */
void shell_begin(struct shell *sh);
/* Looks at the keyboard: true once Esc, q or Ctrl-C was pressed. For long work without output;
 * other keys are kept for the prompt. */
bool shell_poll(struct shell *sh);
/* Waits for a key; those typed ahead come first. */
int shell_key(struct shell *sh);
/* The same, for at most so long (as fw_key()): KEY_NONE when none came. */
int shell_key_within(struct shell *sh, int timeout_ms);

/* Completions of the text before the cursor: writes candidates separated by two blanks into buf and
 * returns how many; ret_common is the text that can be added for sure. */
u32 shell_complete(const struct shell *sh, const char *text, u32 cursor, char *buf, size_t size,
		   char *ret_common, size_t common_size);

/* The command whose name is nearest to what is none: a prefix of it, or at most two letters away.
 * NULL when none is near. */
const char *shell_nearest(const struct shell *sh, const char *word);

/* The `help [COMMAND]` command: a row for the application's own table. */
int cmd_help(struct cmd_call *call);
struct shell *app_shell(struct app *app); /* provided by the application */

#endif
