/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Words of a command line, rows of command tables, arguments and their messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "ui/cmd.h"

#define SEED 20263

/* ---- cmd_next ---------------------------------------------------------------------------- */

/* Each command as [word|word], each error as its number. */
static void split(const char *text, char *buf, size_t size)
{
	struct cmd_words w;
	size_t n = 0;
	int got;

	buf[0] = '\0';
	while ((got = cmd_next(&text, &w)) != 0) {
		if (got < 0) {
			n += (size_t)snprintf(buf + n, size - n, "%d", got);
			continue;
		}
		n += (size_t)snprintf(buf + n, size - n, "[");
		for (int i = 0; i < w.argc; i++)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? "|" : "", w.argv[i]);
		n += (size_t)snprintf(buf + n, size - n, "]");
	}
}

static void lines_are_split_into_words(void **state)
{
	static const struct {
		const char *text, *expect;
	} cases[] = {
		{"", ""},
		{"zones", "[zones]"},
		{"  pt \t dump\r\n", "[pt|dump]"},
		{"a;b ; c", "[a][b][c]"},
		{"a b\nc", "[a|b][c]"},
		{";;", "[][]"},
		{"\n\n", "[][]"},
		{"a \"b c\" d", "[a|b c|d]"},
		{"a 'b;c' d", "[a|b;c|d]"},
		{"a\"b\"c'd'", "[abcd]"},
		{"'\"' \"'\"", "[\"|']"},
		{"'' \"\"", "[|]"},
		{"a # b; c\nd", "[a][d]"},
		{"#x", "[]"},
		{"a#b", "[a#b]"},
		{"'#b'", "[#b]"},
		{"a 'b", "-22"},
		{"a 'b\nc d", "-22[c|d]"}, /* a quote ends with its line */
		{"a \"b; c\nd", "-22[d]"},
		{"a;'b", "[a]-22"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char got[200];

		split(cases[i].text, got, sizeof(got));
		if (strcmp(got, cases[i].expect))
			fail_msg("\"%s\": %s, not %s", cases[i].text, got, cases[i].expect);
	}
}

/* Expect: the command that is too long is an error, the next one runs, what it quotes does not. */
static void too_long_commands_are_refused(void **state)
{
	char text[700], got[700];

	(void)state;
	memset(text, 'x', 600);
	strcpy(text + 600, "';zones' y; cpu");
	split(text, got, sizeof(got));
	assert_string_equal(got, "-7[cpu]");

	text[0] = '\0';
	for (int i = 0; i < CMD_MAX_ARGS; i++)
		strcat(text, "a ");
	split(text, got, sizeof(got));
	assert_int_equal(got[0], '[');
	strcat(text, "b; cpu");
	split(text, got, sizeof(got));
	assert_string_equal(got, "-7[cpu]");
}

/* 511 bytes of words with their zeros fit, one more does not. */
static void the_buffer_is_used_to_its_end(void **state)
{
	struct cmd_words w;

	(void)state;
	for (size_t n = 505; n < 515; n++) {
		char text[520];
		const char *s = text;

		memset(text, 'x', n);
		text[n] = '\0';
		assert_int_equal(cmd_next(&s, &w), n <= 511 ? 1 : -E2BIG);
		if (n <= 511)
			assert_string_equal(w.argv[0], text);
	}
}

/* Words that are quoted and joined come back as they were, whatever is in them. */
static void quoting_brings_words_back(void **state)
{
	static const char alphabet[] = "ab ;#\"\t-=";
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 5000; round++) {
		char words[6][12], text[200] = "";
		const char *s = text;
		struct cmd_words w;
		int nr = 1 + (int)prng_below(&p, 6);

		for (int i = 0; i < nr; i++) {
			size_t len = prng_below(&p, 11);

			for (size_t k = 0; k < len; k++)
				words[i][k] = alphabet[prng_below(&p, sizeof(alphabet) - 1)];
			words[i][len] = '\0';
			strcat(text, i ? "  '" : "'");
			strcat(text, words[i]);
			strcat(text, "'");
		}
		strcat(text, prng_below(&p, 2) ? " # rest" : ";");
		assert_int_equal(cmd_next(&s, &w), 1);
		assert_int_equal(w.argc, nr);
		for (int i = 0; i < nr; i++)
			assert_string_equal(w.argv[i], words[i]);
		assert_int_equal(cmd_next(&s, &w), 0);
	}
}

/* Any text: it comes to its end, words lie in the buffer, nothing is read beyond the text. */
static void any_text_is_walked_to_its_end(void **state)
{
	static const char alphabet[] = "ab  ;;\n\"'#\\\t\r\x01\xff";
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 5000; round++) {
		size_t len = prng_below(&p, 60), nr = 0;
		char *text = malloc(len + 1);
		const char *s = text, *before = text;
		struct cmd_words w;

		for (size_t i = 0; i < len; i++)
			text[i] = alphabet[prng_below(&p, sizeof(alphabet) - 1)];
		text[len] = '\0';
		for (; cmd_next(&s, &w); before = s, nr++) {
			assert_true(s > before && s <= text + len);
			for (int i = 0; i < w.argc; i++)
				assert_in_range(w.argv[i] + strlen(w.argv[i]), w.buf,
						w.buf + sizeof(w.buf) - 1);
		}
		assert_ptr_equal(s, text + len);
		assert_in_range(nr, 0, len);
		free(text);
	}
}

/* ---- cmd_find ---------------------------------------------------------------------------- */

static const struct cmd tables_rows[] = {
	{.name = "pt", .args = ""},
	{.name = "pt stats", .args = "[fw|own]"},
	{.name = "pt dump", .args = ""},
};
static const struct cmd other_rows[] = {
	{.name = "memmap diff", .args = ""},
	{.name = "memmap", .args = ""},
	{.name = "slab info all", .args = ""},
};
static const struct cmd_table t1 = {"Tables", tables_rows, 3}, t2 = {"Other", other_rows, 3};
static const struct cmd_table *const tables[] = {&t1, &t2};

static const char *found(const char *text, int *ret_words)
{
	struct cmd_words w;
	const struct cmd *cmd;

	assert_true(cmd_next(&text, &w) >= 0);
	cmd = cmd_find(tables, 2, w.argc, w.argv, ret_words);
	return cmd ? cmd->name : "none";
}

static void the_longest_name_wins(void **state)
{
	int n = 0;

	(void)state;
	assert_string_equal(found("pt stats x", &n), "pt stats");
	assert_int_equal(n, 2);
	assert_string_equal(found("pt x", &n), "pt");
	assert_int_equal(n, 1);
	assert_string_equal(found("memmap diff", &n), "memmap diff");
	assert_string_equal(found("memmap", &n), "memmap");
	assert_string_equal(found("slab info all", &n), "slab info all");
	assert_int_equal(n, 3);
	n = 99;
	assert_string_equal(found("slab info", &n), "none");
	assert_string_equal(found("mem", &n), "none");
	assert_string_equal(found("memmaps", &n), "none");
	assert_string_equal(found("'pt stats'", &n), "none");
	assert_string_equal(found("''", &n), "none");
	assert_string_equal(found("", &n), "none");
	assert_int_equal(n, 99);
}

/* ---- arguments --------------------------------------------------------------------------- */

static char said[2000];

static int write_said(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	strncat(said, s, n);
	return 0;
}

static struct cmd_words words;
static struct emit out;

/* A call of "pt stats" with the arguments of the text. */
static struct cmd_call call_of(const char *text, enum emit_format format)
{
	assert_true(cmd_next(&text, &words) >= 0);
	said[0] = '\0';
	emit_init(&out, format, write_said, NULL);
	return (struct cmd_call){
		.cmd = &tables_rows[1], .out = &out, .argc = words.argc, .argv = words.argv};
}

static void arguments_are_read_or_named(void **state)
{
	struct cmd_call call = call_of("4K ffff888000000000 zz 99999999999999999999", EMIT_TEXT);
	u64 v = 0;

	(void)state;
	assert_int_equal(cmd_arg_u64(&call, 0, &v), 0);
	assert_true(v == 4096);
	assert_int_equal(cmd_arg_addr(&call, 1, &v), 0);
	assert_true(v == 0xffff888000000000ULL);
	assert_string_equal(said, "");
	assert_int_equal(cmd_arg_u64(&call, 2, &v), -EINVAL);
	assert_string_equal(said, "pt stats: zz: not a number (decimal or 0x..., with K M G T P E "
				  "after it)\n");
	said[0] = '\0';
	assert_int_equal(cmd_arg_addr(&call, 2, &v), -EINVAL);
	assert_string_equal(said, "pt stats: zz: not an address (hexadecimal)\n");
	said[0] = '\0';
	assert_int_equal(cmd_arg_u64(&call, 3, &v), -ERANGE);
	assert_string_equal(said, "pt stats: 99999999999999999999: larger than 64 bits hold\n");
	said[0] = '\0';
	assert_int_equal(cmd_arg_u64(&call, 4, &v), -EINVAL);
	assert_string_equal(said, "pt stats: argument missing; usage: pt stats [fw|own]\n");
	assert_true(v == 0xffff888000000000ULL);
}

static void flags_are_taken_out_wherever_they_are(void **state)
{
	struct cmd_call call = call_of("--json a --jsonx b --json", EMIT_TEXT);

	(void)state;
	assert_false(cmd_flag(&call, "linux"));
	assert_true(cmd_flag(&call, "json"));
	assert_false(cmd_flag(&call, "json"));
	assert_int_equal(call.argc, 3);
	assert_string_equal(call.argv[0], "a");
	assert_string_equal(call.argv[1], "--jsonx");
	assert_string_equal(call.argv[2], "b");
	cmd_drop_args(&call, 0, 2);
	assert_int_equal(call.argc, 1);
	assert_string_equal(call.argv[0], "b");
	expect_assert_failure(cmd_drop_args(&call, 0, 2));
}

static void surplus_arguments_are_named(void **state)
{
	struct cmd_call call = call_of("own nonsense", EMIT_TEXT);

	(void)state;
	assert_int_equal(cmd_no_more_args(&call, 2), 0);
	assert_int_equal(cmd_no_more_args(&call, 1), -EINVAL);
	assert_string_equal(said,
			    "pt stats: nonsense: not expected here; usage: pt stats [fw|own]\n");
	call.cmd = &tables_rows[2];
	said[0] = '\0';
	assert_int_equal(cmd_no_more_args(&call, 0), -EINVAL);
	assert_string_equal(said, "pt dump: own: not expected; it takes no arguments\n");
}

/* Outermost, in a list and in an object: the error is a member, the value stays JSON. */
static void errors_are_json_too(void **state)
{
	struct cmd_call call = call_of("", EMIT_JSON);

	(void)state;
	assert_int_equal(cmd_error(&call, -ENODEV, "no %s", "tables"), -ENODEV);
	assert_string_equal(said, "{\"error\": \"no tables\", \"command\": \"pt stats\"}\n");

	call = call_of("", EMIT_JSON);
	emit_list(&out, NULL);
	emit_field(&out, "nr", 1);
	cmd_error(&call, -EIO, "broken");
	emit_close(&out);
	assert_string_equal(said, "[1,\n{\"error\": \"broken\", \"command\": \"pt stats\"}]\n");

	call = call_of("", EMIT_JSON);
	emit_object(&out, NULL);
	emit_field(&out, "pages", 1);
	cmd_error(&call, -EIO, "broken");
	emit_close(&out);
	assert_string_equal(said, "{\"pages\": 1, \"error\": \"broken\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_split_into_words),
		cmocka_unit_test(too_long_commands_are_refused),
		cmocka_unit_test(the_buffer_is_used_to_its_end),
		cmocka_unit_test(quoting_brings_words_back),
		cmocka_unit_test(any_text_is_walked_to_its_end),
		cmocka_unit_test(the_longest_name_wins),
		cmocka_unit_test(arguments_are_read_or_named),
		cmocka_unit_test(flags_are_taken_out_wherever_they_are),
		cmocka_unit_test(surplus_arguments_are_named),
		cmocka_unit_test(errors_are_json_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
