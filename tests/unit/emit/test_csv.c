/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The CSV writer. */
#include "emit_fixture.h"

static void objects_of_a_list_are_rows(void **state)
{
	struct emit e = new_emit(EMIT_CSV);

	(void)state;
	zones_view(&e);
	assert_string_equal(paper.text, "name,spanned,start,enabled,owner\n"
					"DMA,4095,0x1000,false,\n"
					"DMA32,4096,0x2000,true,\n");
}

static void rows_of_a_table_are_rows(void **state)
{
	struct emit e = new_emit(EMIT_CSV);

	(void)state;
	emit_table(&e, NULL, "{node=NODE:4} {:}{zone!}\n");
	emit_row(&e, "{node=NODE:4} {:}{zone!}\n", -1, "text", "DMA");
	emit_end(&e);
	assert_string_equal(paper.text, "node,zone\n-1,DMA\n");
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

/* Objects and lists inside a row are left out; the row's fields after them are not. */
static void what_lies_deeper_is_left_out(void **state)
{
	struct emit e = new_emit(EMIT_CSV);

	(void)state;
	emit_list(&e, NULL);
	emit_object(&e, NULL);
	emit_field(&e, "node", 1);
	emit_object(&e, "page");
	emit_field(&e, "pfn", 1);
	emit_end(&e);
	emit_list(&e, "zones");
	emit_row(&e, "{zone}\n", "DMA");
	emit_end(&e);
	emit_field(&e, "pages", 2);
	emit_end(&e);
	emit_end(&e);
	assert_string_equal(paper.text, "node,pages\n1,2\n");
}

/* In an object that is a row, a list of values lies deeper. */
static void values_of_a_list_are_rows_of_one_column(void **state)
{
	struct emit e = new_emit(EMIT_CSV);

	(void)state;
	emit_object(&e, NULL);
	emit_field(&e, "node", 1);
	emit_list(&e, "data");
	emit_field(&e, "line", "a,b");
	emit_field(&e, "line", "");
	emit_end(&e);
	emit_list(&e, "rows");
	emit_object(&e, NULL);
	emit_field(&e, "nr", 3);
	emit_list(&e, "data");
	emit_field(&e, "line", "c");
	emit_end(&e);
	emit_end(&e);
	emit_end(&e);
	emit_end(&e);
	assert_string_equal(paper.text, "line\n\"a,b\"\n-\n\nnr\n3\n");
}

static void csv_quotes_what_would_break_it(void **state)
{
	struct emit e = new_emit(EMIT_CSV);

	(void)state;
	emit_object(&e, NULL);
	emit_counter(&e, "a,b", 1);
	emit_field(&e, "text", "say \"no\"");
	emit_field(&e, "name", "x");
	emit_field(&e, "owner", "two\nlines");
	emit_end(&e);
	assert_string_equal(paper.text, "\"a,b\",text,name,owner\n"
					"1,\"say \"\"no\"\"\",x,\"two\nlines\"\n");
}

/* An empty row would be no row: its first column has a dash. */
static void an_empty_first_column_has_a_dash(void **state)
{
	struct emit e = new_emit(EMIT_CSV);

	(void)state;
	emit_list(&e, NULL);
	emit_row(&e, "{name}\n", "");
	emit_row(&e, "{name}\n", (const char *)NULL);
	emit_row(&e, "{name}\n", "x");
	emit_row(&e, "{name}{owner}\n", "", "");
	emit_row(&e, "no field\n");
	emit_end(&e);
	assert_string_equal(paper.text, "name\n-\n-\nx\n\nname,owner\n-,\n");
}

/* ---- any events make records that a reader takes ----------------------------------------- */

/* Past a record and its newline (RFC 4180, section 2); NULL: it is none. */
static const char *skip_record(const char *s, u32 *ret_fields)
{
	for (*ret_fields = 1;; s++, ++*ret_fields) {
		if (*s == '"') {
			for (s++; *s && (*s != '"' || s[1] == '"'); s++)
				s += *s == '"';
			if (*s++ != '"')
				return NULL;
		} else {
			s += strcspn(s, ",\"\n\r");
		}
		if (*s == '\n')
			return s + 1;
		if (*s != ',')
			return NULL;
	}
}

/* Blocks of a header and rows that have as many columns, with empty lines between the blocks. */
static bool is_csv(const char *s)
{
	u32 columns, fields;

	while (*s) {
		s = skip_record(s, &columns);
		while (s && *s && *s != '\n') {
			s = skip_record(s, &fields);
			if (fields != columns)
				return false;
		}
		if (!s)
			return false;
		if (*s == '\n' && !*++s)
			return false;
	}
	return true;
}

static void the_reader_sees_what_is_wrong(void **state)
{
	(void)state;
	assert_true(is_csv("a,b\n1,\n\nc\n\"x\"\"\n,y\"\n"));
	assert_false(is_csv("a,b\n1\n"));
	assert_false(is_csv("a\n\"1\n"));
	assert_false(is_csv("a\n\"1\"2\n"));
	assert_false(is_csv("a\n1\n\n"));
	assert_false(is_csv("a\n1"));
}

static void any_events_make_csv(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 2000; round++) {
		struct emit e = new_emit(EMIT_CSV);

		emit_list(&e, NULL);
		random_events(&e, &p, NULL, NULL);
		emit_close(&e);
		if (!is_csv(paper.text))
			fail_msg("seed %d round %d: not CSV: %s", SEED, round, paper.text);
	}
}

/* A row has 1023 bytes at most, and ends as a row does wherever it is cut. */
static void a_row_that_is_too_long_is_cut(void **state)
{
	static char text[1200];

	(void)state;
	for (size_t len = 900; len < sizeof(text); len++) {
		struct emit e = new_emit(EMIT_CSV);

		memset(text, 'x', len);
		text[len / 2] = '"';
		text[len - 1] = '"';
		text[len] = '\0';
		emit_object(&e, NULL);
		emit_field(&e, "text", text);
		emit_end(&e);
		assert_true(is_csv(paper.text));
		assert_in_range(paper.len, min(len, (size_t)1000), strlen("text\n") + 1023 + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_of_a_list_are_rows),
		cmocka_unit_test(rows_of_a_table_are_rows),
		cmocka_unit_test(an_outermost_object_is_a_row_or_holds_them),
		cmocka_unit_test(what_lies_deeper_is_left_out),
		cmocka_unit_test(values_of_a_list_are_rows_of_one_column),
		cmocka_unit_test(csv_quotes_what_would_break_it),
		cmocka_unit_test(an_empty_first_column_has_a_dash),
		cmocka_unit_test(the_reader_sees_what_is_wrong),
		cmocka_unit_test(any_events_make_csv),
		cmocka_unit_test(a_row_that_is_too_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
