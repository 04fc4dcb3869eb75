/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * PFN to struct page and back. In both models it is mem_map + pfn; they differ in what lies behind
 * the array:
 *  - SPARSEMEM with vmemmap: a range of virtual addresses; a 128 MiB section's struct pages are one
 *    2 MiB page, which is taken and mapped when the first pageblock of the section comes to life.
 *  - FLATMEM: one block of memory for all frames up to the last one, holes included.
 */
#ifndef MM_PAGE_MEMMODEL_H
#define MM_PAGE_MEMMODEL_H

#include "mm/page/frame.h"
#include "mm/page/page.h"
#include "mm/page/zone.h"

enum memmodel { MEMMODEL_SPARSE, MEMMODEL_FLAT };

struct mem_system;

/* SPARSEMEM: tables down to the level that maps a section's struct pages, so that they never have
 * to be made when memory is short. 0 or -ENOMEM. */
int memmodel_prepare(struct mem_system *sys);
/* Allocates descriptors, and in FLATMEM the array (memblock). The model is sys->given.model.
 * 0 or -ENOMEM. */
int memmodel_init(struct mem_system *sys);

/* Is there a struct page that may be read? False for PFNs outside memory and for pageblocks that
 * have not come to life. */
bool page_alive(const struct mem_system *sys, u64 pfn);
/* Is the PFN within a section or giga that holds memory (memblock)? */
bool pfn_valid(const struct mem_system *sys, u64 pfn);

/*
 * Brings the struct pages of pfn's pageblock to life. Pages that memblock calls reserved, or no
 * memory, become PG_reserved with one reference; others have none. 0; -ENOMEM when there is no
 * memory for them (nothing changed).
 */
int pageblock_revive(struct mem_system *sys, u64 pfn);
/* Initialises the 512 pageblock descriptors of pfn's GiB, if need be. Cannot fail. */
void gigablock_revive(struct mem_system *sys, u64 pfn);

/* What the two models would cost on this machine, bytes of struct pages. */
struct memmodel_cost {
	u64 flat_bytes;	     /* span * 64 */
	u64 flat_hole_bytes; /* of these, for frames that are no RAM */
	u64 sparse_bytes;    /* all sections with memory */
	u64 sparse_hole_bytes;
	u64 sections;	     /* with memory */
	u64 populated_bytes; /* in use now */
	u64 alive_pageblocks;
};
void memmodel_cost(const struct mem_system *sys, struct memmodel_cost *ret);

/* Sets what CPU `cpu` may read struct pages of (struct page_cpu) to the sections around a PFN whose
 * section is populated. */
void page_cpu_learn(struct mem_system *sys, u32 cpu, u64 pfn);

#endif
