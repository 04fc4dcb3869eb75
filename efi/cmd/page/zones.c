/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the memory management has made of the machine: Linux's views, in Linux's formats. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

/* ---- memblock ---------------------------------------------------------------------------- */

static void flag_names(char *buf, size_t size, u32 flags)
{
	static const struct {
		u32 bit;
		const char *name;
	} names[] = {
		{MEMBLOCK_HOTPLUG, "HOTPLUG"},
		{MEMBLOCK_MIRROR, "MIRROR"},
		{MEMBLOCK_NOMAP, "NOMAP"},
		{MEMBLOCK_DRIVER_MANAGED, "DRV_MNG"},
	};
	size_t len = 0;

	fmt_print(buf, size, "NONE");
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags & names[i].bit)
			len += (size_t)fmt_print(buf + len, size - len, "%s%s", len ? "|" : "",
						 names[i].name);
	}
}

/* debugfs memblock/memory and memblock/reserved: peers.md 5.1. Ends are inclusive there. */
static void show_regions(struct emit *out, const struct memblock_type *type)
{
	emit_list(out, type->name);
	for (u32 i = 0; i < type->cnt && !emit_stopped(out); i++) {
		const struct memblock_region *r = &type->regions[i];
		char flags[48], nid[8] = "x";

		flag_names(flags, sizeof(flags), r->flags);
		if (r->nid != NUMA_NO_NODE)
			fmt_print(nid, sizeof(nid), "%d", r->nid);
		emit_row(out, "{:4}: 0x{base:016x}..0x{:016x} {size!}{node!}{:4} {flags}\n", i,
			 r->base, r->base + r->size - 1, r->size, r->nid, nid, flags);
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
