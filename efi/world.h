/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Building our world on a real machine. */
#ifndef EFI_WORLD_H
#define EFI_WORLD_H

#include "app/app.h"
#include "arch/x86.h"

/* Makes page tables, stacks and the gate, after app_prepare(). 0 or a negative error. */
int world_build(struct app *app);

/* ---- the self-check at exit -------------------------------------------------------------- */

struct world_snapshot {
	struct cpu_state cpu;
	u64 tables_hash; /* of the firmware's page tables, without accessed and dirty bits */
	u64 nr_tables;
	u64 loader_pages; /* LoaderCode and LoaderData in the firmware's map */
	u64 ram_pages;
};
/* Records the present state of CPU and firmware's tables, and the given map. */
void world_snapshot(struct app *app, const struct memmap *map, struct world_snapshot *ret);
/* Prints what has changed; returns the number of changes. */
u32 world_compare(const struct world_snapshot *before, const struct world_snapshot *after);

#endif
