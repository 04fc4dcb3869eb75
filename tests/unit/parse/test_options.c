/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Options out of load options, fw_cfg and tablewalk.cfg. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib.h"
#include "parse/options.h"

static char value[64], text[1000];

static int find(enum option_form form, const char *s, const char *name)
{
	return option_find(form, s, strlen(s), name, value, sizeof(value));
}

static void assert_value(enum option_form form, const char *s, const char *name, const char *want)
{
	assert_int_equal(find(form, s, name), 0);
	assert_string_equal(value, want);
}

static u32 warnings(enum option_form form, const char *s)
{
	text[0] = '\0';
	return option_warnings("here", form, s, strlen(s), text, sizeof(text));
}

static void finds_options_in_lines(void **state)
{
	const char *cfg =
		"\xef\xbb\xbf# comment\r\n\r\nlevels=4\r\n  reserve =  64M  # less\r\nnoautorun\r\n"
		"seed=7\nseed=8";

	(void)state;
	assert_value(OPTION_LINES, cfg, "levels", "4");
	assert_value(OPTION_LINES, cfg, "reserve", "64M");
	assert_value(OPTION_LINES, cfg, "noautorun", "1");
	assert_value(OPTION_LINES, cfg, "seed", "8"); /* the last one counts */
	assert_int_equal(find(OPTION_LINES, cfg, "memmodel"), -ENOENT);
	assert_int_equal(warnings(OPTION_LINES, cfg), 0);
	assert_string_equal(text, "");
}

static void finds_options_in_words(void **state)
{
	(void)state;
	assert_value(OPTION_WORDS, "levels=5 reserve=64M", "reserve", "64M");
	assert_value(OPTION_WORDS, " noautorun;levels=5\n", "levels", "5");
	assert_value(OPTION_WORDS, " noautorun;levels=5\n", "noautorun", "1");
	assert_value(OPTION_WORDS, "noautorun=0", "noautorun", "0");
	assert_int_equal(find(OPTION_WORDS, "", "levels"), -ENOENT);
	assert_int_equal(find(OPTION_WORDS, "levels", "levels"), -ENOENT);
	assert_int_equal(find(OPTION_WORDS, "xlevels=4 levelsx=4", "levels"), -ENOENT);
}

/* A value that does not fit is not cut: levels=4444 must not become levels=4. */
static void long_value_is_an_error(void **state)
{
	char small[4] = "old";

	(void)state;
	assert_int_equal(option_find(OPTION_WORDS, "seed=1234", 9, "seed", small, 4), -E2BIG);
	assert_string_equal(small, "old");
	assert_int_equal(option_find(OPTION_WORDS, "seed=123", 8, "seed", small, 4), 0);
	assert_string_equal(small, "123");
}

static const char *commands(const char *s)
{
	struct option_reader r;
	struct option o;

	option_reader_init(&r, OPTION_WORDS_FIRST, s, strlen(s));
	while (option_next(&r, &o))
		;
	return s + r.at;
}

static void commands_follow_options(void **state)
{
	(void)state;
	assert_string_equal(commands("levels=4 noautorun=1; memmap ; quit"), "memmap ; quit");
	assert_string_equal(commands("memmap; levels=4"), "memmap; levels=4");
	assert_string_equal(commands("levels=4"), "");
	assert_string_equal(commands("  "), "");
	/* a bare word is a command, even one that an option is named like */
	assert_string_equal(commands("seed=1 levels x=y"), "levels x=y");
	/* with '=' in the first word it was meant as an option */
	assert_string_equal(commands("nosuch=1 zones"), "zones");
	assert_string_equal(commands("\"a=b\" zones"), "\"a=b\" zones");
	assert_int_equal(find(OPTION_WORDS_FIRST, "memmap; levels=4", "levels"), -ENOENT);
}

static void flag_before_commands_is_an_option(void **state)
{
	(void)state;
	assert_string_equal(commands("noautorun noautorun memmap"), "memmap");
	assert_value(OPTION_WORDS_FIRST, "noautorun memmap", "noautorun", "1");
}

static void says_what_is_wrong_and_where(void **state)
{
	(void)state;
	assert_int_equal(
		warnings(OPTION_LINES, "levels=4\nfoo=1\n\nseed=\n=3\nsome text\nlevels\n"), 5);
	assert_string_equal(text, "here:2: unknown option 'foo'\n"
				  "here:4: no value for option 'seed'\n"
				  "here:5: not name=value: '=3'\n"
				  "here:6: not name=value: 'some text'\n"
				  "here:7: no value for option 'levels'");
	assert_int_equal(warnings(OPTION_WORDS, "levels=4 bad nosuch=2"), 2);
	assert_string_equal(text, "here: not name=value: 'bad'\nhere: unknown option 'nosuch'");
	assert_int_equal(warnings(OPTION_WORDS_FIRST, "foo=1 bad worse=2"), 1);
	assert_string_equal(text, "here: unknown option 'foo'");
}

/* Names come from a stranger's file: no control characters in messages, and nothing endless. */
static void warnings_are_safe_to_print(void **state)
{
	char small[20] = "";

	(void)state;
	assert_int_equal(warnings(OPTION_WORDS, "\x1b[2J\xc3=1"), 1);
	assert_string_equal(text, "here: unknown option '?[2J?'");
	assert_int_equal(
		warnings(OPTION_WORDS, "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee=1"), 1);
	assert_string_equal(text, "here: unknown option 'aaaaaaaaaabbbbbbbbbbccccccccccd'");
	assert_int_equal(option_warnings("here", OPTION_WORDS, "a=1 b=2", 7, small, sizeof(small)),
			 2);
	assert_string_equal(small, "here: unknown optio");
	option_list(small, sizeof(small));
	assert_string_equal(small, "here: unknown optio");
	text[0] = '\0';
	option_list(text, sizeof(text));
	assert_int_equal(strncmp(text, "known options are levels, ", 26), 0);
}

static void knows_single_options(void **state)
{
	(void)state;
	assert_true(option_known("levels=4"));
	assert_true(option_known("noautorun"));
	assert_true(option_known("noautorun=1"));
	assert_false(option_known("levels"));
	assert_false(option_known("levels="));
	assert_false(option_known("foo=1"));
	assert_false(option_known("levels=4 seed=1"));
	assert_false(option_known(" levels=4"));
	assert_false(option_known("--map"));
	assert_false(option_known(""));
}

#define DECODE(bytes) option_decode(bytes, sizeof(bytes) - 1, text, sizeof(text), &len)

static void decodes_load_options(void **state)
{
	static const u8 guid[] = {0x4e, 0xac, 0x08, 0x81, 0x11, 0x9f, 0x59, 0x4d, 0x85,
				  0x0e, 0xe2, 0x1a, 0x52, 0x2c, 0x59, 0xb2, 0};
	size_t len = 99;

	(void)state;
	assert_int_equal(DECODE("m\0e\0m\0\0\0x\0"), 0); /* ends at the 0 */
	assert_string_equal(text, "mem");
	assert_int_equal(len, 3);
	assert_int_equal(DECODE("memmap"), 0);
	assert_string_equal(text, "memmap");
	assert_int_equal(DECODE("m\0e"), 0); /* half a character */
	assert_string_equal(text, "m");
	assert_int_equal(DECODE(""), 0);
	assert_int_equal(len, 0);
	len = 99;
	assert_int_equal(DECODE(guid), -EINVAL);
	assert_int_equal(DECODE("m\0\x34\x12"), -EINVAL);
	assert_int_equal(DECODE("a\1b"), -EINVAL);
	assert_int_equal(option_decode("abcd", 4, text, 4, &len), -E2BIG);
	assert_int_equal(len, 99);
	assert_int_equal(option_decode("abc", 3, text, 4, &len), 0);
}

static const char *after_name(const char *s)
{
	return s + option_program_name(s, strlen(s), false);
}

static void skips_the_programs_name(void **state)
{
	(void)state;
	assert_string_equal(after_name("tablewalk.efi memmap"), " memmap");
	assert_string_equal(after_name("FS0:\\EFI\\BOOT\\BOOTX64.EFI"), "");
	assert_string_equal(after_name("fs0:TableWalk zones"), " zones");
	assert_string_equal(after_name("\"fs0:\\my dir\\tablewalk.efi\" zones"), " zones");
	assert_string_equal(after_name("\"unclosed.efi"), "");
	assert_string_equal(after_name("memmap; quit"), "memmap; quit");
	assert_string_equal(after_name("xtablewalk"), "xtablewalk");
	assert_string_equal(after_name("levels=4 memmap"), "levels=4 memmap");
	assert_string_equal(after_name(""), "");
	assert_int_equal(option_program_name("tw memmap", 9, true), 2);
	assert_int_equal(option_program_name(" \"a b\" c", 8, true), 6);
	assert_int_equal(option_program_name("", 0, true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_options_in_lines),
		cmocka_unit_test(finds_options_in_words),
		cmocka_unit_test(long_value_is_an_error),
		cmocka_unit_test(commands_follow_options),
		cmocka_unit_test(flag_before_commands_is_an_option),
		cmocka_unit_test(says_what_is_wrong_and_where),
		cmocka_unit_test(warnings_are_safe_to_print),
		cmocka_unit_test(knows_single_options),
		cmocka_unit_test(decodes_load_options),
		cmocka_unit_test(skips_the_programs_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
