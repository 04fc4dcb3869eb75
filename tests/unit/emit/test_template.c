/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Templates of lines: every element of the grammar in ui/emit.h. */
#include "emit_fixture.h"

/* ---- fields as text ---------------------------------------------------------------------- */

#define NUM(v)	.value = {EMIT_VALUE_NUM, {.num = v}}
#define INT(v)	.value = {EMIT_VALUE_INT, {.sint = v}}
#define TEXT(v) .value = {EMIT_VALUE_STR, {.str = v}}

static const struct {
	const char *template;
	struct emit_value value;
	const char *text;
} fields[] = {
	/* {key} and :spec with flags, width, precision */
	{"{pages}", NUM(~0ULL), "18446744073709551615"},
	{"{node}", INT(-1), "-1"},
	{"{name}", TEXT("DMA"), "DMA"},
	{"{enabled}", NUM(1), "1"},
	{"<{pages:6}>", NUM(512), "<   512>"},
	{"<{pages:-6}>", NUM(512), "<512   >"},
	{"<{pages:06}>", NUM(512), "<000512>"},
	{"<{pages:2}>", NUM(512), "<512>"},
	{"<{node:+4}>", INT(7), "<  +7>"},
	{"<{node: }>", INT(7), "< 7>"},
	{"<{node:6.3}>", INT(-7), "<  -007>"},
	{"<{name:5}>", TEXT("DMA"), "<  DMA>"},
	{"<{name:-5}>", TEXT("DMA"), "<DMA  >"},
	{"<{name:.2}>", TEXT("DMA"), "<DM>"},
	{"<{name:-5.2}>", TEXT("DMA"), "<DM   >"},
	/* x, X */
	{"{start:x}", NUM(0xfee00000), "fee00000"},
	{"{start:X}", NUM(0xfee00000), "FEE00000"},
	{"{start:#x}", NUM(0xfee00000), "0xfee00000"},
	{"{start:012x}", NUM(0xfee00000), "0000fee00000"},
	{"<{start:#-12x}>", NUM(0xfee00000), "<0xfee00000  >"},
	{"{start:#x}", NUM(0), "0"},
	{"{byte:x}", INT(-1), "ffffffffffffffff"},
	/* S, K, M */
	{"{bytes:S}", NUM(2 * MiB), "2M"},
	{"<{bytes:6S}>", NUM(1028 * KiB), "< 1028K>"},
	{"<{bytes:-6S}>", NUM(12), "<12B   >"},
	{"{bytes:K}", NUM(2 * MiB + 1023), "2048"},
	{"<{bytes:5M}>", NUM(3 * GiB), "< 3072>"},
	{"{byte:K}", INT(-2048), "-2"},
	{"{byte:M}", INT(-(s64)MiB), "-1"},
	/* =label: of a column only */
	{"<{pages=free pages:4}>", NUM(5), "<   5>"},
	{"{start=from:x}", NUM(10), "a"},
	{"{enabled=on?yes|no}", NUM(1), "yes"},
	/* ?yes|no */
	{"{enabled?yes|no}", NUM(1), "yes"},
	{"{enabled?yes|no}", NUM(0), "no"},
	{"<{enabled?, on}>", NUM(1), "<, on>"},
	{"<{enabled?, on}>", NUM(0), "<>"},
	{"<{enabled?|off: ~!=}>", INT(1), "<>"},
	{"<{enabled?|off: ~!=}>", INT(0), "<off: ~!=>"},
	{"{enabled?yes|no}", NUM(1ULL << 63), "yes"},
	{"{name?has one|has none}", TEXT("x"), "has one"},
	{"{name?has one|has none}", TEXT(""), "has none"},
	{"{name?has one|has none}", TEXT(NULL), "has none"},
	/* ~else, NULL and the empty text */
	{"<{name}>", TEXT(NULL), "<?>"},
	{"<{name}>", TEXT(""), "<>"},
	{"<{name:3}>", TEXT(""), "<   >"},
	{"<{name~none}>", TEXT(NULL), "<none>"},
	{"<{name~none}>", TEXT(""), "<none>"},
	{"<{name~none}>", TEXT("x"), "<x>"},
	{"<{name~}>", TEXT(NULL), "<>"},
	{"<{name:-6~none}>", TEXT(NULL), "<none  >"},
	{"<{node:6}>", TEXT(NULL), "<     ?>"},
	{"<{node:6~-}>", TEXT(NULL), "<     ->"},
	{"<{node~-}>", INT(0), "<0>"},
	{"<{start:08x~unknown}>", TEXT(NULL), "< unknown>"},
	{"<{bytes:-3S}>", TEXT(NULL), "<?  >"},
	/* ! */
	{"<{node!}>", INT(1), "<>"},
	{"<{node:6!}>", INT(1), "<>"},
	{"<{name~none!}>", TEXT(NULL), "<>"},
	/* {:spec} */
	{"<{:}>", INT(-5), "<-5>"},
	{"<{:5}>", TEXT("ab"), "<   ab>"},
	{"<{:#x}>", NUM(255), "<0xff>"},
	{"<{:~none}>", TEXT(""), "<none>"},
	/* {{, and letters that mean something inside a field only */
	{"{{{node}}", INT(1), "{1}"},
	{"{{node} {{{{ {node}", INT(1), "{node} {{ 1"},
	{"}:~!=?| {node}\n", INT(1), "}:~!=?| 1\n"},
};

static void fields_are_printed_as_they_say(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++) {
		struct emit e = new_emit(EMIT_TEXT);

		emit_put_values(&e, fields[i].template, 1, &fields[i].value);
		if (strcmp(paper.text, fields[i].text))
			fail_msg("`%s` gave `%s`, not `%s`", fields[i].template, paper.text,
				 fields[i].text);
	}
}

/* The structure has the value itself, whatever the text makes of it. */
static void the_structure_has_plain_values(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	emit_object(&e, NULL);
	emit_put(&e, "{{ {pages=free:-8} {bytes:6S} {size:K} {start:#018x} {name:.1~none} }}\n",
		 512, 2 * MiB, 1024, 0xfee00000, "DMA");
	emit_put(&e, "{enabled?yes|no} {user?, user} {node!} {:8} {owner~none} {flags~none}\n", 7,
		 0, -1, "text only", "", (const char *)NULL);
	emit_end(&e);
	assert_string_equal(paper.text,
			    "{\"pages\": 512, \"bytes\": 2097152, \"size\": 1024, \"start\": "
			    "\"0xfee00000\", \"name\": \"DMA\", \"enabled\": true, \"user\": "
			    "false, \"node\": -1, \"owner\": \"\", \"flags\": null}\n");
}

static void text_of_a_field_is_cut_visibly(void **state)
{
	struct emit e = new_emit(EMIT_TEXT);
	char line[600];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	emit_put(&e, "{text}\n", line);
	assert_int_equal(paper.len, 512);
	assert_string_equal(paper.text + 500, "xxxxxxxx...\n");
	e = new_emit(EMIT_TEXT);
	emit_put(&e, "{text:.510}\n", line); /* just fits */
	assert_string_equal(paper.text + 508, "xx\n");
}

/* ---- values ------------------------------------------------------------------------------ */

enum colour { RED, GREEN };

static void values_are_what_c_says_they_are(void **state)
{
	struct emit e = new_emit(EMIT_TEXT);
	char array[4] = "abc";
	const void *nowhere = NULL;

	(void)state;
	emit_put(&e, "{:} {:} {:} {:} ", (s8)-1, (s16)-1, -1, -1L);
	emit_put(&e, "{:} {:} {:} {:} ", (u8)255, (u16)65535, ~0u, ~0ULL);
	emit_put(&e, "{:} {:} {:} {:} ", true, GREEN, (size_t)3, -1LL);
	emit_put(&e, "{:} {:} {:} {:#x} {:#x}", array, "text", (const char *)array, (void *)0x10,
		 nowhere);
	assert_string_equal(paper.text, "-1 -1 -1 -1 255 65535 4294967295 18446744073709551615 "
					"1 1 3 -1 abc text abc 0x10 0");
}

#define TEN "{:} {:} {:} {:} {:} {:} {:} {:} {:} {:} "

static void there_may_be_20_values_or_none(void **state)
{
	struct emit e = new_emit(EMIT_TEXT);

	(void)state;
	emit_put(&e, "no field, ");
	emit_put(&e, TEN TEN, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "a", "b", "c", "d", "e", "f", "g", "h",
		 "i", "j");
	assert_string_equal(paper.text, "no field, 1 2 3 4 5 6 7 8 9 10 a b c d e f g h i j ");
}

static void each_field_has_one_value(void **state)
{
	static const enum emit_format formats[] = {EMIT_TEXT, EMIT_JSON, EMIT_CSV};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(formats); i++) {
		struct emit e = new_emit(formats[i]);

		emit_list(&e, NULL);
		expect_assert_failure(emit_put(&e, "{node}"));
		expect_assert_failure(emit_put(&e, "{node} {name} {:}", 1, "x"));
		expect_assert_failure(emit_put(&e, "{node!}"));
		expect_assert_failure(emit_put(&e, "no field", 1));
		expect_assert_failure(emit_put(&e, "{node}", 1, 2));
		expect_assert_failure(emit_put(&e, "{{node}", 1));
		expect_assert_failure(emit_row(&e, "{node} {name}\n", 1));
		expect_assert_failure(emit_row(&e, "{node} {name}\n", 1, "x", 2));
	}
}

/* ---- what is no template ----------------------------------------------------------------- */

static const char *const malformed[] = {
	"{",
	"{node",
	"{node:5",
	"{node=label",
	"{enabled?yes",
	"{enabled?yes|",
	"{node~else",
	"{node!",
	"{node!:5}",
	"{node!~else}",
	"{node:d}",
	"{node:lu}",
	"{node:*}",
	"{node:%}",
	"{node:x5}",
	"{node:xK}",
	"{name:s}",
	"{node:5-}",
	"{node:5.3.1}",
	"{node:-+ #0123456.7}",
};

static void is_malformed(const char *template, enum emit_format format)
{
	const struct emit_value value = emit_value_num(1);
	struct emit e = new_emit(format);

	expect_assert_failure(emit_put_values(&e, template, 1, &value));
}

/* Expect: every writer sees it, not only the one that would print nonsense. */
static void malformed_templates_are_assertions(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(malformed); i++) {
		is_malformed(malformed[i], EMIT_TEXT);
		is_malformed(malformed[i], EMIT_JSON);
	}
}

/* Labels, and what stands for nothing, have 31 letters at most: longer ones would be cut. */
static void labels_and_else_are_short(void **state)
{
#define LETTERS_31 "0123456789012345678901234567890"
	struct emit e = new_emit(EMIT_TEXT);

	(void)state;
	emit_put(&e, "{name=" LETTERS_31 "~" LETTERS_31 "}\n", "");
	emit_table(&e, NULL, "{name=" LETTERS_31 "}\n");
	assert_string_equal(paper.text, LETTERS_31 "\n" LETTERS_31 "\n");
	expect_assert_failure(emit_put(&e, "{name=" LETTERS_31 "1}", ""));
	expect_assert_failure(emit_put(&e, "{name~" LETTERS_31 "1}", ""));
#undef LETTERS_31
}

/* ---- tables ------------------------------------------------------------------------------ */

/* Labels are as wide as their columns; letters between them become blanks. A truth has no width. */
static void a_table_begins_with_labels(void **state)
{
#define ROW                                                                                        \
	"{node=NODE:4} {name:-8}|{start=from:#012x}-{end:012x} ({size:6S}) {pages!}"               \
	"{enabled?on|off}{:3} {zone=Z}\n"
	struct emit e = new_emit(EMIT_TEXT);

	(void)state;
	emit_table(&e, NULL, ROW);
	emit_row(&e, ROW, 0, "DMA", 0x1000, 0x9ffff, 636 * KiB, 159, true, 7, "x");
	emit_end(&e);
	assert_string_equal(paper.text,
			    "NODE name             from          end    size      Z\n"
			    "   0 DMA     |0x0000001000-00000009ffff (  636K) on  7 x\n");
	e = new_emit(EMIT_TEXT);
	emit_table(&e, NULL, "{pages=a wide label:3}{{{order}\nover {node:+4} two lines\n");
	assert_string_equal(paper.text, "a wide label order\n     node          \n");
#undef ROW
}

/* ---- a reader that stops ----------------------------------------------------------------- */

/* Expect: what comes after the refusal is not even read. */
static void a_reader_may_stop_in_the_middle(void **state)
{
	struct emit e = new_emit(EMIT_TEXT);
	u32 writes;

	(void)state;
	paper.limit = strlen("node 1, ");
	emit_put(&e, "node {node}, zone {name}, {broken", 1);
	assert_string_equal(paper.text, "node 1");
	assert_true(emit_stopped(&e));
	writes = paper.nr_writes;
	emit_put(&e, "node {node}\n", 1, 2, 3);
	assert_int_equal(paper.nr_writes, writes);
	e = new_emit(EMIT_JSON);
	emit_object(&e, NULL);
	paper.limit = strlen("{\"node\": 1, ");
	emit_put(&e, "{node} {name} {broken", 1, "x");
	assert_string_equal(paper.text, "{\"node\": 1, ");
	emit_close(&e);
	assert_int_equal(e.depth, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_printed_as_they_say),
		cmocka_unit_test(the_structure_has_plain_values),
		cmocka_unit_test(text_of_a_field_is_cut_visibly),
		cmocka_unit_test(values_are_what_c_says_they_are),
		cmocka_unit_test(there_may_be_20_values_or_none),
		cmocka_unit_test(each_field_has_one_value),
		cmocka_unit_test(malformed_templates_are_assertions),
		cmocka_unit_test(labels_and_else_are_short),
		cmocka_unit_test(a_table_begins_with_labels),
		cmocka_unit_test(a_reader_may_stop_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
