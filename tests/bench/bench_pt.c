/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The cost of walking and dumping page tables on this workstation: entries per second of tables
 * that are full at level 0, compared with a loop that only reads the same entries. Medians of
 * several rounds; one JSON row for each figure on standard output, for tests/bench/run.py.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib.h"
#include "mm/pgtable/dump.h"

#define ROUNDS	  9
#define SPAN	  (64 * GiB)
#define NR_PAGES  40000
#define ARENA_PA  0x7700000000ULL
#define GOAL_RATE 150

static u8 *arena;
static u32 used;

static int take_page(void *ctx, phys_addr_t *ret)
{
	(void)ctx;
	if (used == NR_PAGES)
		return -ENOMEM;
	*ret = ARENA_PA + PAGE_SIZE * used++;
	return 0;
}

static void no_free(void *ctx, phys_addr_t pa)
{
	(void)ctx;
	(void)pa;
}

static const struct pt_pages pages = {take_page, no_free, NULL};

static struct pgtable make_tree(unsigned max_level)
{
	struct pgtable pt = {.levels = 4,
			     .max_page_level = 2,
			     .nx = true,
			     .phys_offset = (u64)(uintptr_t)arena - ARENA_PA,
			     .pages = &pages};

	if (pt_init(&pt) || pt_map(&pt, 0, 0, SPAN, PT_WRITE | PT_NOEXEC, max_level))
		exit(1);
	return pt;
}

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

static volatile u64 sink;

/* ---- the measured functions: each reads all entries of the tree -------------------------- */

static void bare_read(const struct pgtable *pt)
{
	u64 sum = 0;

	(void)pt;
	for (u64 i = 0; i < (u64)used * PT_ENTRIES; i++)
		sum += ((volatile u64 *)arena)[i];
	sink = sum;
}

static int count_run(void *ctx, const struct pt_run *run)
{
	char line[160];

	*(u64 *)ctx += (u64)pt_run_format(line, sizeof(line), ctx, run);
	return 0;
}

static void dump_merged(const struct pgtable *pt)
{
	struct {
		u64 bytes;
	} c = {0};
	struct pgtable copy = *pt;

	copy.nr_tables = 0;
	pt_runs(&copy, 0, ~0ULL, count_run, NULL, &copy);
	sink = c.bytes;
}

static int count_leaf(void *ctx, const struct pt_entry *e)
{
	*(u64 *)ctx += e->leaf;
	return PT_DESCEND;
}

static void walk_each(const struct pgtable *pt)
{
	u64 n = 0;

	pt_walk(pt, 0, ~0ULL, count_leaf, &n);
	sink = n;
}

static void walk_ranges(const struct pgtable *pt)
{
	u64 n = 0;

	pt_walk_ranges(pt, 0, ~0ULL, count_leaf, &n);
	sink = n;
}

static void count_all(const struct pgtable *pt)
{
	struct pt_stats st;

	pt_stats(pt, &st);
	sink = st.leaves[0];
}

static int format_leaf(void *ctx, const struct pt_entry *e)
{
	char line[64];

	if (e->leaf)
		*(u64 *)ctx += (u64)pt_leaf_format_tlb(line, sizeof(line), e);
	return PT_DESCEND;
}

static void dump_tlb(const struct pgtable *pt)
{
	u64 n = 0;

	pt_walk(pt, 0, ~0ULL, format_leaf, &n);
	sink = n;
}

/* ---- measuring --------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static u64 median_ns(void (*fn)(const struct pgtable *pt), const struct pgtable *pt)
{
	u64 ns[ROUNDS];

	fn(pt);
	for (u32 i = 0; i < ROUNDS; i++) {
		u64 start = now();

		fn(pt);
		ns[i] = now() - start;
	}
	qsort(ns, ROUNDS, sizeof(ns[0]), by_value);
	return ns[ROUNDS / 2];
}

static void row(const char *name, const char *unit, double ours, double reference, double goal)
{
	printf("{\"name\": \"%s\", \"unit\": \"%s\", \"ours\": %.1f, \"reference\": %.1f, "
	       "\"goal\": %.1f}\n",
	       name, unit, ours, reference, goal);
}

static const struct {
	const char *name;
	void (*fn)(const struct pgtable *pt);
	double goal;
} rows[] = {
	{"pt_runs: ptdump's lines", dump_merged, GOAL_RATE},
	{"pt_stats", count_all, GOAL_RATE},
	{"pt_walk_ranges", walk_ranges, GOAL_RATE},
	{"pt_walk: a visit an entry", walk_each, 0},
	{"info tlb's lines, formatted", dump_tlb, 0},
};

int main(void)
{
	double entries, bare, small_ns, large_ns;
	struct pgtable small, large;

	arena = aligned_alloc(PAGE_SIZE, (size_t)NR_PAGES * PAGE_SIZE);
	if (!arena)
		return 1;
	small = make_tree(0);
	entries = (double)used * PT_ENTRIES;
	bare = entries * 1000 / (double)median_ns(bare_read, &small);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		row(rows[i].name, "million entries/s",
		    entries * 1000 / (double)median_ns(rows[i].fn, &small), bare, rows[i].goal);
	small_ns = (double)median_ns(dump_merged, &small);
	large = make_tree(1);
	large_ns = (double)median_ns(dump_merged, &large);
	row("2 MiB pages, per mapped byte", "times 4 KiB pages", small_ns / large_ns, 0, 20);
	free(arena);
	return 0;
}
