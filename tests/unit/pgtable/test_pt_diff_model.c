/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Differences between random trees: against a model that looks at every page by itself. */
#include "pt_diff_fixture.h"

#define WINDOW	 1024 /* pages that the model looks at, from each base on */
#define COMPARED (PT_PWT | PT_PCD | PT_PATBIT | PT_GLOBAL)

static struct differences model;

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_trees_differ_as_the_model_says),
		cmocka_unit_test(a_tree_and_itself_do_not_differ),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
