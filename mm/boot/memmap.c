/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware's map: taken in as it is, sorted, judged. */
#include "mm/memmap.h"

#include "lib.h"

#define EFI_DESC_SIZE 40 /* UEFI 2.11, 7.2.3: what version 1 of the descriptor defines */

phys_addr_t mem_desc_end(const struct mem_desc *d)
{
	u64 room = ~0ULL - d->start;

	if (d->nr_pages > room >> PAGE_SHIFT)
		return ~0ULL;
	return d->start + (d->nr_pages << PAGE_SHIFT);
}

int memmap_add(struct memmap *map, phys_addr_t start, u64 nr_pages, u32 type, u64 attr)
{
	if (map->nr == MEMMAP_MAX) {
		map->lost++;
		return -ENOSPC;
	}
	map->desc[map->nr++] = (struct mem_desc){start, nr_pages, attr, type};
	return 0;
}

static u64 get_u64(const u8 *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

int memmap_parse(struct memmap *map, const void *bytes, size_t size, u32 desc_size, u32 version)
{
	const u8 *p = bytes;

	if (desc_size < EFI_DESC_SIZE)
		return -EINVAL;
	map->nr = map->lost = 0;
	map->desc_size = desc_size;
	map->desc_version = version;
	for (; size >= desc_size; p += desc_size, size -= desc_size) {
		u32 type;

		/* Type 0, (pad 4), PhysicalStart 8, VirtualStart 16, NumberOfPages 24, Attribute 32 */
		memcpy(&type, p, sizeof(type));
		memmap_add(map, get_u64(p + 8), get_u64(p + 24), type, get_u64(p + 32));
	}
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct mem_desc *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->nr_pages < y->nr_pages ? -1 : x->nr_pages > y->nr_pages;
}

void memmap_sort(struct memmap *map)
{
	sort(map->desc, map->nr, sizeof(map->desc[0]), by_start);
}

bool mem_desc_is_ram(const struct mem_desc *d)
{
	switch (d->type) {
	case MEM_LOADER_CODE:
	case MEM_LOADER_DATA:
	case MEM_BOOT_CODE:
	case MEM_BOOT_DATA:
	case MEM_CONVENTIONAL:
		return !(d->attr & MEM_ATTR_SP);
	default:
		return false;
	}
}

/* ---- names ---------------------------------------------------------------------------------------- */

const char *memmap_type_shell(u32 type)
{
	static const char *const names[NR_MEM_TYPES] = {
		"Reserved", "LoaderCode", "LoaderData", "BS_Code",   "BS_Data",  "RT_Code",
		"RT_Data",  "Available",  "Unusable",   "ACPI_Recl", "ACPI_NVS", "MMIO",
		"MMIO_Port", "PalCode",   "Persistent", "Unaccepted",
	};

	return type < NR_MEM_TYPES ? names[type] : NULL;
}

const char *memmap_type_linux(u32 type)
{
	static const char *const names[NR_MEM_TYPES] = {
		"Reserved",     "Loader Code",  "Loader Data", "Boot Code",    "Boot Data",
		"Runtime Code", "Runtime Data", "Conventional", "Unusable",    "ACPI Reclaim",
		"ACPI Mem NVS", "MMIO",         "MMIO Port",   "PAL Code",     "Persistent",
		"Unaccepted",
	};

	return type < NR_MEM_TYPES ? names[type] : NULL;
}

const char *memmap_attr_name(unsigned bit)
{
	static const char *const names[64] = {
		[0] = "UC",   [1] = "WC",   [2] = "WT",          [3] = "WB",
		[4] = "UCE",  [12] = "WP",  [13] = "RP",         [14] = "XP",
		[15] = "NV",  [16] = "MORE_RELIABLE",            [17] = "RO",
		[18] = "SP",  [19] = "CPU_CRYPTO",               [20] = "HOT_PLUGGABLE",
		[62] = "ISA_VALID",         [63] = "RUNTIME",
	};

	return bit < ARRAY_SIZE(names) ? names[bit] : NULL;
}

const char *memmap_attr_format(char *buf, size_t size, u64 attr)
{
	size_t len = 0;
	u64 unknown = 0;

	buf[0] = '\0';
	for (unsigned bit = 0; bit < 64; bit++) {
		const char *name = memmap_attr_name(bit);

		if (!(attr >> bit & 1))
			continue;
		if (!name)
			unknown |= 1ULL << bit;
		else if (len < size)
			len += (size_t)fmt_print(buf + len, size - len, "%s%s", len ? "|" : "", name);
	}
	if (unknown && len < size)
		fmt_print(buf + len, size - len, "%s%#llx", len ? "|" : "", unknown);
	return buf;
}

/* ---- findings ------------------------------------------------------------------------------------- */

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

/* Shell sort of indexes by start address: sort() has no context through which to reach the map. */
static void sort_indexes(const struct memmap *map, u32 *index, u32 nr)
{
	for (u32 gap = nr / 2; gap; gap = gap == 2 ? 1 : gap * 5 / 11) {
		for (u32 i = gap; i < nr; i++) {
			u32 v = index[i], j = i;

			for (; j >= gap && by_start(&map->desc[index[j - gap]], &map->desc[v]) > 0;
			     j -= gap)
				index[j] = index[j - gap];
			index[j] = v;
		}
	}
}

u32 memmap_check(const struct memmap *map, u32 *scratch, struct memmap_finding *findings, u32 max)
{
	struct findings f = {findings, 0, max};
	u32 reach = 0; /* descriptor that ends highest so far */
	bool have = false;

	for (u32 i = 0; i < map->nr; i++) {
		scratch[i] = i;
		check_alone(&f, map, i);
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
