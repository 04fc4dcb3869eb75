/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Invented page tables of any format, for looking at: no CPU ever uses them. The tree is a struct
 * pgtable with format, levels, pages and phys_offset filled in; pt_init() makes its root, a page
 * whatever the format's table size is.
 */
#ifndef MM_PGTABLE_WHATIF_H
#define MM_PGTABLE_WHATIF_H

#include "mm/pgtable/pgtable.h"

/*
 * Maps [va, va + size) to pa with `flags` (PT_*, as far as the format has such bits), with the
 * largest pages that the format has and that alignment allows. 0; -EINVAL: not whole pages, not
 * canonical, across the hole in the address space, or beyond the format's physical addresses;
 * -EEXIST: some of it is mapped already; -ENOMEM. After an error no translation has changed; after
 * -ENOMEM there may be more tables.
 */
int pt_whatif_map(struct pgtable *pt, u64 va, phys_addr_t pa, u64 size, u64 flags);

/* Maps an example with every kind of thing: kernel text, data and devices, a user's pages, a large
 * page, holes, and on x86-64 a self-map. 0 or -ENOMEM. The tree is empty before. */
int pt_whatif_example(struct pgtable *pt);

/* Frees every table; tables that are pointed at from themselves only once. */
void pt_whatif_destroy(struct pgtable *pt);

#endif
