/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI tables built byte by byte, then broken in every way that a length can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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
	table[8] = 3; /* the revision: SRAT's domains have four bytes */
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
	put(at + 2, 1, pxm & 0xff);
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
	add_memory(5, 0x300000000, 0, 1);	   /* empty */
	put(len, 1, 3);				   /* GICC: skipped by its length */
	put(len, 1, 18);
	put(len + 15, 1, 0);
	finish();
}

static void build_xsdt(void)
{
	begin("XSDT", ACPI_HEADER_SIZE);
	put(36, 8, 0xabcdef0123);
	put(44, 8, 0x5000);
	finish();
}

static void build_slit(void)
{
	begin("SLIT", 44);
	numa_node_of_pxm(&numa, 1); /* node 0 is domain 1 */
	numa_node_of_pxm(&numa, 0);
	put(36, 8, 2);
	put(44, 4, 10 | 21 << 8 | 31 << 16 | 10 << 24);
	finish();
}

static void add_local_apic(u8 uid, u8 apic, u32 flags)
{
	size_t at = len;

	put(at, 1, 0);
	put(at + 1, 1, 8);
	put(at + 2, 1, uid);
	put(at + 3, 1, apic);
	put(at + 4, 4, flags);
}

static void add_local_x2apic(u32 uid, u32 apic, u32 flags)
{
	size_t at = len;

	put(at, 1, 9);
	put(at + 1, 1, 16);
	put(at + 4, 4, apic);
	put(at + 8, 4, flags);
	put(at + 12, 4, uid);
}

static void build_madt(void)
{
	begin("APIC", 44);
	add_local_apic(2, 0, 1);
	put(len, 1, 1); /* I/O APIC: skipped by its length */
	put(len, 1, 12);
	put(len + 9, 1, 0);
	add_local_x2apic(77, 300, 2);
	add_local_apic(3, 5, 0); /* neither there nor to come */
	add_local_apic(4, 0xff, 1);
	add_local_x2apic(5, 0xffffffff, 1);
	finish();
}

/* Bandwidth from domain 4 to 5 (7 * 100), 6 (not reachable) and 7 (not known); then a structure of
 * another type. */
static void build_hmat(void)
{
	begin("HMAT", 40);
	put(40, 2, 1);
	put(44, 4, 32 + 4 * 4 + 2 * 3);
	put(49, 1, 3); /* access bandwidth */
	put(52, 4, 1);
	put(56, 4, 3);
	put(64, 8, 100);
	put(72, 4, 4); /* initiator domain */
	put(76, 4, 5);
	put(80, 4, 6);
	put(84, 4, 7);
	put(88, 2, 7);
	put(90, 2, 0xffff);
	put(92, 2, 0);
	put(94, 2, 2); /* memory side cache */
	put(98, 4, 32);
	put(125, 1, 0);
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

/* ---- broken tables -------------------------------------------------------------------------- */

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

/* Every length byte of every entry, one after the other: 0, too short, one too long, much too long.
 */
static void wrong_entry_lengths_end_the_parse(void **state)
{
	static const u8 wrong[] = {0, 1, 3, 255};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++) {
		u8 *copy;

		build_srat();
		table[49] = wrong[i]; /* the first entry: nothing can be known of what follows */
		copy = exact(len);
		if (wrong[i] == 255)
			assert_true(len < 48 + 255);
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
		cmocka_unit_test(nothing_is_read_behind_any_cut),
		cmocka_unit_test(wrong_entry_lengths_end_the_parse),
		cmocka_unit_test(random_bytes_do_no_harm),
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
