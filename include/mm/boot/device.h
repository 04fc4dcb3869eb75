/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Memory that is not RAM but has struct pages, in ZONE_DEVICE: persistent memory, and memory that
 * the firmware reserves for a purpose (EFI_MEMORY_SP: CXL, HBM). The allocator never uses it.
 */
#ifndef MM_BOOT_DEVICE_H
#define MM_BOOT_DEVICE_H

#include "mm/boot/e820.h"
#include "mm/boot/numa.h"

#define MAX_DEVICE_RANGES 32
struct device_range {
	u64 start_pfn, end_pfn; /* whole pageblocks */
	int nid;
	u8 type; /* E820_PERSISTENT, E820_SOFT_RESERVED */
};

/* Finds the device ranges of a sanitized table, ascending, cut to whole pageblocks. numa may be
 * NULL. Returns their number, which may be larger than `max`, the room in `ret`. */
u32 device_ranges(const struct e820_table *t, const struct numa_info *numa,
		  struct device_range *ret, u32 max);

#endif
