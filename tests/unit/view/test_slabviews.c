/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The views of caches: Linux's bytes, names and aliases, maps, live
 * objects, reports, planted bugs. */
#include "cmd_fixture.h"
#include "explain_fixture.h"

int fw_file_write(const char *path, const char *buf, size_t len)
{
	(void)path;
	(void)buf;
	(void)len;
	return -EIO;
}

static int run_as(const char *line, enum emit_format format)
{
	text_clear();
	return run_line(&app, line, format);
}

static int run(const char *line)
{
	return run_as(line, EMIT_TEXT);
}

static void assert_says(const char *what)
{
	if (!strstr(text, what))
		fail_msg("`%s` is not in:\n%s", what, text);
}

static struct kmem_cache *new_cache(const char *name, u32 size, u32 flags)
{
	struct kmem_cache *c = kmem_cache_create(&app.sys, name, size, 0, flags, NULL);

	assert_non_null(c);
	return c;
}

static void *take(struct kmem_cache *c)
{
	void *object = kmem_cache_alloc(&app.sys, c, GFP_KERNEL);

	assert_non_null(object);
	return object;
}

static void destroy(struct kmem_cache *c)
{
	assert_int_equal(kmem_cache_destroy(&app.sys, c), 0);
}

/* ---- slabinfo ---------------------------------------------------------------------------- */

/* From Linux's /proc/slabinfo on a machine with one CPU (reference/linux/4G), in its order. */
static const char sample[] =
	"fsverity_info          0      0    256   16    1 : tunables    0    0    0 : slabdata    "
	"  0      0      0\n"
	"MPTCPv6                0      0   2176   15    8 : tunables    0    0    0 : slabdata    "
	"  0      0      0\n"
	"request_sock_subflow_v6      0      0    384   10    1 : tunables    0    0    0 : "
	"slabdata      0      0      0\n"
	"userfaultfd_ctx_cache      0      0    192   21    1 : tunables    0    0    0 : "
	"slabdata      0      0      0\n"
	"dnotify_struct         0      0     32  128    1 : tunables    0    0    0 : slabdata    "
	"  0      0      0\n";

static void slabinfo_is_linuxs_to_the_byte(void **state)
{
	static const struct {
		const char *name;
		u32 size;
	} oldest_first[] = {{"dnotify_struct", 32},
			    {"userfaultfd_ctx_cache", 192},
			    {"request_sock_subflow_v6", 384},
			    {"MPTCPv6", 2176},
			    {"fsverity_info", 256}};
	struct kmem_cache *caches[ARRAY_SIZE(oldest_first)];

	(void)state;
	app.sys.given.slab_options.nomerge = true;
	for (u32 i = 0; i < ARRAY_SIZE(caches); i++)
		caches[i] = new_cache(oldest_first[i].name, oldest_first[i].size, 0);
	app.sys.given.slab_options.nomerge = false;
	assert_int_equal(run("slabinfo"), 0);
	assert_true(!strncmp(text, "slabinfo - version: 2.1\n# name ", 31));
	assert_ptr_equal(strstr(text, sample), strstr(strstr(text, "sharedavail>"), "\n") + 1);
	assert_int_equal(run_as("slabinfo", EMIT_JSON), 0);
	assert_says("[{\"name\": \"fsverity_info\", \"active_objs\": 0, \"num_objs\": 0, "
		    "\"objsize\": 256, \"objperslab\": 16, \"pagesperslab\": 1,");
	for (u32 i = 0; i < ARRAY_SIZE(caches); i++)
		destroy(caches[i]);
}

/* ---- slab -------------------------------------------------------------------------------- */

static void aliases_are_shown_and_found(void **state)
{
	struct kmem_cache *a = new_cache("files", 60, 0), *b = new_cache("tasks", 64, 0);

	(void)state;
	assert_ptr_equal(a, b);
	assert_int_equal(run("slab"), 0);
	assert_says("kmalloc-64            64     64    64    64     1      0  -  also files (60), "
		    "tasks (64)\n");
	assert_int_equal(run("slab tasks"), 0);
	assert_says("\nkmalloc-64 ");
	assert_int_equal(run_as("slab files", EMIT_JSON), 0);
	assert_says("\"aliases\": [\"files\", \"tasks\"]");
	destroy(a);
	destroy(b);
	assert_int_equal(run("slab files"), -ENOENT);
}

static void flags_are_words(void **state)
{
	struct kmem_cache *c = new_cache("watched", 100, SLAB_DEBUG_FLAGS | SLAB_HWCACHE_ALIGN);
	struct kmem_cache *d = new_cache("typed", 100, SLAB_TYPESAFE_BY_RCU | SLAB_CACHE_DMA);

	(void)state;
	assert_int_equal(run("slab"), 0);
	assert_says("  checks,red-zone,poison,store-user,hwcache-align\n");
	assert_says("  dma,typesafe\n");
	destroy(c);
	destroy(d);
}

static u32 count_char(char c)
{
	u32 nr = 0;

	for (const char *row = text; (row = strstr(row, "\n      ")); row += 7) {
		const char *map = strchr(row + 7, ' ');

		for (; map && *map && *map != '\n'; map++)
			nr += *map == c;
	}
	return nr;
}

static void maps_have_one_character_per_object(void **state)
{
	struct kmem_cache *c = new_cache("mapped", 100, SLAB_TYPESAFE_BY_RCU);
	void *held[60];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(held); i++)
		held[i] = take(c);
	for (u32 i = 0; i < ARRAY_SIZE(held); i += 3)
		kmem_cache_free(&app.sys, c, held[i]);
	assert_int_equal(run("slab mapped"), 0);
	assert_int_equal(count_char('#'), 40);
	assert_int_equal(count_char('#') + count_char('.') + count_char('h'),
			 kmem_cache_node_slabs(c, NUMA_NO_NODE) * c->objects);
	assert_says("# handed out: 40\n");
	assert_int_equal(run_as("slab mapped", EMIT_JSON), 0);
	assert_says("\"live\": 40");
	for (u32 i = 0; i < ARRAY_SIZE(held); i++) {
		if (i % 3)
			kmem_cache_free(&app.sys, c, held[i]);
	}
	destroy(c);
}

static void quarantined_objects_are_seen(void **state)
{
	struct kmem_cache *c;
	void *object;

	(void)state;
	app.sys.given.slab_options.quarantine = 4;
	c = new_cache("ill", 100, SLAB_DEBUG_FLAGS);
	object = take(c);
	kmem_cache_free(&app.sys, c, object);
	assert_int_equal(run("slab ill"), 0);
	assert_int_equal(count_char('q'), 1);
	assert_says("q free, in quarantine: 1\n");
	destroy(c);
	app.sys.given.slab_options.quarantine = 0;
}

/* ---- live objects ------------------------------------------------------------------------ */

static u32 calls;

static __noinline void *first_taker(struct kmem_cache *c)
{
	void *object = kmem_cache_alloc(&app.sys, c, GFP_KERNEL);

	calls++;
	return object;
}

static __noinline void *second_taker(struct kmem_cache *c)
{
	void *object = kmem_cache_alloc(&app.sys, c, GFP_KERNEL);

	calls += 2;
	return object;
}

static void live_objects_are_summed_by_caller(void **state)
{
	struct kmem_cache *c = new_cache("leaky", 100, SLAB_STORE_USER);
	void *held[7];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(held); i++)
		held[i] = i < 2 ? first_taker(c) : second_taker(c);
	assert_int_equal(run("slab leaky --live"), 0);
	assert_says("\n      5 0x");
	assert_says("\n      2 0x");
	assert_true(strstr(text, "\n      5 0x") < strstr(text, "\n      2 0x"));
	assert_says("cpus=0 nodes=0\n7 live objects, each:\n");
	assert_says("] 100 bytes by 0x");
	for (u32 i = 0; i < ARRAY_SIZE(held); i++)
		kmem_cache_free(&app.sys, c, held[i]);
	assert_int_equal(run("slab leaky --live"), 0);
	assert_says("\n0 live objects, each:\n");
	destroy(c);
}

static void without_tracking_it_says_so(void **state)
{
	struct kmem_cache *c = new_cache("plain", 5000, 0);
	void *object = take(c);

	(void)state;
	assert_int_equal(run("slab plain --live"), 0);
	assert_says("1 live objects; slub_debug=U would keep");
	assert_null(strstr(text, "age="));
	assert_int_equal(run_as("slab plain --live", EMIT_JSON), 0);
	assert_says("\"callers\": [], \"live\": 1, \"objects\": [{\"physical\": ");
	kmem_cache_free(&app.sys, c, object);
	destroy(c);
}

static void callers_are_named_by_image(void **state)
{
	char buf[64];

	(void)state;
	app.machine.image_start = 0x3f110000;
	app.machine.image_end = 0x3f120000;
	assert_string_equal(cmd_caller(&app, 0x3f110123, buf, sizeof(buf)), "tablewalk+0x123");
	assert_string_equal(cmd_caller(&app, 0x3f10ffff, buf, sizeof(buf)), "0x3f10ffff");
	assert_string_equal(cmd_caller(&app, 0x3f120000, buf, sizeof(buf)), "0x3f120000");
	assert_string_equal(cmd_caller(&app, CORE + 0x1234, buf, sizeof(buf)), "DxeCore+0x1234");
	assert_string_equal(cmd_caller(&app, 0, buf, sizeof(buf)), "-");
	app.machine.image_start = app.machine.image_end = 0;
}

/* ---- explain ----------------------------------------------------------------------------- */

static void explain_names_who_had_it(void **state)
{
	struct kmem_cache *c = new_cache("tracked", 100, SLAB_DEBUG_FLAGS);
	u8 *kept = first_taker(c), *object = second_taker(c);
	char line[64];

	(void)state;
	fmt_print(line, sizeof(line), "explain p:%llx", virt_to_phys(&app.sys, object + 9));
	assert_int_equal(run(line), 0);
	assert_says("slab       tracked: object 1 of ");
	assert_says("\nallocated  by 0x");
	assert_null(strstr(text, "\nfreed "));
	kmem_cache_free(&app.sys, c, object);
	assert_int_equal(run(line), 0);
	assert_says(", CPU 0, 100 bytes\nfreed      by 0x");
	assert_int_equal(run_as(line, EMIT_JSON), 0);
	assert_says("\"allocated\": {\"by\": \"0x");
	kmem_cache_free(&app.sys, c, kept);
	destroy(c);
}

/* ---- reports ----------------------------------------------------------------------------- */

static void reports_are_kept_and_counted(void **state)
{
	u64 local = 0;

	(void)state;
	assert_int_equal(run("slab errors"), 0);
	assert_string_equal(text, "0 reports\n");
	for (u32 i = 0; i < 2 * SLAB_MAX_REPORTS; i++)
		kfree(&app.sys, &local);
	assert_null(kmem_cache_create(&app.sys, "odd\nname", 8, 0, 0, NULL));
	assert_null(kmalloc_array(&app.sys, 1ULL << 40, 1ULL << 40, GFP_KERNEL));
	assert_int_equal(run("slab errors"), 0);
	assert_says("18 reports; the last of them below\n");
	assert_says("      16 freeing what is no object\n");
	assert_says(", no object\n  found     by 0x");
	assert_int_equal(run_as("slab errors", EMIT_JSON), 0);
	assert_says("\"cache\": \"odd\\u000aname\"");
}

/* A line of the text is one: bytes that are not printable do not reach the console. */
static void odd_names_stay_on_their_line(void **state)
{
	(void)state;
	assert_null(kmem_cache_create(&app.sys, "a\033[2Jb\nc\xff", 8, 0, 0, NULL));
	assert_int_equal(run("slab errors"), 0);
	assert_says("a?[2Jb?c?: creating a cache that cannot be\n");
}

static void every_planted_bug_is_found(void **state)
{
	static const char *const names[] = {"overrun",	   "underrun",	"uaf",	"double", "middle",
					    "wrong-cache", "no-object", "leak", "busy"};
	u64 caches = kmem_cache_live(&app.sys, app.sys.slab.cache_cache);
	const struct kmem_cache *where;
	char line[64];

	(void)state;
	for (u32 quarantine = 0; quarantine <= 8; quarantine += 8) {
		app.sys.given.slab_options.quarantine = quarantine;
		for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
			fmt_print(line, sizeof(line), "slabdebug plant %s", names[i]);
			assert_int_equal(run(line), 0);
			assert_says("\n1 of 1 found\n");
		}
	}
	app.sys.given.slab_options.quarantine = 0;
	assert_int_equal(run_as("slabdebug plant all", EMIT_JSON), 0);
	assert_says("\"nr_found\": 9, \"planted\": 9");
	assert_int_equal(kmem_cache_live(&app.sys, app.sys.slab.cache_cache), caches);
	assert_null(slab_check(&app.sys, &where));
	assert_int_equal(run("slabdebug plant"), -EINVAL);
	assert_int_equal(run("slabdebug plant rubbish"), -EINVAL);
	assert_int_equal(run("slabdebug plant uaf double"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slabinfo_is_linuxs_to_the_byte),
		cmocka_unit_test(aliases_are_shown_and_found),
		cmocka_unit_test(flags_are_words),
		cmocka_unit_test(maps_have_one_character_per_object),
		cmocka_unit_test(quarantined_objects_are_seen),
		cmocka_unit_test(live_objects_are_summed_by_caller),
		cmocka_unit_test(without_tracking_it_says_so),
		cmocka_unit_test(callers_are_named_by_image),
		cmocka_unit_test(explain_names_who_had_it),
		cmocka_unit_test(reports_are_kept_and_counted),
		cmocka_unit_test(odd_names_stay_on_their_line),
		cmocka_unit_test(every_planted_bug_is_found),
	};

	return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
