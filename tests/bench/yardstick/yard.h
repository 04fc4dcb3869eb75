/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What all programs of the yardstick share. One program is the workloads of one kind (page.c or
 * object.c) linked with one allocator (page_NAME.c or object_NAME.c). There is no link-time
 * optimisation, so that every allocator pays one direct call for each operation.
 *
 * A program runs the workload that it is given and prints its figures, one a line: what was
 * measured as `name operations nanoseconds-of-one`, anything else as `name value`. Given nothing,
 * it prints the names of the workloads that its allocator can do.
 */
#ifndef YARD_H
#define YARD_H

#include "kernel.h"

/* What a workload needs, and what an allocator does not have. */
enum yard_needs {
	YARD_ORDERS = 1,     /* blocks of more than one frame */
	YARD_SIZES = 2,	     /* any size, not only a cache's one */
	YARD_THREADS = 4,    /* two threads at once */
	YARD_MEMORY = 8,     /* what is handed out is not in use already */
	YARD_LAZY_START = 16 /* is ready without writing something for each frame */
};

/* Defined by each allocator: the needs it does not meet. */
extern const u32 yard_lacks;

struct yard_workload {
	const char *name;
	void (*run)(const char *name, u32 arg);
	u32 arg;
	u32 needs;
};

/* Runs what the arguments name. Returns the exit status. */
int yard_run(const struct yard_workload *workloads, u32 nr, int argc, char **argv);

/* ---- figures ----------------------------------------------------------------------------- */

/* Runs work(ctx), which returns how many operations that were, and prints the CPU time of one. */
void yard_measure(const char *name, u64 (*work)(void *ctx), void *ctx);
/* The name may be made of two parts, as `P6` and `.failed`. */
void yard_report(const char *name, const char *part, double value);
/* One thread, then two at once on CPUs of their own, each some 40 ms long: the CPU time of an
 * operation, as `name.1t` and `name.2t`. round() does some operations and returns how many. */
void yard_threads(const char *name, u64 (*round)(u32 cpu));
/* What can not go on ends the program. */
__attribute__((noreturn)) void yard_fail(const char *why);

u64 yard_cpu_ns(void); /* of this thread */
/* n, or a twentieth where instructions are counted, which takes long (YARD_SHORT is set). */
u32 yard_short(u32 n);

/* ---- memory ------------------------------------------------------------------------------ */

/* Memory as a kernel has it: aligned to 1 GiB and in large pages where there are any, so that no
 * allocator gains by luck. `touch`: every page is there before the time is taken. Never fails. */
void *yard_map(size_t bytes, bool touch);
/* What this process has in memory; exact, unlike /proc/self/statm. */
u64 yard_rss_bytes(void);

/* ---- random numbers: Knuth's MMIX generator, of which the upper bits are good ------------ */

struct yard_random {
	u64 state;
};

static inline u32 yard_random_next(struct yard_random *r)
{
	r->state = r->state * 6364136223846793005 + 1442695040888963407;
	return (u32)(r->state >> 33);
}

static inline u32 yard_random_below(struct yard_random *r, u32 n)
{
	return (u32)((u64)yard_random_next(r) * n >> 31);
}

/* 0..n-1 in a random order. */
void yard_shuffle(u32 *order, u32 n, u64 seed);

#endif
