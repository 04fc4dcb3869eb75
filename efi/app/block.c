/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "block.h"

#include "app.h"
#include "mm/page/page_alloc.h"

int app_block_alloc(struct app *app, u64 bytes, struct app_block *ret)
{
	struct app_block b = {.order = 0};

	while (b.order <= MAX_PAGE_ORDER && PAGE_SIZE << b.order < bytes)
		b.order++;
	if (b.order <= MAX_PAGE_ORDER) {
		b.size = PAGE_SIZE << b.order;
		b.p = __get_free_pages(&app->sys, GFP_KERNEL | __GFP_NOWARN, (unsigned)b.order);
	}
	if (!b.p) { /* too large, or no such block is free */
		b.order = -1;
		b.size = round_up(bytes, PAGE_SIZE);
		b.p = vmalloc(&app->sys, b.size);
	}
	if (!b.p)
		return -ENOMEM;
	*ret = b;
	return 0;
}

void app_block_free(struct app *app, struct app_block *block)
{
	if (block->p && block->order < 0)
		vfree(&app->sys, block->p);
	else if (block->p)
		free_pages(&app->sys, block->p, (unsigned)block->order);
	*block = (struct app_block){NULL};
}
