/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * slabtop: caches of objects with the largest on top, and their sums, as procps' program of that
 * name shows them. Keys in, cells out, like the browser.
 */
#ifndef UI_SLABTOP_H
#define UI_SLABTOP_H

#include "mm/system.h"
#include "ui/emit.h"
#include "ui/screen.h"

#define SLABTOP_MAX_CACHES 512 /* shown; the sums have all */

struct slabtop_cache {
	char name[SLAB_NAME_LEN];
	struct slab_stat st;
	u32 size, objects, order;
	u64 rank; /* what it is sorted by */
};

struct slabtop_sums {
	u64 active_objs, num_objs, active_slabs, num_slabs, active_caches, num_caches;
	u64 active_bytes, num_bytes;
	u32 min_size, max_size; /* of an object */
};

struct slabtop {
	struct screen screen;
	char sort; /* the key that chose it */
	bool done;
	u32 nr, top; /* caches; the first in sight */
	struct slabtop_cache cache[SLABTOP_MAX_CACHES];
	struct slabtop_sums sums;
};

void slabtop_init(struct slabtop *t, u32 columns, u32 rows);
/* Sorts by what this key (o a u s l v b p c n) means from now on. False: it means nothing. */
bool slabtop_sort(struct slabtop *t, int key);
/* What the caches are like now. */
void slabtop_read(struct slabtop *t, const struct mem_system *sys);
/* One key, as fw_key() gives it. t->done is set when it is left. */
void slabtop_key(struct slabtop *t, int key);
/* Fills t->screen. */
void slabtop_draw(struct slabtop *t);
/* All of it at once: text as `slabtop -o` prints it, or an object. */
void slabtop_emit(const struct slabtop *t, struct emit *out);

#endif
