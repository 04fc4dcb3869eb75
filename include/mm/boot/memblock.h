/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * memblock: all RAM, and what of it is taken, before there are pages.
 *
 * Two sorted lists of regions. Invariant of each list: regions are not empty, in ascending order,
 * disjoint, and neighbours that touch differ in node or flags. `memory` is all RAM that the map
 * shows, `reserved` what is in use; free is memory minus reserved. Every operation counts what it
 * needs before it changes anything, so -ENOMEM (no room in the array) leaves the list as it was.
 * Sizes are clipped at the end of the address space instead of wrapping.
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

/* The arrays stay the caller's; each holds `max` regions. No region yet, no limit, top-down. */
void memblock_init(struct memblock *mb, struct memblock_region *memory,
		   struct memblock_region *reserved, u32 max);

/* 0, or -ENOMEM with nothing changed. Adding what is there already changes nothing but the node
 * or flags of the part that is new; removing what is not there is no error. */
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

/* Trims memory regions to multiples of `align`: starts up, ends down; drops what is left empty. */
int memblock_trim(struct memblock *mb, u64 align);

/* Is every byte / any byte of the range memory (reserved)? */
bool memblock_is_memory(const struct memblock *mb, phys_addr_t base, u64 size);
bool memblock_is_reserved(const struct memblock *mb, phys_addr_t base, u64 size);
/* Does any region share a byte with the range? */
bool memblock_overlaps(const struct memblock_type *type, phys_addr_t base, u64 size);
/* Region that contains pa; NULL when none does. */
const struct memblock_region *memblock_find(const struct memblock_type *type, phys_addr_t pa);
/* "HOTPLUG|NOMAP": flags by Linux's names, "" for none. Returns the length. */
int memblock_flags_text(char *buf, size_t size, u32 flags);

phys_addr_t memblock_end_of_dram(const struct memblock *mb); /* 0 when there is no memory */

/* Free ranges (memory minus reserved), ascending; skips NOMAP, and DRIVER_MANAGED memory. */
struct memblock_iter {
	u32 mem, res;
	phys_addr_t start, end; /* the range found */
	int nid;
	u32 flags;
};
void memblock_iter_init(struct memblock_iter *it);
/* Starts with the first free range that ends above pa. */
void memblock_iter_init_at(const struct memblock *mb, struct memblock_iter *it, phys_addr_t pa);
/* false after the last one. nid: NUMA_NO_NODE for all nodes. */
bool memblock_next_free(const struct memblock *mb, int nid, struct memblock_iter *it);
/* The same from the highest address down. Start with memblock_iter_init_reverse(). */
void memblock_iter_init_reverse(const struct memblock *mb, struct memblock_iter *it);
bool memblock_prev_free(const struct memblock *mb, int nid, struct memblock_iter *it);

#define for_each_free_range(mb, nid, it)                                                           \
	for (memblock_iter_init(it); memblock_next_free(mb, nid, it);)

/*
 * A free range of `size` bytes aligned to `align` (a power of two) within [start, end) and on node
 * nid; changes nothing. Returns its base, or 0 when there is none (page 0 is never handed out).
 * HOTPLUG memory is passed over; direction as mb->bottom_up says.
 */
phys_addr_t memblock_find_in_range(const struct memblock *mb, u64 size, u64 align,
				   phys_addr_t start, phys_addr_t end, int nid);

/*
 * Finds below current_limit and reserves. With a nid, that node is tried first and then all;
 * memblock_alloc_exact() stays on the node. Returns the physical base, 0 on failure.
 */
phys_addr_t memblock_alloc(struct memblock *mb, u64 size, u64 align, int nid);
phys_addr_t memblock_alloc_exact(struct memblock *mb, u64 size, u64 align, int nid);

#endif
