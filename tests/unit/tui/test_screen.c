/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The cell buffer: what the console shows is what was printed, and little is drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_fw.h"
#include "lib.h"
#include "ui/screen.h"

static struct screen s;

static int setup(void **state)
{
	(void)state;
	fake_fw_reset();
	screen_init(&s, 80, 24);
	return 0;
}

static void the_console_shows_what_was_printed(void **state)
{
	(void)state;
	screen_print(&s, 3, 5, FW_NORMAL, "hello %u", 42u);
	screen_flush(&s);
	assert_string_equal(fake_row(3), "     hello 42");
	assert_int_equal(fake_fw.nr_clears, 1);
	assert_int_equal(s.drawn, 8);
}

static void only_what_changed_is_drawn(void **state)
{
	u64 before;

	(void)state;
	screen_print(&s, 3, 5, FW_NORMAL, "a long line of text that stays");
	screen_flush(&s);
	before = s.drawn;
	screen_clear(&s);
	screen_print(&s, 3, 5, FW_NORMAL, "a long line of TEXT that stays");
	screen_flush(&s);
	assert_int_equal(s.drawn - before, 4);
	assert_string_equal(fake_row(3), "     a long line of TEXT that stays");
	before = s.drawn;
	screen_flush(&s);
	assert_int_equal(s.drawn, before);
}

static void what_does_not_fit_is_cut(void **state)
{
	(void)state;
	screen_print(&s, 0, 75, FW_NORMAL, "0123456789");
	screen_print(&s, 24, 0, FW_NORMAL, "below");
	screen_print(&s, 5, 200, FW_NORMAL, "right");
	screen_flush(&s);
	assert_int_equal(strlen(fake_row(0)), 79);
}

/* Writing there wraps or scrolls. */
static void the_last_column_is_left_alone(void **state)
{
	(void)state;
	for (u32 row = 0; row < 24; row++)
		screen_print(&s, row, 0, FW_NORMAL, "%080u", row);
	screen_flush(&s);
	assert_string_equal(fake_row(0) + 77, "00");
	assert_int_equal(strlen(fake_row(23)), 79);
	assert_string_equal(fake_row(22) + 77, "02");
}

static void trim(char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
}

/* Any printing, any number of times: the console is as the buffer. */
static void random_printing_is_shown(void **state)
{
	char want[SCREEN_MAX_COLUMNS + 1];
	struct prng p;

	(void)state;
	prng_seed(&p, 5);
	for (u32 n = 0; n < 300; n++) {
		if (prng_below(&p, 4) == 0)
			screen_clear(&s);
		for (u32 i = 0; i < 20; i++)
			screen_print(&s, (u32)prng_below(&p, 24), (u32)prng_below(&p, 80),
				     (u8)prng_below(&p, 4), "%llx", prng_next(&p));
		screen_flush(&s);
		for (u32 row = 0; row < 23; row++) {
			screen_row_text(&s, row, want);
			want[79] = '\0';
			trim(want);
			assert_string_equal(fake_row(row), want);
		}
	}
}

static void sizes_are_kept_in_bounds(void **state)
{
	(void)state;
	screen_init(&s, 5000, 5000);
	assert_int_equal(s.columns, SCREEN_MAX_COLUMNS);
	assert_int_equal(s.rows, SCREEN_MAX_ROWS);
	screen_init(&s, 0, 0);
	assert_int_equal(s.columns, 20);
	assert_int_equal(s.rows, 5);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_console_shows_what_was_printed), TEST(only_what_changed_is_drawn),
		TEST(what_does_not_fit_is_cut),		  TEST(the_last_column_is_left_alone),
		TEST(random_printing_is_shown),		  TEST(sizes_are_kept_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
