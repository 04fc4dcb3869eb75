/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI tables built byte by byte, then broken in every way that a length can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/acpi.h"

static u8 table[8192];
static size_t len;
static struct numa_info numa;

static void put(size_t at, unsigned width, u64 v)
{
	for (unsigned i = 0; i < width; i++)
		table[at + i] = (u8)(v >> (8 * i));
	len = max(len, at + width);
}

static void begin(const char *signature, size_t header)
{
	memset(table, 0, sizeof(table));
	memcpy(table, signature, 4);
	table[8] = 1;
	memcpy(table + 10, "TWALK TESTTABL", 14);
	len = header;
	numa_init(&numa);
}

static void finish(void)
{
	u8 sum = 0;

	put(4, 4, len);
	table[9] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (u8)(sum + table[i]);
	table[9] = (u8)-sum;
}

static void add_memory(u32 pxm, u64 base, u64 size, u32 flags)
{
	size_t at = len;

	put(at, 1, 1);
	put(at + 1, 1, 40);
	put(at + 2, 4, pxm);
	put(at + 8, 8, base);
	put(at + 16, 8, size);
	put(at + 28, 4, flags);
	put(at + 39, 1, 0);
}

static void add_cpu(u32 pxm, u8 apic, u32 flags)
{
	size_t at = len;

	put(at, 1, 0);
	put(at + 1, 1, 16);
	put(at + 2, 1, pxm);
	put(at + 3, 1, apic);
	put(at + 4, 4, flags);
	put(at + 9, 3, pxm >> 8);
	put(at + 15, 1, 0);
}

static void add_x2apic(u32 pxm, u32 apic, u32 flags)
{
	size_t at = len;

	put(at, 1, 2);
	put(at + 1, 1, 24);
	put(at + 4, 4, pxm);
	put(at + 8, 4, apic);
	put(at + 12, 4, flags);
	put(at + 23, 1, 0);
}

static void build_srat(void)
{
	begin("SRAT", 48);
	add_cpu(0x100, 0, 1);
	add_cpu(7, 1, 0); /* disabled */
	add_x2apic(5, 300, 1);
	add_memory(0x100, 0, 0x80000000, 1);
	add_memory(5, 0x100000000, 0x40000000, 3);
	add_memory(9, 0x200000000, 0x40000000, 0); /* disabled */
	add_memory(5, 0x300000000, 0, 1);          /* empty */
	put(len, 1, 3);                            /* GICC: skipped by its length */
	put(len, 1, 18);
	put(len + 15, 1, 0);
	finish();
}

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

/* Expect every cut and every wrong length to be survived; ASan watches the end of the copy. */
static void every_cut_and_length_is_safe(void **state)
{
	(void)state;
	for (size_t cut = 0; cut <= 300; cut++) {
		u8 *copy;

		build_srat();
		copy = malloc(min(cut, len) + 1);
		memcpy(copy, table, min(cut, len));
		acpi_parse_srat(copy, min(cut, len), &numa);
		acpi_parse_madt(copy, min(cut, len), &numa);
		acpi_parse_slit(copy, min(cut, len), &numa);
		acpi_parse_hmat(copy, min(cut, len), &numa);
		free(copy);
	}
	build_srat();
	table[49] = 0; /* an entry of length 0 would never end */
	assert_int_equal(acpi_parse_srat(table, len, &numa), -EINVAL);
	build_srat();
	table[49] = 255;
	numa_init(&numa);
	assert_int_equal(acpi_parse_srat(table, 100, &numa), -EINVAL);
	assert_int_equal(numa.nr_cpus, 0);
}

static void headers_are_checked(void **state)
{
	struct acpi_header h;

	(void)state;
	build_srat();
	table[60] ^= 1;
	assert_int_equal(acpi_parse_header(table, len, &h), -EBADMSG);
	assert_int_equal(acpi_parse_header(table, 35, &h), -EINVAL);
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
	begin("XSDT", ACPI_HEADER_SIZE);
	put(36, 8, 0xabcdef0123);
	put(44, 8, 0x5000);
	finish();
	assert_int_equal(acpi_sdt_entry(table, len, 1, &pa), 0);
	assert_int_equal(pa, 0x5000);
	assert_int_equal(acpi_sdt_entry(table, len, 2, &pa), -ENOENT);
	memcpy(table, "RSDT", 4);
	assert_int_equal(acpi_sdt_entry(table, len, 0, &pa), 0);
	assert_int_equal(pa, 0xcdef0123);
}

static void distances_come_by_domain(void **state)
{
	(void)state;
	build_srat();
	begin("SLIT", 44);
	numa_node_of_pxm(&numa, 1); /* node 0 is domain 1 */
	numa_node_of_pxm(&numa, 0);
	put(36, 8, 2);
	put(44, 4, 10 | 21 << 8 | 31 << 16 | 10 << 24);
	finish();
	assert_int_equal(numa_distance(&numa, 0, 1), REMOTE_DISTANCE);
	assert_int_equal(acpi_parse_slit(table, len, &numa), 0);
	assert_int_equal(numa_distance(&numa, 1, 0), 21);
	assert_int_equal(numa_distance(&numa, 0, 1), 31);
	table[44] = 11; /* not 10 from itself */
	assert_int_equal(acpi_parse_slit(table, len, &numa), -EINVAL);
	table[44] = 10;
	table[45] = 10; /* as near as itself */
	assert_int_equal(acpi_parse_slit(table, len, &numa), -EINVAL);
	put(36, 8, 1ULL << 33);
	assert_int_equal(acpi_parse_slit(table, len, &numa), -EINVAL);
}

static void madt_and_srat_are_joined_by_apic_id(void **state)
{
	(void)state;
	begin("APIC", 44);
	put(44, 8, 0x0000000100020800ULL); /* type 0, length 8, uid 2, id 0 ... flags 1 */
	table[44] = 0;
	table[45] = 8;
	table[46] = 2;
	table[47] = 0;
	put(48, 4, 1);
	put(52, 1, 9);
	put(53, 1, 16);
	put(56, 4, 300);
	put(60, 4, 2);
	put(64, 4, 77);
	put(68, 1, 0); /* local APIC that is not there at all */
	put(69, 1, 8);
	put(71, 1, 5);
	put(72, 4, 0);
	finish();
	assert_int_equal(acpi_parse_madt(table, len, &numa), 0);
	assert_int_equal(numa.nr_cpus, 2);
	assert_true(numa.cpus[0].enabled && numa.cpus[1].online_capable && !numa.cpus[1].enabled);
	assert_int_equal(numa.cpus[1].acpi_uid, 77);
	numa_set_cpu_node(&numa, 300, 3);
	assert_int_equal(numa.cpus[1].nid, 3);
	assert_int_equal(numa.nr_cpus, 2);
}

static void hmat_gives_latency_and_bandwidth(void **state)
{
	(void)state;
	begin("HMAT", 40);
	put(40, 2, 1);
	put(44, 4, 32 + 4 * 3 + 2 * 2);
	put(49, 1, 3); /* access bandwidth */
	put(52, 4, 1);
	put(56, 4, 2);
	put(64, 8, 100);
	put(72, 4, 4); /* initiator domain */
	put(76, 4, 5);
	put(80, 4, 6);
	put(84, 2, 7);
	put(86, 2, 0xffff); /* not reachable */
	finish();
	assert_int_equal(acpi_parse_hmat(table, len, &numa), 0);
	assert_int_equal(numa.nr_perf, 1);
	assert_int_equal(numa.perf[0].value, 700);
	assert_int_equal(numa.perf[0].initiator_pxm, 4);
	assert_int_equal(numa.perf[0].target_pxm, 5);
	put(56, 4, 0x7fffffff);
	assert_int_equal(acpi_parse_hmat(table, len, &numa), -EINVAL);
}

static void what_does_not_fit_is_counted(void **state)
{
	(void)state;
	numa_init(&numa);
	for (u32 i = 0; i < MAX_NUMNODES; i++)
		assert_int_equal(numa_node_of_pxm(&numa, 1000 + i), (int)i);
	assert_int_equal(numa_node_of_pxm(&numa, 5), -ENOSPC);
	for (u32 i = 0; i < NUMA_MAX_RANGES; i++)
		assert_int_equal(numa_add_range(&numa, 0, i, i + 1, false, false), 0);
	assert_int_equal(numa_add_range(&numa, 0, 0, 1, false, false), -ENOSPC);
	assert_int_equal(numa_add_range(&numa, 0, 1, 1, false, false), -EINVAL);
	for (u32 i = 0; i <= NUMA_MAX_CPUS; i++)
		numa_set_cpu_node(&numa, i, 0);
	assert_int_equal(numa.lost, 2);
}

/* ---- nodes into memblock ---------------------------------------------------------------------------- */

static struct memblock_region regions[2][64];
static struct memblock mb;

static int apply(u64 first_end, u64 second_start, u64 second_end, phys_addr_t *conflict)
{
	memblock_init(&mb, regions[0], regions[1], 64);
	memblock_add(&mb, 0x100000, 0x7ff00000, NUMA_NO_NODE, 0);
	numa_init(&numa);
	numa_add_range(&numa, 0, 0, first_end, false, false);
	numa_add_range(&numa, 1, second_start, second_end, true, false);
	return numa_apply(&numa, &mb, conflict);
}

static void nodes_reach_memblock(void **state)
{
	phys_addr_t at = 0;

	(void)state;
	assert_int_equal(apply(0x40000000, 0x40000000, 0x80000000, &at), NUMA_OK);
	assert_int_equal(mb.memory.cnt, 2);
	assert_int_equal(mb.memory.regions[1].nid, 1);
	assert_int_equal(mb.memory.regions[1].flags, MEMBLOCK_HOTPLUG);
	/* half a MiB without a node goes to its neighbour */
	assert_int_equal(apply(0x40000000, 0x40080000, 0x80000000, &at), NUMA_OK);
	assert_int_equal(memblock_find(&mb.memory, 0x40000000)->nid, 0);
	assert_int_equal(apply(0x40000000, 0x50000000, 0x80000000, &at), NUMA_INCOMPLETE);
	assert_int_equal(at, 0x40000000);
	assert_int_equal(memblock_find(&mb.memory, 0x70000000)->nid, 0);
	assert_int_equal(apply(0x40000000, 0x30000000, 0x80000000, &at), NUMA_CONFLICT);
	assert_int_equal(at, 0x30000000);
	for (int v = NUMA_NONE; v <= NUMA_INCOMPLETE; v++)
		assert_string_not_equal(numa_verdict_name((enum numa_verdict)v), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(srat_gives_nodes_ranges_and_cpus),
		cmocka_unit_test(every_cut_and_length_is_safe),
		cmocka_unit_test(headers_are_checked),
		cmocka_unit_test(rsdp_of_both_versions),
		cmocka_unit_test(lists_of_tables_end),
		cmocka_unit_test(distances_come_by_domain),
		cmocka_unit_test(madt_and_srat_are_joined_by_apic_id),
		cmocka_unit_test(hmat_gives_latency_and_bandwidth),
		cmocka_unit_test(what_does_not_fit_is_counted),
		cmocka_unit_test(nodes_reach_memblock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
