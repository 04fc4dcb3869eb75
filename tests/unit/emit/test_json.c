/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The JSON writer. */
#include "emit_fixture.h"
#include "json_reader.h"

/* One object of a list per line; numbers whole; addresses as strings. */
static void a_view_is_as_expected(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	zones_view(&e);
	assert_string_equal(
		paper.text,
		"[{\"name\": \"DMA\", \"spanned\": 4095, \"start\": \"0x1000\", \"enabled\": "
		"false, \"nr_free\": [0, 0, 0], \"owner\": null},\n"
		"{\"name\": \"DMA32\", \"spanned\": 4096, \"start\": \"0x2000\", \"enabled\": "
		"true, \"nr_free\": [0, 1, 2], \"owner\": null}]\n");
	assert_true(is_json(paper.text));
}

static void a_table_is_a_list_of_objects(void **state)
{
	struct emit e = new_emit(EMIT_JSON);

	(void)state;
	emit_object(&e, NULL);
	emit_table(&e, "zones", "{node=NODE:4} {zone}\n");
	emit_row(&e, "{node=NODE:4} {zone}\n", -1, "DMA");
	emit_row(&e, "{node=NODE:4} {zone}\n", 0, "Normal");
	emit_end(&e);
	emit_table(&e, "rows", "{node}\n");
	emit_end(&e);
	emit_end(&e);
	assert_string_equal(paper.text, "{\"zones\": [{\"node\": -1, \"zone\": \"DMA\"},\n"
					"{\"node\": 0, \"zone\": \"Normal\"}], \"rows\": []}\n");
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
	emit_field(&e, "owner", (const char *)NULL);
	assert_string_equal(paper.text, "[]\n{}\n5\n\"x\"\ntrue\nnull\n");
}

/* A text is whole in JSON, however long it is. */
static void long_strings_are_whole(void **state)
{
	struct emit e = new_emit(EMIT_JSON);
	char line[600];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	emit_put(&e, "{text:.3}\n", line);
	assert_int_equal(paper.len, 599 + 3);
}

static void the_reader_sees_what_is_wrong(void **state)
{
	static const char *const wrong[] = {
		"",
		"{}",
		"[1,]\n",
		"[1 2]\n",
		"{\"a\" 1}\n",
		"{\"a\": }\n",
		"{1: 2}\n",
		"[\"\\x\"]\n",
		"[\"\x7f\"]\n",
		"[-]\n",
		"[nul]\n",
		"[]\n[]\n",
		"[\"\\u12g4\"]\n",
		"[\"a]\n",
		"[1}\n",
	};

	(void)state;
	assert_true(is_json("{\"a\": [-1, \"\\u00e9\\\"\", null], \"b\": {}}\n"));
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(is_json(wrong[i]));
}

static void any_events_make_json(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 2000; round++) {
		struct emit e = new_emit(EMIT_JSON);

		emit_list(&e, NULL);
		random_events(&e, &p, NULL, NULL);
		emit_close(&e);
		if (!is_json(paper.text))
			fail_msg("seed %d round %d: not JSON: %s", SEED, round, paper.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_view_is_as_expected),
		cmocka_unit_test(a_table_is_a_list_of_objects),
		cmocka_unit_test(numbers_are_whole_64_bits),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(empty_and_outermost_values),
		cmocka_unit_test(long_strings_are_whole),
		cmocka_unit_test(the_reader_sees_what_is_wrong),
		cmocka_unit_test(any_events_make_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
