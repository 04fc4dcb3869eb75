/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which memory type counts, and who says so, against the manual's tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/pgtable/memtype.h"
#include "mm/pgtable/pgtable.h"

#define VALID (1 << 11)

/* Fixed ranges below 1 MiB; WB from 0 to 2 GiB, UC for its last 16 MiB, WC at 3 GiB; UC else. */
static struct mtrr_state typical(void)
{
	struct mtrr_state m = {
		.present = true,
		.enabled = true,
		.fixed_enabled = true,
		.default_type = MEMTYPE_UC,
		.nr_variable = 4,
		.phys_bits = 36,
		.variable = {{0 | MEMTYPE_WB, 0xf80000000 | VALID},
			     {0x7f000000 | MEMTYPE_UC, 0xfff000000 | VALID},
			     {0xc0000000 | MEMTYPE_WC, 0xfff000000 | VALID},
			     {0x100000000 | MEMTYPE_WB, 0xf00000000}}, /* off */
	};

	for (u32 i = 0; i < MTRR_NR_FIXED; i++)
		m.fixed[i] = i < 16 ? MEMTYPE_WB : MEMTYPE_UC;
	m.fixed[24] = MEMTYPE_WP; /* c0000 */
	return m;
}

static struct mtrr_source source(const struct mtrr_state *m, phys_addr_t pa)
{
	struct mtrr_source s;

	mtrr_source(m, pa, &s);
	return s;
}

static void assert_source(phys_addr_t pa, enum mtrr_kind kind, u8 nr, enum memtype type)
{
	struct mtrr_state m = typical();
	struct mtrr_source s = source(&m, pa);

	assert_int_equal(s.kind, kind);
	assert_int_equal(s.nr, nr);
	assert_int_equal(s.type, type);
	assert_false(s.undefined);
}

static void the_register_that_decides_is_named(void **state)
{
	(void)state;
	assert_source(0, MTRR_FIXED, 0, MEMTYPE_WB);
	assert_source(0x7ffff, MTRR_FIXED, 7, MEMTYPE_WB);
	assert_source(0x80000, MTRR_FIXED, 8, MEMTYPE_WB);
	assert_source(0xa0000, MTRR_FIXED, 16, MEMTYPE_UC);
	assert_source(0xc0fff, MTRR_FIXED, 24, MEMTYPE_WP);
	assert_source(0xfffff, MTRR_FIXED, 87, MEMTYPE_UC);
	assert_source(0x100000, MTRR_VARIABLE, 0, MEMTYPE_WB);
	assert_source(0x7f000000, MTRR_VARIABLE, 1, MEMTYPE_UC); /* UC beats WB */
	assert_source(0xc0000000, MTRR_VARIABLE, 2, MEMTYPE_WC);
	assert_source(0x100000000, MTRR_DEFAULT, 0, MEMTYPE_UC);
}

static void without_mtrrs_or_with_them_off(void **state)
{
	struct mtrr_state m = {.present = false};
	char text[80];
	struct mtrr_source s = source(&m, 0x1234);

	(void)state;
	assert_int_equal(s.kind, MTRR_NONE);
	assert_int_equal(s.type, MEMTYPE_WB);
	m.present = true;
	s = source(&m, 0x1234);
	assert_int_equal(s.kind, MTRR_OFF);
	assert_int_equal(s.type, MEMTYPE_UC);
	assert_string_equal(mtrr_source_text(text, sizeof(text), &s), "MTRRs are off");
}

/* SDM vol. 3, 12.11.4.1: only equal types, UC with anything, and WT with WB may overlap. */
static void mixtures_that_the_manual_leaves_open(void **state)
{
	static const u8 types[] = {MEMTYPE_UC, MEMTYPE_WC, MEMTYPE_WT, MEMTYPE_WP, MEMTYPE_WB};
	struct mtrr_state m = {.present = true, .enabled = true, .nr_variable = 2, .phys_bits = 36};

	(void)state;
	for (u32 a = 0; a < ARRAY_SIZE(types); a++) {
		for (u32 b = 0; b < ARRAY_SIZE(types); b++) {
			u32 both = 1u << types[a] | 1u << types[b];
			bool fine = a == b || both & 1 << MEMTYPE_UC ||
				    both == (1u << MEMTYPE_WT | 1u << MEMTYPE_WB);

			m.variable[0].base = types[a];
			m.variable[1].base = types[b];
			m.variable[0].mask = m.variable[1].mask = 0xf80000000 | VALID;
			assert_int_equal(source(&m, MiB).undefined, !fine);
			assert_int_equal(source(&m, MiB).matching, 3);
		}
	}
}

static void overlaps_in_words(void **state)
{
	struct mtrr_state m = typical();
	struct mtrr_source s = source(&m, 0x7f000000);
	char text[80], small[8];

	(void)state;
	assert_string_equal(mtrr_source_text(text, sizeof(text), &s),
			    "variable 0 1 overlap, UC wins");
	mtrr_source_text(small, sizeof(small), &s);
	assert_string_equal(small, "variabl");
	s = source(&m, 0x100000);
	assert_string_equal(mtrr_source_text(text, sizeof(text), &s), "variable 0");
}

/* The table of fixed ranges and mtrr_source() agree on every one of them, and they are gapless. */
static void fixed_ranges_cover_the_first_mebibyte(void **state)
{
	struct mtrr_state m = typical();
	phys_addr_t at = 0, start;
	u64 size;
	u32 msr;

	(void)state;
	for (u32 nr = 0; nr < MTRR_NR_FIXED; nr++, at += size) {
		mtrr_fixed_range(nr, &start, &size, &msr);
		assert_int_equal(start, at);
		assert_int_equal(source(&m, start).nr, nr);
		assert_int_equal(source(&m, start + size - 1).nr, nr);
	}
	assert_int_equal(at, MiB);
	assert_int_equal(msr, 0x26f);
	mtrr_fixed_range(16, &start, &size, &msr);
	assert_int_equal(msr, 0x259);
	expect_assert_failure(mtrr_fixed_range(MTRR_NR_FIXED, &start, &size, &msr));
}

static void variable_ranges_have_bounds_unless_their_masks_have_holes(void **state)
{
	struct mtrr_state m = typical();
	phys_addr_t base;
	u64 size;

	(void)state;
	assert_true(mtrr_variable_range(&m, 1, &base, &size));
	assert_int_equal(base, 0x7f000000);
	assert_int_equal(size, 16 * MiB);
	assert_false(mtrr_variable_range(&m, 3, &base, &size)); /* off */
	m.variable[1].mask = 0xf0f000000 | VALID;
	assert_false(mtrr_variable_range(&m, 1, &base, &size));
	m.variable[1].mask = VALID; /* everything */
	assert_true(mtrr_variable_range(&m, 1, &base, &size));
	assert_int_equal(size, 1ULL << 36);
}

static void ranges_reach_as_far_as_their_type(void **state)
{
	struct mtrr_state m = typical();
	phys_addr_t end;

	(void)state;
	assert_int_equal(mtrr_type_range(&m, 0, 1ULL << 36, &end), MEMTYPE_WB);
	assert_int_equal(end, 0xa0000);
	assert_int_equal(mtrr_type_range(&m, 0xc1000, 1ULL << 36, &end), MEMTYPE_UC);
	assert_int_equal(end, 0x100000);
	assert_int_equal(mtrr_type_range(&m, 0x7f000000, 1ULL << 36, &end), MEMTYPE_UC);
	assert_int_equal(end, 0xc0000000);
	assert_int_equal(mtrr_type_range(&m, 0xc1000000, 1ULL << 36, &end), MEMTYPE_UC);
	assert_int_equal(end, 1ULL << 36);
	mtrr_type_range(&m, 0x100000, 0x200000, &end);
	assert_int_equal(end, 0x200000);
}

/* Each end is where another type begins, for random registers. */
static void range_ends_hold_for_random_registers(void **state)
{
	static const u8 types[] = {MEMTYPE_UC, MEMTYPE_WC, MEMTYPE_WT, MEMTYPE_WP, MEMTYPE_WB};
	struct prng p;

	(void)state;
	prng_seed(&p, 7);
	for (u32 round = 0; round < 500; round++) {
		struct mtrr_state m = typical();
		phys_addr_t at = prng_below(&p, 1ULL << 36), end, more;
		enum memtype type;

		for (u32 i = 0; i < 4; i++) {
			u64 shift = 20 + prng_below(&p, 14);

			m.variable[i].mask = (0xfffffffffULL & ~((1ULL << shift) - 1)) | VALID;
			m.variable[i].base = (prng_below(&p, 1ULL << 36) & ~0xfffULL) |
					     types[prng_below(&p, ARRAY_SIZE(types))];
		}
		type = mtrr_type_range(&m, at, 1ULL << 36, &end);
		assert_true(end > at);
		if (end < 1ULL << 36)
			assert_int_not_equal(mtrr_type(&m, end, &more), type);
		for (u32 i = 0; i < 50; i++)
			assert_int_equal(mtrr_type(&m, at + prng_below(&p, end - at), &more), type);
	}
}

/* ---- PAT --------------------------------------------------------------------------------- */

static void pat_after_reset(void **state)
{
	static const u8 want[] = {MEMTYPE_WB, MEMTYPE_WT, MEMTYPE_UC_MINUS, MEMTYPE_UC};

	(void)state;
	for (u32 i = 0; i < 8; i++)
		assert_int_equal(pat_type(PAT_AT_RESET, i), want[i % 4]);
	assert_int_equal(pat_type(0x0203080907060504, 0), MEMTYPE_WT);
	assert_int_equal(pat_type(0x0203080907060504, 7), -EINVAL); /* 2 */
	assert_int_equal(pat_type(0x0203080907060504, 6), -EINVAL); /* 3 */
	assert_int_equal(pat_type(0x0203080907060504, 5), -EINVAL); /* 8 */
}

static void the_pat_bit_moves_with_the_level(void **state)
{
	(void)state;
	assert_int_equal(pat_index(PTE_PWT, 0), 1);
	assert_int_equal(pat_index(PTE_PCD, 1), 2);
	assert_int_equal(pat_index(PTE_PAT, 0), 4);
	assert_int_equal(pat_index(PTE_PS, 1), 0); /* bit 7 is PS there */
	assert_int_equal(pat_index(PTE_PAT_LARGE | PTE_PS, 1), 4);
	assert_int_equal(pat_index(PTE_PAT_LARGE | PTE_PS | PTE_PCD | PTE_PWT, 2), 7);
	assert_int_equal(pat_index(PTE_PAT_LARGE, 0), 0); /* bit 12 is address there */
}

/* SDM vol. 3, table 12-7, row by row as it is printed; * for footnote 3. */
static void the_manuals_table(void **state)
{
	static const char *const rows[] = {
		"UC UC UC", "UC UC- UC",  "UC WC WC", "UC WT UC",  "UC WB UC", "UC WP UC",
		"WC UC UC", "WC UC- WC",  "WC WC WC", "WC WT UC*", "WC WB WC", "WC WP UC*",
		"WT UC UC", "WT UC- UC",  "WT WC WC", "WT WT WT",  "WT WB WT", "WT WP WP*",
		"WB UC UC", "WB UC- UC",  "WB WC WC", "WB WT WT",  "WB WB WB", "WB WP WP",
		"WP UC UC", "WP UC- WC*", "WP WC WC", "WP WT WT*", "WP WB WP", "WP WP WP",
	};
	static const u8 mtrr[] = {MEMTYPE_UC, MEMTYPE_WC, MEMTYPE_WT, MEMTYPE_WB, MEMTYPE_WP};
	static const u8 pat[] = {MEMTYPE_UC, MEMTYPE_UC_MINUS, MEMTYPE_WC,
				 MEMTYPE_WT, MEMTYPE_WB,       MEMTYPE_WP};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		enum memtype m = (enum memtype)mtrr[i / 6], t = (enum memtype)pat[i % 6];
		bool undefined;
		enum memtype got = memtype_combine(m, t, &undefined);
		char text[24];

		fmt_print(text, sizeof(text), "%s %s %s%s", memtype_name(m), memtype_name(t),
			  memtype_name(got), undefined ? "*" : "");
		assert_string_equal(text, rows[i]);
	}
}

static void three_sources_make_one_type(void **state)
{
	struct mtrr_state m = typical();
	struct memtype_effective t;

	(void)state;
	memtype_effective(&m, PAT_AT_RESET, 0x200000, PTE_P | PTE_PS, 1, &t);
	assert_int_equal(t.type, MEMTYPE_WB);
	assert_int_equal(t.mtrr.kind, MTRR_VARIABLE);
	memtype_effective(&m, PAT_AT_RESET, 0x200000, PTE_P | PTE_PCD, 0, &t);
	assert_int_equal(t.pat, MEMTYPE_UC_MINUS);
	assert_int_equal(t.type, MEMTYPE_UC);
	/* UC- lets the MTRR's WC through, UC does not */
	memtype_effective(&m, PAT_AT_RESET, 0xc0000000, PTE_P | PTE_PCD, 0, &t);
	assert_int_equal(t.type, MEMTYPE_WC);
	memtype_effective(&m, PAT_AT_RESET, 0xc0000000, PTE_P | PTE_PCD | PTE_PWT, 0, &t);
	assert_int_equal(t.type, MEMTYPE_UC);
	memtype_effective(&m, 0x0202020202020202, 0x200000, PTE_P, 0, &t); /* reserved */
	assert_int_equal(t.pat, -EINVAL);
	assert_int_equal(t.type, MEMTYPE_UC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_register_that_decides_is_named),
		cmocka_unit_test(without_mtrrs_or_with_them_off),
		cmocka_unit_test(mixtures_that_the_manual_leaves_open),
		cmocka_unit_test(overlaps_in_words),
		cmocka_unit_test(fixed_ranges_cover_the_first_mebibyte),
		cmocka_unit_test(variable_ranges_have_bounds_unless_their_masks_have_holes),
		cmocka_unit_test(ranges_reach_as_far_as_their_type),
		cmocka_unit_test(range_ends_hold_for_random_registers),
		cmocka_unit_test(pat_after_reset),
		cmocka_unit_test(the_pat_bit_moves_with_the_level),
		cmocka_unit_test(the_manuals_table),
		cmocka_unit_test(three_sources_make_one_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
