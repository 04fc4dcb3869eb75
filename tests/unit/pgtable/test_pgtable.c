/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading and changing page tables: single facts, and failure at every step. */
#include "pt_fixture.h"

#define TOP (~0ULL - (PAGE_SIZE - 1)) /* the last page there is */

/* ---- addresses and names ----------------------------------------------------------------- */

static void addresses_are_canonical_by_levels(void **state)
{
	struct pt_path path;

	(void)state;
	make(4, 2);
	assert_true(pt_canonical(&pt, 0x7fffffffffff));
	assert_false(pt_canonical(&pt, 0x800000000000));
	assert_true(pt_canonical(&pt, 0xffff800000000000));
	assert_int_equal(pt_sign_extend(&pt, 0x800000000000), 0xffff800000000000);
	assert_int_equal(pt_lookup(&pt, 0x800000000000, &path), PT_NOT_CANONICAL);
	assert_int_equal(path.nr, 0);
	make(5, 2);
	assert_true(pt_canonical(&pt, 0x800000000000));
	assert_false(pt_canonical(&pt, 0x100000000000000));
}

static void levels_have_intels_and_linuxs_names(void **state)
{
	(void)state;
	make(4, 2);
	assert_string_equal(pt_level_name(&pt, 0), "PTE");
	assert_string_equal(pt_level_name(&pt, 3), "PML4E");
	assert_string_equal(pt_level_name(&pt, 5), "?");
	assert_string_equal(pt_level_linux(&pt, 3), "pgd");
	assert_string_equal(pt_level_linux(&pt, 2), "pud");
	make(5, 2);
	assert_string_equal(pt_level_linux(&pt, 3), "p4d");
	assert_string_equal(pt_level_linux(&pt, 4), "pgd");
	assert_string_equal(pt_level_linux(&pt, 7), "?");
}

/* ---- mapping ----------------------------------------------------------------------------- */

/* Expect 1 GiB pages in the middle, 2 MiB around them, 4 KiB at the ends. */
static void largest_pages_that_fit_are_used(void **state)
{
	u64 va = 0x40000000 - 0x200000 - 0x1000, size = 2 * (0x200000 + 0x1000) + 0x80000000;
	struct pt_stats st;

	(void)state;
	make(4, 2);
	assert_int_equal(pt_map(&pt, va, va, size, PT_WRITE | PT_NOEXEC, 2), 0);
	pt_stats(&pt, &st);
	assert_int_equal(st.leaves[2], 2);
	assert_int_equal(st.leaves[1], 2);
	assert_int_equal(st.leaves[0], 2);
	assert_int_equal(st.writable_executable, 0);
	assert_int_equal(st.tables[3] + st.tables[2] + st.tables[1] + st.tables[0], pt.nr_tables);
	for (u64 at = va; at < va + size; at += 0x1ff000)
		assert_int_equal(translate(at + 5), at + 5);
	assert_int_equal(translate(va - 1), NOWHERE);
	assert_int_equal(translate(va + size), NOWHERE);
}

/* The CPU's limit, the caller's, and the physical address's alignment: each is enough. */
static void large_pages_need_everything_to_allow_them(void **state)
{
	static const struct {
		u8 cpu, caller, want;
		phys_addr_t pa;
	} rows[] = {
		{2, 2, 2, 0x80000000}, {1, 2, 1, 0x80000000}, {2, 1, 1, 0x80000000},
		{2, 0, 0, 0x80000000}, {2, 2, 1, 0x80200000}, {2, 2, 0, 0x80001000},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		make(4, rows[i].cpu);
		pt_map(&pt, 0x40000000, rows[i].pa, 0x40000000, 0, rows[i].caller);
		assert_int_equal(leaf_of(0x40000000).level, rows[i].want);
		assert_int_equal(translate(0x7fffffff), rows[i].pa + 0x3fffffff);
	}
}

static void what_is_mapped_is_not_mapped_over(void **state)
{
	(void)state;
	make(4, 2);
	assert_int_equal(pt_map(&pt, 0x5000, 0x1000, 0x1000, 0, 0), 0);
	assert_int_equal(pt_map(&pt, 0x4000, 0x9000, 0x3000, 0, 0), -EEXIST);
	assert_int_equal(translate(0x4000), NOWHERE);
	assert_int_equal(translate(0x5000), 0x1000);
	pt_map(&pt, 0x40000000, 0, 0x40000000, 0, 2);
	assert_int_equal(pt_map(&pt, 0x40201000, 0, 0x1000, 0, 0), -EEXIST);
	assert_int_equal(pt_prepare(&pt, 0x40201000, 0x1000, 0), -EEXIST);
}

/* Expect that the CPU need not write our entries: A always, D where a page is writable. */
static void accessed_and_dirty_are_set_beforehand(void **state)
{
	(void)state;
	make(4, 2);
	pt_map(&pt, 0x1000, 0x1000, 0x1000, PT_WRITE, 0);
	pt_map(&pt, 0x200000, 0x200000, 0x200000, 0, 1);
	assert_int_equal(leaf_of(0x1000).val & (PTE_A | PTE_D), PTE_A | PTE_D);
	assert_int_equal(leaf_of(0x200000).val & (PTE_A | PTE_D), PTE_A);
}

static void the_last_page_of_all_is_like_any_other(void **state)
{
	(void)state;
	for (u8 levels = 4; levels <= 5; levels++) {
		make(levels, 2);
		assert_int_equal(pt_map(&pt, TOP, 0x5000, PAGE_SIZE, PT_WRITE, 2), 0);
		assert_int_equal(translate(~0ULL), 0x5fff);
		assert_int_equal(pt_protect(&pt, TOP, PAGE_SIZE, PT_NOEXEC), 0);
		assert_int_equal(rights_of(leaf_of(TOP)), PT_NOEXEC);
		assert_int_equal(pt_unmap(&pt, TOP, PAGE_SIZE), 0);
		assert_int_equal(translate(~0ULL), NOWHERE);
		assert_int_equal(pt_map(&pt, -GiB, 0, GiB, 0, 2), 0);
		assert_int_equal(pt_unmap(&pt, TOP, PAGE_SIZE), 0);
		assert_int_equal(translate(TOP - 1), GiB - PAGE_SIZE - 1);
	}
}

/* The user bit must be set at every level, also where a table was made for the kernel. */
static void users_reach_their_pages_beside_the_kernels(void **state)
{
	(void)state;
	make(4, 2);
	pt_map(&pt, 0x1000, 0x1000, 0x1000, PT_WRITE, 0);
	pt_prepare(&pt, 0x200000, 0x1000, 0);
	pt_map(&pt, 0x2000, 0x2000, 0x1000, PT_WRITE | PT_USER, 0);
	pt_map(&pt, 0x200000, 0x200000, 0x1000, PT_USER, 0);
	assert_int_equal(rights_of(leaf_of(0x2000)), PT_WRITE | PT_USER);
	assert_int_equal(rights_of(leaf_of(0x200000)), PT_USER);
	assert_int_equal(rights_of(leaf_of(0x1000)), PT_WRITE);
	make(5, 2);
	pt_map(&pt, 0x1000, 0x1000, 0x2000, PT_WRITE, 0);
	pt_protect(&pt, 0x2000, 0x1000, PT_USER);
	assert_int_equal(rights_of(leaf_of(0x2000)), PT_USER);
	assert_int_equal(rights_of(leaf_of(0x1000)), PT_WRITE);
}

/* Without EFER.NXE bit 63 is reserved: it must not be set, and means nothing. */
static void a_cpu_without_nx_gets_none(void **state)
{
	struct pt_stats st;

	(void)state;
	make(4, 2);
	pt.nx = false;
	pt_map(&pt, 0x1000, 0x1000, 0x1000, PT_NOEXEC | PT_WRITE, 0);
	assert_false(leaf_of(0x1000).val & PTE_NX);
	pt_protect(&pt, 0x1000, 0x1000, PT_NOEXEC | PT_WRITE);
	assert_false(leaf_of(0x1000).val & PTE_NX);
	pt_stats(&pt, &st);
	assert_int_equal(st.writable_executable, 1);
}

static void what_is_prepared_cannot_fail(void **state)
{
	struct pt_stats st;

	(void)state;
	make(5, 2);
	assert_int_equal(pt_prepare(&pt, 0x3fe00000, 0x400000, 1), 0);
	pt_stats(&pt, &st);
	assert_int_equal(st.tables[1], 2);
	assert_int_equal(st.tables[0], 0);
	arena.limit = 0;
	assert_int_equal(pt_map(&pt, 0x3fe00000, 0x3fe00000, 0x400000, 0, 2), 0);
	assert_int_equal(pt_prepare(&pt, 0x80000000, 0x1000, 0), -ENOMEM);
}

/* ---- changing ---------------------------------------------------------------------------- */

/* Expect that splitting keeps the PAT bit, which moves from bit 12 to bit 7. */
static void split_keeps_what_a_page_says(void **state)
{
	const u64 flags = PT_WRITE | PT_PATBIT | PT_PCD | PT_PWT | PT_GLOBAL | PT_USER | PT_NOEXEC;
	const u64 same =
		PTE_P | PTE_RW | PTE_US | PTE_PCD | PTE_PWT | PTE_G | PTE_NX | PTE_A | PTE_D;
	struct pt_entry small, large;

	(void)state;
	make(5, 2);
	pt_map(&pt, 0x40000000, 0x80000000, 0x40000000, flags, 2);
	assert_int_equal(pt_unmap(&pt, 0x40201000, 0x1000), 0);
	assert_int_equal(translate(0x40201000), NOWHERE);
	assert_int_equal(translate(0x40202123), 0x80202123);
	small = leaf_of(0x40202000);
	large = leaf_of(0x50000000);
	assert_int_equal(small.level, 0);
	assert_int_equal(small.val, 0x80202000 | same | PTE_PAT);
	assert_int_equal(large.level, 1);
	assert_int_equal(large.val, 0x90000000 | same | PTE_PS | PTE_PAT_LARGE);
	assert_int_equal(rights_of(small), PT_WRITE | PT_USER | PT_NOEXEC);
}

/* Protecting a large page as a whole leaves it large. */
static void nothing_is_split_without_need(void **state)
{
	(void)state;
	make(4, 2);
	pt_map(&pt, 0x40000000, 0x40000000, 0x40000000, PT_WRITE, 2);
	arena.limit = 0;
	assert_int_equal(pt_protect(&pt, 0x40000000, 0x40000000, PT_NOEXEC), 0);
	assert_int_equal(leaf_of(0x40000000).level, 2);
	assert_int_equal(rights_of(leaf_of(0x40000000)), PT_NOEXEC);
	assert_int_equal(pt_unmap(&pt, 0x3ffff000, 0x40002000), 0);
	assert_int_equal(translate(0x40000000), NOWHERE);
}

static void a_change_is_told_once_with_its_range(void **state)
{
	(void)state;
	make(4, 1);
	pt_map(&pt, 0x1ff000, 0, 0x600000, 0, 2);
	assert_int_equal(told.calls, 1);
	assert_true(told.va == 0x1ff000 && told.size == 0x600000 && !told.removed);
	pt_protect(&pt, 0x200000, 0x3000, PT_WRITE);
	assert_int_equal(told.calls, 2);
	assert_true(told.va == 0x200000 && told.size == 0x3000 && told.removed);
	pt_unmap(&pt, TOP, PAGE_SIZE);
	assert_int_equal(told.calls, 3);
	assert_true(told.va == TOP && told.size == PAGE_SIZE && told.removed);
	assert_int_equal(pt_map(&pt, 0x1ff000, 0, 0x1000, 0, 0), -EEXIST);
	pt_prepare(&pt, 0x10000000, 0x1000, 0);
	assert_int_equal(told.calls, 3);
}

static void ranges_that_make_no_sense_are_bugs(void **state)
{
	(void)state;
	make(4, 2);
	expect_assert_failure(pt_map(&pt, 0x1000, 0, 0, 0, 0));
	expect_assert_failure(pt_map(&pt, 0x1001, 0, 0x1000, 0, 0));
	expect_assert_failure(pt_map(&pt, 0x1000, 1ULL << 52, 0x1000, 0, 0));
	expect_assert_failure(pt_map(&pt, 0x800000000000, 0, 0x1000, 0, 0));
	/* from one half into the other, and from the last page to the first */
	expect_assert_failure(pt_unmap(&pt, 0x7ffffffff000, 0xffff000000002000));
	expect_assert_failure(pt_unmap(&pt, TOP, 2 * PAGE_SIZE));
	expect_assert_failure(pt_walk(&pt, 5, 4, NULL, NULL));
	expect_assert_failure(pt_prepare(&pt, 0x1000, 0x1000, 4));
}

/* ---- reading ----------------------------------------------------------------------------- */

/* Rights are those that every level allows. */
static void rights_are_combined_over_levels(void **state)
{
	(void)state;
	make(4, 2);
	pt_map(&pt, 0x1000, 0x1000, 0x1000, PT_WRITE | PT_USER, 0);
	assert_int_equal(rights_of(leaf_of(0x1000)), PT_WRITE | PT_USER);
	table_at(pt.root)[0] &= ~PTE_RW;
	table_at(pt.root)[0] |= PTE_NX;
	assert_int_equal(rights_of(leaf_of(0x1000)), PT_USER | PT_NOEXEC);
}

/* Expect a table pointer that leads outside memory to be counted, not followed. */
static void tables_outside_memory_are_not_followed(void **state)
{
	struct pt_stats st;
	struct pt_path path;

	(void)state;
	make(4, 2);
	pt.table = arena_table;
	table_at(pt.root)[3] = 0xdead000000000ULL | PTE_P;
	assert_int_equal(pt_stats(&pt, &st), 0);
	assert_int_equal(st.bad_tables, 1);
	assert_int_equal(pt_lookup(&pt, 3ULL << 39, &path), PT_BAD_TABLE);
	assert_int_equal(path.nr, 1);
	pt.root = 0x1000;
	assert_int_equal(pt_stats(&pt, &st), -EFAULT);
	assert_int_equal(pt_lookup(&pt, 0, &path), PT_BAD_TABLE);
	assert_int_equal(path.nr, 0);
}

struct visits {
	u32 nr, stop_at;
	int answer;
	u64 first, last;
};

static int visit(void *ctx, const struct pt_entry *e)
{
	struct visits *v = ctx;

	if (!v->nr++)
		v->first = e->va;
	v->last = e->va;
	if (v->nr == v->stop_at)
		return v->answer;
	return e->present && !e->leaf && e->va != 0x200000 ? PT_DESCEND : PT_SKIP;
}

/* Three parents, 512 pages, the second 2 MiB skipped: only entries in the range are visited. */
static void a_walk_keeps_to_its_range_and_ends_when_told(void **state)
{
	struct visits v = {0};

	(void)state;
	make(4, 2);
	pt_map(&pt, 0, 0, 0x400000, 0, 0);
	assert_int_equal(pt_walk(&pt, 0x1ff000, 0x201000, visit, &v), 0);
	assert_int_equal(v.nr, 5);
	assert_int_equal(v.last, 0x200000);
	v = (struct visits){.stop_at = 4, .answer = PT_STOP};
	assert_int_equal(pt_walk(&pt, 0, 0x3fffff, visit, &v), 1);
	assert_int_equal(v.nr, 4);
	v = (struct visits){.stop_at = 4, .answer = -EINTR};
	assert_int_equal(pt_walk(&pt, 0, 0x3fffff, visit, &v), -EINTR);
	v = (struct visits){0};
	assert_int_equal(pt_walk(&pt, 0xffffff8000000000, ~0ULL, visit, &v), 0);
	assert_int_equal(v.nr, 1);
	assert_int_equal(v.first, 0xffffff8000000000);
}

/* ---- failure at every allocation --------------------------------------------------------- */

/* Translations as such, whatever pages they are made of: extents with equal flags. */
struct extents {
	u64 hash, va, size, pa, flags;
};

static void hash_extent(struct extents *x)
{
	u64 values[] = {x->va, x->size, x->pa, x->flags};

	x->hash = hash64(values, sizeof(values), x->hash);
	x->size = 0;
}

static int add_leaf(void *ctx, const struct pt_entry *e)
{
	struct extents *x = ctx;
	u64 size = PT_SIZE(e->level), pa = e->phys;
	u64 flags = flags_of(*e);

	if (!e->present || !e->leaf)
		return e->present ? PT_DESCEND : PT_SKIP;
	if (!x->size || x->va + x->size != e->va || x->pa + x->size != pa || x->flags != flags) {
		hash_extent(x);
		x->va = e->va;
		x->pa = pa;
		x->flags = flags;
	}
	x->size += size;
	return PT_SKIP;
}

static u64 fingerprint(void)
{
	struct extents x = {.hash = HASH64_SEED};

	pt_walk(&pt, 0, ~0ULL, add_leaf, &x);
	hash_extent(&x);
	return x.hash;
}

static int big_change(int what)
{
	if (what == 0)
		return pt_map(&pt, 0xffff888000000000, 0x1000, 0x40201000, PT_WRITE, 2);
	if (what == 1)
		return pt_unmap(&pt, 0x40001000, 0x3fffe000);
	if (what == 2)
		return pt_protect(&pt, 0x40001000, 0x3fffe000, PT_NOEXEC);
	return pt_build_range(&pt, 0x80000000, 0x80000000, 0x40001000, 0, 2, NULL);
}

/* Expect for every k: when the k-th table cannot be had, no translation has changed. */
static void failure_changes_no_translation(void **state)
{
	(void)state;
	for (int what = 0; what < 4; what++) {
		for (u32 k = 0;; k++) {
			u64 before;
			int err;

			make(4, 2);
			pt_map(&pt, 0x40000000, 0x40000000, 0x40000000, PT_WRITE | PT_PATBIT, 2);
			before = fingerprint();
			arena.limit = k;
			told.calls = 0;
			err = big_change(what);
			if (!err) {
				assert_true(k > 0 && fingerprint() != before);
				break;
			}
			assert_int_equal(err, -ENOMEM);
			assert_int_equal(fingerprint(), before);
			assert_int_equal(told.calls, 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_canonical_by_levels),
		cmocka_unit_test(levels_have_intels_and_linuxs_names),
		cmocka_unit_test(largest_pages_that_fit_are_used),
		cmocka_unit_test(large_pages_need_everything_to_allow_them),
		cmocka_unit_test(what_is_mapped_is_not_mapped_over),
		cmocka_unit_test(accessed_and_dirty_are_set_beforehand),
		cmocka_unit_test(the_last_page_of_all_is_like_any_other),
		cmocka_unit_test(users_reach_their_pages_beside_the_kernels),
		cmocka_unit_test(a_cpu_without_nx_gets_none),
		cmocka_unit_test(what_is_prepared_cannot_fail),
		cmocka_unit_test(split_keeps_what_a_page_says),
		cmocka_unit_test(nothing_is_split_without_need),
		cmocka_unit_test(a_change_is_told_once_with_its_range),
		cmocka_unit_test(ranges_that_make_no_sense_are_bugs),
		cmocka_unit_test(rights_are_combined_over_levels),
		cmocka_unit_test(tables_outside_memory_are_not_followed),
		cmocka_unit_test(a_walk_keeps_to_its_range_and_ends_when_told),
		cmocka_unit_test(failure_changes_no_translation),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
