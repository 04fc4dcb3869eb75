/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shared by clone.c, edit.c and edit_ops.c. */
#ifndef MM_PGTABLE_EDIT_EDIT_INNER_H
#define MM_PGTABLE_EDIT_EDIT_INNER_H

#include "mm/pgtable/edit.h"
#include "../pt_inner.h"

/* Tables made and replaced are kept in lists of pages. */
struct table_list {
	phys_addr_t next;
	u64 nr;
	phys_addr_t table[510];
};

/* A step in the making. */
struct edit_step {
	struct pt_clone *c;
	const struct pt_format *format;
	phys_addr_t made, replaced; /* as in struct pt_version */
	u64 va, last;		    /* inclusive, without sign extension */
	u64 changed;		    /* entries */
	/*
	 * What becomes of an entry that the range reaches, wholly or in part: EDIT_KEEP,
	 * EDIT_STORE (*entry is new), EDIT_DOWN (go into the table below, which is made if there is
	 * none: from the large page, or empty), or a negative error after pt_refuse().
	 */
	int (*op)(struct edit_step *s, u64 *entry, unsigned level, u64 va, bool whole);
	/* the operation's own */
	phys_addr_t pa;
	u64 value, mask;
	unsigned level;
	/* copying a foreign tree: the tables that it is in, there and here, by level */
	phys_addr_t from[PT_MAX_LEVELS], to[PT_MAX_LEVELS];
};
enum { EDIT_KEEP, EDIT_STORE, EDIT_DOWN };

/* Runs s->op over [s->va, s->last]; makes the new version in effect. Nothing is left of a step
 * that fails, or that changed nothing (-ENOENT). */
int pt_step_run(struct edit_step *s, const char *what);
/* Says why and where, returns err. va without sign extension. */
int pt_refuse(struct pt_clone *c, int err, u64 va, const char *why);

/* A page of the clone's, noted in the step. */
int pt_step_new_table(struct edit_step *s, phys_addr_t *ret);
/* The version that is being made no longer uses this table, nor what is below it. */
int pt_step_replace(struct edit_step *s, phys_addr_t table);
int pt_step_replace_tree(struct edit_step *s, u64 entry, unsigned level);
/* Frees all tables of a list, and the list. */
void pt_clone_free_list(struct pt_clone *c, phys_addr_t list);
void pt_clone_drop_list(struct pt_clone *c, phys_addr_t list); /* the list only */

/* The entry of the same kind with another address below it. */
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

/* A table that is the clone's own, for the step that makes it. */
static inline void *pt_own_table(const struct pt_clone *c, phys_addr_t pa)
{
	return (void *)(uintptr_t)(pa + c->pt.phys_offset);
}

#endif
