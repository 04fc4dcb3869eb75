/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Debugging aids of the page allocator. While one is on, the CPUs' lists are not used, and every
 * call takes the slow path, which calls the aids. While all are off they cost nothing.
 */
#ifndef MM_PAGE_PAGE_DEBUG_H
#define MM_PAGE_PAGE_DEBUG_H

#include "mm/page/gfp.h"

struct mem_system;

#define PAGE_DEBUG_POISON 0x1 /* free pages contain PAGE_POISON_BYTE; checked on allocation */
#define PAGE_DEBUG_OWNER  0x2 /* record the last allocation and free of each page */
#define PAGE_DEBUG_TRACE  0x4 /* record the last PAGE_TRACE_SIZE calls */
#define PAGE_DEBUG_FAIL	  0x8 /* the n-th allocation and all later ones fail */

#define PAGE_POISON_BYTE 0xaa
#define PAGE_TRACE_SIZE	 1024

/* Turns on exactly these aids, and all others off. 0; -ENOMEM: nothing changed. Pages that are free
 * already get no poison until their next free. */
int page_debug_set(struct mem_system *sys, unsigned aids);
/* Lets the n-th allocation from now on fail, and all later ones; 0: none. */
void page_debug_fail_after(struct mem_system *sys, u64 n);

/* A traced call, or the last call for a page. */
struct page_event {
	u64 nr; /* counts up from 1; 0: no event */
	u64 pfn;
	const void *caller; /* return address of the call */
	gfp_t gfp;	    /* of allocations */
	u8 order;
	u8 cpu;
	bool free; /* else an allocation */
};
/* The i-th newest traced call, from 0; false when there is none. */
bool page_debug_trace(const struct mem_system *sys, u32 i, struct page_event *ret);
/* The last allocation and the last free of the page (PAGE_DEBUG_OWNER); nr 0: not recorded. */
void page_debug_owner(const struct mem_system *sys, u64 pfn, struct page_event *ret_alloc,
		      struct page_event *ret_free);
/* Pages that the records of owner and poison have taken so far, in blocks of this order. */
u64 page_debug_record_pages(const struct mem_system *sys);
#define PAGE_RECORDS_ORDER 3

/* ---- for the allocator ------------------------------------------------------------------- */

/* Called only while sys->page.debug is set, with no lock held. `caller`: return address of the
 * call. */

/* Must this allocation fail? */
bool page_debug_fails(struct mem_system *sys, gfp_t gfp, unsigned order, const void *caller);
/* Called after a block was taken, before the caller gets it: checks poison. Called when the caller
 * has freed a block: writes poison. */
void page_debug_alloc(struct mem_system *sys, u32 cpu, u64 pfn, gfp_t gfp, unsigned order,
		      const void *caller);
void page_debug_free(struct mem_system *sys, u32 cpu, u64 pfn, unsigned order, const void *caller);

#endif
