/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Memory for the bytes of a file, or for other data whose size a command decides. */
#ifndef EFI_APP_BLOCK_H
#define EFI_APP_BLOCK_H

#include "kernel.h"

struct app;

/* Pages from the page allocator, or from vmalloc if there is no such large block. */
struct app_block {
	void *p;
	u64 size;
	int order; /* -1: vmalloc */
};

/* Allocates at least so many bytes. 0 or -ENOMEM. */
int app_block_alloc(struct app *app, u64 bytes, struct app_block *ret);
/* Frees a block; an empty one is allowed. */
void app_block_free(struct app *app, struct app_block *block);

#endif
