/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading what firmware leaves in memory: PE headers, attributes, ACPI's
 * devices; right and wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parse/facts.h"
#include "lib.h"

static struct fw_facts facts;
static u8 pe[1024];

static void put(u32 at, unsigned width, u64 value)
{
	for (unsigned i = 0; i < width; i++)
		pe[at + i] = (u8)(value >> (8 * i));
}

#define PE	 0x80
#define OPTIONAL (PE + 24)
#define SECTIONS (OPTIONAL + 240)

static void put_section(u32 nr, const char *name, u32 address, u32 size, u32 raw, u32 flags)
{
	u32 at = SECTIONS + nr * 40;

	for (u32 i = 0; i < 8 && name[i]; i++)
		pe[at + i] = (u8)name[i];
	put(at + 8, 4, size);
	put(at + 12, 4, address);
	put(at + 16, 4, raw);
	put(at + 36, 4, flags);
}

/* A PE32+ image with two sections and a debug directory at 0x2100. */
static void make_pe(void)
{
	memset(pe, 0, sizeof(pe));
	memset(&facts, 0, sizeof(facts));
	put(0, 2, 0x5a4d);
	put(0x3c, 4, PE);
	put(PE, 4, 0x4550);
	put(PE + 6, 2, 2);
	put(PE + 20, 2, 240);
	put(OPTIONAL, 2, 0x20b);
	put(OPTIONAL + 108, 4, 16);
	put(OPTIONAL + 112 + 6 * 8, 4, 0x2100);
	put(OPTIONAL + 112 + 6 * 8 + 4, 4, 28);
	put_section(0, ".text", 0x1000, 0xf00, 0x1000, 0x60000020);
	put_section(1, ".longname", 0x2000, 0, 0x800, 0xc0000040);
}

static struct fact_image image(void)
{
	return (struct fact_image){.start = 0x7000000, .end = 0x7000000 + 0x2400};
}

static void sections_of_an_image(void **state)
{
	struct fact_image i = image();

	(void)state;
	make_pe();
	assert_int_equal(facts_add_sections(&facts, &i, pe, sizeof(pe)), 0);
	assert_false(i.broken);
	assert_int_equal(i.nr_sections, 2);
	assert_string_equal(facts.sections[0].name, ".text");
	assert_int_equal(facts.sections[0].start, 0x7001000);
	assert_int_equal(facts.sections[0].end, 0x7001f00);
	assert_true(facts.sections[0].exec && !facts.sections[0].write);
	assert_string_equal(facts.sections[1].name, ".longnam");
	assert_true(facts.sections[1].write && !facts.sections[1].exec);
	assert_int_equal(facts.sections[1].end, i.end); /* 0x2800, cut at the image's end */
	assert_ptr_equal(facts_section_at(&facts, &i, 0x7001eff), &facts.sections[0]);
	assert_null(facts_section_at(&facts, &i, 0x7001f00));
}

/* Every length of the header, and every single byte of it wrong in eight ways. */
static void broken_headers_never_leave_the_image(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(pe) * 9; n++) {
		struct fact_image i = image();
		size_t size = n < sizeof(pe) ? n : sizeof(pe);

		make_pe();
		if (n >= sizeof(pe))
			pe[n % sizeof(pe)] ^= (u8)(1u << (n / sizeof(pe) - 1));
		facts_add_sections(&facts, &i, pe, size);
		for (u32 s = 0; s < i.nr_sections; s++) {
			assert_true(facts.sections[s].start >= i.start);
			assert_true(facts.sections[s].end <= i.end);
		}
		if (size < SECTIONS + 80)
			assert_true(i.broken);
	}
}

static void the_debug_directory(void **state)
{
	u32 offset, len;

	(void)state;
	make_pe();
	assert_int_equal(pe_codeview_dir(pe, sizeof(pe), 0x2400, &offset, &len), 0);
	assert_int_equal(offset, 0x2100);
	assert_int_equal(len, 28);
	assert_int_equal(pe_codeview_dir(pe, sizeof(pe), 0x2110, &offset, &len), -ENOENT);
	put(OPTIONAL + 108, 4, 6); /* only six directories */
	assert_int_equal(pe_codeview_dir(pe, sizeof(pe), 0x2400, &offset, &len), -ENOENT);
	make_pe();
	put(OPTIONAL, 2, 0x107);
	assert_int_equal(pe_codeview_dir(pe, sizeof(pe), 0x2400, &offset, &len), -ENOENT);
}

static void codeview_entries(void **state)
{
	u8 entry[28] = {[12] = 2, [16] = 0x40, [20] = 0, [21] = 0x22};
	u32 offset, len;

	(void)state;
	assert_int_equal(pe_codeview_at(entry, 0x2400, &offset, &len), 0);
	assert_int_equal(offset, 0x2200);
	assert_int_equal(len, 0x40);
	assert_int_equal(pe_codeview_at(entry, 0x2210, &offset, &len), -ENOENT);
	entry[12] = 3;
	assert_int_equal(pe_codeview_at(entry, 0x2400, &offset, &len), -ENOENT);
}

static void names_in_debug_records(void **state)
{
	static const struct {
		const char *record;
		u8 at;
		const char *path, *want;
	} rows[] = {
		{"NB10", 16, "/build/X64/Core/Dxe/DxeMain/DEBUG/DxeCore.dll", "DxeCore"},
		{"RSDS", 24, "c:\\edk2\\Fat.pdb", "Fat"},
		{"MTOC", 20, "a.b.efi", "a.b"},
		{"RSDS", 24, "plain", "plain"},
		{"RSDS", 24, ".hidden", ".hidden"},
		{"RSDS", 24, "dir/", NULL},
		{"XXXX", 24, "name", NULL},
		{"NB10", 16, "a-very-long-name-indeed.dll", "a-very-long-nam"},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 record[128] = {0};
		char name[16];
		int err;

		memcpy(record, rows[i].record, 4);
		memcpy(record + rows[i].at, rows[i].path, strlen(rows[i].path));
		err = pe_codeview_name(record, rows[i].at + strlen(rows[i].path), name,
				       sizeof(name));
		assert_int_equal(err, rows[i].want ? 0 : -ENOENT);
		if (rows[i].want)
			assert_string_equal(name, rows[i].want);
	}
}

static void the_memory_attributes_table(void **state)
{
	struct {
		u32 version, nr, size, flags;
		struct {
			u32 type, pad;
			u64 start, virtual, pages, attr, more;
		} d[2];
	} mat = {2, 2, 48, 0, {{5, 0, 0x1000, 0, 1, MEM_ATTR_RO, 0}, {6, 0, 0x2000, 0, 3, 1, 0}}};

	(void)state;
	memset(&facts, 0, sizeof(facts));
	assert_int_equal(facts_mat_size(&mat), sizeof(mat));
	assert_int_equal(facts_parse_mat(&facts, &mat, sizeof(mat)), 0);
	assert_int_equal(facts.mat.nr, 2);
	assert_int_equal(memmap_at(&facts.mat, 0x4fff)->type, 6);
	assert_null(memmap_at(&facts.mat, 0x5000));
	assert_int_equal(facts_parse_mat(&facts, &mat, sizeof(mat) - 1), -EINVAL);
	assert_string_not_equal(facts.mat_note, "");
	mat.size = 39;
	assert_int_equal(facts_parse_mat(&facts, &mat, sizeof(mat)), -EINVAL);
	mat.size = 48;
	mat.nr = ~0u;
	assert_int_equal(facts_mat_size(&mat), 0);
}

static void devices_that_acpi_names(void **state)
{
	u8 apic[] = {'A', 'P', 'I', 'C', [36] = 0, 0, 0xe0, 0xfe, 0, 0, 0, 0,
		     /* an I/O APIC, then an entry without length */
		     1, 12, 2, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0, 0, 0};
	u8 mcfg[60] = {'M', 'C', 'F', 'G', [44] = 0, 0, 0, 0xe0, [54] = 0x10, 0x1f};
	u8 hpet[56] = {'H', 'P', 'E', 'T', [44] = 0, 0, 0xd0, 0xfe};

	(void)state;
	memset(&facts, 0, sizeof(facts));
	facts_add_acpi(&facts, 0x1000, apic, sizeof(apic));
	facts_add_acpi(&facts, 0x2000, mcfg, sizeof(mcfg));
	facts_add_acpi(&facts, 0x3000, hpet, sizeof(hpet));
	facts_add_acpi(&facts, 0x4000, "SHORT", 5);
	assert_string_equal(facts_range_at(&facts, 0xfee00fff)->name, "local APIC");
	assert_string_equal(facts_range_at(&facts, 0xfec00000)->name, "IOAPIC 2");
	assert_string_equal(facts_range_at(&facts, 0xfed003ff)->name, "HPET");
	assert_string_equal(facts_range_at(&facts, 0xe1000000)->name, "PCI ECAM 0");
	assert_int_equal(facts_range_at(&facts, 0xe1000000)->end, 0xe2000000);
	assert_null(facts_range_at(&facts, 0xe0ffffff));
	assert_string_equal(facts_range_at(&facts, 0x3000)->name, "ACPI HPET");
	assert_null(facts_range_at(&facts, 0x4000));
}

static void what_does_not_fit_is_counted(void **state)
{
	(void)state;
	memset(&facts, 0, sizeof(facts));
	for (u32 i = 0; i < FACTS_MAX_RANGES + 3; i++)
		facts_add_range(&facts, "x", 0x1000 * i, 0x1000);
	assert_int_equal(facts.nr_ranges, FACTS_MAX_RANGES);
	assert_int_equal(facts.lost, 3);
	facts_add_range(&facts, "x", ~0ULL, 1); /* no address */
	facts_add_range(&facts, "x", 0, 0);
	assert_int_equal(facts.lost, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_of_an_image),
		cmocka_unit_test(broken_headers_never_leave_the_image),
		cmocka_unit_test(the_debug_directory),
		cmocka_unit_test(codeview_entries),
		cmocka_unit_test(names_in_debug_records),
		cmocka_unit_test(the_memory_attributes_table),
		cmocka_unit_test(devices_that_acpi_names),
		cmocka_unit_test(what_does_not_fit_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
