/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `bench vmalloc`: what areas of virtual addresses and their page tables cost, in ticks each, as
 * `bench page` does for pages. Pairs count the purge: one after every 100 of them, or 10 of 2 MiB,
 * as Linux was measured.
 */
#include "arch.h"
#include "bench.h"
#include "mm/page/page_alloc.h"
#include "mm/pgtable/leaf.h"

#define MAPPED	    512 /* pages under vmap */
#define LOOKUPS	    2000
#define SMALL_PAIRS 100
#define LARGE_PAIRS 10

struct bench {
	struct bench_table table;
	struct mem_system *sys;
	struct page *pages[MAPPED];
	phys_addr_t hole; /* 2 MiB that are no RAM */
};

static void add(struct bench *b, const char *name, u64 *ticks, u64 ops, u32 theirs, u32 goal)
{
	bench_add(&b->table, name, bench_per_op(&b->table, bench_median(ticks, BENCH_ROUNDS), ops),
		  theirs, goal);
}

/* ---- vmalloc ----------------------------------------------------------------------------- */

static void bench_pairs(struct bench *b, const char *name, u64 size, u32 theirs, u32 goal,
			void *(*alloc)(struct mem_system *sys, u64 size))
{
	u32 pairs = size < 2 * MiB ? SMALL_PAIRS : LARGE_PAIRS;
	u64 ticks[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start;

		vm_purge(b->sys);
		start = arch_cycles();
		for (u32 i = 0; i < pairs; i++)
			vfree(b->sys, alloc(b->sys, size));
		vm_purge(b->sys);
		ticks[r] = arch_cycles() - start;
	}
	add(b, name, ticks, pairs, theirs, goal);
}

/* Among many areas in use, with gaps. */
static void bench_among(struct bench *b)
{
	enum { AREAS = 1000 };
	u64 ticks[BENCH_ROUNDS];
	void **held = vmalloc(b->sys, AREAS * sizeof(void *));

	if (!held)
		return;
	for (u32 i = 0; i < AREAS; i++)
		held[i] = vmalloc(b->sys, PAGE_SIZE);
	for (u32 i = 0; i < AREAS; i += 2) {
		vfree(b->sys, held[i]);
		held[i] = NULL;
	}
	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start;

		vm_purge(b->sys);
		start = arch_cycles();
		for (u32 i = 0; i < SMALL_PAIRS; i++)
			vfree(b->sys, vmalloc(b->sys, PAGE_SIZE));
		vm_purge(b->sys);
		ticks[r] = arch_cycles() - start;
	}
	add(b, "the same with 500 areas in use", ticks, SMALL_PAIRS, 0, 0);
	for (u32 i = 0; i < AREAS; i++)
		vfree(b->sys, held[i]);
	vfree(b->sys, held);
}

/* ---- maps -------------------------------------------------------------------------------- */

static void bench_vmap(struct bench *b)
{
	u64 map[BENCH_ROUNDS] = {0}, unmap[BENCH_ROUNDS] = {0};

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		for (u32 i = 0; i < LARGE_PAIRS; i++) {
			u64 start = arch_cycles(), middle;
			void *p = vmap(b->sys, b->pages, MAPPED, PT_WRITE | PT_NOEXEC);

			middle = arch_cycles();
			vunmap(b->sys, p);
			map[r] += middle - start;
			unmap[r] += arch_cycles() - middle;
		}
		vm_purge(b->sys);
	}
	add(b, "vmap of 512 pages", map, LARGE_PAIRS, 38708, 4500);
	add(b, "vunmap of 512 pages (lazy)", unmap, LARGE_PAIRS, 6050, 2500);
}

static void bench_map_ram(struct bench *b)
{
	u64 ticks[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start = arch_cycles();

		for (u32 i = 0; i < SMALL_PAIRS; i++)
			vm_unmap_ram(b->sys, vm_map_ram(b->sys, b->pages, 16), 16);
		ticks[r] = arch_cycles() - start;
		vm_purge(b->sys);
	}
	add(b, "vm_map_ram of 16 pages, pair", ticks, SMALL_PAIRS, 2090, 0);
}

static void bench_ioremap(struct bench *b)
{
	u64 ticks[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start = arch_cycles();

		for (u32 i = 0; i < LARGE_PAIRS; i++)
			iounmap(b->sys, ioremap(b->sys, b->hole, 2 * MiB, MEMTYPE_UC_MINUS));
		ticks[r] = arch_cycles() - start;
		vm_purge(b->sys);
	}
	add(b, "ioremap of 1 x 2 MiB, pair", ticks, LARGE_PAIRS, 6089, 900);
}

/* ---- tables ------------------------------------------------------------------------------ */

typedef u64 *lookup(const struct mem_system *sys, u64 va, unsigned *ret_level);

static u64 *from_top(const struct mem_system *sys, u64 va, unsigned *ret_level)
{
	return pt_find_entry(&sys->pt, va, ret_level);
}

static void bench_lookup(struct bench *b, const char *name, u64 va, u32 theirs, u32 goal,
			 lookup *find)
{
	u64 ticks[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		u64 start = arch_cycles();
		unsigned level;

		for (u32 i = 0; i < LOOKUPS; i++)
			find(b->sys, va, &level);
		ticks[r] = arch_cycles() - start;
	}
	add(b, name, ticks, LOOKUPS, theirs, goal);
}

static void bench_lookups(struct bench *b)
{
	void *small = vmalloc(b->sys, PAGE_SIZE), *huge = vmalloc_huge(b->sys, 2 * MiB);
	u64 va = (u64)(uintptr_t)small, huge_va = (u64)(uintptr_t)huge;

	if (small && huge) {
		bench_lookup(b, "look up a leaf of 4 KiB", va, 166, 40, vmalloc_entry);
		bench_lookup(b, "  from the top table", va, 166, 40, from_top);
		bench_lookup(b, "look up a leaf of 2 MiB", huge_va, 144, 32, vmalloc_entry);
		bench_lookup(b, "  from the top table", huge_va, 144, 32, from_top);
	}
	vfree(b->sys, small);
	vfree(b->sys, huge);
}

/* One page of 2 MiB loses a right, so its mapping is split. */
static void bench_split(struct bench *b)
{
	u64 flags = PT_NOEXEC | PT_GLOBAL, ticks[BENCH_ROUNDS];

	for (u32 r = 0; r < BENCH_ROUNDS; r++) {
		void *p = vmalloc_huge(b->sys, 2 * MiB);
		u64 va = (u64)(uintptr_t)p, start = arch_cycles();
		int err = p ? pt_protect(&b->sys->pt, va + PAGE_SIZE, PAGE_SIZE, flags) : -ENOMEM;

		ticks[r] = arch_cycles() - start;
		if (!err)
			err = pt_protect(&b->sys->pt, va, 2 * MiB, flags | PT_WRITE);
		vfree(b->sys, p);
		vm_purge(b->sys);
		if (err)
			return;
	}
	add(b, "split 2 MiB into 4 KiB", ticks, 1, 19979, 2500);
}

/* ---- the whole --------------------------------------------------------------------------- */

/* The first 2 MiB below 4 GiB, from above, that are no RAM. */
static phys_addr_t find_hole(const struct mem_system *sys)
{
	phys_addr_t at = 4 * GiB - 2 * MiB;

	while (at && memblock_overlaps(&sys->memblock.memory, at, 2 * MiB))
		at -= 2 * MiB;
	return at;
}

static void run(struct bench *b)
{
	bench_pairs(b, "vmalloc and vfree, 4 KiB", 4 * KiB, 3736, 700, vmalloc);
	bench_among(b);
	bench_pairs(b, "vmalloc and vfree, 64 KiB", 64 * KiB, 9860, 2400, vmalloc);
	bench_pairs(b, "vmalloc and vfree, 2 MiB", 2 * MiB, 224255, 45000, vmalloc);
	bench_pairs(b, "vmalloc_huge and vfree, 2 MiB", 2 * MiB, 314626, 1500, vmalloc_huge);

	bench_vmap(b);
	bench_map_ram(b);
	if (b->hole)
		bench_ioremap(b);
	bench_lookups(b);
	bench_split(b);
	bench_show(&b->table);
}

static int cmd_bench_vmalloc(struct cmd_call *call)
{
	static struct bench b;
	u32 got;

	b = (struct bench){.sys = &call->app->sys};
	bench_begin(&b.table, call);
	b.hole = find_hole(b.sys);
	got = alloc_pages_bulk(b.sys, GFP_KERNEL, MAPPED, b.pages);
	if (got == MAPPED)
		run(&b);
	free_pages_bulk(b.sys, got, b.pages);
	return got == MAPPED ? 0 : cmd_error(call, -ENOMEM, "2 MiB are not free");
}

static const struct cmd rows[] = {
	{.name = "bench vmalloc",
	 .args = "",
	 .help = "what areas of addresses and their page tables cost",
	 .fn = cmd_bench_vmalloc,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_bench_vmalloc = {ROOM_BENCH, rows, ARRAY_SIZE(rows)};
