/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Virtually contiguous memory: areas in [layout.vmalloc_start, vmalloc_end), sorted by address and
 * disjoint, each followed by an unmapped guard page.
 *
 * A pointer handed out is the kernel virtual address where that is what the CPU uses; on the host
 * it is the window that mirrors it (sys->vmalloc_offset is added).
 *
 * What fails gives everything back but the page tables that it made: tables of the region stay
 * until the end, for the next area there needs them again. sys->pt.nr_tables counts them.
 */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

#include "mm/gfp.h"
#include "mm/page.h"
#include "spinlock.h"

struct mem_system;

#define VM_ALLOC 0x2u /* pages are ours: vfree gives them back */
#define VM_MAP	 0x4u /* pages are the caller's: vmap */

struct vm_struct {
	struct list_head list;
	u64 addr, size; /* kernel VA; bytes with the guard page, as Linux counts */
	u32 flags;
	u32 nr_pages;
	struct page **pages;
	const void *caller; /* return address of the allocating call */
};

struct vmalloc_system {
	struct spinlock lock;	/* areas, counts, the region's page tables */
	struct list_head areas; /* ascending */
	u64 nr_areas, nr_pages;
	u64 bad_frees;
};

void vmalloc_init(struct mem_system *sys);

/* `size` bytes rounded up to pages, mapped RW and NX, from any node. NULL: size 0, more than 64
 * GiB, no memory, no room. */
void *vmalloc(struct mem_system *sys, u64 size);
/* NULL is allowed; what is no start of a VM_ALLOC area is refused and counted. */
void vfree(struct mem_system *sys, const void *addr);
/* Maps the caller's pages, which stay the caller's, one after the other with flags PT_*. NULL as
 * vmalloc(). The array may go afterwards. */
void *vmap(struct mem_system *sys, struct page **pages, u32 nr, u64 pt_flags);
/* Takes the mapping away. NULL is allowed; what is no start of a VM_MAP area is refused and
 * counted. */
void vunmap(struct mem_system *sys, const void *addr);

/* The area that contains a kernel VA, its guard page included; NULL when none does. */
const struct vm_struct *vmalloc_find(const struct mem_system *sys, u64 va);
/* The area that shows page frame `pfn`, and as which of its pages; NULL: none does. Looks through
 * all areas. */
const struct vm_struct *vmalloc_find_page(const struct mem_system *sys, u64 pfn, u32 *ret_index);
/* NULL when list, tables and pages agree; else what is wrong and where. */
const char *vmalloc_check(const struct mem_system *sys, u64 *ret_va);

#endif
