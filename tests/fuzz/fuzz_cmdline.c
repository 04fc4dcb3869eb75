/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Any bytes as a command line: split, looked up, arguments read, errors said as text and as JSON;
 * run as a script by the shell; typed at its prompt, with completion and escape sequences.
 */
#include <stdlib.h>
#include <string.h>

#include "fake_fw.h"
#include "lib.h"
#include "ui/shell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct shell sh;

struct shell *app_shell(struct app *app)
{
	(void)app;
	return &sh;
}

static int cmd_words_back(struct cmd_call *call)
{
	emit_list(call->out, NULL);
	for (int i = 0; i < call->argc; i++) {
		emit_text(call->out, "%s\n", call->argv[i]);
		emit_field(call->out, "text", call->argv[i]);
	}
	emit_end(call->out);
	return call->argc & 1;
}

static const char *const words_of_walk[] = {"own", "fw", NULL};
static const struct cmd rows[] = {
	{.name = "pt", .args = "", .help = "", .fn = cmd_words_back},
	{.name = "pt stats", .args = "", .help = "", .fn = cmd_words_back},
	{.name = "walk",
	 .args = "[fw|own] VA",
	 .help = "",
	 .fn = cmd_words_back,
	 .words = words_of_walk,
	 .max_args = 3},
	{.name = "help", .args = "[COMMAND]", .help = "", .fn = cmd_help, .max_args = 3},
};
static const struct cmd_table table = {"All", rows, ARRAY_SIZE(rows)};
static const struct cmd_table *const tables[] = {&table};

static void must(bool cond)
{
	if (!cond)
		__builtin_trap();
}

/* JSON is ASCII without control characters. */
static int check_output(void *ctx, const char *s, size_t n)
{
	const struct emit *e = ctx;

	for (size_t i = 0; i < n && e->format == EMIT_JSON; i++)
		must((s[i] >= 32 && s[i] < 127) || s[i] == '\n');
	return 0;
}

static void run(struct cmd_words *words)
{
	struct emit out;
	struct cmd_call call = {.out = &out, .argc = words->argc, .argv = words->argv};
	bool json = cmd_flag(&call, "json");
	int nr_words = -1, argc = call.argc;
	u64 v = 5;

	emit_init(&out, json ? EMIT_JSON : EMIT_TEXT, check_output, &out);
	call.cmd = cmd_find(tables, 1, call.argc, call.argv, &nr_words);
	must(call.cmd ? nr_words > 0 && nr_words <= argc : nr_words == -1);
	if (call.cmd)
		cmd_drop_args(&call, 0, nr_words);
	for (int i = 0; i <= call.argc; i++) {
		must(!cmd_arg_u64(&call, i, &v) || v == 5);
		v = 5;
		must(!cmd_arg_addr(&call, i, &v) || v == 5);
		v = 5;
	}
	cmd_no_more_args(&call, 1);
	if (call.cmd)
		cmd_check_args(&call);
	emit_list(&out, NULL);
	for (int i = 0; i < call.argc; i++)
		emit_field(&out, "text", call.argv[i]);
	emit_close(&out);
}

static void split(const char *text, size_t size)
{
	const char *s = text, *before = text;
	struct cmd_words words;
	int got;

	for (; (got = cmd_next(&s, &words)) != 0; before = s) {
		must(s > before && s <= text + size);
		must(got == 1 || got == -EINVAL || got == -E2BIG);
		must(words.argc >= 0 && words.argc <= CMD_MAX_ARGS);
		if (got == 1 && words.argc)
			run(&words);
	}
	must(!*s);
}

/* Bytes as a serial line sends them; pauses where a byte is 0. */
static void type(const uint8_t *data, size_t size)
{
	struct key_decoder d = {.len = 0};

	for (size_t i = 0; i < size; i++) {
		int key = key_decode(&d, data[i], !data[i]);

		if (key != KEY_NONE)
			fake_key(key == '\r' ? '\n' : key);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1); /* exactly as long: AddressSanitizer watches the end */

	memcpy(text, data, size);
	text[size] = '\0';
	split(text, size);
	fake_fw_reset();
	shell_init(&sh, NULL, &(struct cmd_runner){tables, 1, NULL, NULL});
	must(shell_script(&sh, text) == (int)sh.nr_failed && sh.nr_failed <= sh.nr_run);
	type(data, size);
	fake_fw.screen.columns = 20 + (u32)size % 80;
	fake_fw.screen.rows = 3 + (u32)size % 30;
	shell_interactive(&sh, "> ");
	must(sh.line.len == strlen(sh.line.text) && sh.line.cursor <= sh.line.len);
	must(!sh.out_len);
	free(text);
	return 0;
}
