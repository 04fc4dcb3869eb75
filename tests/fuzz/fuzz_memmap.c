/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Any bytes as a firmware's memory map, up to memblock. The first byte is the descriptor size. */
#include <stddef.h>
#include <stdint.h>

#include "mm/boot/e820.h"
#include "mm/boot/memblock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memmap map;
	static struct e820_table e820;
	static struct memblock_region regions[2][256];
	static u32 scratch[MEMMAP_MAX];
	struct memmap_finding findings[4];
	struct memblock mb;

	if (!size || memmap_parse(&map, data + 1, size - 1, data[0] % 64, 1))
		return 0;
	memmap_check(&map, scratch, findings, 4);
	memmap_sort(&map);
	e820.nr = 0;
	if (e820_from_memmap(&e820, &map) || e820_sanitize(&e820) || e820_trim_bios(&e820))
		return 0;
	for (u32 i = 1; i < e820.nr; i++)
		ASSERT(e820.range[i - 1].end <= e820.range[i].start, "%u", i);
	memblock_init(&mb, regions[0], regions[1], 256);
	for (u32 i = 0; i < e820.nr; i++) {
		if (e820.range[i].type == E820_USABLE)
			memblock_add(&mb, e820.range[i].start,
				     e820.range[i].end - e820.range[i].start, NUMA_NO_NODE, 0);
	}
	memblock_trim(&mb, PAGE_SIZE);
	return 0;
}
