/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The table of keys. */
#include "emit_fixture.h"
#include "ui/emit_keys.h"
#include "ui/emit_schema.h"

static void names_are_sorted_and_unique(void **state)
{
	(void)state;
	assert_true(emit_nr_keys > 100);
	for (u32 i = 1; i < emit_nr_keys; i++) {
		if (strcmp(emit_keys[i - 1].name, emit_keys[i].name) >= 0)
			fail_msg("%s before %s", emit_keys[i - 1].name, emit_keys[i].name);
	}
}

static void names_are_small_letters(void **state)
{
	(void)state;
	for (u32 i = 0; i < emit_nr_keys; i++) {
		const char *name = emit_keys[i].name;
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
		"",	   "1/100",	  "CPUs",    "KiB",	 "accesses",	"bits",
		"blocks",  "bytes",	  "caches",  "calls",	 "descriptors", "entries",
		"frees",   "levels",	  "nodes",   "objects",	 "pageblocks",	"pages",
		"percent", "registers",	  "seconds", "sections", "slabs",	"steps",
		"tables",  "thousandths", "ticks",   "zones",
	};

	(void)state;
	for (u32 i = 0; i < emit_nr_keys; i++) {
		const struct emit_key *key = &emit_keys[i];
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

/* Printable ASCII on a line of keys.c of about 100 columns. */
static void texts_are_one_line_without_a_full_stop(void **state)
{
	(void)state;
	for (u32 i = 0; i < emit_nr_keys; i++) {
		const struct emit_key *key = &emit_keys[i];
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

	(void)state;
	for (u32 type = 0; type < ARRAY_SIZE(names); type++)
		assert_string_equal(emit_type_name((enum emit_type)type), names[type]);
	for (u32 i = 0; i < emit_nr_keys; i++)
		assert_true(emit_keys[i].type < ARRAY_SIZE(names));
}

/* ---- look-up ----------------------------------------------------------------------------- */

static const struct emit_key *naive_find(const char *name, size_t len)
{
	for (u32 i = 0; i < emit_nr_keys; i++) {
		if (strlen(emit_keys[i].name) == len && !memcmp(emit_keys[i].name, name, len))
			return &emit_keys[i];
	}
	return NULL;
}

/* Each name, all that it begins with, and one letter more; whatever stands after the name. */
static void each_name_is_found_and_no_part_of_one(void **state)
{
	(void)state;
	for (u32 i = 0; i < emit_nr_keys; i++) {
		char name[EMIT_SCHEMA_NAME + 2];
		u32 len = (u32)strlen(emit_keys[i].name);

		snprintf(name, sizeof(name), "%s_", emit_keys[i].name);
		assert_ptr_equal(emit_key_find(name, len), &emit_keys[i]);
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
		cmocka_unit_test(names_are_sorted_and_unique),
		cmocka_unit_test(names_are_small_letters),
		cmocka_unit_test(units_are_known),
		cmocka_unit_test(texts_are_one_line_without_a_full_stop),
		cmocka_unit_test(types_have_names),
		cmocka_unit_test(each_name_is_found_and_no_part_of_one),
		cmocka_unit_test(other_names_are_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
