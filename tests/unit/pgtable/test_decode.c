/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Entries in words: every set bit is named, and `explain entry` against golden files. After a
 * wanted change: GOLDEN=write build/test/unit/pgtable/test_decode, and read the difference. Runs in
 * the root.
 */
#include "cmd_fixture.h"
#include "parse/facts.h"
#include "golden.h"
#include "lib.h"

static struct app app;

/* ---- every bit --------------------------------------------------------------------------- */

struct told {
	u64 entry, covered, reserved;
	unsigned next;
};

static void note(void *ctx, const struct pt_meaning *m)
{
	struct told *t = ctx;
	u64 mask = ((2ULL << (m->high - m->low)) - 1) << m->low;
	char number[8];

	assert_true(m->name[0] && m->text[0] && m->source[0]);
	assert_int_equal(m->value, (t->entry & mask) >> m->low);
	if (m->reserved) {
		assert_int_equal(m->high, m->low);
		t->reserved |= mask;
	}
	fmt_print(number, sizeof(number), "bit %u", m->low);
	if (!m->reserved && !strcmp(m->name, number))
		assert_string_equal(m->text, "ignored");
	assert_true(m->high < t->next || m->reserved); /* from high to low */
	t->next = m->low;
	t->covered |= mask;
}

static void every_set_bit_is_named(void **state)
{
	const struct pt_format *f;
	struct prng p;

	(void)state;
	prng_seed(&p, 11);
	for (u32 n = 0; n < 30000; n++) {
		unsigned phys_bits = (unsigned)prng_below(&p, 2) * 39;
		struct told t = {.next = 64};
		unsigned level;
		bool nx = prng_below(&p, 2);

		f = pt_format_nr((u32)prng_below(&p, 9));
		level = (unsigned)prng_below(&p, f->nr_levels);
		t.entry =
			(prng_next(&p) & (prng_below(&p, 2) ? ~0ULL : prng_next(&p))) | f->present;
		if (f->entry_size == 4)
			t.entry &= 0xffffffff;
		pt_decode(f, t.entry, level, phys_bits, nx, note, &t);
		if (t.entry & ~t.covered)
			fail_msg("%s level %u: %#llx of %#llx have no name", f->name, level,
				 t.entry & ~t.covered, t.entry);
		assert_int_equal(t.reserved, pt_entry_reserved(f, t.entry, level,
							       pt_entry_is_leaf(f, t.entry, level),
							       phys_bits, nx));
	}
}

/* ---- the command ------------------------------------------------------------------------- */

static int run_as(enum emit_format format, const char *line)
{
	app.sys.pt.levels = 4;
	return run_line(&app, line, format);
}

static void run(const char *line)
{
	if (text_len)
		text_collect(NULL, "\n", 1);
	run_as(EMIT_TEXT, line);
}

static int forget(void **state)
{
	(void)state;
	text_len = 0;
	text[0] = '\0';
	return 0;
}

static void x86_entries(void **state)
{
	(void)state;
	run("formats");
	run("explain entry 8000000012345067");
	run("explain entry 80000000802000e3");
	run("explain entry 80000000802020e3 --level PDE");
	run("explain entry 12345027 --level 3");
	run("explain entry 12345066");
	run("explain entry 12345067 --table");
	run("explain entry 80000000802000e3 --table");
	run("explain entry 4020e3 --format x86-32");
	run("explain entry 12345027 --format pae --level PDPTE");
	same_as_golden("entry-x86.txt", text);
}

static void arm_entries(void **state)
{
	(void)state;
	run("explain entry 40000040200f91 --format aarch64-4");
	run("explain entry 68000041234713 --format aarch64-4");
	run("explain entry 60000000bfff8003 --format aarch64-4 --level L1");
	run("explain entry 40000f01 --format aarch64-4 --level L0");
	run("explain entry 40000f01 --format aarch64-3 --level 0");
	run("explain entry 40004f01 --format aarch64-3 --page --level L2");
	same_as_golden("entry-arm.txt", text);
}

static void riscv_entries(void **state)
{
	(void)state;
	run("explain entry 20000ef --format sv39");
	run("explain entry 20000000200800e7 --format sv48 --level 1");
	run("explain entry 20abcc01 --format sv57");
	run("explain entry 200804eb --format sv39 --level L1");
	run("explain entry 20080005 --format sv39");
	run("explain entry 60000000200800e7 --format sv39 --page");
	same_as_golden("entry-riscv.txt", text);
}

static void an_entry_as_json(void **state)
{
	(void)state;
	assert_int_equal(run_as(EMIT_JSON, "explain entry 20080001 --format sv39 --level 1"), 0);
	same_as_golden("entry.json", text);
}

static void wrong_words_are_told(void **state)
{
	(void)state;
	assert_int_equal(run_as(EMIT_TEXT, "explain entry 1 --format sv32"), -EINVAL);
	assert_non_null(strstr(text, "sv32: no such format; there are x86-64-4"));
	assert_int_equal(run_as(EMIT_TEXT, "explain entry 1 --level PUD"), -EINVAL);
	assert_int_equal(run_as(EMIT_TEXT, "explain entry"), -EINVAL);
	assert_int_equal(run_as(EMIT_TEXT, "explain entry xyz"), -EINVAL);
	assert_int_equal(run_as(EMIT_TEXT, "explain entry 100000001 --format x86-32"), -ERANGE);
	assert_int_equal(run_as(EMIT_TEXT, "explain entry --format list"), 0);
	assert_int_equal(run_as(EMIT_TEXT, "explain entry 1 --table --page"), -EINVAL);
	assert_int_equal(run_as(EMIT_TEXT, "explain entry 67 --level PDE --page"), -EINVAL);
	assert_non_null(strstr(text, "0x67: no PDE with this value maps a page"));
	assert_int_equal(run_as(EMIT_TEXT, "explain entry e7 --level PDE --table"), -EINVAL);
	assert_int_equal(run_as(EMIT_TEXT, "explain entry 1 --format sv39 --page"), -EINVAL);
	assert_non_null(strstr(text, "0x1: no entry with this value maps a page"));
	assert_int_equal(run_as(EMIT_TEXT, "explain entry cf --format sv39 --table"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_set_bit_is_named, forget),
		cmocka_unit_test_setup(x86_entries, forget),
		cmocka_unit_test_setup(arm_entries, forget),
		cmocka_unit_test_setup(riscv_entries, forget),
		cmocka_unit_test_setup(an_entry_as_json, forget),
		cmocka_unit_test_setup(wrong_words_are_told, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
