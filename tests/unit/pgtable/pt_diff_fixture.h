/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Two trees beside each other, and the differences that pt_diff() tells. */
#ifndef TESTS_UNIT_PGTABLE_PT_DIFF_FIXTURE_H
#define TESTS_UNIT_PGTABLE_PT_DIFF_FIXTURE_H

#include "mm/pgtable/diff.h"
#include "pt_fixture.h"

#define MAX_RUNS 20000

static struct pgtable other; /* beside `pt`, in the same arena */
static u32 tables_read;

struct differences {
	u32 nr, stop_at;
	struct pt_difference run[MAX_RUNS];
};

static struct differences found;

static inline const void *read_table(const struct pgtable *tree, phys_addr_t pa)
{
	tables_read++;
	if (pa < ARENA_PA || pa >= ARENA_PA + ARENA_PAGES * PAGE_SIZE)
		return NULL;
	return (const void *)(uintptr_t)(pa + tree->phys_offset);
}

static inline int note(void *ctx, const struct pt_difference *d)
{
	(void)ctx;
	assert_true(found.nr < MAX_RUNS);
	found.run[found.nr++] = *d;
	return found.nr == found.stop_at ? 7 : 0;
}

static inline void two_trees(u8 levels, u8 other_levels)
{
	make(levels, 2);
	pt.changed = NULL;
	pt.table = read_table;
	other = pt;
	other.levels = other_levels;
	assert_int_equal(pt_init(&other), 0);
}

static inline u32 diff(const struct pgtable *a, const struct pgtable *b, u64 start, u64 last,
		       bool sizes)
{
	struct pt_diff_how how = {.sizes = true};

	found.nr = found.stop_at = 0;
	if (sizes)
		assert_int_equal(pt_diff_how(a, b, start, last, &how, note, NULL), 0);
	else
		assert_int_equal(pt_diff(a, b, start, last, note, NULL), 0);
	return found.nr;
}

static inline void map(struct pgtable *tree, u64 va, phys_addr_t pa, u64 size, u64 flags,
		       unsigned level)
{
	assert_int_equal(pt_map(tree, va, pa, size, flags, level), 0);
}

#endif
