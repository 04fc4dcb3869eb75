/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `zones`: nodes and zones; `zonelists`: their order; `memmodel`: where struct pages lie. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

/* ---- zones ------------------------------------------------------------------------------- */

#define ZONE_ROW                                                                                   \
	"{node:4} {name=zone:-8} {start_pfn:#12x} {spanned:12} {present:12} {managed:12} "         \
	"{free:12} {listed:8}\n"

static void show_zone(struct emit *out, const struct mem_system *sys, const struct zone *zone)
{
	u64 listed = pcp_zone_pages(sys, zone);

	emit_row(out, ZONE_ROW, zone->zone_pgdat->node_id, zone->name, zone->zone_start_pfn,
		 zone->spanned_pages, zone->present_pages, zone->managed_pages, zone->nr_free_pages,
		 listed);
}

static int cmd_zones(struct cmd_call *call)
{
	struct emit *out = call->out;

	emit_table(out, NULL, ZONE_ROW);
	for_each_node(&call->app->sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++)
			show_zone(out, &call->app->sys, &node->node_zones[type]);
	}
	emit_end(out);
	emit_text(out, "Pages of 4 KiB; listed ones are free too, in CPUs' own lists. HighMem is "
		       "always empty on 64-bit: the direct map reaches all "
		       "RAM, so no page is out of the kernel's reach.\n");
	return 0;
}

/* ---- zonelists --------------------------------------------------------------------------- */

#define ZONELIST_ROW "{node:4} {nr=position:8} {zone_node=zone's node:11} {zone:-8} {managed:12}\n"

/* As in Linux's log: the nodes in the order in which they are tried, the node itself first. */
static void show_fallback(struct emit *out, const pg_data_t *node)
{
	const struct zonelist *list = &node->node_zonelists[ZONELIST_FALLBACK];
	int last = node->node_id;

	emit_text(out, "Fallback order for Node %d: %d ", last, last);
	for (u32 i = 0; i < list->nr; i++) {
		if (list->zones[i]->zone_pgdat->node_id == last)
			continue;
		last = list->zones[i]->zone_pgdat->node_id;
		emit_text(out, "%d ", last);
	}
	emit_text(out, "\n");
}

static int cmd_zonelists(struct cmd_call *call)
{
	struct emit *out = call->out;

	for_each_node(&call->app->sys, node)
		show_fallback(out, node);
	emit_table(out, NULL, ZONELIST_ROW);
	for_each_node(&call->app->sys, node) {
		const struct zonelist *list = &node->node_zonelists[ZONELIST_FALLBACK];

		for (u32 i = 0; i < list->nr && !emit_stopped(out); i++) {
			const struct zone *zone = list->zones[i];

			emit_row(out, ZONELIST_ROW, node->node_id, i, zone->zone_pgdat->node_id,
				 zone->name, zone->managed_pages);
		}
	}
	emit_end(out);
	emit_text(out, "A request begins at the first zone that its flags allow, and passes over\n"
		       "zones that manage nothing.\n");
	return 0;
}

/* ---- struct pages ------------------------------------------------------------------------ */

static int cmd_memmodel(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;
	struct emit *out = call->out;
	struct memmodel_cost cost;

	memmodel_cost(sys, &cost);
	emit_object(out, NULL);
	emit_field(out, "model", sys->given.model == MEMMODEL_FLAT ? "flat" : "sparse");
	emit_put(out,
		 "Model in use: {:}. Struct pages: 64 bytes each, {populated_bytes:K} KiB have "
		 "memory,\n{alive_pageblocks} pageblocks of 2 MiB have come to life.\n",
		 sys->given.model == MEMMODEL_FLAT ? "FLATMEM" : "SPARSEMEM with vmemmap",
		 cost.populated_bytes, cost.alive_pageblocks);
	emit_text(out, "%-24s %14s %14s\n", "if all were made at start", "struct pages",
		  "for holes");
	emit_put(out, "{:-24} {flat_bytes:10K} KiB {flat_hole_bytes:10K} KiB\n", "FLATMEM",
		 cost.flat_bytes, cost.flat_hole_bytes);
	emit_put(out, "{:-24} {sparse_bytes:10K} KiB {sparse_hole_bytes:10K} KiB\n",
		 "SPARSEMEM (128 MiB)", cost.sparse_bytes, cost.sparse_hole_bytes);
	emit_field(out, "nr_sections", cost.sections);
	emit_end(out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "zones",
	 .args = "",
	 .help = "nodes and zones: spanned, present, managed and free pages",
	 .fn = cmd_zones,
	 .report = "zones",
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
	{.name = "zonelists",
	 .args = "",
	 .help = "the order in which each node's requests try the zones",
	 .fn = cmd_zonelists,
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
	{.name = "memmodel",
	 .args = "",
	 .help = "where struct pages lie, and what the models cost on this machine",
	 .fn = cmd_memmodel,
	 .report = "memmodel",
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_zones = {ROOM_PAGE, rows, ARRAY_SIZE(rows)};
