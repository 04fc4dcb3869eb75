/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Files on the boot volume: \tablewalk\NAME.pt has page tables (mm/pgtable/image.h),
 * \tablewalk\NAME.map has a machine with its memory map (parse/mapfile.h).
 */
#ifndef EFI_APP_SAVED_H
#define EFI_APP_SAVED_H

#include "app.h"

#define SAVED_PATH_SIZE 40

/* The files that are loaded under this name, or NULL. */
struct app_loaded *app_loaded_find(struct app *app, const char *name);

/* Makes the path of a file, such as tablewalk/NAME.pt. 0; -EINVAL after a message: not a valid
 * name. `ret` has SAVED_PATH_SIZE bytes. */
int saved_path(struct cmd_call *call, const char *name, const char *ending, char *ret);
/* Reads a whole file into its own block, which the caller frees. -ENOENT without a message: there
 * is no such file; other errors after a message. */
int saved_read(struct cmd_call *call, const char *path, struct app_block *ret, size_t *ret_len);
/* Print a message and return an error. */
int saved_error(struct cmd_call *call, int err, const char *path);
int saved_no_memory(struct cmd_call *call, const char *what, u64 bytes);

#endif
