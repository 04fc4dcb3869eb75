/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Search expressions: what each term means, and what is wrong with others. */
#include "pgtable/pt_fixture.h"

#include "ui/search.h"

static struct search s;
static char err[160];

static void type_of(void *ctx, const struct pgtable *tree, const struct pt_entry *e, char *buf,
		    size_t size)
{
	(void)ctx;
	(void)tree;
	fmt_print(buf, size, "%s", e->val & PTE_PCD ? "UC" : "WB");
}

static void owner_of(void *ctx, phys_addr_t pa, char *buf, size_t size)
{
	(void)ctx;
	fmt_print(buf, size, "%s", pa >= GiB ? "DxeCore .text" : "Available");
}

static const struct search_env env = {.pt = &pt, .memtype = type_of, .owner = owner_of};

/* A page of 2 MiB at 1 GiB: supervisor rw-, its own entry says rwx; accessed, not dirty. */
static const struct pt_entry page = {.va = 0xffff888000200000,
				     .val = 0x40200000 | PTE_P | PTE_RW | PTE_PS | PTE_A | PTE_G,
				     .phys = 0x40200000,
				     .nr = 1,
				     .level = 1,
				     .present = true,
				     .leaf = true,
				     .own = PTR_SR | PTR_SW | PTR_SX,
				     .rights = PTR_SR | PTR_SW};

static bool matches(const char *text)
{
	assert_int_equal(search_parse(&s, text, err, sizeof(err)), 0);
	return search_match(&s, &env, &page);
}

static void terms_mean_what_they_say(void **state)
{
	static const char *const yes[] = {
		"",
		"w",
		"r",
		"!x",
		"nx",
		"own:x",
		"own:w+x",
		"!w+x",
		"!u",
		"!ro",
		"2m",
		">=2m",
		"<=1g",
		"!4k",
		"wb",
		"!uc",
		"a",
		"!d",
		"g",
		"!bad",
		"@dxe",
		"@.text",
		"pa=40200000",
		"pa=403fffff",
		"pa=40000000-40200001",
		"va=ffff888000200000",
		"  w   nx ",
		"va=ffff888000300000-ffff888000300001",
		"w nx 2m wb a !d g @core",
	};
	static const char *const no[] = {
		"x",  "w+x", "u",   "ro",  "4k",  "1g",		 "<=4k",	  "uc",	  "d",
		"!a", "bad", "!@d", "@zz", "w x", "pa=40400000", "pa=0-40200000", "va=0",
	};

	(void)state;
	make(4, 2);
	for (u32 i = 0; i < ARRAY_SIZE(yes); i++) {
		if (!matches(yes[i]))
			fail_msg("`%s` should match", yes[i]);
	}
	for (u32 i = 0; i < ARRAY_SIZE(no); i++) {
		if (matches(no[i]))
			fail_msg("`%s` should not match", no[i]);
	}
}

static void only_pages_match_unless_bad_is_asked_for(void **state)
{
	struct pt_entry bad = page, table = page, absent = page;

	(void)state;
	make(4, 2);
	bad.wrong = PT_RESERVED;
	table.leaf = false;
	absent.present = absent.leaf = false;
	assert_int_equal(search_parse(&s, "", err, sizeof(err)), 0);
	assert_false(search_match(&s, &env, &bad));
	assert_false(search_match(&s, &env, &table));
	assert_false(search_match(&s, &env, &absent));
	assert_int_equal(search_parse(&s, "bad", err, sizeof(err)), 0);
	assert_true(search_match(&s, &env, &bad));
	assert_false(search_match(&s, &env, &page));
}

/* A visit of many pages matches by addresses of all of them. */
static void spans_match_by_any_address(void **state)
{
	struct pt_entry span = page;

	(void)state;
	make(4, 2);
	span.nr = 100;
	assert_int_equal(search_parse(&s, "pa=40200000", err, sizeof(err)), 0);
	assert_true(search_match(&s, &env, &span));
	assert_int_equal(search_parse(&s, "pa=4ca00000-4ca00001", err, sizeof(err)), 0);
	assert_false(search_match(&s, &env, &span));
	assert_int_equal(search_parse(&s, "pa=4c9fffff", err, sizeof(err)), 0);
	assert_true(search_match(&s, &env, &span));
}

static void mistakes_are_named_with_their_place(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"foo", "column 1: foo:"},
		{"w  bar", "column 4: bar:"},
		{"pa=", "column 1: pa=:"},
		{"pa=12z", "column 1: pa=12z:"},
		{"pa=5-4", "column 1: pa=5-4:"},
		{"@", "column 1: @: write a part"},
		{"own:2m", "own:2m: rights"},
		{"own:a", "only rights"},
		{"!", "column 1: !:"},
		{">=", "column 1: >=:"},
		{"1 1 1 1 1 1 1 1 1 1 1 1 1", "too many"},
	};

	(void)state;
	assert_int_equal(search_parse(&s, "w", err, sizeof(err)), 0);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(search_parse(&s, rows[i].text, err, sizeof(err)), -EINVAL);
		if (!strstr(err, rows[i].want))
			fail_msg("`%s`: %s", rows[i].text, err);
		assert_int_equal(s.nr, 1); /* what was there stays */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_mean_what_they_say),
		cmocka_unit_test(only_pages_match_unless_bad_is_asked_for),
		cmocka_unit_test(spans_match_by_any_address),
		cmocka_unit_test(mistakes_are_named_with_their_place),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
