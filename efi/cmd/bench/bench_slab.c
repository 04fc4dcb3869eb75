/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `bench slab`: what objects cost, in ticks each, as `bench page` does for pages. */
#include "arch.h"
#include "bench.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

#define PAIRS	2000
#define OBJECTS 10000
#define BULK	16

struct bench {
	struct bench_table table;
	struct mem_system *sys;
	void **held;	/* OBJECTS */
	u32 *scrambled; /* 0 .. OBJECTS - 1 in a random order */
};

/* ---- caches ------------------------------------------------------------------------------ */

static void bench_cache_pair(struct bench *b, struct kmem_cache *cache)
{
	u64 ticks[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start = arch_cycles();

		for (u32 i = 0; i < PAIRS; i++)
			kmem_cache_free(b->sys, cache, kmem_cache_alloc(b->sys, cache, GFP_KERNEL));
		ticks[r] = arch_cycles() - start;
	}
	bench_add(&b->table, "cache of 64 bytes, pair, hot",
		  bench_per_op(&b->table, bench_median(ticks, BENCH_ROUNDS), PAIRS), 226, 36);
}

/* OBJECTS objects, then all back, in the order they came or in another. False: no memory. */
static bool bench_many(struct bench *b, struct kmem_cache *cache, const u32 *order,
		       const char *const names[2], const u32 theirs[2], u32 goal)
{
	u64 taken[BENCH_ROUNDS], given[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start = arch_cycles(), middle;
		u32 got = 0;

		while (got < OBJECTS &&
		       (b->held[got] = kmem_cache_alloc(b->sys, cache, GFP_KERNEL)))
			got++;
		middle = arch_cycles();
		for (u32 i = 0; i < got; i++)
			kmem_cache_free(b->sys, cache,
					b->held[order && got == OBJECTS ? order[i] : i]);
		taken[r] = middle - start;
		given[r] = arch_cycles() - middle;
		if (got < OBJECTS)
			return false;
	}
	bench_add(&b->table, names[0],
		  bench_per_op(&b->table, bench_median(taken, BENCH_ROUNDS), OBJECTS), theirs[0],
		  goal);
	bench_add(&b->table, names[1],
		  bench_per_op(&b->table, bench_median(given, BENCH_ROUNDS), OBJECTS), theirs[1],
		  goal);
	return true;
}

static void bench_bulk(struct bench *b, struct kmem_cache *cache)
{
	u64 taken = 0, given = 0;

	for (u32 i = 0; i < PAIRS; i++) {
		u64 start = arch_cycles(), middle;

		if (!kmem_cache_alloc_bulk(b->sys, cache, GFP_KERNEL, BULK, b->held))
			return;
		middle = arch_cycles();
		kmem_cache_free_bulk(b->sys, cache, BULK, b->held);
		taken += middle - start;
		given += arch_cycles() - middle;
	}
	bench_add(&b->table, "bulk of 16: alloc, each", taken * 100 / PAIRS / BULK, 89, 8);
	bench_add(&b->table, "bulk of 16: free, each", given * 100 / PAIRS / BULK, 78, 8);
}

/* ---- kmalloc ----------------------------------------------------------------------------- */

static void bench_kmalloc(struct bench *b, const char *name, size_t size, u32 theirs)
{
	volatile size_t at_run_time = size;
	u64 ticks[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start = arch_cycles();

		for (u32 i = 0; i < PAIRS; i++)
			kfree(b->sys, kmalloc(b->sys, at_run_time, GFP_KERNEL));
		ticks[r] = arch_cycles() - start;
	}
	bench_add(&b->table, name,
		  bench_per_op(&b->table, bench_median(ticks, BENCH_ROUNDS), PAIRS), theirs, 50);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void scramble(u32 *order)
{
	struct prng prng;

	prng_seed(&prng, 1);
	for (u32 i = 0; i < OBJECTS; i++)
		order[i] = i;
	for (u32 i = OBJECTS; i > 1; i--) {
		u32 k = (u32)prng_below(&prng, i), x = order[k];

		order[k] = order[i - 1];
		order[i - 1] = x;
	}
}

static int run(struct bench *b, struct kmem_cache *small, struct kmem_cache *large)
{
	static const char *const name_64[] = {"10000 x 64 bytes: alloc", "10000 x 64 bytes: free"};
	static const char *const name_256[] = {"10000 x 256 bytes: alloc",
					       "10000 x 256 bytes, scrambled: free"};
	static const u32 linux_64[] = {186, 196}, linux_256[] = {237, 231};

	if (!small || !large || !b->held || !b->scrambled)
		return -ENOMEM;
	scramble(b->scrambled);
	bench_cache_pair(b, small);
	if (!bench_many(b, small, NULL, name_64, linux_64, 32) ||
	    !bench_many(b, large, b->scrambled, name_256, linux_256, 38))
		return -ENOMEM;
	bench_bulk(b, small);
	bench_kmalloc(b, "kmalloc and kfree, 64 bytes", 64, 268);
	bench_kmalloc(b, "kmalloc and kfree, 4096 bytes", 4096, 271);
	bench_show(&b->table);
	return 0;
}

static int cmd_bench_slab(struct cmd_call *call)
{
	static struct bench b;
	struct kmem_cache *small, *large;
	int err;

	b = (struct bench){.sys = &call->app->sys};
	bench_begin(&b.table, call);
	b.held = vmalloc(b.sys, OBJECTS * sizeof(void *));
	b.scrambled = vmalloc(b.sys, OBJECTS * sizeof(u32));
	small = kmem_cache_create(b.sys, "bench-64", 64, 0, 0, NULL);
	large = kmem_cache_create(b.sys, "bench-256", 256, 0, 0, NULL);
	err = run(&b, small, large);
	if (small)
		kmem_cache_destroy(b.sys, small);
	if (large)
		kmem_cache_destroy(b.sys, large);
	vfree(b.sys, b.scrambled);
	vfree(b.sys, b.held);
	return err ? cmd_error(call, err, "a few MiB are not free") : 0;
}

static const struct cmd rows[] = {
	{.name = "bench slab",
	 .args = "",
	 .help = "what objects cost",
	 .fn = cmd_bench_slab,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_bench_slab = {ROOM_BENCH, rows, ARRAY_SIZE(rows)};
