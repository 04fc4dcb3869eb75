/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What is kept on the stick: \tablewalk\NAME.pt (mm/pgtable/image.h), page tables, and
 * \tablewalk\NAME.map (parse/mapfile.h), a machine with its memory map.
 */
#ifndef EFI_APP_SAVED_H
#define EFI_APP_SAVED_H

#include "app.h"

/* Memory for a file of so many bytes at least. 0 or -ENOMEM. */
int app_block_alloc(struct app *app, u64 bytes, struct app_block *ret);
void app_block_free(struct app *app, struct app_block *block);

/* What has been loaded under this name; NULL: nothing. */
struct app_loaded *app_loaded_find(struct app *app, const char *name);
/* The IA32_PAT that goes with these tables: of the machine they are from. */
u64 app_tables_pat(const struct app *app, const struct pgtable *pt);

/* Each writes one file, says so, and returns 0, or a negative error after a message. */
int cmd_save_tables(struct cmd_call *call, const struct pgtable *pt, const char *name);
int cmd_save_map(struct cmd_call *call, const struct memmap *map, const char *name);

/* ---- between efi/cmd/tables/save.c, saved.c and diff.c ----------------------------------- */

#define SAVED_PATH_SIZE 40
/* The path of a file with this name, such as tablewalk/NAME.pt; -EINVAL after a message: no such
 * name. `ret` holds SAVED_PATH_SIZE bytes. */
int saved_path(struct cmd_call *call, const char *name, const char *ending, char *ret);
/* The machine of tablewalk/NAME.map, a struct mapfile, in a block of its own; a negative error
 * after a message. */
int saved_read_map(struct cmd_call *call, const char *name, struct app_block *ret);
/* Each prints why and returns an error. */
int saved_error(struct cmd_call *call, int err, const char *path);
int saved_no_memory(struct cmd_call *call, const char *what, u64 bytes);

int cmd_save(struct cmd_call *call);
int cmd_pt_diff(struct cmd_call *call);
int cmd_memmap_diff(struct cmd_call *call);

#endif
