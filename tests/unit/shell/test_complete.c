/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Completion, the nearest name to a wrong one, help. */
#include "shell_fixture.h"

#define SEED 20266

static const char *const prompt = "tw> ";

/* ---- wrong names ------------------------------------------------------------------------- */

static void unknown_commands_are_named_with_the_nearest(void **state)
{
	(void)state;
	assert_script("ecko x; echo", 1, "ecko: no such command; did you mean `echo`?\n\n");
	assert_script("pt stat", 1, "pt: no such command; did you mean `pt stats`?\n");
	assert_script("pt", 1, "pt: no such command; did you mean `pt stats`?\n");
	assert_script("wal 0x1000", 1, "wal: no such command; did you mean `walk`?\n");
	assert_script("xyzzy", 1, "xyzzy: no such command; `help` lists them\n");
	assert_script("''", 1, ": no such command; `help` lists them\n");
	assert_script("ecko --json", 1,
		      "{\"error\": \"no such command; did you mean `echo`?\", \"command\": "
		      "\"ecko\"}\n");
	assert_null(shell_nearest(&sh, ""));
	assert_null(shell_nearest(&sh, "zz"));
	assert_string_equal(shell_nearest(&sh, "quiet"), "quit");
}

/* ---- completion -------------------------------------------------------------------------- */

static void assert_completes(const char *text, u32 nr, const char *common, const char *names)
{
	char buf[200], got[100];

	if (shell_complete(&sh, text, (u32)strlen(text), buf, sizeof(buf), got, sizeof(got)) !=
		    nr ||
	    strcmp(got, common) || strcmp(buf, names))
		fail_msg("\"%s\": adds \"%s\" of \"%s\"", text, got, buf);
}

static void names_and_words_are_completed(void **state)
{
	(void)state;
	assert_completes("ec", 1, "ho ", "echo");
	assert_completes("echo", 1, " ", "echo");
	assert_completes("p", 2, "t ", "pt stats  pt dump");
	assert_completes("pt ", 2, "", "pt stats  pt dump");
	assert_completes("pt   d", 1, "ump ", "pt dump"); /* blanks do not matter */
	assert_completes("  walk ", 2, "", "own  fw");
	assert_completes("walk o", 1, "wn ", "own");
	assert_completes("walk own ", 0, "", "");
	assert_completes("pt dump f", 1, "w ", "fw");
	assert_completes("fail; li", 1, "nes ", "lines");
	assert_completes("fail;walk f", 1, "w ", "fw");
	assert_completes("x", 0, "", "");
	assert_completes("echo ", 0, "", "");
	assert_completes("help pt d", 1, "ump ", "pt dump");
	assert_completes("", 10, "",
			 "echo  fail  lines  break  silent  pt stats  pt dump  walk  help  quit");
}

/* In little space: cut, closed, counted. And whatever the text, it is an extension of a name. */
static void completion_keeps_to_its_buffers(void **state)
{
	static const char alphabet[] = "echowalkptdumpfs  ;";
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 20000; round++) {
		char text[160];
		size_t len = prng_below(&p, prng_below(&p, 10) ? 8 : 150);
		size_t size = 1 + prng_below(&p, 30), common_size = 1 + prng_below(&p, 10);
		char *buf = malloc(size), *common = malloc(common_size);

		for (size_t i = 0; i < len; i++)
			text[i] = alphabet[prng_below(&p, sizeof(alphabet) - 1)];
		text[len] = '\0';
		shell_complete(&sh, text, (u32)len, buf, size, common, common_size);
		assert_in_range(strlen(buf), 0, size - 1);
		assert_in_range(strlen(common), 0, common_size - 1);
		shell_nearest(&sh, text);
		free(buf);
		free(common);
	}
}

static void tab_completes_and_twice_shows(void **state)
{
	(void)state;
	fake_type("ec\tx\n");
	assert_int_equal(shell_interactive(&sh, prompt), 0);
	assert_non_null(strstr(fake_fw.output, "<x>\n"));

	setup(NULL);
	fake_type("p\t"); /* "pt " is certain */
	fake_type("\t");
	fake_type("d\t own\n");
	assert_int_equal(shell_interactive(&sh, prompt), 0);
	assert_string_equal(fake_row(0), "tw> pt"); /* the first Tab after it has nothing to add */
	assert_string_equal(fake_row(1), "pt stats  pt dump");
	assert_string_equal(fake_row(2), "tw> pt dump  own");
	assert_string_equal(fake_row(3), "<own>");
}

static void candidates_wrap_between_names(void **state)
{
	(void)state;
	fake_fw.screen.columns = 30;
	fake_type("\t\t");
	fake_key(KEY_EOF);
	shell_interactive(&sh, prompt);
	assert_string_equal(fake_row(1), "echo  fail  lines  break");
	assert_string_equal(fake_row(2), "silent  pt stats  pt dump");
	assert_string_equal(fake_row(3), "walk  help  quit");
	assert_string_equal(fake_row(4), "tw>");
}

/* ---- help -------------------------------------------------------------------------------- */

static void help_lists_families_and_explains(void **state)
{
	(void)state;
	assert_int_equal(shell_script(&sh, "help"), 0);
	assert_non_null(strstr(fake_fw.output, "First\n  echo           its arguments\n"));
	assert_non_null(strstr(fake_fw.output, "Second\n  pt stats       counts of tables\n"));
	assert_script("help pt", 0,
		      "pt stats [fw|own]\n    counts of tables\n"
		      "pt dump [fw|own] [RANGE]\n    the tables\n    first argument: own fw\n");
	assert_script("help pt s", 0, "pt stats [fw|own]\n    counts of tables\n");
	assert_script("help fail", 0, "fail\n    fails\n");
	assert_script("help fial", 1, "help: no command begins with fial; did you mean `fail`?\n");
	assert_script("help xyzzy", 1, "help: no command begins with xyzzy\n");
	assert_script("help a b c", 1,
		      "help: c: not expected here; usage: help [COMMAND] [--schema]\n");
	assert_script("help walk --json", 0,
		      "[{\"name\": \"walk\", \"args\": \"[fw|own] VA\", \"help\": \"one address\", "
		      "\"family\": \"Second\", \"words\": [\"own\", \"fw\"]}]\n");
	assert_script("help --schema silent", 0,
		      "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", "
		      "\"title\": \"silent\", \"type\": \"object\", \"properties\": {}}\n");
	assert_script("help limits", 1,
		      "help: tablewalk/manual/limits.txt: the manual is not on this volume (not "
		      "found)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unknown_commands_are_named_with_the_nearest),
		TEST(names_and_words_are_completed),
		TEST(completion_keeps_to_its_buffers),
		TEST(tab_completes_and_twice_shows),
		TEST(candidates_wrap_between_names),
		TEST(help_lists_families_and_explains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
