/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware's map: parsed, sorted, and which of it is RAM. */
#include "mm/boot/memmap.h"

#include "lib.h"

#define EFI_DESC_SIZE 40 /* UEFI 2.11, 7.2.3: version 1 of the descriptor */

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

		/* Type 0, (pad 4), PhysicalStart 8, VirtualStart 16,
		 * NumberOfPages 24, Attribute 32 */
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

bool mem_type_is_ram(u32 type)
{
	return type == MEM_LOADER_CODE || type == MEM_LOADER_DATA || type == MEM_BOOT_CODE ||
	       type == MEM_BOOT_DATA || type == MEM_CONVENTIONAL;
}

bool mem_desc_is_ram(const struct mem_desc *d)
{
	return mem_type_is_ram(d->type) && !(d->attr & MEM_ATTR_SP);
}
