/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * SMBIOS as bytes plus length: who made machine, board and firmware. Nothing outside the bytes is
 * read and no address is followed. SMBIOS 3.7, chapters 5 and 6, types 0 to 2.
 */
#ifndef PARSE_SMBIOS_H
#define PARSE_SMBIOS_H

#include "mm/types.h"

/* Empty where the tables say nothing; printable ASCII without blanks at the ends. */
struct smbios_info {
	char bios_vendor[64], bios_version[64], bios_date[32]; /* type 0 */
	char system_vendor[64], product[64];		       /* type 1 */
	char board_vendor[64], board[64];		       /* type 2 */
};

/*
 * An entry point, "_SM_" (32 bits) or "_SM3_" (64 bits): where the structures lie and how many
 * bytes they take at most. -EINVAL when it is neither or too short, -EBADMSG for a wrong checksum;
 * results are written on success only.
 */
int smbios_parse_entry(const void *bytes, size_t size, phys_addr_t *ret_pa, u32 *ret_size);

/*
 * Fills *ret from the structures; of several of one type the first counts. -EINVAL when a structure
 * leads outside: what was read before it stays.
 */
int smbios_parse(const void *bytes, size_t size, struct smbios_info *ret);

#endif
