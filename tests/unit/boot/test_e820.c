/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The map as Linux takes it, in pictures: one letter is one page from address 0 up. '.' nothing,
 * 'u' usable, 'r' reserved, 'a' ACPI data,
 * 'n' ACPI NVS, 'x' unusable, 'p' persistent, 'c' unaccepted, 's' soft reserved.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/boot/e820.h"

static struct e820_table table; /* too large for the stack */
static struct memmap map;

static int fresh(void **state)
{
	(void)state;
	memset(&table, 0, sizeof(table));
	memset(&map, 0, sizeof(map));
	return 0;
}

static const char letters[NR_E820_TYPES + 1] = "uranxpcs";

static char letter_of(const struct e820_range *r)
{
	return letters[r->type];
}

/* Every run of one letter becomes a range; pictures may be laid over each other. */
static void lay(const char *picture)
{
	for (u32 i = 0, end; picture[i]; i = end) {
		char c = picture[i];

		for (end = i; picture[end] == c; end++)
			;
		if (c == '.')
			continue;
		assert_int_equal(e820_add(&table, i * PAGE_SIZE, end * PAGE_SIZE,
					  strchr(letters, c) - letters),
				 0);
	}
}

/* Sorted, disjoint, not empty, neighbours differ. */
static void assert_sanitized(void)
{
	for (u32 i = 0; i < table.nr; i++) {
		const struct e820_range *r = &table.range[i], *next = r + 1;

		assert_true(r->start < r->end);
		if (i + 1 == table.nr)
			break;
		assert_true(r->end <= next->start);
		if (r->end == next->start)
			assert_true(r->type != next->type);
	}
}

static void assert_picture(const char *expected)
{
	char seen[400];
	size_t len = strlen(expected);

	assert_sanitized();
	memset(seen, '.', len);
	seen[len] = '\0';
	for (u32 i = 0; i < table.nr; i++) {
		const struct e820_range *r = &table.range[i];

		assert_true(r->end <= len * PAGE_SIZE);
		memset(seen + r->start / PAGE_SIZE, letter_of(r), (r->end - r->start) / PAGE_SIZE);
	}
	assert_string_equal(seen, expected);
}

static void assert_becomes(const char *expected)
{
	assert_int_equal(e820_sanitize(&table), 0);
	assert_picture(expected);
}

/* ---- adding ------------------------------------------------------------------------------ */

static void ranges_are_clipped_or_dropped(void **state)
{
	(void)state;
	assert_int_equal(e820_add(&table, 0x5000, 0x5000, E820_USABLE), 0);
	assert_int_equal(e820_add(&table, 0x5000, 0x4000, E820_USABLE), 0);
	assert_int_equal(e820_add(&table, 1ULL << 52, ~0ULL, E820_USABLE), 0);
	assert_int_equal(table.nr, 0);
	assert_int_equal(e820_add(&table, 0x1000, ~0ULL, E820_USABLE), 0);
	assert_true(table.range[0].end == 1ULL << 52);
}

static void a_full_table_is_left_alone(void **state)
{
	(void)state;
	while (table.nr < E820_MAX)
		e820_add(&table, table.nr * 2 * PAGE_SIZE, (table.nr * 2 + 1) * PAGE_SIZE,
			 E820_USABLE);
	assert_int_equal(e820_add(&table, 0, PAGE_SIZE, E820_RESERVED), -ENOSPC);
	assert_int_equal(table.nr, E820_MAX);
	/* Half of page 0: there is no room for a second half. */
	assert_int_equal(e820_update(&table, 0, 0x800, E820_USABLE, E820_RESERVED), -ENOSPC);
	assert_int_equal(table.nr, E820_MAX);
	assert_int_equal(table.range[0].type, E820_USABLE);
	assert_int_equal(e820_update(&table, 0, 0x1000, E820_USABLE, E820_RESERVED), 0);
	assert_int_equal(table.range[0].type, E820_RESERVED);
}

static void efi_types_become_e820_types(void **state)
{
	static const struct {
		u32 type, pages;
		u64 attr;
		char letter;
	} rows[] = {
		{MEM_RESERVED, 1, 0, 'r'},
		{MEM_LOADER_CODE, 1, 0, 'u'},
		{MEM_LOADER_DATA, 1, 0, 'u'},
		{MEM_BOOT_CODE, 1, 0, 'u'},
		{MEM_BOOT_DATA, 1, 0, 'u'},
		{MEM_RUNTIME_CODE, 1, MEM_ATTR_RUNTIME, 'r'},
		{MEM_RUNTIME_DATA, 1, MEM_ATTR_RUNTIME, 'r'},
		{MEM_CONVENTIONAL, 1, MEM_ATTR_WB, 'u'},
		{MEM_CONVENTIONAL, 1, MEM_ATTR_SP, 's'},
		{MEM_BOOT_DATA, 1, MEM_ATTR_SP, 's'},
		{MEM_CONVENTIONAL, 1, MEM_ATTR_MORE_RELIABLE, 'u'},
		{MEM_CONVENTIONAL, 1, MEM_ATTR_HOT_PLUGGABLE, 'u'},
		{MEM_UNUSABLE, 1, 0, 'x'},
		{MEM_ACPI_RECLAIM, 1, 0, 'a'},
		{MEM_ACPI_NVS, 1, 0, 'n'},
		{MEM_MMIO, 63, 0, 'r'},
		{MEM_MMIO_PORT, 1, 0, 'r'},
		{MEM_PAL_CODE, 1, 0, 'r'},
		{MEM_PERSISTENT, 1, MEM_ATTR_NV, 'p'},
		{MEM_UNACCEPTED, 1, 0, 'c'},
		{0x70000001, 1, 0, 'r'},
		{0x80000001, 1, MEM_ATTR_WB, 'r'},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		memmap_add(&map, i * MiB, rows[i].pages, rows[i].type, rows[i].attr);
	assert_int_equal(e820_from_memmap(&table, &map), 0);
	assert_int_equal(table.nr, ARRAY_SIZE(rows));
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(table.range[i].start, i * MiB);
		assert_int_equal(table.range[i].end, i * MiB + rows[i].pages * PAGE_SIZE);
		assert_int_equal(letter_of(&table.range[i]), rows[i].letter);
	}
}

/* Windows of 256 KiB and more, absurdly long ones too, do not count. */
static void large_mmio_is_left_out(void **state)
{
	(void)state;
	memmap_add(&map, 0xe0000000, 64, MEM_MMIO, 0);
	memmap_add(&map, 0xf0000000, 1ULL << 52, MEM_MMIO, 0);
	memmap_add(&map, 0xf0000000, 0, MEM_CONVENTIONAL, 0);
	assert_int_equal(e820_from_memmap(&table, &map), 0);
	assert_int_equal(table.nr, 0);
}

static void a_map_that_does_not_fit_changes_nothing(void **state)
{
	(void)state;
	while (table.nr < E820_MAX - 1)
		e820_add(&table, 0, PAGE_SIZE, E820_USABLE);
	memmap_add(&map, 0, 1, MEM_CONVENTIONAL, 0);
	memmap_add(&map, 0x1000, 1, MEM_CONVENTIONAL, 0);
	assert_int_equal(e820_from_memmap(&table, &map), -ENOSPC);
	assert_int_equal(table.nr, E820_MAX - 1);
}

/* ---- overlaps ---------------------------------------------------------------------------- */

static void order_does_not_matter(void **state)
{
	(void)state;
	lay("......rr");
	lay("uu......");
	lay("..uu.u..");
	assert_becomes("uuuu.urr");
	assert_int_equal(table.nr, 3);
}

static void the_larger_type_wins(void **state)
{
	(void)state;
	lay("..uuuuuuuuuu..");
	lay(".rrr..aa...rr.");
	lay("...nn..x......");
	assert_becomes(".rrnnuaxuuurr.");
}

/* What sticks out on both sides stays: one range becomes two. */
static void the_loser_is_cut_in_two(void **state)
{
	(void)state;
	lay("uuuuuuuuuu");
	lay("...rr.....");
	lay("....n.....");
	assert_becomes("uuurnuuuuu");
}

static void equal_neighbours_merge(void **state)
{
	(void)state;
	lay("uu..uuuu");
	lay("..uuuu..");
	lay("uuuuuuuu");
	assert_becomes("uuuuuuuu");
	assert_int_equal(table.nr, 1);
}

static void the_largest_result_fits_or_nothing_is_lost(void **state)
{
	u32 half = E820_MAX / 2;

	(void)state;
	e820_add(&table, 0, 4 * half * PAGE_SIZE, E820_USABLE);
	for (u32 i = 1; i < half; i++)
		e820_add(&table, i * 2 * PAGE_SIZE, (i * 2 + 1) * PAGE_SIZE, E820_RESERVED);
	assert_int_equal(e820_sanitize(&table), 0);
	assert_int_equal(table.nr, 2 * half - 1);
	assert_sanitized();

	fresh(NULL);
	e820_add(&table, 0, 6 * half * PAGE_SIZE, E820_USABLE);
	for (u32 i = 1; i < half + 2; i++)
		e820_add(&table, i * 2 * PAGE_SIZE, (i * 2 + 1) * PAGE_SIZE, E820_RESERVED);
	assert_int_equal(e820_sanitize(&table), -ENOSPC);
	assert_int_equal(table.nr, half + 2);
}

/* ---- changes ----------------------------------------------------------------------------- */

static void update_changes_one_type_only(void **state)
{
	(void)state;
	lay("uuuurrruuaauu");
	e820_sanitize(&table);
	assert_int_equal(
		e820_update(&table, 2 * PAGE_SIZE, 12 * PAGE_SIZE, E820_USABLE, E820_RESERVED), 0);
	assert_picture("uurrrrrrraaru");
	assert_int_equal(e820_update(&table, 0, ~0ULL, E820_RESERVED, -1), 0);
	assert_picture("uu.......aa.u");
	assert_int_equal(e820_update(&table, 5 * PAGE_SIZE, 5 * PAGE_SIZE, E820_USABLE, -1), 0);
	assert_picture("uu.......aa.u");
}

/* Memory goes, and what is no memory stays. */
static void the_limit_takes_memory_only(void **state)
{
	u64 bytes;

	(void)state;
	lay("uuuuuuupprrsauu");
	e820_sanitize(&table);
	assert_int_equal(e820_limit(&table, 5 * PAGE_SIZE, &bytes), 0);
	assert_picture("uuuuu....rr.a..");
	assert_int_equal(bytes, 4 * PAGE_SIZE);
	assert_int_equal(e820_limit(&table, 1ULL << MAX_PHYS_BITS, &bytes), 0);
	assert_picture("uuuuu....rr.a..");
	assert_int_equal(bytes, 0);
}

static void update_inside_one_range_makes_three(void **state)
{
	(void)state;
	lay("uuuuuu");
	e820_sanitize(&table);
	assert_int_equal(
		e820_update(&table, 2 * PAGE_SIZE, 3 * PAGE_SIZE, E820_USABLE, E820_ACPI_NVS), 0);
	assert_picture("uunuuu");
}

/* Page 0 is reserved, and from 640 KiB to 1 MiB there is no RAM, whatever the firmware says. */
static void the_bios_area_is_trimmed(void **state)
{
	(void)state;
	e820_add(&table, 0, 2 * MiB, E820_USABLE);
	e820_add(&table, 0xf0000, 0x100000, E820_RESERVED);
	e820_sanitize(&table);
	assert_int_equal(e820_trim_bios(&table), 0);
	assert_int_equal(table.nr, 4);
	assert_int_equal(table.range[0].end, PAGE_SIZE);
	assert_int_equal(table.range[0].type, E820_RESERVED);
	assert_int_equal(table.range[1].start, PAGE_SIZE);
	assert_int_equal(table.range[1].end, 0xa0000);
	assert_int_equal(table.range[2].start, 0xf0000);
	assert_int_equal(table.range[3].start, MiB);
}

/* 2,000 descriptors, from the highest to the lowest, RAM and reserved in turn. */
static void a_map_of_two_thousand(void **state)
{
	(void)state;
	for (u32 i = 2000; i-- > 0;)
		memmap_add(&map, i * MiB, MiB / PAGE_SIZE, i % 2 ? MEM_RESERVED : MEM_CONVENTIONAL,
			   MEM_ATTR_WB);
	assert_int_equal(e820_from_memmap(&table, &map), 0);
	assert_int_equal(e820_sanitize(&table), 0);
	assert_int_equal(table.nr, 2000);
	assert_sanitized();
	assert_int_equal(e820_trim_bios(&table), 0);
	assert_int_equal(table.nr, 2002 - 1); /* page 0, then a hole up to the reserved 1 MiB */
	assert_int_equal(table.range[1].end, 0xa0000);
	assert_int_equal(table.range[2].start, MiB);
}

static void types_are_named_as_in_dmesg(void **state)
{
	(void)state;
	assert_string_equal(e820_type_name(E820_USABLE), "usable");
	assert_string_equal(e820_type_name(E820_ACPI_NVS), "ACPI NVS");
	assert_string_equal(e820_type_name(E820_SOFT_RESERVED), "soft reserved");
	assert_string_equal(e820_type_name(NR_E820_TYPES), "?");
}

/* ---- a naive model ----------------------------------------------------------------------- */

#define CELLS 64

static struct e820_range random_range(struct prng *prng)
{
	u64 start = prng_below(prng, CELLS);
	u64 nr = prng_below(prng, 1 + prng_below(prng, CELLS - start + 1));

	return (struct e820_range){
		.start = start * PAGE_SIZE,
		.end = (start + nr) * PAGE_SIZE,
		.type = (u8)(prng_below(prng, 2) ? E820_USABLE : prng_below(prng, NR_E820_TYPES)),
	};
}

/* What the sum of `nr` ranges says of one cell. */
static struct e820_range sum_at(const struct e820_range *ranges, u32 nr, u64 pa)
{
	struct e820_range sum = {0};
	bool any = false;

	for (u32 i = 0; i < nr; i++) {
		const struct e820_range *r = &ranges[i];

		if (pa < r->start || pa >= r->end || (any && r->type < sum.type))
			continue;
		sum = *r;
		any = true;
	}
	sum.end = any;
	return sum;
}

static void random_tables_agree_with_a_naive_model(void **state)
{
	struct prng prng;

	(void)state;
	print_message("# seed 5\n");
	prng_seed(&prng, 5);
	for (u32 round = 0; round < 5000; round++) {
		struct e820_range ranges[20];
		u32 nr = (u32)prng_below(&prng, ARRAY_SIZE(ranges) + 1);

		table.nr = 0;
		for (u32 i = 0; i < nr; i++)
			table.range[table.nr++] = ranges[i] = random_range(&prng);
		assert_int_equal(e820_sanitize(&table), 0);
		assert_sanitized();
		for (u64 pa = 0; pa < CELLS * PAGE_SIZE; pa += PAGE_SIZE) {
			struct e820_range want = sum_at(ranges, nr, pa);
			struct e820_range got = sum_at(table.range, table.nr, pa);

			assert_int_equal(got.end, want.end);
			assert_int_equal(got.type, want.type);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ranges_are_clipped_or_dropped, fresh),
		cmocka_unit_test_setup(a_full_table_is_left_alone, fresh),
		cmocka_unit_test_setup(efi_types_become_e820_types, fresh),
		cmocka_unit_test_setup(large_mmio_is_left_out, fresh),
		cmocka_unit_test_setup(a_map_that_does_not_fit_changes_nothing, fresh),
		cmocka_unit_test_setup(order_does_not_matter, fresh),
		cmocka_unit_test_setup(the_larger_type_wins, fresh),
		cmocka_unit_test_setup(the_loser_is_cut_in_two, fresh),
		cmocka_unit_test_setup(equal_neighbours_merge, fresh),
		cmocka_unit_test_setup(the_largest_result_fits_or_nothing_is_lost, fresh),
		cmocka_unit_test_setup(update_changes_one_type_only, fresh),
		cmocka_unit_test_setup(the_limit_takes_memory_only, fresh),
		cmocka_unit_test_setup(update_inside_one_range_makes_three, fresh),
		cmocka_unit_test_setup(the_bios_area_is_trimmed, fresh),
		cmocka_unit_test_setup(a_map_of_two_thousand, fresh),
		cmocka_unit_test_setup(types_are_named_as_in_dmesg, fresh),
		cmocka_unit_test_setup(random_tables_agree_with_a_naive_model, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
