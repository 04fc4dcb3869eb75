/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The number of tables and pages in a tree, and what larger pages would save. */
#include "pt_inner.h"

struct count {
	const struct pt_format *format;
	struct pt_stats *st;
};

/* Does the span fill its table with one aligned piece of memory, so that one larger page could
 * replace the table? */
static bool collapsible(const struct pt_format *f, const struct pt_entry *e)
{
	u32 nr = pt_nr_entries(f, e->level);

	return e->nr == nr && e->level + 1u < f->nr_levels && f->level[e->level + 1].leaf_mask &&
	       is_aligned(e->phys, nr * pt_span(f, e->level));
}

static int count_entry(void *ctx, const struct pt_entry *e)
{
	struct count *c = ctx;
	struct pt_stats *st = c->st;

	if (!e->present)
		return PT_SKIP;
	st->reserved += e->wrong == PT_RESERVED;
	st->bad_tables += e->wrong == PT_OUTSIDE;
	st->loops += e->wrong == PT_LOOP;
	if (e->wrong)
		return PT_SKIP;
	if (!e->leaf) {
		st->tables[e->level - 1]++;
		return PT_DESCEND;
	}
	st->leaves[e->level] += e->nr;
	st->collapsible[e->level] += collapsible(c->format, e);
	if (pt_writable_executable(e->rights))
		st->writable_executable += e->nr;
	return PT_SKIP;
}

int pt_stats(const struct pgtable *pt, struct pt_stats *ret)
{
	struct count c = {pt_format_of(pt), ret};

	memset(ret, 0, sizeof(*ret));
	ret->tables[c.format->nr_levels - 1] = 1;
	return pt_walk_ranges(pt, 0, pt_last(pt), count_entry, &c);
}
