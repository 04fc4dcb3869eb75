/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * PFN to struct page and back. In both models it is mem_map + pfn; they differ in the memory of
 * that array:
 *  - SPARSEMEM with vmemmap: a range of virtual addresses. The struct pages of a section (128 MiB)
 *    are one 2 MiB page, allocated and mapped when the section's first pageblock is revived.
 *  - FLATMEM: one block of memory for all frames up to the last one, holes included.
 *
 * Struct pages are "alive" once they are initialised, a pageblock at a time; to "revive" a
 * pageblock is to initialise its struct pages.
 */
#ifndef MM_PAGE_MEMMODEL_H
#define MM_PAGE_MEMMODEL_H

#include "mm/page/frame.h"
#include "mm/page/page.h"
#include "mm/page/zone.h"

enum memmodel { MEMMODEL_SPARSE, MEMMODEL_FLAT };

struct mem_system;

/* SPARSEMEM: makes the tables down to the level that maps a section's struct pages, so that none is
 * needed later when memory is short. 0 or -ENOMEM. */
int memmodel_prepare(struct mem_system *sys);
/* Allocates descriptors, and in FLATMEM the array, from memblock. The model is sys->given.model.
 * 0 or -ENOMEM. */
int memmodel_init(struct mem_system *sys);

/* Is there an initialised struct page for this PFN? False outside memory, and in pageblocks that
 * were not revived yet. */
bool page_alive(const struct mem_system *sys, u64 pfn);
/* Is the PFN in a section or GiB that has memory (memblock)? */
bool pfn_valid(const struct mem_system *sys, u64 pfn);

/*
 * Initialises the struct pages of pfn's pageblock. Pages that memblock has as reserved, or not at
 * all, become PG_reserved with one reference; others get no reference. 0; -ENOMEM: no memory for
 * them, nothing changed.
 */
int pageblock_revive(struct mem_system *sys, u64 pfn);
/* Initialises the 512 pageblock descriptors of pfn's GiB, if not done yet. Cannot fail. */
void gigablock_revive(struct mem_system *sys, u64 pfn);

/* The cost of both models on this machine, in bytes of struct pages. */
struct memmodel_cost {
	u64 flat_bytes;	     /* span * 64 */
	u64 flat_hole_bytes; /* of these, for frames that are not RAM */
	u64 sparse_bytes;    /* all sections with memory */
	u64 sparse_hole_bytes;
	u64 sections;	     /* with memory */
	u64 populated_bytes; /* in use now */
	u64 alive_pageblocks;
};
/* Computes *ret; after memmodel_init(). */
void memmodel_cost(const struct mem_system *sys, struct memmodel_cost *ret);

/* Tells CPU `cpu` (struct page_cpu) that it may read the struct pages of this PFN's section, which
 * is populated, and of the populated sections around it. */
void page_cpu_learn(struct mem_system *sys, u32 cpu, u64 pfn);

#endif
