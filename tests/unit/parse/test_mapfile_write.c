/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Machine files as the program writes them: read back, they describe the same machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "parse/mapfile.h"

static char text[1 << 20], err[100];
static size_t text_len;
static u32 lines, stop_at;
static struct memmap map;
static struct numa_info numa;
static struct cpu_info cpu, read_cpu;
static struct mapfile back;

static int collect(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	if (++lines == stop_at)
		return -EIO;
	assert_true(text_len + n < sizeof(text));
	memcpy(text + text_len, s, n);
	text_len += n;
	text[text_len] = '\0';
	return 0;
}

static int write_machine(const char *name)
{
	text_len = lines = 0;
	return mapfile_write(name, &map, numa.nr_nodes ? &numa : NULL, &cpu, collect, NULL);
}

static void round_trip(const char *name)
{
	stop_at = 0;
	assert_int_equal(write_machine(name), 0);
	if (mapfile_parse(text, text_len, &back, err, sizeof(err)))
		fail_msg("%s", err);
	read_cpu = (struct cpu_info){.phys_bits = 36, .la57 = true};
	mapfile_apply_cpu(&back, &read_cpu);
}

static void clear(void)
{
	memset(&map, 0, sizeof(map));
	memset(&cpu, 0, sizeof(cpu));
	cpu.phys_bits = 46;
	cpu.mtrr.phys_bits = 46;
	numa_init(&numa);
}

static void every_descriptor_comes_back(void **state)
{
	struct prng p;

	(void)state;
	clear();
	prng_seed(&p, 1);
	for (u32 i = 0; i < 1000; i++) {
		u32 type = i % 20 < NR_MEM_TYPES ? i % 20 : 0x80000000u + i;
		u64 attr = i < 64 ? 1ULL << i : prng_next(&p) & prng_next(&p);

		memmap_add(&map, prng_below(&p, 1 << 30) * 0x801, prng_below(&p, 1 << 20), type,
			   attr);
	}
	round_trip("any");
	assert_int_equal(back.memmap.nr, map.nr);
	for (u32 i = 0; i < map.nr; i++) {
		assert_int_equal(back.memmap.desc[i].start, map.desc[i].start);
		assert_int_equal(back.memmap.desc[i].nr_pages, map.desc[i].nr_pages);
		assert_int_equal(back.memmap.desc[i].type, map.desc[i].type);
		assert_int_equal(back.memmap.desc[i].attr, map.desc[i].attr);
	}
}

static void absurd_descriptors_become_comments(void **state)
{
	(void)state;
	clear();
	memmap_add(&map, 0, 1, MEM_CONVENTIONAL, 0);
	memmap_add(&map, 0x1000, ~0ULL, MEM_MMIO, MEM_ATTR_UC);
	round_trip("odd");
	assert_int_equal(back.memmap.nr, 1);
	assert_non_null(
		strstr(text, "# past the end: 0x1000, 18446744073709551615 pages, Mmio UC\n"));
}

static void the_cpu_comes_back(void **state)
{
	(void)state;
	clear();
	memmap_add(&map, 0, 1, MEM_CONVENTIONAL, 0);
	cpu.nx = cpu.page1g = true;
	cpu.mtrr.present = cpu.mtrr.enabled = true;
	cpu.mtrr.default_type = MEMTYPE_WB;
	cpu.mtrr.nr_variable = 4;
	cpu.mtrr.variable[0].base = 0x80000000 | MEMTYPE_UC;
	cpu.mtrr.variable[0].mask = 0x3fff80000800;
	cpu.mtrr.variable[1].base = 0x90000000 | MEMTYPE_WC; /* off */
	cpu.mtrr.variable[1].mask = 0x3ffff0000000;
	cpu.mtrr.variable[2].base = 0x1000 | MEMTYPE_WC; /* with a hole */
	cpu.mtrr.variable[2].mask = 0x3ffff0001800;
	cpu.mtrr.variable[3].base = 0x100000000 | MEMTYPE_WT;
	cpu.mtrr.variable[3].mask = 0x3fff00000800;
	round_trip("cpu\tone");
	assert_string_equal(back.name, "cpu?one");
	assert_true(read_cpu.nx && read_cpu.page1g && !read_cpu.la57);
	assert_int_equal(read_cpu.phys_bits, 46);
	assert_int_equal(read_cpu.mtrr.nr_variable, 2);
	for (phys_addr_t pa = 0; pa < 0x300000000; pa += 0x10000000) {
		phys_addr_t end;

		if (pa) /* where the one with the hole is */
			assert_int_equal(mtrr_type(&read_cpu.mtrr, pa, &end),
					 mtrr_type(&cpu.mtrr, pa, &end));
	}
	cpu.mtrr.enabled = false;
	round_trip("off");
	assert_int_equal(read_cpu.mtrr.default_type, MEMTYPE_UC);
	cpu.mtrr.present = false;
	round_trip("none");
	assert_false(read_cpu.mtrr.present);
}

static void nodes_come_back(void **state)
{
	(void)state;
	clear();
	memmap_add(&map, 0, 0x100000, MEM_CONVENTIONAL, MEM_ATTR_WB);
	numa.nr_nodes = 3;
	numa_add_range(&numa, 0, 0, GiB, false, false);
	numa_add_range(&numa, 2, GiB, 4 * GiB, true, true);
	numa.have_slit = true;
	for (int i = 0; i < 3; i++) {
		for (int to = 0; to < 3; to++)
			numa.distance[i][to] = i == to ? 10 : (u8)(20 + i);
	}
	round_trip("nodes");
	assert_int_equal(back.numa.nr_nodes, 3);
	assert_int_equal(back.numa.nr_ranges, 2);
	assert_memory_equal(back.numa.ranges, numa.ranges, 2 * sizeof(numa.ranges[0]));
	assert_memory_equal(back.numa.distance, numa.distance, sizeof(numa.distance));
}

static void a_failed_write_ends_it(void **state)
{
	(void)state;
	clear();
	memmap_add(&map, 0, 1, MEM_CONVENTIONAL, 0);
	stop_at = 2;
	assert_int_equal(write_machine("x"), -EIO);
	assert_int_equal(lines, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_descriptor_comes_back),
		cmocka_unit_test(absurd_descriptors_become_comments),
		cmocka_unit_test(the_cpu_comes_back),
		cmocka_unit_test(nodes_come_back),
		cmocka_unit_test(a_failed_write_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
