/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The shell on a fake console: scripts, prompt, pages, stopping. */
#include "shell_fixture.h"

#define SEED	20265
#define CTRL(c) ((c)&0x1f)

/* ---- scripts ----------------------------------------------------------------------------- */

static void scripts_run_all_and_count_failures(void **state)
{
	(void)state;
	assert_script("", 0, "");
	assert_script(" ; ;\n# nothing\n", 0, "");
	assert_script("echo a 'b c'; fail; echo d", 1, "<a> <b c>\nfail: as asked\n<d>\n");
	assert_script("fail\nfail\necho", 2, "fail: as asked\nfail: as asked\n\n");
	assert_script("echo 'x\necho y", 1, "echo 'x: a quote is not closed\n<y>\n");
	assert_script("echo a; quit; echo b", 0, "<a>\n");
	assert_int_equal(sh.nr_failed, 4);
	assert_int_equal(sh.nr_run, 10);
}

/* One value per command, whatever happens, wherever the flag is. */
static void json_gives_one_value_per_command(void **state)
{
	(void)state;
	assert_script("lines 2 --json; --json echo a; pt --json dump b; echo c", 0,
		      "[0, 1]\n{\"text\": \"a\"}\n{\"text\": \"b\"}\n<c>\n");
	assert_script("fail --json", 1, "{\"error\": \"as asked\", \"command\": \"fail\"}\n");
	assert_script("break --json; echo --json", 1, "[{}]\n{}\n");
	assert_script("silent --json", 0, "{}\n");
	assert_script("silent x --json", 1,
		      "{\"error\": \"not found\", \"command\": \"silent\"}\n");
	assert_script("lines x --json", 1,
		      "{\"error\": \"x: not a number (decimal or 0x..., with K M G T P E after "
		      "it)\", \"command\": \"lines\"}\n");
}

/* Expect: what follows begins on a line of its own. */
static void half_lines_are_ended(void **state)
{
	(void)state;
	assert_script("break; echo a", 1, "half a line\n<a>\n");
}

static int run_and_count(const struct cmd *cmd, struct cmd_call *call)
{
	return strcmp(cmd->name, "echo") ? cmd->fn(call) : -EFAULT;
}

static void commands_run_through_the_guard(void **state)
{
	(void)state;
	sh.runner.guard = run_and_count;
	assert_script("echo a; lines 1", 1, "line 0\n");
}

static void scripts_neither_page_nor_ask(void **state)
{
	(void)state;
	fake_fw.screen.interactive = false; /* so keys are no business of output */
	fake_type("qqq");
	assert_int_equal(shell_script(&sh, "lines 3000"), 0);
	assert_null(strstr(fake_fw.output, "more"));
	assert_int_equal(fake_keys_left(), 3);
	assert_int_equal(fake_fw.nr_polls, 0);
	assert_int_equal(nr_lines_made, 3000);
}

/* Expect: few, large writes, each of whole lines; the firmware is asked once for its screen. */
static void output_is_written_by_whole_lines(void **state)
{
	(void)state;
	shell_script(&sh, "lines 2000");
	assert_in_range(fake_fw.nr_writes, 1, fake_fw.len / 3900 + 1);
	assert_int_equal(fake_fw.nr_cut, 0);
	assert_in_range(fake_fw.nr_polls, 3, fake_fw.len / 2048 + 1);
	assert_int_equal(fake_fw.nr_screen_calls, 1);
	fake_fw_reset();
	shell_script(&sh, "echo a");
	assert_int_equal(fake_fw.nr_writes, 1);
}

static void very_long_lines_are_written_all(void **state)
{
	(void)state;
	assert_int_equal(shell_script(&sh, "lines 3000 --json"), 0);
	assert_int_equal(fake_fw.output[fake_fw.len - 1], '\n');
	assert_int_equal(strlen(fake_fw.output),
			 10 * 1 + 90 * 2 + 900 * 3 + 2000 * 4 + 2 * 2999 + 3);
}

/* ---- stopping ---------------------------------------------------------------------------- */

static void a_key_stops_output(void **state)
{
	static const int keys[] = {KEY_ESC, 3, 'q', 'Q'};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		setup(NULL);
		fake_key_after(8000, keys[i]);
		assert_int_equal(shell_script(&sh, "lines 100000; echo next"), 1);
		assert_in_range(nr_lines_made, 8000 / 11, 16000 / 9);
		assert_non_null(strstr(fake_fw.output, "\nlines: stopped\n<next>\n"));
	}
}

/* At the prompt the reader has what he wanted: nothing failed. */
static void stopping_at_the_prompt_is_no_failure(void **state)
{
	(void)state;
	sh.paging = false;
	fake_fw.screen.rows = 50000; /* no pages */
	fake_type("lines 100000\n");
	fake_key_after(9000, KEY_ESC);
	fake_type("echo next\n");
	assert_int_equal(shell_interactive(&sh, "> "), 0);
	assert_in_range(nr_lines_made, 500, 5000);
	assert_non_null(strstr(fake_fw.output, "<next>\n"));
}

/* Keys that are pressed while output runs are for the next prompt; a "quit"
 * in them stops nothing. */
static void typing_ahead_is_kept(void **state)
{
	(void)state;
	fake_fw.screen.rows = 50000;
	fake_type("lines 1000\n");
	for (const char *s = "echo q\nquit\n"; *s; s++)
		fake_key_after(5000, *s);
	assert_int_equal(shell_interactive(&sh, "> "), 0);
	assert_int_equal(nr_lines_made, 1000);
	assert_non_null(strstr(fake_fw.output, "<q>\n"));
	assert_true(sh.quit);

	setup(NULL);
	fake_fw.screen.rows = 50000;
	fake_type("lines 1000\n");
	for (const char *s = "quit\n"; *s; s++)
		fake_key_after(5000, *s);
	assert_int_equal(shell_interactive(&sh, "> "), 0);
	assert_int_equal(nr_lines_made, 1000);
	assert_true(sh.quit);
}

static void long_work_can_look_for_keys(void **state)
{
	(void)state;
	shell_begin(&sh);
	assert_false(shell_poll(&sh));
	fake_key('a');
	assert_false(shell_poll(&sh));
	fake_key(3);
	assert_true(shell_poll(&sh));
	assert_true(shell_poll(&sh));
	assert_int_equal(shell_key(&sh), KEY_EOF); /* Ctrl-C drops what was typed ahead */
	shell_begin(&sh);
	assert_false(shell_poll(&sh));
	for (int i = 0; i < 600; i++) /* more than are kept */
		fake_key('b');
	assert_false(shell_poll(&sh));
	for (size_t i = 0; i < ARRAY_SIZE(sh.ahead); i++)
		assert_int_equal(shell_key(&sh), 'b');
	assert_int_equal(shell_key(&sh), KEY_EOF);
}

/* ---- pages ------------------------------------------------------------------------------- */

static char seen[20][FAKE_MAX_COLUMNS + 1]; /* the cursor's row at each wait */
static char top[20][FAKE_MAX_COLUMNS + 1];  /* and the first of the screen */
static u32 nr_seen;

static void look(void)
{
	assert_in_range(nr_seen, 0, ARRAY_SIZE(seen) - 1);
	strcpy(seen[nr_seen], fake_cursor_row());
	strcpy(top[nr_seen++], fake_row(0));
}

/* 10 rows: 9 lines and the question; Space brings 9 more, Enter one, q ends it. */
static void long_output_comes_in_pages(void **state)
{
	(void)state;
	fake_fw.screen.rows = 10;
	fake_type("lines 100\n");
	fake_type(" \nxq"); /* x is no answer */
	assert_int_equal(shell_interactive(&sh, "> "), 0);
	assert_int_equal(nr_lines_made, 20); /* 19 shown, at the 20th the answer was q */
	assert_non_null(strstr(fake_fw.output, "line 18\n"));
	assert_null(strstr(fake_fw.output, "line 19\n"));
	assert_string_equal(fake_row(8), ">"); /* in the place of the question */
	assert_string_equal(fake_row(7), "line 18");
	assert_string_equal(fake_row(0), "line 11");
}

static void each_page_is_full_and_no_more(void **state)
{
	const char *lines = "\n\nthree\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n";

	(void)state;
	fake_fw.screen.rows = 10;
	fake_fw.on_wait = look;
	nr_seen = 0;
	sh.paging = true;
	sh.interactive = true;
	shell_begin(&sh);
	fake_type("  ");
	shell_write(&sh, lines, strlen(lines));
	shell_flush(&sh);
	/* 18 lines are two pages exactly: one question between them, none at the end */
	assert_int_equal(nr_seen, 1);
	assert_string_equal(seen[0], "-- more -- Space: page, Enter: line, q: stop");
	assert_string_equal(top[0], "");
	assert_string_equal(fake_row(0), "10");
	assert_string_equal(fake_row(8), "18");
}

/* A line as wide as three rows counts as three. */
static void wide_lines_count_as_several(void **state)
{
	(void)state;
	fake_fw.screen = (struct fw_screen){.columns = 40, .rows = 10, .interactive = true};
	fake_fw.on_wait = look;
	nr_seen = 0;
	sh.paging = true;
	shell_begin(&sh);
	fake_type("q");
	for (int i = 0; i < 20 && !sh.stopped; i++) {
		char line[102];

		snprintf(line, sizeof(line), "%-100d\n", i);
		shell_write(&sh, line, strlen(line));
	}
	assert_int_equal(nr_seen, 1);
	assert_string_equal(top[0], "0"); /* the first line has not been lost */
	assert_true(sh.stopped);
	assert_int_equal(shell_write(&sh, "x", 1), -EINTR);
}

/* ---- the prompt -------------------------------------------------------------------------- */

static const char *const prompt = "tw> ";

static void lines_are_read_and_run(void **state)
{
	(void)state;
	fake_type("echo a\nfail\n\n");
	fake_key(KEY_UP);
	fake_type("\necho last"); /* the end of input without a newline */
	assert_int_equal(shell_interactive(&sh, prompt), 2);
	assert_string_equal(fake_fw.output, "\rtw> echo a\n<a>\n"
					    "\rtw> fail\nfail: as asked\n"
					    "\rtw> \n"
					    "\rtw> \rtw> fail\nfail: as asked\n"
					    "\rtw> echo last\n<last>\n"
					    "\rtw> \n");
	assert_false(sh.quit);
}

static void control_keys_work_at_the_prompt(void **state)
{
	(void)state;
	fake_type("fail");
	fake_key(3);
	fake_type("echo x");
	fake_key(CTRL('l'));
	fake_type("y\n");
	fake_key(CTRL('d'));
	fake_type("echo never\n");
	assert_int_equal(shell_interactive(&sh, prompt), 0);
	assert_int_equal(fake_fw.nr_clears, 1);
	assert_string_equal(fake_row(0), "tw> echo xy");
	assert_string_equal(fake_row(1), "<xy>");
}

/* What a person sees of a line that fits: all of it, the cursor where it belongs. */
static void assert_drawn(void)
{
	const struct lineedit *l = &sh.line;
	u32 room = fake_fw.screen.columns - 1 - 4, from, offset;
	const char *row = fake_cursor_row();

	assert_int_equal(strncmp(row, "tw>", 3), 0);
	row += min(strlen(row), (size_t)4);
	assert_in_range(fake_at_column, 4, 4 + room - 1);
	offset = fake_at_column - 4;
	assert_in_range(l->cursor, offset, LINE_MAX_LEN);
	from = l->cursor - offset; /* the first character that is shown */
	for (u32 i = 0; i < room; i++) {
		char want = from + i < l->len ? l->text[from + i] : ' ';
		char got = i < strlen(row) ? row[i] : ' ';

		if (i == 0 && from)
			want = '<';
		if (i == room - 1 && from + room < l->len)
			want = '>';
		if (got != want)
			fail_msg("column %u: '%c', not '%c': \"%s\" cursor %u", i, got, want,
				 l->text, l->cursor);
	}
}

/* After every key the screen shows the line that the editor has, also when it scrolls sideways. */
static void the_screen_shows_the_line(void **state)
{
	static const int keys[] = {KEY_LEFT, KEY_LEFT, KEY_LEFT,  KEY_RIGHT, KEY_HOME, KEY_END,
				   '\b',     '\b',     CTRL('w'), KEY_UP,    KEY_DOWN, CTRL('k')};
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (u32 columns = 20; columns <= 100; columns += 16) {
		setup(NULL);
		fake_fw.screen.columns = columns;
		fake_fw.on_wait = assert_drawn;
		fake_type("echo an old line that is longer than some of the screens are\n");
		for (int i = 0; i < 1500; i++) {
			bool typing = i < 420 || prng_below(&p, 3);

			fake_key(typing ? 'a' + (int)prng_below(&p, 26)
					: keys[prng_below(&p, ARRAY_SIZE(keys))]);
		}
		fake_key(3);
		fake_key(CTRL('d'));
		assert_int_equal(shell_interactive(&sh, prompt), 0);
	}
}

static void a_prompt_wider_than_the_screen_is_cut(void **state)
{
	(void)state;
	fake_fw.screen.columns = 10; /* taken as 20 */
	fake_type("echo abcdefghijklmnopqrstuvwxyz\n");
	shell_interactive(&sh, "a very long prompt indeed, longer than the screen> ");
	assert_non_null(strstr(fake_fw.output, "<abcdefghijklmnopqrstuvwxyz>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(scripts_run_all_and_count_failures),
		TEST(json_gives_one_value_per_command),
		TEST(half_lines_are_ended),
		TEST(commands_run_through_the_guard),
		TEST(scripts_neither_page_nor_ask),
		TEST(output_is_written_by_whole_lines),
		TEST(very_long_lines_are_written_all),
		TEST(a_key_stops_output),
		TEST(stopping_at_the_prompt_is_no_failure),
		TEST(typing_ahead_is_kept),
		TEST(long_work_can_look_for_keys),
		TEST(long_output_comes_in_pages),
		TEST(each_page_is_full_and_no_more),
		TEST(wide_lines_count_as_several),
		TEST(lines_are_read_and_run),
		TEST(control_keys_work_at_the_prompt),
		TEST(the_screen_shows_the_line),
		TEST(a_prompt_wider_than_the_screen_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
