/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Page tables in an arena whose addresses are not its pointers, against a naive array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/pt_build.h"

#define ARENA_PAGES 4096
#define ARENA_PA    0x7700000000ULL

struct arena {
	u8 *memory;
	u32 used, nr_free, limit;
	phys_addr_t free[ARENA_PAGES];
};

static struct arena arena;
static struct pt_pages pages;
static struct pgtable pt;

static int arena_alloc(void *ctx, phys_addr_t *ret)
{
	struct arena *a = ctx;

	if (!a->limit)
		return -ENOMEM;
	a->limit--;
	*ret = a->nr_free ? a->free[--a->nr_free] : ARENA_PA + PAGE_SIZE * a->used++;
	assert_true(a->used <= ARENA_PAGES);
	memset(a->memory + (*ret - ARENA_PA), 0xa5, PAGE_SIZE);
	return 0;
}

static void arena_free(void *ctx, phys_addr_t pa)
{
	struct arena *a = ctx;

	a->free[a->nr_free++] = pa;
}

static void make(u8 levels, u8 max_page_level)
{
	arena.used = arena.nr_free = 0;
	arena.limit = ~0u;
	pages = (struct pt_pages){arena_alloc, arena_free, &arena};
	pt = (struct pgtable){.levels = levels,
			      .max_page_level = max_page_level,
			      .nx = true,
			      .phys_offset = (u64)(uintptr_t)arena.memory - ARENA_PA,
			      .pages = &pages};
	assert_int_equal(pt_init(&pt), 0);
}

static phys_addr_t translate(u64 va)
{
	struct pt_path path;

	return pt_lookup(&pt, va, &path) == PT_MAPPED ? pt_path_phys(&path, va) : ~0ULL;
}

static void addresses_are_canonical_by_levels(void **state)
{
	struct pt_path path;

	(void)state;
	make(4, 2);
	assert_true(pt_canonical(&pt, 0x7fffffffffff));
	assert_false(pt_canonical(&pt, 0x800000000000));
	assert_true(pt_canonical(&pt, 0xffff800000000000));
	assert_int_equal(pt_lookup(&pt, 0x800000000000, &path), PT_NOT_CANONICAL);
	make(5, 2);
	assert_true(pt_canonical(&pt, 0x800000000000));
	assert_false(pt_canonical(&pt, 0x100000000000000));
}

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
	for (u64 at = va; at < va + size; at += 0x1ff000)
		assert_int_equal(translate(at + 5), at + 5);
	assert_int_equal(translate(va - 1), ~0ULL);
	assert_int_equal(translate(va + size), ~0ULL);
}

static void what_is_mapped_is_not_mapped_over(void **state)
{
	(void)state;
	make(4, 2);
	assert_int_equal(pt_map(&pt, 0x5000, 0x1000, 0x1000, 0, 0), 0);
	assert_int_equal(pt_map(&pt, 0x4000, 0x9000, 0x3000, 0, 0), -EEXIST);
	assert_int_equal(translate(0x4000), ~0ULL);
	assert_int_equal(translate(0x5000), 0x1000);
}

/* Expect that splitting keeps the PAT bit, which moves from bit 12 to bit 7. */
static void split_keeps_what_a_page_says(void **state)
{
	struct pt_path path;

	(void)state;
	make(5, 2);
	pt_map(&pt, 0x40000000, 0x80000000, 0x40000000, PT_WRITE | PT_PATBIT | PT_PCD, 2);
	assert_int_equal(pt_unmap(&pt, 0x40201000, 0x1000), 0);
	assert_int_equal(translate(0x40201000), ~0ULL);
	assert_int_equal(translate(0x40202123), 0x80202123);
	assert_int_equal(pt_lookup(&pt, 0x40202000, &path), PT_MAPPED);
	assert_int_equal(path.entry[path.nr - 1].level, 0);
	assert_true(path.entry[path.nr - 1].val & PTE_PAT);
	assert_true(path.entry[path.nr - 1].val & PTE_PCD);
	assert_int_equal(pt_lookup(&pt, 0x50000000, &path), PT_MAPPED);
	assert_int_equal(path.entry[path.nr - 1].level, 1);
	assert_true(path.entry[path.nr - 1].val & PTE_PAT_LARGE);
}

/* Rights are those that every level allows. */
static void rights_are_combined_over_levels(void **state)
{
	struct pt_path path;
	u64 *root;

	(void)state;
	make(4, 2);
	pt_map(&pt, 0x1000, 0x1000, 0x1000, PT_WRITE | PT_USER, 0);
	pt_lookup(&pt, 0x1000, &path);
	assert_int_equal(path.entry[3].rights, PT_WRITE | PT_USER);
	root = (u64 *)(uintptr_t)(pt.root + pt.phys_offset);
	root[0] = (root[0] & ~PTE_RW) | PTE_NX;
	pt_lookup(&pt, 0x1000, &path);
	assert_int_equal(path.entry[3].rights, PT_USER | PT_NOEXEC);
}

static bool not_in_arena(const void *ctx, phys_addr_t pa)
{
	(void)ctx;
	return pa >= ARENA_PA && pa < ARENA_PA + ARENA_PAGES * PAGE_SIZE;
}

/* Expect a table pointer that leads outside memory to be counted, not followed. */
static void tables_outside_memory_are_not_followed(void **state)
{
	struct pt_stats st;
	struct pt_path path;
	u64 *root;

	(void)state;
	make(4, 2);
	pt.readable = not_in_arena;
	root = (u64 *)(uintptr_t)(pt.root + pt.phys_offset);
	root[3] = 0xdead000000000ULL | PTE_P;
	pt_stats(&pt, &st);
	assert_int_equal(st.bad_tables, 1);
	assert_int_equal(pt_lookup(&pt, 3ULL << 39, &path), PT_BAD_TABLE);
}

/* ---- failure at every allocation
 * --------------------------------------------------------------------- */

static u64 hash_runs;

static int hash_run(void *ctx, const struct pt_run *run)
{
	(void)ctx;
	if (run->present)
		hash_runs = hash64(run, sizeof(*run), hash_runs);
	return 0;
}

static u64 fingerprint(void)
{
	hash_runs = HASH64_SEED;
	pt_runs(&pt, 0, ~0ULL, hash_run, NULL);
	return hash_runs;
}

static int big_change(int what)
{
	if (what == 0)
		return pt_map(&pt, 0xffff888000000000, 0x1000, 0x40201000, PT_WRITE, 2);
	if (what == 1)
		return pt_unmap(&pt, 0x40001000, 0x3fffe000);
	return pt_protect(&pt, 0x40001000, 0x3fffe000, PT_NOEXEC);
}

/* Expect for every k: when the k-th table cannot be had, no translation has changed. */
static void failure_changes_no_translation(void **state)
{
	(void)state;
	for (int what = 0; what < 3; what++) {
		for (u32 k = 0;; k++) {
			u64 before;
			int err;

			make(4, 2);
			pt_map(&pt, 0x40000000, 0x40000000, 0x40000000, PT_WRITE, 2);
			before = fingerprint();
			arena.limit = k;
			err = big_change(what);
			if (!err) {
				assert_true(k > 0 && fingerprint() != before);
				break;
			}
			assert_int_equal(err, -ENOMEM);
			if (what == 0)
				assert_int_equal(fingerprint(), before);
			else
				for (u64 at = 0x40000000; at < 0x80000000; at += 0x1fd000)
					assert_int_equal(translate(at), at);
		}
	}
}

/* ---- random operations
 * ------------------------------------------------------------------------------- */

#define SPACE 2048 /* pages: four 2 MiB pages, at the start of a GiB */
#define BASE  0x40000000ULL

static struct {
	phys_addr_t pa;
	u64 flags;
	bool mapped;
} model[SPACE];

static void model_set(u64 op, u32 from, u32 to, phys_addr_t pa, u64 flags)
{
	for (u32 p = from; p < to; p++) {
		if (op == 0) {
			model[p].pa = pa + (p - from) * PAGE_SIZE;
			model[p].mapped = true;
			model[p].flags = flags;
		} else if (op == 1) {
			model[p].mapped = false;
		} else {
			model[p].flags = flags;
		}
	}
}

static void assert_model(void)
{
	for (u32 p = 0; p < SPACE; p++) {
		u64 va = BASE + p * PAGE_SIZE;
		struct pt_path path;
		bool mapped = pt_lookup(&pt, va, &path) == PT_MAPPED;

		assert_int_equal(mapped, model[p].mapped);
		if (!mapped)
			continue;
		assert_int_equal(pt_path_phys(&path, va), model[p].pa);
		assert_int_equal(path.entry[path.nr - 1].rights,
				 model[p].flags & (PT_WRITE | PT_NOEXEC));
	}
}

static bool any_mapped(u32 from, u32 to)
{
	for (u32 p = from; p < to; p++) {
		if (model[p].mapped)
			return true;
	}
	return false;
}

static void random_changes_agree_with_a_naive_model(void **state)
{
	static const u64 rights[] = {0, PT_WRITE, PT_NOEXEC, PT_WRITE | PT_NOEXEC};
	struct prng prng;

	(void)state;
	print_message("# seed 11\n");
	prng_seed(&prng, 11);
	for (u8 levels = 4; levels <= 5; levels++) {
		make(levels, 2);
		memset(model, 0, sizeof(model));
		for (u32 step = 0; step < 3000; step++) {
			u32 grain = prng_below(&prng, 2) ? 512 : 1;
			u32 from = round_down((u32)prng_below(&prng, SPACE), grain);
			u32 to = min(from + grain * (1 + (u32)prng_below(&prng, 600 / grain + 1)),
				     (u32)SPACE);
			u64 op = prng_below(&prng, 3), va = BASE + from * PAGE_SIZE;
			u64 size = (to - from) * PAGE_SIZE, flags = rights[prng_below(&prng, 4)];
			phys_addr_t pa =
				round_down(prng_below(&prng, 1ULL << 40), PAGE_SIZE * grain);

			if (op == 0) {
				int want = any_mapped(from, to) ? -EEXIST : 0;

				assert_int_equal(pt_map(&pt, va, pa, size, flags, 2), want);
				if (want)
					continue;
			} else if (op == 1) {
				assert_int_equal(pt_unmap(&pt, va, size), 0);
			} else {
				assert_int_equal(pt_protect(&pt, va, size, flags), 0);
			}
			model_set(op, from, to, pa, flags);
			if (step % 16 == 0)
				assert_model();
		}
		assert_model();
		pt_destroy(&pt);
		assert_int_equal(pt.nr_tables, 0);
	}
}

/* ---- building
 * ------------------------------------------------------------------------------------------ */

/* q35: everything write-back, but uncached from 2 GiB to 4 GiB. */
static const struct mtrr_state q35 = {
	.present = true,
	.enabled = true,
	.default_type = MEMTYPE_WB,
	.nr_variable = 1,
	.phys_bits = 40,
	.variable = {{0x80000000 | MEMTYPE_UC, 0xff80000000 | 1 << 11}},
};

static int one_type(void *ctx, const struct pt_entry *e)
{
	if (e->present && e->leaf) {
		phys_addr_t pa = pt_entry_phys(e->val, e->level, true);

		assert_true(mtrr_uniform(ctx, pa, pa + PT_SIZE(e->level)));
	}
	return e->present && !e->leaf ? PT_DESCEND : PT_SKIP;
}

/* Expect an identity map of the same addresses, never executable, no page of two memory types. */
static void identity_map_follows_the_firmware(void **state)
{
	struct mtrr_state odd = q35;
	struct pt_identity_result result;
	struct pt_hole hole = {0x200000, 0x212000};
	struct pgtable fw;
	struct pt_stats st;

	(void)state;
	odd.nr_variable = 2; /* and 64 KiB in the middle of a 2 MiB page */
	odd.variable[1].base = 0x10010000 | MEMTYPE_UC;
	odd.variable[1].mask = 0xffffff0000 | 1 << 11;
	make(4, 1);
	assert_int_equal(pt_map(&pt, 0, 0, 0x200000000, PT_WRITE | PT_USER, 1), 0);
	assert_int_equal(pt_map(&pt, 0x200000000, 0x300000000, 0x200000, 0, 1), 0);
	fw = pt;
	pt.max_page_level = 2;
	pt.root = 0;
	assert_int_equal(pt_init(&pt), 0);
	assert_int_equal(pt_build_identity(&pt, &fw, &odd, &hole, 1, &result), 0);
	assert_int_equal(result.leaves, 4097);
	assert_int_equal(result.not_identity, 1);
	assert_int_equal(result.bytes, 0x200000000 - 0x1000 - 0x12000);
	assert_int_equal(pt_walk(&pt, 0, ~0ULL, one_type, &odd), 0);
	pt_stats(&pt, &st);
	assert_int_equal(st.writable_executable, 0);
	assert_int_equal(translate(0), ~0ULL);
	assert_int_equal(translate(0x200000), ~0ULL);
	assert_int_equal(translate(0x212000), 0x212000);
	assert_int_equal(translate(0x1ffffffff), 0x1ffffffff);
	assert_true(st.leaves[2] >= 6);
}

static void direct_map_reaches_every_page(void **state)
{
	struct pt_layout layout = pt_layout_x86(5);

	(void)state;
	make(5, 2);
	assert_int_equal(pt_build_direct(&pt, &layout, 0x1000, 0x9fc00, &q35), 0);
	assert_int_equal(pt_build_direct(&pt, &layout, 0x100000, 0xc0000000, &q35), 0);
	assert_int_equal(translate(layout.direct + 0x9e123), 0x9e123);
	assert_int_equal(translate(layout.direct + 0x9f000), ~0ULL);
	for (u64 pa = 0x100000; pa < 0xc0000000; pa += 0xfff000)
		assert_int_equal(translate(layout.direct + pa), pa);
	assert_int_equal(pt_walk(&pt, 0, ~0ULL, one_type, (void *)(uintptr_t)&q35), 0);
}

static void mtrr_types_follow_the_manual(void **state)
{
	struct mtrr_state m = q35;
	phys_addr_t end;

	(void)state;
	assert_int_equal(mtrr_type(&m, 0x7fffffff, &end), MEMTYPE_WB);
	assert_int_equal(end, 0x80000000);
	assert_int_equal(mtrr_type(&m, 0x80000000, &end), MEMTYPE_UC);
	assert_int_equal(end, 0x100000000);
	assert_int_equal(mtrr_type(&m, 0x100000000, &end), MEMTYPE_WB);
	m.nr_variable = 2;
	m.variable[1].base = 0x80000000 | MEMTYPE_WB; /* UC beats WB */
	m.variable[1].mask = m.variable[0].mask;
	assert_int_equal(mtrr_type(&m, 0x80000000, &end), MEMTYPE_UC);
	m.variable[0].base = 0x80000000 | MEMTYPE_WT; /* WT beats WB */
	assert_int_equal(mtrr_type(&m, 0x80000000, &end), MEMTYPE_WT);
	m.variable[0].base = 0x80000000 | MEMTYPE_WC; /* undefined together */
	assert_int_equal(mtrr_type(&m, 0x80000000, &end), MEMTYPE_UC);
	m.fixed_enabled = true;
	m.fixed[0] = MEMTYPE_WB;
	m.fixed[8] = MEMTYPE_WC;
	m.fixed[24] = MEMTYPE_WP;
	assert_int_equal(mtrr_type(&m, 0xffff, &end), MEMTYPE_WB);
	assert_int_equal(mtrr_type(&m, 0x80000, &end), MEMTYPE_WC);
	assert_int_equal(end, 0x84000);
	assert_int_equal(mtrr_type(&m, 0xc0fff, &end), MEMTYPE_WP);
	m.enabled = false;
	assert_int_equal(mtrr_type(&m, 0x1000, &end), MEMTYPE_UC);
	m.present = false;
	assert_int_equal(mtrr_type(&m, 0x1000, &end), MEMTYPE_WB);
	assert_string_equal(memtype_name(MEMTYPE_UC_MINUS), "UC-");
	assert_string_equal(memtype_name(MEMTYPE_WP), "WP");
	assert_string_equal(memtype_name((enum memtype)3), "?");
}

/* ---- text
 * ---------------------------------------------------------------------------------------------- */

static char dump[4096];

static int print_run(void *ctx, const struct pt_run *run)
{
	size_t len = strlen(dump);

	(void)ctx;
	len += (size_t)pt_run_format(dump + len, sizeof(dump) - len, &pt, run);
	fmt_print(dump + len, sizeof(dump) - len, "\n");
	return 0;
}

/* Lines of the sample in reference/linux/4G/kernel_page_tables.txt, from equivalent tables. */
static void dump_is_linuxs(void **state)
{
	(void)state;
	make(5, 2);
	pt_map(&pt, 0xff11000000001000, 0x1000, 0x97000, PT_WRITE | PT_GLOBAL | PT_NOEXEC, 0);
	pt_map(&pt, 0xff11000000098000, 0x98000, 0x1000, PT_GLOBAL | PT_NOEXEC, 0);
	pt_map(&pt, 0xff11000000099000, 0x99000, 0x2000, PT_GLOBAL, 0);
	pt_map(&pt, 0xff11000000200000, 0x200000, 0x600000, PT_WRITE | PT_GLOBAL | PT_NOEXEC, 1);
	dump[0] = '\0';
	pt_runs(&pt, 0, 0xff11000000800000 - 1, print_run, NULL);
	assert_string_equal(dump, "0x0000000000000000-0xff11000000000000    16716032T              "
				  "                 pgd\n"
				  "0xff11000000000000-0xff11000000001000           4K              "
				  "                 pte\n"
				  "0xff11000000001000-0xff11000000098000         604K     RW       "
				  "          GLB NX pte\n"
				  "0xff11000000098000-0xff11000000099000           4K     ro       "
				  "          GLB NX pte\n"
				  "0xff11000000099000-0xff1100000009b000           8K     ro       "
				  "          GLB x  pte\n"
				  "0xff1100000009b000-0xff11000000200000        1428K              "
				  "                 pte\n"
				  "0xff11000000200000-0xff11000000800000           6M     RW       "
				  "  PSE     GLB NX pmd\n");
}

static void names(void **state)
{
	struct pt_entry e = {
		.va = 0x40000000, .val = 0x80000000 | PTE_P | PTE_RW | PTE_PS | PTE_A, .level = 2};
	char line[64];
	u32 nr;

	(void)state;
	make(4, 2);
	assert_string_equal(pt_level_intel(3), "PML4E");
	assert_string_equal(pt_level_linux(&pt, 3), "pgd");
	assert_string_equal(pt_level_linux(&pt, 2), "pud");
	pt_leaf_format_tlb(line, sizeof(line), &e);
	assert_string_equal(line, "0000000040000000: 0000000080000000 --P-A---W");
	assert_string_equal(pt_markers_x86(5, &nr)[2].name, "Low Kernel Mapping");
	assert_string_equal(pt_markers_x86(4, &nr)[4].name, "Vmemmap");
}

static int set_up(void **state)
{
	(void)state;
	arena.memory = aligned_alloc(PAGE_SIZE, ARENA_PAGES * PAGE_SIZE);
	return !arena.memory;
}

static int tear_down(void **state)
{
	(void)state;
	free(arena.memory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_canonical_by_levels),
		cmocka_unit_test(largest_pages_that_fit_are_used),
		cmocka_unit_test(what_is_mapped_is_not_mapped_over),
		cmocka_unit_test(split_keeps_what_a_page_says),
		cmocka_unit_test(rights_are_combined_over_levels),
		cmocka_unit_test(tables_outside_memory_are_not_followed),
		cmocka_unit_test(failure_changes_no_translation),
		cmocka_unit_test(random_changes_agree_with_a_naive_model),
		cmocka_unit_test(identity_map_follows_the_firmware),
		cmocka_unit_test(direct_map_reaches_every_page),
		cmocka_unit_test(mtrr_types_follow_the_manual),
		cmocka_unit_test(dump_is_linuxs),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
