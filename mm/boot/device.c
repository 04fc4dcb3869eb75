/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The ranges of the map that become ZONE_DEVICE. */
#include "mm/boot/device.h"

static int nid_of(const struct numa_info *numa, phys_addr_t pa)
{
	for (u32 i = 0; numa && i < numa->nr_ranges; i++) {
		if (pa >= numa->ranges[i].start && pa < numa->ranges[i].end)
			return numa->ranges[i].nid;
	}
	return 0;
}

u32 device_ranges(const struct e820_table *t, const struct numa_info *numa,
		  struct device_range *ret, u32 max)
{
	u32 nr = 0;

	for (u32 i = 0; i < t->nr; i++) {
		const struct e820_range *r = &t->range[i];
		u64 start = round_up(r->start, PAGEBLOCK_NR_PAGES * PAGE_SIZE);
		u64 end = round_down(r->end, PAGEBLOCK_NR_PAGES * PAGE_SIZE);

		if ((r->type != E820_PERSISTENT && r->type != E820_SOFT_RESERVED) || start >= end)
			continue;
		if (nr < max)
			ret[nr] = (struct device_range){.start_pfn = phys_to_pfn(start),
							.end_pfn = phys_to_pfn(end),
							.nid = nid_of(numa, r->start),
							.type = r->type};
		nr++;
	}
	return nr;
}
