/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Differences between trees: against a model that looks at every page by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mm/pgtable/diff.h"
#include "pt_fixture.h"

#define WINDOW	 1024 /* pages that the model looks at, from each base on */
#define MAX_RUNS 20000
#define COMPARED (PT_PWT | PT_PCD | PT_PATBIT | PT_GLOBAL)

static struct pgtable other; /* beside `pt`, in the same arena */
static u32 tables_read;

static struct {
	u32 nr, stop_at;
	struct pt_difference run[MAX_RUNS];
} found, model;

static const void *read_table(const struct pgtable *tree, phys_addr_t pa)
{
	tables_read++;
	if (pa < ARENA_PA || pa >= ARENA_PA + ARENA_PAGES * PAGE_SIZE)
		return NULL;
	return (const void *)(uintptr_t)(pa + tree->phys_offset);
}

static int note(void *ctx, const struct pt_difference *d)
{
	(void)ctx;
	assert_true(found.nr < MAX_RUNS);
	found.run[found.nr++] = *d;
	return found.nr == found.stop_at ? 7 : 0;
}

static void two_trees(u8 levels, u8 other_levels)
{
	make(levels, 2);
	pt.changed = NULL;
	pt.table = read_table;
	other = pt;
	other.levels = other_levels;
	assert_int_equal(pt_init(&other), 0);
}

static u32 diff(const struct pgtable *a, const struct pgtable *b, u64 start, u64 last, bool sizes)
{
	struct pt_diff_how how = {.sizes = true};

	found.nr = found.stop_at = 0;
	if (sizes)
		assert_int_equal(pt_diff_how(a, b, start, last, &how, note, NULL), 0);
	else
		assert_int_equal(pt_diff(a, b, start, last, note, NULL), 0);
	return found.nr;
}

static void map(struct pgtable *tree, u64 va, phys_addr_t pa, u64 size, u64 flags, unsigned level)
{
	assert_int_equal(pt_map(tree, va, pa, size, flags, level), 0);
}

/* ---- the model --------------------------------------------------------------------------- */

static struct pt_diff_side side_of(const struct pgtable *tree, u64 va)
{
	struct pt_diff_side side = {.level = (u8)(tree->levels - 1)};
	enum pt_result result;
	struct pt_path path;

	result = pt_lookup(tree, va, &path);
	for (u32 i = 0; result != PT_NOT_CANONICAL && i < path.nr; i++) {
		const struct pt_entry *e = &path.entry[i];

		side.level = e->level;
		if (e->wrong) {
			side.wrong = e->wrong;
			return side;
		}
	}
	if (result != PT_MAPPED)
		return side;
	side.mapped = true;
	side.rights = path.entry[path.nr - 1].rights;
	side.flags =
		pt_format_of(tree)->leaf_flags(path.entry[path.nr - 1].val, side.level) & COMPARED;
	side.phys = pt_path_phys(&path, va);
	return side;
}

static u8 model_what(const struct pt_diff_side *a, const struct pt_diff_side *b, bool sizes)
{
	u8 what = 0;

	if (a->mapped && !b->mapped)
		return PT_DIFF_ONLY_A;
	if (b->mapped && !a->mapped)
		return PT_DIFF_ONLY_B;
	if (!a->mapped)
		return a->wrong == b->wrong ? 0 : PT_DIFF_WRONG;
	if (a->phys != b->phys)
		what |= PT_DIFF_PHYS;
	if (a->rights != b->rights)
		what |= PT_DIFF_RIGHTS;
	if ((a->flags & ~PT_GLOBAL) != (b->flags & ~PT_GLOBAL))
		what |= PT_DIFF_CACHE;
	if ((a->flags & PT_GLOBAL) != (b->flags & PT_GLOBAL))
		what |= PT_DIFF_GLOBAL;
	if (sizes && a->level != b->level)
		what |= PT_DIFF_SIZE;
	return what;
}

static bool same_side(const struct pt_diff_side *x, const struct pt_diff_side *y)
{
	return x->mapped == y->mapped && x->wrong == y->wrong && x->rights == y->rights &&
	       x->flags == y->flags;
}

static bool same_levels(const struct pt_difference *run, const struct pt_diff_side *x,
			const struct pt_diff_side *y)
{
	return run->a.level == x->level && run->b.level == y->level;
}

static void model_page(const struct pgtable *a, const struct pgtable *b, u64 va, bool sizes)
{
	struct pt_diff_side x = side_of(a, va), y = side_of(b, va);
	u8 what = model_what(&x, &y, sizes);
	struct pt_difference *run = model.nr ? &model.run[model.nr - 1] : NULL;

	if (!what)
		return;
	if (run && run->last + 1 == va && run->what == what && same_side(&run->a, &x) &&
	    same_side(&run->b, &y) &&
	    (!x.mapped || !y.mapped ||
	     (run->a.phys - run->b.phys == x.phys - y.phys &&
	      (!sizes || same_levels(run, &x, &y))))) {
		run->last = va + PAGE_SIZE - 1;
		return;
	}
	assert_true(model.nr < MAX_RUNS);
	model.run[model.nr++] = (struct pt_difference){.start = va,
						       .last = va + PAGE_SIZE - 1,
						       .what = what,
						       .lost = x.rights & (u8)~y.rights,
						       .gained = y.rights & (u8)~x.rights,
						       .a = x,
						       .b = y};
}

static bool same_run(const struct pt_difference *x, const struct pt_difference *y)
{
	return x->start == y->start && x->last == y->last && x->what == y->what &&
	       x->lost == y->lost && x->gained == y->gained && same_side(&x->a, &y->a) &&
	       x->a.phys == y->a.phys && same_side(&x->b, &y->b) && same_levels(x, &y->a, &y->b) &&
	       x->b.phys == y->b.phys;
}

static const u64 bases[] = {
	0,		       /* both ends of both halves that 4 levels have */
	0x00007fffffc00000ULL, /* the last 4 MiB of the lower one */
	0x00ffffffffc00000ULL, /* 5 levels only */
	0xffff800000000000ULL,
	0xffffffffffc00000ULL,
};

static void compare_with_model(const struct pgtable *a, const struct pgtable *b, bool sizes,
			       u64 seed)
{
	model.nr = 0;
	for (u32 w = 0; w < ARRAY_SIZE(bases); w++) {
		for (u64 i = 0; i < WINDOW; i++)
			model_page(a, b, bases[w] + i * PAGE_SIZE, sizes);
	}
	diff(a, b, 0, ~0ULL, sizes);
	if (found.nr != model.nr)
		fail_msg("seed %llu: %u runs, not %u", seed, found.nr, model.nr);
	for (u32 i = 0; i < model.nr; i++) {
		if (!same_run(&found.run[i], &model.run[i]))
			fail_msg("seed %llu: run %u at %#llx", seed, i, model.run[i].start);
	}
}

/* ---- random trees ------------------------------------------------------------------------ */

static u64 random_flags(struct prng *p)
{
	static const u64 bits[] = {PT_WRITE, PT_USER, PT_GLOBAL, PT_NOEXEC, PT_PCD, PT_PATBIT};
	u64 flags = 0;

	for (u32 i = 0; i < ARRAY_SIZE(bits); i++)
		flags |= prng_below(p, 3) ? 0 : bits[i];
	return flags;
}

/* Something odd in the entry that maps a window's page. */
static void break_entry(struct prng *p, struct pgtable *tree, u64 va)
{
	struct pt_path path;
	const struct pt_entry *e;
	u64 *entry;

	if (pt_lookup(tree, va, &path) == PT_NOT_CANONICAL || path.nr < 3)
		return;
	e = &path.entry[path.nr - 1];
	entry = table_at(e->table) + e->index;
	switch (prng_below(p, 4)) {
	case 0:
		*entry = PTE_P | (e->level ? 0x123000 : 0x1000); /* outside, or a page */
		break;
	case 1:
		*entry = PTE_P | PTE_RW | path.entry[0].table; /* a loop, or a page */
		break;
	case 2:
		*entry |= e->level ? 0x2000 : 0;
		break;
	default:
		*entry = 0x5555000; /* absent, but not 0 */
	}
}

static void random_step(struct prng *p, struct pgtable *tree)
{
	u64 base = bases[prng_below(p, ARRAY_SIZE(bases))];
	u64 first = prng_below(p, WINDOW), nr = 1 + prng_below(p, WINDOW - first);
	u64 va = base + first * PAGE_SIZE, pa = prng_below(p, 4) * 0x40000000 + first * PAGE_SIZE;

	if (!pt_canonical(tree, va))
		return;
	if (!prng_below(p, 3)) {
		va = round_down(va, 2 * MiB);
		pa = round_down(pa, 2 * MiB);
		nr = 512;
	}
	switch (prng_below(p, 8)) {
	case 0:
		pt_unmap(tree, va, nr * PAGE_SIZE);
		break;
	case 1:
		pt_protect(tree, va, nr * PAGE_SIZE, random_flags(p));
		break;
	default:
		pt_map(tree, va, pa, nr * PAGE_SIZE, random_flags(p), (unsigned)prng_below(p, 2));
	}
}

static void random_trees_differ_as_the_model_says(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 60; seed++) {
		struct prng p;

		prng_seed(&p, seed);
		two_trees(seed & 1 ? 4 : 5, seed & 2 ? 4 : 5);
		for (u32 i = 0; i < 12; i++) {
			struct prng copy = p;

			random_step(&p, &pt);
			if (prng_below(&copy, 2)) /* often the same step on both */
				p = copy;
			random_step(&p, &other);
		}
		for (u32 i = 0; i < 3; i++)
			break_entry(&p, seed & 4 ? &pt : &other,
				    bases[i] + prng_below(&p, WINDOW) * PAGE_SIZE);
		compare_with_model(&pt, &other, false, seed);
		compare_with_model(&pt, &other, true, seed);
		compare_with_model(&other, &pt, false, seed);
	}
}

static void a_tree_and_itself_do_not_differ(void **state)
{
	struct prng p;
	struct pgtable twin;

	(void)state;
	prng_seed(&p, 5);
	two_trees(4, 4);
	for (u32 i = 0; i < 20; i++)
		random_step(&p, &pt);
	twin = pt;
	twin.phys_bits = 52; /* not the same kind: every table is compared */
	assert_int_equal(diff(&pt, &pt, 0, ~0ULL, true), 0);
	assert_int_equal(diff(&pt, &twin, 0, ~0ULL, true), 0);
}

/* ---- pictures ---------------------------------------------------------------------------- */

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
		cmocka_unit_test(random_trees_differ_as_the_model_says),
		cmocka_unit_test(a_tree_and_itself_do_not_differ),
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
