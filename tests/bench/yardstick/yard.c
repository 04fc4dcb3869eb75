/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "yard.h"

#define THREAD_NS 40000000 /* long enough that both run at the same time */

int yard_run(const struct yard_workload *workloads, u32 nr, int argc, char **argv)
{
	for (u32 i = 0; i < nr; i++) {
		if (workloads[i].needs & yard_lacks)
			continue;
		if (argc < 2)
			puts(workloads[i].name);
		else if (!strcmp(argv[1], workloads[i].name))
			return workloads[i].run(workloads[i].name, workloads[i].arg), 0;
	}
	return argc < 2 ? 0 : 2;
}

void yard_fail(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

/* ---- figures ----------------------------------------------------------------------------- */

static u64 now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

u64 yard_cpu_ns(void)
{
	return now_ns(CLOCK_THREAD_CPUTIME_ID);
}

u32 yard_short(u32 n)
{
	return getenv("YARD_SHORT") ? n / 20 : n;
}

/* A separate function: yardstick.py counts the instructions between its start and its end. */
static __noinline u64 measured(u64 (*work)(void *ctx), void *ctx, u64 *ns)
{
	u64 start = yard_cpu_ns(), ops = work(ctx);

	*ns = yard_cpu_ns() - start;
	return ops;
}

void yard_measure(const char *name, u64 (*work)(void *ctx), void *ctx)
{
	u64 ns, ops = measured(work, ctx, &ns);

	printf("%s %llu %.4f\n", name, ops, (double)ns / (double)ops);
}

void yard_report(const char *name, const char *part, double value)
{
	printf("%s%s %.6g\n", name, part, value);
}

/* ---- threads ----------------------------------------------------------------------------- */

struct thread {
	pthread_t id;
	u32 cpu;
	bool pinned;
	u64 (*round)(u32 cpu);
	u64 ns, ops;
};

static u32 nr_ready;
static bool go;

static void *thread_main(void *arg)
{
	struct thread *t = arg;
	cpu_set_t cpus;
	u64 begun, ns;

	CPU_ZERO(&cpus);
	CPU_SET(t->cpu, &cpus);
	if (t->pinned)
		sched_setaffinity(0, sizeof(cpus), &cpus);
	t->round(t->cpu); /* warm-up */
	__atomic_add_fetch(&nr_ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE))
		__builtin_ia32_pause();
	begun = now_ns(CLOCK_MONOTONIC);
	ns = yard_cpu_ns();
	do
		t->ops += t->round(t->cpu);
	while (now_ns(CLOCK_MONOTONIC) - begun < THREAD_NS);
	t->ns = yard_cpu_ns() - ns;
	return NULL;
}

/* Nanoseconds of an operation when `nr` threads run. */
static double run_threads(u32 nr, u64 (*round)(u32 cpu))
{
	struct thread threads[2];
	u64 ns = 0, ops = 0;

	nr_ready = 0;
	go = false;
	for (u32 i = 0; i < nr; i++) {
		threads[i] = (struct thread){.cpu = i, .pinned = nr > 1, .round = round};
		pthread_create(&threads[i].id, NULL, thread_main, &threads[i]);
	}
	while (__atomic_load_n(&nr_ready, __ATOMIC_ACQUIRE) < nr)
		sched_yield();
	__atomic_store_n(&go, true, __ATOMIC_RELEASE);
	for (u32 i = 0; i < nr; i++) {
		pthread_join(threads[i].id, NULL);
		ns += threads[i].ns;
		ops += threads[i].ops;
	}
	return (double)ns / (double)ops;
}

void yard_threads(const char *name, u64 (*round)(u32 cpu))
{
	yard_report(name, ".1t", run_threads(1, round));
	yard_report(name, ".2t", run_threads(2, round));
}

/* ---- memory ------------------------------------------------------------------------------ */

void *yard_map(size_t bytes, bool touch)
{
	char *all = mmap(NULL, bytes + GiB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	volatile char *at;

	if (all == MAP_FAILED)
		yard_fail("no address space");
	at = (char *)round_up((uintptr_t)all, (uintptr_t)GiB);
	madvise((void *)at, bytes, MADV_HUGEPAGE);
	for (size_t i = 0; touch && i < bytes; i += 4096)
		at[i] = 0;
	return (void *)at;
}

u64 yard_rss_bytes(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	char line[256];
	u64 kib = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Rss: %llu", &kib) == 1)
			break;
	}
	if (f)
		fclose(f);
	return kib * KiB;
}

void yard_shuffle(u32 *order, u32 n, u64 seed)
{
	struct yard_random r = {seed};

	for (u32 i = 0; i < n; i++)
		order[i] = i;
	for (u32 i = n; i > 1; i--) {
		u32 j = yard_random_below(&r, i), last = order[i - 1];

		order[i - 1] = order[j];
		order[j] = last;
	}
}
