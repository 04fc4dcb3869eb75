/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `whatif`: trees as they are typed, what is said of mistakes, and that nothing is half done. */
#include "cmd_fixture.h"
#include "explain_fixture.h"

#include "app/tables.h"
#include "cmd/cmds.h"
#include "sim.h"

/* ---- files are not asked for ------------------------------------------------------------- */

int fw_file_write(const char *path, const char *buf, size_t len)
{
	(void)path;
	(void)buf;
	(void)len;
	return -EIO;
}

/* ---- the command ------------------------------------------------------------------------- */

static int run(const char *line)
{
	text_clear();
	return run_line(&app, line, EMIT_TEXT);
}

/* Where `va` leads in the invented tables; all ones: nowhere. */
static u64 whatif_phys(u64 va)
{
	const struct pgtable *pt = app_tables_find(&app, "whatif");
	struct pt_path path;

	assert_non_null(pt);
	return pt_lookup(pt, va, &path) == PT_MAPPED ? pt_path_phys(&path, va) : ~0ULL;
}

static void every_format_has_an_example(void **state)
{
	u64 before = sim_free_pages(&app.sys);
	const struct pt_format *f;
	char line[32];

	(void)state;
	for (u32 i = 0; (f = pt_format_nr(i)); i++) {
		fmt_print(line, sizeof(line), "whatif %s", f->name);
		assert_int_equal(run(line), 0);
		assert_ptr_equal(pt_format_of(app_tables_find(&app, "whatif")), f);
		assert_int_equal(whatif_phys(0x400123), 0x90001123);
		assert_int_equal(whatif_phys(0x1000), ~0ULL);
		assert_int_equal(whatif_phys(0x80001234), 0x80001234);
	}
	assert_int_equal(run("whatif drop"), 0);
	assert_null(app_tables_find(&app, "whatif"));
	assert_int_equal(sim_free_pages(&app.sys), before);
}

/* The words that the shell completes, the last of which is `drop`. */
static void every_format_is_a_word(void **state)
{
	const char *const *words = cmds_whatif_tables.cmds[0].words;
	const struct pt_format *f;
	u32 i;

	(void)state;
	for (i = 0; (f = pt_format_nr(i)); i++)
		assert_string_equal(words[i], f->name);
	assert_string_equal(words[i], "drop");
	assert_null(words[i + 1]);
}

static void mappings_are_as_typed(void **state)
{
	struct pt_path path;
	char rights[8];

	(void)state;
	assert_int_equal(run("whatif sv48 80000000=80000000:2M:rwx 0=1000:4K:ru"), 0);
	assert_int_equal(whatif_phys(0x80012345), 0x80012345);
	assert_int_equal(whatif_phys(0xfff), 0x1fff);
	assert_int_equal(whatif_phys(0x1000), ~0ULL);
	assert_int_equal(pt_lookup(&app.whatif.pt, 0x80000000, &path), PT_MAPPED);
	assert_int_equal(path.entry[path.nr - 1].level, 1);
	assert_string_equal(pt_rights_text(rights, path.entry[path.nr - 1].rights), "rwx/---");
	assert_int_equal(pt_lookup(&app.whatif.pt, 0, &path), PT_MAPPED);
	assert_string_equal(pt_rights_text(rights, path.entry[path.nr - 1].rights), "---/r--");
	assert_int_equal(run("whatif x86-32 0=1200000000:4M:rw"), 0); /* PSE-36 */
	assert_int_equal(whatif_phys(0x3fffff), 0x12003fffff);
	assert_int_equal(run("whatif drop"), 0);
}

static const struct {
	const char *line, *says;
} mistakes[] = {
	{"whatif", "which format? there are x86-64-4 x86-64-5"},
	{"whatif q35-4G.map", "tablewalk/q35-4G.map: there is no such file"},
	{"whatif sv39 0", "0: mappings are VA=PA:SIZE:FLAGS"},
	{"whatif sv39 0=0:4K:q", "0=0:4K:q: mappings are"},
	{"whatif sv39 0=0:4K:r:w", "0=0:4K:r:w: mappings are"},
	{"whatif sv39 z=0:4K:r", "z=0:4K:r: mappings are"},
	{"whatif sv39 0=0:1:r", "0=0:1:r: whole pages"},
	{"whatif sv39 0=0:0:r", "0=0:0:r: whole pages"},
	{"whatif sv39 4000000000=0:4K:r", "whole pages, and addresses that the format has"},
	{"whatif sv39 0=100000000000000:4K:r", "whole pages, and addresses"},
	{"whatif x86-32 0=100000000:4K:r", "whole pages, and addresses"},
	{"whatif sv39 0=0:8K:r 1000=0:4K:r", "1000=0:4K:r: something is mapped there"},
	{"whatif sv39 0=1000:64G:r", "more tables than an invented tree may have"},
	{"whatif drop now", "tablewalk/drop.map: there is no such file"},
};

/* What was there before is still there, and no memory is lost. */
static void mistakes_change_nothing(void **state)
{
	u64 before;

	(void)state;
	assert_int_equal(run("whatif sv57 5000=7000:4K:r"), 0);
	before = sim_free_pages(&app.sys);
	for (u32 i = 0; i < ARRAY_SIZE(mistakes); i++) {
		assert_true(run(mistakes[i].line) < 0);
		if (!strstr(text, mistakes[i].says))
			fail_msg("%s: %s", mistakes[i].line, text);
		assert_int_equal(whatif_phys(0x5123), 0x7123);
		assert_int_equal(sim_free_pages(&app.sys), before);
	}
	assert_int_equal(run("whatif drop"), 0);
}

/* The origin of the clone must outlive it. */
static void a_cloned_tree_stays(void **state)
{
	(void)state;
	assert_int_equal(run("whatif sv39"), 0);
	app.clone.origin = &app.whatif.pt;
	app.have_clone = true;
	assert_int_equal(run("whatif sv48"), -EBUSY);
	assert_int_equal(run("whatif drop"), -EBUSY);
	assert_int_equal(whatif_phys(0x400000), 0x90001000);
	app.have_clone = false;
	assert_int_equal(run("whatif drop"), 0);
}

static void random_words_do_no_harm(void **state)
{
	static const char letters[] = "0123456789abcdef=::=KMGTrwxugn-";
	u64 before = sim_free_pages(&app.sys);
	u32 good = 0;
	struct prng p;

	(void)state;
	prng_seed(&p, 5);
	for (u32 n = 0; n < 600; n++) {
		const struct pt_format *f = pt_format_nr((u32)prng_below(&p, 9));
		char line[160];
		int len = fmt_print(line, sizeof(line), "whatif %s", f->name);

		for (u32 word = 0; word < 2; word++)
			len += fmt_print(line + len, sizeof(line) - (size_t)len,
					 " %llx=%llx:%llu%c:rw", prng_below(&p, 40) << 12,
					 prng_below(&p, 1 << 20) << 12, prng_below(&p, 20),
					 "KMG"[prng_below(&p, 3)]);
		if (prng_below(&p, 2)) /* somewhere behind the format's name */
			line[7 + strlen(f->name) + prng_below(&p, 20)] =
				letters[prng_below(&p, sizeof(letters) - 1)];
		good += !run(line);
	}
	assert_true(good > 10);
	run("whatif drop");
	assert_int_equal(sim_free_pages(&app.sys), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_has_an_example),
		cmocka_unit_test(every_format_is_a_word),
		cmocka_unit_test(mappings_are_as_typed),
		cmocka_unit_test(mistakes_change_nothing),
		cmocka_unit_test(a_cloned_tree_stays),
		cmocka_unit_test(random_words_do_no_harm),
	};

	return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
