/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * SMBIOS as bytes plus length: makers and names of machine, board and firmware. Nothing outside the
 * bytes is read and no address is followed. SMBIOS 3.7, chapters 5 and 6, types 0 to 2.
 */
#ifndef PARSE_SMBIOS_H
#define PARSE_SMBIOS_H

#include "mm/types.h"

/* "" for what the tables do not say; printable ASCII without blanks at the ends. */
struct smbios_info {
	char bios_vendor[64], bios_version[64], bios_date[32]; /* type 0 */
	char system_vendor[64], product[64];		       /* type 1 */
	char board_vendor[64], board[64];		       /* type 2 */
};

/*
 * Reads an entry point, "_SM_" (32 bits) or "_SM3_" (64 bits): the address of the structures and
 * their maximum size in bytes. 0; -EINVAL: neither of them, or too short; -EBADMSG: wrong checksum.
 * Results are written on success only.
 */
int smbios_parse_entry(const void *bytes, size_t size, phys_addr_t *ret_pa, u32 *ret_size);

/*
 * Fills *ret from the structures; the first one of each type counts. 0; -EINVAL: a structure goes
 * past the end, and *ret has what was read before it.
 */
int smbios_parse(const void *bytes, size_t size, struct smbios_info *ret);

#endif
