/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `explain` and `memtype` on an invented machine, against golden files. After a wanted change:
 * GOLDEN=write build/test/unit/view/test_explain, and read the difference. Runs in the root.
 */
#include "cmd_fixture.h"
#include "explain_fixture.h"
#include "golden.h"

#include "cmd/machine/memtype_check.h"
#include "ui/explain.h"

static int run(const char *line, enum emit_format format)
{
	return run_line(&app, line, format);
}

static void show(const char *line)
{
	text_len += (size_t)fmt_print(text + text_len, sizeof(text) - text_len, "> %s\n", line);
	run(line, EMIT_TEXT);
}

static void begin(void)
{
	text_len = 0;
	text[0] = '\0';
}

static void firmwares_memory(void **state)
{
	(void)state;
	begin();
	show("explain p:3f011234");	   /* DxeCore's code: writable */
	show("explain p:3f020000 in fw");  /* its data: executable */
	show("explain p:3f201000");	   /* runtime code, read-only by the MAT */
	show("explain pfn:3f200");	   /* runtime data, not executable by the MAT */
	show("explain p:3f300000");	   /* two types */
	show("explain v:600000000 in fw"); /* the other of them */
	same_as_golden("explain-firmware.txt", text);
}

static void devices_and_holes(void **state)
{
	(void)state;
	begin();
	show("explain p:80000000"); /* framebuffer */
	show("explain p:fee00020"); /* local APIC */
	show("explain p:90000000"); /* nothing */
	show("explain p:3f400120"); /* an ACPI table */
	show("explain p:3fe00000"); /* RAM that an MTRR makes UC */
	show("explain p:0");
	show("explain p:fffffffffffff"); /* the last byte of 52 bits */
	show("explain p:10000000000");	 /* behind the CPU's 40 bits */
	same_as_golden("explain-holes.txt", text);
}

static void virtual_addresses(void **state)
{
	(void)state;
	begin();
	show("explain v:0 in own");		  /* absent */
	show("explain v:800000000000");		  /* not canonical */
	show("explain v:ffff7fffffffffff in fw"); /* neither */
	show("explain v:ffffffffffffffff");
	show("explain 100000");	       /* nothing is mapped there: physical */
	show("explain fw 100000");     /* there it is */
	show("explain ffffffffff000"); /* the largest that can be physical */
	show("explain ffffc90000000000");
	same_as_golden("explain-virtual.txt", text);
}

static void our_own_memory(void **state)
{
	struct mem_system *sys = &app.sys;
	u8 *object = kmalloc(sys, 100, GFP_KERNEL), *area = vmalloc(sys, 3 * PAGE_SIZE);
	u8 *large = kmalloc(sys, 50000, GFP_KERNEL);
	char line[64];

	(void)state;
	begin();
	fmt_print(line, sizeof(line), "explain p:%llx", virt_to_phys(sys, object) + 17);
	show(line);
	kfree(sys, object);
	show(line);
	fmt_print(line, sizeof(line), "explain v:%llx",
		  (u64)(uintptr_t)area - sys->vmalloc_offset + PAGE_SIZE);
	show(line);
	fmt_print(line, sizeof(line), "explain v:%llx",
		  (u64)(uintptr_t)area - sys->vmalloc_offset + 3 * PAGE_SIZE); /* its guard */
	show(line);
	fmt_print(line, sizeof(line), "explain p:%llx", virt_to_phys(sys, large));
	show(line);
	kfree(sys, large);
	vfree(sys, area);
	fmt_print(line, sizeof(line), "explain v:%llx",
		  (u64)(uintptr_t)area - sys->vmalloc_offset + PAGE_SIZE);
	show(line);
	fmt_print(line, sizeof(line), "explain p:%llx", sys->pt.root);
	show(line);
	same_as_golden("explain-own.txt", text);
}

static void as_json(void **state)
{
	(void)state;
	begin();
	run("explain p:3f201000", EMIT_JSON);
	run("explain v:0", EMIT_JSON);
	run("explain fw 3f300000", EMIT_JSON);
	same_as_golden("explain.json", text);
}

/* A large kmalloc() and an area that waits for the purge are members, too. */
static void large_and_lazy_as_json(void **state)
{
	struct mem_system *sys = &app.sys;
	u8 *large = kmalloc(sys, 50000, GFP_KERNEL), *area = vmalloc(sys, 5 * PAGE_SIZE);
	char line[64];

	(void)state;
	begin();
	fmt_print(line, sizeof(line), "explain p:%llx", virt_to_phys(sys, large));
	run(line, EMIT_JSON);
	assert_non_null(strstr(text, "\"kmalloc\": {\"size\": 65536, \"start\": \"0x"));
	kfree(sys, large);
	fmt_print(line, sizeof(line), "explain v:%llx",
		  (u64)(uintptr_t)area - sys->vmalloc_offset + PAGE_SIZE);
	begin();
	run(line, EMIT_JSON);
	assert_non_null(strstr(text, "\"page_index\": 1, \"pages\": 5, \"lazy\": false}"));
	vfree(sys, area);
	begin();
	run(line, EMIT_JSON);
	assert_non_null(strstr(text, "\"lazy\": true}"));
}

static void memory_types(void **state)
{
	(void)state;
	begin();
	show("memtype fw");
	show("memtype own ffffea0000000000-fffff00000000000");
	show("memtype mtrr");
	show("memtype pat");
	show("images");
	show("images DxeCore");
	show("mat");
	show("gcd");
	same_as_golden("explain-memtype.txt", text);
}

static void bad_input_is_named(void **state)
{
	static const struct {
		const char *line, *message;
		int err;
	} rows[] = {
		{"explain", "explain: which address? v:HEX, p:HEX, pfn:HEX or HEX\n", -EINVAL},
		{"explain p:", "explain: p:: not an address (v:HEX, p:HEX, pfn:HEX or HEX)\n",
		 -EINVAL},
		{"explain p:12345678901234567",
		 "explain: p:12345678901234567: not an address (v:HEX, p:HEX, pfn:HEX or HEX)\n",
		 -ERANGE},
		{"explain p:10000000000000",
		 "explain: p:10000000000000: physical addresses have at most 52 bits\n", -ERANGE},
		{"explain pfn:10000000000",
		 "explain: pfn:10000000000: page frames have at most 40 bits\n", -ERANGE},
		{"explain p:1 2", NULL, -EINVAL},
		{"explain p:1 in nowhere", NULL, -ENODEV},
		{"memtype own 5000-1000", NULL, -EINVAL},
		{"memtype mtrr 1", NULL, -EINVAL},
		{"memtype pat 1", NULL, -EINVAL},
		{"images Nobody", NULL, -ENOENT},
		{"gcd 1", NULL, -EINVAL},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		begin();
		if (run(rows[i].line, EMIT_TEXT) != rows[i].err)
			fail_msg("%s: %s", rows[i].line, text);
		if (rows[i].message)
			assert_string_equal(text, rows[i].message);
		assert_true(text_len > 0);
	}
}

/* Any address whatever, physical and virtual, in both tables: something is printed, nothing
 * breaks, and no line is wider than it should be. */
static void random_addresses(void **state)
{
	static const u8 widths[] = {12, 20, 30, 33, 40, 48, 52, 57, 64};
	struct prng p;

	(void)state;
	prng_seed(&p, 1);
	for (u32 i = 0; i < 400; i++) {
		u32 width = widths[prng_below(&p, ARRAY_SIZE(widths))];
		u64 addr = prng_next(&p) >> (64 - width);
		char line[64];

		begin();
		fmt_print(line, sizeof(line), "explain %s%llx in %s",
			  prng_below(&p, 2) && !(addr >> 52) ? "p:" : "v:", addr,
			  prng_below(&p, 2) ? "fw" : "own");
		assert_int_equal(run(line, EMIT_TEXT), 0);
		assert_true(text_len > 10);
	}
}

/* Seventeen virtual addresses of one page: sixteen are shown. */
static void too_many_mappings_are_cut(void **state)
{
	struct pgtable fw = app.fw_pt;

	(void)state;
	for (u64 i = 0; i < 20; i++)
		assert_int_equal(pt_map(&app.fw_pt, 2 * ALIAS + i * PAGE_SIZE, 0x3f500000,
					PAGE_SIZE, PT_WRITE, 0),
				 0);
	begin();
	show("explain p:3f500000");
	assert_non_null(strstr(text, "and more"));
	assert_int_equal(pt_unmap(&app.fw_pt, 2 * ALIAS, 20 * PAGE_SIZE), 0);
	app.fw_pt = fw;
}

static void without_facts_there_are_sentences(void **state)
{
	static struct fw_facts saved;

	(void)state;
	saved = facts;
	memset(&facts, 0, sizeof(facts));
	fmt_print(facts.mat_note, sizeof(facts.mat_note), "no MAT here");
	fmt_print(facts.gcd_note, sizeof(facts.gcd_note), "no GCD here");
	fmt_print(facts.images_note, sizeof(facts.images_note), "no images here");
	begin();
	run("explain p:3f201000", EMIT_TEXT);
	assert_non_null(strstr(text, "no MAT here"));
	assert_non_null(strstr(text, "no GCD here"));
	begin();
	assert_int_equal(run("images", EMIT_TEXT), 0);
	assert_int_equal(run("mat", EMIT_TEXT), 0);
	assert_int_equal(run("gcd", EMIT_JSON), 0);
	assert_string_equal(text, "no images here\nno MAT here\n{\"note\": \"no GCD here\"}\n");
	facts = saved;
}

/* Large pages across a border of MTRR types, and RAM that is UC, are found. */
static void findings_of_memory_types(void **state)
{
	char found[MEMTYPE_MAX_FINDINGS][MEMTYPE_FINDING];
	u32 nr, saved = app.machine.cpu.mtrr.nr_variable;

	(void)state;
	app.machine.cpu.mtrr.variable[2].base = 0x10001000 | MEMTYPE_UC;
	app.machine.cpu.mtrr.variable[2].mask = 0xfffffff000 | VALID;
	nr = memtype_check(&app, found);
	assert_in_range(nr, 1, MEMTYPE_MAX_FINDINGS);
	assert_string_equal(found[0], "fw: 2 MTRR borders inside large pages, first v:10000000: "
				      "undefined (SDM 12.11.9)");
	app.machine.cpu.mtrr.variable[2].mask = 0;
	assert_int_equal(app.machine.cpu.mtrr.nr_variable, saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(firmwares_memory),
		cmocka_unit_test(devices_and_holes),
		cmocka_unit_test(virtual_addresses),
		cmocka_unit_test(our_own_memory),
		cmocka_unit_test(as_json),
		cmocka_unit_test(large_and_lazy_as_json),
		cmocka_unit_test(memory_types),
		cmocka_unit_test(bad_input_is_named),
		cmocka_unit_test(random_addresses),
		cmocka_unit_test(too_many_mappings_are_cut),
		cmocka_unit_test(without_facts_there_are_sentences),
		cmocka_unit_test(findings_of_memory_types),
	};

	return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
