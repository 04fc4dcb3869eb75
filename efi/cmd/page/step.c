/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `step`: the allocator in slow motion, on the machine's real frames. One block is taken or given
 * back, past the CPUs' lists, and what was split or merged for it is told, with the free lists
 * before and after and a map of the frames around.
 *
 * The blocks before are not remembered but derived: merging leaves one way only to cut free pages
 * into blocks, so the block that a taken one was cut from is what it would merge to.
 */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

#define MAX_STEPS 64 /* blocks that can be held at once */

struct step_block {
	u64 pfn; /* NO_FRAME: a free place */
	unsigned order;
};

static struct step_block held[MAX_STEPS];
static bool ready;

static void get_ready(void)
{
	for (u32 i = 0; !ready && i < MAX_STEPS; i++)
		held[i].pfn = NO_FRAME;
	ready = true;
}

/* ---- splitting and merging --------------------------------------------------------------- */

/* Is there a free block of just that order at pfn? */
static bool is_free_block(const struct mem_system *sys, u64 pfn, unsigned order)
{
	struct buddy_block found;

	return buddy_block_of(sys, pfn, &found) && found.pfn == pfn && found.order == order;
}

/* The order of the block that [pfn, order) makes with its free buddies. */
static unsigned merged_order(const struct mem_system *sys, u64 pfn, unsigned order)
{
	while (order < GIGA_ORDER && is_free_block(sys, pfn ^ 1ULL << order, order)) {
		pfn &= ~(1ULL << order);
		order++;
	}
	return order;
}

static void say_half(struct emit *out, const char *verb, u64 pfn, u64 buddy, unsigned order)
{
	emit_row(out,
		 "  {what:-6} order {order:-2} pfn {pfn:#x} and its buddy {buddy_pfn:#x}, {size:S} "
		 "each\n",
		 verb, order, pfn, buddy, PAGE_SIZE << order);
}

/* From the block that it was cut out of, downwards; or upwards to what it merged to. */
static void tell(struct emit *out, u64 pfn, unsigned order, unsigned whole, bool taken)
{
	emit_list(out, "steps");
	if (whole == order)
		emit_text(out, "  %s\n",
			  taken ? "a block of just this order was free"
				: "its buddy is not free: nothing merges");
	for (unsigned i = order; i < whole; i++) {
		unsigned k = taken ? whole - 1 - (i - order) : i;
		u64 part = round_down(pfn, 1ULL << k);

		say_half(out, taken ? "split" : "merge", part, part ^ 1ULL << k, k);
	}
	emit_end(out);
}

/* ---- pictures ---------------------------------------------------------------------------- */

static void show_lists(struct emit *out, const char *name, const char *key, const struct zone *zone)
{
	u64 blocks[NR_FREE_ORDERS];

	zone_blocks_inside(zone, blocks);
	emit_text(out, "  %-7s", name);
	emit_list(out, key);
	for (unsigned order = 0; order < NR_FREE_ORDERS; order++)
		emit_put(out, order <= MAX_PAGE_ORDER ? "{blocks:5}" : "{blocks:4}", blocks[order]);
	emit_text(out, "\n");
	emit_end(out);
}

static void show_orders(struct emit *out)
{
	emit_text(out, "  %-7s", "order");
	for (unsigned order = 0; order < NR_FREE_ORDERS; order++)
		emit_text(out, order <= MAX_PAGE_ORDER ? "%5u" : "%4u", order);
	emit_text(out, "\n");
}

static char frame_char(const struct mem_system *sys, u64 pfn, u64 mine, unsigned order)
{
	static const char letters[] = {
		[PAGE_NO_RAM] = ' ', [PAGE_DEVICE] = 'D',   [PAGE_DEAD] = '?',	 [PAGE_FREE] = '.',
		[PAGE_PCP] = 'o',    [PAGE_RESERVED] = 'R', [PAGE_MEMMAP] = 'M', [PAGE_SLAB] = 'S',
		[PAGE_TABLE] = 'T',  [PAGE_VMALLOC] = 'V',  [PAGE_IN_USE] = '#',
	};

	if (pfn - mine < 1ULL << order)
		return '*';
	return letters[page_use_of(sys, pfn)];
}

#define MAP_ROWS 8 /* of 64 pages each: a pageblock */

static void show_map(struct emit *out, const struct mem_system *sys, u64 mine, unsigned order)
{
	u64 start = round_down(mine, PAGEBLOCK_NR_PAGES);
	char row[GROUP_NR_PAGES + 1];

	emit_list(out, "map");
	for (u32 r = 0; r < MAP_ROWS; r++) {
		u64 first = start + r * GROUP_NR_PAGES;

		for (u32 i = 0; i < GROUP_NR_PAGES; i++)
			row[i] = frame_char(sys, first + i, mine, order);
		row[GROUP_NR_PAGES] = '\0';
		emit_row(out, "  {pfn:#10x} {uses}\n", first, row);
	}
	emit_end(out);
	emit_text(out, "  * this block  . free  # in use  o in a CPU's list  S slab  T page table  "
		       "V vmalloc  M struct pages  D device  R reserved\n");
}

/* ---- commands ---------------------------------------------------------------------------- */

static const struct {
	const char *name;
	gfp_t gfp;
} kinds[] = {
	{"unmovable", GFP_KERNEL},
	{"movable", GFP_HIGHUSER_MOVABLE},
	{"reclaimable", GFP_KERNEL | __GFP_RECLAIMABLE},
	{"atomic", GFP_ATOMIC},
	{"dma", GFP_KERNEL | __GFP_DMA},
	{"dma32", GFP_KERNEL | __GFP_DMA32},
};

static int kind_arg(struct cmd_call *call, int index, gfp_t *ret)
{
	*ret = GFP_KERNEL;
	if (call->argc <= index)
		return 0;
	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(call->argv[index], kinds[i].name)) {
			*ret = kinds[i].gfp;
			return 0;
		}
	}
	return cmd_error(call, -EINVAL,
			 "%s: kinds are unmovable, movable, reclaimable, atomic, dma and dma32",
			 call->argv[index]);
}

static void report(struct cmd_call *call, const char *what, const struct step_block *b,
		   unsigned whole, bool taken)
{
	const struct mem_system *sys = &call->app->sys;
	const struct zone *zone = zone_of_pfn(sys, b->pfn);

	emit_put(call->out,
		 "{what} pfn {pfn:#x}, order {order} ({size:S}): node {node}, zone {zone}, "
		 "{migratetype} pageblock\n",
		 what, b->pfn, b->order, PAGE_SIZE << b->order, zone->zone_pgdat->node_id,
		 zone->name, migratetype_name(pageblock_type_of(sys, b->pfn)));
	tell(call->out, b->pfn, b->order, whole, taken);
}

/* 0; an error after a message: not an order, not a kind, or no place to hold one more. */
static int alloc_args(struct cmd_call *call, u64 *ret_order, gfp_t *ret_gfp, u32 *ret_slot)
{
	u32 slot = 0;
	int err = 0;

	*ret_order = 0;
	if (call->argc)
		err = cmd_arg_u64(call, 0, ret_order);
	if (!err)
		err = kind_arg(call, 1, ret_gfp);
	if (err)
		return err;
	if (*ret_order > MAX_PAGE_ORDER)
		return cmd_error(call, -EINVAL, "order %llu: orders are 0 to %u", *ret_order,
				 MAX_PAGE_ORDER);
	while (slot < MAX_STEPS && held[slot].pfn != NO_FRAME)
		slot++;
	if (slot == MAX_STEPS)
		return cmd_error(call, -ENOSPC, "%u blocks are held; `step free` gives them back",
				 MAX_STEPS);
	*ret_slot = slot;
	return 0;
}

/* The zone that the block will come from is known only afterwards: taken, given back, and taken
 * again, the allocator being a stack, it is the same. */
static int cmd_step_alloc(struct cmd_call *call)
{
	struct mem_system *sys = &call->app->sys;
	u32 slot = 0, cpu = arch_this_cpu();
	const struct zone *zone;
	struct step_block b;
	gfp_t gfp = 0;
	u64 order;
	int err;

	get_ready();
	err = alloc_args(call, &order, &gfp, &slot);
	if (err)
		return err;
	b = (struct step_block){frame_alloc(sys, cpu, gfp, (unsigned)order), (unsigned)order};
	if (b.pfn == NO_FRAME)
		return cmd_error(call, -ENOMEM, "no zone gives a block of order %llu", order);
	zone = zone_of_pfn(sys, b.pfn);
	frame_free(sys, cpu, b.pfn, b.order);
	emit_object(call->out, NULL);
	show_orders(call->out);
	show_lists(call->out, "before", "blocks_before", zone);
	b.pfn = frame_alloc(sys, cpu, gfp, b.order);
	if (b.pfn == NO_FRAME) { /* made to fail (pagedebug) */
		err = cmd_error(call, -ENOMEM, "no zone gives a block of order %llu", order);
		emit_end(call->out);
		return err;
	}
	show_lists(call->out, "after", "blocks_after", zone_of_pfn(sys, b.pfn));
	held[slot] = b;
	report(call, "took", &b, merged_order(sys, b.pfn, b.order), true);
	show_map(call->out, sys, b.pfn, b.order);
	emit_end(call->out);
	return 0;
}

/* The last one, or the one at a PFN. */
static int find_held(struct cmd_call *call, u32 *ret)
{
	u64 pfn = NO_FRAME;
	int err = 0;

	if (call->argc && strcmp(call->argv[0], "all"))
		err = cmd_arg_addr(call, 0, &pfn);
	for (u32 i = MAX_STEPS; i-- > 0 && !err;) {
		if (held[i].pfn != NO_FRAME && (pfn == NO_FRAME || held[i].pfn == pfn)) {
			*ret = i;
			return 0;
		}
	}
	return err ? err : cmd_error(call, -ENOENT, "`step alloc` holds no such block");
}

static int cmd_step_free(struct cmd_call *call)
{
	struct mem_system *sys = &call->app->sys;
	bool all = call->argc && !strcmp(call->argv[0], "all");
	const struct zone *zone;
	u32 i = 0;
	int err;

	get_ready();
	err = find_held(call, &i);
	if (err)
		return err;
	emit_object(call->out, NULL);
	for (u32 k = 0; all && k < MAX_STEPS; k++) {
		if (k == i || held[k].pfn == NO_FRAME)
			continue;
		frame_free(sys, arch_this_cpu(), held[k].pfn, held[k].order);
		held[k].pfn = NO_FRAME;
	}
	zone = zone_of_pfn(sys, held[i].pfn);
	show_orders(call->out);
	show_lists(call->out, "before", "blocks_before", zone);
	report(call, "gave", &held[i], merged_order(sys, held[i].pfn, held[i].order), false);
	frame_free(sys, arch_this_cpu(), held[i].pfn, held[i].order);
	show_lists(call->out, "after", "blocks_after", zone);
	show_map(call->out, sys, held[i].pfn, held[i].order);
	held[i].pfn = NO_FRAME;
	emit_end(call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "step alloc",
	 .args = "[ORDER [KIND]]",
	 .help = "take one block, and see what is split for it",
	 .fn = cmd_step_alloc,
	 .examples = "step alloc 3; step free",
	 .max_args = 2,
	 .flags = CMD_NEEDS_MM},
	{.name = "step free",
	 .args = "[PFN|all]",
	 .help = "give one back, and see what merges",
	 .fn = cmd_step_free,
	 .examples = "step alloc; step free all",
	 .max_args = 1,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_step = {ROOM_PAGE, rows, ARRAY_SIZE(rows)};
