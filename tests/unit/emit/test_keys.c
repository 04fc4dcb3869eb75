/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The table of keys. */
#include "emit_fixture.h"
#include "ui/emit_keys.h"
#include "ui/emit_schema.h"

static bool is_number(const struct emit_key *key)
{
	return key->type == EMIT_NUM || key->type == EMIT_INT || key->type == EMIT_HEX;
}

/* In each of the two tables; that no name is in both, the look-up of each shows. */
static void names_are_sorted_numbers_first(void **state)
{
	const struct emit_key *before = emit_key_at(0), *key;
	u32 i;

	(void)state;
	for (i = 1; (key = emit_key_at(i)); before = key, i++) {
		if (is_number(before) == is_number(key) && strcmp(before->name, key->name) >= 0)
			fail_msg("%s before %s", before->name, key->name);
		if (!is_number(before) && is_number(key))
			fail_msg("%s is a number, and in the table of words", key->name);
	}
	assert_true(i > 100);
	assert_null(emit_key_at(i));
	assert_null(emit_key_at(i + 1));
}

static void names_are_small_letters(void **state)
{
	const struct emit_key *key;

	(void)state;
	for (u32 i = 0; (key = emit_key_at(i)); i++) {
		const char *name = key->name;
		size_t len = strlen(name);

		if (!len || len >= EMIT_SCHEMA_NAME ||
		    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
			fail_msg("`%s` is no name", name);
	}
}

/* Only numbers have a unit. */
static void units_are_known(void **state)
{
	static const char *const units[] = {
		"",	   "1/100",   "1/100 ticks", "CPUs",	"KiB",	    "accesses",
		"bits",	   "blocks",  "bytes",	     "caches",	"calls",    "descriptors",
		"entries", "frees",   "levels",	     "nodes",	"objects",  "pageblocks",
		"pages",   "percent", "registers",   "seconds", "sections", "slabs",
		"steps",   "tables",  "thousandths", "ticks",	"zones",
	};
	const struct emit_key *key;

	(void)state;
	for (u32 i = 0; (key = emit_key_at(i)); i++) {
		u32 u = 0;

		while (u < ARRAY_SIZE(units) && strcmp(units[u], key->unit))
			u++;
		if (u == ARRAY_SIZE(units))
			fail_msg("%s: unit `%s` is new: is there none of the known?", key->name,
				 key->unit);
		if (key->unit[0] && key->type != EMIT_NUM && key->type != EMIT_INT)
			fail_msg("%s is no number", key->name);
	}
}

/* Printable ASCII on a line of the tables of about 100 columns. */
static void texts_are_one_line_without_a_full_stop(void **state)
{
	const struct emit_key *key;

	(void)state;
	for (u32 i = 0; (key = emit_key_at(i)); i++) {
		size_t len = strlen(key->text);

		if (!len || key->text[len - 1] == '.' || key->text[len - 1] == ' ' ||
		    key->text[0] == ' ')
			fail_msg("%s: `%s` is no text", key->name, key->text);
		for (size_t k = 0; k < len; k++)
			assert_in_range(key->text[k], ' ', '~');
		if (strlen(key->name) + strlen(key->unit) + len > 80)
			fail_msg("%s: `%s` is too long", key->name, key->text);
	}
}

static void types_have_names(void **state)
{
	static const char *const names[] = {
		[EMIT_NUM] = "integer", [EMIT_INT] = "integer",	 [EMIT_HEX] = "string",
		[EMIT_STR] = "string",	[EMIT_BOOL] = "boolean", [EMIT_OBJECT] = "object",
		[EMIT_LIST] = "array",
	};
	const struct emit_key *key;

	(void)state;
	for (u32 type = 0; type < ARRAY_SIZE(names); type++)
		assert_string_equal(emit_type_name((enum emit_type)type), names[type]);
	for (u32 i = 0; (key = emit_key_at(i)); i++)
		assert_true(key->type < ARRAY_SIZE(names));
}

/* ---- look-up ----------------------------------------------------------------------------- */

static const struct emit_key *naive_find(const char *name, size_t len)
{
	const struct emit_key *key;

	for (u32 i = 0; (key = emit_key_at(i)); i++) {
		if (strlen(key->name) == len && !memcmp(key->name, name, len))
			return key;
	}
	return NULL;
}

/* Each name, all that it begins with, and one letter more; whatever stands after the name. */
static void each_name_is_found_and_no_part_of_one(void **state)
{
	const struct emit_key *key;

	(void)state;
	for (u32 i = 0; (key = emit_key_at(i)); i++) {
		char name[EMIT_SCHEMA_NAME + 2];
		u32 len = (u32)strlen(key->name);

		snprintf(name, sizeof(name), "%s_", key->name);
		assert_ptr_equal(emit_key_find(name, len), key);
		assert_null(emit_key_find(name, len + 1));
		for (u32 part = 0; part < len; part++)
			assert_ptr_equal(emit_key_find(name, part), naive_find(name, part));
	}
}

static void other_names_are_not_found(void **state)
{
	static const char *const others[] = {"",    "0", "A",	 "Node",   "node ",
					     "zzz", "~", "\xff", "no_such"};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(others); i++)
		assert_null(emit_key_find(others[i], (u32)strlen(others[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_sorted_numbers_first),
		cmocka_unit_test(names_are_small_letters),
		cmocka_unit_test(units_are_known),
		cmocka_unit_test(texts_are_one_line_without_a_full_stop),
		cmocka_unit_test(types_have_names),
		cmocka_unit_test(each_name_is_found_and_no_part_of_one),
		cmocka_unit_test(other_names_are_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
