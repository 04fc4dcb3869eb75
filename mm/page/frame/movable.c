/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Where ZONE_MOVABLE begins on each node: Linux's kernelcore=, movablecore= and movable_node. It is
 * cut out of the end of the node's memory above the highest zone limit that its memory reaches.
 */
#include "frame_inner.h"

/* Linux begins the zone at a multiple of its largest block. */
#define MOVABLE_ALIGN (1ULL << MAX_PAGE_ORDER)

static u64 node_pages_from(const struct mem_system *sys, int nid, u64 from)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	u64 pages = 0;

	for (u32 i = 0; i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];
		u64 start = phys_to_pfn(round_up(r->base, PAGE_SIZE));
		u64 end = phys_to_pfn(r->base + r->size);

		if (max(r->nid, 0) == nid && end > max(start, from))
			pages += end - max(start, from);
	}
	return pages;
}

/* Below this no node's memory becomes movable: the start of the highest zone in use. */
static u64 highest_zone_start(const struct mem_system *sys)
{
	phys_addr_t end = memblock_end_of_dram(&sys->memblock);

	if (end > ZONE_DMA32_END)
		return phys_to_pfn(ZONE_DMA32_END);
	return end > ZONE_DMA_END ? phys_to_pfn(ZONE_DMA_END) : 0;
}

/* Hot-pluggable ranges must be given back some day: all of them become movable. */
static void place_by_hotplug(struct mem_system *sys)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	u64 lowest = highest_zone_start(sys);

	for (u32 i = 0; i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];
		pg_data_t *node = sys->page.node_data[max(r->nid, 0)];
		u64 start = phys_to_pfn(round_up(r->base, PAGE_SIZE));

		if (r->flags & MEMBLOCK_HOTPLUG && start >= lowest)
			node->movable_pfn = min(node->movable_pfn, round_up(start, MOVABLE_ALIGN));
	}
}

/* The PFN behind which the node has `pages` of memory left, counted from `from` up. */
static u64 pfn_after(const struct mem_system *sys, int nid, u64 from, u64 pages)
{
	const struct memblock_type *memory = &sys->memblock.memory;

	for (u32 i = 0; i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];
		u64 start = max(phys_to_pfn(round_up(r->base, PAGE_SIZE)), from);
		u64 end = phys_to_pfn(r->base + r->size);

		if (max(r->nid, 0) != nid || start >= end)
			continue;
		if (pages < end - start)
			return start + pages;
		pages -= end - start;
	}
	return ~0ULL;
}

/* Memory that must stay the kernel's, spread evenly over the nodes; what a small node cannot give
 * the others do. */
static void place_by_size(struct mem_system *sys, u64 kernel)
{
	u64 lowest = highest_zone_start(sys), fixed[MAX_NUMNODES] = {0}, left = kernel;
	u32 open = 0;

	for_each_node(sys, node)
		open += node_pages_from(sys, node->node_id, 0) != 0;
	for (bool again = true; again && open && left;) {
		u64 share = max(left / open, 1ULL);

		again = false;
		for_each_node(sys, node) {
			u64 all = node_pages_from(sys, node->node_id, 0);
			u64 *have = &fixed[node->node_id],
			    more = min(min(share, left), all - *have);

			if (!more)
				continue;
			*have += more;
			left -= more;
			again = true;
			open -= *have == all;
		}
	}
	for_each_node(sys, node) {
		int nid = node->node_id;
		u64 low = node_pages_from(sys, nid, 0) - node_pages_from(sys, nid, lowest);
		u64 above = fixed[nid] > low ? fixed[nid] - low : 0;
		u64 pfn = pfn_after(sys, nid, lowest, above);

		if (pfn != ~0ULL)
			node->movable_pfn = round_up(pfn, MOVABLE_ALIGN);
	}
}

void zones_place_movable(struct mem_system *sys)
{
	const struct page_options *options = &sys->given.page_options;
	u64 all = 0, kernel = options->kernelcore >> PAGE_SHIFT;
	u64 movable = round_up(options->movablecore >> PAGE_SHIFT, MOVABLE_ALIGN);

	for_each_node(sys, node)
		all += node_pages_from(sys, node->node_id, 0);
	if (movable) /* both given: what leaves the kernel more */
		kernel = max(kernel, all - min(movable, all));
	if (options->movable_node)
		place_by_hotplug(sys);
	else if (kernel && kernel < all)
		place_by_size(sys, kernel);
}
