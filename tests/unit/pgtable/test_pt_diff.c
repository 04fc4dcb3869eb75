/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Differences between trees: each kind, ranges, readers that stop, costs, formats. */
#include "pt_diff_fixture.h"

/* a: |rw rw rw --|   b: |-- rw ro rx|  at 1 MiB, a page each; the third one elsewhere too */
static void each_kind_is_told(void **state)
{
	struct pt_diff_totals t = {0};

	(void)state;
	two_trees(4, 4);
	map(&pt, MiB, MiB, 3 * PAGE_SIZE, PT_WRITE | PT_NOEXEC, 0);
	map(&other, MiB + PAGE_SIZE, MiB + PAGE_SIZE, PAGE_SIZE, PT_WRITE | PT_NOEXEC | PT_PCD, 0);
	map(&other, MiB + 2 * PAGE_SIZE, MiB, PAGE_SIZE, PT_NOEXEC | PT_GLOBAL, 0);
	map(&other, MiB + 3 * PAGE_SIZE, 0, PAGE_SIZE, 0, 0);
	assert_int_equal(diff(&pt, &other, 0, ~0ULL, false), 4);
	assert_int_equal(found.run[0].what, PT_DIFF_ONLY_A);
	assert_int_equal(found.run[0].start, MiB);
	assert_int_equal(found.run[0].last, MiB + PAGE_SIZE - 1);
	assert_int_equal(found.run[0].lost, PTR_SR | PTR_SW);
	assert_int_equal(found.run[1].what, PT_DIFF_CACHE);
	assert_int_equal(found.run[2].what, PT_DIFF_PHYS | PT_DIFF_RIGHTS | PT_DIFF_GLOBAL);
	assert_int_equal(found.run[2].lost, PTR_SW);
	assert_int_equal(found.run[2].b.phys - found.run[2].a.phys, -2 * (s64)PAGE_SIZE);
	assert_int_equal(found.run[3].what, PT_DIFF_ONLY_B);
	assert_int_equal(found.run[3].gained, PTR_SR | PTR_SX);
	for (u32 i = 0; i < 4; i++)
		pt_diff_count(&t, &found.run[i]);
	assert_int_equal(t.runs, 4);
	assert_int_equal(t.bytes[0], PAGE_SIZE);
	assert_int_equal(t.bytes[2], PAGE_SIZE);
	assert_int_equal(t.lost[1], PAGE_SIZE); /* of what both map: the third page */
	assert_int_equal(t.gained[2], 0);
}

/* Large pages against small ones, 1 GiB and one address that moved: no difference but sizes and
 * that. */
static void sizes_alone_are_no_difference(void **state)
{
	(void)state;
	two_trees(4, 5);
	map(&pt, GiB, GiB, GiB, PT_WRITE, 2);
	map(&other, GiB, GiB, GiB / 2, PT_WRITE, 1);
	map(&other, GiB + GiB / 2, GiB + GiB / 2, GiB / 2, PT_WRITE, 0);
	assert_int_equal(diff(&pt, &other, 0, ~0ULL, false), 0);
	assert_int_equal(diff(&pt, &other, 0, ~0ULL, true), 2);
	assert_int_equal(found.run[0].what, PT_DIFF_SIZE);
	assert_int_equal(found.run[1].start, GiB + GiB / 2);
	assert_int_equal(found.run[1].b.level, 0);
	assert_int_equal(found.run[1].last, 2 * GiB - 1);
	assert_int_equal(pt_unmap(&other, GiB + 7 * PAGE_SIZE, PAGE_SIZE), 0);
	map(&other, GiB + 7 * PAGE_SIZE, 0, PAGE_SIZE, PT_WRITE, 0);
	assert_int_equal(diff(&pt, &other, 0, ~0ULL, false), 1);
	assert_int_equal(found.run[0].start, GiB + 7 * PAGE_SIZE);
	assert_int_equal(found.run[0].what, PT_DIFF_PHYS);
}

/* The range cuts runs, also inside large pages. */
static void a_range_cuts(void **state)
{
	(void)state;
	two_trees(4, 4);
	map(&pt, GiB, 5 * GiB, GiB, PT_WRITE, 2);
	assert_int_equal(diff(&pt, &other, GiB + 0x1234, GiB + 0x4321, false), 1);
	assert_int_equal(found.run[0].start, GiB + 0x1234);
	assert_int_equal(found.run[0].last, GiB + 0x4321);
	assert_int_equal(found.run[0].a.phys, 5 * GiB + 0x1234);
	assert_int_equal(diff(&pt, &other, 0, GiB - 1, false), 0);
	assert_int_equal(diff(&pt, &other, 2 * GiB, ~0ULL, false), 0);
	assert_int_equal(diff(&pt, &other, ~0ULL, ~0ULL, false), 0);
}

static void the_reader_may_stop(void **state)
{
	(void)state;
	two_trees(4, 4);
	for (u64 i = 0; i < 10; i++)
		map(&pt, i * 2 * PAGE_SIZE, 0, PAGE_SIZE, 0, 0);
	found.nr = 0;
	found.stop_at = 4;
	assert_int_equal(pt_diff(&pt, &other, 0, ~0ULL, note, NULL), 7);
	assert_int_equal(found.nr, 4);
	found.stop_at = 14; /* the last one, behind which nothing comes */
	assert_int_equal(pt_diff(&pt, &other, 0, ~0ULL, note, NULL), 7);
	assert_int_equal(found.nr, 14);
}

static int count_poll(void *ctx)
{
	return ++*(u32 *)ctx == 3 ? -EINTR : 0;
}

/* A long way without any difference can be stopped too. */
static void a_look_may_stop(void **state)
{
	u32 looks = 0;
	struct pt_diff_how how = {.poll = count_poll, .ctx = &looks};

	(void)state;
	two_trees(4, 4);
	map(&pt, 0, 0, GiB, PT_WRITE, 0);
	map(&other, 0, 0, GiB, PT_WRITE, 0);
	found.nr = found.stop_at = 0;
	assert_int_equal(pt_diff_how(&pt, &other, 0, ~0ULL, &how, note, NULL), -EINTR);
	assert_int_equal(looks, 3);
	assert_int_equal(found.nr, 0);
}

/* No root to read: nothing is mapped, and that is said. */
static void a_root_outside_memory(void **state)
{
	(void)state;
	two_trees(4, 4);
	map(&pt, MiB, MiB, PAGE_SIZE, 0, 0);
	other.root = 0x1000;
	assert_int_equal(diff(&pt, &other, MiB, MiB + PAGE_SIZE - 1, false), 1);
	assert_int_equal(found.run[0].what, PT_DIFF_ONLY_A);
	assert_int_equal(found.run[0].b.wrong, PT_OUTSIDE);
	diff(&pt, &other, 0, ~0ULL, false);
	assert_int_equal(found.run[0].what, PT_DIFF_WRONG);
}

/*
 * A clone shares what was not edited:   pt:    root - P - D - 512 tables
 *                                       other: root'- P'- D'- 511 of them and a copy
 */
static void shared_tables_are_passed_over(void **state)
{
	struct pt_path path;
	phys_addr_t copy[4];

	(void)state;
	two_trees(4, 4);
	map(&pt, 0, 0, GiB, PT_WRITE, 0);
	assert_int_equal(pt_lookup(&pt, 0x200000, &path), PT_MAPPED);
	for (u32 i = 0; i < 4; i++) {
		assert_int_equal(arena_alloc(&arena, &copy[i]), 0);
		memcpy(table_at(copy[i]), table_at(path.entry[i].table), PAGE_SIZE);
		if (i)
			table_at(copy[i - 1])[path.entry[i - 1].index] =
				copy[i] | (path.entry[i - 1].val & ~PTE_ADDR_MASK);
	}
	other.root = copy[0];
	assert_int_equal(diff(&pt, &other, 0, ~0ULL, true), 0);
	table_at(copy[3])[5] &= ~PTE_RW;
	tables_read = 0;
	assert_int_equal(diff(&pt, &other, 0, ~0ULL, true), 1);
	assert_int_equal(found.run[0].start, 0x205000);
	assert_int_equal(found.run[0].what, PT_DIFF_RIGHTS);
	assert_true(tables_read < 2 * 520);
	/* The same tables below fewer rights are not the same. */
	table_at(copy[1])[0] &= ~PTE_RW;
	assert_int_equal(diff(&pt, &other, 0, ~0ULL, true), 1);
	assert_int_equal(found.run[0].last, GiB - 1);
}

/* 524,288 pages of 4 KiB against 1,024 of 2 MiB: each table is read once. */
static void large_trees_cost_one_read_a_table(void **state)
{
	(void)state;
	two_trees(4, 4);
	map(&pt, 0, 0, 2 * GiB, PT_WRITE, 0);
	map(&other, 0, 0, 2 * GiB, PT_WRITE, 1);
	tables_read = 0;
	assert_int_equal(diff(&pt, &other, 0, ~0ULL, false), 0);
	assert_true(tables_read < 1100);
	assert_int_equal(diff(&pt, &other, 0, ~0ULL, true), 1);
}

/* x86-32: 4 KiB pages and 4 MiB ones of 4-byte entries, against x86-64. */
static void formats_may_differ(void **state)
{
	const struct pt_format *f = pt_format_find("x86-32");
	struct pgtable small;
	phys_addr_t root;
	u32 *entries;

	(void)state;
	assert_non_null(f);
	two_trees(4, 4);
	assert_int_equal(arena_alloc(&arena, &root), 0);
	entries = (u32 *)table_at(root);
	memset(entries, 0, PAGE_SIZE);
	small = pt;
	small.format = f;
	small.levels = 2;
	small.nx = false;
	small.root = 0x3000;
	small.phys_offset = (u64)(uintptr_t)entries - 0x3000;
	small.table = NULL;
	entries[0] = 0x83;	    /* 4 MiB at 0, RW */
	entries[1023] = 0xffc00083; /* and at the end */
	map(&pt, 0, 0, 4 * MiB, PT_WRITE, 0);
	assert_int_equal(diff(&small, &pt, 0, ~0ULL, false), 1);
	assert_int_equal(found.run[0].start, 0xffc00000);
	assert_int_equal(found.run[0].last, 0xffffffff);
	assert_int_equal(found.run[0].what, PT_DIFF_ONLY_A);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_told),
		cmocka_unit_test(sizes_alone_are_no_difference),
		cmocka_unit_test(a_range_cuts),
		cmocka_unit_test(the_reader_may_stop),
		cmocka_unit_test(a_look_may_stop),
		cmocka_unit_test(a_root_outside_memory),
		cmocka_unit_test(shared_tables_are_passed_over),
		cmocka_unit_test(large_trees_cost_one_read_a_table),
		cmocka_unit_test(formats_may_differ),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
