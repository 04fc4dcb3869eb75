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
	if (res->failed)
		emit_text(out, "exercise  FAILED: %s (%#llx), seed %llu\n", res->failed,
			  res->failed_at, res->seed);
	else
		emit_text(
			out,
			"exercise  %s: %llu operations, peak %llu MiB, invariants hold, all memory "
			"came back\n",
			verdict(res), total_ops(res), res->peak_pages >> 8);
}

void view_exercise(struct emit *out, const struct exercise_result *res)
{
	emit_object(out, NULL);
	emit_field(out, "result", verdict(res));
	emit_field(out, "seed", res->seed);
	emit_field(out, "operations", total_ops(res));
	emit_text(out, "%-12s %10s %10s %10s %13s\n", "", "allocs", "frees", "refused",
		  "bytes checked");
	for (u32 k = 0; k < NR_EXERCISE_KINDS; k++) {
		const struct exercise_count *c = &res->kind[k];
		const char *name = exercise_kind_name((enum exercise_kind)k);

		emit_text(out, "%-12s %10llu %10llu %10llu %13llu\n", name, c->allocs, c->frees,
			  c->failures, c->bytes);
		emit_object(out, name);
		emit_field(out, "allocs", c->allocs);
		emit_field(out, "frees", c->frees);
		emit_field(out, "failures", c->failures);
		emit_field(out, "bytes", c->bytes);
		emit_end(out);
	}
	emit_text(
		out,
		"seed %llu: %llu random steps, %llu krealloc, then %llu pages filled and freed in "
		"random order\n",
		res->seed, res->steps, res->reallocs, res->filled_pages);
	emit_text(out,
		  "peak %llu pages; %llu pages became struct pages, %llu page tables; %llu ticks\n",
		  res->peak_pages, res->memmap_pages, res->table_pages, res->ticks);
	if (res->nr_workers > 1)
		emit_text(out, "%u CPUs at once; %llu times one took over what another had\n",
			  res->nr_workers, res->swaps);
	emit_field(out, "nr_cpus", res->nr_workers);
	emit_field(out, "swaps", res->swaps);
	emit_field(out, "peak_pages", res->peak_pages);
	emit_field(out, "memmap_pages", res->memmap_pages);
	emit_field(out, "table_pages", res->table_pages);
	emit_field(out, "ticks", res->ticks);
	if (res->failed) {
		emit_text(out, "exercise FAILED: %s (%#llx)\n", res->failed, res->failed_at);
		emit_field(out, "failed", res->failed);
	} else {
		emit_text(out,
			  "exercise %s: %llu operations, every invariant holds, all memory came "
			  "back\n",
			  verdict(res), total_ops(res));
	}
	emit_end(out);
}
