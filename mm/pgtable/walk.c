/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The walk over a tree of tables of any format, and the path to one address. */
#include "pt_inner.h"

enum together { ONE_BY_ONE, SAME_BITS, CONTIGUOUS }; /* entries that share one visit */

struct walk {
	const struct pgtable *pt;
	const struct pt_format *format;
	u64 start, last; /* without sign extension */
	enum together together;
	pt_visit visit;
	void *ctx;
	phys_addr_t path[PT_MAX_LEVELS]; /* the tables from the root to here, by level */
};

/* Neighbours form a span if (entry & mask) grows by `step` from one to the next. */
struct span_rule {
	u64 mask, step;
};

static u64 reserved_bits(const struct walk *w, const struct pt_entry *e)
{
	return pt_entry_reserved(w->format, ~0ULL, e->level, true, w->pt->phys_bits, true);
}

static struct span_rule span_rule(const struct walk *w, const struct pt_entry *e)
{
	const struct pt_format *f = w->format;
	const struct pt_level_format *l = &f->level[e->level];

	if (!e->present)
		return (struct span_rule){f->present, 0};
	if (w->together == CONTIGUOUS)
		return (struct span_rule){~(f->accessed | f->dirty),
					  pt_span(f, e->level) >> f->addr_shift};
	/* Compare reserved address bits too: they decide whether an entry is wrong. */
	return (struct span_rule){~(l->leaf_addr | l->leaf_addr_high | f->accessed | f->dirty) |
					  reserved_bits(w, e),
				  0};
}

/* The last possible index of e's span: growing addresses must not reach reserved bits. */
static u32 span_last(const struct walk *w, const struct pt_entry *e, u32 last)
{
	u64 room, bits = w->pt->phys_bits;

	if (w->together != CONTIGUOUS || !e->present || !bits || bits >= w->format->phys_bits)
		return last;
	room = ((1ULL << bits) - e->phys) >> w->format->level[e->level].shift;
	return min((u64)last, e->index + room - 1);
}

static u8 what_is_wrong(const struct walk *w, const struct pt_entry *e)
{
	const struct pgtable *pt = w->pt;

	if (pt_entry_reserved(w->format, e->val, e->level, e->leaf, pt->phys_bits, pt->nx))
		return PT_RESERVED;
	if (e->leaf)
		return PT_FINE;
	if (!e->level)
		return PT_RESERVED; /* points to a table, but level 0 is the lowest */
	for (unsigned above = e->level; above < w->format->nr_levels; above++) {
		if (w->path[above] == e->phys)
			return PT_LOOP;
	}
	return pt_table_at(pt, e->phys) ? PT_FINE : PT_OUTSIDE;
}

/* Fills the fields that follow from the entry's value and the rights above it. */
static void fill_entry(const struct walk *w, struct pt_entry *e, u8 rights)
{
	const struct pt_format *f = w->format;

	e->present = (e->val & f->present) == f->present;
	if (!e->present)
		return;
	e->leaf = pt_entry_is_leaf(f, e->val, e->level);
	e->phys = pt_entry_addr(f, e->val, e->level, e->leaf);
	e->own = f->rights(w->pt->nx ? e->val : e->val & ~f->noexec, e->level, e->leaf);
	e->rights = e->own & rights;
	e->wrong = what_is_wrong(w, e);
}

/* The number of entries from e on, up to index `last`, that form a span. */
static u32 span_length(const struct walk *w, const void *table, u32 last, const struct pt_entry *e)
{
	struct span_rule rule = span_rule(w, e);
	u64 want = (e->val & rule.mask) + rule.step;
	u32 i = e->index + 1u;

	last = span_last(w, e, last);
	if (w->format->entry_size == 8) {
		const volatile u64 *entries = table;

		for (; i <= last && (entries[i] & rule.mask) == want; i++)
			want += rule.step;
	} else {
		const volatile u32 *entries = table;

		for (; i <= last && (entries[i] & rule.mask) == want; i++)
			want += rule.step;
	}
	return i - e->index;
}

static int walk_table(struct walk *w, phys_addr_t table, unsigned level, u64 base, u8 rights);

/* Returns a negative error or PT_STOP to end the walk, else 0. */
static int visit_entry(struct walk *w, struct pt_entry *e, u64 base)
{
	int step = w->visit(w->ctx, e);

	if (step < 0 || step == PT_STOP)
		return step;
	if (step == PT_SKIP || !e->present || e->leaf || e->wrong)
		return 0;
	return walk_table(w, e->phys, e->level - 1u, base, e->rights);
}

/* Visits the entries of one table in [w->start, w->last]; `base` is the table's first address. */
static int walk_table(struct walk *w, phys_addr_t table, unsigned level, u64 base, u8 rights)
{
	const struct pt_format *f = w->format;
	const void *entries = pt_table_at(w->pt, table);
	u32 nr = pt_nr_entries(f, level), shift = f->level[level].shift;
	u64 span_last = base + (((u64)nr << shift) - 1);
	u32 i = w->start > base ? (u32)((w->start - base) >> shift) : 0;
	u32 last = w->last < span_last ? (u32)((w->last - base) >> shift) : nr - 1;

	if (!entries)
		return -EFAULT;
	w->path[level] = table;
	while (i <= last) {
		u64 at = base + ((u64)i << shift);
		struct pt_entry e = {.va = pt_sign_extend(w->pt, at),
				     .val = pt_read_raw(f, entries, i),
				     .table = table,
				     .index = (u16)i,
				     .nr = 1,
				     .level = (u8)level};
		int err;

		fill_entry(w, &e, rights);
		if (w->together != ONE_BY_ONE && (!e.present || (e.leaf && !e.wrong)))
			e.nr = (u16)span_length(w, entries, last, &e);
		err = visit_entry(w, &e, at);
		if (err)
			return err;
		i += e.nr;
	}
	return 0;
}

static int walk(const struct pgtable *pt, u64 start, u64 last, pt_visit visit, void *ctx,
		enum together together)
{
	/* The walk uses addresses without sign extension, so that nothing wraps. */
	struct walk w = {.pt = pt,
			 .format = pt_format_of(pt),
			 .start = pt_inner_va(pt, start),
			 .last = pt_inner_va(pt, last),
			 .together = together,
			 .visit = visit,
			 .ctx = ctx};
	int err;

	ASSERT(start <= last && pt_canonical(pt, start) && pt_canonical(pt, last),
	       "%#llx-%#llx, %u levels", start, last, pt->levels);
	err = walk_table(&w, pt->root, w.format->nr_levels - 1u, 0, PTR_ALL);
	return err == PT_STOP ? 1 : err;
}

int pt_walk(const struct pgtable *pt, u64 start, u64 last, pt_visit visit, void *ctx)
{
	return walk(pt, start, last, visit, ctx, ONE_BY_ONE);
}

int pt_walk_spans(const struct pgtable *pt, u64 start, u64 last, pt_visit visit, void *ctx)
{
	return walk(pt, start, last, visit, ctx, SAME_BITS);
}

int pt_walk_ranges(const struct pgtable *pt, u64 start, u64 last, pt_visit visit, void *ctx)
{
	return walk(pt, start, last, visit, ctx, CONTIGUOUS);
}

/* ---- one table, one address -------------------------------------------------------------- */

struct one_table {
	pt_visit visit;
	void *ctx;
};

static int visit_only(void *ctx, const struct pt_entry *e)
{
	struct one_table *one = ctx;
	int step = one->visit(one->ctx, e);

	return step < 0 || step == PT_STOP ? step : PT_SKIP;
}

int pt_read_table(const struct pgtable *pt, phys_addr_t table, unsigned level, u64 va, u8 rights,
		  pt_visit visit, void *ctx)
{
	struct one_table one = {visit, ctx};
	struct walk w = {.pt = pt,
			 .format = pt_format_of(pt),
			 .last = ~0ULL,
			 .visit = visit_only,
			 .ctx = &one};
	struct pt_path path;
	int err;

	/* The tables on the path, to find loops. */
	for (u32 i = 0; pt_lookup(pt, va, &path) != PT_NOT_CANONICAL && i < path.nr; i++)
		w.path[path.entry[i].level] = path.entry[i].table;
	err = walk_table(&w, table, level, pt_inner_va(pt, va), rights);
	return err == PT_STOP ? 1 : err;
}

static enum pt_result result_of(const struct pt_entry *e)
{
	if (!e->present)
		return PT_NOT_PRESENT;
	if (e->wrong == PT_RESERVED)
		return PT_BAD_ENTRY;
	return e->wrong == PT_OUTSIDE ? PT_BAD_TABLE : PT_MAPPED;
}

enum pt_result pt_lookup(const struct pgtable *pt, u64 va, struct pt_path *ret)
{
	struct walk w = {.pt = pt, .format = pt_format_of(pt)};
	phys_addr_t table = pt->root;
	u8 rights = PTR_ALL;

	ret->nr = 0;
	if (!pt_canonical(pt, va))
		return PT_NOT_CANONICAL;
	for (unsigned level = w.format->nr_levels; level-- > 0;) {
		struct pt_entry *e = &ret->entry[ret->nr];
		const void *entries = pt_table_at(pt, table);
		u32 index = (u32)(pt_inner_va(pt, va) >> w.format->level[level].shift) &
			    (pt_nr_entries(w.format, level) - 1);
		enum pt_result result;

		if (!entries)
			return PT_BAD_TABLE;
		w.path[level] = table;
		*e = (struct pt_entry){.va = round_down(va, pt_span(w.format, level)),
				       .val = pt_read_raw(w.format, entries, index),
				       .table = table,
				       .index = (u16)index,
				       .nr = 1,
				       .level = (u8)level};
		fill_entry(&w, e, rights);
		ret->nr++;
		result = result_of(e);
		if (result != PT_MAPPED || e->leaf)
			return result;
		table = e->phys;
		rights = e->rights;
	}
	return PT_BAD_ENTRY; /* not reached: level 0 has no pointers */
}

phys_addr_t pt_path_phys(const struct pt_path *path, u64 va)
{
	const struct pt_entry *leaf = &path->entry[path->nr - 1];

	return leaf->phys + (va - leaf->va);
}

const char *pt_result_text(enum pt_result result)
{
	static const char *const texts[] = {
		[PT_MAPPED] = "mapped",
		[PT_NOT_CANONICAL] =
			"not canonical: the CPU raises #GP without looking at any table",
		[PT_NOT_PRESENT] = "not present: the CPU raises #PF",
		[PT_BAD_TABLE] =
			"the last entry points to memory that cannot be read; not followed",
		[PT_BAD_ENTRY] = "reserved bits are set in the last entry: the CPU raises #PF",
	};

	return texts[result];
}
