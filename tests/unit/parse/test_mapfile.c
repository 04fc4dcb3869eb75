/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Machine files: what each record means, and what is said about each mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "parse/mapfile.h"

static struct mapfile m; /* too large for the stack */
static char err[200];

/* The parser gets bytes and a length: here without a 0 behind them, so that reading
 * on is an error. */
static int parse(const char *text)
{
	size_t len = strlen(text);
	char *bytes = malloc(len ? len : 1);
	int status;

	memcpy(bytes, text, len);
	memset(&m, 0xaa, sizeof(m)); /* whatever was there before does not matter */
	err[0] = '\0';
	status = mapfile_parse(bytes, len, &m, err, sizeof(err));
	free(bytes);
	return status;
}

static void assert_refused(const char *text, const char *message)
{
	assert_int_equal(parse(text), -EINVAL);
	assert_string_equal(err, message);
}

/* ---- what is read ------------------------------------------------------------------------ */

static void an_efi_machine(void **state)
{
	(void)state;
	assert_int_equal(parse("# machine: ACME Board 1, BIOS 2\n"
			       "kind efi\n"
			       "\n"
			       "mem 0x100000 0x200000 Conventional SP,WB\n"
			       "mem 0x0 0x1000 Type2147483649 attr=0x800000000000000f\n"
			       "mem 0x5000 0x5000 BootData -\n"
			       "mem 0x7001 0x9001 Unaccepted\n"
			       "e820 0x0 0x9fc00 usable\n"),
			 0);
	assert_string_equal(m.name, "ACME Board 1, BIOS 2");
	assert_false(m.is_e820);
	assert_int_equal(m.memmap.nr, 4); /* in the file's order, nothing mended */
	assert_int_equal(m.memmap.desc[0].start, 0x100000);
	assert_int_equal(m.memmap.desc[0].nr_pages, 256);
	assert_int_equal(m.memmap.desc[0].type, MEM_CONVENTIONAL);
	assert_true(m.memmap.desc[0].attr == (MEM_ATTR_SP | MEM_ATTR_WB));
	assert_true(m.memmap.desc[1].type == 0x80000001);
	assert_true(m.memmap.desc[1].attr == 0x800000000000000f);
	assert_int_equal(m.memmap.desc[2].nr_pages, 0);
	assert_int_equal(m.memmap.desc[3].start, 0x7001);
	assert_int_equal(m.e820.nr, 1);
	assert_int_equal(m.e820.range[0].end, 0x9fc00);
	assert_int_equal(m.numa.nr_nodes, 0);
	assert_false(m.mtrr.present);
}

static void an_e820_machine(void **state)
{
	(void)state;
	assert_int_equal(parse("kind e820\r\n"
			       "mem 0x0 0x9fc00 usable\r\n"
			       "mem 0x9fc00 0xa0000 reserved\r\n"
			       "  mem\t0x100000  0x200000 soft-reserved\r\n"
			       "mem 0x200000 0x200123 other-thing"),
			 0);
	assert_true(m.is_e820);
	assert_int_equal(m.memmap.nr, 0);
	assert_int_equal(m.e820.nr, 4);
	assert_int_equal(m.e820.range[2].type, E820_SOFT_RESERVED);
	assert_int_equal(m.e820.range[3].type, E820_RESERVED);
}

static void every_type_and_flag_has_a_word(void **state)
{
	static const char *const types[NR_MEM_TYPES] = {
		"Reserved", "LoaderCode",  "LoaderData",  "BootCode",
		"BootData", "RuntimeCode", "RuntimeData", "Conventional",
		"Unusable", "AcpiReclaim", "AcpiNvs",	  "Mmio",
		"MmioPort", "PalCode",	   "Persistent",  "Unaccepted",
	};
	char line[200];

	(void)state;
	for (u32 i = 0; i < NR_MEM_TYPES; i++) {
		fmt_print(line, sizeof(line),
			  "mem 0x0 0x1000 %s RUN,SP,NV,MR,RO,UCE,XP,RP,WP,WB,WT,WC,UC,CPUC,HP\n",
			  types[i]);
		assert_int_equal(parse(line), 0);
		assert_int_equal(m.memmap.desc[0].type, i);
		assert_true(m.memmap.desc[0].attr == (0x1ff01f | MEM_ATTR_RUNTIME));
	}
}

static void nodes_and_distances(void **state)
{
	(void)state;
	assert_int_equal(parse("mem 0x0 0x1000 Conventional\n"
			       "srat 0 0x0 0x80000000\n"
			       "srat 2 0x80000000 0x100000000 hotplug non-volatile # PXM 7\n"
			       "slit 0 10 20 30\n"
			       "slit 2 30 20 10\n"),
			 0);
	assert_int_equal(m.numa.nr_ranges, 2);
	assert_int_equal(m.numa.ranges[1].nid, 2);
	assert_true(m.numa.ranges[1].hotplug && m.numa.ranges[1].non_volatile);
	assert_true(!m.numa.ranges[0].hotplug && !m.numa.ranges[0].non_volatile);
	assert_int_equal(m.numa.nr_nodes, 3);
	assert_int_equal(numa_distance(&m.numa, 0, 2), 30);
	assert_int_equal(numa_distance(&m.numa, 2, 1), 20);
}

/* What a firmware's SLIT would be refused for. */
static void bad_distances_are_refused(void **state)
{
	static const char *const rows[] = {"slit 0 20 40\nslit 1 40 20\n", "slit 0 10 10\n",
					   "slit 1 9 10\n"};
	char text[200];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		fmt_print(text, sizeof(text), "mem 0x0 0x1000 Conventional\n%s", rows[i]);
		assert_int_equal(parse(text), 0);
		assert_false(m.numa.have_slit);
		assert_int_equal(numa_distance(&m.numa, 0, 0), 10);
		assert_int_equal(numa_distance(&m.numa, 0, 1), 20);
	}
}

static void cpus_and_mtrrs(void **state)
{
	struct cpu_info cpu = {.nx = true, .phys_bits = 52};
	phys_addr_t end;

	(void)state;
	assert_int_equal(parse("mem 0x0 0x1000 Conventional\n"
			       "cpu la57 no-nx phys40\n"
			       "mtrr default WB\n"
			       "mtrr 0x80000000 0x100000000 UC\n"),
			 0);
	mapfile_apply_cpu(&m, &cpu);
	assert_true(cpu.la57 && !cpu.nx && !cpu.page1g);
	assert_int_equal(cpu.phys_bits, 40);
	assert_int_equal(mtrr_type(&cpu.mtrr, 0x1000, &end), MEMTYPE_WB);
	assert_int_equal(mtrr_type(&cpu.mtrr, 0x80000000, &end), MEMTYPE_UC);
	assert_int_equal(mtrr_type(&cpu.mtrr, 0xfffff000, &end), MEMTYPE_UC);
	assert_int_equal(mtrr_type(&cpu.mtrr, 0x100000000, &end), MEMTYPE_WB);
	assert_false(mtrr_uniform(&cpu.mtrr, 0x7ffff000, 0x80001000));
}

static void a_machine_without_cpu_records_keeps_the_cpu(void **state)
{
	struct cpu_info cpu = {.nx = true, .phys_bits = 46, .mtrr = {.present = true}};

	(void)state;
	assert_int_equal(parse("mem 0x0 0x1000 Conventional\n"), 0);
	mapfile_apply_cpu(&m, &cpu);
	assert_true(cpu.nx && cpu.mtrr.present);
	assert_int_equal(cpu.phys_bits, 46);
}

static void comments_notes_and_expectations_are_passed_over(void **state)
{
	(void)state;
	assert_int_equal(parse("# \xc3\xa4ny bytes\n"
			       "   # a comment that is moved in\n"
			       "note any words, [0x, even these\n"
			       "kind e820 # a comment behind a record\n"
			       "expect whatever\n"
			       "mem 0x0 0x1000 usable\n"),
			 0);
	assert_int_equal(m.e820.nr, 1);
}

/* A name is for the screen: no control characters, and it is cut to its place. */
static void names_are_made_printable(void **state)
{
	char text[300] = "# machine: \x1b[2Jx";

	(void)state;
	memset(text + strlen(text), 'y', 200);
	strcpy(text + strlen(text), "\nmem 0x0 0x1000 Conventional\n");
	assert_int_equal(parse(text), 0);
	assert_int_equal(strncmp(m.name, "?[2Jxyyy", 8), 0);
	assert_int_equal(strlen(m.name), sizeof(m.name) - 1);
}

/* ---- mistakes ---------------------------------------------------------------------------- */

static void mistakes_are_named_with_their_line(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"", "line 0: no memory is described"},
		{"kind efi\n# nothing\n", "line 2: no memory is described"},
		{"\n\nmemory 0x0 0x1000 usable", "line 3: unknown record: memory"},
		{"kind bios", "line 1: kind is efi or e820"},
		{"kind", "line 1: kind is efi or e820"},
		{"mem 0x0 0x1000 Mmio\nkind efi", "line 2: kind must be the first record"},
		{"mem", "line 1: START and END are missing"},
		{"mem 0x0", "line 1: START and END are missing"},
		{"mem 1000 0x2000 Mmio",
		 "line 1: not an address (0x and hexadecimal digits): 1000"},
		{"mem 0x0 0x10k Mmio", "line 1: not an address (0x and hexadecimal digits): 0x10k"},
		{"mem 0x0 0x Mmio", "line 1: not an address (0x and hexadecimal digits): 0x"},
		{"mem 0x0 0x10000000000000000 Mmio",
		 "line 1: not an address (0x and hexadecimal digits): 0x10000000000000000"},
		{"mem 0x2000 0x1000 Mmio", "line 1: END is below START: 0x1000"},
		{"mem 0x0 0x1800 Mmio", "line 1: not a whole number of 4 KiB pages: 0x1800"},
		{"mem 0x0 0x1000", "line 1: unknown memory type: none given"},
		{"mem 0x0 0x1000 usable", "line 1: unknown memory type: usable"},
		{"mem 0x0 0x1000 Type", "line 1: unknown memory type: Type"},
		{"mem 0x0 0x1000 Type4294967296", "line 1: unknown memory type: Type4294967296"},
		{"mem 0x0 0x1000 Mmio UC,XX", "line 1: unknown flag in: UC,XX"},
		{"mem 0x0 0x1000 Mmio U", "line 1: unknown flag in: U"},
		{"mem 0x0 0x1000 Mmio UC,,WB", "line 1: unknown flag in: UC,,WB"},
		{"mem 0x0 0x1000 Mmio attr=", "line 1: unknown flag in: attr="},
		{"mem 0x0 0x1000 Mmio UC WB", "line 1: unknown word: WB"},
		{"kind e820\nmem 0x0 0x1000 Mmio", "line 2: unknown e820 type: Mmio"},
		{"e820 0x0 0x1000", "line 1: unknown e820 type: none given"},
		{"e820 0x0 0x1000 usable WB", "line 1: an e820 range has no flags: WB"},
		{"srat", "line 1: not a node: none given"},
		{"srat 64 0x0 0x1000", "line 1: not a node: 64"},
		{"srat -1 0x0 0x1000", "line 1: not a node: -1"},
		{"srat 0 0x0", "line 1: START and END are missing"},
		{"srat 0 0x0 0x1000 hot", "line 1: unknown word: hot"},
		{"slit 0", "line 1: distances are missing"},
		{"slit 0 10 256", "line 1: not a distance: 256"},
		{"slit x 10", "line 1: not a node: x"},
		{"cpu la57 sse9", "line 1: unknown CPU feature: sse9"},
		{"cpu phys53", "line 1: unknown CPU feature: phys53"},
		{"mtrr default", "line 1: the memory type must be UC, WC, WT, WP or WB"},
		{"mtrr default UC-", "line 1: the memory type must be UC, WC, WT, WP or WB"},
		{"mtrr 0x0 0x1000", "line 1: the memory type must be UC, WC, WT, WP or WB"},
		{"mtrr 0x0 0x3000 WB", "line 1: not a power of two aligned to its size: 0x3000"},
		{"mtrr 0x1000 0x3000 WB", "line 1: not a power of two aligned to its size: 0x3000"},
		{"mtrr 0x0 0x0 WB", "line 1: not a power of two aligned to its size: 0x0"},
		{"mtrr 0x10000000000000 0x20000000000000 WB",
		 "line 1: not a power of two aligned to its size: 0x20000000000000"},
		{"mem 0x0 \x01 Mmio", "line 1: not plain text"},
		{"mem 0x0 0x1000 \xff", "line 1: not plain text"},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		assert_refused(rows[i].text, rows[i].message);
}

static void a_zero_byte_is_not_text(void **state)
{
	static const char text[] = "mem 0x0 0x1000 Mmio\0 and more\n";

	(void)state;
	assert_int_equal(mapfile_parse(text, sizeof(text) - 1, &m, err, sizeof(err)), -EINVAL);
	assert_string_equal(err, "line 1: not plain text");
}

static void long_lines_and_many_words_are_refused(void **state)
{
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[1024] = '\0';
	assert_refused(text, "line 1: the line is too long");
	for (u32 i = 0; i < 200; i++)
		memcpy(text + 2 * i, "x ", 2);
	text[400] = '\0';
	assert_refused(text, "line 1: too many words");
	memcpy(text, "# ", 2); /* a comment may be as long as it likes */
	memset(text + 2, 'x', sizeof(text) - 2);
	strcpy(text + 1900, "\nmem 0x0 0x1000 Mmio");
	assert_int_equal(parse(text), 0);
}

/* The message is cut to the room it has. */
static void short_error_buffers_are_not_overrun(void **state)
{
	(void)state;
	for (size_t size = 1; size < 40; size++) {
		char *small = malloc(size);

		assert_int_equal(mapfile_parse("nonsense", 8, &m, small, size), -EINVAL);
		assert_true(strlen(small) < size);
		free(small);
	}
}

/* Prints one line `nr` times, with i's page number; returns what the parser says. */
static int parse_many(const char *head, const char *fmt, u32 nr)
{
	size_t size = strlen(head) + (size_t)nr * 64 + 1, len = strlen(head);
	char *text = malloc(size);
	int status;

	strcpy(text, head);
	for (u32 i = 0; i < nr; i++)
		len += (size_t)fmt_print(text + len, size - len, fmt, i, i + 1);
	status = parse(text);
	free(text);
	return status;
}

static void as_many_records_as_there_is_room_for(void **state)
{
	(void)state;
	assert_int_equal(parse_many("", "mem 0x%x000 0x%x000 Conventional WB\n", MEMMAP_MAX), 0);
	assert_int_equal(m.memmap.nr, MEMMAP_MAX);
	assert_int_equal(parse_many("", "mem 0x%x000 0x%x000 Conventional WB\n", MEMMAP_MAX + 1),
			 -EINVAL);
	assert_string_equal(err, "line 4097: too many descriptors");
	assert_int_equal(parse_many("kind e820\n", "mem 0x%x000 0x%x000 usable\n", E820_MAX + 1),
			 -EINVAL);
	assert_string_equal(err, "line 8194: too many ranges");
	assert_int_equal(parse_many("", "srat 0 0x%x000 0x%x000\n", NUMA_MAX_RANGES + 1), -EINVAL);
	assert_string_equal(err, "line 513: too many ranges");
	assert_int_equal(parse_many("", "mtrr 0x%x000 0x%x000 WB\n", MTRR_MAX_VARIABLE + 1),
			 -EINVAL);
	assert_string_equal(err, "line 33: too many MTRRs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_efi_machine),
		cmocka_unit_test(an_e820_machine),
		cmocka_unit_test(every_type_and_flag_has_a_word),
		cmocka_unit_test(nodes_and_distances),
		cmocka_unit_test(bad_distances_are_refused),
		cmocka_unit_test(cpus_and_mtrrs),
		cmocka_unit_test(a_machine_without_cpu_records_keeps_the_cpu),
		cmocka_unit_test(comments_notes_and_expectations_are_passed_over),
		cmocka_unit_test(names_are_made_printable),
		cmocka_unit_test(mistakes_are_named_with_their_line),
		cmocka_unit_test(a_zero_byte_is_not_text),
		cmocka_unit_test(long_lines_and_many_words_are_refused),
		cmocka_unit_test(short_error_buffers_are_not_overrun),
		cmocka_unit_test(as_many_records_as_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
