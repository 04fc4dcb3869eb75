/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The start of ZONE_MOVABLE on each node, by Linux's kernelcore=, movablecore= and movable_node.
 * The zone is the end of the node's memory; by size it begins above the highest zone limit that the
 * machine's memory reaches (Linux's find_zone_movable_pfns_for_nodes()).
 */
#include "frame_inner.h"

/* Linux begins the zone at a multiple of its largest block. */
#define MOVABLE_ALIGN (1ULL << MAX_PAGE_ORDER)

static u64 node_pages(const struct mem_system *sys, int nid)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	u64 pages = 0;

	for (u32 i = 0; i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];
		u64 start = phys_to_pfn(round_up(r->base, PAGE_SIZE));
		u64 end = phys_to_pfn(r->base + r->size);

		if (max(r->nid, 0) == nid && end > start)
			pages += end - start;
	}
	return pages;
}

/* The start of the highest zone in use: memory below it does not become movable. */
static u64 highest_zone_start(const struct mem_system *sys)
{
	phys_addr_t end = memblock_end_of_dram(&sys->memblock);

	if (end > ZONE_DMA32_END)
		return phys_to_pfn(ZONE_DMA32_END);
	return end > ZONE_DMA_END ? phys_to_pfn(ZONE_DMA_END) : 0;
}

/* ---- by what may become movable ---------------------------------------------------------- */

/* The node's ZONE_MOVABLE begins at pfn, or before it. */
static void begin_at(const struct mem_system *sys, const struct memblock_region *r, u64 pfn)
{
	pg_data_t *node = sys->page.node_data[max(r->nid, 0)];

	node->movable_pfn = min(node->movable_pfn, pfn);
}

/* Hot-pluggable memory may be removed later, so all of it becomes movable. */
static void place_by_hotplug(struct mem_system *sys)
{
	const struct memblock_type *memory = &sys->memblock.memory;

	for (u32 i = 0; i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];

		if (r->flags & MEMBLOCK_HOTPLUG)
			begin_at(sys, r, phys_to_pfn(round_up(r->base, PAGE_SIZE)));
	}
}

/* Only mirrored memory, and what is below 4 GiB, is the kernel's. */
static void place_by_mirror(struct mem_system *sys)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	u32 all = 0;

	for (u32 i = 0; i < memory->cnt; i++)
		all |= memory->regions[i].flags;
	for (u32 i = 0; all & MEMBLOCK_MIRROR && i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];

		if (!(r->flags & MEMBLOCK_MIRROR) && r->base >= ZONE_DMA32_END)
			begin_at(sys, r, phys_to_pfn(round_up(r->base, PAGE_SIZE)));
	}
}

/* ---- by size ----------------------------------------------------------------------------- */

/*
 * Moves the start of the node's ZONE_MOVABLE up behind `share` pages more. Memory below `lowest` is
 * the kernel's in any case: all of it counts, also beyond the share. Returns how much of `left`,
 * the pages that the kernel must get, is left then.
 */
static u64 give_to_kernel(const struct mem_system *sys, pg_data_t *node, u64 lowest, u64 share,
			  u64 left)
{
	const struct memblock_type *memory = &sys->memblock.memory;

	for (u32 i = 0; i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];
		u64 start = max(phys_to_pfn(round_up(r->base, PAGE_SIZE)), node->movable_pfn);
		u64 end = phys_to_pfn(r->base + r->size), pages;

		if (max(r->nid, 0) != node->node_id || start >= end)
			continue;
		if (start < lowest) {
			pages = min(end, lowest) - start;
			share -= min(pages, share);
			left -= min(pages, left);
			node->movable_pfn = end; /* counted: not again in the next round */
			if (end <= lowest)
				continue;
			start = lowest;
		}
		pages = min(end - start, share);
		node->movable_pfn = start + pages;
		share -= pages;
		left -= min(pages, left);
		if (!share)
			break;
	}
	return left;
}

/* Spreads the pages that the kernel must get evenly over the nodes; when a node is too small, the
 * others give more in the next round. */
static void place_by_size(struct mem_system *sys, u64 left)
{
	u64 lowest = highest_zone_start(sys);
	u32 nr_nodes = 0;

	for_each_node(sys, node) {
		node->movable_pfn = 0;
		nr_nodes += node_pages(sys, node->node_id) != 0;
	}
	do {
		u64 share = left / nr_nodes;

		for_each_node(sys, node) {
			if (!node_pages(sys, node->node_id))
				continue;
			share = left < share ? left / nr_nodes : share;
			left = give_to_kernel(sys, node, lowest, share, left);
		}
	} while (--nr_nodes && left > nr_nodes);
}

/* ---- all --------------------------------------------------------------------------------- */

/* Bytes, or a share of all pages, in pages. */
static u64 option_pages(const struct core_option *option, u64 all)
{
	return option->percent ? all * option->percent / 100 : option->bytes >> PAGE_SHIFT;
}

static void place_by_options(struct mem_system *sys)
{
	const struct page_options *options = &sys->given.page_options;
	u64 all = 0, kernel, movable;

	for_each_node(sys, node)
		all += node_pages(sys, node->node_id);
	kernel = option_pages(&options->kernelcore, all);
	movable = round_up(option_pages(&options->movablecore, all), MOVABLE_ALIGN);
	if (movable) /* if both are given, the one that leaves more to the kernel */
		kernel = max(kernel, all - min(movable, all));
	if (options->movable_node)
		place_by_hotplug(sys);
	else if (options->kernelcore_mirror)
		place_by_mirror(sys);
	else if (kernel && kernel < all)
		place_by_size(sys, kernel);
}

void zones_place_movable(struct mem_system *sys)
{
	place_by_options(sys);
	for_each_node(sys, node) {
		u64 end = node->node_start_pfn + node->node_spanned_pages;

		if (node->movable_pfn != ~0ULL)
			node->movable_pfn = round_up(node->movable_pfn, MOVABLE_ALIGN);
		if (!node->movable_pfn || node->movable_pfn >= end)
			node->movable_pfn = ~0ULL;
	}
}
