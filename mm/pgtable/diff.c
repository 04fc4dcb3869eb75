/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Compares two trees, one page or hole at a time. */
#include "mm/pgtable/diff.h"

#include "pt_inner.h"

#define COMPARED (PT_PWT | PT_PCD | PT_PATBIT | PT_GLOBAL)
#define NO_TABLE PT_MAX_LEVELS

/* A position in one tree: the tables on the path to `at`, and what maps it. */
struct cursor {
	const struct pgtable *pt;
	const struct pt_format *f;
	u64 at;	  /* without sign extension */
	u8 low;	  /* table[], pa[], rights[] are valid from this level up; NO_TABLE: none */
	u64 last; /* last address of the page or hole, with sign extension */
	const void *table[PT_MAX_LEVELS];
	phys_addr_t pa[PT_MAX_LEVELS];
	u8 rights[PT_MAX_LEVELS]; /* that the tables above give */
	struct pt_diff_side side;
};

struct diff {
	struct cursor a, b;
	const struct pt_diff_how *how;
	bool same_kind; /* entries have the same meaning in both */
	bool have;	/* a run is being collected */
	struct pt_difference run;
	pt_diff_fn fn;
	void *ctx;
};

#define POLL_EVERY 4096 /* pieces */

/* ---- a cursor ---------------------------------------------------------------------------- */

/* Moves *c to the table below the entry; returns the entry's error if that is not possible. */
static u8 follow(struct cursor *c, u64 val, unsigned level)
{
	phys_addr_t pa = pt_entry_addr(c->f, val, level, false);
	const void *table;

	if (!level)
		return PT_RESERVED;
	for (unsigned above = level; above < c->f->nr_levels; above++) {
		if (c->pa[above] == pa)
			return PT_LOOP;
	}
	table = pt_table_at(c->pt, pa);
	if (!table)
		return PT_OUTSIDE;
	c->table[level - 1] = table;
	c->pa[level - 1] = pa;
	c->low = (u8)(level - 1);
	return PT_FINE;
}

/* Reads one entry. True: it points to a table, and the cursor is there now. */
static bool step_down(struct cursor *c, u64 va)
{
	const struct pt_format *f = c->f;
	unsigned level = c->low;
	u32 index = (u32)(c->at >> f->level[level].shift) & (pt_nr_entries(f, level) - 1);
	u64 val = pt_read_raw(f, c->table[level], index), in_page = pt_span(f, level) - 1;
	bool leaf;
	u8 rights;

	c->side = (struct pt_diff_side){.level = (u8)level};
	c->last = va | in_page;
	if ((val & f->present) != f->present)
		return false;
	/* entries with reserved bits map nothing */
	leaf = pt_entry_is_leaf(f, val, level);
	if (pt_entry_reserved(f, val, level, leaf, c->pt->phys_bits, c->pt->nx)) {
		c->side.wrong = PT_RESERVED;
		return false;
	}
	rights = c->rights[level] & f->rights(c->pt->nx ? val : val & ~f->noexec, level, leaf);
	if (!leaf) {
		c->side.wrong = follow(c, val, level);
		if (c->side.wrong)
			return false;
		c->rights[level - 1] = rights;
		return true;
	}
	/* a page */
	c->side.mapped = true;
	c->side.rights = rights;
	c->side.flags = f->leaf_flags(val, level) & COMPARED;
	c->side.phys = pt_entry_addr(f, val, level, true) + (va & in_page);
	return false;
}

/* The hole of non-canonical addresses. */
static void seek_hole(struct cursor *c, u64 va)
{
	c->low = NO_TABLE;
	c->side = (struct pt_diff_side){.level = (u8)(c->f->nr_levels - 1)};
	c->last = va > pt_last(c->pt) ? ~0ULL : (~0ULL << (c->f->va_bits - 1)) - 1;
}

static bool seek_root(struct cursor *c)
{
	unsigned top = c->f->nr_levels - 1u;
	const void *root = pt_table_at(c->pt, c->pt->root);

	if (!root)
		return false;
	c->low = (u8)top;
	c->table[top] = root;
	c->pa[top] = c->pt->root;
	c->rights[top] = PTR_ALL;
	return true;
}

/* Moves to an address; tables that the old and the new path share are not read again. */
static void seek(struct cursor *c, u64 va)
{
	const struct pt_format *f = c->f;
	u64 changed;

	if (!pt_canonical(c->pt, va)) {
		seek_hole(c, va);
		return;
	}
	changed = c->at ^ pt_inner_va(c->pt, va);
	c->at = pt_inner_va(c->pt, va);
	if (c->low == NO_TABLE && !seek_root(c)) {
		seek_hole(c, va);
		c->last = va | ((1ULL << f->va_bits) - 1);
		c->side.wrong = PT_OUTSIDE;
		return;
	}
	/* up to the lowest table that has both addresses, then down */
	while (c->low + 1 < f->nr_levels &&
	       changed >> (f->level[c->low].shift + f->level[c->low].index_bits))
		c->low++;
	while (step_down(c, va))
		;
}

/* ---- two cursors ------------------------------------------------------------------------- */

/* Are both cursors in the same table, with the same rights? *last: the end of that table. */
static bool in_shared_table(const struct diff *d, u64 va, u64 *last)
{
	const struct cursor *a = &d->a, *b = &d->b;
	u8 low = max(a->low, b->low);

	for (unsigned level = a->f->nr_levels; d->same_kind && level-- > low;) {
		if (a->table[level] != b->table[level] || a->pa[level] != b->pa[level] ||
		    a->rights[level] != b->rights[level])
			continue;
		*last = va | (((u64)pt_nr_entries(a->f, level) << a->f->level[level].shift) - 1);
		return true;
	}
	return false;
}

static u8 compare(const struct pt_diff_side *a, const struct pt_diff_side *b, bool sizes)
{
	u64 flags = a->flags ^ b->flags;

	if (!a->mapped && !b->mapped)
		return a->wrong != b->wrong ? PT_DIFF_WRONG : 0;
	if (!a->mapped || !b->mapped)
		return a->mapped ? PT_DIFF_ONLY_A : PT_DIFF_ONLY_B;
	return (a->phys != b->phys ? PT_DIFF_PHYS : 0) |
	       (a->rights != b->rights ? PT_DIFF_RIGHTS : 0) |
	       (flags & ~PT_GLOBAL ? PT_DIFF_CACHE : 0) | (flags & PT_GLOBAL ? PT_DIFF_GLOBAL : 0) |
	       (sizes && a->level != b->level ? PT_DIFF_SIZE : 0);
}

static bool same_side(const struct pt_diff_side *a, const struct pt_diff_side *b)
{
	return a->mapped == b->mapped && a->wrong == b->wrong && a->rights == b->rights &&
	       a->flags == b->flags;
}

/* Does this piece, which follows the run, differ in the same way? */
static bool goes_on(const struct diff *d, u8 what)
{
	const struct pt_difference *run = &d->run;
	const struct pt_diff_side *a = &d->a.side, *b = &d->b.side;

	if (run->what != what || !same_side(&run->a, a) || !same_side(&run->b, b))
		return false;
	if (!a->mapped || !b->mapped)
		return true;
	return b->phys - a->phys == run->b.phys - run->a.phys &&
	       (!d->how->sizes || (run->a.level == a->level && run->b.level == b->level));
}

static int end_run(struct diff *d)
{
	bool have = d->have;

	d->have = false;
	return have ? d->fn(d->ctx, &d->run) : 0;
}

static int note_piece(struct diff *d, u64 start, u64 last, u8 what)
{
	const struct pt_diff_side *a = &d->a.side, *b = &d->b.side;
	int err;

	if (what && d->have && goes_on(d, what)) {
		d->run.last = last;
		return 0;
	}
	err = end_run(d);
	if (err || !what)
		return err;
	d->have = true;
	d->run = (struct pt_difference){.start = start,
					.last = last,
					.what = what,
					.lost = a->rights & (u8)~b->rights,
					.gained = b->rights & (u8)~a->rights,
					.a = *a,
					.b = *b};
	return 0;
}

static int run_diff(struct diff *d, u64 start, u64 last)
{
	ASSERT(start <= last, "%#llx-%#llx", start, last);
	for (u64 at = start, end, nr = 1;; at = end + 1, nr++) {
		u8 what = 0;
		int err = nr % POLL_EVERY || !d->how->poll ? 0 : d->how->poll(d->how->ctx);

		if (err)
			return err;

		seek(&d->a, at);
		seek(&d->b, at);
		if (!in_shared_table(d, at, &end)) {
			end = min(d->a.last, d->b.last);
			what = compare(&d->a.side, &d->b.side, d->how->sizes);
		}
		end = min(end, last);
		err = note_piece(d, at, end, what);
		if (err)
			return err;
		if (end == last)
			return end_run(d);
	}
}

int pt_diff_how(const struct pgtable *a, const struct pgtable *b, u64 start, u64 last,
		const struct pt_diff_how *how, pt_diff_fn fn, void *ctx)
{
	struct diff d = {
		.a = {.pt = a, .f = pt_format_of(a), .low = NO_TABLE},
		.b = {.pt = b, .f = pt_format_of(b), .low = NO_TABLE},
		.how = how,
		.fn = fn,
		.ctx = ctx,
	};

	d.same_kind = d.a.f == d.b.f && a->phys_bits == b->phys_bits && a->nx == b->nx;
	return run_diff(&d, start, last);
}

int pt_diff(const struct pgtable *a, const struct pgtable *b, u64 start, u64 last, pt_diff_fn fn,
	    void *ctx)
{
	static const struct pt_diff_how how;

	return pt_diff_how(a, b, start, last, &how, fn, ctx);
}

/* ---- totals ------------------------------------------------------------------------------ */

void pt_diff_count(struct pt_diff_totals *t, const struct pt_difference *d)
{
	u64 bytes = d->last - d->start + 1;

	t->runs++;
	for (u32 i = 0; i < PT_DIFF_KINDS; i++)
		t->bytes[i] += d->what >> i & 1 ? bytes : 0;
	for (u32 i = 0; i < 6 && d->a.mapped && d->b.mapped; i++) {
		t->lost[i] += d->lost >> i & 1 ? bytes : 0;
		t->gained[i] += d->gained >> i & 1 ? bytes : 0;
	}
}

const char *pt_diff_name(u32 kind)
{
	static const char *const names[PT_DIFF_KINDS] = {"only a", "only b", "address", "rights",
							 "cache",  "global", "wrong",	"size"};

	return kind < PT_DIFF_KINDS ? names[kind] : "?";
}
