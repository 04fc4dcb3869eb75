/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The browser's position: the table, folded into rows, and moving to others. */
#include "browse_inner.h"

#define FOLD_ABSENT 2 /* so many equal neighbours become one row */
#define FOLD_PAGES  4

static const struct pt_format *format(const struct browse *b)
{
	return pt_format_of(b->tree.pt);
}

const struct browse_row *browse_row(const struct browse *b)
{
	return b->cursor < b->nr_rows ? &b->rows[b->cursor] : NULL;
}

const char *browse_wrong_text(const struct pt_entry *e)
{
	switch (e->wrong) {
	case PT_RESERVED:
		return "reserved bits are set: the CPU faults, not followed";
	case PT_OUTSIDE:
		return "points outside memory: not followed";
	case PT_LOOP:
		return "points back up (a self-map): the tables above are shown already";
	default:
		return "";
	}
}

/* ---- rows -------------------------------------------------------------------------------- */

static bool goes_on(const struct browse *b, const struct browse_row *row, const struct pt_entry *e)
{
	const struct pt_format *f = format(b);
	u64 ad = f->accessed | f->dirty, span = pt_span(f, e->level);

	if (!row->e.present || !e->present)
		return !row->e.present && !e->present;
	if (!row->e.leaf || !e->leaf || row->e.wrong || e->wrong)
		return false;
	return e->phys == row->e.phys + row->nr * span && e->rights == row->e.rights &&
	       f->leaf_flags(e->val, e->level) == f->leaf_flags(row->e.val, e->level) &&
	       !((e->val ^ row->e.val) & (ad | f->global | f->carried));
}

static int add_entry(void *ctx, const struct pt_entry *e)
{
	struct browse *b = ctx;
	struct browse_row *last = b->nr_rows ? &b->rows[b->nr_rows - 1] : NULL;

	if (!b->unfolded && last && goes_on(b, last, e)) {
		last->nr++;
		return PT_SKIP;
	}
	if (b->nr_rows == BROWSE_MAX_ROWS)
		return PT_STOP;
	b->rows[b->nr_rows++] = (struct browse_row){*e, 1};
	return PT_SKIP;
}

/* Entries of short runs get their own rows. */
static bool short_run(const struct browse_row *row)
{
	return row->nr > 1 && row->nr < (row->e.present ? FOLD_PAGES : FOLD_ABSENT);
}

/* Gives entries of short runs their own rows, in place: the list grows, so start at the end. */
static void unfold_short(struct browse *b)
{
	u32 extra = 0, to;

	for (u32 i = 0; i < b->nr_rows; i++)
		extra += short_run(&b->rows[i]) ? b->rows[i].nr - 1 : 0;
	if (!extra || b->nr_rows + extra > BROWSE_MAX_ROWS)
		return;
	to = b->nr_rows + extra;
	for (u32 i = b->nr_rows; i-- > 0;) {
		struct browse_row row = b->rows[i];
		u64 span = pt_span(format(b), row.e.level);

		if (!short_run(&row)) {
			b->rows[--to] = row;
			continue;
		}
		for (u32 n = row.nr; n-- > 0;) {
			struct browse_row one = {row.e, 1};

			one.e.index = (u16)(row.e.index + n);
			one.e.va = row.e.va + n * span;
			one.e.phys += row.e.present ? n * span : 0;
			one.e.val += row.e.present ? n * span >> format(b)->addr_shift : 0;
			b->rows[--to] = one;
		}
	}
	b->nr_rows += extra;
}

static u32 row_of_index(const struct browse *b, u32 index)
{
	for (u32 i = 0; i < b->nr_rows; i++) {
		if (index >= b->rows[i].e.index && index < b->rows[i].e.index + b->rows[i].nr)
			return i;
	}
	return 0;
}

static void keep_in_sight(struct browse *b)
{
	u32 height = browse_list_height(b);

	if (b->cursor < b->top)
		b->top = b->cursor;
	if (b->cursor >= b->top + height)
		b->top = b->cursor - height + 1;
	if (b->top + height > b->nr_rows)
		b->top = b->nr_rows > height ? b->nr_rows - height : 0;
}

void browse_load(struct browse *b)
{
	const struct pgtable *pt = b->tree.pt;
	unsigned top = format(b)->nr_levels - 1u, depth;
	const struct pt_entry *e;
	u8 rights;

	b->nr_rows = 0;
	pt_lookup(pt, b->at.va, &b->path);
	if (!b->path.nr) {
		browse_say(b, "the tables' root may not be read");
		return;
	}
	depth = min(top - min(top, (unsigned)b->at.level), b->path.nr - 1u);
	b->at.level = (u8)(top - depth);
	e = &b->path.entry[depth];
	rights = depth ? b->path.entry[depth - 1].rights : PTR_ALL;
	pt_read_table(pt, e->table, e->level, e->va - e->index * pt_span(format(b), e->level),
		      rights, add_entry, b);
	if (!b->unfolded)
		unfold_short(b);
	b->cursor = row_of_index(b, e->index);
	keep_in_sight(b);
}

/* ---- going ------------------------------------------------------------------------------- */

void browse_go(struct browse *b, u64 va, unsigned level)
{
	b->at.va = va;
	b->at.level = (u8)level;
	browse_load(b);
}

bool browse_find_tree(struct browse *b, const char *name)
{
	struct browse_tree tree;

	for (u32 i = 0; b->env->tree(b->env->ctx, i, &tree); i++) {
		if (name[0] && strcmp(tree.name, name))
			continue;
		b->tree = tree;
		fmt_print(b->at.tree, sizeof(b->at.tree), "%s", tree.name);
		return true;
	}
	return false;
}

/* Adds the position to the history; drops the positions after the present one. */
static void remember(struct browse *b)
{
	if (b->at_history == BROWSE_MAX_PLACES) {
		memmove(&b->history[0], &b->history[1],
			(BROWSE_MAX_PLACES - 1) * sizeof(b->history[0]));
		b->at_history--;
	}
	b->history[b->at_history++] = b->at;
	b->nr_history = b->at_history;
}

void browse_jump(struct browse *b, const char *tree, u64 va, unsigned level)
{
	struct browse_tree before = b->tree;

	remember(b);
	if (!browse_find_tree(b, tree)) {
		b->tree = before;
		browse_say(b, "%s: no tables have this name", tree);
		return;
	}
	if (!pt_canonical(b->tree.pt, va))
		va = 0;
	browse_go(b, va, level);
}

void browse_move(struct browse *b, s64 by)
{
	s64 to = (s64)b->cursor + by;

	if (!b->nr_rows)
		return;
	b->cursor = to < 0 ? 0 : to >= (s64)b->nr_rows ? b->nr_rows - 1 : (u32)to;
	b->at.va = b->rows[b->cursor].e.va;
	keep_in_sight(b);
}

void browse_say(struct browse *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(b->message, sizeof(b->message), fmt, ap);
	va_end(ap);
}

int browse_init(struct browse *b, const struct browse_env *env, const char *tree, u64 va,
		u32 columns, u32 rows)
{
	memset(b, 0, sizeof(*b));
	b->env = env;
	screen_init(&b->screen, columns, rows);
	if (!browse_find_tree(b, tree ? tree : ""))
		return -ENOENT;
	browse_go(b, pt_canonical(b->tree.pt, va) ? va : 0, va ? 0 : format(b)->nr_levels - 1u);
	return 0;
}
