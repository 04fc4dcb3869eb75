/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Flags of allocations, named and meant as Linux's. */
#ifndef MM_GFP_H
#define MM_GFP_H

#include "mm/zone.h"

typedef u32 gfp_t;

#define __GFP_DMA      0x01u
#define __GFP_HIGHMEM  0x02u /* there is no highmem on 64 bits: accepted, means NORMAL */
#define __GFP_DMA32    0x04u
#define __GFP_MOVABLE  0x08u
#define __GFP_ZERO     0x100u
#define __GFP_COMP     0x40000u
#define __GFP_THISNODE 0x200000u
#define __GFP_NOWARN   0x2000u

#define GFP_KERNEL	     0u
#define GFP_DMA		     __GFP_DMA
#define GFP_DMA32	     __GFP_DMA32
#define GFP_HIGHUSER_MOVABLE (__GFP_HIGHMEM | __GFP_MOVABLE)

/* Highest zone that may serve the request. DMA beats DMA32; MOVABLE needs HIGHMEM too. */
static inline enum zone_type gfp_zone(gfp_t gfp)
{
	if (gfp & __GFP_DMA)
		return ZONE_DMA;
	if (gfp & __GFP_DMA32)
		return ZONE_DMA32;
	if ((gfp & GFP_HIGHUSER_MOVABLE) == GFP_HIGHUSER_MOVABLE)
		return ZONE_MOVABLE;
	return ZONE_NORMAL;
}

#endif
