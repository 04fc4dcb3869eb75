/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Workloads for allocators of page frames, on 1 GiB of them.
 *
 * P1 P3o3 P3	    a hot pair: one frame allocated and freed; 8 frames; 512 frames
 * P2lifo fifo rand 1,024 frames allocated, then freed in the order of the name
 * P4u50 P4u90	    random orders, with 50 or 90 % in use
 * P5		    all frames allocated; all freed in random order; how much has merged again
 * P6		    frames of 4 KiB and 2 MiB mixed, 90 % in use; how much of the rest is in 2 MiB
 * P7pair P7batch   P1 and P2rand on two CPUs at once
 * P9_1G 64G 1T	    getting ready for so much memory: time, metadata, pages touched
 */
#include <stdio.h>
#include <stdlib.h>

#include "page.h"

#define NR_FRAMES  262144u
#define HUGE_ORDER 9
#define TOP_ORDER  10

static void init(u64 nr)
{
	if (yard_page_init(nr))
		yard_fail("the allocator does not start");
}

/* ---- P1, P3: hot pairs ------------------------------------------------------------------- */

struct pairs {
	u32 cpu, order, n;
};

static u64 run_pairs(void *ctx)
{
	struct pairs p = *(struct pairs *)ctx;

	for (u32 i = 0; i < p.n; i++) {
		u64 frame = yard_page_alloc(p.cpu, p.order);

		if (frame == YARD_NO_FRAME)
			yard_fail("out of frames");
		yard_page_free(p.cpu, frame, p.order);
	}
	return p.n;
}

static void hot_pair(const char *name, u32 order)
{
	struct pairs p = {0, order, yard_short(100000)};

	init(NR_FRAMES);
	run_pairs(&p);
	p.n *= 10;
	yard_measure(name, run_pairs, &p);
}

/* ---- P2: batches ------------------------------------------------------------------------- */

#define BATCH 1024

enum back { LIFO, FIFO, RANDOM };

struct batches {
	u32 cpu, n;
	enum back back;
	u64 frames[BATCH];
};

static u32 random_order[BATCH];

static void give_back(struct batches *b)
{
	switch (b->back) {
	case LIFO:
		for (u32 i = BATCH; i-- > 0;)
			yard_page_free(b->cpu, b->frames[i], 0);
		break;
	case FIFO:
		for (u32 i = 0; i < BATCH; i++)
			yard_page_free(b->cpu, b->frames[i], 0);
		break;
	case RANDOM:
		for (u32 i = 0; i < BATCH; i++)
			yard_page_free(b->cpu, b->frames[random_order[i]], 0);
	}
}

static u64 run_batches(void *ctx)
{
	struct batches *b = ctx;

	for (u32 n = 0; n < b->n; n++) {
		for (u32 i = 0; i < BATCH; i++)
			b->frames[i] = yard_page_alloc(b->cpu, 0);
		give_back(b);
	}
	return (u64)b->n * BATCH;
}

static void batch(const char *name, u32 back)
{
	static struct batches b;

	init(NR_FRAMES);
	yard_shuffle(random_order, BATCH, 42);
	b.back = back;
	b.n = yard_short(400) / 10 + 1;
	run_batches(&b);
	b.n = yard_short(400);
	yard_measure(name, run_batches, &b);
}

/* ---- P4: random orders ------------------------------------------------------------------- */

struct block {
	u64 frame;
	u32 order;
};

struct orders {
	struct yard_random random;
	struct block *blocks;
	u32 nr, steps, failed;
	u64 used, target;
};

/* Order 0 half of the time, each higher one half as often as the one before; 10 is the largest. */
static u32 next_order(struct yard_random *r)
{
	return lowest_bit(yard_random_next(r) | 1u << TOP_ORDER);
}

static bool take_block(struct orders *o)
{
	u32 order = next_order(&o->random);
	u64 frame = yard_page_alloc(0, order);

	if (frame == YARD_NO_FRAME) {
		o->failed++;
		return false;
	}
	o->blocks[o->nr++] = (struct block){frame, order};
	o->used += 1ULL << order;
	return true;
}

static void give_block(struct orders *o)
{
	struct block *block = &o->blocks[yard_random_below(&o->random, o->nr)];

	yard_page_free(0, block->frame, block->order);
	o->used -= 1ULL << block->order;
	*block = o->blocks[--o->nr];
}

static u64 run_orders(void *ctx)
{
	struct orders *o = ctx;

	for (u32 i = 0; i < o->steps; i++) {
		if ((o->used >= o->target || !take_block(o)) && o->nr)
			give_block(o);
	}
	return o->steps;
}

static void mixed_orders(const char *name, u32 percent)
{
	struct orders o = {.random = {4000 + percent}, .target = NR_FRAMES * percent / 100};

	init(NR_FRAMES);
	o.blocks = malloc(NR_FRAMES * sizeof(*o.blocks));
	o.steps = 1;
	for (u32 i = 0; i < 400000 && o.used < o.target; i++)
		run_orders(&o);
	o.steps = 400000; /* until memory is fragmented */
	run_orders(&o);
	o.failed = 0;
	o.steps = yard_short(1000000);
	yard_measure(name, run_orders, &o);
	yard_report(name, ".fail%", 100.0 * o.failed / o.steps);
}

/* ---- P5: a full heap --------------------------------------------------------------------- */

struct heap {
	u64 *frames;
	u32 *order;
	u32 nr;
};

static u64 fill_heap(void *ctx)
{
	struct heap *h = ctx;

	while (h->nr < NR_FRAMES && (h->frames[h->nr] = yard_page_alloc(0, 0)) != YARD_NO_FRAME)
		h->nr++;
	return h->nr;
}

static u64 empty_heap(void *ctx)
{
	struct heap *h = ctx;

	for (u32 i = 0; i < h->nr; i++)
		yard_page_free(0, h->frames[h->order[i]], 0);
	return h->nr;
}

static void full_heap(const char *name, u32 arg)
{
	struct heap h = {yard_map(NR_FRAMES * sizeof(u64), true),
			 yard_map(NR_FRAMES * sizeof(u32), true), 0};
	u32 whole = 0;

	(void)arg;
	init(NR_FRAMES);
	yard_measure("P5fill", fill_heap, &h);
	yard_report(name, ".frames_got", h.nr);
	yard_shuffle(h.order, h.nr, 5);
	yard_measure("P5free", empty_heap, &h);
	if (yard_lacks & (YARD_ORDERS | YARD_MEMORY))
		return;
	yard_page_drain();
	while (whole < NR_FRAMES && yard_page_alloc(0, TOP_ORDER) != YARD_NO_FRAME)
		whole++;
	yard_report(name, ".order10_of_256", whole);
}

/* ---- P6: 4 KiB and 2 MiB ----------------------------------------------------------------- */

#define HUGE_FRAMES (1u << HUGE_ORDER)
#define MAX_HUGE    (NR_FRAMES >> HUGE_ORDER)

struct mix {
	struct yard_random random;
	u64 *small, *huge;
	u32 nr_small, nr_huge, steps, failed;
	u64 used, target;
};

static bool mix_take(struct mix *m)
{
	u32 order = yard_random_below(&m->random, HUGE_FRAMES + 1) == 0 ? HUGE_ORDER : 0;
	u64 frame = yard_page_alloc(0, order);

	if (frame == YARD_NO_FRAME) {
		m->failed += order == HUGE_ORDER;
		return false;
	}
	if (order)
		m->huge[m->nr_huge++] = frame;
	else
		m->small[m->nr_small++] = frame;
	m->used += 1ULL << order;
	return true;
}

static void mix_give_small(struct mix *m, u32 i)
{
	yard_page_free(0, m->small[i], 0);
	m->small[i] = m->small[--m->nr_small];
	m->used--;
}

static void mix_give_huge(struct mix *m, u32 i)
{
	yard_page_free(0, m->huge[i], HUGE_ORDER);
	m->huge[i] = m->huge[--m->nr_huge];
	m->used -= HUGE_FRAMES;
}

static void mix_give(struct mix *m)
{
	u32 i = yard_random_below(&m->random, m->nr_small + m->nr_huge);

	if (i < m->nr_small)
		mix_give_small(m, i);
	else
		mix_give_huge(m, i - m->nr_small);
}

static u64 run_mix(void *ctx)
{
	struct mix *m = ctx;

	for (u32 i = 0; i < m->steps; i++) {
		if (m->used >= m->target || !mix_take(m))
			mix_give(m);
	}
	return m->steps;
}

/* Checks that no frame is in use twice: such an allocator would be fast, but wrong. */
static void check_mix(const struct mix *m)
{
	static bool held[NR_FRAMES];

	for (u32 i = 0; i < m->nr_small + m->nr_huge; i++) {
		bool small = i < m->nr_small;
		u64 first = small ? m->small[i] : m->huge[i - m->nr_small];
		u32 nr = small ? 1 : HUGE_FRAMES;

		if (first % nr || first + nr > NR_FRAMES)
			yard_fail("a block is not where blocks are");
		for (u32 j = 0; j < nr; j++) {
			if (held[first + j])
				yard_fail("a frame was handed out twice");
			held[first + j] = true;
		}
	}
}

/* How much of the free memory can be allocated in blocks of 2 MiB. */
static void report_huge(const struct mix *m, const char *part)
{
	u64 frames[MAX_HUGE];
	u32 nr = 0;

	yard_page_drain();
	while (nr < MAX_HUGE && (frames[nr] = yard_page_alloc(0, HUGE_ORDER)) != YARD_NO_FRAME)
		nr++;
	for (u32 i = 0; i < nr; i++)
		yard_page_free(0, frames[i], HUGE_ORDER);
	yard_page_drain();
	yard_report("P6", part, 100.0 * nr * HUGE_FRAMES / (double)(NR_FRAMES - m->used));
}

static void mix_keep_small(struct mix *m, u32 nr)
{
	while (m->nr_small > nr)
		mix_give_small(m, yard_random_below(&m->random, m->nr_small));
}

static void two_sizes(const char *name, u32 percent)
{
	struct mix m = {.random = {6},
			.small = yard_map(NR_FRAMES * sizeof(u64), true),
			.huge = yard_map(MAX_HUGE * sizeof(u64), true),
			.steps = yard_short(1000000),
			.target = (u64)NR_FRAMES * percent / 100};

	init(NR_FRAMES);
	for (u32 i = 0; i < 1000000 && m.used < m.target; i++)
		mix_take(&m);
	yard_measure("P6churn", run_mix, &m);
	check_mix(&m);
	yard_report(name, ".2M_failed", m.failed);
	report_huge(&m, ".huge%_at90");
	mix_keep_small(&m, m.nr_small - m.nr_small / 2);
	report_huge(&m, ".huge%_half4K");
	mix_keep_small(&m, m.nr_small - m.nr_small * 9 / 10);
	report_huge(&m, ".huge%_5pc4K");
}

/* ---- P7: two CPUs ------------------------------------------------------------------------ */

static u64 round_of_pairs(u32 cpu)
{
	struct pairs p = {cpu, 0, 50000};

	return run_pairs(&p);
}

static u64 round_of_batches(u32 cpu)
{
	static struct batches of_cpu[2];
	struct batches *b = &of_cpu[cpu];

	b->cpu = cpu;
	b->back = RANDOM;
	b->n = 20;
	return run_batches(b);
}

static void two_cpus(const char *name, u32 batches)
{
	init(NR_FRAMES);
	yard_shuffle(random_order, BATCH, 42);
	yard_threads(name, batches ? round_of_batches : round_of_pairs);
}

/* ---- P9: the start ----------------------------------------------------------------------- */

static void start(const char *name, u32 gib)
{
	u64 nr = (u64)NR_FRAMES * gib, before = yard_rss_bytes(), ns = yard_cpu_ns();

	init(nr);
	ns = yard_cpu_ns() - ns;
	yard_report(name, ".init_us", (double)ns / 1000);
	yard_report(name, ".meta_B_per_frame", (double)yard_page_metadata_bytes() / (double)nr);
	yard_report(name, ".touched_KiB", ((double)yard_rss_bytes() - (double)before) / KiB);
	if (yard_page_alloc(0, 0) == YARD_NO_FRAME)
		yard_fail("ready, but without a frame");
}

static const struct yard_workload workloads[] = {
	{"P1", hot_pair, 0, 0},
	{"P2lifo", batch, LIFO, 0},
	{"P2fifo", batch, FIFO, 0},
	{"P2rand", batch, RANDOM, 0},
	{"P3o3", hot_pair, 3, YARD_ORDERS},
	{"P3", hot_pair, HUGE_ORDER, YARD_ORDERS},
	{"P4u50", mixed_orders, 50, YARD_ORDERS},
	{"P4u90", mixed_orders, 90, YARD_ORDERS},
	{"P5", full_heap, 0, 0},
	{"P6", two_sizes, 90, YARD_ORDERS | YARD_MEMORY},
	{"P7pair", two_cpus, false, YARD_THREADS},
	{"P7batch", two_cpus, true, YARD_THREADS},
	{"P9_1G", start, 1, 0},
	{"P9_64G", start, 64, YARD_LAZY_START},
	{"P9_1T", start, 1024, YARD_LAZY_START},
};

int main(int argc, char **argv)
{
	return yard_run(workloads, ARRAY_SIZE(workloads), argc, argv);
}
