/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Merged mappings, and their lines of text in the form of Linux's ptdump and QEMU's `info tlb`. */
#ifndef MM_PGTABLE_DUMP_H
#define MM_PGTABLE_DUMP_H

#include "mm/pgtable/pgtable.h"

/* A run of neighbouring entries of one level with the same rights and cache bits, merged as in
 * ptdump. The rights are those of all levels together. */
struct pt_run {
	u64 start, last; /* inclusive */
	u8 level;
	bool present;
	u8 wrong;  /* enum pt_wrong */
	u64 bits;  /* PWT PCD PS PAT G (as PT_PATBIT) of the leaves */
	u8 rights; /* PTR_* */
};
/* Called for every run in order; non-zero ends the dump and is returned. */
typedef int (*pt_run_fn)(void *ctx, const struct pt_run *run);
/* `poll` (may be NULL) is called for each part of a run, so that a long run can be stopped too:
 * non-zero ends the dump and is returned. */
int pt_runs(const struct pgtable *pt, u64 start, u64 last, pt_run_fn fn, int (*poll)(void *ctx),
	    void *ctx);
/* Cuts *run before its first entry that starts at or above `border`, as ptdump does at its markers;
 * the rest goes to *ret_rest. False: there is no such entry, nothing changed. */
bool pt_run_cut(const struct pgtable *pt, struct pt_run *run, u64 border, struct pt_run *ret_rest);

/* One ptdump line without newline: range, size, bits, level name. Returns its length. A run of bad
 * tables has no bits and ends in " bad table". */
int pt_run_format(char *buf, size_t size, const struct pgtable *pt, const struct pt_run *run);
/* One line of QEMU's `info tlb` for a leaf: "VA: PA XGPDACTUW". buf holds 45 bytes or more. Returns
 * its length. */
int pt_leaf_format_tlb(char *buf, size_t size, const struct pt_entry *e);

#endif
