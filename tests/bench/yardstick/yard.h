/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * For all programs of the yardstick. A program is the workloads of one kind (page.c or object.c)
 * linked with one allocator (page_NAME.c or object_NAME.c). There is no link-time optimisation, so
 * every allocator has the cost of one direct call for each operation.
 *
 * A program runs the workload in its arguments and prints its figures, one on a line: measurements
 * as `name operations nanoseconds-of-one`, others as `name value`. Without arguments it prints the
 * names of the workloads that its allocator can run.
 */
#ifndef YARD_H
#define YARD_H

#include "kernel.h"

/* The needs of a workload, and what an allocator does not have. */
enum yard_needs {
	YARD_ORDERS = 1,     /* blocks of more than one frame */
	YARD_SIZES = 2,	     /* any size, not only a cache's one */
	YARD_THREADS = 4,    /* two threads at once */
	YARD_MEMORY = 8,     /* real memory: no result is in use already */
	YARD_LAZY_START = 16 /* ready without a write for each frame */
};

/* Defined by each allocator: the needs that it does not meet. */
extern const u32 yard_lacks;

struct yard_workload {
	const char *name;
	void (*run)(const char *name, u32 arg);
	u32 arg;
	u32 needs;
};

/* Runs the workload in the arguments. Returns the exit status. */
int yard_run(const struct yard_workload *workloads, u32 nr, int argc, char **argv);

/* ---- figures ----------------------------------------------------------------------------- */

/* Runs work(ctx), which returns its number of operations, and prints the CPU time of one. */
void yard_measure(const char *name, u64 (*work)(void *ctx), void *ctx);
/* Prints a value; the name has two parts, such as `P6` and `.failed`. */
void yard_report(const char *name, const char *part, double value);
/* Runs one thread, then two at once on different CPUs, each for about 40 ms, and prints the
 * CPU time of an operation as `name.1t` and `name.2t`. round() does some operations and
 * returns how many. */
void yard_threads(const char *name, u64 (*round)(u32 cpu));
/* Ends the program. */
__attribute__((noreturn)) void yard_fail(const char *why);

u64 yard_cpu_ns(void); /* of this thread */
/* n; or n / 20 if YARD_SHORT is set, as counting instructions is slow. */
u32 yard_short(u32 n);

/* ---- memory ------------------------------------------------------------------------------ */

/* Memory like a kernel's: aligned to 1 GiB, and in large pages if possible, so that chance does not
 * favour an allocator. `touch`: accesses every page before the measurement. Never fails. */
void *yard_map(size_t bytes, bool touch);
/* The resident memory of this process; exact, unlike /proc/self/statm. */
u64 yard_rss_bytes(void);

/* ---- random numbers: Knuth's MMIX generator; only the upper bits are good ---------------- */

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
