/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A shell with commands to play with, on the fake console; for the tests of the shell. */
#ifndef TESTS_UNIT_SHELL_SHELL_FIXTURE_H
#define TESTS_UNIT_SHELL_SHELL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_fw.h"
#include "lib.h"
#include "ui/shell.h"

static struct shell sh;

struct shell *app_shell(struct app *app)
{
	(void)app;
	return &sh;
}

/* ---- commands to play with --------------------------------------------------------------- */

static u32 nr_lines_made;

/* "lines N [WIDTH]": numbered lines, until told to stop. */
static int cmd_lines(struct cmd_call *call)
{
	u64 nr = 0, width = 0;
	int err = cmd_arg_u64(call, 0, &nr);

	if (!err && call->argc > 1)
		err = cmd_arg_u64(call, 1, &width);
	if (!err)
		err = cmd_no_more_args(call, 2);
	if (err)
		return err;
	emit_list(call->out, NULL);
	for (nr_lines_made = 0; nr_lines_made < nr; nr_lines_made++) {
		if (emit_stopped(call->out))
			return -EINTR;
		emit_text(call->out, "line %-*u\n", width > 5 ? (int)width - 5 : 0, nr_lines_made);
		emit_field(call->out, "nr", nr_lines_made);
	}
	emit_end(call->out);
	return 0;
}

static int cmd_echo(struct cmd_call *call)
{
	emit_object(call->out, NULL);
	for (int i = 0; i < call->argc; i++) {
		emit_text(call->out, "%s<%s>", i ? " " : "", call->argv[i]);
		emit_field(call->out, "text", call->argv[i]);
	}
	emit_text(call->out, "\n");
	emit_end(call->out);
	return 0;
}

static int cmd_fail(struct cmd_call *call)
{
	return cmd_error(call, -EINVAL, "as asked");
}

/* Breaks off in the middle of a line or a value. */
static int cmd_break(struct cmd_call *call)
{
	emit_text(call->out, "half a line");
	emit_list(call->out, NULL);
	emit_object(call->out, NULL);
	return -EIO;
}

static int cmd_silent(struct cmd_call *call)
{
	return call->argc ? -ENOENT : 0;
}

static int cmd_leave(struct cmd_call *call)
{
	(void)call;
	sh.quit = true;
	return 0;
}

static const char *const table_words[] = {"own", "fw", NULL};
static const struct cmd first_rows[] = {
	{.name = "echo",
	 .args = "[WORD...]",
	 .help = "its arguments",
	 .fn = cmd_echo,
	 .max_args = CMD_MAX_ARGS},
	{.name = "fail", .args = "", .help = "fails", .fn = cmd_fail},
	{.name = "lines",
	 .args = "N [WIDTH]",
	 .help = "many lines",
	 .fn = cmd_lines,
	 .max_args = CMD_MAX_ARGS},
	{.name = "break", .args = "", .help = "breaks off", .fn = cmd_break},
	{.name = "silent", .args = "[X]", .max_args = 1, .help = "nothing", .fn = cmd_silent},
};
static const struct cmd second_rows[] = {
	{.name = "pt stats",
	 .args = "[fw|own]",
	 .help = "counts of tables",
	 .fn = cmd_echo,
	 .max_args = CMD_MAX_ARGS},
	{.name = "pt dump",
	 .args = "[fw|own] [RANGE]",
	 .help = "the tables",
	 .fn = cmd_echo,
	 .words = table_words,
	 .max_args = CMD_MAX_ARGS},
	{.name = "walk",
	 .args = "[fw|own] VA",
	 .help = "one address",
	 .fn = cmd_echo,
	 .words = table_words,
	 .max_args = CMD_MAX_ARGS},
	{.name = "help",
	 .args = "[COMMAND] [--schema]",
	 .help = "this",
	 .fn = cmd_help,
	 .max_args = 2},
	{.name = "quit", .args = "", .help = "leave", .fn = cmd_leave},
};
static const struct cmd_table first = {"First", first_rows, ARRAY_SIZE(first_rows)};
static const struct cmd_table second = {"Second", second_rows, ARRAY_SIZE(second_rows)};
static const struct cmd_table *const tables[] = {&first, &second};

static int setup(void **state)
{
	(void)state;
	fake_fw_reset();
	shell_init(&sh, NULL, &(struct cmd_runner){tables, ARRAY_SIZE(tables), NULL, NULL});
	return 0;
}

static void assert_script(const char *text, int failed, const char *output)
{
	fake_fw_forget();
	assert_int_equal(shell_script(&sh, text), failed);
	assert_string_equal(fake_fw.output, output);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

#endif
