/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What two trees of page tables translate differently, whatever their formats and page sizes are.
 *
 * Two cursors go through the addresses together, each with the page or the hole that it is in; the
 * shorter of the two is compared at once. A table that both read at the same place, and with the
 * same rights above it, is passed over with all that is below, so a copy-on-edit clone costs what
 * was edited. Entries with something wrong translate nothing.
 */
#ifndef MM_PGTABLE_DIFF_H
#define MM_PGTABLE_DIFF_H

#include "mm/pgtable/pgtable.h"

/* What differs; several may at once, but PT_DIFF_ONLY_* and PT_DIFF_WRONG stand alone. */
#define PT_DIFF_ONLY_A 0x01
#define PT_DIFF_ONLY_B 0x02
#define PT_DIFF_PHYS   0x04 /* other physical address */
#define PT_DIFF_RIGHTS 0x08
#define PT_DIFF_CACHE  0x10 /* PWT, PCD, PAT */
#define PT_DIFF_GLOBAL 0x20
#define PT_DIFF_WRONG  0x40 /* mapped by neither, but something else is wrong with the entry */
#define PT_DIFF_SIZE   0x80 /* pt_diff_how() only: pages of another size */
#define PT_DIFF_KINDS  8

/* What one tree says of the first address of a run; the same for all of it but `phys`, which goes
 * on, and `level`, which counts only when sizes do and both are mapped. */
struct pt_diff_side {
	bool mapped;
	u8 wrong;  /* enum pt_wrong: why it is not mapped although an entry is present */
	u8 level;  /* of the page or of the entry that ends the walk */
	u8 rights; /* PTR_*, combined; 0 when not mapped */
	u64 flags; /* PT_PWT PT_PCD PT_PATBIT PT_GLOBAL */
	phys_addr_t phys;
};

/* A run of addresses that differ in the same way. With both sides mapped, b.phys - a.phys is the
 * same for all of it; with one, its physical addresses need not go on. */
struct pt_difference {
	u64 start, last; /* inclusive */
	u8 what;	 /* PT_DIFF_* */
	u8 lost, gained; /* PTR_*: rights that only a gives, that only b gives */
	struct pt_diff_side a, b;
};

/* Non-zero ends the comparison and is returned. */
typedef int (*pt_diff_fn)(void *ctx, const struct pt_difference *d);

/*
 * Calls fn for every run in [start, last] whose translations differ, in order, each as long as it
 * can be; accessed and dirty bits, and page sizes, do not count. Addresses that are canonical in
 * one tree only are holes of the other. 0, or what fn returned. Entries that change meanwhile are
 * seen as they were or as they are.
 */
int pt_diff(const struct pgtable *a, const struct pgtable *b, u64 start, u64 last, pt_diff_fn fn,
	    void *ctx);

struct pt_diff_how {
	bool sizes; /* pages of another size are a difference too: PT_DIFF_SIZE */
	/* Called now and then, also when nothing differs; non-zero ends the comparison and is
	 * returned. May be NULL. */
	int (*poll)(void *ctx);
	void *ctx; /* of poll */
};
/* pt_diff() with these wishes; 0, or what fn or poll returned. */
int pt_diff_how(const struct pgtable *a, const struct pgtable *b, u64 start, u64 last,
		const struct pt_diff_how *how, pt_diff_fn fn, void *ctx);

/* How many addresses differ in each way; a run counts in every one that it has. */
struct pt_diff_totals {
	u64 runs;
	u64 bytes[PT_DIFF_KINDS]; /* bit n of `what` */
	u64 lost[6], gained[6];	  /* bytes, bit n of PTR_*; of what both map */
};
/* Adds one run. */
void pt_diff_count(struct pt_diff_totals *t, const struct pt_difference *d);
/* "only a", "only b", "address", "rights", "cache", "global", "wrong", "size": of bit n. */
const char *pt_diff_name(u32 kind);

#endif
