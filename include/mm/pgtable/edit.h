/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A sandbox: an editable clone of any tables. The origin is never written.
 *
 * Tables are values here: a step copies the tables on the way to what it changes and makes a new
 * root; everything else is shared with the version before. So undo and redo just choose a root,
 * a step that fails leaves nothing behind, and the difference to the origin skips all that is
 * shared. Tables in a clone are never changed once their step is done, and no CPU walks them.
 */
#ifndef MM_PGTABLE_EDIT_H
#define MM_PGTABLE_EDIT_H

#include "mm/pgtable/pgtable.h"

#define PT_CLONE_STEPS 256 /* that can be undone; older ones are forgotten */

/* One version: what its step made, and what of the version before it no longer uses. */
struct pt_version {
	phys_addr_t root;
	phys_addr_t made, replaced; /* lists of tables: first page of each, 0 when empty */
	char what[64];		    /* the step in words */
};

struct pt_clone {
	struct pgtable pt; /* the version that is in effect, for everything that reads tables */
	const struct pgtable *origin;
	const struct pt_pages *pages;
	struct pgtable owned; /* a set: identity-maps each page that is the clone's */
	u32 nr, at;	      /* versions that exist, and which is in effect; 0 is the oldest */
	u64 nr_tables;	      /* pages in tables, of all versions */
	struct pt_version version[PT_CLONE_STEPS + 1];
	/* Why the last step was refused. */
	const char *why;
	u64 why_va;
};

/*
 * A clone that equals `origin`, which must outlive it and not change. Pages come from `pages` and
 * are read at their physical address plus phys_offset. A foreign origin (pgtable.foreign) is
 * copied whole. 0, -ENOMEM, -EFAULT (its root may not be read), -E2BIG (more than 65,536 tables to
 * copy).
 */
int pt_clone_init(struct pt_clone *c, const struct pgtable *origin, const struct pt_pages *pages,
		  u64 phys_offset);
void pt_clone_destroy(struct pt_clone *c);

/*
 * Steps. Ranges are whole pages of the format's smallest size. Each is 0; -ENOMEM; or with c->why
 * and c->why_va said: -EINVAL (range or value makes no sense), -EEXIST (something is mapped there),
 * -ENOENT (nothing is), -EFAULT (an entry on the way leads nowhere). After an error nothing has
 * changed. `what` is kept for the list of steps.
 */
/* Flags are PT_* (mm/pgtable/pgtable.h). The largest pages that fit, up to max_level. */
int pt_clone_map(struct pt_clone *c, u64 va, phys_addr_t pa, u64 size, u64 flags,
		 unsigned max_level, const char *what);
/* Large pages across a border are split. What is absent stays absent; -ENOENT if all is. */
int pt_clone_unmap(struct pt_clone *c, u64 va, u64 size, const char *what);
/* Pages get these flags in the bits of `mask`, and keep the others. Tables above
 * stay as they are. */
int pt_clone_protect(struct pt_clone *c, u64 va, u64 size, u64 flags, u64 mask, const char *what);
/* The page that maps va becomes a table of smaller ones that translate the same. */
int pt_clone_split(struct pt_clone *c, u64 va, const char *what);
/* The lowest table on the way to va becomes one page of the level above: its entries must be alike
 * and map one aligned piece of memory in order. */
int pt_clone_collapse(struct pt_clone *c, u64 va, const char *what);
/* Any value into the entry of `level` on the way to va. */
int pt_clone_set(struct pt_clone *c, u64 va, unsigned level, u64 value, const char *what);

/* False: there is nothing to undo or redo. */
bool pt_clone_undo(struct pt_clone *c);
bool pt_clone_redo(struct pt_clone *c);

#endif
