/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * ACPI tables as bytes plus length. No function reads outside its bytes, follows a pointer, or uses
 * a length before it has checked it. Byte order is little-endian; fields may be unaligned. ACPI
 * 6.5, chapter 5.2.
 */
#ifndef MM_BOOT_ACPI_H
#define MM_BOOT_ACPI_H

#include "mm/boot/numa.h"

#define ACPI_HEADER_SIZE 36

struct acpi_header {
	char signature[5]; /* closed with 0 */
	u32 length;	   /* bytes, header included */
	u8 revision;
	char oem_id[7];
	char oem_table_id[9];
};

/* 0; -EINVAL: shorter than a header, or its length is less than a header or more than `size`;
 * -EBADMSG: the checksum over `length` bytes is not 0. *ret is written on success only. */
int acpi_parse_header(const void *bytes, size_t size, struct acpi_header *ret);

/*
 * RSDP (5.2.5): addresses of RSDT and XSDT (0 when absent). ACPI 1.0 has 20 bytes, 2.0 and later
 * 36 with an extended checksum. -EINVAL, -EBADMSG as above.
 */
int acpi_parse_rsdp(const void *bytes, size_t size, phys_addr_t *ret_rsdt, phys_addr_t *ret_xsdt);

/* Physical address of the index-th table in an RSDT (4-byte entries) or XSDT (8-byte entries).
 * -ENOENT past the end. `bytes` must have passed acpi_parse_header(). */
int acpi_sdt_entry(const void *bytes, size_t size, u32 index, phys_addr_t *ret);

/*
 * Calls fn for each entry from offset `first` on. The length of an entry is the field of
 * `length_width` bytes at `length_offset`. 0; -EINVAL: an entry's length is too small or too large;
 * fn's value if not 0.
 */
int acpi_for_each_entry(const void *bytes, size_t size, u32 first, u32 length_offset,
			unsigned length_width,
			int (*fn)(void *ctx, const u8 *entry, size_t entry_size), void *ctx);

/*
 * Each function takes a whole table with a checked header and adds to *n. Disabled entries (flag
 * bit 0) are skipped. An entry with length 0, or one that goes past the table, ends the parse with
 * -EINVAL; *n keeps what was read before. Entries that do not fit are counted in n->lost. A SLIT is
 * all or nothing: -EINVAL if its matrix is cut or has impossible values. Parse SRAT before SLIT:
 * distances are kept only for domains that have a node.
 */
int acpi_parse_srat(const void *bytes, size_t size, struct numa_info *n);
int acpi_parse_slit(const void *bytes, size_t size, struct numa_info *n);
int acpi_parse_hmat(const void *bytes, size_t size, struct numa_info *n);
int acpi_parse_madt(const void *bytes, size_t size, struct numa_info *n);

#endif
