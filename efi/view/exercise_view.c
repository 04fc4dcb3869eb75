/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What an exercise did, in full and in a line. */
#include "ui/views.h"

static u64 total_ops(const struct exercise_result *res)
{
	u64 ops = res->reallocs + 2 * res->filled_pages;

	for (u32 k = 0; k < NR_EXERCISE_KINDS; k++)
		ops += res->kind[k].allocs + res->kind[k].frees;
	return ops;
}

static const char *verdict(const struct exercise_result *res)
{
	return res->failed ? "FAILED" : res->stopped ? "stopped" : "passed";
}

void view_exercise_summary(struct emit *out, const struct exercise_result *res)
{
	emit_object(out, "exercise");
	emit_field(out, "seed", res->seed);
	if (res->failed)
		emit_put(out, "exercise  FAILED: {failed} ({failed_at:#x}), seed {:}\n",
			 res->failed, res->failed_at, res->seed);
	else
		emit_put(out,
			 "exercise  {result}: {operations} operations, peak {peak_pages!}{:} MiB, "
			 "all memory came back\n",
			 verdict(res), total_ops(res), res->peak_pages, res->peak_pages >> 8);
	emit_end(out);
}

#define KIND_ROW                                                                                   \
	"{kind=:-12} {allocs:10} {frees:10} {failures=refused:10} {bytes=bytes checked:13}\n"

static void show_kinds(struct emit *out, const struct exercise_result *res)
{
	emit_table(out, "kinds", KIND_ROW);
	for (u32 k = 0; k < NR_EXERCISE_KINDS; k++) {
		const struct exercise_count *c = &res->kind[k];

		emit_row(out, KIND_ROW, exercise_kind_name((enum exercise_kind)k), c->allocs,
			 c->frees, c->failures, c->bytes);
	}
	emit_end(out);
}

void view_exercise(struct emit *out, const struct exercise_result *res)
{
	emit_object(out, NULL);
	show_kinds(out, res);
	emit_put(out,
		 "seed {seed}: {nr_steps} random steps, {reallocs} krealloc, then {filled_pages} "
		 "pages "
		 "filled and freed in random order\n",
		 res->seed, res->steps, res->reallocs, res->filled_pages);
	emit_put(out,
		 "peak {peak_pages} pages; {memmap_pages} pages became struct pages, {table_pages} "
		 "page "
		 "tables; {ticks} ticks\n",
		 res->peak_pages, res->memmap_pages, res->table_pages, res->ticks);
	if (res->nr_workers > 1)
		emit_put(out,
			 "{nr_cpus} CPUs at once; {swaps} times one took over what another had\n",
			 res->nr_workers, res->swaps);
	if (res->failed)
		emit_put(out, "exercise {result}: {failed} ({failed_at:#x})\n", verdict(res),
			 res->failed, res->failed_at);
	else
		emit_put(out,
			 "exercise {result}: {operations} operations, every invariant holds, all "
			 "memory "
			 "came back\n",
			 verdict(res), total_ops(res));
	emit_end(out);
}
