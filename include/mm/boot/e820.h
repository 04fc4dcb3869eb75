/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The map as Linux on x86 takes it: EFI descriptors become e820 ranges, ranges are sorted, overlaps
 * go to the type that Linux prefers, equal neighbours merge. Then Linux's own changes: the first
 * page becomes reserved and [0xa0000, 0x100000) is taken out of RAM.
 */
#ifndef MM_BOOT_E820_H
#define MM_BOOT_E820_H

#include "mm/boot/memmap.h"

/* In Linux's order: on overlap the larger one wins. (The numbers in dmesg are not these.) */
enum e820_type {
	E820_USABLE,
	E820_RESERVED,
	E820_ACPI_DATA,
	E820_ACPI_NVS,
	E820_UNUSABLE,
	E820_PERSISTENT,
	E820_UNACCEPTED,    /* not a type of Linux's: it accepts the memory or leaves it out */
	E820_SOFT_RESERVED, /* EFI_MEMORY_SP on conventional memory */
	NR_E820_TYPES
};

struct e820_range {
	phys_addr_t start, end;
	u8 type;
	bool mirror;  /* every byte is EFI_MEMORY_MORE_RELIABLE */
	bool hotplug; /* EFI_MEMORY_HOT_PLUGGABLE */
};

#define E820_MAX (2 * MEMMAP_MAX)

struct e820_table {
	u32 nr;
	struct e820_range range[E820_MAX];
};

/*
 * Appends without any ordering; empty ranges and ranges past MAX_PHYS_BITS are clipped or dropped.
 * -ENOSPC when full (nothing changed).
 */
int e820_add(struct e820_table *t, phys_addr_t start, phys_addr_t end, enum e820_type type);

/* EFI descriptors, appended as e820 ranges. MMIO of 256 KiB and more is left out, as Linux does
 * from 5.18 on. 0, or -ENOSPC with nothing changed. */
int e820_from_memmap(struct e820_table *t, const struct memmap *map);

/*
 * Sorts, resolves overlaps, merges neighbours that agree. Where ranges of the winning type overlap,
 * the bytes are mirrored if all of those ranges are, hot-pluggable if one is. -ENOSPC when the
 * result does not fit: the table is sorted then, and nothing else.
 */
int e820_sanitize(struct e820_table *t);

/* Changes what is of type `from` in [start, end) to type `to`; -1 takes it out. The table must be
 * sanitized, and is so afterwards. 0, or -ENOSPC with nothing changed. */
int e820_update(struct e820_table *t, phys_addr_t start, phys_addr_t end, enum e820_type from,
		int to);

/* Linux's trim_bios_range(): page 0 reserved, [0xa0000, 0x100000) no RAM. 0 or -ENOSPC. */
int e820_trim_bios(struct e820_table *t);

const char *e820_type_name(enum e820_type type); /* as in dmesg: "usable", "ACPI data" ... */

#endif
