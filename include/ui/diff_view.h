/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The differences between two trees of page tables, as lines with totals or as JSON. */
#ifndef UI_DIFF_VIEW_H
#define UI_DIFF_VIEW_H

#include "mm/pgtable/diff.h"
#include "ui/emit.h"

/* One of the two trees. */
struct pt_diff_tree {
	const char *name;
	const struct pgtable *pt;
	u64 pat; /* IA32_PAT of its machine; only for x86 formats */
};

/*
 * Shows the differences from a to b in [start, last] (canonical in both or in one). how->poll (or
 * NULL) is called now and then and stops the work with a value that is not 0. 0; poll's value;
 * -EINTR when out was stopped.
 */
int view_pt_diff(struct emit *out, const struct pt_diff_tree *a, const struct pt_diff_tree *b,
		 u64 start, u64 last, const struct pt_diff_how *how);

#endif
