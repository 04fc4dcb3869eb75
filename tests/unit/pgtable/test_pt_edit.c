/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A clone of page tables: each operation, undo and redo, failure at every page, a naive model. */
#include "pt_fixture.h"

#include "mm/pgtable/edit.h"

static struct pt_clone clone;

#define TOP_PAGE (~0ULL - (PAGE_SIZE - 1))
#define NR_PAGES 2048 /* of the little world that the model knows: 8 MiB at MODEL_VA */
#define MODEL_VA 0x3fc00000ULL

/* The first GiB: 2 MiB pages with 4 KiB ones in the middle; and a gap. */
static void make_origin(u8 levels)
{
	make(levels, 2);
	assert_int_equal(pt_map(&pt, 0x200000, 0x200000, 0x1fe00000, PT_WRITE, 1), 0);
	assert_int_equal(pt_map(&pt, MODEL_VA, 0x10000000, 4 * MiB, PT_WRITE | PT_NOEXEC, 1), 0);
	assert_int_equal(pt_clone_init(&clone, &pt, &pages, pt.phys_offset), 0);
}

static struct pt_entry clone_leaf(u64 va)
{
	struct pt_path path;

	if (pt_lookup(&clone.pt, va, &path) != PT_MAPPED)
		return (struct pt_entry){0};
	return path.entry[path.nr - 1];
}

static phys_addr_t clone_phys(u64 va)
{
	struct pt_path path;

	return pt_lookup(&clone.pt, va, &path) == PT_MAPPED ? pt_path_phys(&path, va) : NOWHERE;
}

static int hash_entry(void *ctx, const struct pt_entry *e)
{
	u64 *hash = ctx;

	if (e->present && !e->leaf)
		return PT_DESCEND;
	*hash = hash64(&e->va, 8, *hash);
	*hash = hash64(&e->val, 8, *hash);
	return PT_SKIP;
}

/* Of all leaves and holes: two trees that translate alike with the same entries have the same. */
static u64 hash_tree(const struct pgtable *tree)
{
	u64 hash = HASH64_SEED;

	assert_int_equal(pt_walk(tree, 0, ~0ULL, hash_entry, &hash), 0);
	return hash;
}

static u32 live_pages(void)
{
	u32 nr = 0;

	for (u32 i = 0; i < ARENA_PAGES; i++)
		nr += arena.live[i];
	return nr;
}

static void a_clone_begins_as_its_origin(void **state)
{
	u32 before;

	(void)state;
	make_origin(4);
	before = live_pages();
	assert_int_equal(hash_tree(&clone.pt), hash_tree(&pt));
	assert_int_equal(clone.pt.root, pt.root); /* nothing was copied */
	pt_clone_destroy(&clone);
	assert_int_equal(live_pages(), before - 1); /* the set's root */
}

static void editing_leaves_the_origin_alone(void **state)
{
	u64 before;

	(void)state;
	make_origin(4);
	before = hash_tree(&pt);
	assert_int_equal(pt_clone_map(&clone, 0x100000000, 0x40000000, 0x40000000, PT_WRITE, 2, ""),
			 0);
	assert_int_equal(pt_clone_unmap(&clone, 0x400000, 0x1000, ""), 0);
	assert_int_equal(pt_clone_protect(&clone, 0x600000, 0x3000, 0, PT_WRITE, ""), 0);
	assert_int_equal(hash_tree(&pt), before);
	assert_int_equal(clone_leaf(0x100000000).level, 2);
	assert_int_equal(clone_phys(0x400000), NOWHERE);
	assert_int_equal(clone_phys(0x401000), 0x401000);
	assert_int_equal(clone_leaf(0x602000).rights & PTR_SW, 0);
	assert_int_equal(clone_leaf(0x603000).rights & PTR_SW, PTR_SW);
	pt_clone_destroy(&clone);
}

static void split_keeps_every_bit(void **state)
{
	const u64 odd = PTE_A | 5ULL << 9 | 0x2bULL << 52 | PTE_PCD;
	u64 entry = 0x40000000 | PTE_P | PTE_RW | PTE_PS | PTE_PAT_LARGE | PTE_G | odd;

	(void)state;
	make_origin(4);
	assert_int_equal(pt_clone_set(&clone, 0x40000000, 2, entry, ""), 0);
	assert_int_equal(pt_clone_split(&clone, 0x40000000, ""), 0);
	assert_int_equal(clone_leaf(0x40200000).val, entry + 0x200000);
	assert_int_equal(pt_clone_split(&clone, 0x40200000, ""), 0);
	assert_int_equal(clone_leaf(0x40201000).val,
			 ((entry & ~(PTE_PS | PTE_PAT_LARGE)) + 0x201000) | PTE_PAT);
	assert_int_equal(clone_leaf(0x40400000).level, 1);
	assert_int_equal(pt_clone_split(&clone, 0x40201000, ""), -EINVAL);
	assert_non_null(strstr(clone.why, "smallest"));
	assert_int_equal(pt_clone_split(&clone, 0x90000000, ""), -ENOENT);
	pt_clone_destroy(&clone);
}

static void collapse_is_the_inverse_of_split(void **state)
{
	u64 before;

	(void)state;
	make_origin(5);
	before = hash_tree(&clone.pt);
	assert_int_equal(pt_clone_split(&clone, 0x400000, ""), 0);
	assert_int_not_equal(hash_tree(&clone.pt), before);
	assert_int_equal(pt_clone_collapse(&clone, 0x400000, ""), 0);
	assert_int_equal(hash_tree(&clone.pt), before);
	pt_clone_destroy(&clone);
}

static void collapse_wants_pages_alike(void **state)
{
	(void)state;
	make_origin(4);
	pt_clone_split(&clone, 0x400000, "");
	assert_int_equal(pt_clone_protect(&clone, 0x405000, 0x1000, 0, PT_WRITE, ""), 0);
	assert_int_equal(pt_clone_collapse(&clone, 0x400000, ""), -EINVAL);
	assert_non_null(strstr(clone.why, "differ"));
	assert_int_equal(pt_clone_unmap(&clone, 0x405000, 0x1000, ""), 0);
	assert_int_equal(pt_clone_collapse(&clone, 0x400000, ""), -EINVAL);
	assert_int_equal(pt_clone_map(&clone, 0x405000, 0x9000, 0x1000, PT_WRITE, 0, ""), 0);
	assert_int_equal(pt_clone_collapse(&clone, 0x400000, ""), -EINVAL);
	assert_non_null(strstr(clone.why, "order"));
	assert_int_equal(pt_clone_unmap(&clone, 0x405000, 0x1000, ""), 0);
	assert_int_equal(pt_clone_map(&clone, 0x405000, 0x405000, 0x1000, PT_WRITE, 0, ""), 0);
	assert_int_equal(pt_clone_collapse(&clone, 0x400000, ""), 0);
	assert_int_equal(clone_leaf(0x405000).level, 1);
	pt_clone_destroy(&clone);
}

static void nonsense_is_refused_with_a_reason(void **state)
{
	u64 before;
	u32 live;

	(void)state;
	make_origin(4);
	before = hash_tree(&clone.pt);
	live = live_pages();
	assert_int_equal(pt_clone_map(&clone, 0x123, 0, 0x1000, 0, 0, ""), -EINVAL);
	assert_int_equal(pt_clone_map(&clone, 0x800000000000, 0, 0x1000, 0, 0, ""), -EINVAL);
	assert_int_equal(pt_clone_map(&clone, 0x7ffffffff000, 0, 0x2000, 0, 0, ""), -EINVAL);
	assert_int_equal(pt_clone_map(&clone, TOP_PAGE, 0, 0x2000, 0, 0, ""), -EINVAL);
	assert_int_equal(pt_clone_map(&clone, 0x1000, 1ULL << 52, 0x1000, 0, 0, ""), -EINVAL);
	assert_int_equal(pt_clone_map(&clone, 0x1000, ~0xfffULL, 0x2000, 0, 0, ""), -EINVAL);
	assert_int_equal(pt_clone_map(&clone, 0x1000, 0, 0, 0, 0, ""), -EINVAL);
	assert_int_equal(pt_clone_map(&clone, 0x400000, 0, 0x1000, 0, 0, ""), -EEXIST);
	assert_int_equal(clone.why_va, 0x400000);
	assert_int_equal(pt_clone_unmap(&clone, 0x100000000, 0x1000, ""), -ENOENT);
	assert_int_equal(pt_clone_set(&clone, 0x100000000, 0, 1, ""), -ENOENT);
	assert_int_equal(pt_clone_set(&clone, 0x100000000, 7, 1, ""), -EINVAL);
	assert_int_equal(hash_tree(&clone.pt), before);
	assert_true(live_pages() <= live + 4); /* tables of the set stay */
	assert_false(pt_clone_undo(&clone));
	assert_false(pt_clone_redo(&clone));
	pt_clone_destroy(&clone);
}

/* An entry that leads outside memory: shown, and nothing goes below it. */
static void nothing_goes_below_a_bad_entry(void **state)
{
	(void)state;
	make_origin(4);
	pt.table = arena_table;
	assert_int_equal(pt_clone_set(&clone, 0x8000000000, 3, 0xdead000000000 | PTE_P, ""), 0);
	assert_int_equal(pt_clone_map(&clone, 0x8000000000, 0, 0x1000, 0, 0, ""), -EFAULT);
	assert_int_equal(pt_clone_unmap(&clone, 0x8000000000, 0x1000, ""), -EFAULT);
	assert_int_equal(pt_clone_set(&clone, 0x8000000000, 3, 0, ""), 0);
	assert_int_equal(pt_clone_map(&clone, 0x8000000000, 0, 0x1000, 0, 0, ""), 0);
	pt_clone_destroy(&clone);
}

/* Expect each step to leave no page behind when the k-th page cannot be had. */
static void every_page_may_fail(void **state)
{
	u32 failed = 0;

	(void)state;
	for (u32 k = 0; k < 30; k++) {
		u64 before;
		u32 live;
		int err;

		make_origin(5);
		before = hash_tree(&clone.pt);
		live = live_pages();
		arena.limit = k;
		err = pt_clone_map(&clone, 0x7ffffffff000, 0x1000, 0x200000, PT_USER, 0, "");
		arena.limit = ~0u;
		assert_true(!err || err == -ENOMEM);
		if (err) {
			failed++;
			assert_int_equal(hash_tree(&clone.pt), before);
			assert_true(live_pages() <= live + 4); /* tables of the set stay */
		}
		pt_clone_destroy(&clone);
	}
	assert_in_range(failed, 8, 29);
}

/* ---- a naive model ----------------------------------------------------------------------- */

struct model {
	u64 phys[NR_PAGES]; /* NOWHERE: not mapped */
	bool write[NR_PAGES];
};

static struct model history[40];

static void check_model(const struct model *m)
{
	for (u32 i = 0; i < NR_PAGES; i++) {
		u64 va = MODEL_VA + i * PAGE_SIZE;
		struct pt_entry leaf = clone_leaf(va);

		if (clone_phys(va) != m->phys[i] ||
		    (m->phys[i] != NOWHERE && !(leaf.rights & PTR_SW) == m->write[i]))
			fail_msg("page %u at %#llx: %#llx, model %#llx", i, va, clone_phys(va),
				 m->phys[i]);
	}
}

/* One random step on both; true if the clone took it. */
static bool random_step(struct prng *p, struct model *m)
{
	u32 first = (u32)prng_below(p, NR_PAGES), nr = 1 + (u32)prng_below(p, 700);
	u64 va, size, pa = round_down(prng_below(p, GiB), prng_below(p, 2) ? PAGE_SIZE : 2 * MiB);
	bool write = prng_below(p, 2), any = false, free = true;

	if (prng_below(p, 3) == 0) { /* a chance for large pages */
		first = round_down(first, 512u);
		nr = 512;
	}
	nr = min(nr, NR_PAGES - first);
	va = MODEL_VA + first * PAGE_SIZE;
	size = nr * PAGE_SIZE;
	for (u32 i = first; i < first + nr; i++) {
		any |= m->phys[i] != NOWHERE;
		free &= m->phys[i] == NOWHERE;
	}
	switch (prng_below(p, 5)) {
	case 0:
		assert_int_equal(pt_clone_map(&clone, va, pa, size, write ? PT_WRITE : 0, 1, "map"),
				 free ? 0 : -EEXIST);
		for (u32 i = 0; free && i < nr; i++) {
			m->phys[first + i] = pa + i * PAGE_SIZE;
			m->write[first + i] = write;
		}
		return free;
	case 1:
		assert_int_equal(pt_clone_unmap(&clone, va, size, "unmap"), any ? 0 : -ENOENT);
		for (u32 i = first; i < first + nr; i++)
			m->phys[i] = NOWHERE;
		return any;
	case 2:
		assert_int_equal(
			pt_clone_protect(&clone, va, size, write ? PT_WRITE : 0, PT_WRITE, ""),
			any ? 0 : -ENOENT);
		for (u32 i = first; i < first + nr; i++)
			m->write[i] = write;
		return any;
	case 3:
		return !pt_clone_split(&clone, va, "split");
	default:
		return !pt_clone_collapse(&clone, va, "collapse");
	}
}

static void random_edits_follow_a_model(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 6; seed++) {
		u32 at = 0, last = 0;
		struct prng p;
		u64 origin;

		prng_seed(&p, seed);
		make_origin(seed & 1 ? 4 : 5);
		origin = hash_tree(&pt);
		for (u32 i = 0; i < NR_PAGES; i++) {
			history[0].phys[i] = i < 1024 ? 0x10000000 + i * PAGE_SIZE : NOWHERE;
			history[0].write[i] = true;
		}
		for (u32 n = 0; n < 400; n++) {
			u64 dice = prng_below(&p, 8);

			if (dice == 0) {
				assert_int_equal(pt_clone_undo(&clone), at > 0);
				at -= at > 0;
			} else if (dice == 1) {
				assert_int_equal(pt_clone_redo(&clone), at < last);
				at += at < last;
			} else if (at + 1 < ARRAY_SIZE(history)) {
				static struct model next;

				next = history[at];
				if (random_step(&p, &next)) { /* what was undone is gone */
					history[++at] = next;
					last = at;
				}
			} else {
				assert_true(pt_clone_undo(&clone));
				at--;
			}
			if (n % 20 == 0)
				check_model(&history[at]);
		}
		check_model(&history[at]);
		assert_int_equal(hash_tree(&pt), origin);
		pt_clone_destroy(&clone);
		pt_destroy(&pt);
		assert_int_equal(live_pages(), 0);
	}
}

/* More steps than are kept: the oldest are forgotten, and their tables freed. */
static void long_histories_stay_small(void **state)
{
	u32 most = 0, undone = 0;

	(void)state;
	make_origin(4);
	for (u32 i = 0; i < 3000; i++) {
		assert_int_equal(pt_clone_protect(&clone, 0x400000, 0x1000, i & 1 ? PT_WRITE : 0,
						  PT_WRITE, "again"),
				 0);
		if (i == 1000)
			most = live_pages();
	}
	assert_true(live_pages() <= most + 8);
	while (pt_clone_undo(&clone))
		undone++;
	assert_int_equal(undone, PT_CLONE_STEPS);
	assert_int_equal(clone_phys(0x400000), 0x400000);
	while (pt_clone_redo(&clone))
		undone--;
	assert_int_equal(undone, 0);
	pt_clone_destroy(&clone);
	pt_destroy(&pt);
	assert_int_equal(live_pages(), 0);
}

/* Entries that point to the clone's own tables, up and across: nothing is freed twice. */
static void aliases_and_loops_do_no_harm(void **state)
{
	struct pt_path path;
	struct prng p;

	(void)state;
	prng_seed(&p, 7);
	make_origin(4);
	for (u32 i = 0; i < 4000; i++) {
		u64 va = round_down(prng_below(&p, GiB), PAGE_SIZE), target;
		u32 level = (u32)prng_below(&p, 4);

		pt_lookup(&clone.pt, va, &path);
		target = path.entry[prng_below(&p, path.nr)].table;
		if (prng_below(&p, 3))
			pt_clone_set(&clone, va, level, target | PTE_P | PTE_RW, "alias");
		else if (prng_below(&p, 2))
			pt_clone_unmap(&clone, va, 1ULL << (12 + prng_below(&p, 20)), "unmap");
		else
			pt_clone_split(&clone, va, "split");
		for (u64 n = prng_below(&p, 4); n; n--)
			pt_clone_undo(&clone);
	}
	pt_clone_destroy(&clone);
	pt_destroy(&pt);
	assert_int_equal(live_pages(), 0);
}

/* Tables whose addresses mean nothing here: a clone has copies of all of them. */
static void a_foreign_origin_is_copied(void **state)
{
	u64 before;

	(void)state;
	make_origin(4);
	pt_clone_destroy(&clone);
	before = hash_tree(&pt);
	pt.foreign = true;
	table_at(pt.root)[510] = pt.root | PTE_P; /* a self-map leads to the copy's own root */
	assert_int_equal(pt_clone_init(&clone, &pt, &pages, pt.phys_offset), 0);
	assert_int_equal(((u64 *)(uintptr_t)(clone.pt.root + pt.phys_offset))[510],
			 clone.pt.root | PTE_P);
	pt_clone_destroy(&clone);
	table_at(pt.root)[510] = 0;
	assert_int_equal(pt_clone_init(&clone, &pt, &pages, pt.phys_offset), 0);
	assert_int_equal(hash_tree(&clone.pt), before);
	assert_int_not_equal(clone.pt.root, pt.root);
	assert_int_equal(pt_clone_unmap(&clone, 0x400000, 0x200000, ""), 0);
	assert_int_equal(hash_tree(&pt), before);
	pt_clone_destroy(&clone);
	for (u32 k = 0; k < 8; k++) {
		u32 live = live_pages();
		int err;

		arena.limit = k;
		err = pt_clone_init(&clone, &pt, &pages, pt.phys_offset);
		arena.limit = ~0u;
		assert_int_equal(err, -ENOMEM);
		assert_int_equal(live_pages(), live);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clone_begins_as_its_origin),
		cmocka_unit_test(editing_leaves_the_origin_alone),
		cmocka_unit_test(split_keeps_every_bit),
		cmocka_unit_test(collapse_is_the_inverse_of_split),
		cmocka_unit_test(collapse_wants_pages_alike),
		cmocka_unit_test(nonsense_is_refused_with_a_reason),
		cmocka_unit_test(nothing_goes_below_a_bad_entry),
		cmocka_unit_test(every_page_may_fail),
		cmocka_unit_test(random_edits_follow_a_model),
		cmocka_unit_test(long_histories_stay_small),
		cmocka_unit_test(aliases_and_loops_do_no_harm),
		cmocka_unit_test(a_foreign_origin_is_copied),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
