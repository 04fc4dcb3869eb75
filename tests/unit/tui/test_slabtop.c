/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* slabtop: screens, every key, procps' own lines from procps' own numbers. */
#include "mm_fixture.h"

#include "fake_fw.h"
#include "golden.h"
#include "ui/slabtop.h"

static struct slabtop top;
static struct mem_system *sys;
static void *held[300];

/* A few caches in use, so that each sort has another order. */
static int setup(void **state)
{
	struct kmem_cache *few, *many;

	(void)state;
	fake_fw_reset();
	sys = sim_new("128M");
	few = kmem_cache_create(sys, "few_large", 3000, 0, 0, NULL);
	many = kmem_cache_create(sys, "many_small", 40, 0, SLAB_POISON, NULL);
	for (u32 i = 0; i < ARRAY_SIZE(held); i++)
		held[i] = kmem_cache_alloc(sys, i % 20 ? many : few, GFP_KERNEL);
	slabtop_init(&top, 80, 24);
	slabtop_read(&top, sys);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(held); i++)
		kfree(sys, held[i]);
	sim_free(sys);
	return 0;
}

static char text[SCREEN_MAX_ROWS * (SCREEN_MAX_COLUMNS + 1) + 1];

static const char *screen(void)
{
	size_t len = 0;

	slabtop_draw(&top);
	for (u32 i = 0; i < top.screen.rows; i++) {
		screen_row_text(&top.screen, i, text + len);
		len += strlen(text + len);
		text[len++] = '\n';
	}
	text[len] = '\0';
	return text;
}

static void screens_are_as_drawn_before(void **state)
{
	(void)state;
	same_as_golden("slabtop-80x24.txt", screen());
	slabtop_key(&top, 'c');
	slabtop_init(&top, 132, 43);
	slabtop_read(&top, sys);
	slabtop_key(&top, 's');
	same_as_golden("slabtop-132x43.txt", screen());
}

static const char *first(void)
{
	return top.cache[0].name;
}

static void each_key_sorts(void **state)
{
	static const struct {
		char key;
		const char *first, *what;
	} expected[] = {
		{'o', "many_small", "sorted by objects"},
		{'a', "many_small", "sorted by active objects"},
		{'s', "dma-kmalloc-8k", "sorted by object size"},
		{'l', "kmem_cache", "sorted by slabs"},
		{'v', "kmem_cache", "sorted by active slabs"},
		{'b', "dma-kmalloc-8", "sorted by objects per slab"},
		{'p', "dma-kmalloc-4k", "sorted by pages per slab"},
		{'c', "few_large", "sorted by cache size"},
		{'n', "dma-kmalloc-128", "sorted by name"},
		{'u', "many_small", "sorted by use"},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(expected); i++) {
		slabtop_key(&top, expected[i].key);
		assert_non_null(strstr(screen(), expected[i].what));
		assert_string_equal(first(), expected[i].first);
		for (u32 k = 1; k < top.nr; k++)
			assert_true(top.cache[k - 1].rank >= top.cache[k].rank);
	}
	assert_false(slabtop_sort(&top, 'x'));
	assert_false(slabtop_sort(&top, KEY_DOWN));
}

static void arrows_scroll_and_stop_at_the_ends(void **state)
{
	u32 height = 24 - 8;

	(void)state;
	assert_true(top.nr > 2 * height);
	slabtop_key(&top, KEY_UP);
	assert_int_equal(top.top, 0);
	slabtop_key(&top, KEY_DOWN);
	slabtop_key(&top, 'j');
	assert_int_equal(top.top, 2);
	slabtop_key(&top, KEY_PAGE_DOWN);
	assert_int_equal(top.top, 2 + height);
	slabtop_key(&top, KEY_END);
	assert_int_equal(top.top, top.nr - height);
	slabtop_key(&top, KEY_DOWN);
	assert_int_equal(top.top, top.nr - height);
	assert_non_null(strstr(screen(), top.cache[top.nr - 1].name));
	slabtop_key(&top, KEY_PAGE_UP);
	slabtop_key(&top, 'k');
	assert_int_equal(top.top, top.nr - 2 * height - 1);
	slabtop_key(&top, 'n'); /* another order begins at its top */
	assert_int_equal(top.top, 0);
	slabtop_key(&top, KEY_END);
	slabtop_key(&top, KEY_HOME);
	assert_int_equal(top.top, 0);
}

static void some_keys_leave(void **state)
{
	static const int keys[] = {'q', KEY_ESC, KEY_EOF, 3};

	(void)state;
	slabtop_key(&top, ' ');
	slabtop_key(&top, KEY_NONE);
	assert_false(top.done);
	for (u32 i = 0; i < ARRAY_SIZE(keys); i++) {
		slabtop_init(&top, 80, 24);
		slabtop_key(&top, keys[i]);
		assert_true(top.done);
	}
}

static void small_screens_still_work(void **state)
{
	static const u32 sizes[][2] = {{20, 5}, {40, 8}, {80, 9}, {200, 70}};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		slabtop_init(&top, sizes[i][0], sizes[i][1]);
		slabtop_read(&top, sys);
		for (const char *key = "jkcn"; *key; key++)
			slabtop_key(&top, *key);
		slabtop_key(&top, KEY_END);
		assert_non_null(strstr(screen(), "Active"));
	}
}

/* ---- as text ----------------------------------------------------------------------------- */

static char printed[16384];
static size_t printed_len;

static int collect(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	assert_true(printed_len + n < sizeof(printed));
	memcpy(printed + printed_len, s, n);
	printed_len += n;
	printed[printed_len] = '\0';
	return 0;
}

static const char *print(enum emit_format format)
{
	struct emit out;

	printed_len = 0;
	emit_init(&out, format, collect, NULL);
	slabtop_emit(&top, &out);
	return printed;
}

/* What slabtop 4.0.2 printed on a Debian 12 machine, from the numbers that it had. */
static void lines_are_procps(void **state)
{
	static const struct slabtop_cache caches[] = {
		{"dentry", {235691, 235767, 11227, 11227}, 192, 21, 0, 0},
		{"ext4_inode_cache", {118963, 119000, 8500, 8500}, 1128, 14, 2, 0},
		{"kmalloc-rcl-96", {48258, 48258, 1149, 1149}, 96, 42, 0, 0},
		{"kmalloc-128", {1, 3, 1, 1}, 128, 32, 0, 0}, /* a half goes to the even digit */
	};

	(void)state;
	memcpy(top.cache, caches, sizeof(caches));
	top.nr = ARRAY_SIZE(caches);
	top.sums = (struct slabtop_sums){.active_objs = 893120,
					 .num_objs = 910886,
					 .active_slabs = 31280,
					 .num_slabs = 31280,
					 .active_caches = 121,
					 .num_caches = 235,
					 .active_bytes = 250165596,
					 .num_bytes = 253641093,
					 .min_size = 8,
					 .max_size = 51488};
	assert_string_equal(
		print(EMIT_TEXT),
		" Active / Total Objects (% used)    : 893120 / 910886 (98.0%)\n"
		" Active / Total Slabs (% used)      : 31280 / 31280 (100.0%)\n"
		" Active / Total Caches (% used)     : 121 / 235 (51.5%)\n"
		" Active / Total Size (% used)       : 244302.34K / 247696.38K (98.6%)\n"
		" Minimum / Average / Maximum Object : 0.01K / 0.27K / 50.28K\n"
		"\n"
		"  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME\n"
		"235767 235691  99%    0.19K  11227       21     44908K dentry\n"
		"119000 118963  99%    1.10K   8500       14    136000K ext4_inode_cache\n"
		" 48258  48258 100%    0.09K   1149       42      4596K kmalloc-rcl-96\n"
		"     3      1  33%    0.12K      1       32         4K kmalloc-128\n");
}

static void sums_are_the_caches(void **state)
{
	u64 objects = 0, bytes = 0;

	(void)state;
	for (u32 i = 0; i < top.nr; i++) {
		objects += top.cache[i].st.num_objs;
		bytes += top.cache[i].st.active_objs * top.cache[i].size;
	}
	assert_int_equal(top.sums.num_objs, objects);
	assert_int_equal(top.sums.active_bytes, bytes);
	assert_int_equal(top.sums.num_caches, top.nr);
	assert_int_equal(top.sums.active_caches, 4); /* with those of caches and maps */
	assert_int_equal(top.sums.min_size, 8);
	assert_int_equal(top.sums.max_size, 8192);
	assert_non_null(strstr(print(EMIT_JSON), "\"name\": \"few_large\"}"));
}

static void more_caches_than_lines_are_counted(void **state)
{
	static struct kmem_cache *more[SLABTOP_MAX_CACHES];
	char name[SLAB_NAME_LEN];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(more); i++) {
		fmt_print(name, sizeof(name), "more-%u", i);
		more[i] = kmem_cache_create(sys, name, 24, 0, SLAB_POISON, NULL);
		assert_non_null(more[i]);
	}
	slabtop_read(&top, sys);
	assert_int_equal(top.nr, SLABTOP_MAX_CACHES);
	assert_true(top.sums.num_caches > SLABTOP_MAX_CACHES);
	for (u32 i = 0; i < ARRAY_SIZE(more); i++)
		assert_int_equal(kmem_cache_destroy(sys, more[i]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(screens_are_as_drawn_before, setup, teardown),
		cmocka_unit_test_setup_teardown(each_key_sorts, setup, teardown),
		cmocka_unit_test_setup_teardown(arrows_scroll_and_stop_at_the_ends, setup,
						teardown),
		cmocka_unit_test_setup_teardown(some_keys_leave, setup, teardown),
		cmocka_unit_test_setup_teardown(small_screens_still_work, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_are_procps, setup, teardown),
		cmocka_unit_test_setup_teardown(sums_are_the_caches, setup, teardown),
		cmocka_unit_test_setup_teardown(more_caches_than_lines_are_counted, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
