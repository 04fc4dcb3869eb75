/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Workloads for allocators of objects.
 *
 * S1_16 to S1_1024 a hot pair: one object of this size made and freed
 * S2lifo fifo rand 10,000 of 64 bytes made, then freed in the order of the name
 * S3		    20,000 places with objects of 8 to 8192 bytes, replaced at random
 * S4_64 S4_256	    made on one CPU and freed on another, 4,096 at a time, in turns
 * S5		    a million of 64 bytes: memory in use with them, and after all are freed
 * S6pair S6batch   S1_64 and S2rand on two CPUs at once
 *
 * Each new object is written to, as a program would do.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

#include "object.h"

static inline void *make(void *cache, u64 value)
{
	u64 *object = yard_cache_alloc(cache);

	*object = value;
	return object;
}

/* ---- S1: hot pairs ----------------------------------------------------------------------- */

struct pairs {
	void *cache;
	u32 n;
};

static u64 run_pairs(void *ctx)
{
	struct pairs p = *(struct pairs *)ctx;

	for (u32 i = 0; i < p.n; i++)
		yard_cache_free(p.cache, make(p.cache, i));
	return p.n;
}

static void hot_pair(const char *name, u32 size)
{
	struct pairs p = {yard_cache_create(size), yard_short(100000)};

	run_pairs(&p);
	p.n *= 10;
	yard_measure(name, run_pairs, &p);
}

/* ---- S2: batches ------------------------------------------------------------------------- */

#define BATCH 10000

enum back { LIFO, FIFO, RANDOM };

struct batches {
	void *cache;
	u32 n;
	enum back back;
	void *objects[BATCH];
};

static u32 random_order[BATCH];

static void give_back(struct batches *b)
{
	switch (b->back) {
	case LIFO:
		for (u32 i = BATCH; i-- > 0;)
			yard_cache_free(b->cache, b->objects[i]);
		break;
	case FIFO:
		for (u32 i = 0; i < BATCH; i++)
			yard_cache_free(b->cache, b->objects[i]);
		break;
	case RANDOM:
		for (u32 i = 0; i < BATCH; i++)
			yard_cache_free(b->cache, b->objects[random_order[i]]);
	}
}

static u64 run_batches(void *ctx)
{
	struct batches *b = ctx;

	for (u32 n = 0; n < b->n; n++) {
		for (u32 i = 0; i < BATCH; i++)
			b->objects[i] = make(b->cache, i);
		give_back(b);
	}
	return (u64)b->n * BATCH;
}

static void batch(const char *name, u32 back)
{
	static struct batches b;

	yard_shuffle(random_order, BATCH, 77);
	b.cache = yard_cache_create(64);
	b.back = back;
	b.n = 5;
	run_batches(&b);
	b.n = yard_short(60);
	yard_measure(name, run_batches, &b);
}

/* ---- S3: mixed sizes --------------------------------------------------------------------- */

#define PLACES	 20000
#define MAX_SIZE 8192

struct mix {
	struct yard_random random;
	u32 n;
	void *objects[PLACES];
};

/* All powers of two are equally likely. */
static size_t next_size(struct yard_random *r)
{
	u32 power = 1u << (3 + yard_random_below(r, 10));

	return min(power + yard_random_below(r, power), (u32)MAX_SIZE);
}

static u64 run_mix(void *ctx)
{
	struct mix *m = ctx;

	for (u32 i = 0; i < m->n; i++) {
		u32 at = yard_random_below(&m->random, PLACES);
		size_t size = next_size(&m->random);

		if (m->objects[at])
			yard_mfree(m->objects[at]);
		m->objects[at] = yard_malloc(size);
		*(u64 *)m->objects[at] = i;
	}
	return m->n;
}

static void mixed_sizes(const char *name, u32 warm_up)
{
	static struct mix m = {.random = {33}};

	m.n = warm_up;
	run_mix(&m);
	m.n = yard_short(1000000);
	yard_measure(name, run_mix, &m);
}

/* ---- S4: from CPU to CPU ----------------------------------------------------------------- */

#define HANDED	4096
#define ROUNDS	150
#define WARM_UP 30

static struct {
	sem_t full, empty;
	void *cache;
	void *objects[HANDED];
	u64 made_ns, freed_ns;
} hand;

static void *free_handed(void *arg)
{
	(void)arg;
	yard_this_cpu_is(1);
	for (u32 round = 0; round < WARM_UP + ROUNDS; round++) {
		u64 start;

		sem_wait(&hand.full);
		start = yard_cpu_ns();
		for (u32 i = 0; i < HANDED; i++)
			yard_cache_free(hand.cache, hand.objects[i]);
		if (round >= WARM_UP)
			hand.freed_ns += yard_cpu_ns() - start;
		sem_post(&hand.empty);
	}
	return NULL;
}

static void make_handed(void)
{
	for (u32 round = 0; round < WARM_UP + ROUNDS; round++) {
		u64 start = yard_cpu_ns();

		for (u32 i = 0; i < HANDED; i++)
			hand.objects[i] = make(hand.cache, i);
		if (round >= WARM_UP)
			hand.made_ns += yard_cpu_ns() - start;
		sem_post(&hand.full);
		sem_wait(&hand.empty);
	}
}

/* One works while the other waits, so that only the transfer between CPUs is measured. */
static void hand_over(const char *name, u32 size)
{
	const double n = (double)ROUNDS * HANDED;
	pthread_t other;

	hand.cache = yard_cache_create(size);
	sem_init(&hand.full, 0, 0);
	sem_init(&hand.empty, 0, 0);
	pthread_create(&other, NULL, free_handed, NULL);
	make_handed();
	pthread_join(other, NULL);
	yard_report(name, "", (double)(hand.made_ns + hand.freed_ns) / n);
	yard_report(name, ".alloc_ns", (double)hand.made_ns / n);
	yard_report(name, ".free_ns", (double)hand.freed_ns / n);
}

/* ---- S5: memory -------------------------------------------------------------------------- */

#define MILLION	  1000000
#define LIVE_SIZE 64

static double used_bytes(void)
{
	u64 used = yard_object_used_bytes();

	return (double)(used ? used : yard_rss_bytes());
}

static void a_million(const char *name, u32 seed)
{
	void **objects = yard_map(MILLION * sizeof(*objects), true);
	void *cache = yard_cache_create(LIVE_SIZE);
	struct yard_random r = {seed};
	double before;

	yard_cache_free(cache, yard_cache_alloc(cache));
	before = used_bytes();
	for (u32 i = 0; i < MILLION; i++)
		objects[i] = memset(yard_cache_alloc(cache), 1, LIVE_SIZE);
	yard_report(name, ".overhead_B", (used_bytes() - before) / MILLION - LIVE_SIZE);
	for (u32 i = MILLION; i > 0; i--) {
		u32 j = yard_random_below(&r, i);

		yard_cache_free(cache, objects[j]);
		objects[j] = objects[i - 1];
	}
	yard_report(name, ".kept_after_free_MiB", (used_bytes() - before) / MiB);
	yard_object_report(name);
}

/* ---- S6: two CPUs ------------------------------------------------------------------------ */

static void *shared_cache;

static u64 round_of_pairs(u32 cpu)
{
	struct pairs p = {shared_cache, 50000};

	yard_this_cpu_is(cpu);
	return run_pairs(&p);
}

static u64 round_of_batches(u32 cpu)
{
	static struct batches of_cpu[2];
	struct batches *b = &of_cpu[cpu];

	yard_this_cpu_is(cpu);
	b->cache = shared_cache;
	b->back = RANDOM;
	b->n = 2;
	return run_batches(b);
}

static void two_cpus(const char *name, u32 batches)
{
	yard_shuffle(random_order, BATCH, 77);
	shared_cache = yard_cache_create(64);
	yard_threads(name, batches ? round_of_batches : round_of_pairs);
}

static const struct yard_workload workloads[] = {
	{"S1_16", hot_pair, 16, 0},
	{"S1_64", hot_pair, 64, 0},
	{"S1_256", hot_pair, 256, 0},
	{"S1_1024", hot_pair, 1024, 0},
	{"S2lifo", batch, LIFO, 0},
	{"S2fifo", batch, FIFO, 0},
	{"S2rand", batch, RANDOM, 0},
	{"S3", mixed_sizes, 200000, YARD_SIZES},
	{"S4_64", hand_over, 64, YARD_THREADS},
	{"S4_256", hand_over, 256, YARD_THREADS},
	{"S5", a_million, 5, YARD_MEMORY},
	{"S6pair", two_cpus, false, YARD_THREADS},
	{"S6batch", two_cpus, true, YARD_THREADS},
};

int main(int argc, char **argv)
{
	if (yard_object_init())
		yard_fail("the allocator does not start");
	yard_this_cpu_is(0);
	return yard_run(workloads, ARRAY_SIZE(workloads), argc, argv);
}
