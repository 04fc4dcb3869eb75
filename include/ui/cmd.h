/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Commands are rows of tables; lookup, checks, help, completion and the manual's list of commands
 * come from the rows. A name may have two words ("pt stats"): the longest name that matches wins.
 */
#ifndef UI_CMD_H
#define UI_CMD_H

#include "ui/emit.h"

struct app; /* the application's state: efi/app/app.h */

#define CMD_MAX_ARGS 32

struct cmd;

struct cmd_call {
	struct app *app;
	const struct cmd *cmd; /* the row that was found */
	struct emit *out;      /* --json has been taken from the arguments already */
	int argc;	       /* arguments after the name */
	char **argv;
};

enum cmd_flags {
	CMD_NEEDS_MM = 1, /* memory management must have started */
	CMD_MACHINE = 2,  /* a view of any machine: `whatif machine` shows it too */
	CMD_SCREEN = 4,	  /* takes the whole screen, or the keyboard */
	CMD_LEAVES = 8,	  /* ends the program */
	CMD_COMMAND = 16  /* its last arguments are another command: only that one checks them */
};

struct cmd {
	const char *name; /* "pt dump" */
	/* "[fw|own] [RANGE] [--raw] [seed=N]", or "". Other options are refused; "..." after a
	 * name=VALUE allows any name. */
	const char *args;
	const char *help; /* one line, no full stop */
	/* 0; a negative error, after a message by cmd_error(). */
	int (*fn)(struct cmd_call *call);
	const char *const *words; /* completions of the first argument, closed with NULL; or NULL */
	const char *examples;	  /* commands with `;` between them; NULL: the name alone */
	const char *report;	  /* commands for the report, likewise; NULL: none */
	u8 max_args;		  /* the most words that are not options */
	u8 flags;		  /* enum cmd_flags */
};

struct cmd_table {
	const char *family; /* heading in help */
	const struct cmd *cmds;
	u32 nr;
};

/* ---- find.c ------------------------------------------------------------------------------ */

/* The row with the name that argv begins with; *ret_words is the name's number of words. NULL. */
const struct cmd *cmd_find(const struct cmd_table *const *tables, u32 nr_tables, int argc,
			   char **argv, int *ret_words);

/* ---- words.c ----------------------------------------------------------------------------- */

/*
 * Splits text at newlines and `;` (outside quotes) and each part into words at blanks; "..." and
 * '...' quote within one line, `#` at the start of a word begins a comment up to the line's end.
 */
struct cmd_words {
	int argc;
	char *argv[CMD_MAX_ARGS];
	char buf[512];
};
/* Parses the next command of *text and moves *text past it. 1: words filled (argc may be 0); 0: end
 * of the text; -EINVAL: unclosed quote; -E2BIG: too long or too many words. After an error *text is
 * at the next command. */
int cmd_next(const char **text, struct cmd_words *words);

/* ---- args.c ------------------------------------------------------------------------------ */

/* Prints "name: what is wrong" (JSON: an object, or a member of the open one, with "error") and
 * returns err, for `return cmd_error(...)`. */
int cmd_error(struct cmd_call *call, int err, const char *fmt, ...) __printf(3, 4);

/* Arguments. Each function prints its own message with cmd_error(). */
int cmd_arg_u64(struct cmd_call *call, int index, u64 *ret);  /* decimal, 0x, suffixes */
int cmd_arg_addr(struct cmd_call *call, int index, u64 *ret); /* hexadecimal with or without 0x */
/* Removes `nr` arguments from `index` on. */
void cmd_drop_args(struct cmd_call *call, int index, int nr);
/* Removes each `--name` from the arguments; true if there was one. */
bool cmd_flag(struct cmd_call *call, const char *name);
/* Removes `--name VALUE` or `--name=VALUE`. 1: *ret is the value; 0: not there; -EINVAL, after a
 * message: the value is missing. */
int cmd_option(struct cmd_call *call, const char *name, const char **ret);
/* Removes `name=VALUE`; *ret does not change when it is not there. 0; -EINVAL after a message. */
int cmd_option_u64(struct cmd_call *call, const char *name, u64 *ret);
/* Refuses more than `max` arguments, with a message that names the first extra one. For commands
 * whose first argument decides how many there may be. */
int cmd_no_more_args(struct cmd_call *call, int max);

/* ---- check.c ----------------------------------------------------------------------------- */

/* Checks the arguments against the row. 0; -EINVAL after a message. */
int cmd_check_args(struct cmd_call *call);

#endif
