/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The prompt: reads lines, runs commands, pages their output, counts failures. It prints with
 * fw_write() and reads with fw_key(), so it is the same on a machine and in a test.
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
	bool interactive; /* a person runs the command: stopping it is no failure */
	bool paging;	  /* stop after each screen (interactive only) */
	char out[4096];	  /* output is collected to whole lines before it is written */
	u32 out_len;
	u32 rows, columns; /* the screen's */
	u32 rows_shown, column;
	bool keyboard;	/* keys can be pressed during output */
	bool stopped;	/* by Esc, q or Ctrl-C during output */
	u32 since_poll; /* bytes of output since the last look at the keyboard */
	u16 ahead[512]; /* keys pressed during output, for the next prompt */
	u32 nr_ahead;
};

void shell_init(struct shell *sh, struct app *app, const struct cmd_runner *runner);

/* Runs all commands of a text (`;` or newlines between them) without prompt and paging. Goes on
 * after a failed command. Returns the number of commands that failed. */
int shell_script(struct shell *sh, const char *text);

/* Prompts until quit or end of input. Returns the number of commands that failed, without those
 * that a key stopped. */
int shell_interactive(struct shell *sh, const char *prompt);

/* Writes to sh->out like a command, for output outside commands. */
int shell_write(void *shell, const char *s, size_t n); /* an emit write function */
void shell_flush(struct shell *sh);
/* Before a command's output: reads the screen's size, begins a page. */
void shell_begin(struct shell *sh);
/* Looks at the keyboard: true once Esc, q or Ctrl-C was pressed. For long work without output;
 * other keys are kept for the prompt. */
bool shell_poll(struct shell *sh);
/* Waits for a key; keys pressed during output come first. */
int shell_key(struct shell *sh);
/* The same with a limit, as fw_key(): KEY_NONE when none came. */
int shell_key_within(struct shell *sh, int timeout_ms);

/* Completes the text before the cursor: writes the candidates, separated by two blanks, to buf and
 * returns their number; ret_common is the text that all of them add. */
u32 shell_complete(const struct shell *sh, const char *text, u32 cursor, char *buf, size_t size,
		   char *ret_common, size_t common_size);

/* The command most like an unknown word: one that begins with it, or differs in at most two
 * letters. NULL when there is none. */
const char *shell_nearest(const struct shell *sh, const char *word);

/* The `help [COMMAND]` command: a row for the application's own table. */
int cmd_help(struct cmd_call *call);
struct shell *app_shell(struct app *app); /* provided by the application */

#endif
