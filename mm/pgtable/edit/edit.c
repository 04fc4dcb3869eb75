/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One step of editing: a new version of the tables on the way, or nothing at all. */
#include "edit_inner.h"
#include "lib.h"

int pt_refuse(struct pt_clone *c, int err, u64 va, const char *why)
{
	c->why = why;
	c->why_va = pt_sign_extend(&c->pt, va);
	return err;
}

/* The i-th of the smaller pages that a page becomes. */
static u64 part_of_leaf(const struct pt_format *f, u64 entry, unsigned level, u32 i)
{
	phys_addr_t pa = pt_entry_addr(f, entry, level, true) + i * pt_span(f, level - 1);
	u64 part = f->make_leaf(pa, f->leaf_flags(entry, level), level - 1);

	return (part & ~f->same) | (entry & f->same);
}

static int edit_table(struct edit_step *s, phys_addr_t table, unsigned level, u64 base);

/* A new table with what the entry maps now: parts of a large page, or nothing. */
static int open_entry(struct edit_step *s, u64 entry, unsigned level, phys_addr_t *ret)
{
	const struct pt_format *f = s->format;
	int err = pt_step_new_table(s, ret);

	if (err || (entry & f->present) != f->present)
		return err;
	for (u32 i = 0; i < pt_nr_entries(f, level - 1); i++)
		pt_write_raw(f, pt_own_table(s->c, *ret), i, part_of_leaf(f, entry, level, i));
	return 0;
}

/* A copy of a table of `level`. */
static int copy_table(struct edit_step *s, phys_addr_t old, unsigned level, u64 va,
		      phys_addr_t *ret)
{
	const void *from = pt_table_at(&s->c->pt, old);
	int err;

	if (!from)
		return pt_refuse(s->c, -EFAULT, va, "an entry on the way points outside memory");
	err = pt_step_new_table(s, ret);
	if (err)
		return err;
	memcpy(pt_own_table(s->c, *ret), from,
	       (size_t)pt_nr_entries(s->format, level) * s->format->entry_size);
	return pt_step_replace(s, old);
}

/* Makes *entry point to an own table that the rest of the step may change, and changes it. */
static int go_down(struct edit_step *s, u64 *entry, unsigned level, u64 va)
{
	const struct pt_format *f = s->format;
	bool present = (*entry & f->present) == f->present;
	bool leaf = present && pt_entry_is_leaf(f, *entry, level);
	phys_addr_t table;
	int err;

	ASSERT(level, "below level 0 at %#llx", va);
	if (present && !leaf)
		err = copy_table(s, pt_entry_addr(f, *entry, level, false), level - 1, va, &table);
	else
		err = open_entry(s, *entry, level, &table);
	if (!err)
		err = edit_table(s, table, level - 1, va);
	if (!err)
		*entry = present && !leaf ? pt_retarget(f, *entry, level, table)
					  : f->make_table(table) & ~f->level[level].table_reserved;
	return err;
}

/* `table` is the step's own; base is its first address. */
static int edit_table(struct edit_step *s, phys_addr_t table, unsigned level, u64 base)
{
	const struct pt_format *f = s->format;
	void *entries = pt_own_table(s->c, table);
	u32 nr = pt_nr_entries(f, level), shift = f->level[level].shift;
	u32 i = s->va > base ? (u32)((s->va - base) >> shift) : 0;

	for (; i < nr && base + ((u64)i << shift) <= s->last; i++) {
		u64 va = base + ((u64)i << shift), end = va + (pt_span(f, level) - 1);
		u64 entry = pt_read_raw(f, entries, i);
		int what = s->op(s, &entry, level, va, s->va <= va && end <= s->last);

		if (what == EDIT_DOWN)
			what = go_down(s, &entry, level, va);
		else if (what == EDIT_STORE)
			s->changed++;
		if (what < 0)
			return what;
		pt_write_raw(f, entries, i, entry);
	}
	return 0;
}

/* ---- versions ---------------------------------------------------------------------------- */

/* What was undone is gone once something new is done. */
static void forget_redo(struct pt_clone *c)
{
	while (c->nr > c->at + 1) {
		struct pt_version *v = &c->version[--c->nr];

		pt_clone_free_list(c, v->made);
		pt_clone_drop_list(c, v->replaced);
	}
}

static void forget_oldest(struct pt_clone *c)
{
	pt_clone_drop_list(c, c->version[0].made); /* in use by later ones, or in their lists */
	pt_clone_free_list(c, c->version[1].replaced);
	c->version[1].replaced = 0;
	c->nr--;
	c->at--;
	memmove(&c->version[0], &c->version[1], c->nr * sizeof(c->version[0]));
}

static void keep_version(struct edit_step *s, phys_addr_t root, const char *what)
{
	struct pt_clone *c = s->c;
	struct pt_version *v;

	forget_redo(c);
	if (c->nr == ARRAY_SIZE(c->version))
		forget_oldest(c);
	v = &c->version[c->nr++];
	*v = (struct pt_version){.root = root, .made = s->made, .replaced = s->replaced};
	fmt_print(v->what, sizeof(v->what), "%s", what);
	c->at = c->nr - 1;
	c->pt.root = root;
}

int pt_step_run(struct edit_step *s, const char *what)
{
	struct pt_clone *c = s->c;
	phys_addr_t root;
	int err;

	c->why = NULL;
	err = copy_table(s, c->pt.root, s->format->nr_levels - 1u, s->va, &root);
	if (!err)
		err = edit_table(s, root, s->format->nr_levels - 1u, 0);
	if (!err && !s->changed)
		err = pt_refuse(c, -ENOENT, s->va, "nothing there that this would change");
	if (err) {
		pt_clone_free_list(c, s->made);
		pt_clone_drop_list(c, s->replaced);
		return err;
	}
	keep_version(s, root, what);
	return 0;
}
