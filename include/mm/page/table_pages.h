/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The source of pages for our own page tables (sys->pt). */
#ifndef MM_PAGE_TABLE_PAGES_H
#define MM_PAGE_TABLE_PAGES_H

struct mem_system;

/* memblock, before the page allocator starts. */
void table_pages_early(struct mem_system *sys);
/* The page allocator. Tables from memblock stay reserved memory. */
void table_pages_late(struct mem_system *sys);

#endif
