/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What two trees of page tables translate differently, as lines with totals, or as JSON. */
#ifndef UI_DIFF_VIEW_H
#define UI_DIFF_VIEW_H

#include "mm/pgtable/diff.h"
#include "ui/emit.h"

/* One of the two. */
struct pt_diff_tree {
	const char *name;
	const struct pgtable *pt;
	u64 pat; /* IA32_PAT that its machine has; only x86 formats look at it */
};

/*
 * Shows the differences from a to b in [start, last] (canonical in both or in one). `poll` (or
 * NULL) is asked now and then whether to stop. 0; what poll returned, or -EINTR when out was
 * stopped.
 */
int view_pt_diff(struct emit *out, const struct pt_diff_tree *a, const struct pt_diff_tree *b,
		 u64 start, u64 last, const struct pt_diff_how *how);

#endif
