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
	CMD_NEEDS_MM = 1,  /* the memory management must have started */
	CMD_MACHINE = 2,   /* a view of any machine: `whatif machine` shows it too */
	CMD_SCREEN = 4,	   /* takes the whole screen, or the keyboard */
	CMD_LEAVES = 8,	   /* ends the program */
	CMD_COMMAND = 16,  /* its last arguments are another command: only that one checks them */
	CMD_TEXT_ONLY = 32 /* prints nothing that could be a field */
};

struct cmd {
	const char *name; /* "pt dump" */
	/* "[fw|own] [RANGE] [--raw] [seed=N]", "" when there are none. Options that are not here
	 * are refused; "..." after a name=VALUE allows any name. */
	const char *args;
	const char *help; /* one line, no full stop */
	/* 0; a negative error after a message was printed with cmd_error(). */
	int (*fn)(struct cmd_call *call);
	const char *const *words; /* completions of the first argument, closed with NULL; or NULL */
	const char *examples;	  /* commands with `;` between them; NULL: the name alone */
	const char *report;	  /* what of it goes into the report, likewise; NULL: nothing */
	u8 max_args;		  /* words that are no options, at most */
	u8 flags;		  /* enum cmd_flags */
};

struct cmd_table {
	const char *family; /* heading in help */
	const struct cmd *cmds;
	u32 nr;
};

/* ---- find.c ------------------------------------------------------------------------------ */

/* The row whose name the first words of argv spell; *ret_words is how many. NULL: none. */
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
/* Parses the next command of *text and moves *text past it. 1: words filled (argc may be 0), 0: the
 * text is at its end, -EINVAL: unclosed quote, -E2BIG: too long or too many words; after an error
 * *text is at the next command. */
int cmd_next(const char **text, struct cmd_words *words);

/* ---- args.c ------------------------------------------------------------------------------ */

/* Prints "name: what is wrong" (JSON: an object, or a member of the open one, with "error") and
 * returns err, for `return cmd_error(...)`. */
int cmd_error(struct cmd_call *call, int err, const char *fmt, ...) __printf(3, 4);

/* Arguments. Each prints its own message through cmd_error. */
int cmd_arg_u64(struct cmd_call *call, int index, u64 *ret);  /* decimal, 0x, suffixes */
int cmd_arg_addr(struct cmd_call *call, int index, u64 *ret); /* hexadecimal with or without 0x */
/* Takes `nr` arguments from `index` on out. */
void cmd_drop_args(struct cmd_call *call, int index, int nr);
/* Takes each `--name` out of the arguments; true if there was one. */
bool cmd_flag(struct cmd_call *call, const char *name);
/* `--name VALUE` or `--name=VALUE`: takes it out. 1: *ret is the value; 0: not there; -EINVAL after
 * a message: the value is missing. */
int cmd_option(struct cmd_call *call, const char *name, const char **ret);
/* `name=VALUE`: takes it out; *ret stays when it is not there. 0, or -EINVAL after a message. */
int cmd_option_u64(struct cmd_call *call, const char *name, u64 *ret);
/* Fails with a message that names the first one too many and says what is allowed. For commands
 * whose number of arguments depends on the first. */
int cmd_no_more_args(struct cmd_call *call, int max);

/* ---- check.c ----------------------------------------------------------------------------- */

/* Are these arguments such as the row takes? 0, or -EINVAL after a message. */
int cmd_check_args(struct cmd_call *call);

#endif
