/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The one walk over a tree of tables, and the path to one address. */
#include "pt_inner.h"

struct walk {
	const struct pgtable *pt;
	u64 start, last;
	pt_visit visit;
	void *ctx;
};

static u64 combine(u64 above, u64 val)
{
	return (above & val & (PT_WRITE | PT_USER)) | ((above | val) & PT_NOEXEC);
}

static void fill_entry(const struct pgtable *pt, struct pt_entry *e, u64 rights)
{
	e->present = e->val & PTE_P;
	e->leaf = e->present && pt_is_leaf(e->val, e->level);
	e->rights = combine(rights, pt->nx ? e->val : e->val & ~PTE_NX);
}

/* Entries of one table that lie in [w->start, w->last]; `base` is the table's first address. */
static int walk_table(struct walk *w, phys_addr_t table, unsigned level, u64 base, u64 rights)
{
	const u64 *entries = pt_table(w->pt, table);
	u64 size = PT_SIZE(level), span_last = base + (size * PT_ENTRIES - 1);
	unsigned first = w->start > base ? PT_INDEX(w->start, level) : 0;
	unsigned last = w->last < span_last ? PT_INDEX(w->last, level) : PT_ENTRIES - 1;

	for (unsigned i = first; i <= last; i++) {
		struct pt_entry e = {.va = pt_sign_extend(w->pt, base + i * size),
				     .val = pt_read(&entries[i]),
				     .table = table,
				     .index = (u16)i,
				     .level = (u8)level};
		phys_addr_t below;
		int step;

		fill_entry(w->pt, &e, rights);
		step = w->visit(w->ctx, &e);
		if (step < 0 || step == PT_STOP)
			return step;
		below = pt_entry_phys(e.val, level, false);
		if (step == PT_SKIP || !e.present || e.leaf || !pt_readable(w->pt, below))
			continue;
		step = walk_table(w, below, level - 1, base + i * size, e.rights);
		if (step < 0 || step == PT_STOP)
			return step;
	}
	return 0;
}

int pt_walk(const struct pgtable *pt, u64 start, u64 last, pt_visit visit, void *ctx)
{
	/* Inside, addresses count from 0 without sign extension, so that nothing wraps. */
	struct walk w = {pt, pt_inner_va(pt, start), pt_inner_va(pt, last), visit, ctx};
	int err;

	ASSERT(start <= last && pt_canonical(pt, start) && pt_canonical(pt, last),
	       "%#llx-%#llx, %u levels", start, last, pt->levels);
	if (!pt_readable(pt, pt->root))
		return -EFAULT;
	err = walk_table(&w, pt->root, pt->levels - 1u, 0, PT_WRITE | PT_USER);
	return err == PT_STOP ? 1 : err;
}

enum pt_result pt_lookup(const struct pgtable *pt, u64 va, struct pt_path *ret)
{
	phys_addr_t table = pt->root;
	u64 rights = PT_WRITE | PT_USER;

	ret->nr = 0;
	if (!pt_canonical(pt, va))
		return PT_NOT_CANONICAL;
	for (unsigned level = pt->levels; level-- > 0;) {
		struct pt_entry *e = &ret->entry[ret->nr];

		if (!pt_readable(pt, table))
			return PT_BAD_TABLE;
		*e = (struct pt_entry){.va = round_down(va, PT_SIZE(level)),
				       .table = table,
				       .index = (u16)PT_INDEX(va, level),
				       .level = (u8)level};
		e->val = pt_read(&pt_table(pt, table)[e->index]);
		fill_entry(pt, e, rights);
		ret->nr++;
		if (!e->present)
			return PT_NOT_PRESENT;
		if (e->leaf)
			return PT_MAPPED;
		table = pt_entry_phys(e->val, level, false);
		rights = e->rights;
	}
	return PT_BAD_TABLE; /* not reached: level 0 is a leaf */
}

phys_addr_t pt_path_phys(const struct pt_path *path, u64 va)
{
	const struct pt_entry *leaf = &path->entry[path->nr - 1];

	return pt_entry_phys(leaf->val, leaf->level, true) + (va & (PT_SIZE(leaf->level) - 1));
}

/* ---- statistics ----------------------------------------------------------------------------- */

struct count {
	const struct pgtable *pt;
	struct pt_stats *st;
};

static int count_entry(void *ctx, const struct pt_entry *e)
{
	struct count *c = ctx;

	if (!e->present)
		return PT_SKIP;
	if (!e->leaf) {
		if (pt_readable(c->pt, pt_entry_phys(e->val, e->level, false)))
			c->st->tables[e->level - 1]++;
		else
			c->st->bad_tables++;
		return PT_DESCEND;
	}
	c->st->leaves[e->level]++;
	if (e->rights & PT_WRITE && !(e->rights & PT_NOEXEC))
		c->st->writable_executable++;
	return PT_SKIP;
}

int pt_stats(const struct pgtable *pt, struct pt_stats *ret)
{
	struct count c = {pt, ret};

	memset(ret, 0, sizeof(*ret));
	ret->tables[pt->levels - 1] = 1;
	return pt_walk(pt, 0, ~0ULL, count_entry, &c);
}
