/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The output vocabulary: its events, what a caller may not do, text, and a reader that stops. */
#include "emit_fixture.h"

/* ---- text -------------------------------------------------------------------------------- */

static void text_is_lines_without_structure(void **state)
{
	struct emit e = new_emit(EMIT_TEXT);

	(void)state;
	zones_view(&e);
	assert_string_equal(paper.text, "Zones of node 0\n"
					"zone    DMA: 4095 pages from 0x1000\n"
					"   0   0   0\n"
					"zone  DMA32: 4096 pages from 0x2000, enabled\n"
					"   0   1   2\n");
	assert_int_equal(e.depth, 0);
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
	e = new_emit(EMIT_TEXT);
	emit_text(&e, "%.510s\n", line); /* just fits */
	assert_int_equal(paper.len, 511);
	assert_string_equal(paper.text + 508, "xx\n");
}

/* What is text only, or structure only, is nothing for the others. */
static void each_writer_takes_its_part(void **state)
{
	struct emit e = new_emit(EMIT_TEXT);

	(void)state;
	emit_object(&e, NULL);
	emit_field(&e, "node", 1);
	emit_counter(&e, "pgfault", 5);
	emit_end(&e);
	assert_int_equal(paper.nr_writes, 0);
	e = new_emit(EMIT_JSON);
	emit_text(&e, "Zones\n");
	emit_put(&e, "no field\n");
	assert_int_equal(paper.nr_writes, 0);
	assert_false(emit_close(&e));
	e = new_emit(EMIT_CSV);
	emit_text(&e, "Zones\n");
	assert_int_equal(paper.nr_writes, 0);
}

/* ---- nesting ----------------------------------------------------------------------------- */

/* Expect: whatever a view left open is closed, innermost first. */
static void close_ends_what_is_open(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	assert_false(emit_close(&e));
	emit_object(&e, NULL);
	emit_list(&e, "zones");
	emit_object(&e, NULL);
	assert_true(emit_close(&e));
	assert_string_equal(paper.text, "{\"zones\": [{}]}\n");
	e = new_emit(EMIT_TEXT);
	emit_object(&e, NULL);
	assert_false(emit_close(&e));
	e = new_emit(EMIT_CSV);
	emit_list(&e, NULL);
	assert_false(emit_close(&e));
	zones_view(&e);
	assert_true(emit_close(&e));
}

static void depth_and_ends_are_checked(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	expect_assert_failure(emit_end(&e));
	for (int i = 0; i < 60; i++)
		emit_list(&e, NULL);
	expect_assert_failure(emit_list(&e, NULL));
	expect_assert_failure(emit_object(&e, NULL));
	emit_close(&e);
	assert_int_equal(paper.len, 60 + 60 + 1);
}

/* ---- values ------------------------------------------------------------------------------ */

/* Any number for a number, a text for a text, NULL for each: nothing else. */
static void values_fit_their_keys(void **state)
{
	static const enum emit_format formats[] = {EMIT_JSON, EMIT_CSV};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(formats); i++) {
		struct emit e = new_emit(formats[i]);

		emit_object(&e, NULL);
		expect_assert_failure(emit_field(&e, "no_such_key", 1));
		expect_assert_failure(emit_field(&e, "name", 1));
		expect_assert_failure(emit_field(&e, "pages", "1"));
		expect_assert_failure(emit_field(&e, "start", "0x1000"));
		expect_assert_failure(emit_field(&e, "enabled", "yes"));
		emit_field(&e, "name", (const char *)NULL);
		emit_field(&e, "pages", (const char *)NULL);
		emit_field(&e, "start", (const char *)NULL);
		emit_field(&e, "enabled", (const char *)NULL);
		emit_end(&e);
		assert_string_equal(paper.text,
				    formats[i] == EMIT_JSON
					    ? "{\"name\": null, \"pages\": null, \"start\": null, "
					      "\"enabled\": null}\n"
					    : "name,pages,start,enabled\n-,,,\n");
	}
}

/* Objects and lists are begun and ended; one value cannot stand for them. */
static void structures_are_no_fields(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	emit_object(&e, NULL);
	expect_assert_failure(emit_field(&e, "zones", 1));
	expect_assert_failure(emit_field(&e, "page", (const char *)NULL));
	expect_assert_failure(emit_put(&e, "{zones}", 1));
	emit_end(&e);
}

/* ---- a reader that stops ----------------------------------------------------------------- */

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
	emit_put(&e, "{node}\n", 1);
	emit_table(&e, NULL, "{node} {name}\n");
	emit_row(&e, "{node} {name}\n", 1, "x");
	emit_close(&e);
	assert_int_equal(paper.nr_writes, writes);
	assert_string_equal(paper.text, "12345\n");
}

/* Wherever it stops, the view can go on to its end, and what came before is whole. */
static void a_view_may_stop_anywhere(void **state)
{
	static char whole[sizeof(paper.text)];

	(void)state;
	for (u32 format = EMIT_TEXT; format <= EMIT_CSV; format++) {
		struct emit e = new_emit((enum emit_format)format);

		zones_view(&e);
		strcpy(whole, paper.text);
		for (size_t limit = 0; limit < strlen(whole); limit++) {
			e = new_emit((enum emit_format)format);
			paper.limit = limit;
			zones_view(&e);
			assert_true(emit_stopped(&e));
			assert_int_equal(e.depth, 0);
			assert_memory_equal(paper.text, whole, paper.len);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_lines_without_structure),
		cmocka_unit_test(long_text_is_cut_visibly),
		cmocka_unit_test(each_writer_takes_its_part),
		cmocka_unit_test(close_ends_what_is_open),
		cmocka_unit_test(depth_and_ends_are_checked),
		cmocka_unit_test(values_fit_their_keys),
		cmocka_unit_test(structures_are_no_fields),
		cmocka_unit_test(a_stopped_emit_is_silent),
		cmocka_unit_test(a_view_may_stop_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
