/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Every way in which a file of page tables can be wrong. */
#include "pt_image_fixture.h"

#define HEAD                                                                                       \
	"tablewalk tables 1\nformat x86-64-4\nlevels 4\nroot 0x1000\nphys-bits 46\nnx 1\n"         \
	"max-page 2\n"
#define TABLE HEAD "table 0x1000 3\n"

/* With a last line that is right. */
static int load_with_end(const char *text)
{
	static char whole[4096];
	size_t len = strlen(text);
	u32 nr = 0;

	for (const char *at = text; (at = strstr(at, "table 0x")); at++)
		nr += at == text || at[-1] == '\n';
	memcpy(whole, text, len);
	len += (size_t)fmt_print(whole + len, sizeof(whole) - len, "end %u tables 0x%016llx\n", nr,
				 hash64(text, len, HASH64_SEED));
	return load(whole, len);
}

static void assert_refused(const char *text, const char *why)
{
	if (load_with_end(text) != -EINVAL)
		fail_msg("not refused: %s", why);
	assert_string_equal(err, why);
}

static void wrong_heads_are_refused(void **state)
{
	(void)state;
	assert_int_equal(load_with_end(TABLE "# fine\n"), 0);
	assert_refused("tablewalk tables 2\n", "line 1: a version that is not known here: "
					       "tablewalk tables 2");
	assert_refused("hello\n", "line 1: not a file of saved tables (tablewalk tables 1)");
	assert_refused("tablewalk tables 1\nformat x87\n", "line 2: unknown format: x87");
	assert_refused(
		"tablewalk tables 1\nformat x86-64-5\nlevels 4\nroot 0x0\nphys-bits 0\nnx 0\n"
		"max-page 2\ntable 0x0 3\n",
		"line 8: the levels are not those of the format: x86-64-5");
	assert_refused("tablewalk tables 1\ntable 0x0 3\n",
		       "line 2: this must come before the tables: format");
	assert_refused(HEAD, "line 8: the root's table is missing");
	assert_refused(HEAD "nx 1\n", "line 8: there twice: nx");
	assert_refused("tablewalk tables 1\nformat sv39\nlevels 3\nroot 0x1000\nphys-bits 1\n",
		       "line 5: addresses have more bits: 1");
	assert_refused(HEAD "colour 1\n", "line 8: unknown record: colour");
	assert_refused(HEAD "pat 1\n", "line 8: not a hexadecimal number of 64 bits (0x...): 1");
	assert_refused(HEAD "pat\n", "line 8: must have one value: pat");
	assert_refused(HEAD "machine a\nmachine b\n", "line 9: there twice: machine b");
	assert_refused(HEAD "mtrr fixed 0 6\n", "line 8: `mtrr default` must come first");
	assert_refused(HEAD "mtrr default 6 1 1\nmtrr fixed 3-88 6\n",
		       "line 9: the number is too large: 88");
	assert_refused(HEAD "\n", "line 8: an empty line, or a blank too many");
	assert_refused(HEAD "a  b\n", "line 8: an empty line, or a blank too many");
	assert_refused(HEAD "pat 0x1\r\n",
		       "line 8: not plain text (lines end with a single newline)");
}

static void wrong_tables_are_refused(void **state)
{
	(void)state;
	assert_refused(HEAD "0 0x1\n", "line 8: unknown record: 0");
	assert_refused(HEAD "table 0x1000 4\n", "line 8: the number is too large: 4");
	assert_refused(HEAD "table 0x1008 3\n",
		       "line 8: a table cannot be at this address: 0x1008");
	assert_refused(HEAD "table 0x10000000000000 3\n",
		       "line 8: the address is beyond the format's physical addresses: "
		       "0x10000000000000");
	assert_refused(HEAD "table 0x10000000000000000 3\n",
		       "line 8: not a hexadecimal number of 64 bits (0x...): 0x10000000000000000");
	assert_refused(HEAD "table 0x1000 2\n", "line 9: the root's table is missing");
	assert_refused(TABLE "table 0x2000 2\ntable 0x1000 1\n",
		       "line 10: a table that is there twice");
	assert_refused(TABLE "512 0x1\n", "line 9: the number is too large: 512");
	assert_refused(TABLE "0x2 0x1\n", "line 9: not a decimal number: 0x2");
	assert_refused(TABLE "5-5 0x1\n", "line 9: the run ends before its second entry: 5");
	assert_refused(TABLE "5 0x1\n5 0x1\n",
		       "line 10: an entry that is there twice, or out of order: 5");
	assert_refused(TABLE "5-7 0x1\n7 0x1\n",
		       "line 10: an entry that is there twice, or out of order: 7");
	assert_refused(TABLE "5 0x0\n", "line 9: the value is 0 or too large for an entry: 0x0");
	assert_refused(TABLE "5 0x1 +0x1\n", "line 9: a step for one entry: +0x1");
	assert_refused(TABLE "5-6 0x1 0x1\n", "line 9: not a step (+0x...): 0x1");
	assert_refused(TABLE "5-6 0x1 +0x0\n",
		       "line 9: the step is 0 or makes too large an entry: +0x0");
	assert_refused(TABLE "0-511 0x1 +0x100000000000000\n",
		       "line 9: the step is 0 or makes too large an entry: +0x100000000000000");
	assert_refused(TABLE "5\n", "line 9: must be `INDEX VALUE` or `INDEX-LAST VALUE [+STEP]`");
	assert_refused(TABLE "nx 1\n", "line 9: not a decimal number: nx");
}

static void wrong_ends_are_refused(void **state)
{
	static char text[4096];
	char *end;

	(void)state;
	assert_int_equal(load(TABLE, strlen(TABLE)), -EINVAL);
	assert_string_equal(err, "line 8: the end is missing");
	assert_int_equal(load("", 0), -EINVAL);
	assert_string_equal(err, "line 0: the end is missing");
	assert_int_equal(load(TABLE "5", strlen(TABLE "5")), -EINVAL);
	assert_string_equal(err, "line 9: the text breaks off");
	fmt_print(text, sizeof(text), "%send 2 tables 0x0\n", TABLE);
	assert_int_equal(load(text, strlen(text)), -EINVAL);
	assert_string_equal(err, "line 9: not the number of tables in the text: 2");
	fmt_print(text, sizeof(text), "%send 1 tables 0x0\n", TABLE);
	assert_int_equal(load(text, strlen(text)), -EINVAL);
	assert_string_equal(err, "line 9: wrong checksum: the text was changed: 0x0");
	new_tree(4);
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, NULL), 0);
	end = saved.text + saved.len;
	strcpy(end, "#\n");
	assert_int_equal(load(saved.text, saved.len + 2), -EINVAL);
	assert_string_equal(err, "line 10: something after the end");
}

/* One byte changed, or the text cut anywhere: refused. */
static void every_changed_byte_is_seen(void **state)
{
	(void)state;
	new_tree(4);
	pt_map(&pt, 0, 0, 20 * PAGE_SIZE, PT_WRITE, 0);
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, NULL), 0);
	for (size_t i = 0; i < saved.len; i++) {
		char was = saved.text[i];

		assert_int_equal(load(saved.text, i), -EINVAL);
		saved.text[i] ^= 1;
		assert_int_equal(load(saved.text, saved.len), -EINVAL);
		assert_true(err[0]);
		saved.text[i] = was;
	}
	assert_int_equal(load(saved.text, saved.len), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_heads_are_refused),
		cmocka_unit_test(wrong_tables_are_refused),
		cmocka_unit_test(wrong_ends_are_refused),
		cmocka_unit_test(every_changed_byte_is_seen),
	};

	return cmocka_run_group_tests(tests, arena_set_up, tear_down);
}
