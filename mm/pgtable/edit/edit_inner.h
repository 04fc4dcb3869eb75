/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* For clone.c, edit.c and edit_ops.c. */
#ifndef MM_PGTABLE_EDIT_EDIT_INNER_H
#define MM_PGTABLE_EDIT_EDIT_INNER_H

#include "mm/pgtable/edit.h"
#include "../pt_inner.h"

/* A list of tables, made or replaced: pages of pointers. */
struct table_list {
	phys_addr_t next;
	u64 nr;
	phys_addr_t table[510];
};

/* The step that is being made. */
struct edit_step {
	struct pt_clone *c;
	const struct pt_format *format;
	phys_addr_t made, replaced; /* as in struct pt_version */
	u64 va, last;		    /* inclusive, without sign extension */
	u64 changed;		    /* entries */
	/*
	 * Called for each entry in the range; whole: the range covers all that it maps. Returns
	 * EDIT_KEEP; EDIT_STORE (store *entry); EDIT_DOWN (edit the table below; if there is none,
	 * one is made from the large page, or empty); or a negative error after pt_refuse().
	 */
	int (*op)(struct edit_step *s, u64 *entry, unsigned level, u64 va, bool whole);
	/* for the operation */
	phys_addr_t pa;
	u64 value, mask;
	unsigned level;
	/* while a foreign tree is copied: the tables on the path, theirs and ours, by level */
	phys_addr_t from[PT_MAX_LEVELS], to[PT_MAX_LEVELS];
};
enum { EDIT_KEEP, EDIT_STORE, EDIT_DOWN };

/* Runs s->op over [s->va, s->last] and makes the new version the current one. 0; -ENOENT: nothing
 * to change; other errors. After an error no version has changed. */
int pt_step_run(struct edit_step *s, const char *what);
/* Sets c->why and c->why_va, returns err. va without sign extension. */
int pt_refuse(struct pt_clone *c, int err, u64 va, const char *why);

/* A zeroed table of the clone, listed in s->made. 0 or -ENOMEM. */
int pt_step_new_table(struct edit_step *s, phys_addr_t *ret);
/* Lists a table that the new version no longer uses; the second one with all tables below. */
int pt_step_replace(struct edit_step *s, phys_addr_t table);
int pt_step_replace_tree(struct edit_step *s, u64 entry, unsigned level);
/* Frees all tables of a list, and the list. */
void pt_clone_free_list(struct pt_clone *c, phys_addr_t list);
void pt_clone_drop_list(struct pt_clone *c, phys_addr_t list); /* the list only */

/* The same entry with the address of another table. */
static inline u64 pt_retarget(const struct pt_format *f, u64 entry, unsigned level,
			      phys_addr_t table)
{
	u64 addr = f->level[level].table_addr;

	return (entry & ~addr) | (table >> f->addr_shift & addr);
}

static inline void pt_write_raw(const struct pt_format *f, void *table, u32 index, u64 val)
{
	if (f->entry_size == 4)
		((u32 *)table)[index] = (u32)val;
	else
		((u64 *)table)[index] = val;
}

/* A table of the clone, for writing by the step that makes it. */
static inline void *pt_own_table(const struct pt_clone *c, phys_addr_t pa)
{
	return (void *)(uintptr_t)(pa + c->pt.phys_offset);
}

#endif
