/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The browser on an invented tree: goldens of its screens, every key, storms of keys. */
#include "pgtable/pt_fixture.h"

#include "fake_fw.h"
#include "golden.h"
#include "ui/browse.h"

static struct browse b;
static char ran[200], saved[BROWSE_TEXT];
static struct pgtable second; /* another tree, of 5 levels */

static bool tree(void *ctx, u32 n, struct browse_tree *ret)
{
	static const char *const names[] = {"fw", "own"};

	(void)ctx;
	if (n >= 2)
		return false;
	*ret = (struct browse_tree){names[n], n ? "our world's" : "the firmware's",
				    n ? &second : &pt};
	return true;
}

static void owner(void *ctx, phys_addr_t pa, char *buf, size_t size)
{
	(void)ctx;
	fmt_print(buf, size, "%s", pa >= 4 * GiB ? "nothing" : pa >= GiB ? "BS_Data" : "Available");
}

static void memtype(void *ctx, const struct pgtable *tree, const struct pt_entry *e, char *buf,
		    size_t size)
{
	(void)ctx;
	(void)tree;
	fmt_print(buf, size, "%s", !e->leaf ? "" : e->val & PTE_PCD ? "UC" : "WB");
}

static void search_env(void *ctx, const struct pgtable *which, struct search_env *ret)
{
	*ret = (struct search_env){.pt = which, .ctx = ctx, .memtype = memtype, .owner = owner};
}

/* A command prints its own text, `lines` many. */
static int run(void *ctx, const char *command, struct emit *out)
{
	(void)ctx;
	fmt_print(ran, sizeof(ran), "%s", command);
	if (!strncmp(command, "clone", 5)) {
		emit_text(out, "no clones here\n");
		return -ENODEV;
	}
	for (u32 i = 0; i < (strstr(command, "many") ? 100 : strstr(command, "one") ? 1 : 5); i++)
		emit_text(out, "line %u of `%s`\n", i, command);
	return 0;
}

static void save(void *ctx, const char *text, size_t len, char *said, size_t size)
{
	(void)ctx;
	memcpy(saved, text, len);
	saved[len] = '\0';
	fmt_print(said, size, "written");
}

static bool stopped(void *ctx)
{
	(void)ctx;
	return false;
}

static const struct browse_env env = {
	.tree = tree, .search_env = search_env, .run = run, .save = save, .stopped = stopped};

/* Pages of all sizes, holes, a table that leads nowhere, a self-map, reserved bits, users. */
static void make_trees(void)
{
	make(5, 2);
	pt.table = arena_table;
	assert_int_equal(
		pt_map(&pt, 0xff11000000000000, 0, 3 * GiB, PT_WRITE | PT_NOEXEC | PT_GLOBAL, 2),
		0);
	second = pt;
	pt.changed = NULL;
	pt.levels = 4;
	assert_int_equal(pt_init(&pt), 0);
	pt.phys_bits = 46;
	assert_int_equal(pt_map(&pt, 0x1000, 0x1000, 0x9f000, PT_WRITE, 0), 0);
	assert_int_equal(pt_map(&pt, 0x100000, 0x100000, 0x1000, PT_USER | PT_PCD | PT_PWT, 0), 0);
	assert_int_equal(pt_map(&pt, 0x200000, 0x200000, 0x3fe00000, PT_WRITE, 1), 0);
	assert_int_equal(pt_map(&pt, 0x40000000, 0x40000000, 0x80000000, PT_WRITE | PT_NOEXEC, 2),
			 0);
	table_at(pt.root)[5] = 0x3ead00000000 | PTE_P | PTE_RW;
	table_at(pt.root)[510] = pt.root | PTE_P | PTE_RW;
	table_at(pt.root)[511] = 0x2000 | PTE_P | PTE_PS;
	pt.root &= PTE_ADDR_MASK;
}

static int setup(void **state)
{
	(void)state;
	fake_fw_reset();
	make_trees();
	ran[0] = saved[0] = '\0';
	assert_int_equal(browse_init(&b, &env, "fw", 0, 80, 24), 0);
	return 0;
}

static void keys(const char *text)
{
	while (*text)
		browse_key(&b, *text++);
}

static char screen_text[SCREEN_MAX_ROWS * (SCREEN_MAX_COLUMNS + 1) + 1];

static const char *screen(void)
{
	size_t len = 0;

	browse_draw(&b);
	for (u32 i = 0; i < b.screen.rows; i++) {
		screen_row_text(&b.screen, i, screen_text + len);
		len += strlen(screen_text + len);
		screen_text[len++] = '\n';
	}
	screen_text[len] = '\0';
	return screen_text;
}

static void screens_are_as_drawn_before(void **state)
{
	(void)state;
	same_as_golden("browse-top.txt", screen());
	keys("\n\n\nj");
	same_as_golden("browse-ptes.txt", screen());
	keys("f");
	same_as_golden("browse-unfolded.txt", screen());
	keys("fhhj");
	same_as_golden("browse-pdpt.txt", screen());
	keys("?");
	same_as_golden("browse-help.txt", screen());
	keys("q/uc u");
	same_as_golden("browse-asking.txt", screen());
	keys("\n");
	same_as_golden("browse-found.txt", screen());
	keys("x");
	same_as_golden("browse-explain.txt", screen());
}

static void large_screens_show_more(void **state)
{
	(void)state;
	assert_int_equal(browse_init(&b, &env, "fw", 0x100000, 100, 31), 0);
	same_as_golden("browse-ptes-100x31.txt", screen());
	assert_int_equal(browse_init(&b, &env, "own", 0xff11000000000000, 132, 43), 0);
	same_as_golden("browse-own-132x43.txt", screen());
}

static void small_screens_still_work(void **state)
{
	static const u32 sizes[][2] = {{20, 5}, {40, 10}, {60, 12}, {30, 70}};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(browse_init(&b, &env, "fw", 0x1000, sizes[i][0], sizes[i][1]), 0);
		keys("jjhl");
		assert_non_null(strchr(screen(), '>')); /* the cursor is in sight */
	}
}

static void down_and_up(void **state)
{
	(void)state;
	keys("\n\n\n");
	assert_int_equal(b.at.level, 0);
	keys("\n");
	assert_non_null(strstr(b.message, "nothing is mapped"));
	keys("j\n");
	assert_non_null(strstr(b.message, "no table below"));
	keys("hhh");
	assert_int_equal(b.at.level, 3);
	keys("h");
	assert_non_null(strstr(b.message, "top table"));
}

/* What leads nowhere says so and is not followed. */
static void bad_entries_are_named(void **state)
{
	(void)state;
	keys("gfffff");
	keys("\b\b\b\b\b28000000000\n");
	assert_int_equal(b.at.level, 3);
	keys("\n");
	assert_non_null(strstr(b.message, "outside memory"));
	browse_key(&b, KEY_END);
	keys("\n");
	assert_non_null(strstr(b.message, "reserved"));
	keys("k\n");
	assert_non_null(strstr(b.message, "self-map"));
	assert_non_null(strstr(screen(), "SELF-MAP"));
	assert_non_null(strstr(screen(), "BAD TABLE"));
	assert_non_null(strstr(screen(), "RESERVED"));
}

static void addresses_are_gone_to(void **state)
{
	(void)state;
	keys("g100000\n");
	assert_int_equal(b.at.level, 0);
	assert_int_equal(b.at.va, 0x100000);
	keys("g0x40001234\n");
	assert_int_equal(b.at.level, 2);
	keys("g800000000000\n");
	assert_non_null(strstr(b.message, "not canonical"));
	keys("gzzz\n");
	assert_non_null(strstr(b.message, "not an address"));
	assert_int_equal(b.at.level, 2);
	keys("[");
	assert_int_equal(b.at.va, 0x100000);
	keys("[");
	assert_int_equal(b.at.level, 3);
	keys("[");
	assert_non_null(strstr(b.message, "nothing to go back"));
	keys("]]");
	assert_int_equal(b.at.va, 0x40001234);
	keys("]");
	assert_non_null(strstr(b.message, "forward"));
}

static void searches_go_round(void **state)
{
	(void)state;
	keys("/1g\n");
	assert_int_equal(b.at.va, 0x40000000);
	keys("n");
	assert_int_equal(b.at.va, 0x80000000);
	keys("n");
	assert_non_null(strstr(b.message, "round the end"));
	keys("/4k u\n");
	assert_int_equal(b.at.va, 0x100000);
	keys("N");
	assert_int_equal(b.at.va, 0x100000);
	assert_non_null(strstr(b.message, "round the beginning"));
	keys("/1g 4k\n");
	assert_non_null(strstr(b.message, "no page matches"));
	keys("/bogus\n");
	assert_non_null(strstr(b.message, "column 1"));
}

static void bookmarks_and_trees(void **state)
{
	(void)state;
	keys("B");
	assert_non_null(strstr(b.message, "no bookmarks"));
	keys("g100000\nbtown\n");
	assert_string_equal(b.at.tree, "own");
	keys("gff11000040000000\nbB");
	assert_string_equal(b.at.tree, "fw");
	assert_int_equal(b.at.va, 0x100000);
	keys("BT");
	assert_string_equal(b.at.tree, "fw");
	keys("tnowhere\n");
	assert_non_null(strstr(b.message, "no tables have this name"));
	assert_string_equal(b.at.tree, "fw");
}

static void commands_are_run_and_shown(void **state)
{
	(void)state;
	keys("g100000\nx");
	assert_string_equal(ran, "explain v:100000 in fw");
	assert_int_equal(b.mode, BROWSE_VIEW);
	keys("q:many lines\n");
	browse_key(&b, KEY_END);
	assert_non_null(strstr(screen(), "line 99"));
	browse_key(&b, KEY_HOME);
	assert_non_null(strstr(screen(), "line 0"));
	keys("qd\n");
	assert_string_equal(ran, "pt diff fw own");
	keys("q:one\n");
	assert_int_equal(b.mode, BROWSE_TABLE);
	assert_non_null(strstr(screen(), "line 0 of `one`"));
	keys("e");
	assert_string_equal(ran, "clone fw");
	assert_non_null(strstr(b.message, "no clones"));
	keys("w");
	assert_non_null(strstr(saved, "PTE[256]"));
}

/* One row further: two rows, the details and the counter change, not the screen. */
static void little_is_drawn(void **state)
{
	u64 before;

	(void)state;
	keys("\n\nfjj");
	browse_draw(&b);
	screen_flush(&b.screen);
	before = b.screen.drawn;
	keys("j");
	browse_draw(&b);
	screen_flush(&b.screen);
	assert_in_range(b.screen.drawn - before, 10, 260);
}

static void storms_of_keys_do_no_harm(void **state)
{
	static const int special[] = {KEY_UP,	KEY_DOWN, KEY_LEFT,	 KEY_RIGHT,
				      KEY_HOME, KEY_END,  KEY_PAGE_DOWN, KEY_PAGE_UP,
				      '\n',	'\b',	  KEY_ESC};
	struct prng p;

	(void)state;
	prng_seed(&p, 33);
	for (u32 n = 0; n < 10000; n++) {
		int key = prng_below(&p, 2) ? special[prng_below(&p, ARRAY_SIZE(special))]
					    : (int)prng_below(&p, 128);

		if (b.done || prng_below(&p, 500) == 0)
			assert_int_equal(browse_init(&b, &env, prng_below(&p, 2) ? "fw" : "own", 0,
						     20 + (u32)prng_below(&p, 120),
						     5 + (u32)prng_below(&p, 40)),
					 0);
		browse_key(&b, key);
		if (prng_below(&p, 20) == 0) /* somebody else changes the tables */
			table_at(ARENA_PA +
				 PAGE_SIZE * prng_below(&p, arena.used))[prng_below(&p, 512)] =
				prng_next(&p) & prng_next(&p);
		if (n % 16 == 0) {
			browse_draw(&b);
			screen_flush(&b.screen);
		}
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(screens_are_as_drawn_before), TEST(large_screens_show_more),
		TEST(small_screens_still_work),	   TEST(down_and_up),
		TEST(bad_entries_are_named),	   TEST(addresses_are_gone_to),
		TEST(searches_go_round),	   TEST(bookmarks_and_trees),
		TEST(commands_are_run_and_shown),  TEST(little_is_drawn),
		TEST(storms_of_keys_do_no_harm),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
