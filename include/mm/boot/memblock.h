/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * memblock: all RAM, and the part of it that is in use, before there are pages.
 *
 * Two sorted lists of regions. Invariant of each list: regions are not empty, in ascending order,
 * disjoint, and neighbours that touch differ in node or flags. `memory` is all RAM in the map,
 * `reserved` is memory in use; free memory is memory minus reserved. Every operation first counts
 * the regions that it needs, so after -ENOMEM (the array is full) nothing has changed. Sizes are
 * clipped at the end of the address space instead of wrapping.
 */
#ifndef MM_BOOT_MEMBLOCK_H
#define MM_BOOT_MEMBLOCK_H

#include "mm/types.h"

/* Linux's bits. */
#define MEMBLOCK_NONE		0x0
#define MEMBLOCK_HOTPLUG	0x1
#define MEMBLOCK_MIRROR		0x2
#define MEMBLOCK_NOMAP		0x4 /* not in the direct map */
#define MEMBLOCK_DRIVER_MANAGED 0x8 /* found by a driver: never allocated from */

struct memblock_region {
	phys_addr_t base;
	u64 size; /* bytes */
	u32 flags;
	int nid; /* NUMA_NO_NODE when not known */
};

struct memblock_type {
	const char *name;
	u32 cnt, max;
	u64 total_size; /* bytes */
	struct memblock_region *regions;
};

struct memblock {
	bool bottom_up;		   /* direction of memblock_alloc */
	phys_addr_t current_limit; /* allocations end below this */
	struct memblock_type memory, reserved;
};

/* Starts with no regions, no limit, and top-down. Both arrays have `max` elements and belong to the
 * caller. */
void memblock_init(struct memblock *mb, struct memblock_region *memory,
		   struct memblock_region *reserved, u32 max);

/* 0; -ENOMEM: nothing changed. Memory that is there already keeps its node and flags when it is
 * added again. Removing memory that is not there is no error. */
int memblock_add(struct memblock *mb, phys_addr_t base, u64 size, int nid, u32 flags);
int memblock_remove(struct memblock *mb, phys_addr_t base, u64 size);
int memblock_reserve(struct memblock *mb, phys_addr_t base, u64 size);
int memblock_free(struct memblock *mb, phys_addr_t base, u64 size); /* un-reserve */

/*
 * Splits regions so that [base, base + size) starts and ends on region borders; *ret_first and
 * *ret_end are the indexes of the regions inside. 0 or -ENOMEM.
 */
int memblock_isolate(struct memblock_type *type, phys_addr_t base, u64 size, u32 *ret_first,
		     u32 *ret_end);
int memblock_set_node(struct memblock *mb, phys_addr_t base, u64 size, int nid);
/* Sets and clears flags of memory regions. */
int memblock_change_flags(struct memblock *mb, phys_addr_t base, u64 size, u32 set, u32 clear);

/* Trims memory regions to multiples of `align`: rounds starts up and ends down, drops regions that
 * are empty then. */
int memblock_trim(struct memblock *mb, u64 align);

/* Is every byte / any byte of the range memory (reserved)? */
bool memblock_is_memory(const struct memblock *mb, phys_addr_t base, u64 size);
bool memblock_is_reserved(const struct memblock *mb, phys_addr_t base, u64 size);
/* Does any region share a byte with the range? */
bool memblock_overlaps(const struct memblock_type *type, phys_addr_t base, u64 size);
/* Region that contains pa; NULL when none does. */
const struct memblock_region *memblock_find(const struct memblock_type *type, phys_addr_t pa);

phys_addr_t memblock_end_of_dram(const struct memblock *mb); /* 0 when there is no memory */

/* "HOTPLUG|NOMAP": flags by the names of Linux's debugfs; "" for none. 40 bytes hold all of them.
 * Returns buf. */
const char *memblock_flags_text(char *buf, size_t size, u32 flags);

/* Free ranges (memory minus reserved), ascending, without NOMAP and DRIVER_MANAGED memory. */
struct memblock_iter {
	u32 mem, res;
	phys_addr_t start, end; /* the range found */
	int nid;
	u32 flags;
};
/* Starts before the lowest free range. */
void memblock_iter_init(struct memblock_iter *it);
/* Starts with the first free range that ends above pa. */
void memblock_iter_init_at(const struct memblock *mb, struct memblock_iter *it, phys_addr_t pa);
/* Moves to the next range; false after the last. nid: NUMA_NO_NODE for all nodes. */
bool memblock_next_free(const struct memblock *mb, int nid, struct memblock_iter *it);
/* The same downwards, from the highest address. Start with memblock_iter_init_reverse(). */
void memblock_iter_init_reverse(const struct memblock *mb, struct memblock_iter *it);
bool memblock_prev_free(const struct memblock *mb, int nid, struct memblock_iter *it);

#define for_each_free_range(mb, nid, it)                                                           \
	for (memblock_iter_init(it); memblock_next_free(mb, nid, it);)

/*
 * Finds a free range of `size` bytes aligned to `align` (a power of two) within [start, end) on
 * node nid; changes nothing. Returns its base, or 0 when there is none (page 0 is never used).
 * Skips HOTPLUG memory; mb->bottom_up gives the direction.
 */
phys_addr_t memblock_find_in_range(const struct memblock *mb, u64 size, u64 align,
				   phys_addr_t start, phys_addr_t end, int nid);

/*
 * Finds a range below current_limit and reserves it: on node nid if given, else or then on all
 * nodes; memblock_alloc_exact() stays on the node. Returns the physical base, 0 on failure.
 */
phys_addr_t memblock_alloc(struct memblock *mb, u64 size, u64 align, int nid);
phys_addr_t memblock_alloc_exact(struct memblock *mb, u64 size, u64 align, int nid);

#endif
