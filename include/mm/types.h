/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Physical addresses, page frame numbers and orders.
 *
 * A phys_addr_t is never a pointer: phys_to_virt() of its memory system (mm/system.h) makes one,
 * with an offset that is never zero on the host. Ranges are half-open, [start, end), unless a name
 * has `last` in it.
 */
#ifndef MM_TYPES_H
#define MM_TYPES_H

#include "kernel.h"

typedef u64 phys_addr_t;

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1ULL << PAGE_SHIFT)

/* Linux's names: callers may request orders 0..MAX_PAGE_ORDER. */
#define MAX_PAGE_ORDER	10
#define NR_PAGE_ORDERS	(MAX_PAGE_ORDER + 1)
#define GROUP_ORDER	6  /* 256 KiB: one word with a bit per page */
#define PAGEBLOCK_ORDER 9  /* 2 MiB: one PMD */
#define GIGA_ORDER	18 /* 1 GiB: one PUD, the largest free block */

#define GROUP_NR_PAGES	   (1ULL << GROUP_ORDER)
#define PAGEBLOCK_NR_PAGES (1ULL << PAGEBLOCK_ORDER)
#define GIGA_NR_PAGES	   (1ULL << GIGA_ORDER)

/* A sparse section is 128 MiB, so that its struct pages fill exactly one 2 MiB page. */
#define SECTION_SIZE_BITS 27
#define PAGES_PER_SECTION (1ULL << (SECTION_SIZE_BITS - PAGE_SHIFT))

/* Architectural limit of physical addresses (Intel SDM vol. 3, 4.1.4: MAXPHYADDR is at most 52). */
#define MAX_PHYS_BITS 52

#define MAX_NUMNODES 64
#define NUMA_NO_NODE (-1)

static inline u64 phys_to_pfn(phys_addr_t pa)
{
	return pa >> PAGE_SHIFT;
}

static inline phys_addr_t pfn_to_phys(u64 pfn)
{
	return pfn << PAGE_SHIFT;
}

#endif
