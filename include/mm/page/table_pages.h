/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Where the pages of our own page tables (sys->pt) come from. */
#ifndef MM_PAGE_TABLE_PAGES_H
#define MM_PAGE_TABLE_PAGES_H

struct mem_system;

/* From memblock, while the page allocator has not started. */
void table_pages_early(struct mem_system *sys);
/* From the page allocator. Tables that memblock paid for stay reserved memory. */
void table_pages_late(struct mem_system *sys);

#endif
