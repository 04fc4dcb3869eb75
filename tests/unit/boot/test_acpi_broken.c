/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI tables cut short, with wrong lengths, and noise: nothing is read outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "acpi_tables.h"

static int parse_all(const void *bytes, size_t size)
{
	struct acpi_header h;
	phys_addr_t a, b;
	int err = acpi_parse_header(bytes, size, &h);

	acpi_parse_rsdp(bytes, size, &a, &b);
	for (u32 i = 0; !acpi_sdt_entry(bytes, size, i, &a); i++)
		;
	acpi_parse_srat(bytes, size, &numa);
	acpi_parse_slit(bytes, size, &numa);
	acpi_parse_hmat(bytes, size, &numa);
	acpi_parse_madt(bytes, size, &numa);
	return err;
}

/* A copy that ends where the bytes end, so that ASan sees one byte too many. */
static u8 *exact(size_t size)
{
	u8 *copy = malloc(size);

	assert_true(copy || !size);
	if (size)
		memcpy(copy, table, size);
	return copy;
}

static void nothing_is_read_behind_any_cut(void **state)
{
	void (*const builders[])(void) = {build_srat, build_slit, build_madt, build_hmat,
					  build_xsdt};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(builders); i++) {
		builders[i]();
		for (size_t cut = 0; cut <= len; cut++) {
			u8 *copy = exact(cut);

			numa_init(&numa);
			assert_int_equal(parse_all(copy, cut), cut == len ? 0 : -EINVAL);
			free(copy);
		}
	}
}

/* Lengths of 0, too short for the entry, and leading outside the table. */
static void wrong_entry_lengths_end_the_parse(void **state)
{
	static const u8 wrong[] = {0, 1, 3, 255};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++) {
		u8 *copy;

		build_srat();
		table[49] = wrong[i]; /* the first entry: nothing can be known of what follows */
		copy = exact(len);
		assert_int_equal(acpi_parse_srat(copy, len, &numa), -EINVAL);
		assert_int_equal(numa.nr_cpus + numa.nr_ranges, 0);
		free(copy);
	}
	build_srat();
	table[len -
	      17]++; /* the last entry's length leads one byte outside: what was before stays */
	assert_int_equal(acpi_parse_srat(table, len, &numa), -EINVAL);
	assert_int_equal(numa.nr_ranges, 2);
	assert_int_equal(numa.nr_cpus, 2);
	build_madt();
	table[45] = 7; /* long enough for a header, not for a local APIC */
	assert_int_equal(acpi_parse_madt(table, len, &numa), -EINVAL);
	build_hmat();
	put(44, 4, 0);
	assert_int_equal(acpi_parse_hmat(table, len, &numa), -EINVAL);
	put(44, 4, 0xffffffff);
	assert_int_equal(acpi_parse_hmat(table, len, &numa), -EINVAL);
	put(44, 4, 31); /* structure 1 without all its fields */
	assert_int_equal(acpi_parse_hmat(table, len, &numa), -EINVAL);
	assert_int_equal(numa.nr_perf, 0);
}

static void check_numa(void)
{
	assert_true(numa.nr_nodes <= MAX_NUMNODES && numa.nr_ranges <= NUMA_MAX_RANGES);
	assert_true(numa.nr_cpus <= NUMA_MAX_CPUS && numa.nr_perf <= NUMA_MAX_PERF);
	for (u32 i = 0; i < numa.nr_ranges; i++) {
		assert_true(numa.ranges[i].start < numa.ranges[i].end);
		assert_in_range(numa.ranges[i].nid, 0, numa.nr_nodes - 1);
	}
	for (u32 i = 0; i < numa.nr_cpus; i++)
		assert_true(numa.cpus[i].nid < (int)numa.nr_nodes);
	for (u32 i = 0; i < numa.nr_nodes; i++)
		assert_int_equal(numa_find_pxm(&numa, numa.pxm_of_node[i]), (int)i);
}

/* Whole tables of all kinds with a few bytes changed, and pure noise. */
static void random_bytes_do_no_harm(void **state)
{
	void (*const builders[])(void) = {build_srat, build_slit, build_madt, build_hmat,
					  build_xsdt};
	u64 seed = 4711;
	struct prng p;

	(void)state;
	prng_seed(&p, seed);
	print_message("# seed %llu\n", seed);
	for (u32 round = 0; round < 6000; round++) {
		u32 kind = (u32)prng_below(&p, ARRAY_SIZE(builders) + 1);
		u8 *copy;

		if (kind < ARRAY_SIZE(builders)) {
			builders[kind]();
			for (u64 n = prng_below(&p, 5); n--;)
				table[prng_below(&p, len)] = (u8)prng_next(&p);
		} else {
			len = prng_below(&p, 300);
			for (size_t i = 0; i < len; i++)
				table[i] = (u8)prng_below(&p, prng_below(&p, 2) ? 24 : 256);
		}
		copy = exact(len);
		numa_init(&numa);
		parse_all(copy, len);
		check_numa();
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_read_behind_any_cut),
		cmocka_unit_test(wrong_entry_lengths_end_the_parse),
		cmocka_unit_test(random_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
