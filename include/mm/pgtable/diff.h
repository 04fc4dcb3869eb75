/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The differences in translation between two trees of page tables, of any formats and page sizes.
 *
 * Two cursors go through the addresses together. Each has a page or a hole at its address; the
 * shorter of the two is compared in one step. A table that both trees use at the same address, with
 * the same rights above it, is skipped as a whole, so for a copy-on-edit clone the cost depends on
 * the number of edits. Entries that are wrong translate nothing.
 */
#ifndef MM_PGTABLE_DIFF_H
#define MM_PGTABLE_DIFF_H

#include "mm/pgtable/pgtable.h"

/* What differs. Several bits may be set, but PT_DIFF_ONLY_* and PT_DIFF_WRONG are alone. */
#define PT_DIFF_ONLY_A 0x01
#define PT_DIFF_ONLY_B 0x02
#define PT_DIFF_PHYS   0x04 /* other physical address */
#define PT_DIFF_RIGHTS 0x08
#define PT_DIFF_CACHE  0x10 /* PWT, PCD, PAT */
#define PT_DIFF_GLOBAL 0x20
#define PT_DIFF_WRONG  0x40 /* mapped by neither, but their entries have different errors */
#define PT_DIFF_SIZE   0x80 /* pt_diff_how() only: pages of another size */
#define PT_DIFF_KINDS  8

/* One tree at the first address of a run. It is the same for the whole run, but `phys` grows with
 * the address, and `level` may change unless page sizes are compared and both sides are mapped. */
struct pt_diff_side {
	bool mapped;
	u8 wrong;  /* enum pt_wrong: why a present entry maps nothing */
	u8 level;  /* of the page or of the entry that ends the walk */
	u8 rights; /* PTR_*, combined; 0 when not mapped */
	u64 flags; /* PT_PWT PT_PCD PT_PATBIT PT_GLOBAL */
	phys_addr_t phys;
};

/* A run of addresses that differ in the same way. If both sides are mapped, b.phys - a.phys is the
 * same for the whole run; if only one is, its physical addresses may jump. */
struct pt_difference {
	u64 start, last; /* inclusive */
	u8 what;	 /* PT_DIFF_* */
	u8 lost, gained; /* PTR_*: rights only in a, rights only in b */
	struct pt_diff_side a, b;
};

/* Non-zero ends the comparison and is returned. */
typedef int (*pt_diff_fn)(void *ctx, const struct pt_difference *d);

/*
 * Calls fn for every run in [start, last] whose translations differ, in order, each run as long as
 * possible. Accessed and dirty bits and page sizes are ignored. An address that is canonical in one
 * tree only is a hole in the other. 0, or fn's value. An entry that changes meanwhile is seen with
 * its old or its new value.
 */
int pt_diff(const struct pgtable *a, const struct pgtable *b, u64 start, u64 last, pt_diff_fn fn,
	    void *ctx);

struct pt_diff_how {
	bool sizes; /* different page sizes are a difference too: PT_DIFF_SIZE */
	/* Called now and then, also without differences; non-zero ends the comparison and is
	 * returned. May be NULL. */
	int (*poll)(void *ctx);
	void *ctx; /* of poll */
};
/* pt_diff() with these settings; 0, or the value of fn or poll. */
int pt_diff_how(const struct pgtable *a, const struct pgtable *b, u64 start, u64 last,
		const struct pt_diff_how *how, pt_diff_fn fn, void *ctx);

/* How much differs in each way; a run counts for each bit of its `what`. */
struct pt_diff_totals {
	u64 runs;
	u64 bytes[PT_DIFF_KINDS]; /* bit n of `what` */
	u64 lost[6], gained[6];	  /* bytes, bit n of PTR_*; only where both map */
};
/* Adds one run to the totals. */
void pt_diff_count(struct pt_diff_totals *t, const struct pt_difference *d);
/* Name of bit n: "only a", "only b", "address", "rights", "cache", "global", "wrong", "size". */
const char *pt_diff_name(u32 kind);

#endif
