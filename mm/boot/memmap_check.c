/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Finds the errors in a memory map: in each descriptor, then overlaps in O(n log n). */
#include "mm/boot/memmap.h"

const char *memmap_fault_name(enum memmap_fault fault)
{
	switch (fault) {
	case MEMMAP_OK:
		return "nothing";
	case MEMMAP_ZERO_LENGTH:
		return "has no pages";
	case MEMMAP_UNALIGNED:
		return "does not start at a multiple of 4 KiB";
	case MEMMAP_WRAPS:
		return "runs past the end of the address space";
	case MEMMAP_OVERLAP:
		return "overlaps another descriptor";
	case MEMMAP_UNKNOWN_TYPE:
		return "has a type that UEFI does not define";
	case MEMMAP_NO_RUNTIME:
		return "has a runtime type, but not the attribute RUNTIME: the OS will not map it "
		       "for runtime calls (UEFI 7.2.3)";
	case MEMMAP_RUNTIME_BIT:
		return "has the attribute RUNTIME, but a type that the OS may reuse (UEFI 7.2.3)";
	case MEMMAP_RUNTIME_RP:
		return "is runtime memory that may not be read (RP): runtime calls will fault "
		       "(UEFI 7.2.3)";
	case MEMMAP_NO_CACHING:
		return "says nothing of caching: none of UC, WC, WT, WB, UCE, WP (UEFI 7.2.3)";
	case MEMMAP_NOT_NV:
		return "is persistent memory without the attribute NV (UEFI 7.2.3)";
	case MEMMAP_NV_BIT:
		return "has the attribute NV, but not the type Persistent (UEFI 7.2.3)";
	}
	return "?";
}

struct findings {
	struct memmap_finding *list;
	u32 nr, max;
};

static void found(struct findings *f, enum memmap_fault fault, u32 index, u32 other)
{
	if (f->nr < f->max)
		f->list[f->nr] = (struct memmap_finding){fault, index, other};
	f->nr++;
}

static void check_alone(struct findings *f, const struct memmap *map, u32 i)
{
	const struct mem_desc *d = &map->desc[i];

	if (!d->nr_pages)
		found(f, MEMMAP_ZERO_LENGTH, i, i);
	if (!is_aligned(d->start, PAGE_SIZE))
		found(f, MEMMAP_UNALIGNED, i, i);
	if (d->nr_pages && (mem_desc_end(d) - 1) >> MAX_PHYS_BITS)
		found(f, MEMMAP_WRAPS, i, i);
	if (d->type >= NR_MEM_TYPES && d->type < 0x70000000)
		found(f, MEMMAP_UNKNOWN_TYPE, i, i);
}

#define CACHING (MEM_ATTR_UC | MEM_ATTR_WC | MEM_ATTR_WT | MEM_ATTR_WB | MEM_ATTR_UCE | MEM_ATTR_WP)

/* What contradicts the type. Firmware puts RUNTIME on reserved memory and MMIO that its runtime
 * services use: no error. */
static void check_attributes(struct findings *f, const struct memmap *map, u32 i)
{
	const struct mem_desc *d = &map->desc[i];
	bool runtime = d->type == MEM_RUNTIME_CODE || d->type == MEM_RUNTIME_DATA;
	bool acpi = d->type == MEM_ACPI_RECLAIM || d->type == MEM_ACPI_NVS;
	bool ordinary = mem_type_is_ram(d->type) || acpi, persistent = d->type == MEM_PERSISTENT;

	if (runtime && !(d->attr & MEM_ATTR_RUNTIME))
		found(f, MEMMAP_NO_RUNTIME, i, i);
	if ((ordinary || persistent) && d->attr & MEM_ATTR_RUNTIME)
		found(f, MEMMAP_RUNTIME_BIT, i, i);
	if (runtime && d->attr & MEM_ATTR_RP)
		found(f, MEMMAP_RUNTIME_RP, i, i);
	if ((runtime || ordinary || persistent) && !(d->attr & CACHING))
		found(f, MEMMAP_NO_CACHING, i, i);
	if (persistent && !(d->attr & MEM_ATTR_NV))
		found(f, MEMMAP_NOT_NV, i, i);
	if (ordinary && d->attr & MEM_ATTR_NV)
		found(f, MEMMAP_NV_BIT, i, i);
}

static bool starts_above(const struct memmap *map, u32 a, u32 b)
{
	const struct mem_desc *x = &map->desc[a], *y = &map->desc[b];

	if (x->start != y->start)
		return x->start > y->start;
	return x->nr_pages != y->nr_pages ? x->nr_pages > y->nr_pages : a > b;
}

/* Moves the index at `root` of a heap of nr indexes down to its place. */
static void sift_down(const struct memmap *map, u32 *index, u32 root, u32 nr)
{
	u32 v = index[root];

	for (u32 child; (child = 2 * root + 1) < nr; root = child) {
		if (child + 1 < nr && starts_above(map, index[child + 1], index[child]))
			child++;
		if (!starts_above(map, index[child], v))
			break;
		index[root] = index[child];
	}
	index[root] = v;
}

/* Heap sort of indexes by start. lib's sort() passes no context that could point to the map. */
static void sort_indexes(const struct memmap *map, u32 *index, u32 nr)
{
	for (u32 i = nr / 2; i-- > 0;)
		sift_down(map, index, i, nr);
	for (u32 end = nr; end-- > 1;) {
		u32 top = index[0];

		index[0] = index[end];
		index[end] = top;
		sift_down(map, index, 0, end);
	}
}

/* In order of start: if an earlier descriptor overlaps the next one, the one that ends highest
 * does. So one pass finds every descriptor that begins inside an earlier one. */
u32 memmap_check(const struct memmap *map, u32 *scratch, struct memmap_finding *findings, u32 max)
{
	struct findings f = {findings, 0, max};
	u32 reach = 0; /* descriptor that ends highest so far */
	bool have = false;

	for (u32 i = 0; i < map->nr; i++) {
		scratch[i] = i;
		check_alone(&f, map, i);
		check_attributes(&f, map, i);
	}
	sort_indexes(map, scratch, map->nr);
	for (u32 k = 0; k < map->nr; k++) {
		const struct mem_desc *d = &map->desc[scratch[k]];

		if (!d->nr_pages)
			continue;
		if (have && d->start < mem_desc_end(&map->desc[reach]))
			found(&f, MEMMAP_OVERLAP, scratch[k], reach);
		if (!have || mem_desc_end(d) > mem_desc_end(&map->desc[reach]))
			reach = scratch[k];
		have = true;
	}
	return f.nr;
}
