/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The output vocabulary: text, JSON and CSV from the same events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "ui/emit.h"

#define SEED 20262

/* What was written; refuses everything past `limit`. */
struct paper {
	char text[1 << 16];
	size_t len, limit;
	u32 nr_writes;
};

static int write_paper(void *ctx, const char *s, size_t n)
{
	struct paper *p = ctx;

	p->nr_writes++;
	if (p->len + n > p->limit)
		return -ENOSPC;
	memcpy(p->text + p->len, s, n);
	p->len += n;
	p->text[p->len] = '\0';
	return 0;
}

static struct paper paper;

static struct emit new_emit(enum emit_format format)
{
	struct emit e;

	memset(&paper, 0, sizeof(paper));
	paper.limit = sizeof(paper.text) - 1;
	emit_init(&e, format, write_paper, &paper);
	return e;
}

static void zones_view(struct emit *e)
{
	emit_text(e, "Node 0, zone %8s\n", "DMA");
	emit_list(e, NULL);
	for (u64 i = 0; i < 2; i++) {
		emit_object(e, NULL);
		emit_field(e, "name", i ? "DMA32" : "DMA");
		emit_field(e, "spanned", 4095 + i);
		emit_field(e, "start", 0x1000 << i);
		emit_field(e, "enabled", i);
		emit_list(e, "free");
		for (u64 order = 0; order < 3; order++)
			emit_field(e, "nr", order * i);
		emit_end(e);
		emit_end(e);
	}
	emit_end(e);
}

/* One object of a list per line; numbers whole; addresses as strings. */
static void json_is_as_expected(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	zones_view(&e);
	assert_string_equal(
		paper.text,
		"[{\"name\": \"DMA\", \"spanned\": 4095, \"start\": \"0x1000\", \"enabled\": "
		"false, \"free\": [0, 0, 0]},\n"
		"{\"name\": \"DMA32\", \"spanned\": 4096, \"start\": \"0x2000\", \"enabled\": "
		"true, \"free\": [0, 1, 2]}]\n");
	assert_int_equal(e.depth, 0);
}

static void text_shows_text_only(void **state)
{
	struct emit e = new_emit(EMIT_TEXT);

	(void)state;
	zones_view(&e);
	assert_string_equal(paper.text, "Node 0, zone      DMA\n");
}

static void numbers_are_whole_64_bits(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	emit_list(&e, NULL);
	emit_field(&e, "nr", ~0ULL);
	emit_field(&e, "byte", INT64_MIN);
	emit_field(&e, "address", 0);
	emit_field(&e, "address", ~0ULL);
	emit_end(&e);
	assert_string_equal(paper.text, "[18446744073709551615, -9223372036854775808, \"0x0\", "
					"\"0xffffffffffffffff\"]\n");
}

static void strings_are_escaped(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	emit_object(&e, NULL);
	emit_counter(&e, "a\"b", 1);
	emit_field(&e, "text", "q\"uote \\ tab\t nl\n del\x7f \xe9 /");
	emit_field(&e, "name", "");
	emit_field(&e, "owner", (const char *)NULL);
	emit_end(&e);
	assert_string_equal(
		paper.text,
		"{\"a\\\"b\": 1, \"text\": \"q\\\"uote \\\\ tab\\u0009 nl\\u000a del\\u007f "
		"\\u00e9 /\", \"name\": \"\", \"owner\": null}\n");
}

static void empty_and_outermost_values(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	emit_list(&e, NULL);
	emit_end(&e);
	emit_object(&e, NULL);
	emit_end(&e);
	emit_field(&e, "nr", 5);
	emit_field(&e, "text", "x");
	emit_field(&e, "enabled", true);
	assert_string_equal(paper.text, "[]\n{}\n5\n\"x\"\ntrue\n");
}

/* Expect: whatever a view left open is closed, innermost first. */
static void close_ends_what_is_open(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	assert_false(emit_close(&e));
	emit_object(&e, NULL);
	emit_list(&e, "l");
	emit_object(&e, NULL);
	assert_true(emit_close(&e));
	assert_string_equal(paper.text, "{\"l\": [{}]}\n");
	e = new_emit(EMIT_TEXT);
	emit_object(&e, NULL);
	assert_false(emit_close(&e));
}

/* A line that is too long keeps its newline. */
static void long_text_is_cut_visibly(void **state)
{
	struct emit e = new_emit(EMIT_TEXT);
	char line[600];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	emit_text(&e, "%s\n", line);
	assert_int_equal(paper.len, 511);
	assert_string_equal(paper.text + 500, "xxxxxxx...\n");
	new_emit(EMIT_TEXT);
	emit_text(&e, "%.510s\n", line); /* just fits */
	assert_int_equal(paper.len, 511);
	assert_string_equal(paper.text + 508, "xx\n");
}

/* Expect: after the first refusal nothing is offered to the writer any more. */
static void a_stopped_emit_is_silent(void **state)
{
	struct emit e = new_emit(EMIT_TEXT);
	u32 writes;

	(void)state;
	paper.limit = 10;
	emit_text(&e, "12345\n");
	assert_false(emit_stopped(&e));
	emit_text(&e, "12345\n");
	assert_true(emit_stopped(&e));
	writes = paper.nr_writes;
	emit_text(&e, "x");
	assert_int_equal(paper.nr_writes, writes);
	assert_string_equal(paper.text, "12345\n");
}

static void depth_and_ends_are_checked(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	expect_assert_failure(emit_end(&e));
	for (int i = 0; i < 60; i++)
		emit_list(&e, NULL);
	expect_assert_failure(emit_list(&e, NULL));
	emit_close(&e);
	assert_int_equal(paper.len, 60 + 60 + 1);
}

/* ---- any events make a value that a reader takes ----------------------------------------- */

static const char *skip_value(const char *s);

static const char *skip_blanks(const char *s)
{
	return s ? s + strspn(s, " \n") : NULL;
}

static const char *skip_string(const char *s)
{
	if (*s++ != '"')
		return NULL;
	for (; *s != '"'; s++) {
		if ((u8)*s < 32 || (u8)*s > 126)
			return NULL;
		if (*s != '\\')
			continue;
		s++;
		if (*s == 'u')
			s += 4;
		else if (!*s || !strchr("\"\\/bfnrt", *s))
			return NULL;
	}
	return s + 1;
}

/* Members between s[0] and its bracket, RFC 8259 section 4 and 5. */
static const char *skip_members(const char *s, bool list)
{
	char end = list ? ']' : '}';

	s = skip_blanks(s + 1);
	if (*s == end)
		return s + 1;
	for (;;) {
		if (!list) {
			s = skip_blanks(skip_string(s));
			if (!s || *s++ != ':')
				return NULL;
		}
		s = skip_blanks(skip_value(skip_blanks(s)));
		if (!s)
			return NULL;
		if (*s == end)
			return s + 1;
		if (*s++ != ',')
			return NULL;
		s = skip_blanks(s);
	}
}

static const char *skip_value(const char *s)
{
	size_t n;

	if (!s)
		return NULL;
	if (*s == '{' || *s == '[')
		return skip_members(s, *s == '[');
	if (*s == '"')
		return skip_string(s);
	n = strspn(s, "-0123456789");
	if (n)
		return s + n;
	n = strspn(s, "truefalsn");
	return n ? s + n : NULL;
}

static void random_events(struct emit *e, struct prng *p)
{
	char word[12];

	for (u64 i = 0, n = 1 + prng_below(p, 40); i < n; i++) {
		for (size_t k = 0; k < sizeof(word) - 1; k++)
			word[k] = (char)prng_next(p);
		word[prng_below(p, sizeof(word))] = '\0';
		word[sizeof(word) - 1] = '\0';
		switch (prng_below(p, 6)) {
		case 0:
			emit_object(e, word);
			break;
		case 1:
			emit_list(e, word);
			break;
		case 2:
			if (e->depth > 1)
				emit_end(e);
			break;
		case 3:
			emit_field(e, "text", word);
			break;
		case 4:
			emit_field(e, "byte", (s64)prng_next(p));
			break;
		default:
			emit_field(e, "enabled", prng_below(p, 2));
		}
	}
}

static void any_events_make_json(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 2000; round++) {
		struct emit e = new_emit(EMIT_JSON);
		const char *end;

		emit_list(&e, NULL);
		random_events(&e, &p);
		emit_close(&e);
		end = skip_value(paper.text);
		if (!end || strcmp(end, "\n"))
			fail_msg("seed %d round %d: not JSON: %s", SEED, round, paper.text);
	}
}

/* ---- CSV --------------------------------------------------------------------------------- */

static void objects_of_a_list_are_rows(void **state)
{
	struct emit e = new_emit(EMIT_CSV);

	(void)state;
	zones_view(&e);
	assert_string_equal(paper.text, "name,spanned,start,enabled\n"
					"DMA,4095,0x1000,false\n"
					"DMA32,4096,0x2000,true\n");
}

/* An object that has a list gives its place to what is in there; without one it is a row itself. */
static void an_outermost_object_is_a_row_or_holds_them(void **state)
{
	struct emit e = new_emit(EMIT_CSV);

	(void)state;
	emit_object(&e, NULL);
	emit_field(&e, "node", 1);
	emit_field(&e, "owner", (const char *)NULL);
	emit_end(&e);
	assert_string_equal(paper.text, "node,owner\n1,\n");
	e = new_emit(EMIT_CSV);
	emit_object(&e, NULL);
	emit_field(&e, "nr", 1);
	emit_list(&e, "rows");
	for (u32 i = 0; i < 3; i++) {
		emit_object(&e, NULL);
		emit_field(&e, i == 2 ? "pages" : "nr", i);
		emit_end(&e);
	}
	emit_end(&e);
	emit_end(&e);
	assert_string_equal(paper.text, "nr\n0\n1\n\npages\n2\n"); /* other columns, new header */
}

static void csv_quotes_what_would_break_it(void **state)
{
	struct emit e = new_emit(EMIT_CSV);

	(void)state;
	emit_object(&e, NULL);
	emit_counter(&e, "a,b", 1);
	emit_field(&e, "text", "say \"no\"");
	emit_field(&e, "name", "x");
	emit_end(&e);
	assert_string_equal(paper.text, "\"a,b\",text,name\n1,\"say \"\"no\"\"\",x\n");
}

static void any_events_make_csv(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 2000; round++) {
		struct emit e = new_emit(EMIT_CSV);

		emit_list(&e, NULL);
		random_events(&e, &p);
		emit_close(&e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_as_expected),
		cmocka_unit_test(text_shows_text_only),
		cmocka_unit_test(numbers_are_whole_64_bits),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(empty_and_outermost_values),
		cmocka_unit_test(close_ends_what_is_open),
		cmocka_unit_test(long_text_is_cut_visibly),
		cmocka_unit_test(a_stopped_emit_is_silent),
		cmocka_unit_test(depth_and_ends_are_checked),
		cmocka_unit_test(any_events_make_json),
		cmocka_unit_test(objects_of_a_list_are_rows),
		cmocka_unit_test(an_outermost_object_is_a_row_or_holds_them),
		cmocka_unit_test(csv_quotes_what_would_break_it),
		cmocka_unit_test(any_events_make_csv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
