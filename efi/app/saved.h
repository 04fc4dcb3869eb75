/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What is kept on the stick: \tablewalk\NAME.pt (mm/pgtable/image.h), page tables, and
 * \tablewalk\NAME.map (parse/mapfile.h), a machine with its memory map.
 */
#ifndef EFI_APP_SAVED_H
#define EFI_APP_SAVED_H

#include "app.h"

#define SAVED_PATH_SIZE 40

/* What has been loaded under this name; NULL: nothing. */
struct app_loaded *app_loaded_find(struct app *app, const char *name);

/* The path of a file with this name, such as tablewalk/NAME.pt; -EINVAL after a message: no such
 * name. `ret` holds SAVED_PATH_SIZE bytes. */
int saved_path(struct cmd_call *call, const char *name, const char *ending, char *ret);
/* A whole file, in a block of its own that the caller frees. -ENOENT without a message: there is no
 * such file; any other error after a message. */
int saved_read(struct cmd_call *call, const char *path, struct app_block *ret, size_t *ret_len);
/* Each prints why and returns an error. */
int saved_error(struct cmd_call *call, int err, const char *path);
int saved_no_memory(struct cmd_call *call, const char *what, u64 bytes);

#endif
