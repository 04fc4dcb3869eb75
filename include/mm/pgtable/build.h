/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Building our own world's tables from plain data: Linux's layout of the kernel's half, the direct
 * map of RAM, and an identity map of what the firmware's tables cover.
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
struct pt_layout pt_layout_x86(u8 levels);

/* Names of areas for dumps, ascending by start address. */
struct pt_marker {
	u64 start;
	const char *name;
};
const struct pt_marker *pt_markers_x86(u8 levels, u32 *ret_nr);

/*
 * Maps [va, va + size) to pa with the largest pages up to max_level, none of them across two MTRR
 * types (m NULL: all memory has one type). 0; -ENOMEM, -EEXIST: nothing of it is mapped.
 */
int pt_build_range(struct pgtable *pt, u64 va, phys_addr_t pa, u64 size, u64 flags,
		   unsigned max_level, const struct mtrr_state *m);

/* All memory but MEMBLOCK_NOMAP's, cut to whole pages, into the direct map: RW, NX, global.
 * 0 or -ENOMEM (the map is half-built then: destroy). */
int pt_build_direct(struct pgtable *pt, const struct pt_layout *layout, const struct memblock *mb,
		    const struct mtrr_state *m);

/* Left out of the identity map; whole pages. */
struct pt_hole {
	phys_addr_t start, end;
};

struct pt_identity_result {
	u64 leaves;	  /* of the firmware's tables */
	u64 bytes;	  /* mapped by us */
	u64 not_identity; /* leaves whose VA is not their PA: left out */
};

/*
 * Maps what fw maps at VA == PA with its write right and cache bits, never executable, never for
 * users; page 0 and the holes stay absent. 0 or -ENOMEM (tables are half-built then: destroy).
 */
int pt_build_identity(struct pgtable *pt, const struct pgtable *fw, const struct mtrr_state *m,
		      const struct pt_hole *holes, u32 nr_holes, struct pt_identity_result *ret);

#endif
