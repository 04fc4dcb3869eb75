/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One entry at a time: found as pt_lookup() finds it, made, retired and reaped. */
#include "mm/pgtable/leaf.h"
#include "pt_fixture.h"

#define BASE 0xffffc90000000000ULL

/* Pages of all sizes at random places: both ways lead to the same entry. */
static void entries_are_those_of_lookups(void **state)
{
	struct prng prng;

	(void)state;
	prng_seed(&prng, 11);
	for (u8 levels = 4; levels <= 5; levels++) {
		make(levels, 2);
		for (u32 i = 0; i < 300; i++) {
			unsigned level = (unsigned)prng_below(&prng, 3);
			u64 va = BASE + round_down(prng_below(&prng, TiB), PT_SIZE(level));

			pt_map(&pt, va, prng_below(&prng, 1024) * GiB, PT_SIZE(level), PT_WRITE,
			       level);
		}
		for (u32 i = 0; i < 20000; i++) {
			u64 va = BASE + prng_below(&prng, i % 2 ? TiB : 6 * TiB);
			struct pt_path path;
			unsigned found;
			u64 *entry = pt_find_entry(&pt, va, &found);
			bool mapped = pt_lookup(&pt, va, &path) == PT_MAPPED;
			const struct pt_entry *last = &path.entry[path.nr - 1];

			assert_int_equal(found, last->level);
			assert_ptr_equal(entry, table_at(last->table) + last->index);
			assert_int_equal(*entry & PTE_P, mapped);
		}
		pt_destroy(&pt);
	}
}

static void tables_are_made_as_needed(void **state)
{
	u64 *entry, *again;

	(void)state;
	for (u8 levels = 4; levels <= 5; levels++) {
		u64 k = 0;

		make(levels, 2);
		do { /* the k-th table cannot be had */
			arena.limit = (u32)k++;
		} while (pt_need_entry(&pt, BASE, 0, &entry));
		assert_int_equal(pt.nr_tables, levels);
		arena.limit = 0;
		assert_int_equal(pt_need_entry(&pt, BASE + PAGE_SIZE, 0, &again), 0);
		assert_ptr_equal(again, entry + 1);
		assert_int_equal(pt_need_entry(&pt, BASE + PT_SIZE(1), 1, &again), 0);
		assert_int_equal(*again, 0);
		*again = pt_leaf_bits(&pt, PT_WRITE, 1);
		assert_int_equal(pt_need_entry(&pt, BASE + PT_SIZE(1), 0, &again), -EEXIST);
		assert_int_equal(pt_need_entry(&pt, BASE + GiB, 0, &again), -ENOMEM);
		*again = 0;
		arena.limit = ~0u;
		pt_destroy(&pt);
	}
}

static struct {
	u32 nr[3], together;
} taken;

static u32 take(void *ctx, phys_addr_t pa, unsigned level)
{
	assert_ptr_equal(ctx, &taken);
	taken.nr[level]++;
	assert_true(pa >= GiB);
	return taken.together;
}

/*
 *	| 2 MiB of pages | one of 2 MiB | 10 pages |
 * Expect: nothing is mapped when it is retired, nothing is lost, and every page comes once.
 */
static void what_is_retired_is_reaped(void **state)
{
	u64 size = 2 * PT_SIZE(1) + 10 * PAGE_SIZE, tables;
	phys_addr_t pa = GiB;

	(void)state;
	for (u32 together = 1; together <= 2; together++) {
		make(5, 2);
		assert_int_equal(pt_map(&pt, BASE, pa + PAGE_SIZE, PT_SIZE(1), PT_WRITE, 0), 0);
		assert_int_equal(pt_map(&pt, BASE + PT_SIZE(1), pa, PT_SIZE(1), PT_WRITE, 1), 0);
		assert_int_equal(pt_map(&pt, BASE + 2 * PT_SIZE(1), pa, 10 * PAGE_SIZE, 0, 0), 0);
		tables = pt.nr_tables;
		memset(&taken, 0, sizeof(taken));
		taken.together = together;
		pt_reap(&pt, BASE, size, take, &taken); /* nothing is retired yet */
		assert_int_equal(taken.nr[0] + taken.nr[1], 0);
		pt_retire(&pt, BASE, size, true);
		for (u64 at = 0; at < size; at += PAGE_SIZE)
			assert_int_equal(translate(BASE + at), NOWHERE);
		/* The last table maps something behind, too. */
		pt_retire_tables(&pt, BASE, size, BASE, BASE + size);
		assert_int_equal(pt.nr_tables, tables);
		pt_reap(&pt, BASE, size, take, &taken);
		assert_int_equal(taken.nr[0], (512 + 10) / together);
		assert_int_equal(taken.nr[1], 1);
		assert_int_equal(pt.nr_tables, tables - 1);
		pt_reap(&pt, BASE, size, take, &taken);
		assert_int_equal(taken.nr[1], 1);
		pt_retire_tables(&pt, BASE, size, BASE, BASE + GiB);
		pt_reap(&pt, BASE, size, take, &taken);
		assert_int_equal(pt.nr_tables, tables - 2);
		pt_destroy(&pt);
	}
}

/* Pages of somebody else are forgotten at once. */
static void what_is_not_kept_is_gone(void **state)
{
	(void)state;
	make(4, 2);
	assert_int_equal(pt_map(&pt, BASE, GiB, 700 * PAGE_SIZE, PT_WRITE, 0), 0);
	pt_retire(&pt, BASE + PAGE_SIZE, 698 * PAGE_SIZE, false);
	assert_int_equal(translate(BASE), GiB);
	assert_int_equal(translate(BASE + 699 * PAGE_SIZE), GiB + 699 * PAGE_SIZE);
	memset(&taken, 0, sizeof(taken));
	for (u64 i = 1; i < 699; i++)
		assert_int_equal(translate(BASE + i * PAGE_SIZE), NOWHERE);
	pt_reap(&pt, BASE, 700 * PAGE_SIZE, take, &taken);
	assert_int_equal(taken.nr[0], 0);
	pt_destroy(&pt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_those_of_lookups),
		cmocka_unit_test(tables_are_made_as_needed),
		cmocka_unit_test(what_is_retired_is_reaped),
		cmocka_unit_test(what_is_not_kept_is_gone),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
