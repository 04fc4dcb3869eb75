/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Time, reset, and reading the system table. */
#include <efi.h>

#include "fw_efi.h"

static void reset(void *arg)
{
	const enum fw_reset *how = arg;

	fw_efi.st->RuntimeServices->ResetSystem(
		*how == FW_RESET_POWEROFF ? EfiResetShutdown : EfiResetCold, EFI_SUCCESS, 0, NULL);
}

int fw_reset(enum fw_reset how)
{
	fw_efi.last = EFI_SUCCESS;
	arch_call_firmware(reset, &how);
	return -EIO;
}

static void stall(void *arg)
{
	const u64 *microseconds = arg;

	fw_efi.st->BootServices->Stall(*microseconds);
}

void fw_stall(u64 microseconds)
{
	arch_call_firmware(stall, &microseconds);
}

phys_addr_t fw_efi_config_table(const EFI_GUID *guid)
{
	const EFI_SYSTEM_TABLE *st = fw_efi.st;

	for (UINTN i = 0; st->ConfigurationTable && i < st->NumberOfTableEntries; i++) {
		const EFI_CONFIGURATION_TABLE *t = &st->ConfigurationTable[i];

		if (!memcmp(&t->VendorGuid, guid, sizeof(*guid)))
			return (phys_addr_t)(uintptr_t)t->VendorTable;
	}
	return 0;
}

void fw_efi_ascii(char *buf, size_t size, const CHAR16 *text)
{
	size_t n = 0;

	for (; text && text[n] && n + 1 < size; n++)
		buf[n] = text[n] >= 32 && text[n] < 127 ? (char)text[n] : '?';
	buf[n] = '\0';
}
