/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Builds the page tables of our own world: Linux's layout of the kernel half, the direct map of
 * RAM, and an identity map of what the firmware's tables map.
 */
#ifndef MM_PGTABLE_BUILD_H
#define MM_PGTABLE_BUILD_H

#include "mm/boot/memblock.h"
#include "mm/pgtable/memtype.h"
#include "mm/pgtable/pgtable.h"

/* Linux's regions (Documentation/arch/x86/x86_64/mm.rst). */
struct pt_layout {
	u64 direct;
	u64 vmalloc_start, vmalloc_end; /* end exclusive */
	u64 vmemmap;
};
/* Linux's layout, and the names of its areas, for 4 or 5 levels. */
struct pt_layout pt_layout_x86(u8 levels);

/* Names of areas for dumps, ascending by start address. */
struct pt_marker {
	u64 start;
	const char *name;
};
const struct pt_marker *pt_markers_x86(u8 levels, u32 *ret_nr);

/*
 * Maps [va, va + size) to pa with the largest pages up to max_level; no page has two MTRR types
 * (m NULL: all memory has one type). 0; -ENOMEM, -EEXIST: nothing of it is mapped.
 */
int pt_build_range(struct pgtable *pt, u64 va, phys_addr_t pa, u64 size, u64 flags,
		   unsigned max_level, const struct mtrr_state *m);

/* Maps all memory but MEMBLOCK_NOMAP's, cut to whole pages, in the direct map: RW, NX, global.
 * 0; -ENOMEM: the map is incomplete, destroy it. */
int pt_build_direct(struct pgtable *pt, const struct pt_layout *layout, const struct memblock *mb,
		    const struct mtrr_state *m);

/* A range that the identity map leaves out; whole pages. */
struct pt_hole {
	phys_addr_t start, end;
};

struct pt_identity_result {
	u64 leaves;	  /* of the firmware's tables */
	u64 bytes;	  /* mapped by us */
	u64 not_identity; /* leaves whose VA is not their PA: left out */
};

/*
 * Maps all that fw maps at VA == PA, with fw's write right and cache bits, never executable, never
 * for users, without page 0 and the holes. 0; -ENOMEM: the tables are incomplete, destroy them.
 */
int pt_build_identity(struct pgtable *pt, const struct pgtable *fw, const struct mtrr_state *m,
		      const struct pt_hole *holes, u32 nr_holes, struct pt_identity_result *ret);

#endif
