/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Page tables in an arena whose addresses are not its pointers, which can refuse after so many
 * pages, hands out dirt, and notices pages that are freed twice.
 */
#ifndef TESTS_UNIT_PGTABLE_PT_FIXTURE_H
#define TESTS_UNIT_PGTABLE_PT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/pgtable/build.h"

#define ARENA_PAGES 4096
#define ARENA_PA    0x7700000000ULL
#define NOWHERE	    (~0ULL)

struct arena {
	u8 *memory;
	u32 used, nr_free, limit;
	bool live[ARENA_PAGES];
	phys_addr_t free[ARENA_PAGES];
};

static struct arena arena;
static struct pt_pages pages;
static struct pgtable pt;

/* What pt->changed was told. */
static struct {
	u32 calls;
	u64 va, size;
	bool removed;
} told;

static inline int arena_alloc(void *ctx, phys_addr_t *ret)
{
	struct arena *a = ctx;

	if (!a->limit)
		return -ENOMEM;
	a->limit--;
	*ret = a->nr_free ? a->free[--a->nr_free] : ARENA_PA + PAGE_SIZE * a->used++;
	assert_true(a->used <= ARENA_PAGES);
	memset(a->memory + (*ret - ARENA_PA), 0xa5, PAGE_SIZE);
	a->live[(*ret - ARENA_PA) / PAGE_SIZE] = true;
	return 0;
}

static inline void arena_free(void *ctx, phys_addr_t pa)
{
	struct arena *a = ctx;

	assert_true(a->live[(pa - ARENA_PA) / PAGE_SIZE]);
	a->live[(pa - ARENA_PA) / PAGE_SIZE] = false;
	a->free[a->nr_free++] = pa;
}

/* A `table` hook: what is not in the arena may not be read. */
static inline const void *arena_table(const struct pgtable *tree, phys_addr_t pa)
{
	if (pa < ARENA_PA || pa >= ARENA_PA + ARENA_PAGES * PAGE_SIZE)
		return NULL;
	return (const void *)(uintptr_t)(pa + tree->phys_offset);
}

static inline void note_change(struct pgtable *changed, u64 va, u64 size, bool removed)
{
	assert_ptr_equal(changed, &pt);
	told.calls++;
	told.va = va;
	told.size = size;
	told.removed = removed;
}

/* An empty arena with one empty tree in it. */
static inline void make(u8 levels, u8 max_page_level)
{
	arena.used = arena.nr_free = 0;
	arena.limit = ~0u;
	memset(arena.live, 0, sizeof(arena.live));
	memset(&told, 0, sizeof(told));
	pages = (struct pt_pages){arena_alloc, arena_free, &arena};
	pt = (struct pgtable){.levels = levels,
			      .max_page_level = max_page_level,
			      .nx = true,
			      .phys_offset = (u64)(uintptr_t)arena.memory - ARENA_PA,
			      .pages = &pages,
			      .changed = note_change};
	assert_int_equal(pt_init(&pt), 0);
}

static inline u64 *table_at(phys_addr_t pa)
{
	return (u64 *)(uintptr_t)(pa + pt.phys_offset);
}

static inline phys_addr_t translate(u64 va)
{
	struct pt_path path;

	return pt_lookup(&pt, va, &path) == PT_MAPPED ? pt_path_phys(&path, va) : NOWHERE;
}

/* The entry that maps va; all zeroes when none does. */
static inline struct pt_entry leaf_of(u64 va)
{
	struct pt_path path;

	if (pt_lookup(&pt, va, &path) != PT_MAPPED)
		return (struct pt_entry){0};
	return path.entry[path.nr - 1];
}

/* Combined rights as the PT_* flags that would make them. */
static inline u64 rights_flags(u8 r)
{
	return (r & PTR_SW ? PT_WRITE : 0) | (r & PTR_UR ? PT_USER : 0) |
	       (r & PTR_SX ? 0 : PT_NOEXEC);
}

static inline u64 rights_of(struct pt_entry leaf)
{
	return rights_flags(leaf.rights);
}

/* A leaf as PT_* flags: the combined rights, and its own bits. */
static inline u64 flags_of(struct pt_entry leaf)
{
	u64 pat = leaf.level ? PTE_PAT_LARGE : PTE_PAT;

	return rights_of(leaf) | (leaf.val & (PT_GLOBAL | PT_PWT | PT_PCD)) |
	       (leaf.val & pat ? PT_PATBIT : 0);
}

static inline int arena_set_up(void **state)
{
	(void)state;
	arena.memory = aligned_alloc(PAGE_SIZE, ARENA_PAGES * PAGE_SIZE);
	return !arena.memory;
}

static inline int arena_tear_down(void **state)
{
	(void)state;
	free(arena.memory);
	return 0;
}

#endif
