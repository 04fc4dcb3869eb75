/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A table of what operations cost, in ticks each, beside Linux 6.1's figures and goals. */
#ifndef EFI_CMD_BENCH_BENCH_H
#define EFI_CMD_BENCH_BENCH_H

#include "cmd/cmds.h"

#define BENCH_ROUNDS 5 /* the median of them counts */

struct bench_row {
	const char *name;
	u64 ticks;	  /* in hundredths of a tick for each operation */
	u32 theirs, goal; /* 0: none */
};

struct bench_table {
	struct cmd_call *call;
	u64 empty; /* hundredths: what a turn of an empty loop costs */
	u32 nr;
	struct bench_row row[24];
};

void bench_begin(struct bench_table *t, struct cmd_call *call);
void bench_add(struct bench_table *t, const char *name, u64 hundredths, u32 theirs, u32 goal);
/* Sorts v. */
u64 bench_median(u64 *v, u32 n);
/* Hundredths for each of `ops` turns of a loop that took so many ticks, the loop subtracted. */
u64 bench_per_op(const struct bench_table *t, u64 ticks, u64 ops);
void bench_show(struct bench_table *t);

#endif
