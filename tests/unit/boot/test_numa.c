/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Nodes into memblock, drawn: a character is 512 KiB, '#' is RAM, and in rows of SRAT a digit is a
 * range of that node (a letter: the same and hot-pluggable, 'a' for node 0). What memblock then has
 * is drawn the same way, '.' for RAM without a node.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/boot/numa.h"

#define CELL	(512 * KiB)
#define CELLS	48
#define REGIONS 128

static struct memblock_region regions[2][REGIONS];
static struct memblock mb;
static struct numa_info numa;
static phys_addr_t where;

static void draw_ram(const char *ram, u32 max)
{
	memblock_init(&mb, regions[0], regions[1], max);
	numa_init(&numa);
	where = 0xbad;
	for (u32 i = 0; ram[i]; i++) {
		if (ram[i] == '#')
			memblock_add(&mb, i * CELL, CELL, NUMA_NO_NODE, 0);
	}
}

/* Each run of one character is one range. */
static void draw_srat(const char *row)
{
	for (u32 i = 0, end; row[i]; i = end) {
		bool hotplug = row[i] >= 'a';

		for (end = i + 1; row[end] == row[i];)
			end++;
		if (row[i] != ' ')
			numa_add_range(&numa, row[i] - (hotplug ? 'a' : '0'), i * CELL, end * CELL,
				       hotplug, false);
	}
}

static char cell_of(u32 i)
{
	const struct memblock_region *r = memblock_find(&mb.memory, i * CELL);

	if (!r)
		return ' ';
	if (r->nid == NUMA_NO_NODE)
		return '.';
	return (char)(r->nid + (r->flags & MEMBLOCK_HOTPLUG ? 'a' : '0'));
}

static void expect_drawn(const char *expected)
{
	char drawn[CELLS + 1] = "";

	for (u32 i = 0; expected[i]; i++)
		drawn[i] = cell_of(i);
	assert_string_equal(drawn, expected);
}

static int apply(void)
{
	return numa_apply(&numa, &mb, &where);
}

static void each_range_gives_its_ram_a_node(void **state)
{
	(void)state;
	draw_ram(" #### #### ####", REGIONS);
	draw_srat("000000011111111111");
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn(" 0000 0111 1111");
	assert_int_equal(where, 0xbad);
}

static void without_srat_all_is_node_0(void **state)
{
	(void)state;
	draw_ram("#### ####", REGIONS);
	numa_set_cpu_node(&numa, 3, numa_node_of_pxm(&numa, 7)); /* CPUs alone do not count */
	assert_int_equal(apply(), NUMA_NONE);
	expect_drawn("0000 0000");
}

static void ram_in_a_hole_of_one_node_is_that_nodes(void **state)
{
	(void)state;
	draw_ram("############ ##########", REGIONS);
	draw_srat("00    00 111    11 1111");
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn("000000000111 1111111111");
}

/* Between different nodes it is nobody's: up to 1 MiB goes to a neighbour, more spoils all. */
static void little_ram_without_a_node_is_adopted(void **state)
{
	(void)state;
	draw_ram("##########", REGIONS);
	draw_srat("0000  1111");
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn("0000001111");
	draw_ram("## #######", REGIONS);
	draw_srat("     11111");
	assert_int_equal(apply(), NUMA_INCOMPLETE);
	expect_drawn("00 0000000");
	assert_int_equal(where, 0);
	draw_ram(" # #######", REGIONS);
	draw_srat("    111111");
	assert_int_equal(apply(), NUMA_OK); /* at the bottom it is the upper neighbour's */
	expect_drawn(" 1 1111111");
	draw_ram("##", REGIONS); /* nothing but leftovers */
	draw_srat("   11");
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn("00");
}

static void much_ram_without_a_node_spoils_all(void **state)
{
	(void)state;
	draw_ram("##########", REGIONS);
	draw_srat("aaa   1111");
	assert_int_equal(apply(), NUMA_INCOMPLETE);
	expect_drawn("0000000000"); /* not hot-pluggable either */
	assert_int_equal(where, 3 * CELL);
	assert_int_equal(mb.memory.cnt, 1);
}

static void overlapping_nodes_spoil_all(void **state)
{
	(void)state;
	draw_ram("##########", REGIONS);
	draw_srat("000000    ");
	draw_srat("      2222");
	draw_srat("    11111 ");
	assert_int_equal(apply(), NUMA_CONFLICT);
	expect_drawn("0000000000");
	assert_int_equal(where, 4 * CELL); /* the lowest one */
	draw_ram("##########", REGIONS);
	draw_srat("000000");
	draw_srat("   0001111"); /* a node may overlap itself */
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn("0000001111");
}

/* Firmware announces room for memory to come; what it says there hurts nobody. */
static void overlaps_beyond_ram_do_not_matter(void **state)
{
	(void)state;
	draw_ram("########  ####", REGIONS);
	draw_srat("00001111  11110000");
	draw_srat("                aaaaaa"); /* above all RAM */
	draw_srat("                 bbbbbbb");
	draw_srat("        00"); /* without any RAM: inside node 1's range below */
	draw_srat("       111");
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn("00001111  1111");
	draw_ram("######  ####", REGIONS);
	draw_srat("0000000"); /* share a hole, but each has RAM */
	draw_srat("      111111");
	assert_int_equal(apply(), NUMA_CONFLICT);
	assert_int_equal(where, 6 * CELL);
}

static void hot_pluggable_ranges_are_flagged(void **state)
{
	(void)state;
	draw_ram("##############", REGIONS);
	draw_srat("0000aaaabbbb11");
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn("0000aaaabbbb11");
	assert_int_equal(mb.memory.cnt, 4);
}

/* Node 1 has the first MiB, node 2 boot services: all of their memory stays. */
static void nodes_of_the_kernel_are_not_hot_pluggable(void **state)
{
	static struct memmap map;

	(void)state;
	draw_ram(" ####### #######", REGIONS);
	draw_srat("bbbbaaaabbbbbccc");
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn(" bbbaaaa bbbbccc");
	assert_int_equal(numa_clear_kernel_hotplug(&mb, &map), 0);
	expect_drawn(" 111aaaa 1111ccc");
	map.nr = 2;
	map.desc[0] = (struct mem_desc){
		.type = MEM_CONVENTIONAL, .start = 4 * CELL, .nr_pages = CELL / PAGE_SIZE};
	map.desc[1] = (struct mem_desc){
		.type = MEM_BOOT_DATA, .start = 15 * CELL, .nr_pages = CELL / PAGE_SIZE};
	assert_int_equal(numa_clear_kernel_hotplug(&mb, &map), 0);
	expect_drawn(" 111aaaa 1111222");
	assert_int_equal(mb.memory.cnt, 4);
}

static void no_room_leaves_no_node(void **state)
{
	(void)state;
	for (u32 max = 1; max < 8; max++) {
		draw_ram("################", max);
		draw_srat("0011223344556677");
		assert_int_equal(apply(), -ENOMEM);
		expect_drawn("................");
		assert_int_equal(where, 0xbad);
	}
	draw_ram("################", 8);
	draw_srat("0011223344556677");
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn("0011223344556677");
}

static void ranges_up_to_the_end_of_the_address_space(void **state)
{
	(void)state;
	draw_ram("########", REGIONS);
	numa_add_range(&numa, 0, 0, 4 * CELL, false, false);
	numa_add_range(&numa, 1, 4 * CELL, ~0ULL, false, false);
	assert_int_equal(apply(), NUMA_OK);
	expect_drawn("00001111");
}

/* ---- node ids, distances, limits --------------------------------------------------------- */

static void domains_become_nodes_in_order(void **state)
{
	(void)state;
	numa_init(&numa);
	assert_int_equal(numa_find_pxm(&numa, 0), NUMA_NO_NODE);
	for (u32 i = 0; i < MAX_NUMNODES; i++)
		assert_int_equal(numa_node_of_pxm(&numa, 1000 - i), (int)i);
	assert_int_equal(numa_node_of_pxm(&numa, 5), -ENOSPC);
	assert_int_equal(numa_node_of_pxm(&numa, 1000 - 40), 40); /* known: no room needed */
	assert_int_equal(numa.nr_nodes, MAX_NUMNODES);
	assert_int_equal(numa_find_pxm(&numa, 1000 - 63), 63);
}

static void nodes_that_no_table_named_are_their_own_domains(void **state)
{
	(void)state;
	numa_init(&numa);
	numa_add_range(&numa, 3, 0, CELL, false, false);
	assert_int_equal(numa.nr_nodes, 4);
	assert_int_equal(numa_find_pxm(&numa, 2), 2);
	assert_int_equal(numa_node_of_pxm(&numa, 3), 3);
}

static void distances_default_to_10_and_20(void **state)
{
	(void)state;
	numa_init(&numa);
	assert_int_equal(numa_distance(&numa, 63, 63), 10);
	assert_int_equal(numa_distance(&numa, 0, 63), 20);
	numa.have_slit = true;
	numa.distance[0][1] = 31;
	assert_int_equal(numa_distance(&numa, 0, 1), 31);
	assert_int_equal(numa_distance(&numa, 1, 0), 20); /* the row is missing */
	assert_int_equal(numa_distance(&numa, 1, 1), 10);
	expect_assert_failure(numa_distance(&numa, 64, 0));
	expect_assert_failure(numa_distance(&numa, 0, NUMA_NO_NODE));
}

static void what_does_not_fit_is_counted(void **state)
{
	(void)state;
	numa_init(&numa);
	for (u32 i = 0; i < NUMA_MAX_RANGES; i++)
		assert_int_equal(numa_add_range(&numa, 0, i, i + 1, false, false), 0);
	assert_int_equal(numa_add_range(&numa, 0, 0, 1, false, false), -ENOSPC);
	assert_int_equal(numa_add_range(&numa, 0, 1, 1, false, false), -EINVAL);
	assert_int_equal(numa_add_range(&numa, MAX_NUMNODES, 0, 1, false, false), -EINVAL);
	assert_int_equal(numa_add_range(&numa, NUMA_NO_NODE, 0, 1, false, false), -EINVAL);
	for (u32 i = 0; i <= NUMA_MAX_CPUS; i++)
		numa_set_cpu_node(&numa, i, 0);
	assert_null(numa_cpu(&numa, NUMA_MAX_CPUS + 7));
	assert_int_equal(numa.lost, 3);
	assert_int_equal(numa.nr_cpus, NUMA_MAX_CPUS);
}

static void every_verdict_has_words(void **state)
{
	(void)state;
	for (int v = NUMA_NONE; v <= NUMA_INCOMPLETE; v++)
		assert_string_not_equal(numa_verdict_name((enum numa_verdict)v), "?");
	assert_string_equal(numa_verdict_name((enum numa_verdict)99), "?");
}

/* ---- Linux's procedure, step by step, on cells ------------------------------------------- */

struct block {
	int start, end, nid; /* cells; end == 0: dropped */
};

struct model {
	char ram[CELLS + 1];
	struct block block[8];
	int nr, nid[CELLS];
};

static bool block_has_ram(const struct model *m, const struct block *b)
{
	for (int i = b->start; i < min(b->end, CELLS); i++) {
		if (m->ram[i] == '#')
			return true;
	}
	return false;
}

static bool meet(const struct block *a, int start, int end)
{
	return a->end && a->start < end && start < a->end;
}

/* Ranges without RAM are dropped, the others cut at the end of RAM. */
static bool model_trim(struct model *m)
{
	int high = CELLS;

	while (high && m->ram[high - 1] != '#')
		high--;
	for (int i = 0; i < m->nr; i++)
		m->block[i].end = block_has_ram(m, &m->block[i]) ? min(m->block[i].end, high) : 0;
	for (int i = 0; i < m->nr; i++) {
		for (int j = 0; j < i; j++) {
			const struct block *a = &m->block[i], *b = &m->block[j];

			if (b->end && a->nid != b->nid && meet(a, b->start, b->end))
				return false;
		}
	}
	return true;
}

/* Two ranges of a node become one if no other node has a range between them. */
static bool model_join_one(struct model *m)
{
	for (int i = 0; i < m->nr; i++) {
		for (int j = 0; j < i; j++) {
			struct block *a = &m->block[i], *b = &m->block[j];
			int start = min(a->start, b->start), end = max(a->end, b->end);
			bool free = a->end && b->end && a->nid == b->nid;

			for (int k = 0; k < m->nr; k++)
				free &= m->block[k].nid == a->nid ||
					!meet(&m->block[k], start, end);
			if (!free)
				continue;
			*b = (struct block){start, end, b->nid};
			a->end = 0;
			return true;
		}
	}
	return false;
}

static int model_orphans(struct model *m)
{
	int orphans = 0;

	for (int i = 0; i < CELLS; i++) {
		m->nid[i] = NUMA_NO_NODE;
		for (int k = 0; k < m->nr; k++) {
			if (meet(&m->block[k], i, i + 1))
				m->nid[i] = m->block[k].nid;
		}
		orphans += m->ram[i] == '#' && m->nid[i] == NUMA_NO_NODE;
	}
	return orphans;
}

static int model_neighbour(const struct model *m, int i, int step)
{
	for (i += step; i >= 0 && i < CELLS; i += step) {
		if (m->ram[i] == '#' && m->nid[i] != NUMA_NO_NODE)
			return m->nid[i];
	}
	return NUMA_NO_NODE;
}

static enum numa_verdict model_apply(struct model *m)
{
	if (!m->nr)
		return NUMA_NONE;
	if (!model_trim(m))
		return NUMA_CONFLICT;
	while (model_join_one(m))
		;
	if (model_orphans(m) * CELL > MiB)
		return NUMA_INCOMPLETE;
	for (int i = 0; i < CELLS; i++) {
		if (m->nid[i] == NUMA_NO_NODE)
			m->nid[i] = model_neighbour(m, i, -1);
		if (m->nid[i] == NUMA_NO_NODE)
			m->nid[i] = max(model_neighbour(m, i, 1), 0);
	}
	return NUMA_OK;
}

static void random_model(struct model *m, struct prng *p)
{
	int at = 0;

	*m = (struct model){.nr = (int)prng_below(p, 9)};
	for (int i = 0; i < CELLS; i++)
		m->ram[i] = prng_below(p, 8) && i < CELLS - 4 ? '#' : ' ';
	for (int i = 0; i < m->nr; i++) { /* mostly one after the other, sometimes not */
		int start =
			prng_below(p, 12) ? at + (int)prng_below(p, 2) : (int)prng_below(p, CELLS);

		start = min(start, CELLS - 1);
		at = min(start + 1 + (int)prng_below(p, 12), CELLS);
		m->block[i] = (struct block){start, at, (int)prng_below(p, 3)};
	}
}

static void random_tables_are_judged_as_linux_does(void **state)
{
	u32 seen[NUMA_INCOMPLETE + 1] = {0};
	u64 seed = 20260;
	struct prng p;

	(void)state;
	prng_seed(&p, seed);
	print_message("# seed %llu\n", seed);
	for (u32 round = 0; round < 30000; round++) {
		struct model m;
		int verdict;

		random_model(&m, &p);
		draw_ram(m.ram, REGIONS);
		for (int i = 0; i < m.nr; i++)
			numa_add_range(&numa, m.block[i].nid, (u64)m.block[i].start * CELL,
				       (u64)m.block[i].end * CELL, false, false);
		verdict = apply();
		if (verdict != (int)model_apply(&m))
			fail_msg("round %u: verdict %d", round, verdict);
		for (int i = 0; i < CELLS; i++) {
			char expected = verdict == NUMA_OK ? (char)(m.nid[i] + '0') : '0';

			if (cell_of((u32)i) != (m.ram[i] == '#' ? expected : ' '))
				fail_msg("round %u cell %d: %c", round, i, cell_of((u32)i));
		}
		seen[verdict]++;
	}
	for (int v = NUMA_NONE; v <= NUMA_INCOMPLETE; v++)
		assert_true(seen[v] > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_range_gives_its_ram_a_node),
		cmocka_unit_test(without_srat_all_is_node_0),
		cmocka_unit_test(ram_in_a_hole_of_one_node_is_that_nodes),
		cmocka_unit_test(little_ram_without_a_node_is_adopted),
		cmocka_unit_test(much_ram_without_a_node_spoils_all),
		cmocka_unit_test(overlapping_nodes_spoil_all),
		cmocka_unit_test(overlaps_beyond_ram_do_not_matter),
		cmocka_unit_test(hot_pluggable_ranges_are_flagged),
		cmocka_unit_test(nodes_of_the_kernel_are_not_hot_pluggable),
		cmocka_unit_test(no_room_leaves_no_node),
		cmocka_unit_test(ranges_up_to_the_end_of_the_address_space),
		cmocka_unit_test(domains_become_nodes_in_order),
		cmocka_unit_test(nodes_that_no_table_named_are_their_own_domains),
		cmocka_unit_test(distances_default_to_10_and_20),
		cmocka_unit_test(what_does_not_fit_is_counted),
		cmocka_unit_test(every_verdict_has_words),
		cmocka_unit_test(random_tables_are_judged_as_linux_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
