/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Rows of figures: collected, and shown at the end. */
#include "bench.h"

#include "arch.h"
#include "lib.h"

#define TURNS 2000

void bench_add(struct bench_table *t, const char *name, u64 hundredths, u32 theirs, u32 goal)
{
	t->row[t->nr++] = (struct bench_row){name, hundredths, theirs, goal};
}

u64 bench_median(u64 *v, u32 n)
{
	for (u32 i = 1; i < n; i++) {
		for (u32 k = i; k && v[k] < v[k - 1]; k--) {
			u64 x = v[k];

			v[k] = v[k - 1];
			v[k - 1] = x;
		}
	}
	return v[n / 2];
}

u64 bench_per_op(const struct bench_table *t, u64 ticks, u64 ops)
{
	u64 each = ticks * 100 / ops;

	return each > t->empty ? each - t->empty : 0;
}

static u64 time_empty(void)
{
	u64 start = arch_cycles();

	for (u32 i = 0; i < TURNS; i++)
		__atomic_signal_fence(__ATOMIC_SEQ_CST); /* so that the loop stays */
	return (arch_cycles() - start) * 100 / TURNS;
}

void bench_begin(struct bench_table *t, struct cmd_call *call)
{
	*t = (struct bench_table){.call = call, .empty = time_empty()};
}

#define ROW                                                                                        \
	"{name=operation:-32} {hundredths!}{=ticks:13} {linux!}{=Linux 6.1 D:11~-} "               \
	"{goal!}{=goal:9~-}\n"

/* NULL for 0, which stands for none. */
static const char *figure(char buf[12], u32 value)
{
	fmt_print(buf, 12, "%u", value);
	return value ? buf : NULL;
}

void bench_show(struct bench_table *t)
{
	struct emit *out = t->call->out;
	char ticks[24], theirs[12], goal[12];

	emit_object(out, NULL);
	emit_table(out, "rows", ROW);
	for (u32 i = 0; i < t->nr; i++) {
		const struct bench_row *r = &t->row[i];

		emit_row(out, ROW, r->name, r->ticks, fmt_hundredths(ticks, r->ticks), r->theirs,
			 figure(theirs, r->theirs), r->goal, figure(goal, r->goal));
	}
	emit_end(out);
	emit_text(out,
		  "Ticks are instructions under ICOUNT=1 only; the figures of Linux are such, at "
		  "4 GiB.\n");
	emit_end(out);
}
