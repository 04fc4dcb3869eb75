/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Invented tables of every format: mapped pages against a model, looked up and walked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/pgtable/edit.h"
#include "mm/pgtable/whatif.h"

#define NR_FORMATS   9
#define NR_PAGES     2048 /* for tables */
#define TABLES_PA    0x1000000ULL
#define WINDOW	     (16 * MiB) /* of addresses that the model looks at, at each base */
#define WINDOW_PAGES (WINDOW / PAGE_SIZE)
#define NR_WINDOWS   3

/* ---- tables in memory of our own --------------------------------------------------------- */

static struct {
	u8 *memory;
	u32 used, live, limit;
} pool;
static struct pt_pages pages;
static struct pgtable pt;

static int pool_alloc(void *ctx, phys_addr_t *ret)
{
	(void)ctx;
	if (pool.used >= pool.limit)
		return -ENOMEM;
	memset(pool.memory + pool.used * PAGE_SIZE, 0xa5, PAGE_SIZE);
	*ret = TABLES_PA + PAGE_SIZE * pool.used++;
	pool.live++;
	return 0;
}

static void pool_free(void *ctx, phys_addr_t pa)
{
	u8 *page = pool.memory + (pa - TABLES_PA);

	(void)ctx;
	assert_int_equal(memcmp(page, "freed!", 6) == 0, 0);
	memcpy(page, "freed!", 6);
	pool.live--;
}

static const void *pool_table(const struct pgtable *tree, phys_addr_t pa)
{
	if (pa < TABLES_PA || pa >= TABLES_PA + pool.used * PAGE_SIZE)
		return NULL;
	return (const void *)(uintptr_t)(pa + tree->phys_offset);
}

static void make(const struct pt_format *f)
{
	pool.used = pool.live = 0;
	pool.limit = NR_PAGES;
	pages = (struct pt_pages){pool_alloc, pool_free, NULL};
	pt = (struct pgtable){.format = f,
			      .levels = f->nr_levels,
			      .nx = true,
			      .phys_offset = (u64)(uintptr_t)pool.memory - TABLES_PA,
			      .table = pool_table,
			      .pages = &pages};
	assert_int_equal(pt_init(&pt), 0);
}

/* ---- the model --------------------------------------------------------------------------- */

struct page {
	bool mapped;
	phys_addr_t pa;
	u64 flags;
};
static struct page model[NR_WINDOWS][WINDOW_PAGES];

/* The lowest addresses, the highest, and some in between. */
static u64 window_base(u32 window)
{
	const struct pt_format *f = pt_format_of(&pt);
	u64 middle = 1ULL << (f->va_bits - 1);

	if (window == 0)
		return 0;
	return window == 1 ? pt_last(&pt) - (WINDOW - 1) : pt_sign_extend(&pt, middle);
}

static struct page *model_at(u64 va)
{
	for (u32 w = 0; w < NR_WINDOWS; w++) {
		if (va >= window_base(w) && va - window_base(w) < WINDOW)
			return &model[w][(va - window_base(w)) / PAGE_SIZE];
	}
	return NULL;
}

static u8 rights_of(u64 flags)
{
	const struct pt_format *f = pt_format_of(&pt);

	return f->rights(f->make_leaf(0, flags, 0), 0, true);
}

static void check_lookups(u64 seed)
{
	for (u32 w = 0; w < NR_WINDOWS; w++) {
		for (u32 i = 0; i < WINDOW_PAGES; i++) {
			u64 va = window_base(w) + i * PAGE_SIZE + 0x123;
			const struct page *m = &model[w][i];
			struct pt_path path;
			enum pt_result r = pt_lookup(&pt, va, &path);

			if ((r == PT_MAPPED) != m->mapped)
				fail_msg("%s seed %llu: %#llx: %u", pt.format->name, seed, va, r);
			if (!m->mapped)
				continue;
			assert_int_equal(pt_path_phys(&path, va), m->pa + 0x123);
			assert_int_equal(path.entry[path.nr - 1].rights, rights_of(m->flags));
		}
	}
}

struct walked {
	u64 pages, next;
	bool contiguous; /* neighbours map physical addresses in order */
};

static int visit(void *ctx, const struct pt_entry *e)
{
	struct walked *w = ctx;
	u64 span = pt_span(pt_format_of(&pt), e->level);

	assert_int_equal(e->wrong, PT_FINE);
	if (e->present && !e->leaf)
		return PT_DESCEND;
	assert_int_equal(e->va, w->next);
	w->next = pt_sign_extend(&pt, (e->va + e->nr * span) & pt_last(&pt));
	if (!e->present)
		return PT_SKIP;
	for (u64 at = 0; at < e->nr * span; at += PAGE_SIZE) {
		const struct page *m = model_at(e->va + at);

		assert_true(m && m->mapped);
		assert_int_equal(rights_of(m->flags), e->rights);
		if (at < span || w->contiguous)
			assert_int_equal(m->pa, e->phys + at);
		w->pages++;
	}
	return PT_SKIP;
}

static void check_walks(void)
{
	u64 want = 0;

	for (u32 w = 0; w < NR_WINDOWS; w++) {
		for (u32 i = 0; i < WINDOW_PAGES; i++)
			want += model[w][i].mapped;
	}
	for (u32 kind = 0; kind < 3; kind++) {
		struct walked w = {.contiguous = kind != 1};
		int (*const walks[])(const struct pgtable *, u64, u64, pt_visit,
				     void *) = {pt_walk, pt_walk_spans, pt_walk_ranges};

		assert_int_equal(walks[kind](&pt, 0, pt_last(&pt), visit, &w), 0);
		assert_int_equal(w.pages, want);
	}
}

static void random_map(struct prng *p)
{
	static const u64 bits[] = {PT_WRITE, PT_USER, PT_GLOBAL, PT_NOEXEC, PT_PCD};
	u64 va = window_base((u32)prng_below(p, NR_WINDOWS)), flags = 0, size, pa;
	u64 first = prng_below(p, WINDOW_PAGES) * PAGE_SIZE;
	bool taken = false;
	int err;

	if (prng_below(p, 2))
		first = round_down(first, 4 * MiB);
	size = prng_below(p, 3) ? PAGE_SIZE * (1 + prng_below(p, 40)) : 4 * MiB;
	size = min(size, WINDOW - first);
	pa = prng_below(p, 200) * 4 * MiB + (prng_below(p, 2) ? first : 0);
	for (u32 i = 0; i < ARRAY_SIZE(bits); i++)
		flags |= prng_below(p, 2) ? bits[i] : 0;
	va += first;
	for (u64 at = 0; at < size; at += PAGE_SIZE)
		taken |= model_at(va + at)->mapped;
	err = pt_whatif_map(&pt, va, pa, size, flags);
	assert_int_equal(err, taken ? -EEXIST : 0);
	for (u64 at = 0; !taken && at < size; at += PAGE_SIZE)
		*model_at(va + at) = (struct page){true, pa + at, flags};
}

static void random_maps_are_as_the_model_says(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 2 * NR_FORMATS; seed++) {
		struct prng p;

		prng_seed(&p, seed);
		memset(model, 0, sizeof(model));
		make(pt_format_nr((u32)(seed % NR_FORMATS)));
		for (u32 i = 0; i < 30; i++)
			random_map(&p);
		check_lookups(seed);
		check_walks();
		assert_int_equal(pool.live, pt.nr_tables);
		pt_whatif_destroy(&pt);
		assert_int_equal(pool.live, 0);
	}
}

/* ---- pictures ---------------------------------------------------------------------------- */

static unsigned level_at(u64 va)
{
	struct pt_path path;

	assert_int_equal(pt_lookup(&pt, va, &path), PT_MAPPED);
	return path.entry[path.nr - 1].level;
}

/* From one page before the span of each level to one page behind it. */
static void the_largest_pages_are_used(void **state)
{
	const struct pt_format *f;

	(void)state;
	for (u32 i = 0; (f = pt_format_nr(i)); i++) {
		for (unsigned level = 1; level < f->nr_levels && f->level[level].leaf_addr;
		     level++) {
			u64 span = pt_span(f, level), start = span - PAGE_SIZE;

			if (2 * span + PAGE_SIZE > 1ULL << (f->va_bits - 1))
				continue;
			make(f);
			assert_int_equal(
				pt_whatif_map(&pt, start, start, span + 2 * PAGE_SIZE, PT_WRITE),
				0);
			assert_int_equal(level_at(start), 0);
			assert_int_equal(level_at(span), level);
			assert_int_equal(level_at(2 * span - 1), level);
			assert_int_equal(level_at(2 * span), 0);
			pt_whatif_destroy(&pt);
			assert_int_equal(pool.live, 0);
		}
	}
}

/* PSE-36: 4 MiB pages above 4 GiB, but no 4 KiB ones, and nothing above 1 TiB. */
static void large_pages_reach_further(void **state)
{
	struct pt_path path;

	(void)state;
	make(pt_format_find("x86-32"));
	assert_int_equal(pt_whatif_map(&pt, 8 * MiB, 0x1200400000, 4 * MiB, 0), 0);
	assert_int_equal(pt_lookup(&pt, 9 * MiB + 5, &path), PT_MAPPED);
	assert_int_equal(pt_path_phys(&path, 9 * MiB + 5), 0x1200500005);
	assert_int_equal(pt_whatif_map(&pt, 0, 0x1200400000, PAGE_SIZE, 0), -EINVAL);
	assert_int_equal(pt_whatif_map(&pt, 0, 1ULL << 40, 4 * MiB, 0), -EINVAL);
	assert_int_equal(pt_lookup(&pt, 0, &path), PT_NOT_PRESENT);
}

static void wrong_ranges_are_refused(void **state)
{
	const struct pt_format *f;

	(void)state;
	for (u32 i = 0; (f = pt_format_nr(i)); i++) {
		u64 half = 1ULL << (f->va_bits - 1);

		make(f);
		assert_int_equal(pt_whatif_map(&pt, 0, 0, 0, 0), -EINVAL);
		assert_int_equal(pt_whatif_map(&pt, 1, 0, PAGE_SIZE, 0), -EINVAL);
		assert_int_equal(pt_whatif_map(&pt, 0, 1, PAGE_SIZE, 0), -EINVAL);
		assert_int_equal(pt_whatif_map(&pt, 0, 0, PAGE_SIZE + 1, 0), -EINVAL);
		assert_int_equal(pt_whatif_map(&pt, 0, 1ULL << f->phys_bits, PAGE_SIZE, 0),
				 -EINVAL);
		assert_int_equal(pt_whatif_map(&pt, 2 * half, 0, PAGE_SIZE, 0), -EINVAL);
		assert_int_equal(
			pt_whatif_map(&pt, pt_last(&pt) - PAGE_SIZE + 1, 0, 2 * PAGE_SIZE, 0),
			-EINVAL);
		assert_int_equal(pt_whatif_map(&pt, half - PAGE_SIZE, 0, 2 * PAGE_SIZE, 0),
				 f->sign_extend ? -EINVAL : 0);
	}
}

/* Whatever number of tables there is memory for: no translation is there after -ENOMEM. */
static void no_memory_maps_nothing(void **state)
{
	const struct pt_format *f;

	(void)state;
	for (u32 i = 0; (f = pt_format_nr(i)); i++) {
		int err = -ENOMEM;

		for (u32 limit = 1; err; limit++) {
			make(f);
			pool.limit = limit;
			err = pt_whatif_map(&pt, MiB, MiB, 9 * MiB, PT_WRITE);
			for (u64 va = 0; err && va < 12 * MiB; va += PAGE_SIZE) {
				struct pt_path path;

				assert_int_equal(err, -ENOMEM);
				assert_int_equal(pt_lookup(&pt, va, &path), PT_NOT_PRESENT);
			}
			pt_whatif_destroy(&pt);
			assert_int_equal(pool.live, 0);
		}
	}
}

static void examples_have_all_kinds(void **state)
{
	const struct pt_format *f;

	(void)state;
	for (u32 i = 0; (f = pt_format_nr(i)); i++) {
		struct pt_stats stats;

		make(f);
		assert_int_equal(pt_whatif_example(&pt), 0);
		assert_int_equal(pt_stats(&pt, &stats), 0);
		assert_true(stats.leaves[0] > 60 && stats.leaves[1] > 5);
		assert_int_equal(stats.reserved, 0);
		assert_int_equal(stats.bad_tables, 0);
		assert_int_equal(stats.loops, f->name[3] == '-' && f->nr_levels > 3);
		assert_true(f->entry_size == 4 || !stats.writable_executable);
		assert_true(level_at(0x80000000) > 0);
		pt_whatif_destroy(&pt);
		assert_int_equal(pool.live, 0);
	}
}

/* Entries that no PT_* flags make: executable but not readable, of both execution levels, types
 * of memory. A split leaves all bits as they are, and a collapse brings the same entry back. */
static void split_and_collapse_change_no_bit(void **state)
{
	static const struct {
		const char *format;
		u64 entry, part;
	} odd[] = {
		{"sv39", 0x400000002000005b, 0x400000002000005b},      /* PBMT 2 */
		{"sv39", 0x20000059, 0x20000059},		       /* X without R */
		{"aarch64-4", 0x00000000800007d1, 0x00000000800007d3}, /* both execute; type 4 */
		{"aarch64-3", 0x0040000080000745, 0x0040000080000747}, /* type 1 */
		{"x86-64-4", 0xf9e00000800012eb, 0xf9e00000800002eb},  /* key, PAT, PWT */
	};
	static struct pt_clone clone;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(odd); i++) {
		struct pt_path path;
		u64 va = 0x80000000;

		make(pt_format_find(odd[i].format));
		assert_int_equal(pt_whatif_map(&pt, va, va, 2 * MiB, PT_WRITE), 0);
		pt.table_ctx = NULL;
		assert_int_equal(pt_clone_init(&clone, &pt, &pages, pt.phys_offset), 0);
		assert_int_equal(pt_clone_set(&clone, va, 1, odd[i].entry, "set"), 0);
		assert_int_equal(pt_clone_split(&clone, va, "split"), 0);
		assert_int_equal(pt_lookup(&clone.pt, va, &path), PT_MAPPED);
		if (path.entry[path.nr - 1].val != odd[i].part)
			fail_msg("%s: %#llx: %#llx", odd[i].format, odd[i].entry,
				 path.entry[path.nr - 1].val);
		assert_int_equal(pt_clone_collapse(&clone, va, "collapse"), 0);
		assert_int_equal(pt_lookup(&clone.pt, va, &path), PT_MAPPED);
		assert_int_equal(path.entry[path.nr - 1].val, odd[i].entry);
		pt_clone_destroy(&clone);
		pt_whatif_destroy(&pt);
	}
}

static int set_up(void **state)
{
	(void)state;
	pool.memory = aligned_alloc(PAGE_SIZE, NR_PAGES * PAGE_SIZE);
	return !pool.memory;
}

static int tear_down(void **state)
{
	(void)state;
	free(pool.memory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_maps_are_as_the_model_says),
		cmocka_unit_test(the_largest_pages_are_used),
		cmocka_unit_test(large_pages_reach_further),
		cmocka_unit_test(wrong_ranges_are_refused),
		cmocka_unit_test(no_memory_maps_nothing),
		cmocka_unit_test(examples_have_all_kinds),
		cmocka_unit_test(split_and_collapse_change_no_bit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
