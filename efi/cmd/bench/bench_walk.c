/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `bench walk`: ticks for each load of a pointer chase that touches one line in each page of 4 KiB,
 * with the same memory mapped by pages of 4 KiB, 2 MiB and 1 GiB. What grows with the number of
 * pages, and less with larger pages, is the cost of walks.
 */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

#define BLOCK_ORDER 10
#define BLOCK_SIZE  (PAGE_SIZE << BLOCK_ORDER)
#define MAX_BLOCKS  16
#define MAX_PAGES   (MAX_BLOCKS << BLOCK_ORDER)
#define PERM_ORDER  4 /* MAX_PAGES indices of 4 bytes */
#define MIN_LOADS   40000
#define WINDOW	    (64 * GiB) /* between the mappings */

enum { BY_4K, BY_2M, BY_1G, UNCACHED, NR_WAYS };
static const char *const way_names[NR_WAYS] = {"4 KiB", "2 MiB", "1 GiB", "4 KiB uncached"};

struct bench {
	struct cmd_call *call;
	struct mem_system *sys;
	struct prng prng;
	u64 slot; /* a top-level entry that our tables leave empty */
	u32 nr_blocks;
	void *block[MAX_BLOCKS];
	u32 *order; /* pages in the order of the chase */
};

/* ---- memory and mappings ----------------------------------------------------------------- */

static phys_addr_t block_phys(const struct bench *b, u32 block)
{
	return virt_to_phys(b->sys, b->block[block]);
}

/* Where a way maps a block: pages of 1 GiB keep the place within their GiB. */
static u64 block_va(const struct bench *b, u32 way, u32 block)
{
	u64 base = b->slot + way * WINDOW;

	if (way == BY_1G)
		return base + block * GiB + (block_phys(b, block) & (GiB - 1));
	return base + block * BLOCK_SIZE;
}

static int map_block(struct bench *b, u32 way, u32 block)
{
	u64 flags = PT_WRITE | PT_NOEXEC | (way == UNCACHED ? PT_PWT | PT_PCD : 0);
	phys_addr_t pa = block_phys(b, block);

	if (way != BY_1G)
		return pt_map(&b->sys->pt, block_va(b, way, block), pa, BLOCK_SIZE, flags,
			      way == BY_2M ? 1 : 0);
	pa = round_down(pa, GiB);
	/* The page reaches beyond our block; only the block is touched. */
	if (b->sys->given.mtrr && !mtrr_uniform(b->sys->given.mtrr, pa, pa + GiB))
		return -ENODEV;
	return pt_map(&b->sys->pt, round_down(block_va(b, way, block), GiB), pa, GiB, flags, 2);
}

static void unmap_way(struct bench *b, u32 way)
{
	int err = pt_unmap(&b->sys->pt, b->slot + way * WINDOW, WINDOW);

	ASSERT(!err, "unmapping whole pages: %d", err);
}

static int map_way(struct bench *b, u32 way)
{
	int err = way == BY_1G && b->sys->pt.max_page_level < 2 ? -ENODEV : 0;

	for (u32 i = 0; !err && i < b->nr_blocks; i++)
		err = map_block(b, way, i);
	if (err)
		unmap_way(b, way);
	return err;
}

static int find_slot(struct bench *b)
{
	unsigned top = b->sys->pt.levels - 1u;
	struct pt_path path;

	for (u64 i = PT_ENTRIES / 2 - 3; i > 0; i--) {
		b->slot = i << PT_SHIFT(top);
		if (pt_lookup(&b->sys->pt, b->slot, &path) == PT_NOT_PRESENT && path.nr <= 3)
			return 0;
	}
	return -ENOSPC;
}

static void take_memory(struct bench *b)
{
	while (b->nr_blocks < MAX_BLOCKS) {
		void *p = __get_free_pages(b->sys, GFP_KERNEL, BLOCK_ORDER);

		if (!p)
			break;
		b->block[b->nr_blocks++] = p;
	}
	b->order = __get_free_pages(b->sys, GFP_KERNEL, PERM_ORDER);
}

static void give_back(struct bench *b)
{
	for (u32 i = 0; i < b->nr_blocks; i++)
		free_pages(b->sys, b->block[i], BLOCK_ORDER);
	if (b->order)
		free_pages(b->sys, b->order, PERM_ORDER);
}

/* ---- the chase --------------------------------------------------------------------------- */

/* One line in each page, another one in each, so that they do not all meet in one
 * set of a cache. */
static u64 node_va(const struct bench *b, u32 way, u32 page)
{
	return block_va(b, way, page >> BLOCK_ORDER) +
	       (page & ((1u << BLOCK_ORDER) - 1)) * PAGE_SIZE + page % 64 * 64;
}

/* One cycle through all pages in random order. */
static void link_pages(struct bench *b, u32 way, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		b->order[i] = i;
	for (u32 i = nr - 1; i > 0; i--) {
		u32 other = (u32)prng_below(&b->prng, i + 1ULL), page = b->order[i];

		b->order[i] = b->order[other];
		b->order[other] = page;
	}
	for (u32 i = 0; i < nr; i++) {
		u64 *node = (u64 *)(uintptr_t)node_va(b, way, b->order[i]);

		*(volatile u64 *)node = node_va(b, way, b->order[(i + 1) % nr]);
	}
}

static u64 chase(u64 start, u32 loads)
{
	u64 at = start;

	for (u32 i = 0; i < loads; i++)
		at = *(volatile u64 *)(uintptr_t)at;
	return at;
}

/* Hundredths of a tick a load. */
static u64 measure(struct bench *b, u32 way, u32 nr)
{
	u32 loads = max(nr, (u32)MIN_LOADS) / nr * nr;
	u64 start = node_va(b, way, 0), ticks;

	link_pages(b, way, nr);
	start = chase(start, nr);
	ticks = arch_cycles();
	start = chase(start, loads);
	ticks = arch_cycles() - ticks;
	ASSERT(start == node_va(b, way, 0), "the chase lost its way at %#llx", start);
	return ticks * 100 / loads;
}

/* ---- report ------------------------------------------------------------------------------ */

#define MAX_SIZES 16

struct table {
	u32 nr;
	u32 pages[MAX_SIZES];
	u64 cost[NR_WAYS][MAX_SIZES];
	bool have[NR_WAYS];
};

static void fill_table(struct bench *b, struct table *t)
{
	for (u32 nr = 4; nr <= b->nr_blocks << BLOCK_ORDER && t->nr < MAX_SIZES; nr *= 2)
		t->pages[t->nr++] = nr;
	for (u32 way = 0; way < NR_WAYS; way++) {
		if (way == UNCACHED)
			arch_flush_caches();
		t->have[way] = !map_way(b, way);
		for (u32 i = 0; t->have[way] && i < t->nr; i++) {
			t->cost[way][i] = measure(b, way, t->pages[i]);
			if (shell_poll(&b->call->app->shell)) {
				b->call->out->stopped = true;
				t->nr = i;
			}
		}
		if (t->have[way])
			unmap_way(b, way);
		if (way == UNCACHED)
			arch_flush_caches();
	}
}

/* Hundredths of a tick, and as text; null and "-" where there are no such pages. */
static void show_cell(struct emit *out, const char *template, const struct table *t, u32 way,
		      u32 row)
{
	u64 cost = t->cost[way][row];
	char text[24];

	if (t->have[way])
		emit_put(out, template, cost, fmt_hundredths(text, cost));
	else
		emit_put(out, template, (const char *)NULL, (const char *)NULL);
}

static void show_row(struct emit *out, const struct table *t, u32 row)
{
	emit_object(out, NULL);
	emit_put(out, "{bytes:8S}", t->pages[row] * PAGE_SIZE);
	show_cell(out, " {hundredths_4k!}{:14~-}", t, BY_4K, row);
	show_cell(out, " {hundredths_2m!}{:14~-}", t, BY_2M, row);
	show_cell(out, " {hundredths_1g!}{:14~-}", t, BY_1G, row);
	show_cell(out, " {hundredths_uncached!}{:14~-}", t, UNCACHED, row);
	emit_text(out, "\n");
	emit_end(out);
}

static void show_table(struct emit *out, const struct table *t)
{
	emit_text(out, "%8s", "memory");
	for (u32 way = 0; way < NR_WAYS; way++)
		emit_text(out, " %14s", way_names[way]);
	emit_text(out, "   ticks a load\n");
	emit_list(out, "rows");
	for (u32 row = 0; row < t->nr; row++)
		show_row(out, t, row);
	emit_end(out);
}

#define PLOT_WIDTH 60

/* A line for each size: 4, 2 and 1 where the three kinds of pages are. */
static void show_plot(struct emit *out, const struct table *t)
{
	static const char marks[] = "421";
	char size[24], line[PLOT_WIDTH + 1];
	u64 most = 1;

	for (u32 way = 0; way < UNCACHED; way++) {
		for (u32 i = 0; i < t->nr; i++)
			most = max(most, t->cost[way][i]);
	}
	emit_text(out, "\n%8s 0 ticks %*llu\n", "", PLOT_WIDTH - 9, most / 100);
	for (u32 i = 0; i < t->nr; i++) {
		memset(line, ' ', PLOT_WIDTH);
		line[PLOT_WIDTH] = '\0';
		for (u32 way = 0; way < UNCACHED; way++) {
			if (t->have[way])
				line[t->cost[way][i] * (PLOT_WIDTH - 1) / most] = marks[way];
		}
		emit_text(out, "%8s|%s\n", fmt_size(size, t->pages[i] * PAGE_SIZE), line);
	}
	emit_text(out, "%8s 4: pages of 4 KiB, 2: of 2 MiB, 1: of 1 GiB\n", "");
}

static void show_machine(struct emit *out, const struct app *app)
{
	const struct cpu_info *c = &app->machine.cpu;

	if (c->tcg)
		emit_text(out, "EMULATED: this is QEMU without hardware virtualisation; the "
			       "figures are the "
			       "emulator's, not a CPU's\n");
	else if (c->hypervisor)
		emit_text(out, "virtual machine: walks are nested, figures are not those of the "
			       "bare CPU\n");
	emit_put(out, "{emulated!}{hypervisor!}{levels} levels in this boot; {:}\n", c->tcg,
		 c->hypervisor, app->sys.pt.levels,
		 c->la57 ? "the option levels=4 or 5 gives the others to compare with"
			 : "this CPU has no 5 levels");
}

static int cmd_bench_walk(struct cmd_call *call)
{
	static struct bench b;
	static struct table t;

	memset(&b, 0, sizeof(b));
	memset(&t, 0, sizeof(t));
	b.call = call;
	b.sys = &call->app->sys;
	prng_seed(&b.prng, call->app->options.seed);
	if (call->app->machine.described)
		return cmd_error(call, -ENODEV, "a described machine has no CPU to measure");
	if (find_slot(&b))
		return cmd_error(call, -ENOSPC, "our tables have no empty top-level entry");
	take_memory(&b);
	if (!b.nr_blocks || !b.order) {
		give_back(&b);
		return cmd_error(call, -ENOMEM, "no block of 4 MiB is free");
	}
	fill_table(&b, &t);
	give_back(&b);
	emit_object(call->out, NULL);
	show_machine(call->out, call->app);
	show_table(call->out, &t);
	show_plot(call->out, &t);
	emit_end(call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "bench walk",
	 .args = "",
	 .help = "what walks cost with pages of 4 KiB, 2 MiB and 1 GiB, cached and not",
	 .fn = cmd_bench_walk,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_bench_walk = {ROOM_BENCH, rows, ARRAY_SIZE(rows)};
