/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware's memory map: at start, and now. */
#include <efi.h>

#include "fw_efi.h"

/* More than fits in struct memmap. Static, because an allocation would change the map. */
static u8 raw[256 * KiB] __attribute__((aligned(8)));

struct map_call {
	EFI_STATUS status;
	UINTN size, key, desc_size;
	UINT32 version;
};

static void get_memory_map(void *arg)
{
	struct map_call *c = arg;

	c->size = sizeof(raw);
	c->desc_size = 0;
	c->status = fw_efi.st->BootServices->GetMemoryMap(&c->size, (EFI_MEMORY_DESCRIPTOR *)raw,
							  &c->key, &c->desc_size, &c->version);
}

int fw_memmap(struct memmap *ret)
{
	struct map_call c;
	int err;

	fw_efi.last = EFI_SUCCESS;
	arch_call_firmware(get_memory_map, &c);
	err = fw_efi_status(c.status);
	if (err)
		return err;
	return memmap_parse(ret, raw, min(c.size, sizeof(raw)), (u32)c.desc_size, c.version);
}

void fw_efi_snapshot(void)
{
	fw_efi.snapshot_err = fw_memmap(&fw_efi.snapshot);
}

static bool holds_data(const struct mem_desc *d)
{
	switch (d->type) {
	case MEM_MMIO:
	case MEM_MMIO_PORT:
	case MEM_UNUSABLE:
	case MEM_UNACCEPTED:
		return false;
	default:
		return true;
	}
}

#define BIOS_AREA     0xe0000ULL
#define BIOS_AREA_END 0x100000ULL
#define CANONICAL_END (1ULL << 47) /* end of the lower half with 4 levels, and of identity maps */

/* End of the descriptor with pa; pa itself: there is none. */
static phys_addr_t shown_until(phys_addr_t pa)
{
	const struct memmap *map = &fw_efi.snapshot;

	for (u32 i = 0; i < map->nr; i++) {
		const struct mem_desc *d = &map->desc[i];

		if (holds_data(d) && d->start <= pa && pa < mem_desc_end(d))
			return min(mem_desc_end(d), CANONICAL_END);
	}
	return pa >= BIOS_AREA && pa < BIOS_AREA_END ? BIOS_AREA_END : pa;
}

u64 fw_efi_readable(phys_addr_t pa, u64 max)
{
	phys_addr_t at = pa, end;

	if (!pa || pa >= CANONICAL_END)
		return 0;
	while (at - pa < max) {
		end = shown_until(at);
		if (end <= at)
			break;
		at = end;
	}
	return min(at - pa, max);
}
