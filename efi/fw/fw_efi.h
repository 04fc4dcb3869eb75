/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the files of efi/fw share: the firmware's tables as given at entry, and small helpers.
 * Include <efi.h> first. EFI_STATUS stays in this folder.
 *
 * Firmware is called only inside arch_call_firmware(). Its page tables know no direct map, so
 * memory that it reads or writes is this program's own (static or stack), never the caller's: text
 * and file contents go through buffers here.
 */
#ifndef EFI_FW_FW_EFI_H
#define EFI_FW_FW_EFI_H

#include "parse/facts.h"
#include "fw.h"

struct fw_efi {
	EFI_HANDLE image;
	EFI_SYSTEM_TABLE *st;
	EFI_LOADED_IMAGE *loaded; /* NULL when the firmware does not say */
	EFI_STATUS last;	  /* what it said at the last failure; EFI_SUCCESS: nothing */
	bool debugcon;		  /* all output goes to QEMU's debug console, there is no input */
	bool display;		  /* there is a graphics output */
	bool cursor_was_on;
	EFI_EVENT timer;	/* for time-outs; NULL until the first one */
	int snapshot_err;	/* why there is no snapshot */
	struct memmap snapshot; /* the map before our first allocation */
};
extern struct fw_efi fw_efi;

/* crt0 calls it as a System V function, whatever EFIAPI is. */
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *st);
int tablewalk_main(void); /* the application: 0 when everything succeeded */

void fw_efi_init(void *image_handle, void *system_table);
void fw_efi_exit(void);

/* 0 for success and warnings; otherwise remembers the status and returns a negative errno. */
int fw_efi_status(EFI_STATUS status);

/* Takes the map into fw_efi.snapshot; to be called once, before anything is allocated. */
void fw_efi_snapshot(void);

/*
 * How many of `max` bytes from pa on may be read according to the snapshot. The BIOS area below
 * 1 MiB counts too: firmware may put RSDP and SMBIOS's entry point there (ACPI 6.5, 5.2.5.1; SMBIOS
 * 3.7, 5.2.1) and often leaves it out of its map.
 */
u64 fw_efi_readable(phys_addr_t pa, u64 max);

/* The address that the configuration table has for a GUID; 0 when there is none. */
phys_addr_t fw_efi_config_table(const EFI_GUID *guid);

/* A CHAR16 text as ASCII, '?' for what is not; always closed with 0. */
void fw_efi_ascii(char *buf, size_t size, const CHAR16 *text);

void fw_efi_find_acpi(struct machine *m);
/* Every ACPI table whose checksum is right: the root, those it lists, the DSDT. */
typedef void (*fw_efi_acpi_fn)(void *ctx, phys_addr_t pa, const void *table, size_t size);
void fw_efi_each_acpi(fw_efi_acpi_fn fn, void *ctx);
void fw_efi_find_smbios(struct machine *m);

/* The parts of fw_facts(). */
void fw_efi_find_images(struct fw_facts *f);
void fw_efi_find_gcd(struct fw_facts *f);

#endif
