/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading and changing page tables: single facts, failure at every step, and a naive model. */
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

/* ---- random operations ------------------------------------------------------------------- */

/*
 * Four GiB with borders at and around those of 4 KiB, 2 MiB and 1 GiB pages; a cell lies between
 * two of them. The naive model is an array of cells.
 *
 *	|4K|   |2M-4K|4K|4K|  |2M|   ...   |2M-4K|4K| next GiB
 */
static const u64 offsets[] = {0,	0x1000,	    0x1ff000,	0x200000,  0x201000,
			      0x400000, 0x20000000, 0x3fe00000, 0x3ffff000};
#define PER_GIB	 ARRAY_SIZE(offsets)
#define NR_CELLS (4 * (u32)PER_GIB)

static struct {
	phys_addr_t pa;
	u64 flags;
	bool mapped;
} model[NR_CELLS];

static u64 cell_va(u64 base, u32 cell)
{
	return base + cell / PER_GIB * GiB + (cell % PER_GIB ? offsets[cell % PER_GIB] : 0);
}

static void model_set(int op, u64 base, u32 from, u32 to, phys_addr_t pa, u64 flags)
{
	for (u32 c = from; c < to; c++) {
		if (op == 0) {
			model[c].pa = pa + (cell_va(base, c) - cell_va(base, from));
			model[c].mapped = true;
		} else if (op == 1) {
			model[c].mapped = false;
		}
		if (op != 1)
			model[c].flags = flags;
	}
}

static void assert_page(u64 va, bool mapped, phys_addr_t pa, u64 flags)
{
	struct pt_entry leaf = leaf_of(va);

	assert_int_equal(leaf.present, mapped);
	if (!mapped)
		return;
	assert_int_equal(translate(va), pa);
	assert_int_equal(flags_of(leaf), flags);
	assert_int_equal(!!(leaf.val & PTE_D), !!(flags & PT_WRITE));
}

static void assert_model(u64 base)
{
	for (u32 c = 0; c < NR_CELLS; c++) {
		u64 va = cell_va(base, c), last = cell_va(base, c + 1) - 1;

		assert_page(va, model[c].mapped, model[c].pa, model[c].flags);
		assert_page(last, model[c].mapped, model[c].pa + (last - va), model[c].flags);
	}
}

static bool any_mapped(u32 from, u32 to)
{
	for (u32 c = from; c < to; c++) {
		if (model[c].mapped)
			return true;
	}
	return false;
}

static u64 random_flags(struct prng *prng)
{
	return prng_next(prng) &
	       (PT_WRITE | PT_USER | PT_GLOBAL | PT_NOEXEC | PT_PWT | PT_PCD | PT_PATBIT);
}

/* From a border to one that is near, or whole GiB, or large pages would be rare. */
static void random_cells(struct prng *prng, u32 *ret_from, u32 *ret_to)
{
	u32 from = (u32)prng_below(prng, NR_CELLS), to = from + 1 + (u32)prng_below(prng, 12);

	if (prng_below(prng, 2)) {
		from -= from % (u32)PER_GIB;
		to = from + (u32)PER_GIB * (1 + (u32)prng_below(prng, 2));
	}
	*ret_from = from;
	*ret_to = min(to, NR_CELLS);
}

static void random_step(struct prng *prng, u64 base, u32 *sizes_seen)
{
	static const int ops[] = {0, 0, 1, 1, 2};
	unsigned max_level = (unsigned)prng_below(prng, 3);
	u64 va, size, flags = random_flags(prng);
	int op = ops[prng_below(prng, ARRAY_SIZE(ops))], err;
	phys_addr_t pa;
	u32 from, to;

	random_cells(prng, &from, &to);
	va = cell_va(base, from);
	size = cell_va(base, to) - va;
	pa = (va & (GiB - 1)) + (prng_below(prng, 64) << PT_SHIFT(prng_below(prng, 3)));
	if (size > 4 * MiB && !max_level)
		max_level = 1; /* the arena is small */
	if (op == 0) {
		err = pt_map(&pt, va, pa, size, flags, max_level);
		assert_int_equal(err, any_mapped(from, to) ? -EEXIST : 0);
		if (err)
			return;
		sizes_seen[leaf_of(va).level]++;
		assert_true(leaf_of(va).level <= max_level);
	} else if (op == 1) {
		assert_int_equal(pt_unmap(&pt, va, size), 0);
	} else {
		assert_int_equal(pt_protect(&pt, va, size, flags), 0);
	}
	model_set(op, base, from, to, pa, flags);
}

/* At the start of the space, and at its very end, where addresses wrap. Many short lives: tables
 * stay, and where one is there are no larger pages any more. */
static void random_changes_agree_with_a_naive_model(void **state)
{
	static const u64 bases[] = {0, -4 * GiB};
	u32 sizes_seen[3] = {0};
	struct pt_stats st;
	struct prng prng;

	(void)state;
	print_message("# seed 11\n");
	prng_seed(&prng, 11);
	for (u32 round = 0; round < 200; round++) {
		u64 base = bases[round % 2];

		make(round & 2 ? 5 : 4, 2);
		memset(model, 0, sizeof(model));
		for (u32 step = 0; step < 25; step++) {
			random_step(&prng, base, sizes_seen);
			if (step % 4 == 0)
				assert_model(base);
		}
		assert_model(base);
		pt_stats(&pt, &st);
		assert_int_equal(st.tables[0] + st.tables[1] + st.tables[2] + st.tables[3] +
					 st.tables[4],
				 pt.nr_tables);
		pt_destroy(&pt);
		assert_int_equal(pt.nr_tables, 0);
		assert_int_equal(arena.nr_free, arena.used);
	}
	print_message("# maps that began with 4 KiB, 2 MiB, 1 GiB pages: %u, %u, %u\n",
		      sizes_seen[0], sizes_seen[1], sizes_seen[2]);
	assert_true(sizes_seen[0] > 20 && sizes_seen[1] > 20 && sizes_seen[2] > 10);
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
		cmocka_unit_test(random_changes_agree_with_a_naive_model),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
