/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * For the files of efi/fw: the firmware's tables from the entry, and small helpers. Include <efi.h>
 * first. EFI_STATUS is used only in this folder.
 *
 * Firmware is called only inside arch_call_firmware(). Its page tables have no direct map, so it
 * may only read or write this program's own memory (static or stack), not the caller's: text and
 * file contents go through buffers here.
 */
#ifndef EFI_FW_FW_EFI_H
#define EFI_FW_FW_EFI_H

#include "parse/facts.h"
#include "fw.h"

struct fw_efi {
	EFI_HANDLE image;
	EFI_SYSTEM_TABLE *st;
	EFI_LOADED_IMAGE *loaded; /* NULL: not known */
	EFI_STATUS last;	  /* status of the last failure; EFI_SUCCESS: none */
	bool debugcon;		  /* all output goes to QEMU's debug console, there is no input */
	bool display;		  /* there is a graphics output */
	bool cursor_was_on;
	EFI_EVENT timer;	/* for time-outs; NULL until the first one */
	int snapshot_err;	/* why there is no snapshot */
	struct memmap snapshot; /* the map before our first allocation */
};
extern struct fw_efi fw_efi;

/* crt0 calls it as a System V function, not as EFIAPI. */
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *st);
int tablewalk_main(void); /* the application: 0 when everything succeeded */

void fw_efi_init(void *image_handle, void *system_table);
void fw_efi_exit(void);

/* 0 for success and warnings; else keeps the status in `last` and returns a negative errno. */
int fw_efi_status(EFI_STATUS status);

/* Copies the map to fw_efi.snapshot; called once, before anything is allocated. */
void fw_efi_snapshot(void);

/*
 * How many of `max` bytes from pa on are inside the snapshot's memory, and may be read. The BIOS
 * area below 1 MiB may be read too: firmware may have RSDP and SMBIOS's entry point there (ACPI
 * 6.5, 5.2.5.1; SMBIOS 3.7, 5.2.1) and often leaves it out of its map.
 */
u64 fw_efi_readable(phys_addr_t pa, u64 max);

/* The address for a GUID in the configuration table; 0: there is none. */
phys_addr_t fw_efi_config_table(const EFI_GUID *guid);

/* A CHAR16 text as ASCII, with '?' for other characters; always closed with 0. */
void fw_efi_ascii(char *buf, size_t size, const CHAR16 *text);

void fw_efi_find_acpi(struct machine *m);
/* Called for every ACPI table with a right checksum: the root, the tables in it, the DSDT. */
typedef void (*fw_efi_acpi_fn)(void *ctx, phys_addr_t pa, const void *table, size_t size);
void fw_efi_each_acpi(fw_efi_acpi_fn fn, void *ctx);
void fw_efi_find_smbios(struct machine *m);

/* The parts of fw_facts(). */
void fw_efi_find_images(struct fw_facts *f);
void fw_efi_find_gcd(struct fw_facts *f);

#endif
