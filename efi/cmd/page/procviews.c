/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Linux's summaries, byte for byte: /proc/zoneinfo, /proc/vmstat, /proc/meminfo. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/stat/vmstat.h"

/* ---- zoneinfo ---------------------------------------------------------------------------- */

static void show_items(struct emit *out, const char *key, const char *const *names,
		       const u64 *values, u32 nr)
{
	emit_object(out, key);
	for (u32 i = 0; i < nr; i++) {
		emit_text(out, "\n      %-12s %llu", names[i], values[i]);
		emit_counter(out, names[i], values[i]);
	}
	emit_end(out);
}

static void show_node_stats(struct emit *out, const struct mem_system *sys, const pg_data_t *node)
{
	u64 values[NR_VM_NODE_STAT_ITEMS];

	vm_node_stats(sys, node, values);
	emit_text(out, "\n  per-node stats");
	show_items(out, "per_node", vm_node_stat_names, values, NR_VM_NODE_STAT_ITEMS);
}

static void show_pages(struct emit *out, const struct zone *zone)
{
	const struct {
		const char *label, *key;
		u64 value;
	} rows[] = {
		{"  pages free     ", "free", zone->nr_free_pages},
		{"        boost    ", "boost", 0},
		{"        min      ", "min", zone->_watermark[WMARK_MIN]},
		{"        low      ", "low", zone->_watermark[WMARK_LOW]},
		{"        high     ", "high", zone->_watermark[WMARK_HIGH]},
		{"        spanned  ", "spanned", zone->spanned_pages},
		{"        present  ", "present", zone->present_pages},
		{"        managed  ", "managed", zone->managed_pages},
		{"        cma      ", "cma", zone->cma_pages},
	};

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		emit_text(out, "\n%s%llu", rows[i].label, rows[i].value);
		emit_counter(out, rows[i].key, rows[i].value);
	}
	emit_text(out, "\n        protection: (");
	emit_list(out, "protection");
	for (u32 i = 0; i < MAX_NR_ZONES; i++)
		emit_put(out, i ? ", {pages}" : "{pages}", zone->lowmem_reserve[i]);
	emit_end(out);
	emit_text(out, ")");
}

static void show_pagesets(struct emit *out, const struct mem_system *sys, const struct zone *zone)
{
	u32 threshold = vm_stat_threshold(sys, zone);

	emit_text(out, "\n  pagesets");
	emit_list(out, "pagesets");
	for (u32 cpu = 0; cpu < sys->given.nr_cpus; cpu++) {
		const struct pcp_list *list =
			zone->pcp ? pcp_list_of(zone, cpu, MIGRATE_MOVABLE, 0) : NULL;
		u64 count = pcp_pages(zone, cpu);
		u32 high = list ? list->high : 0, batch = list ? list->batch : 0;

		emit_row(out,
			 "\n    cpu: {cpu}\n              count: {count}\n              "
			 "high:  {high}\n              batch: {batch}\n  vm stats threshold: "
			 "{threshold}",
			 cpu, count, high, batch, threshold);
	}
	emit_end(out);
}

/* first: the first zone of the node with pages, which shows the node's counters too. */
static void show_zoneinfo(struct emit *out, const struct mem_system *sys, const struct zone *zone,
			  bool first)
{
	u64 values[NR_VM_ZONE_STAT_ITEMS];

	emit_object(out, NULL);
	emit_put(out, "Node {node}, zone {name:8}", zone->zone_pgdat->node_id, zone->name);
	if (first)
		show_node_stats(out, sys, zone->zone_pgdat);
	show_pages(out, zone);
	if (populated_zone(zone)) {
		vm_zone_stats(sys, zone, values);
		show_items(out, "stats", vm_zone_stat_names, values, NR_VM_ZONE_STAT_ITEMS);
		show_pagesets(out, sys, zone);
		emit_put(out, "\n  node_unreclaimable:  0\n  start_pfn:           {start_pfn}",
			 zone->zone_start_pfn);
	}
	emit_end(out);
	emit_text(out, "\n");
}

static int cmd_zoneinfo(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;

	emit_list(call->out, NULL);
	for_each_node(sys, node) {
		bool first = true;

		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			const struct zone *zone = &node->node_zones[type];

			show_zoneinfo(call->out, sys, zone, first && populated_zone(zone));
			first = first && !populated_zone(zone);
		}
	}
	emit_end(call->out);
	return 0;
}

/* ---- vmstat ------------------------------------------------------------------------------ */

static void show_vmstat(struct emit *out, const char *const *names, const u64 *values, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		emit_text(out, "%s %llu\n", names[i], values[i]);
		emit_counter(out, names[i], values[i]);
	}
}

static void add_zones(const struct mem_system *sys, u64 sum[NR_VM_ZONE_STAT_ITEMS])
{
	memset(sum, 0, NR_VM_ZONE_STAT_ITEMS * sizeof(sum[0]));
	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			u64 values[NR_VM_ZONE_STAT_ITEMS];

			vm_zone_stats(sys, &node->node_zones[type], values);
			for (u32 i = 0; i < NR_VM_ZONE_STAT_ITEMS; i++)
				sum[i] += values[i];
		}
	}
}

static void add_nodes(const struct mem_system *sys, u64 sum[NR_VM_NODE_STAT_ITEMS])
{
	memset(sum, 0, NR_VM_NODE_STAT_ITEMS * sizeof(sum[0]));
	for_each_node(sys, node) {
		u64 values[NR_VM_NODE_STAT_ITEMS];

		vm_node_stats(sys, node, values);
		for (u32 i = 0; i < NR_VM_NODE_STAT_ITEMS; i++)
			sum[i] += values[i];
	}
}

static int cmd_vmstat(struct cmd_call *call)
{
	static const char *const dirty_names[] = {"nr_dirty_threshold",
						  "nr_dirty_background_threshold"};
	const struct mem_system *sys = &call->app->sys;
	u64 zones[NR_VM_ZONE_STAT_ITEMS], nodes[NR_VM_NODE_STAT_ITEMS], events[NR_VM_EVENT_ITEMS];
	struct vm_totals totals;

	add_zones(sys, zones);
	add_nodes(sys, nodes);
	vm_events(sys, events);
	vm_totals(sys, &totals);
	emit_object(call->out, NULL);
	show_vmstat(call->out, vm_zone_stat_names, zones, NR_VM_ZONE_STAT_ITEMS);
	show_vmstat(call->out, vm_node_stat_names, nodes, NR_VM_NODE_STAT_ITEMS);
	show_vmstat(call->out, dirty_names, (u64[]){totals.dirty, totals.dirty_background}, 2);
	show_vmstat(call->out, vm_event_names, events, NR_VM_EVENT_ITEMS);
	emit_end(call->out);
	return 0;
}

/* ---- meminfo ----------------------------------------------------------------------------- */

/* Numbers end in column 24, but for long ones. unit "": a bare number. */
static void show_line(struct emit *out, const char *name, u64 value, const char *unit)
{
	int width = max(24 - (int)strlen(name) - 1, 5);
	char label[32];

	fmt_print(label, sizeof(label), "%s:", name);
	if (strlen(label) > 16)
		emit_text(out, "%s %*llu", label, width - 1, value);
	else
		emit_text(out, "%-16s%8llu", label, value);
	emit_text(out, unit[0] ? " %s\n" : "%s\n", unit);
	emit_counter(out, name, value);
}

static void show_zeros(struct emit *out, const char *const *names, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		show_line(out, names[i], 0, "kB");
}

static void show_free(struct emit *out, const struct mem_system *sys, const struct vm_totals *t)
{
	/* There is no page cache and no swap. */
	static const char *const none[] = {
		"Buffers",	"Cached",	  "SwapCached",	  "Active",	    "Inactive",
		"Active(anon)", "Inactive(anon)", "Active(file)", "Inactive(file)", "Unevictable",
		"Mlocked",	"SwapTotal",	  "SwapFree",	  "Zswap",	    "Zswapped",
		"Dirty",	"Writeback",	  "AnonPages",	  "Mapped",	    "Shmem"};

	show_line(out, "MemTotal", sys->page.totalram_pages * (PAGE_SIZE / KiB), "kB");
	show_line(out, "MemFree", t->free * (PAGE_SIZE / KiB), "kB");
	show_line(out, "MemAvailable", t->available * (PAGE_SIZE / KiB), "kB");
	show_zeros(out, none, ARRAY_SIZE(none));
}

static void show_kernel(struct emit *out, const struct mem_system *sys, const struct vm_totals *t)
{
	static const char *const none[] = {"SecPageTables", "NFS_Unstable", "Bounce",
					   "WritebackTmp"};
	u64 in_kb = PAGE_SIZE / KiB;

	show_line(out, "KReclaimable", t->slab_reclaimable * in_kb, "kB");
	show_line(out, "Slab", (t->slab_reclaimable + t->slab_unreclaimable) * in_kb, "kB");
	show_line(out, "SReclaimable", t->slab_reclaimable * in_kb, "kB");
	show_line(out, "SUnreclaim", t->slab_unreclaimable * in_kb, "kB");
	show_line(out, "KernelStack", 0, "kB");
	show_line(out, "PageTables", sys->pt.nr_tables * in_kb, "kB");
	show_zeros(out, none, ARRAY_SIZE(none));
	show_line(out, "CommitLimit", sys->page.totalram_pages / 2 * in_kb, "kB");
	show_line(out, "Committed_AS", 0, "kB");
	show_line(out, "VmallocTotal",
		  (sys->given.layout.vmalloc_end - sys->given.layout.vmalloc_start - 1) / KiB,
		  "kB");
	show_line(out, "VmallocUsed", sys->vmalloc.nr_pages * in_kb, "kB");
	show_line(out, "VmallocChunk", 0, "kB");
	show_line(out, "Percpu", 0, "kB");
}

static void show_huge(struct emit *out, const struct mem_system *sys)
{
	static const char *const none[] = {"HardwareCorrupted", "AnonHugePages", "ShmemHugePages",
					   "ShmemPmdMapped",	"FileHugePages", "FilePmdMapped"};
	static const char *const pools[] = {"HugePages_Total", "HugePages_Free", "HugePages_Rsvd",
					    "HugePages_Surp"};
	static const char *const direct[] = {"DirectMap4k", "DirectMap2M", "DirectMap1G"};
	u64 bytes[3];

	show_zeros(out, none, ARRAY_SIZE(none));
	for (u32 i = 0; i < ARRAY_SIZE(pools); i++)
		show_line(out, pools[i], 0, "");
	show_line(out, "Hugepagesize", 2 * MiB / KiB, "kB");
	show_line(out, "Hugetlb", 0, "kB");
	vm_direct_map(sys, bytes);
	for (u32 i = 0; i < ARRAY_SIZE(direct); i++)
		show_line(out, direct[i], bytes[i] / KiB, "kB");
}

static int cmd_meminfo(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;
	struct vm_totals totals;

	vm_totals(sys, &totals);
	emit_object(call->out, NULL);
	show_free(call->out, sys, &totals);
	show_kernel(call->out, sys, &totals);
	show_huge(call->out, sys);
	emit_end(call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "zoneinfo",
	 .args = "",
	 .help = "nodes' and zones' counters, watermarks, CPUs' lists, as /proc/zoneinfo",
	 .fn = cmd_zoneinfo,
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
	{.name = "vmstat",
	 .args = "",
	 .help = "all counters, as /proc/vmstat",
	 .fn = cmd_vmstat,
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
	{.name = "meminfo",
	 .args = "",
	 .help = "totals, as /proc/meminfo",
	 .fn = cmd_meminfo,
	 .report = "meminfo",
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
};

const struct cmd_table cmds_procviews = {ROOM_PAGE, rows, ARRAY_SIZE(rows)};
