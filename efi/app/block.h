/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Memory for the bytes of a file, or for anything else of a size that only a command knows. */
#ifndef EFI_APP_BLOCK_H
#define EFI_APP_BLOCK_H

#include "kernel.h"

struct app;

/* Pages from the page allocator or, where it has no block so large, from vmalloc. */
struct app_block {
	void *p;
	u64 size;
	int order; /* -1: vmalloc */
};

/* Memory for so many bytes at least. 0 or -ENOMEM. */
int app_block_alloc(struct app *app, u64 bytes, struct app_block *ret);
/* Also of a block that holds nothing. */
void app_block_free(struct app *app, struct app_block *block);

#endif
