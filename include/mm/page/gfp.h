/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Flags of allocations, with the names, numbers and meanings of Linux 6.1
 * (include/linux/gfp_types.h there). The lowest five bits choose zone and mobility. Flags for
 * reclaim only (IO, FS, WRITE, HARDWALL, ACCOUNT) are accepted and have no effect yet.
 */
#ifndef MM_PAGE_GFP_H
#define MM_PAGE_GFP_H

#include "mm/page/zone.h"

typedef u32 gfp_t;

#define __GFP_DMA	     0x01u
#define __GFP_HIGHMEM	     0x02u /* as NORMAL: there is no highmem on 64 bits */
#define __GFP_DMA32	     0x04u
#define __GFP_MOVABLE	     0x08u
#define __GFP_RECLAIMABLE    0x10u
#define __GFP_HIGH	     0x20u /* may go half below the min watermark */
#define __GFP_IO	     0x40u
#define __GFP_FS	     0x80u
#define __GFP_ZERO	     0x100u
#define __GFP_ATOMIC	     0x200u /* cannot wait: a quarter lower, and the reserve */
#define __GFP_DIRECT_RECLAIM 0x400u /* may empty the CPUs' lists, and ask shrinkers */
#define __GFP_KSWAPD_RECLAIM 0x800u
#define __GFP_WRITE	     0x1000u
#define __GFP_NOWARN	     0x2000u  /* a failure is not counted as one to warn of */
#define __GFP_RETRY_MAYFAIL  0x4000u  /* ask shrinkers again for large orders too */
#define __GFP_NOFAIL	     0x8000u  /* may take the last page of a zone */
#define __GFP_NORETRY	     0x10000u /* neither empty the CPUs' lists nor ask shrinkers */
#define __GFP_MEMALLOC	     0x20000u /* no watermarks */
#define __GFP_COMP	     0x40000u
#define __GFP_NOMEMALLOC     0x80000u
#define __GFP_HARDWALL	     0x100000u
#define __GFP_THISNODE	     0x200000u
#define __GFP_ACCOUNT	     0x400000u
#define GFP_ALL_BITS	     0x7fffffu

#define GFP_MOBILITY  (__GFP_MOVABLE | __GFP_RECLAIMABLE)
#define NR_GFP_KINDS  32 /* zone and mobility together */
#define __GFP_RECLAIM (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

#define GFP_KERNEL	     (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_ATOMIC	     (__GFP_HIGH | __GFP_ATOMIC | __GFP_KSWAPD_RECLAIM)
#define GFP_NOWAIT	     __GFP_KSWAPD_RECLAIM
#define GFP_DMA		     __GFP_DMA
#define GFP_DMA32	     __GFP_DMA32
#define GFP_USER	     (__GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HARDWALL)
#define GFP_HIGHUSER_MOVABLE (GFP_USER | __GFP_HIGHMEM | __GFP_MOVABLE)

/* Why these flags are invalid, or NULL. Invalid are zones that Linux forbids (GFP_ZONE_BAD), both
 * mobilities at once, unknown bits, and a request that may neither fail nor wait. */
const char *gfp_wrong(gfp_t gfp);
/* Flags as text, "GFP_KERNEL|__GFP_ZERO". Returns the length that the text needs. */
int gfp_text(char *buf, size_t size, gfp_t gfp);

/* The highest zone for the request. DMA wins over DMA32; MOVABLE also needs HIGHMEM. */
static inline enum zone_type gfp_zone(gfp_t gfp)
{
	if (gfp & __GFP_DMA)
		return ZONE_DMA;
	if (gfp & __GFP_DMA32)
		return ZONE_DMA32;
	if ((gfp & (__GFP_HIGHMEM | __GFP_MOVABLE)) == (__GFP_HIGHMEM | __GFP_MOVABLE))
		return ZONE_MOVABLE;
	return ZONE_NORMAL;
}

static inline enum migratetype gfp_migratetype(gfp_t gfp)
{
	return (enum migratetype)((gfp & GFP_MOBILITY) >> 3);
}

#endif
