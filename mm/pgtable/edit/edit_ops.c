/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The operations on a clone: each has a function that says what to do with one entry. */
#include "edit_inner.h"

static bool is_present(const struct edit_step *s, u64 entry)
{
	return (entry & s->format->present) == s->format->present;
}

static bool is_leaf(const struct edit_step *s, u64 entry, unsigned level)
{
	return is_present(s, entry) && pt_entry_is_leaf(s->format, entry, level);
}

/* Starts a step on a range, which must be whole pages, canonical, and not wrap. */
static int begin(struct edit_step *s, struct pt_clone *c, u64 va, u64 size)
{
	const struct pt_format *f = pt_format_of(&c->pt);
	u64 page = pt_span(f, 0);

	*s = (struct edit_step){.c = c, .format = f, .va = pt_inner_va(&c->pt, va)};
	s->last = s->va + (size - 1);
	if (!size || !is_aligned(va | size, page))
		return pt_refuse(c, -EINVAL, va, "address and size must be whole pages");
	if (!pt_canonical(&c->pt, va) || s->last < s->va ||
	    pt_inner_va(&c->pt, s->last) != s->last ||
	    pt_sign_extend(&c->pt, s->last) != va + (size - 1))
		return pt_refuse(c, -EINVAL, va, "the range leaves the address space");
	return 0;
}

/* ---- map --------------------------------------------------------------------------------- */

static int map_entry(struct edit_step *s, u64 *entry, unsigned level, u64 va, bool whole)
{
	phys_addr_t pa = s->pa + (va - s->va);

	if (is_leaf(s, *entry, level))
		return pt_refuse(s->c, -EEXIST, va, "something is mapped there; unmap it first");
	if (is_present(s, *entry) || !whole || level > s->level ||
	    (level && !s->format->level[level].leaf_mask) ||
	    !is_aligned(pa, pt_span(s->format, level)))
		return EDIT_DOWN;
	*entry = s->format->make_leaf(pa, s->value, level);
	return EDIT_STORE;
}

int pt_clone_map(struct pt_clone *c, u64 va, phys_addr_t pa, u64 size, u64 flags,
		 unsigned max_level, const char *what)
{
	u8 bits = c->pt.phys_bits ? c->pt.phys_bits : pt_format_of(&c->pt)->phys_bits;
	struct edit_step s;
	int err = begin(&s, c, va, size);

	if (err)
		return err;
	if (!is_aligned(pa, pt_span(s.format, 0)) || (pa + (size - 1)) >> bits || pa >> bits)
		return pt_refuse(
			c, -EINVAL, va,
			"the physical address is not of a page, or beyond what the CPU has");
	s.op = map_entry;
	s.pa = pa;
	s.value = c->pt.nx ? flags : flags & ~PT_NOEXEC;
	s.level = min(max_level, (unsigned)max(c->pt.max_page_level, (u8)1));
	return pt_step_run(&s, what);
}

/* ---- unmap ------------------------------------------------------------------------------- */

/* Does the table below the entry map anything? Yes if it cannot be read. */
static bool maps_anything(const struct edit_step *s, u64 entry, unsigned level)
{
	const struct pt_format *f = s->format;
	const void *entries = pt_table_at(&s->c->pt, pt_entry_addr(f, entry, level, false));

	for (u32 i = 0; entries && i < pt_nr_entries(f, level - 1); i++) {
		u64 below = pt_read_raw(f, entries, i);

		if (is_present(s, below) && (level == 1 || is_leaf(s, below, level - 1) ||
					     maps_anything(s, below, level - 1)))
			return true;
	}
	return !entries;
}

static int unmap_entry(struct edit_step *s, u64 *entry, unsigned level, u64 va, bool whole)
{
	int err = 0;

	(void)va;
	if (!is_present(s, *entry))
		return EDIT_KEEP;
	if (!whole)
		return EDIT_DOWN;
	if (level && !is_leaf(s, *entry, level)) {
		if (!maps_anything(s, *entry, level))
			return EDIT_KEEP;
		err = pt_step_replace_tree(s, *entry, level);
	}
	*entry = 0;
	return err ? err : EDIT_STORE;
}

int pt_clone_unmap(struct pt_clone *c, u64 va, u64 size, const char *what)
{
	struct edit_step s;
	int err = begin(&s, c, va, size);

	s.op = unmap_entry;
	return err ? err : pt_step_run(&s, what);
}

/* ---- protect ----------------------------------------------------------------------------- */

static int protect_entry(struct edit_step *s, u64 *entry, unsigned level, u64 va, bool whole)
{
	const struct pt_format *f = s->format;
	u64 flags, other;

	(void)va;
	if (!is_present(s, *entry))
		return EDIT_KEEP;
	if (!is_leaf(s, *entry, level) || !whole)
		return EDIT_DOWN;
	flags = f->leaf_flags(*entry, level);
	flags = (flags & ~s->mask) | (s->value & s->mask);
	other = f->carried | f->accessed | f->dirty;
	*entry = (f->make_leaf(pt_entry_addr(f, *entry, level, true), flags, level) & ~other) |
		 (*entry & other);
	return EDIT_STORE;
}

int pt_clone_protect(struct pt_clone *c, u64 va, u64 size, u64 flags, u64 mask, const char *what)
{
	struct edit_step s;
	int err = begin(&s, c, va, size);

	s.op = protect_entry;
	s.value = c->pt.nx ? flags : flags & ~PT_NOEXEC;
	s.mask = mask;
	return err ? err : pt_step_run(&s, what);
}

/* ---- split, collapse, any bits ----------------------------------------------------------- */

/* Starts a step on the smallest page at va: it visits only the entries on the path to va. */
static int begin_at(struct edit_step *s, struct pt_clone *c, u64 va)
{
	return begin(s, c, round_down(va, pt_span(pt_format_of(&c->pt), 0)),
		     pt_span(pt_format_of(&c->pt), 0));
}

/* Goes down to the level of the new, smaller pages: EDIT_DOWN makes them. */
static int split_entry(struct edit_step *s, u64 *entry, unsigned level, u64 va, bool whole)
{
	(void)entry;
	(void)va;
	(void)whole;
	if (level > s->level)
		return EDIT_DOWN;
	s->changed++;
	return EDIT_KEEP;
}

int pt_clone_split(struct pt_clone *c, u64 va, const char *what)
{
	const struct pt_entry *last;
	struct pt_path path;
	struct edit_step s;
	int err = begin_at(&s, c, va);

	if (err)
		return err;
	pt_lookup(&c->pt, va, &path);
	last = &path.entry[path.nr - 1];
	if (!last->present)
		return pt_refuse(c, -ENOENT, last->va, "nothing is mapped there");
	if (!last->leaf)
		return pt_refuse(c, -EFAULT, last->va, "an entry on the path cannot be followed");
	if (!last->level)
		return pt_refuse(c, -EINVAL, last->va, "this page is of the smallest size");
	s.op = split_entry;
	s.level = last->level - 1u;
	return pt_step_run(&s, what);
}

/* Do the entries of the table map one aligned piece of memory in order, with equal bits? Then *ret
 * is the entry of the page that can replace them, with A and D if any of them has these. */
static int one_page(struct edit_step *s, const void *entries, unsigned level, u64 va, u64 *ret)
{
	const struct pt_format *f = s->format;
	u64 first = pt_read_raw(f, entries, 0), ad = f->accessed | f->dirty, seen = 0;
	phys_addr_t pa = pt_entry_addr(f, first, level, true);
	u32 nr = pt_nr_entries(f, level);

	for (u32 i = 0; i < nr; i++) {
		u64 val = pt_read_raw(f, entries, i);

		if (!is_leaf(s, val, level))
			return pt_refuse(s->c, -EINVAL, va,
					 "not every entry of the table maps a page");
		if (pt_entry_addr(f, val, level, true) != pa + i * pt_span(f, level))
			return pt_refuse(s->c, -EINVAL, va,
					 "the table's pages do not map memory in order");
		if ((f->leaf_flags(val, level) ^ f->leaf_flags(first, level)) ||
		    ((val ^ first) & f->same & ~ad))
			return pt_refuse(s->c, -EINVAL, va,
					 "the table's pages differ in their bits");
		seen |= val & ad;
	}
	if (!is_aligned(pa, pt_span(f, level + 1)))
		return pt_refuse(s->c, -EINVAL, va, "the memory is not aligned to the larger page");
	*ret = f->make_leaf(pa, f->leaf_flags(first, level), level + 1);
	*ret = (*ret & ~(f->same | ad)) | (first & f->same & ~ad) | seen;
	return 0;
}

static int collapse_entry(struct edit_step *s, u64 *entry, unsigned level, u64 va, bool whole)
{
	const void *entries;
	u64 page = 0;
	int err;

	(void)whole;
	if (level > s->level)
		return EDIT_DOWN;
	entries = pt_table_at(&s->c->pt, pt_entry_addr(s->format, *entry, level, false));
	if (!entries)
		return pt_refuse(s->c, -EFAULT, va, "the entry points outside memory");
	err = one_page(s, entries, level - 1, va, &page);
	if (!err)
		err = pt_step_replace_tree(s, *entry, level);
	if (err)
		return err;
	*entry = page;
	return EDIT_STORE;
}

int pt_clone_collapse(struct pt_clone *c, u64 va, const char *what)
{
	const struct pt_entry *last;
	struct pt_path path;
	struct edit_step s;
	int err = begin_at(&s, c, va);

	if (err)
		return err;
	if (pt_lookup(&c->pt, va, &path) != PT_MAPPED)
		return pt_refuse(c, -ENOENT, va, "nothing is mapped there");
	last = &path.entry[path.nr - 1];
	s.level = last->level + 1u;
	if (s.level >= s.format->nr_levels || !s.format->level[s.level].leaf_mask ||
	    s.level > max(c->pt.max_page_level, (u8)1))
		return pt_refuse(c, -EINVAL, va, "there is no larger page");
	s.op = collapse_entry;
	return pt_step_run(&s, what);
}

static int set_entry(struct edit_step *s, u64 *entry, unsigned level, u64 va, bool whole)
{
	(void)whole;
	if (level > s->level) {
		if (is_present(s, *entry) && !is_leaf(s, *entry, level))
			return EDIT_DOWN;
		return pt_refuse(s->c, -ENOENT, va, "the walk ends above this level");
	}
	*entry = s->value;
	return EDIT_STORE;
}

int pt_clone_set(struct pt_clone *c, u64 va, unsigned level, u64 value, const char *what)
{
	struct edit_step s;
	int err = begin_at(&s, c, va);

	if (err)
		return err;
	if (level >= s.format->nr_levels || (s.format->entry_size == 4 && value >> 32))
		return pt_refuse(c, -EINVAL, va,
				 "no such level, or the value does not fit in an entry");
	s.op = set_entry;
	s.level = level;
	s.value = value;
	return pt_step_run(&s, what);
}
