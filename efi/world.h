/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Building our world on a real machine. */
#ifndef EFI_WORLD_H
#define EFI_WORLD_H

#include "app/app.h"
#include "arch/x86.h"

/* After app_prepare(): page tables, stacks and the gate. 0 or a negative error. */
int world_build(struct app *app);

/* ---- the self-check at exit -------------------------------------------------------------- */

struct world_snapshot {
	struct cpu_state cpu;
	u64 tables_hash; /* of the firmware's page tables, without accessed and dirty bits */
	u64 nr_tables;
	u64 loader_pages; /* LoaderCode and LoaderData in the firmware's map */
	u64 ram_pages;
};
/* The CPU and the firmware's tables as they are now, with the firmware's map as given. */
void world_snapshot(struct app *app, const struct memmap *map, struct world_snapshot *ret);
/* Says what is not as it was; returns how many things. */
u32 world_compare(const struct world_snapshot *before, const struct world_snapshot *after);

#endif
