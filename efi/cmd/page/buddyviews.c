/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Free memory by order and type: /proc/buddyinfo, /proc/pagetypeinfo, debugfs extfrag. */
#include "cmd/cmds.h"
#include "mm/page/page_alloc.h"

/* How lines about a zone begin. */
#define ZONE_LABEL "Node {node}, zone {name:8} "

/* ---- buddyinfo --------------------------------------------------------------------------- */

static void show_buddy(struct emit *out, const struct mem_system *sys, const struct zone *zone)
{
	u64 blocks[NR_PAGE_ORDERS];

	(void)sys;
	zone_free_blocks(zone, blocks);
	emit_list(out, "nr_free");
	for (u32 order = 0; order < NR_PAGE_ORDERS; order++) {
		emit_put(out, "{blocks:6} ", blocks[order]);
	}
	emit_end(out);
	emit_text(out, "\n");
}

static int cmd_buddyinfo(struct cmd_call *call)
{
	cmd_each_zone(call->out, NULL, &call->app->sys, ZONE_LABEL, show_buddy);
	return 0;
}

/* ---- pagetypeinfo ------------------------------------------------------------------------ */

#define TYPE_CAP 100000 /* Linux stops counting a list there, and says so */

/* Linux without CMA has no such type. */
static bool type_is_shown(const struct mem_system *sys, unsigned type)
{
	return type != MIGRATE_CMA || sys->page.nr_cma_areas;
}

static void show_type(struct emit *out, const struct zone *zone, enum migratetype type)
{
	u64 blocks[NR_PAGE_ORDERS];

	zone_free_blocks_of(zone, type, blocks);
	emit_text(out, "Node %4d, zone %8s, type %12s ", zone->zone_pgdat->node_id, zone->name,
		  migratetype_name(type));
	emit_list(out, migratetype_name(type));
	for (u32 order = 0; order < NR_PAGE_ORDERS; order++) {
		bool capped = blocks[order] >= TYPE_CAP;

		emit_put(out, "{:}{:6} {blocks!}", capped ? ">" : "",
			 capped ? (u64)TYPE_CAP : blocks[order], blocks[order]);
	}
	emit_end(out);
	emit_text(out, "\n");
}

static void show_free_types(struct emit *out, const struct mem_system *sys, const struct zone *zone)
{
	emit_object(out, "free_blocks");
	for (unsigned type = 0; type < MIGRATE_TYPES; type++) {
		if (type_is_shown(sys, type))
			show_type(out, zone, (enum migratetype)type);
	}
	emit_end(out);
}

/* Pageblocks by type. Those of holes count where Linux has struct pages for them. */
static void count_pageblocks(const struct mem_system *sys, const struct zone *zone,
			     u64 count[MIGRATE_TYPES])
{
	memset(count, 0, MIGRATE_TYPES * sizeof(count[0]));
	for (u64 pfn = zone->zone_start_pfn; pfn < zone_end_pfn(zone); pfn += PAGEBLOCK_NR_PAGES) {
		const struct zone *there = zone_of_pfn(sys, pfn);

		if (pfn_valid(sys, pfn) && (!there || there == zone))
			count[pageblock_type_of(sys, pfn)]++;
	}
}

static void show_pageblocks(struct emit *out, const struct mem_system *sys, const struct zone *zone)
{
	u64 count[MIGRATE_TYPES];

	count_pageblocks(sys, zone, count);
	emit_object(out, "pageblocks");
	for (unsigned type = 0; type < MIGRATE_TYPES; type++) {
		if (!type_is_shown(sys, type))
			continue;
		emit_text(out, "%12llu ", count[type]);
		emit_counter(out, migratetype_name((enum migratetype)type), count[type]);
	}
	emit_end(out);
	emit_text(out, "\n");
}

static void pagetypeinfo_head(struct emit *out)
{
	emit_text(out, "Page block order: %d\nPages per block:  %llu\n\n", PAGEBLOCK_ORDER,
		  PAGEBLOCK_NR_PAGES);
	emit_text(out, "%-43s ", "Free pages count per migrate type at order");
	for (int order = 0; order < NR_PAGE_ORDERS; order++)
		emit_text(out, "%6d ", order);
	emit_text(out, "\n");
}

static void pageblocks_head(struct emit *out, const struct mem_system *sys)
{
	emit_text(out, "\n%-23s", "Number of blocks type ");
	for (unsigned type = 0; type < MIGRATE_TYPES; type++) {
		if (type_is_shown(sys, type))
			emit_text(out, "%12s ", migratetype_name((enum migratetype)type));
	}
	emit_text(out, "\n");
}

/* Linux repeats it for each node. */
static void pagetypeinfo_node(struct emit *out, const struct mem_system *sys, const pg_data_t *node)
{
	pagetypeinfo_head(out);
	emit_list(out, NULL);
	cmd_node_zones(out, sys, node, "{node!}{name!}", show_free_types);
	pageblocks_head(out, sys);
	cmd_node_zones(out, sys, node, ZONE_LABEL, show_pageblocks);
	emit_end(out);
}

static int cmd_pagetypeinfo(struct cmd_call *call)
{
	emit_list(call->out, NULL);
	for_each_node(&call->app->sys, node) {
		if (node->node_present_pages)
			pagetypeinfo_node(call->out, &call->app->sys, node);
	}
	emit_end(call->out);
	return 0;
}

/* ---- extfrag ----------------------------------------------------------------------------- */

struct fragmentation {
	u64 pages, blocks, suitable; /* free; blocks that would do */
};

static struct fragmentation fragmentation_of(const u64 blocks[NR_PAGE_ORDERS], unsigned order)
{
	struct fragmentation f = {0};

	for (unsigned i = 0; i < NR_PAGE_ORDERS; i++) {
		f.blocks += blocks[i];
		f.pages += blocks[i] << i;
		f.suitable += i >= order ? blocks[i] << (i - order) : 0;
	}
	return f;
}

/* In thousandths, as Linux (mm/vmstat.c): would an allocation fail for lack of memory (towards 0)
 * or for fragmentation (towards 1000)? -1000: it would not fail. */
static s64 fragmentation_index(const struct fragmentation *f, unsigned order)
{
	if (!f->blocks)
		return 0;
	if (f->suitable)
		return -1000;
	return 1000 - (s64)((1000 + f->pages * 1000 / (1ULL << order)) / f->blocks);
}

/* The part of free memory that is of no use for such an allocation, in thousandths. */
static s64 unusable_index(const struct fragmentation *f, unsigned order)
{
	if (!f->pages)
		return 1000;
	return (s64)((f->pages - (f->suitable << order)) * 1000 / f->pages);
}

static void show_extfrag(struct emit *out, const struct zone *zone, bool unusable)
{
	u64 blocks[NR_PAGE_ORDERS];

	zone_free_blocks(zone, blocks);
	emit_list(out, "thousandths");
	for (unsigned order = 0; order < NR_PAGE_ORDERS; order++) {
		struct fragmentation f = fragmentation_of(blocks, order);
		s64 index = unusable ? unusable_index(&f, order) : fragmentation_index(&f, order);

		emit_put(out,
			 unusable ? "{fragmentation!}{:}.{:03} " : "{fragmentation!}{:2}.{:03} ",
			 index, index / 1000, index % 1000);
	}
	emit_end(out);
	emit_text(out, "\n");
}

static void show_index(struct emit *out, const struct mem_system *sys, const struct zone *zone)
{
	(void)sys;
	show_extfrag(out, zone, false);
}

static void show_unusable(struct emit *out, const struct mem_system *sys, const struct zone *zone)
{
	(void)sys;
	show_extfrag(out, zone, true);
}

static const char *const extfrag_words[] = {"index", "unusable", NULL};

static int cmd_extfrag(struct cmd_call *call)
{
	const char *which = call->argc ? call->argv[0] : "index";
	bool unusable = !strcmp(which, "unusable");

	if (!unusable && strcmp(which, "index"))
		return cmd_error(call, -EINVAL, "%s: index or unusable", which);
	cmd_each_zone(call->out, NULL, &call->app->sys, ZONE_LABEL,
		      unusable ? show_unusable : show_index);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "buddyinfo",
	 .args = "",
	 .help = "free blocks per order, as /proc/buddyinfo",
	 .fn = cmd_buddyinfo,
	 .report = "buddyinfo",
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
	{.name = "pagetypeinfo",
	 .args = "",
	 .help = "free blocks and pageblocks by type, as /proc/pagetypeinfo",
	 .fn = cmd_pagetypeinfo,
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
	{.name = "extfrag",
	 .args = "[index|unusable]",
	 .help = "how fragmented free memory is for each order, as debugfs' extfrag_index and "
		 "unusable_index",
	 .fn = cmd_extfrag,
	 .words = extfrag_words,
	 .examples = "extfrag index; extfrag unusable",
	 .max_args = 1,
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
};

const struct cmd_table cmds_buddyviews = {ROOM_PAGE, rows, ARRAY_SIZE(rows)};
