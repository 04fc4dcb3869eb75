/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Finds SMBIOS and passes its bytes to the parser in efi/parse/smbios.c. */
#include <efi.h>

#include "fw_efi.h"
#include "lib.h"
#include "parse/smbios.h"

#define MAX_ENTRY  64
#define MAX_TABLES (1 * MiB)

static bool find_tables(const EFI_GUID *guid, phys_addr_t *ret_pa, u32 *ret_size)
{
	phys_addr_t entry = fw_efi_config_table(guid);
	size_t size = (size_t)fw_efi_readable(entry, MAX_ENTRY);

	return size && !smbios_parse_entry((const void *)(uintptr_t)entry, size, ret_pa, ret_size);
}

void fw_efi_find_smbios(struct machine *m)
{
	static const EFI_GUID smbios3 = SMBIOS3_TABLE_GUID, smbios2 = SMBIOS_TABLE_GUID;
	struct smbios_info info;
	phys_addr_t pa;
	u32 size;

	if (!find_tables(&smbios3, &pa, &size) && !find_tables(&smbios2, &pa, &size))
		return;
	/* The size in SMBIOS 3 is an upper bound: read what is inside the memory map. */
	size = (u32)fw_efi_readable(pa, min(size, (u32)MAX_TABLES));
	if (!size)
		return;
	m->have_smbios = true;
	smbios_parse((const void *)(uintptr_t)pa, size, &info);
	fmt_print(m->vendor, sizeof(m->vendor), "%s", info.system_vendor);
	fmt_print(m->product, sizeof(m->product), "%s", info.product);
	fmt_print(m->board, sizeof(m->board), "%s%s%s", info.board_vendor,
		  info.board_vendor[0] && info.board[0] ? " " : "", info.board);
	fmt_print(m->bios_version, sizeof(m->bios_version), "%s", info.bios_version);
	fmt_print(m->bios_date, sizeof(m->bios_date), "%s", info.bios_date);
}
