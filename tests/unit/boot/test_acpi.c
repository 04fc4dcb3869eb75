/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI tables and what is read in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "acpi_tables.h"

static void srat_gives_nodes_ranges_and_cpus(void **state)
{
	struct acpi_header h;

	(void)state;
	build_srat();
	assert_int_equal(acpi_parse_header(table, len, &h), 0);
	assert_string_equal(h.signature, "SRAT");
	assert_string_equal(h.oem_id, "TWALK ");
	assert_int_equal(acpi_parse_srat(table, len, &numa), 0);
	assert_int_equal(numa.nr_nodes, 2);
	assert_int_equal(numa.pxm_of_node[0], 0x100);
	assert_int_equal(numa.nr_ranges, 2);
	assert_int_equal(numa.ranges[1].nid, 1);
	assert_int_equal(numa.ranges[1].end, 0x140000000);
	assert_true(numa.ranges[1].hotplug && !numa.ranges[1].non_volatile);
	assert_int_equal(numa.nr_cpus, 2);
	assert_int_equal(numa.cpus[1].apic_id, 300);
	assert_int_equal(numa_find_pxm(&numa, 9), NUMA_NO_NODE);
}

/* Linux numbers nodes by CPUs first, wherever they stand. */
static void cpus_number_the_nodes_before_memory_does(void **state)
{
	(void)state;
	begin("SRAT", 48);
	add_memory(6, 0, 0x1000, 1);
	add_memory(8, 0x1000, 0, 1); /* empty, but a node all the same */
	add_memory(7, 0x2000, 0x1000, 5);
	add_cpu(7, 0, 1);
	add_x2apic(6, 1, 1);
	finish();
	assert_int_equal(acpi_parse_srat(table, len, &numa), 0);
	assert_int_equal(numa.nr_nodes, 3);
	assert_int_equal(numa_find_pxm(&numa, 7), 0);
	assert_int_equal(numa_find_pxm(&numa, 6), 1);
	assert_int_equal(numa_find_pxm(&numa, 8), 2);
	assert_int_equal(numa.nr_ranges, 2);
	assert_int_equal(numa.ranges[0].nid, 1);
	assert_true(numa.ranges[1].non_volatile);
}

static void old_tables_have_domains_of_one_byte(void **state)
{
	(void)state;
	begin("SRAT", 48);
	table[8] = 1;
	add_cpu(0xabcd02, 0, 1);
	add_memory(0xff000002, 0, 0x1000, 1);
	finish();
	assert_int_equal(acpi_parse_srat(table, len, &numa), 0);
	assert_int_equal(numa.nr_nodes, 1);
	assert_int_equal(numa.pxm_of_node[0], 2);
}

static void a_range_past_the_end_of_the_address_space_is_clipped(void **state)
{
	(void)state;
	begin("SRAT", 48);
	add_memory(0, ~0ULL - 0xfff, ~0ULL, 1);
	finish();
	assert_int_equal(acpi_parse_srat(table, len, &numa), 0);
	assert_int_equal(numa.ranges[0].end, ~0ULL);
}

static void more_domains_than_nodes_are_lost(void **state)
{
	(void)state;
	begin("SRAT", 48);
	for (u32 i = 0; i < MAX_NUMNODES + 2; i++)
		add_memory(i, i * 0x1000, 0x1000, 1);
	add_cpu(3, 9, 1);
	finish();
	assert_int_equal(acpi_parse_srat(table, len, &numa), 0);
	assert_int_equal(numa.nr_nodes, MAX_NUMNODES);
	assert_int_equal(numa.nr_ranges, MAX_NUMNODES);
	assert_int_equal(numa.lost, 2);
	assert_int_equal(numa.cpus[0].nid, 0);
}

static void headers_are_checked(void **state)
{
	struct acpi_header h;

	(void)state;
	build_srat();
	table[60] ^= 1;
	assert_int_equal(acpi_parse_header(table, len, &h), -EBADMSG);
	assert_int_equal(acpi_parse_header(table, 35, &h), -EINVAL);
	table[60] ^= 1;
	for (u32 wrong = 1; wrong < 256; wrong += 127) { /* off by 1, by 128, by -1 */
		memset(&h, 0x5a, sizeof(h));
		table[9] = (u8)(table[9] + wrong);
		assert_int_equal(acpi_parse_header(table, len, &h), -EBADMSG);
		assert_int_equal(h.length, 0x5a5a5a5a);
		table[9] = (u8)(table[9] - wrong);
	}
	table[len] = 77; /* what lies behind the table does not count */
	assert_int_equal(acpi_parse_header(table, len + 1, &h), 0);
	put(4, 4, 20);
	assert_int_equal(acpi_parse_header(table, len, &h), -EINVAL);
	put(4, 4, len + 1);
	assert_int_equal(acpi_parse_header(table, len, &h), -EINVAL);
}

static void rsdp_of_both_versions(void **state)
{
	phys_addr_t rsdt = 0, xsdt = 0;
	u8 sum = 0;

	(void)state;
	memset(table, 0, 64);
	memcpy(table, "RSD PTR ", 8);
	put(16, 4, 0x12345678);
	for (u32 i = 0; i < 20; i++)
		sum = (u8)(sum + table[i]);
	table[8] = (u8)-sum;
	assert_int_equal(acpi_parse_rsdp(table, 20, &rsdt, &xsdt), 0);
	assert_int_equal(rsdt, 0x12345678);
	assert_int_equal(xsdt, 0);
	table[15] = 2;
	table[8] = (u8)(table[8] - 2);
	put(20, 4, 36);
	put(24, 8, 0x1122334455667788);
	for (u32 i = 0, s = 0; i < 36; i++) {
		s += table[i];
		if (i == 35)
			table[32] = (u8)-s;
	}
	assert_int_equal(acpi_parse_rsdp(table, 36, &rsdt, &xsdt), 0);
	assert_int_equal(xsdt, 0x1122334455667788);
	assert_int_equal(acpi_parse_rsdp(table, 35, &rsdt, &xsdt), -EINVAL);
	table[33] ^= 1;
	assert_int_equal(acpi_parse_rsdp(table, 36, &rsdt, &xsdt), -EBADMSG);
	table[3] ^= 1;
	assert_int_equal(acpi_parse_rsdp(table, 36, &rsdt, &xsdt), -EINVAL);
}

static void lists_of_tables_end(void **state)
{
	phys_addr_t pa = 0;

	(void)state;
	build_xsdt();
	assert_int_equal(acpi_sdt_entry(table, len, 1, &pa), 0);
	assert_int_equal(pa, 0x5000);
	assert_int_equal(acpi_sdt_entry(table, len, 2, &pa), -ENOENT);
	assert_int_equal(acpi_sdt_entry(table, len, 0xffffffff, &pa), -ENOENT);
	assert_int_equal(pa, 0x5000);
	memcpy(table, "RSDT", 4);
	assert_int_equal(acpi_sdt_entry(table, len, 0, &pa), 0);
	assert_int_equal(pa, 0xcdef0123);
	put(4, 4, 39); /* three bytes are no entry */
	assert_int_equal(acpi_sdt_entry(table, len, 0, &pa), -ENOENT);
}

static void distances_come_by_domain(void **state)
{
	(void)state;
	build_slit();
	assert_int_equal(numa_distance(&numa, 0, 1), REMOTE_DISTANCE);
	assert_int_equal(acpi_parse_slit(table, len, &numa), 0);
	assert_int_equal(numa_distance(&numa, 1, 0), 21);
	assert_int_equal(numa_distance(&numa, 0, 1), 31);
	build_slit();
	numa_node_of_pxm(&numa, 7); /* a domain that the matrix does not reach */
	assert_int_equal(acpi_parse_slit(table, len, &numa), 0);
	assert_int_equal(numa_distance(&numa, 2, 0), REMOTE_DISTANCE);
	assert_int_equal(numa_distance(&numa, 2, 2), LOCAL_DISTANCE);
	build_slit();
	numa_init(&numa); /* no domain is known: nothing to keep, nothing wrong */
	assert_int_equal(acpi_parse_slit(table, len, &numa), 0);
	assert_int_equal(numa_distance(&numa, 0, 1), REMOTE_DISTANCE);
}

static void a_slit_that_cannot_be_is_refused_wholly(void **state)
{
	static const struct {
		size_t at;
		unsigned width;
		u64 value;
	} wrong[] = {
		{44, 1, 11},	{47, 1, 9}, /* not 10 from itself */
		{45, 1, 10},	{46, 1, 9},
		{46, 1, 0}, /* as near as itself, or nearer */
		{36, 8, 3},	{36, 8, 1ULL << 33},
		{36, 8, ~0ULL}, /* a matrix that is not there */
		{36, 8, 65535},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++) {
		build_slit();
		put(wrong[i].at, wrong[i].width, wrong[i].value);
		assert_int_equal(acpi_parse_slit(table, len, &numa), -EINVAL);
		assert_false(numa.have_slit);
		assert_int_equal(numa_distance(&numa, 1, 0), REMOTE_DISTANCE);
	}
	build_slit();
	assert_int_equal(acpi_parse_slit(table, len - 1, &numa), -EINVAL);
	build_slit();
	put(45, 1, 255); /* not reachable: said so, and kept */
	assert_int_equal(acpi_parse_slit(table, len, &numa), 0);
	assert_int_equal(numa_distance(&numa, 1, 0), 255);
}

static void madt_lists_the_cpus(void **state)
{
	(void)state;
	build_madt();
	assert_int_equal(acpi_parse_madt(table, len, &numa), 0);
	assert_int_equal(numa.nr_cpus, 2); /* not those that are off, nor id 0xff */
	assert_true(numa.cpus[0].enabled && !numa.cpus[0].online_capable);
	assert_true(numa.cpus[1].online_capable && !numa.cpus[1].enabled);
	assert_int_equal(numa.cpus[1].acpi_uid, 77);
	assert_int_equal(numa.cpus[1].apic_id, 300);
	assert_int_equal(numa.cpus[1].nid, NUMA_NO_NODE);
}

static void check_joined(void)
{
	assert_int_equal(numa.nr_cpus, 2);
	assert_int_equal(numa_cpu(&numa, 0)->nid, 0);
	assert_int_equal(numa_cpu(&numa, 0)->acpi_uid, 2);
	assert_true(numa_cpu(&numa, 0)->enabled);
	assert_int_equal(numa_cpu(&numa, 300)->nid, 1);
	assert_int_equal(numa_cpu(&numa, 300)->acpi_uid, 77);
	assert_int_equal(numa.nr_cpus, 2);
}

static void madt_and_srat_are_joined_by_apic_id(void **state)
{
	static struct numa_info so_far;

	(void)state;
	build_srat();
	assert_int_equal(acpi_parse_srat(table, len, &numa), 0);
	so_far = numa;
	build_madt();
	numa = so_far;
	assert_int_equal(acpi_parse_madt(table, len, &numa), 0);
	check_joined();
	build_madt();
	assert_int_equal(acpi_parse_madt(table, len, &numa), 0);
	so_far = numa;
	build_srat();
	numa = so_far;
	assert_int_equal(acpi_parse_srat(table, len, &numa), 0);
	check_joined();
}

static void hmat_gives_latency_and_bandwidth(void **state)
{
	(void)state;
	build_hmat();
	assert_int_equal(acpi_parse_hmat(table, len, &numa), 0);
	assert_int_equal(numa.nr_perf, 1); /* neither unknown (0) nor unreachable (0xffff) */
	assert_int_equal(numa.perf[0].value, 700);
	assert_int_equal(numa.perf[0].initiator_pxm, 4);
	assert_int_equal(numa.perf[0].target_pxm, 5);
	assert_int_equal(numa.perf[0].data_type, 3);
	assert_int_equal(numa.perf[0].hierarchy, 0);
	build_hmat();
	put(64, 8, ~0ULL / 6); /* the product does not fit: not known either */
	assert_int_equal(acpi_parse_hmat(table, len, &numa), 0);
	assert_int_equal(numa.nr_perf, 0);
	put(64, 8, 0);
	assert_int_equal(acpi_parse_hmat(table, len, &numa), 0);
	assert_int_equal(numa.nr_perf, 0);
}

static void hmat_matrices_that_are_not_there(void **state)
{
	static const u64 absurd[] = {4, 0x7fffffff, 0xffffffff};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(absurd); i++) {
		build_hmat();
		put(56, 4, absurd[i]); /* targets */
		assert_int_equal(acpi_parse_hmat(table, len, &numa), -EINVAL);
		build_hmat();
		put(52, 4, absurd[i]); /* initiators */
		assert_int_equal(acpi_parse_hmat(table, len, &numa), -EINVAL);
		assert_int_equal(numa.nr_perf, 0);
	}
}

static void hmat_values_that_do_not_fit_are_lost(void **state)
{
	const u32 side = 33; /* 33 * 33 is 65 more than there is room for */

	(void)state;
	begin("HMAT", 40);
	put(40, 2, 1);
	put(44, 4, 32 + 8 * side + 2 * side * side);
	put(52, 4, side);
	put(56, 4, side);
	put(64, 8, 1);
	for (u32 i = 0; i < side * side; i++)
		put(40 + 32 + 8 * side + 2 * i, 2, 1 + i);
	finish();
	assert_int_equal(acpi_parse_hmat(table, len, &numa), 0);
	assert_int_equal(numa.nr_perf, NUMA_MAX_PERF);
	assert_int_equal(numa.lost, side * side - NUMA_MAX_PERF);
	assert_int_equal(numa.perf[NUMA_MAX_PERF - 1].value, NUMA_MAX_PERF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(srat_gives_nodes_ranges_and_cpus),
		cmocka_unit_test(cpus_number_the_nodes_before_memory_does),
		cmocka_unit_test(old_tables_have_domains_of_one_byte),
		cmocka_unit_test(a_range_past_the_end_of_the_address_space_is_clipped),
		cmocka_unit_test(more_domains_than_nodes_are_lost),
		cmocka_unit_test(headers_are_checked),
		cmocka_unit_test(rsdp_of_both_versions),
		cmocka_unit_test(lists_of_tables_end),
		cmocka_unit_test(distances_come_by_domain),
		cmocka_unit_test(a_slit_that_cannot_be_is_refused_wholly),
		cmocka_unit_test(madt_lists_the_cpus),
		cmocka_unit_test(madt_and_srat_are_joined_by_apic_id),
		cmocka_unit_test(hmat_gives_latency_and_bandwidth),
		cmocka_unit_test(hmat_matrices_that_are_not_there),
		cmocka_unit_test(hmat_values_that_do_not_fit_are_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
