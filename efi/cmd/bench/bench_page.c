/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `bench page`: what the page allocator's operations cost, in ticks each, the loop subtracted. With
 * ICOUNT=1 (README) a tick is an instruction, and the figures stand beside those of Linux 6.1 on
 * the same machine. The traces are those of the reference: a seeded random walk over slots that
 * frees what a slot has, or allocates into it.
 */
#include "arch.h"
#include "bench.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

#define PAIRS	   2000
#define MAX_HELD   16384
#define HELD_ORDER 5 /* pages for MAX_HELD pointers */

struct bench {
	struct bench_table table;
	struct mem_system *sys;
	struct page **held;
};

/* ---- single operations ------------------------------------------------------------------- */

static __noinline bool pair(struct mem_system *sys, gfp_t gfp, unsigned order)
{
	for (u32 i = 0; i < PAIRS; i++) {
		struct page *page = alloc_pages(sys, gfp, order);

		if (!page)
			return false;
		__free_pages(sys, page, order);
	}
	return true;
}

static void bench_pair(struct bench *b, const char *name, unsigned order, u32 theirs, u32 goal)
{
	u64 ticks[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start = arch_cycles();

		if (!pair(b->sys, GFP_KERNEL, order))
			return;
		ticks[r] = arch_cycles() - start;
	}
	bench_add(&b->table, name,
		  bench_per_op(&b->table, bench_median(ticks, BENCH_ROUNDS), PAIRS), theirs, goal);
}

/* n pages, then all back in the order they came. */
static void bench_batch(struct bench *b, const char *const names[2], u32 n, const u32 theirs[2],
			const u32 goal[2])
{
	u64 taken[BENCH_ROUNDS], given[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start = arch_cycles(), middle;
		u32 got = 0;

		while (got < n && (b->held[got] = alloc_pages(b->sys, GFP_KERNEL, 0)))
			got++;
		middle = arch_cycles();
		for (u32 i = 0; i < got; i++)
			__free_pages(b->sys, b->held[i], 0);
		taken[r] = middle - start;
		given[r] = arch_cycles() - middle;
		if (got < n)
			return;
	}
	bench_add(&b->table, names[0],
		  bench_per_op(&b->table, bench_median(taken, BENCH_ROUNDS), n), theirs[0],
		  goal[0]);
	bench_add(&b->table, names[1],
		  bench_per_op(&b->table, bench_median(given, BENCH_ROUNDS), n), theirs[1],
		  goal[1]);
}

static void bench_bulk(struct bench *b, u32 n)
{
	u64 taken[BENCH_ROUNDS], given[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start = arch_cycles(), middle;
		u32 got = alloc_pages_bulk(b->sys, GFP_KERNEL, n, b->held);

		middle = arch_cycles();
		free_pages_bulk(b->sys, got, b->held);
		taken[r] = middle - start;
		given[r] = arch_cycles() - middle;
		if (got < n)
			return;
	}
	bench_add(&b->table, "bulk, 1024 pages: alloc", bench_median(taken, BENCH_ROUNDS) * 100 / n,
		  66, 12);
	bench_add(&b->table, "bulk, 1024 pages: free", bench_median(given, BENCH_ROUNDS) * 100 / n,
		  268, 12);
}

/* ---- traces ------------------------------------------------------------------------------ */

struct trace {
	const char *name;
	u32 slots, steps, theirs, goal;
	u16 below[MAX_PAGE_ORDER + 1]; /* of 1024: this order or a smaller one */
};

static const struct trace traces[] = {
	{"trace T1, a step",
	 1024,
	 100000,
	 516,
	 110,
	 {512, 704, 832, 912, 960, 984, 1000, 1012, 1020, 1023, 1024}},
	{"trace T2, a step", 16384, 200000, 381, 80, {768, 896, 960, 1024}},
};

/* A slot holds its page's order in the low bits of the address, for struct pages are 64 bytes. */
static __noinline u64 run_trace(struct bench *b, const struct trace *t, bool dry)
{
	u64 x = 0x123456789abcdef0ULL, start, ticks;

	memset(b->held, 0, t->slots * sizeof(b->held[0]));
	start = arch_cycles();
	for (u32 step = 0; step < t->steps; step++) {
		u64 r, *slot;
		unsigned q, order = 0;

		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		r = x >> 33;
		slot = (u64 *)&b->held[r & (t->slots - 1)];
		if (*slot) {
			if (!dry)
				__free_pages(b->sys, (struct page *)(*slot & ~63ULL), *slot & 63);
			*slot = 0;
			continue;
		}
		for (q = r >> 14 & 1023; q >= t->below[order];)
			order++;
		*slot = dry ? 64 | order
			    : (u64)(uintptr_t)alloc_pages(b->sys, GFP_KERNEL, order) | order;
	}
	ticks = arch_cycles() - start;
	for (u32 i = 0; i < t->slots; i++) {
		u64 slot = (u64)(uintptr_t)b->held[i];

		if (!dry && slot & ~63ULL)
			__free_pages(b->sys, (struct page *)(slot & ~63ULL), slot & 63);
	}
	return ticks;
}

static void bench_trace(struct bench *b, const struct trace *t)
{
	u64 ticks[3], dry = run_trace(b, t, true);

	for (u32 r = 0; r < ARRAY_SIZE(ticks); r++)
		ticks[r] = run_trace(b, t, false);
	bench_add(&b->table, t->name,
		  (bench_median(ticks, ARRAY_SIZE(ticks)) - dry) * 100 / t->steps, t->theirs,
		  t->goal);
}

/* ---- start ------------------------------------------------------------------------------- */

/* All that happened between the firmware's map and the first allocation, but the firmware's part
 * of it and page tables, which have rows of their own. */
static void start_rows(struct bench *b)
{
	u64 init = 0, tables = 0;

	for (u32 i = 0; i < b->sys->steps.nr; i++) {
		const struct mm_step *s = &b->sys->steps.step[i];

		if (!strcmp(s->name, "memblock") || !strcmp(s->name, "zones") ||
		    !strcmp(s->name, "memory model") || !strcmp(s->name, "free lists"))
			init += s->cycles;
		if (!strcmp(s->name, "page tables") || !strcmp(s->name, "identity map"))
			tables += s->cycles;
	}
	bench_add(&b->table, "start until the first page", init * 100, 103000000, 3000000);
	bench_add(&b->table, "page tables at start", tables * 100, 0, 0);
}

static int cmd_bench_page(struct cmd_call *call)
{
	static struct bench b;
	static const u32 linux_1k[] = {453, 264}, goal_1k[] = {50, 45};
	static const u32 linux_16k[] = {551, 413}, goal_16k[] = {75, 75};
	static const char *const name_1k[] = {"1024 x order 0: alloc", "1024 x order 0: free"};
	static const char *const name_16k[] = {"16384 x order 0: alloc", "16384 x order 0: free"};

	b = (struct bench){.sys = &call->app->sys};
	b.held = __get_free_pages(b.sys, GFP_KERNEL, HELD_ORDER);
	if (!b.held)
		return cmd_error(call, -ENOMEM, "no block of 128 KiB is free");
	bench_begin(&b.table, call);
	bench_pair(&b, "order 0 pair, hot", 0, 606, 60);
	bench_batch(&b, name_1k, 1024, linux_1k, goal_1k);
	bench_batch(&b, name_16k, 16384, linux_16k, goal_16k);
	bench_pair(&b, "order 3 pair", 3, 898, 80);
	bench_pair(&b, "order 9 pair", 9, 9973, 150);
	bench_bulk(&b, 1024);
	for (u32 i = 0; i < ARRAY_SIZE(traces); i++)
		bench_trace(&b, &traces[i]);
	free_pages(b.sys, b.held, HELD_ORDER);
	start_rows(&b);
	bench_show(&b.table);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "bench page",
	 .args = "",
	 .help = "what the page allocator's operations cost",
	 .fn = cmd_bench_page,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_bench_page = {ROOM_BENCH, rows, ARRAY_SIZE(rows)};
