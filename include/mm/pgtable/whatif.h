/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Invented page tables of any format, to be shown: no CPU uses them. The tree is a struct pgtable
 * with format, levels, pages and phys_offset set; pt_init() makes its root, a whole page for any
 * format.
 */
#ifndef MM_PGTABLE_WHATIF_H
#define MM_PGTABLE_WHATIF_H

#include "mm/pgtable/pgtable.h"

/*
 * Maps [va, va + size) to pa with those of `flags` (PT_*) that the format has, with the largest
 * pages that format and alignment allow. 0; -EINVAL: not whole pages, not canonical, across the
 * hole in the address space, or above the format's physical addresses; -EEXIST: some of it is
 * mapped already; -ENOMEM. After an error no translation has changed; after -ENOMEM there may be
 * new tables.
 */
int pt_whatif_map(struct pgtable *pt, u64 va, phys_addr_t pa, u64 size, u64 flags);

/* Maps an example in an empty tree: kernel text, data and devices, user pages, a large page, holes,
 * and on x86-64 a self-map. 0 or -ENOMEM. */
int pt_whatif_example(struct pgtable *pt);

/* Frees every table once, also with self-maps. */
void pt_whatif_destroy(struct pgtable *pt);

#endif
