/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A clone's life: which pages are its own, its versions, undo and redo. */
#include "edit_inner.h"

#define MAX_COPIED 65536 /* tables of a foreign origin */

static bool is_own(const struct pt_clone *c, phys_addr_t pa)
{
	struct pt_path path;

	return pt_lookup(&c->owned, pa, &path) == PT_MAPPED;
}

/* Own tables lie at phys_offset, the others where the origin has them. */
static const void *clone_table(const struct pgtable *pt, phys_addr_t pa)
{
	const struct pt_clone *c = pt->table_ctx;

	if (is_own(c, pa))
		return pt_own_table(c, pa);
	return c->origin->foreign ? NULL : pt_table_at(c->origin, pa);
}

/* ---- lists of tables --------------------------------------------------------------------- */

static int push(struct pt_clone *c, phys_addr_t *list, phys_addr_t table)
{
	struct table_list *head = *list ? pt_own_table(c, *list) : NULL;

	if (!head || head->nr == ARRAY_SIZE(head->table)) {
		phys_addr_t page;
		int err = c->pages->alloc(c->pages->ctx, &page);

		if (err)
			return err;
		head = pt_own_table(c, page);
		head->next = *list;
		head->nr = 0;
		*list = page;
	}
	head->table[head->nr++] = table;
	return 0;
}

/* Somebody may have pointed a second entry at it with pt_clone_set(): it is freed once. */
static void free_table(struct pt_clone *c, phys_addr_t table)
{
	int err;

	if (!is_own(c, table))
		return;
	err = pt_unmap(&c->owned, table, PAGE_SIZE);

	ASSERT(!err, "table %#llx: %d", table, err); /* pages of 4 KiB: nothing to split */
	c->pages->free(c->pages->ctx, table);
	c->nr_tables--;
}

static void end_list(struct pt_clone *c, phys_addr_t list, bool tables)
{
	while (list) {
		struct table_list *head = pt_own_table(c, list);
		phys_addr_t next = head->next;

		for (u64 i = 0; tables && i < head->nr; i++)
			free_table(c, head->table[i]);
		c->pages->free(c->pages->ctx, list);
		list = next;
	}
}

void pt_clone_free_list(struct pt_clone *c, phys_addr_t list)
{
	end_list(c, list, true);
}

void pt_clone_drop_list(struct pt_clone *c, phys_addr_t list)
{
	end_list(c, list, false);
}

int pt_step_new_table(struct edit_step *s, phys_addr_t *ret)
{
	struct pt_clone *c = s->c;
	phys_addr_t page;
	int err = c->pages->alloc(c->pages->ctx, &page);

	if (err)
		return err;
	err = pt_map(&c->owned, page, page, PAGE_SIZE, 0, 0);
	if (err) {
		c->pages->free(c->pages->ctx, page);
		return err;
	}
	c->nr_tables++;
	err = push(c, &s->made, page);
	if (err) {
		free_table(c, page);
		return err;
	}
	memset(pt_own_table(c, page), 0, PAGE_SIZE);
	*ret = page;
	return 0;
}

int pt_step_replace(struct edit_step *s, phys_addr_t table)
{
	return is_own(s->c, table) ? push(s->c, &s->replaced, table) : 0;
}

int pt_step_replace_tree(struct edit_step *s, u64 entry, unsigned level)
{
	phys_addr_t table = pt_entry_addr(s->format, entry, level, false);
	const void *entries = pt_own_table(s->c, table);
	int err = 0;

	if (!level || !is_own(s->c, table)) /* what is below an origin's table is its too */
		return 0;
	for (u32 i = 0; !err && i < pt_nr_entries(s->format, level - 1); i++) {
		u64 below = pt_read_raw(s->format, entries, i);

		if ((below & s->format->present) == s->format->present &&
		    !pt_entry_is_leaf(s->format, below, level - 1))
			err = pt_step_replace_tree(s, below, level - 1);
	}
	return err ? err : push(s->c, &s->replaced, table);
}

/* ---- a foreign origin -------------------------------------------------------------------- */

static int copy_tree(struct edit_step *s, phys_addr_t from, unsigned level, phys_addr_t *ret);

/* What an entry of `level` leads to: the copy that it is in itself (a self-map), or a new one. */
static int copy_below(struct edit_step *s, phys_addr_t from, unsigned level, phys_addr_t *ret)
{
	for (unsigned above = level; above < s->format->nr_levels; above++) {
		if (s->from[above] == from) {
			*ret = s->to[above];
			return 0;
		}
	}
	return copy_tree(s, from, level - 1, ret);
}

static int copy_tree(struct edit_step *s, phys_addr_t from, unsigned level, phys_addr_t *ret)
{
	const struct pt_format *f = s->format;
	const void *entries = pt_table_at(s->c->origin, from);
	void *to;
	int err = entries ? pt_step_new_table(s, ret) : -EFAULT;

	if (!err && s->c->nr_tables > MAX_COPIED)
		err = -E2BIG;
	if (err)
		return err;
	to = pt_own_table(s->c, *ret);
	s->from[level] = from;
	s->to[level] = *ret;
	for (u32 i = 0; i < pt_nr_entries(f, level); i++) {
		u64 val = pt_read_raw(f, entries, i);
		phys_addr_t below = pt_entry_addr(f, val, level, false), copy;

		if (level && (val & f->present) == f->present && !pt_entry_is_leaf(f, val, level) &&
		    pt_table_at(s->c->origin, below)) {
			err = copy_below(s, below, level, &copy);
			if (err)
				return err;
			val = pt_retarget(f, val, level, copy);
		}
		pt_write_raw(f, to, i, val);
	}
	return 0;
}

/* ---- life -------------------------------------------------------------------------------- */

static void choose(struct pt_clone *c, u32 at)
{
	c->at = at;
	c->pt.root = c->version[at].root;
}

int pt_clone_init(struct pt_clone *c, const struct pgtable *origin, const struct pt_pages *pages,
		  u64 phys_offset)
{
	struct edit_step s = {.c = c, .format = pt_format_of(origin)};
	phys_addr_t root = origin->root;
	int err;

	if (!pt_table_at(origin, root))
		return -EFAULT;
	memset(c, 0, sizeof(*c));
	c->origin = origin;
	c->pages = pages;
	c->pt = *origin;
	c->pt.pages = NULL;
	c->pt.changed = NULL;
	c->pt.foreign = false;
	c->pt.phys_offset = phys_offset;
	c->pt.table = clone_table;
	c->pt.table_ctx = c;
	c->owned = (struct pgtable){
		.levels = 5, .nx = true, .phys_offset = phys_offset, .pages = pages};
	err = pt_init(&c->owned);
	if (err)
		return err;
	c->nr = 1;
	if (origin->foreign)
		err = copy_tree(&s, root, s.format->nr_levels - 1u, &root);
	c->version[0] = (struct pt_version){.root = root, .made = s.made, .what = "as cloned"};
	if (err) {
		pt_clone_destroy(c);
		return err;
	}
	choose(c, 0);
	return 0;
}

static int free_owned(void *ctx, const struct pt_entry *e)
{
	struct pt_clone *c = ctx;

	if (!e->present || !e->leaf)
		return PT_DESCEND;
	c->pages->free(c->pages->ctx, e->phys);
	c->nr_tables--;
	return PT_SKIP;
}

void pt_clone_destroy(struct pt_clone *c)
{
	for (u32 i = 0; i < c->nr; i++) {
		pt_clone_drop_list(c, c->version[i].made);
		pt_clone_drop_list(c, c->version[i].replaced);
	}
	pt_walk(&c->owned, 0, ~0ULL, free_owned, c);
	ASSERT(!c->nr_tables, "%llu tables left", c->nr_tables);
	pt_destroy(&c->owned);
	memset(c, 0, sizeof(*c));
}

bool pt_clone_undo(struct pt_clone *c)
{
	if (!c->at)
		return false;
	choose(c, c->at - 1);
	return true;
}

bool pt_clone_redo(struct pt_clone *c)
{
	if (c->at + 1 == c->nr)
		return false;
	choose(c, c->at + 1);
	return true;
}
