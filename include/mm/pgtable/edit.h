/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A sandbox: an editable clone of any page tables. The original is never written.
 *
 * Each step makes a new version: it copies the tables on the path to its changes, up to a new root,
 * and shares all others with the version before. So undo and redo only choose a root, a step that
 * fails changes nothing, and a comparison with the original skips the shared tables. After its step
 * a table of the clone never changes, and no CPU walks it.
 */
#ifndef MM_PGTABLE_EDIT_H
#define MM_PGTABLE_EDIT_H

#include "mm/pgtable/pgtable.h"

#define PT_CLONE_STEPS 256 /* steps that can be undone; older ones are dropped */

/* One version: the tables that its step made, and those of the version before that they replace. */
struct pt_version {
	phys_addr_t root;
	phys_addr_t made, replaced; /* lists of tables: first page of each, 0 when empty */
	char what[64];		    /* the step in words */
};

struct pt_clone {
	struct pgtable pt; /* the current version, for all readers of tables */
	const struct pgtable *origin;
	const struct pt_pages *pages;
	struct pgtable owned; /* the set of the clone's pages: each is identity-mapped here */
	u32 nr, at;	      /* number of versions, and the current one; 0 is the oldest */
	u64 nr_tables;	      /* tables of all versions together */
	struct pt_version version[PT_CLONE_STEPS + 1];
	/* Why the last step was refused. */
	const char *why;
	u64 why_va;
};

/*
 * Makes a clone equal to `origin`, which must outlive it and not change. Pages come from `pages`
 * and are read at their physical address plus phys_offset. A foreign origin (pgtable.foreign) is
 * copied completely. 0; -ENOMEM; -EFAULT: its root may not be read; -E2BIG: more than 65,536 tables
 * to copy.
 */
int pt_clone_init(struct pt_clone *c, const struct pgtable *origin, const struct pt_pages *pages,
		  u64 phys_offset);
void pt_clone_destroy(struct pt_clone *c);

/*
 * Steps. Ranges are whole pages of the format's smallest size. Each returns 0; -ENOMEM; or, with
 * c->why and c->why_va set: -EINVAL (wrong range or value), -EEXIST (something is mapped there),
 * -ENOENT (nothing is mapped there), -EFAULT (an entry on the path points to no table). After an
 * error nothing has changed. `what` names the step in the list of steps.
 */
/* Maps with the largest pages that fit, up to max_level. Flags are PT_* (mm/pgtable/pgtable.h). */
int pt_clone_map(struct pt_clone *c, u64 va, phys_addr_t pa, u64 size, u64 flags,
		 unsigned max_level, const char *what);
/* Unmaps; splits large pages at the borders. Holes are allowed; -ENOENT: nothing is mapped. */
int pt_clone_unmap(struct pt_clone *c, u64 va, u64 size, const char *what);
/* Sets the bits of `mask` in all pages to those of `flags`. Entries that point to tables do not
 * change. */
int pt_clone_protect(struct pt_clone *c, u64 va, u64 size, u64 flags, u64 mask, const char *what);
/* Replaces the page that maps va by a table of smaller pages with the same translation. */
int pt_clone_split(struct pt_clone *c, u64 va, const char *what);
/* Replaces the lowest table on the path to va by one page of the level above. Its entries must have
 * equal flags and map one aligned piece of memory in order. */
int pt_clone_collapse(struct pt_clone *c, u64 va, const char *what);
/* Writes any value to the entry of `level` on the path to va. */
int pt_clone_set(struct pt_clone *c, u64 va, unsigned level, u64 value, const char *what);

/* False: there is nothing to undo or redo. */
bool pt_clone_undo(struct pt_clone *c);
bool pt_clone_redo(struct pt_clone *c);

#endif
