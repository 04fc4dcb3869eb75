/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The memory map as Linux on x86 uses it: EFI descriptors become e820 ranges, ranges are sorted, an
 * overlap gets the type that Linux prefers, equal neighbours merge. Then, as in Linux, the first
 * page becomes reserved and [0xa0000, 0x100000) is no longer RAM.
 */
#ifndef MM_BOOT_E820_H
#define MM_BOOT_E820_H

#include "mm/boot/memblock.h"
#include "mm/boot/memmap.h"

/* In Linux's order: where ranges overlap, the larger type wins. (dmesg has other numbers.) */
enum e820_type {
	E820_USABLE,
	E820_RESERVED,
	E820_ACPI_DATA,
	E820_ACPI_NVS,
	E820_UNUSABLE,
	E820_PERSISTENT,
	E820_UNACCEPTED,    /* ours: Linux accepts such memory or leaves it out of the map */
	E820_SOFT_RESERVED, /* EFI_MEMORY_SP on conventional memory */
	NR_E820_TYPES
};

struct e820_range {
	phys_addr_t start, end;
	u8 type;
};

#define E820_MAX (2 * MEMMAP_MAX)

struct e820_table {
	u32 nr;
	struct e820_range range[E820_MAX];
};

/*
 * Appends a range without sorting. A range is clipped at MAX_PHYS_BITS; an empty one is dropped.
 * 0; -ENOSPC: full, nothing changed.
 */
int e820_add(struct e820_table *t, phys_addr_t start, phys_addr_t end, enum e820_type type);

/* Appends EFI descriptors as e820 ranges. MMIO of 256 KiB and more is left out, as in Linux from
 * 5.18 on. 0; -ENOSPC: nothing changed. */
int e820_from_memmap(struct e820_table *t, const struct memmap *map);

/*
 * Sorts, resolves overlaps, merges equal neighbours. 0; -ENOSPC: the result does not fit; the table
 * is only sorted then.
 */
int e820_sanitize(struct e820_table *t);

/* Changes the type of all memory of type `from` in [start, end) to `to`; -1 removes it. The table
 * must be sanitized and stays so. 0; -ENOSPC: nothing changed. */
int e820_update(struct e820_table *t, phys_addr_t start, phys_addr_t end, enum e820_type from,
		int to);

/* As Linux's trim_bios_range(): page 0 is reserved, [0xa0000, 0x100000) not RAM. 0 or -ENOSPC. */
int e820_trim_bios(struct e820_table *t);

/*
 * Takes out what an OS could map as memory (usable, soft reserved, persistent) from `limit` up,
 * because the CPU does not reach it. *ret_bytes: how much usable memory that was. The table must be
 * sanitized and stays so. 0; -ENOSPC: changed in part.
 */
int e820_limit(struct e820_table *t, phys_addr_t limit, u64 *ret_bytes);

/* Adds all usable ranges to memblock, cut to whole pages, of no node yet. 0; -ENOMEM: no room for
 * regions. */
int e820_memblock_setup(const struct e820_table *t, struct memblock *mb);
/* Marks the memory that the firmware calls MORE_RELIABLE. Linux does so, from 6.0 on, only with
 * kernelcore=mirror. 0 or -ENOMEM. */
int memblock_mark_mirror(struct memblock *mb, const struct memmap *map);

const char *e820_type_name(enum e820_type type); /* as in dmesg: "usable", "ACPI data" ... */

#endif
