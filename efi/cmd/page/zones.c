/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the memory management has made of the machine: Linux's views, in Linux's formats. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

/* ---- memblock ---------------------------------------------------------------------------- */

static void flag_names(char *buf, size_t size, u32 flags)
{
	if (!memblock_flags_text(buf, size, flags))
		fmt_print(buf, size, "NONE");
}

/* debugfs memblock/memory and memblock/reserved: peers.md 5.1. Ends are inclusive there. */
static void show_regions(struct emit *out, const struct memblock_type *type)
{
	emit_list(out, type->name);
	for (u32 i = 0; i < type->cnt && !emit_stopped(out); i++) {
		const struct memblock_region *r = &type->regions[i];
		char flags[48], nid[8] = "   x";

		flag_names(flags, sizeof(flags), r->flags);
		if (r->nid != NUMA_NO_NODE)
			fmt_print(nid, sizeof(nid), "%4d", r->nid);
		emit_text(out, "%4u: 0x%016llx..0x%016llx %s %s\n", i, r->base,
			  r->base + r->size - 1, nid, flags);
		emit_object(out, NULL);
		emit_field(out, "base", r->base);
		emit_field(out, "size", r->size);
		emit_field(out, "node", r->nid);
		emit_field(out, "flags", flags);
		emit_end(out);
	}
	emit_end(out);
}

static const char *const memblock_words[] = {"memory", "reserved", NULL};

/* Both lists under headings, or one alone, which is then the debugfs file to the letter. */
static int cmd_memblock(struct cmd_call *call)
{
	const struct memblock *mb = &call->app->sys.memblock;
	const struct memblock_type *types[] = {&mb->memory, &mb->reserved};
	const char *only = call->argc ? call->argv[0] : NULL;
	int err = 0;

	if (only && strcmp(only, "memory") && strcmp(only, "reserved"))
		err = cmd_error(call, -EINVAL, "%s: lists are memory and reserved", only);
	if (err)
		return err;
	emit_object(call->out, NULL);
	for (u32 i = 0; i < ARRAY_SIZE(types); i++) {
		if (only && strcmp(only, types[i]->name))
			continue;
		if (!only)
			emit_text(call->out, "%s: %u regions, %llu bytes\n", types[i]->name,
				  types[i]->cnt, types[i]->total_size);
		show_regions(call->out, types[i]);
	}
	emit_end(call->out);
	return 0;
}

/* ---- zones ------------------------------------------------------------------------------- */

static void show_zone(struct emit *out, const struct mem_system *sys, const struct zone *zone)
{
	u64 listed = pcp_zone_pages(sys, zone);

	emit_text(out, "%4d %-8s %#12llx %12llu %12llu %12llu %12llu %8llu\n",
		  zone->zone_pgdat->node_id, zone->name, zone->zone_start_pfn, zone->spanned_pages,
		  zone->present_pages, zone->managed_pages, zone->nr_free_pages, listed);
	emit_object(out, NULL);
	emit_field(out, "node", zone->zone_pgdat->node_id);
	emit_field(out, "name", zone->name);
	emit_field(out, "start_pfn", zone->zone_start_pfn);
	emit_field(out, "spanned", zone->spanned_pages);
	emit_field(out, "present", zone->present_pages);
	emit_field(out, "managed", zone->managed_pages);
	emit_field(out, "free", zone->nr_free_pages);
	emit_field(out, "listed", listed);
	emit_end(out);
}

static int cmd_zones(struct cmd_call *call)
{
	struct emit *out = call->out;

	emit_text(out, "%4s %-8s %12s %12s %12s %12s %12s %8s\n", "node", "zone", "start_pfn",
		  "spanned", "present", "managed", "free", "listed");
	emit_list(out, NULL);
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

/* ---- struct pages ------------------------------------------------------------------------ */

static int cmd_memmodel(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;
	struct emit *out = call->out;
	struct memmodel_cost cost;

	memmodel_cost(sys, &cost);
	emit_text(out,
		  "Model in use: %s. Struct pages: 64 bytes each, %llu KiB have memory,\n"
		  "%llu pageblocks of 2 MiB have come to life.\n",
		  sys->model == MEMMODEL_FLAT ? "FLATMEM" : "SPARSEMEM with vmemmap",
		  cost.populated_bytes / KiB, cost.alive_pageblocks);
	emit_text(out, "%-24s %14s %14s\n", "if all were made at start", "struct pages",
		  "for holes");
	emit_text(out, "%-24s %10llu KiB %10llu KiB\n", "FLATMEM", cost.flat_bytes / KiB,
		  cost.flat_hole_bytes / KiB);
	emit_text(out, "%-24s %10llu KiB %10llu KiB\n", "SPARSEMEM (128 MiB)",
		  cost.sparse_bytes / KiB, cost.sparse_hole_bytes / KiB);
	emit_object(out, NULL);
	emit_field(out, "model", sys->model == MEMMODEL_FLAT ? "flat" : "sparse");
	emit_field(out, "nr_sections", cost.sections);
	emit_field(out, "flat_bytes", cost.flat_bytes);
	emit_field(out, "flat_hole_bytes", cost.flat_hole_bytes);
	emit_field(out, "sparse_bytes", cost.sparse_bytes);
	emit_field(out, "sparse_hole_bytes", cost.sparse_hole_bytes);
	emit_field(out, "populated_bytes", cost.populated_bytes);
	emit_field(out, "alive_pageblocks", cost.alive_pageblocks);
	emit_end(out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "memblock",
	 .args = "[memory|reserved]",
	 .help = "all RAM and what of it is taken, as Linux's debugfs shows it",
	 .fn = cmd_memblock,
	 .words = memblock_words,
	 .examples = "memblock; memblock reserved",
	 .report = "memblock",
	 .max_args = 1,
	 .flags = CMD_MACHINE},
	{.name = "zones",
	 .args = "",
	 .help = "nodes and zones: spanned, present, managed and free pages",
	 .fn = cmd_zones,
	 .report = "zones",
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
	{.name = "memmodel",
	 .args = "",
	 .help = "where struct pages lie, and what the models cost on this machine",
	 .fn = cmd_memmodel,
	 .report = "memmodel",
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_zones = {ROOM_PAGE, rows, ARRAY_SIZE(rows)};
