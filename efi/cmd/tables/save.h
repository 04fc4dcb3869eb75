/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Writing and reading what lies on the stick, for the commands that do so. */
#ifndef EFI_CMD_TABLES_SAVE_H
#define EFI_CMD_TABLES_SAVE_H

#include "app/saved.h"

/* ---- save.c ------------------------------------------------------------------------------ */

/* Each writes one file, says so, and returns 0, or a negative error after a message. */
int cmd_save_tables(struct cmd_call *call, const struct pgtable *pt, const char *name);
int cmd_save_map(struct cmd_call *call, const struct memmap *map, const char *name);

/* ---- load.c ------------------------------------------------------------------------------ */

/* The machine of tablewalk/NAME.map, a struct mapfile, in a block of its own; a negative error
 * after a message. */
int saved_read_map(struct cmd_call *call, const char *name, struct app_block *ret);

#endif
