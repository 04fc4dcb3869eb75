/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `bench smp`: the page allocator on one CPU, on two, ... on all, each doing the same work at the
 * same time. Perfect scaling is n times the work in the same time. What stays in a CPU's own lists
 * should come near it; what goes to the zone waits for its lock.
 */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"
#include "arch/smp.h"

#define ROUNDS 3 /* the fastest counts: others were disturbed */
#define BATCH  4096

struct work {
	const char *name;
	u32 ops; /* of each CPU */
	void (*fn)(struct mem_system *sys, struct page **held, u32 ops);
};

static void pairs(struct mem_system *sys, unsigned order, u32 ops)
{
	for (u32 i = 0; i < ops; i++) {
		struct page *page = alloc_pages(sys, GFP_KERNEL, order);

		ASSERT(page, "no page of order %u", order);
		__free_pages(sys, page, order);
	}
}

static void order_0(struct mem_system *sys, struct page **held, u32 ops)
{
	(void)held;
	pairs(sys, 0, ops);
}

/* Larger than any list, smaller than a pageblock: straight from the zone. */
static void order_6(struct mem_system *sys, struct page **held, u32 ops)
{
	(void)held;
	pairs(sys, 6, ops);
}

/* More pages than a CPU's lists hold. */
static void batches(struct mem_system *sys, struct page **held, u32 ops)
{
	for (u32 done = 0; done < ops; done += BATCH) {
		for (u32 i = 0; i < BATCH; i++) {
			held[i] = alloc_pages(sys, GFP_KERNEL, 0);
			ASSERT(held[i], "no page");
		}
		for (u32 i = 0; i < BATCH; i++)
			__free_pages(sys, held[i], 0);
	}
}

static const struct work works[] = {
	{"order 0 pair", 50000, order_0},
	{"4096 pages, then all back", 10 * BATCH, batches},
	{"order 6 pair", 20000, order_6},
};

struct bench {
	struct mem_system *sys;
	const struct work *work;
	u32 nr; /* CPUs that work */
	struct page **held[MAX_CPUS];
	u64 start[MAX_CPUS], end[MAX_CPUS];
};

static void run_one(const struct smp_call *call)
{
	struct bench *b = call->arg;
	u32 cpu = call->cpu;

	if (cpu >= b->nr)
		return;
	b->work->fn(b->sys, b->held[cpu], 1); /* warm */
	b->start[cpu] = arch_cycles();
	b->work->fn(b->sys, b->held[cpu], b->work->ops);
	b->end[cpu] = arch_cycles();
}

/* Ticks from the first one's start to the last one's end, the best of some rounds. */
static int measure(struct cmd_call *call, struct bench *b, u64 *ret)
{
	*ret = ~0ULL;
	for (u32 r = 0; r < ROUNDS; r++) {
		struct smp_result result;
		u64 start = ~0ULL, end = 0;
		int err;

		pcp_start_cpus(b->sys, b->nr);
		err = smp_run(run_one, b, &result);
		pcp_stop_cpus(b->sys, b->nr);
		if (err)
			return cmd_smp_failed(call, err, &result);
		for (u32 i = 0; i < b->nr; i++) {
			start = min(start, b->start[i]);
			end = max(end, b->end[i]);
		}
		*ret = min(*ret, end - start);
	}
	return 0;
}

#define ROW                                                                                        \
	"{name=each CPU's operation:-28} {nr_cpus=CPUs:4} {hundredths!}{=ticks each:15} "          \
	"{scaling_hundredths!}{=scaling:10}\n"

static void show(struct emit *out, const struct bench *b, u64 ticks, u64 alone)
{
	u64 each = ticks * 100 / b->work->ops;
	u64 scale = ticks ? alone * b->nr * 100 / ticks : 0;
	char each_text[24], scale_text[24];

	emit_row(out, ROW, b->work->name, b->nr, each, fmt_hundredths(each_text, each), scale,
		 fmt_hundredths(scale_text, scale));
}

static int bench_all(struct cmd_call *call, struct bench *b)
{
	u64 ticks, alone = 0;
	int err = 0;

	emit_table(call->out, "rows", ROW);
	for (u32 i = 0; !err && i < ARRAY_SIZE(works); i++) {
		b->work = &works[i];
		for (b->nr = 1; !err && b->nr <= smp_nr_cpus(); b->nr++) {
			err = measure(call, b, &ticks);
			if (b->nr == 1)
				alone = ticks;
			if (!err)
				show(call->out, b, ticks, alone);
		}
	}
	emit_end(call->out);
	emit_text(call->out, "Scaling: the work of n CPUs in the time that one needs for its own. "
			     "Virtual CPUs cannot scale beyond the real ones.\n");
	return err;
}

static int cmd_bench_smp(struct cmd_call *call)
{
	static struct bench b;
	int err = 0;

	b = (struct bench){.sys = &call->app->sys};
	for (u32 i = 0; !err && i < smp_nr_cpus(); i++) {
		b.held[i] = kmalloc(b.sys, BATCH * sizeof(struct page *), GFP_KERNEL);
		if (!b.held[i])
			err = cmd_error(call, -ENOMEM, "no 32 KiB for each CPU");
	}
	emit_object(call->out, NULL);
	if (!err)
		err = bench_all(call, &b);
	emit_end(call->out);
	for (u32 i = 0; i < MAX_CPUS; i++)
		kfree(b.sys, b.held[i]);
	return err;
}

static const struct cmd rows[] = {
	{.name = "bench smp",
	 .args = "",
	 .help = "how the page allocator scales from one CPU to all",
	 .fn = cmd_bench_smp,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_bench_smp = {ROOM_BENCH, rows, ARRAY_SIZE(rows)};
