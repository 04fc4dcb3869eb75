/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Random changes of page tables, against a model that knows every page by itself. */
#include "pt_fixture.h"

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
		cmocka_unit_test(random_changes_agree_with_a_naive_model),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
