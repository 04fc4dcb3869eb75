/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * slabtop: the slab caches, largest first, and their sums, like the program of that name in procps.
 * It takes keys and fills cells, like the browser.
 */
#ifndef UI_SLABTOP_H
#define UI_SLABTOP_H

#include "mm/system.h"
#include "ui/emit.h"
#include "ui/screen.h"

#define SLABTOP_MAX_CACHES 512 /* in the list; the sums include all */

struct slabtop_cache {
	char name[SLAB_NAME_LEN];
	struct slab_stat st;
	u32 size, objects, order;
	u64 rank; /* the value for sorting */
};

struct slabtop_sums {
	u64 active_objs, num_objs, active_slabs, num_slabs, active_caches, num_caches;
	u64 active_bytes, num_bytes;
	u32 min_size, max_size; /* of an object */
};

struct slabtop {
	struct screen screen;
	char sort; /* the key of the order */
	bool done;
	u32 nr, top; /* number of caches; the first one shown */
	struct slabtop_cache cache[SLABTOP_MAX_CACHES];
	struct slabtop_sums sums;
};

void slabtop_init(struct slabtop *t, u32 columns, u32 rows);
/* Sorts by the column of this key (o a u s l v b p c n) from now on. False: not such a key. */
bool slabtop_sort(struct slabtop *t, int key);
/* Reads the present state of the caches. */
void slabtop_read(struct slabtop *t, const struct mem_system *sys);
/* Handles one key, as fw_key() gives it. Sets t->done to leave. */
void slabtop_key(struct slabtop *t, int key);
/* Fills t->screen. */
void slabtop_draw(struct slabtop *t);
/* Emits everything once: text like `slabtop -o`, or an object. */
void slabtop_emit(const struct slabtop *t, struct emit *out);

#endif
