/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The schema writer: what it shows of views, and that their JSON is as it says. */
#include "emit_fixture.h"
#include "json_reader.h"
#include "ui/emit_schema.h"

static struct emit_schema schema;
static char shown[sizeof(paper.text)];

static int reset(void **state)
{
	(void)state;
	emit_schema_init(&schema);
	return 0;
}

/* The schema as it is now, in `shown`. */
static const char *show(const char *title)
{
	struct emit e = new_emit(EMIT_JSON);

	emit_schema_show(&schema, title, &e);
	assert_int_equal(e.depth, 0);
	assert_true(is_json(paper.text));
	strcpy(shown, paper.text);
	return shown;
}

static void watch(void (*view)(struct emit *e))
{
	struct emit e;

	emit_schema_watch(&e, &schema);
	view(&e);
	assert_int_equal(e.depth, 0);
}

#define HEAD "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"title\": "

/* ---- what is shown ----------------------------------------------------------------------- */

static void one_object(struct emit *e)
{
	emit_text(e, "Not in the structure: %d\n", 1);
	emit_object(e, NULL);
	emit_put(e,
		 "{name} has {pages:8} pages from {start:#x}, {:}, {fragmentation}{user?, user}\n",
		 "DMA", 1, 0x1000, 5, -1, true);
	emit_counter(e, "pgfault", 7);
	emit_counter(e, "area", 7); /* Linux's name, not our key for an address */
	emit_end(e);
}

/* Expect: type, meaning and unit of each field; a counter has its type only. */
static void fields_have_types_and_meanings(void **state)
{
	(void)state;
	watch(one_object);
	assert_string_equal(
		show("one"),
		HEAD "\"one\", \"type\": \"object\", \"properties\": {"
		     "\"name\": {\"type\": \"string\", \"description\": \"a name\"}, "
		     "\"pages\": {\"type\": \"integer\", \"minimum\": 0, "
		     "\"description\": \"a number of pages\", \"unit\": \"pages\"}, "
		     "\"start\": {\"type\": \"string\", \"pattern\": \"^0x[0-9a-f]+$\", "
		     "\"description\": \"first address of a range\"}, "
		     "\"fragmentation\": {\"type\": \"integer\", \"description\": "
		     "\"Linux's index for an order; -1000: not fragmented\", "
		     "\"unit\": \"thousandths\"}, "
		     "\"user\": {\"type\": \"boolean\", \"description\": \"user code may\"}, "
		     "\"pgfault\": {\"type\": \"integer\", \"minimum\": 0}, "
		     "\"area\": {\"type\": \"integer\", \"minimum\": 0}}}\n");
}

static void first_run(struct emit *e)
{
	emit_object(e, NULL);
	emit_field(e, "pages", 1);
	emit_list(e, "zones");
	emit_row(e, "{zone} {pages}\n", "DMA", 1);
	emit_row(e, "{zone} {pages}\n", (const char *)NULL, 2);
	emit_end(e);
	emit_end(e);
}

static void second_run(struct emit *e)
{
	emit_object(e, NULL);
	emit_field(e, "pages", (const char *)NULL);
	emit_table(e, "zones", "{zone} {user}\n");
	emit_row(e, "{zone} {user}\n", "DMA", true);
	emit_end(e);
	emit_object(e, "page");
	emit_field(e, "order", 3);
	emit_end(e);
	emit_end(e);
}

#define BOTH_RUNS                                                                                  \
	"\"type\": \"object\", \"properties\": {"                                                  \
	"\"pages\": {\"type\": [\"integer\", \"null\"], \"minimum\": 0, "                          \
	"\"description\": \"a number of pages\", \"unit\": \"pages\"}, "                           \
	"\"zones\": {\"type\": \"array\", \"description\": \"zones\", "                            \
	"\"items\": {\"type\": \"object\", \"properties\": {"                                      \
	"\"zone\": {\"type\": [\"string\", \"null\"], \"description\": \"name of a zone\"}, "      \
	"\"pages\": {\"type\": \"integer\", \"minimum\": 0, "                                      \
	"\"description\": \"a number of pages\", \"unit\": \"pages\"}, "                           \
	"\"user\": {\"type\": \"boolean\", \"description\": \"user code may\"}}}}, "               \
	"\"page\": {\"type\": \"object\", \"description\": \"the struct page of an address\", "    \
	"\"properties\": {\"order\": {\"type\": \"integer\", \"minimum\": 0, "                     \
	"\"description\": \"a block has 2^order pages\"}}}}"

/* Expect: members of both runs, each once; null where one run had it. */
static void runs_are_put_together(void **state)
{
	(void)state;
	watch(first_run);
	watch(second_run);
	assert_string_equal(show("both"), HEAD "\"both\", " BOTH_RUNS "}\n");
	watch(first_run);
	watch(second_run);
	assert_string_equal(show("both"), HEAD "\"both\", " BOTH_RUNS "}\n");
	emit_schema_init(&schema);
	assert_string_equal(show("none"), HEAD "\"none\"}\n");
}

static void lists_in_lists(struct emit *e)
{
	emit_list(e, NULL);
	for (u32 i = 0; i < 2; i++) {
		emit_list(e, "ignored");
		emit_put(e, "{distance:4}", 10 + i);
		emit_end(e);
	}
	emit_list(e, NULL);
	emit_end(e);
	emit_end(e);
}

/* An element of a list keeps its key: it says the type and the meaning. */
static void elements_are_described(void **state)
{
	(void)state;
	watch(lists_in_lists);
	assert_string_equal(show("lists"),
			    HEAD "\"lists\", \"type\": \"array\", \"items\": {\"type\": \"array\", "
				 "\"items\": {\"type\": \"integer\", \"minimum\": 0, "
				 "\"description\": \"distance between two nodes, 10 for a node to "
				 "itself\"}}}\n");
}

static void mixed_list(struct emit *e)
{
	emit_list(e, NULL);
	emit_field(e, "nr", 1);
	emit_field(e, "error", (const char *)NULL);
	emit_row(e, "{node}\n", 1);
	emit_end(e);
}

static void several_kinds_are_a_choice(void **state)
{
	(void)state;
	watch(mixed_list);
	watch(second_run);
	assert_string_equal(
		show("mixed"),
		HEAD "\"mixed\", \"anyOf\": [{\"type\": \"array\", \"items\": {\"anyOf\": ["
		     "{\"type\": \"integer\", \"minimum\": 0, "
		     "\"description\": \"a place in an order, or a number of calls\"},\n"
		     "{\"type\": [\"string\", \"null\"], "
		     "\"description\": \"what went wrong\"},\n"
		     "{\"type\": \"object\", \"properties\": {\"node\": {\"type\": \"integer\", "
		     "\"description\": \"number of a NUMA node; -1: none\"}}}]}},\n"
		     "{\"type\": \"object\", \"properties\": {"
		     "\"pages\": {\"type\": [\"integer\", \"null\"], \"minimum\": 0, "
		     "\"description\": \"a number of pages\", \"unit\": \"pages\"}, "
		     "\"zones\": {\"type\": \"array\", \"description\": \"zones\", "
		     "\"items\": {\"type\": \"object\", \"properties\": {"
		     "\"zone\": {\"type\": \"string\", \"description\": \"name of a zone\"}, "
		     "\"user\": {\"type\": \"boolean\", \"description\": \"user code may\"}}}}, "
		     "\"page\": {\"type\": \"object\", \"description\": "
		     "\"the struct page of an address\", \"properties\": {\"order\": "
		     "{\"type\": \"integer\", \"minimum\": 0, \"description\": "
		     "\"a block has 2^order pages\"}}}}}]}\n");
}

/* A view that broke off leaves nothing open for the next one. */
static void a_view_may_break_off(void **state)
{
	struct emit e;

	(void)state;
	emit_schema_watch(&e, &schema);
	emit_object(&e, NULL);
	emit_list(&e, "zones");
	emit_object(&e, NULL);
	assert_true(emit_close(&e));
	watch(first_run);
	watch(second_run);
	assert_int_equal(schema.nr, 9);
}

static void too_many_fields_are_an_assertion(void **state)
{
	struct emit e;
	char name[16];

	(void)state;
	emit_schema_watch(&e, &schema);
	emit_object(&e, NULL);
	for (u32 i = 1; i < EMIT_SCHEMA_NODES; i++) {
		snprintf(name, sizeof(name), "counter%u", i);
		emit_counter(&e, name, i);
	}
	emit_counter(&e, "counter1", 1);
	expect_assert_failure(emit_counter(&e, "one_more", 1));
}

/* A name that would be cut could not be found again. */
static void too_long_names_are_an_assertion(void **state)
{
	static const char name[] = "a_name_of_a_counter_with_forty_letters__";
	struct emit e;

	(void)state;
	assert_int_equal(strlen(name), EMIT_SCHEMA_NAME);
	emit_schema_watch(&e, &schema);
	emit_object(&e, NULL);
	emit_counter(&e, name + 1, 1);
	emit_counter(&e, name + 1, 1);
	assert_int_equal(schema.nr, 2);
	expect_assert_failure(emit_counter(&e, name, 1));
}

/* ---- all keys ---------------------------------------------------------------------------- */

static void keys_are_shown_as_definitions(void **state)
{
	struct emit e = new_emit(EMIT_JSON);
	struct json_item item;
	const char *defs;
	u32 nr = 0;

	(void)state;
	emit_schema_keys(&e);
	assert_true(is_json(paper.text));
	defs = json_member(paper.text, "$defs");
	assert_non_null(defs);
	while (json_next(&defs, &item)) {
		const struct emit_key *key = emit_key_at(nr++);
		const char *unit = json_member(item.value, "unit");

		assert_non_null(key);
		assert_true(json_is(item.name, key->name));
		assert_true(json_is(json_member(item.value, "type"), emit_type_name(key->type)));
		assert_true(json_is(json_member(item.value, "description"), key->text));
		assert_true(unit ? json_is(unit, key->unit) : !key->unit[0]);
	}
	assert_null(emit_key_at(nr));
}

/* ---- JSON of a view is as its schema says ------------------------------------------------ */

static bool has_type(const char *type, const char *value)
{
	static const struct {
		const char *name, *first;
	} types[] = {{"object", "{"},  {"array", "["},
		     {"string", "\""}, {"integer", "-0123456789"},
		     {"null", "n"},    {"boolean", "tf"}};

	for (u32 i = 0; i < ARRAY_SIZE(types); i++) {
		if (json_is(type, types[i].name))
			return strchr(types[i].first, *value);
	}
	return false;
}

static bool has_types(const char *type, const char *value)
{
	struct json_item item;

	if (*type != '[')
		return has_type(type, value);
	while (json_next(&type, &item)) {
		if (has_type(item.value, value))
			return true;
	}
	return false;
}

/* "0x..." for the one pattern that there is; not negative for the one minimum. */
static bool is_in_range(const char *described, const char *value)
{
	const char *minimum = json_member(described, "minimum");
	size_t digits;

	if (minimum && *minimum == '0' && *value == '-')
		return false;
	if (!json_member(described, "pattern") || *value != '"')
		return true;
	digits = strncmp(value, "\"0x", 3) ? 0 : strspn(value + 3, "0123456789abcdef");
	return digits && value[3 + digits] == '"';
}

static bool is_valid(const char *described, const char *value);

static bool is_any_of(const char *choices, const char *value)
{
	struct json_item item;

	while (json_next(&choices, &item)) {
		if (is_valid(item.value, value))
			return true;
	}
	return false;
}

/* More than JSON Schema asks for: members that are not described are wrong. */
static bool are_members_valid(const char *properties, const char *object)
{
	struct json_item item;

	while (json_next(&object, &item)) {
		char name[EMIT_SCHEMA_NAME];
		const char *member;

		snprintf(name, (size_t)(skip_string(item.name) - item.name) - 1, "%s",
			 item.name + 1);
		member = json_member(properties, name);
		if (!member || !is_valid(member, item.value))
			return false;
	}
	return true;
}

static bool are_elements_valid(const char *items, const char *list)
{
	struct json_item item;

	while (json_next(&list, &item)) {
		if (!items || !is_valid(items, item.value))
			return false;
	}
	return true;
}

static bool is_valid(const char *described, const char *value)
{
	const char *choices = json_member(described, "anyOf");
	const char *type = json_member(described, "type");

	if (choices)
		return is_any_of(choices, value);
	if (!type || !has_types(type, value) || !is_in_range(described, value))
		return false;
	if (*value == '{')
		return are_members_valid(json_member(described, "properties"), value);
	return *value != '[' || are_elements_valid(json_member(described, "items"), value);
}

static const char *json_of(void (*view)(struct emit *e))
{
	struct emit e = new_emit(EMIT_JSON);

	view(&e);
	assert_true(is_json(paper.text));
	return paper.text;
}

static void (*const views[])(struct emit *e) = {zones_view, one_object,	    first_run,
						second_run, lists_in_lists, mixed_list};

/* Each view alone: its own JSON is valid, that of others is not. */
static void json_is_valid(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(views); i++) {
		emit_schema_init(&schema);
		watch(views[i]);
		show("a view");
		for (u32 k = 0; k < ARRAY_SIZE(views); k++) {
			if (is_valid(shown, json_of(views[k])) != (i == k))
				fail_msg("view %u by the schema of %u: %s\n%s", k, i, paper.text,
					 shown);
		}
	}
}

static void wrong_json_is_not_valid(void **state)
{
	static const char *const wrong[] = {
		"{\"pages\": -1}",
		"{\"pages\": \"1\"}",
		"{\"pages\": null}",
		"{\"start\": \"1000\"}",
		"{\"start\": \"0x\"}",
		"{\"start\": \"0xg\"}",
		"{\"user\": 1}",
		"{\"other\": 1}",
		"{\"name\": {}}",
		"[]",
		"1",
	};

	(void)state;
	watch(one_object);
	show("one");
	assert_true(is_valid(shown, "{}"));
	assert_true(is_valid(shown, "{\"start\": \"0x1f\", \"fragmentation\": -1}"));
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(is_valid(shown, wrong[i]));
}

/* The same random events as JSON and for the schema, which has seen others before. */
static void json_of_any_events_is_valid(void **state)
{
	struct prng p, again;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 1000; round++) {
		struct emit e;

		if (round % 4 == 0)
			emit_schema_init(&schema);
		again = p;
		emit_schema_watch(&e, &schema);
		emit_object(&e, NULL);
		random_events(&e, &p, "page", "zones");
		emit_close(&e);
		show("random");
		e = new_emit(EMIT_JSON);
		emit_object(&e, NULL);
		random_events(&e, &again, "page", "zones");
		emit_close(&e);
		if (!is_valid(shown, paper.text))
			fail_msg("seed %d round %d: %s\n%s", SEED, round, paper.text, shown);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fields_have_types_and_meanings),
		TEST(runs_are_put_together),
		TEST(elements_are_described),
		TEST(several_kinds_are_a_choice),
		TEST(a_view_may_break_off),
		TEST(too_many_fields_are_an_assertion),
		TEST(too_long_names_are_an_assertion),
		TEST(keys_are_shown_as_definitions),
		TEST(json_is_valid),
		TEST(wrong_json_is_not_valid),
		TEST(json_of_any_events_is_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
