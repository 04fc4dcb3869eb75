/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The counters of /proc/vmstat and /proc/zoneinfo, with Linux 6.1's names and order. A counter for
 * something that tablewalk does not have (yet) is 0. None is kept: all are computed from the lists.
 */
#ifndef MM_STAT_VMSTAT_H
#define MM_STAT_VMSTAT_H

#include "mm/page/zone.h"
#include "mm/stat/vmstat_names.h"

struct mem_system;

/* The values of these counters, as in Linux: for one zone, for one node, for the machine. */
void vm_zone_stats(const struct mem_system *sys, const struct zone *zone,
		   u64 ret[NR_VM_ZONE_STAT_ITEMS]);
/* nr_page_table_pages counts only our own tree. */
void vm_node_stats(const struct mem_system *sys, const pg_data_t *node,
		   u64 ret[NR_VM_NODE_STAT_ITEMS]);
void vm_events(const struct mem_system *sys, u64 ret[NR_VM_EVENT_ITEMS]);

/* Pages: free in all zones; reserved in all nodes; available without swapping (MemAvailable); in
 * reclaimable and in unreclaimable slabs. */
struct vm_totals {
	u64 free, reserve, available, slab_reclaimable, slab_unreclaimable;
	/* Limits of dirty pages that start writing, in the background and at once: 10 and 20 % of
	 * the pages that could be dirty. */
	u64 dirty_background, dirty;
};
/* Adds up all zones and nodes; takes no lock. */
void vm_totals(const struct mem_system *sys, struct vm_totals *ret);

/* Bytes of the direct map by page size: 4 KiB, 2 MiB, 1 GiB. */
void vm_direct_map(const struct mem_system *sys, u64 ret_bytes[3]);

/* How far Linux's per-CPU counters may differ from the total (calculate_normal_threshold()). */
u32 vm_stat_threshold(const struct mem_system *sys, const struct zone *zone);

#endif
