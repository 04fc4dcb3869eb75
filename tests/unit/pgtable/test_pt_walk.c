/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The walker: spans and ranges against single visits, and tables that nobody should trust. */
#include "pt_fixture.h"

struct seen {
	u64 entries, leaves, absent, visits;
	u64 hash; /* of (va, flags, address) of every entry, spans opened */
	u32 wrong[4];
	bool contiguous;
};

/* Opens a span: what a visit of each entry would have said. */
static int note(void *ctx, const struct pt_entry *e)
{
	struct seen *s = ctx;

	s->visits++;
	s->wrong[e->wrong]++;
	if (e->present && !e->leaf)
		return PT_DESCEND;
	for (u32 i = 0; i < e->nr; i++) {
		u64 va = pt_sign_extend(&pt, e->va + i * PT_SIZE(e->level));
		u64 flags = e->present ? e->val & ~(PTE_ADDR_MASK | PTE_A | PTE_D) : 0;
		u64 phys = s->contiguous && e->present ? e->phys + i * PT_SIZE(e->level) : 0;

		s->hash = hash64(&va, 8, s->hash);
		s->hash = hash64(&flags, 8, s->hash);
		s->hash = hash64(&phys, 8, s->hash);
		s->leaves += e->leaf;
		s->absent += !e->present;
	}
	return PT_SKIP;
}

static struct seen walk_by(int (*walk)(const struct pgtable *tree, u64 start, u64 last,
				       pt_visit visit, void *ctx),
			   u64 start, u64 last, bool contiguous)
{
	struct seen s = {.hash = HASH64_SEED, .contiguous = contiguous};

	assert_int_equal(walk(&pt, start, last, note, &s), 0);
	return s;
}

/* Leaves of all sizes with random bits and runs of memory, holes between them. */
static void fill(struct prng *p, u8 levels)
{
	make(levels, 2);
	for (u32 i = 0; i < 60; i++) {
		u32 level = (u32)prng_below(p, 3);
		u64 size = PT_SIZE(level), va = round_down(prng_below(p, 4 * GiB), size);
		u64 flags = (prng_next(p) & (PT_WRITE | PT_USER | PT_PCD)) |
			    (prng_below(p, 2) ? PT_NOEXEC : 0);

		pt_map(&pt, prng_below(p, 4) ? va : va | 0xffffff8000000000,
		       round_down(prng_below(p, 64 * GiB), size), size * (1 + prng_below(p, 40)),
		       flags, level);
	}
}

static void spans_are_what_single_visits_say(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 20; seed++) {
		struct seen one, span, range;
		u64 start, last;
		struct prng p;

		prng_seed(&p, seed);
		fill(&p, seed & 1 ? 4 : 5);
		start = seed % 3 ? round_down(prng_below(&p, GiB), PAGE_SIZE) : 0;
		last = seed % 3 ? start + prng_below(&p, 3 * GiB) : ~0ULL;
		one = walk_by(pt_walk, start, last, false);
		span = walk_by(pt_walk_spans, start, last, false);
		assert_int_equal(one.hash, span.hash);
		assert_int_equal(one.leaves, span.leaves);
		assert_int_equal(one.absent, span.absent);
		assert_true(span.visits <= (last == ~0ULL ? one.visits / 4 : one.visits));
		one = walk_by(pt_walk, start, last, true);
		range = walk_by(pt_walk_ranges, start, last, true);
		assert_int_equal(one.hash, range.hash);
		assert_true(range.visits >= span.visits && range.visits <= one.visits);
	}
}

/* A self-map: the walk of one address goes through it as the CPU does, walks of all do not. */
static void self_maps_are_named_and_not_followed(void **state)
{
	struct pt_stats st;
	struct pt_path path;
	struct seen s;

	(void)state;
	make(4, 2);
	assert_int_equal(pt_map(&pt, 0x1000, 0x5000, 0x1000, PT_WRITE, 0), 0);
	table_at(pt.root)[510] = pt.root | PTE_P | PTE_RW;
	s = walk_by(pt_walk, 0, ~0ULL, false);
	assert_int_equal(s.wrong[PT_LOOP], 1);
	assert_int_equal(s.leaves, 1);
	assert_int_equal(pt_stats(&pt, &st), 0);
	assert_int_equal(st.loops, 1);
	/* Four times through the self-map: the root as a page of 4 KiB. */
	assert_int_equal(pt_lookup(&pt, 0xffffff7fbfdfe000, &path), PT_MAPPED);
	assert_int_equal(pt_path_phys(&path, 0xffffff7fbfdfe123), pt.root + 0x123);
}

/* Every entry of every table points to one table: 512^4 ways, none of which is gone. */
static void a_table_of_loops_ends_at_once(void **state)
{
	struct seen s;

	(void)state;
	make(5, 2);
	for (u32 i = 0; i < 512; i++)
		table_at(pt.root)[i] = pt.root | PTE_P;
	s = walk_by(pt_walk_spans, 0, ~0ULL, false);
	assert_int_equal(s.wrong[PT_LOOP], 512);
	assert_int_equal(s.leaves, 0);
}

static void reserved_bits_are_named(void **state)
{
	static const struct {
		u32 level;
		u64 bit;
		bool page;
	} rows[] = {
		{3, PTE_PS, false},    {3, 1ULL << 45, false}, {2, 1ULL << 13, true},
		{2, 1ULL << 29, true}, {1, 1ULL << 13, true},  {1, 1ULL << 20, true},
		{0, 1ULL << 51, true}, {1, 1ULL << 44, false}, {0, PTE_NX, true},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pt_path path;
		struct seen s;
		u64 *entry;

		make(4, 2);
		pt.phys_bits = 44;
		pt.nx = rows[i].bit != PTE_NX;
		/* A page of the level, or a table below it. */
		assert_int_equal(pt_map(&pt, 0, 0, PT_SIZE(rows[i].page ? rows[i].level : 0),
					PT_WRITE, rows[i].page ? rows[i].level : 0),
				 0);
		assert_int_equal(pt_lookup(&pt, 0, &path), PT_MAPPED);
		entry = &table_at(path.entry[3 - rows[i].level].table)[0];
		*entry |= rows[i].bit;
		assert_int_equal(pt_lookup(&pt, 0, &path), PT_BAD_ENTRY);
		assert_int_equal(path.entry[path.nr - 1].level, rows[i].level);
		s = walk_by(pt_walk, 0, ~0ULL, false);
		assert_int_equal(s.wrong[PT_RESERVED], 1);
	}
}

/* One entry of many has an address beyond what the CPU has; another runs into it. */
static void reserved_addresses_end_spans(void **state)
{
	struct pt_path path;
	struct seen s;

	(void)state;
	make(4, 2);
	pt.phys_bits = 40;
	assert_int_equal(pt_map(&pt, 0, 0x1000000, 0x200000, PT_WRITE, 0), 0);
	pt_lookup(&pt, 0, &path);
	table_at(path.entry[3].table)[77] |= 1ULL << 45;
	s = walk_by(pt_walk_spans, 0, ~0ULL, false);
	assert_int_equal(s.wrong[PT_RESERVED], 1);
	s = walk_by(pt_walk_ranges, 0, ~0ULL, true);
	assert_int_equal(s.wrong[PT_RESERVED], 1);
	for (u32 i = 0; i < 512; i++)
		table_at(path.entry[3].table)[i] =
			((1ULL << 40) - 100 * PAGE_SIZE + i * PAGE_SIZE) | PTE_P;
	s = walk_by(pt_walk_ranges, 0, ~0ULL, true);
	assert_int_equal(s.wrong[PT_RESERVED], 412);
	s = walk_by(pt_walk_spans, 0, ~0ULL, false);
	assert_int_equal(s.wrong[PT_RESERVED], 412);
}

static int count_visits(void *ctx, const struct pt_entry *e)
{
	assert_int_equal(e->nr, 1);
	++*(u32 *)ctx;
	return PT_DESCEND; /* which pt_read_table() must not do */
}

static void one_table_is_read_alone(void **state)
{
	struct pt_path path;
	u32 visits = 0;

	(void)state;
	make(4, 2);
	pt.table = arena_table;
	assert_int_equal(pt_map(&pt, 0xffff888000000000, 0, GiB, PT_WRITE, 1), 0);
	pt_lookup(&pt, 0xffff888000000000, &path);
	assert_int_equal(pt_read_table(&pt, path.entry[1].table, 2, 0xffff888000000000, PTR_ALL,
				       count_visits, &visits),
			 0);
	assert_int_equal(visits, 512);
	assert_int_equal(pt_read_table(&pt, 0x1000, 2, 0, PTR_ALL, count_visits, &visits), -EFAULT);
}

/* Another CPU changes entries while we walk: each is read once, so a visit is of one value. */
static int change_under_us(void *ctx, const struct pt_entry *e)
{
	struct prng *p = ctx;

	assert_int_equal(e->present, e->val & 1);
	assert_true(!e->leaf || e->level == 0 || e->val & PTE_PS);
	table_at(e->table)[prng_below(p, 512)] = prng_next(p) & ~PTE_ADDR_MASK;
	table_at(e->table)[e->index] = prng_next(p);
	return PT_DESCEND;
}

static void entries_may_change_under_the_walker(void **state)
{
	struct prng p;

	(void)state;
	for (u64 seed = 1; seed <= 50; seed++) {
		prng_seed(&p, seed);
		fill(&p, 4);
		pt.table = arena_table;
		pt_walk(&pt, 0, ~0ULL, change_under_us, &p);
		fill(&p, 5);
		pt.table = arena_table;
		pt_walk_spans(&pt, 0, ~0ULL, change_under_us, &p);
	}
}

/* Tables full of noise: every walk ends, nothing outside the arena is read (ASan sees to that). */
static void noise_is_walked_to_its_end(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 200; seed++) {
		struct pt_stats st;
		struct prng p;

		prng_seed(&p, seed);
		fill(&p, seed & 1 ? 4 : 5);
		pt.table = arena_table;
		pt.phys_bits = seed % 3 ? 40 : 0;
		for (u32 i = 0; i < 300; i++) {
			u64 page = prng_below(&p, arena.used), val = prng_next(&p);

			if (prng_below(&p, 3)) /* often a table of ours */
				val = (val & 0xfff) |
				      (ARENA_PA + PAGE_SIZE * prng_below(&p, arena.used));
			table_at(ARENA_PA + PAGE_SIZE * page)[prng_below(&p, 512)] = val & ~PTE_PS;
			if (i % 10 == 0)
				pt_stats(&pt, &st);
			if (st.leaves[0] > 200000)
				break; /* tables that share tables: many ways, all of them finite */
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_are_what_single_visits_say),
		cmocka_unit_test(self_maps_are_named_and_not_followed),
		cmocka_unit_test(a_table_of_loops_ends_at_once),
		cmocka_unit_test(reserved_bits_are_named),
		cmocka_unit_test(reserved_addresses_end_spans),
		cmocka_unit_test(one_table_is_read_alone),
		cmocka_unit_test(entries_may_change_under_the_walker),
		cmocka_unit_test(noise_is_walked_to_its_end),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
