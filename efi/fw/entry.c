/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The entry from the firmware and the return to it. */
#include <efi.h>

#include "arch/x86.h"
#include "fw_efi.h"

struct fw_efi fw_efi;

static void find_loaded_image(void)
{
	EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
	void *loaded;

	if (!EFI_ERROR(fw_efi.st->BootServices->OpenProtocol(fw_efi.image, &guid, &loaded,
							     fw_efi.image, NULL,
							     EFI_OPEN_PROTOCOL_GET_PROTOCOL)))
		fw_efi.loaded = loaded;
}

static void show_cursor(bool on)
{
	SIMPLE_TEXT_OUTPUT_INTERFACE *out = fw_efi.st->ConOut;

	if (out)
		out->EnableCursor(out, on);
}

void fw_efi_init(void *image_handle, void *system_table)
{
	SIMPLE_TEXT_OUTPUT_INTERFACE *out;
	char word[16];
	size_t len;

	fw_efi.image = image_handle;
	fw_efi.st = system_table;
	fw_efi.st->BootServices->SetWatchdogTimer(0, 0, 0, NULL);
	fw_efi_snapshot();
	find_loaded_image();
	fw_efi.debugcon = !fwcfg_read("opt/tablewalk/out", word, sizeof(word), &len) && len == 8 &&
			  !memcmp(word, "debugcon", 8);
	out = fw_efi.st->ConOut;
	fw_efi.cursor_was_on = out && out->Mode && out->Mode->CursorVisible;
	show_cursor(true);
	fw_efi.last = EFI_SUCCESS;
}

void fw_efi_exit(void)
{
	if (fw_efi.timer)
		fw_efi.st->BootServices->CloseEvent(fw_efi.timer);
	fw_efi.timer = NULL;
	show_cursor(fw_efi.cursor_was_on);
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *st)
{
	int failed;

	fw_efi_init(image, st);
	failed = tablewalk_main();
	fw_efi_exit();
	return failed ? EFI_ABORTED : EFI_SUCCESS;
}
