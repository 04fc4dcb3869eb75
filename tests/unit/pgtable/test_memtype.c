/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* MTRRs against the manual's rules, and against the same rules applied one address at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/pgtable/memtype.h"

#define VALID (1 << 11)

/* q35: everything write-back, but uncached from 2 GiB to 4 GiB. */
static const struct mtrr_state q35 = {
	.present = true,
	.enabled = true,
	.default_type = MEMTYPE_WB,
	.nr_variable = 1,
	.phys_bits = 40,
	.variable = {{0x80000000 | MEMTYPE_UC, 0xff80000000 | VALID}},
};

static void assert_type(const struct mtrr_state *m, phys_addr_t pa, enum memtype want,
			phys_addr_t want_end)
{
	phys_addr_t end = 0;

	assert_int_equal(mtrr_type(m, pa, &end), want);
	assert_int_equal(end, want_end);
}

static void a_range_has_its_type_and_its_ends(void **state)
{
	(void)state;
	assert_type(&q35, 0, MEMTYPE_WB, 0x80000000);
	assert_type(&q35, 0x7fffffff, MEMTYPE_WB, 0x80000000);
	assert_type(&q35, 0x80000000, MEMTYPE_UC, 0x100000000);
	assert_type(&q35, 0xffffffff, MEMTYPE_UC, 0x100000000);
	assert_type(&q35, 0x100000000, MEMTYPE_WB, ~0ULL);
	assert_true(mtrr_uniform(&q35, 0, 0x80000000));
	assert_false(mtrr_uniform(&q35, 0, 0x80000001));
	assert_true(mtrr_uniform(&q35, 0x80000000, 0x100000000));
	assert_true(mtrr_uniform(&q35, 0x100000000, 0x10000000000));
}

static void overlaps_follow_the_manual(void **state)
{
	static const struct {
		u8 a, b, want;
	} rows[] = {
		{MEMTYPE_UC, MEMTYPE_WB, MEMTYPE_UC}, {MEMTYPE_UC, MEMTYPE_WC, MEMTYPE_UC},
		{MEMTYPE_WT, MEMTYPE_WB, MEMTYPE_WT}, {MEMTYPE_WC, MEMTYPE_WC, MEMTYPE_WC},
		{MEMTYPE_WC, MEMTYPE_WB, MEMTYPE_UC}, {MEMTYPE_WP, MEMTYPE_WT, MEMTYPE_UC},
	};
	struct mtrr_state m = q35;

	(void)state;
	m.nr_variable = 2;
	for (u32 i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		u8 a = rows[i / 2].a, b = rows[i / 2].b;

		m.variable[0].base = 0x80000000 | (i & 1 ? a : b);
		m.variable[1].base = 0x80000000 | (i & 1 ? b : a);
		m.variable[1].mask = m.variable[0].mask;
		assert_type(&m, 0x80000000, rows[i / 2].want, 0x100000000);
	}
}

/* 8 x 64 KiB, 16 x 16 KiB, 64 x 4 KiB; they hide the variable ones below 1 MiB. */
static void fixed_ranges_rule_the_first_mebibyte(void **state)
{
	struct mtrr_state m = q35;

	(void)state;
	m.fixed_enabled = true;
	for (u32 i = 0; i < MTRR_NR_FIXED; i++)
		m.fixed[i] = MEMTYPE_WP;
	m.fixed[7] = MEMTYPE_WB;
	m.fixed[8] = MEMTYPE_WC;
	m.fixed[24] = MEMTYPE_UC;
	m.fixed[87] = MEMTYPE_WT;
	assert_type(&m, 0, MEMTYPE_WP, 0x10000);
	assert_type(&m, 0x7ffff, MEMTYPE_WB, 0x80000);
	assert_type(&m, 0x80000, MEMTYPE_WC, 0x84000);
	assert_type(&m, 0xbffff, MEMTYPE_WP, 0xc0000);
	assert_type(&m, 0xc0fff, MEMTYPE_UC, 0xc1000);
	assert_type(&m, 0xfffff, MEMTYPE_WT, 0x100000);
	assert_type(&m, 0x100000, MEMTYPE_WB, 0x80000000);
	m.fixed_enabled = false;
	assert_type(&m, 0xfffff, MEMTYPE_WB, 0x80000000);
}

static void off_means_uncached_and_none_means_write_back(void **state)
{
	struct mtrr_state m = q35;

	(void)state;
	m.enabled = false;
	assert_type(&m, 0x1000, MEMTYPE_UC, ~0ULL);
	m.present = false;
	assert_type(&m, 0x80000000, MEMTYPE_WB, ~0ULL);
	assert_true(mtrr_uniform(&m, 0, 1ULL << 52));
}

static void a_register_that_is_not_valid_says_nothing(void **state)
{
	struct mtrr_state m = q35;

	(void)state;
	m.variable[0].mask &= ~(u64)VALID;
	assert_type(&m, 0x80000000, MEMTYPE_WB, ~0ULL);
}

/* A mask without bits compares nothing: its type is everywhere. */
static void an_empty_mask_matches_everything(void **state)
{
	struct mtrr_state m = q35;

	(void)state;
	m.default_type = MEMTYPE_UC;
	m.variable[0].base = MEMTYPE_WB;
	m.variable[0].mask = VALID;
	assert_type(&m, 0, MEMTYPE_WB, ~0ULL);
	assert_type(&m, 0x123456789000, MEMTYPE_WB, ~0ULL);
}

/* Bit 33 is not compared: the 2 GiB at 2 GiB and those at 10 GiB. */
static void a_mask_with_a_hole_matches_twice(void **state)
{
	struct mtrr_state m = q35;
	phys_addr_t end;

	(void)state;
	m.variable[0].mask &= ~(1ULL << 33);
	assert_int_equal(mtrr_type(&m, 0x80000000, &end), MEMTYPE_UC);
	assert_int_equal(mtrr_type(&m, 0x280000000, &end), MEMTYPE_UC);
	assert_int_equal(mtrr_type(&m, 0x180000000, &end), MEMTYPE_WB);
	assert_false(mtrr_uniform(&m, 0x200000000, 0x300000000));
}

/* ---- random registers -------------------------------------------------------------------- */

static const u8 types[] = {MEMTYPE_UC, MEMTYPE_WC, MEMTYPE_WT, MEMTYPE_WP, MEMTYPE_WB};

/* The rules as a set of types that were found. */
static enum memtype naive_type(const struct mtrr_state *m, phys_addr_t pa)
{
	const u64 limit = (1ULL << m->phys_bits) - PAGE_SIZE;
	u32 found = 0;

	if (m->fixed_enabled && pa < 0x80000)
		return (enum memtype)m->fixed[pa >> 16];
	if (m->fixed_enabled && pa < 0xc0000)
		return (enum memtype)m->fixed[8 + ((pa - 0x80000) >> 14)];
	if (m->fixed_enabled && pa < 0x100000)
		return (enum memtype)m->fixed[24 + ((pa - 0xc0000) >> 12)];
	for (u32 i = 0; i < m->nr_variable; i++) {
		u64 differs = (pa ^ m->variable[i].base) & m->variable[i].mask & limit;

		if (m->variable[i].mask & VALID && !differs)
			found |= 1u << (m->variable[i].base & 0xff);
	}
	if (!found)
		return (enum memtype)m->default_type;
	if (is_pow2(found))
		return (enum memtype)lowest_bit(found);
	return found == (1u << MEMTYPE_WT | 1u << MEMTYPE_WB) ? MEMTYPE_WT : MEMTYPE_UC;
}

/* Sizes of 4 KiB to 1 TiB; every fourth has a hole in its mask. */
static void random_state(struct prng *prng, struct mtrr_state *m)
{
	*m = (struct mtrr_state){.present = true, .enabled = true, .phys_bits = 40};
	m->fixed_enabled = prng_below(prng, 2);
	m->default_type = types[prng_below(prng, ARRAY_SIZE(types))];
	m->nr_variable = (u8)prng_below(prng, 9);
	for (u32 i = 0; i < MTRR_NR_FIXED; i++)
		m->fixed[i] = types[prng_below(prng, ARRAY_SIZE(types))];
	for (u32 i = 0; i < m->nr_variable; i++) {
		u64 size = PAGE_SIZE << prng_below(prng, 29);
		u64 mask = ((1ULL << 40) - 1) & ~(size - 1);
		u64 base = round_down(prng_below(prng, 1ULL << 40), size);

		if (prng_below(prng, 4) == 0)
			mask &= ~(1ULL << (20 + prng_below(prng, 20)));
		m->variable[i].base = base | types[prng_below(prng, ARRAY_SIZE(types))];
		m->variable[i].mask = mask | (prng_below(prng, 8) ? VALID : 0);
	}
}

static void random_registers_agree_with_the_rules(void **state)
{
	struct prng prng;

	(void)state;
	print_message("# seed 21\n");
	prng_seed(&prng, 21);
	for (u32 round = 0; round < 400; round++) {
		u64 span = prng_below(&prng, 4) ? 1ULL << 40 : 2 * MiB;
		struct mtrr_state m;

		random_state(&prng, &m);
		for (u32 i = 0; i < 50; i++) {
			phys_addr_t pa = round_down(prng_below(&prng, span), PAGE_SIZE), end, at;
			enum memtype type = mtrr_type(&m, pa, &end);
			u64 size = PAGE_SIZE << prng_below(&prng, 20);

			assert_int_equal(type, naive_type(&m, pa));
			assert_true(end > pa && (is_aligned(end, PAGE_SIZE) || end == ~0ULL));
			at = pa + prng_below(&prng, min(end, 1ULL << 40) - pa);
			assert_int_equal(naive_type(&m, at), type);
			if (mtrr_uniform(&m, pa, pa + size))
				assert_int_equal(naive_type(&m, pa + prng_below(&prng, size)),
						 type);
		}
	}
}

/* Ranges, not pages: the whole of 1 TiB is some dozen steps when masks have no holes. */
static void going_through_all_of_memory_is_quick(void **state)
{
	struct mtrr_state m = q35;
	u32 steps = 0;

	(void)state;
	m.nr_variable = 8;
	for (u32 i = 1; i < 8; i++) {
		m.variable[i].base = (0x4000000000ULL + i * 0x40000000ULL) | MEMTYPE_WC;
		m.variable[i].mask = (0xffffffffffULL & ~0xfffffffULL) | VALID;
	}
	for (phys_addr_t pa = 0; pa < 1ULL << 40; steps++)
		mtrr_type(&m, pa, &pa);
	assert_true(steps < 40);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(memtype_name(MEMTYPE_UC), "UC");
	assert_string_equal(memtype_name(MEMTYPE_WC), "WC");
	assert_string_equal(memtype_name(MEMTYPE_WT), "WT");
	assert_string_equal(memtype_name(MEMTYPE_WP), "WP");
	assert_string_equal(memtype_name(MEMTYPE_WB), "WB");
	assert_string_equal(memtype_name(MEMTYPE_UC_MINUS), "UC-");
	assert_string_equal(memtype_name((enum memtype)3), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_has_its_type_and_its_ends),
		cmocka_unit_test(overlaps_follow_the_manual),
		cmocka_unit_test(fixed_ranges_rule_the_first_mebibyte),
		cmocka_unit_test(off_means_uncached_and_none_means_write_back),
		cmocka_unit_test(a_register_that_is_not_valid_says_nothing),
		cmocka_unit_test(an_empty_mask_matches_everything),
		cmocka_unit_test(a_mask_with_a_hole_matches_twice),
		cmocka_unit_test(random_registers_agree_with_the_rules),
		cmocka_unit_test(going_through_all_of_memory_is_quick),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
