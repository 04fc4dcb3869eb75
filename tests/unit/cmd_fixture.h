/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Runs a command of an invented application; what it says is added to `text`. */
#ifndef TESTS_CMD_FIXTURE_H
#define TESTS_CMD_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/cmds.h"

static char text[256 * 1024];
static size_t text_len;

static int text_collect(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	assert_true(text_len + n < sizeof(text));
	memcpy(text + text_len, s, n);
	text_len += n;
	text[text_len] = '\0';
	return 0;
}

static inline void text_clear(void)
{
	text_len = 0;
	text[0] = '\0';
}

/* What fn returned; all that it began to write is ended. */
static inline int run_fn(struct cmd_call *call, int (*fn)(struct cmd_call *call),
			 enum emit_format format)
{
	struct emit out;
	int err;

	call->out = &out;
	emit_init(&out, format, text_collect, NULL);
	err = fn(call);
	assert_int_equal(out.depth, 0);
	return err;
}

/* Runs the command line as the prompt does, but unguarded. Its error. */
static inline int run_line(struct app *app, const char *line, enum emit_format format)
{
	const struct cmd_runner runner = {.tables = app_commands, .nr_tables = app_nr_commands};
	struct emit out;

	emit_init(&out, format, text_collect, NULL);
	return cmd_run_text(&runner, NULL, app, line, &out);
}

#endif
