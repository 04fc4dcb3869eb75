/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The memory that we take from the firmware: Conventional, write-back, ordinary memory from 1 MiB
 * up. We leave a reserve to the firmware, and the memory that the CPU is using (stack, page tables,
 * GDT, IDT), as some firmware has these in memory that its map calls free.
 */
#include "claim.h"

#include "app.h"

#define CLAIM_MIN_ADDR (1 * MiB)
#define RESERVE_MIN    (32 * MiB)
#define RESERVE_MAX    (1 * GiB)

/* A debug build of the firmware fills all memory that is freed. Then we claim only this much, or to
 * leave would take as long as to write the machine's whole memory. */
#define CLAIM_WHEN_SLOW (1 * GiB)
#define PROBE_PAGES	1024

/* Attributes of memory that is not ordinary RAM. */
#define CLAIM_AVOID (MEM_ATTR_SP | MEM_ATTR_NV | MEM_ATTR_HOT_PLUGGABLE | MEM_ATTR_RP | MEM_ATTR_RO)

bool claim_wants(const struct mem_desc *d)
{
	if (d->type != MEM_CONVENTIONAL || d->attr & CLAIM_AVOID)
		return false;
	return !d->attr || d->attr & MEM_ATTR_WB;
}

u64 claim_reserve(const struct memmap *map, u64 wanted)
{
	u64 pages = 0, reserve;

	for (u32 i = 0; i < map->nr; i++) {
		if (claim_wants(&map->desc[i]))
			pages += map->desc[i].nr_pages;
	}
	reserve = wanted ? wanted : min(max((pages << PAGE_SHIFT) / 16, RESERVE_MIN), RESERVE_MAX);
	return min(reserve >> PAGE_SHIFT, pages / 2);
}

/* Claims [start, end) without the pinned ranges. */
static void claim_around(struct app *app, phys_addr_t start, phys_addr_t end,
			 const struct claim_pins *pins)
{
	while (start < end) {
		phys_addr_t stop = end, next = end;

		for (u32 i = 0; i < pins->nr; i++) {
			const struct app_range *pin = &pins->range[i];
			phys_addr_t pin_end = pin->start + (pin->pages << PAGE_SHIFT);

			if (pin->start < stop && pin_end > start) {
				stop = max(pin->start, start);
				next = pin_end;
			}
		}
		if (start < stop && app->nr_claims < APP_MAX_CLAIMS &&
		    !fw_claim(start, (stop - start) >> PAGE_SHIFT)) {
			app->claims[app->nr_claims++] =
				(struct app_range){start, (stop - start) >> PAGE_SHIFT};
			app->claimed_pages += (stop - start) >> PAGE_SHIFT;
		}
		start = next;
	}
}

/* The largest wanted range that ends below `limit` and is not empty; -1: none. */
static int largest_below(const struct memmap *map, phys_addr_t limit)
{
	u64 most = 0;
	int best = -1;

	for (u32 i = 0; i < map->nr; i++) {
		const struct mem_desc *d = &map->desc[i];

		if (!claim_wants(d) || mem_desc_end(d) > limit || d->nr_pages <= most)
			continue;
		most = d->nr_pages;
		best = (int)i;
	}
	return best;
}

/*
 * Takes the reserve from the upper ends of ranges: half of it from the largest ones below 4 GiB, as
 * firmware needs some there, the rest from the largest ones anywhere. Shrinks descriptors.
 */
static void set_reserve_aside(struct memmap *map, u64 pages)
{
	u64 low = DIV_ROUND_UP(pages, 2);

	while (pages) {
		int i = largest_below(map, low ? ZONE_DMA32_END : ~0ULL);
		u64 share;

		if (i < 0 && low) {
			low = 0;
			continue;
		}
		if (i < 0)
			return;
		/* Whole pageblocks if possible, so that the ranges keep aligned ends. */
		share = min(round_up(low ? low : pages, PAGEBLOCK_NR_PAGES), map->desc[i].nr_pages);
		map->desc[i].nr_pages -= share;
		pages -= min(share, pages);
		low -= min(share, low);
	}
}

/* ---- how much ---------------------------------------------------------------------------- */

/* Ticks to free so many pages; 0: there are not so many. */
static u64 cost_of_freeing(u64 pages)
{
	phys_addr_t pa;
	u64 start;

	if (fw_alloc(pages, 0, false, &pa))
		return 0;
	start = arch_cycles();
	fw_release(pa, pages);
	return arch_cycles() - start;
}

u64 claim_limit(u64 wanted)
{
	u64 one, many;

	if (wanted)
		return max(wanted >> PAGE_SHIFT, 1ULL);
	one = cost_of_freeing(1);
	many = cost_of_freeing(PROBE_PAGES);
	if (many < 16 * one || !many)
		return ~0ULL; /* freed memory is not filled */
	return CLAIM_WHEN_SLOW >> PAGE_SHIFT;
}

static u64 pages_under(const struct memmap *map, u64 cap)
{
	u64 pages = 0;

	for (u32 i = 0; i < map->nr; i++) {
		if (claim_wants(&map->desc[i]))
			pages += min(map->desc[i].nr_pages, cap);
	}
	return pages;
}

/* Cuts large ranges to the same size, so that all together are within the limit: every part of the
 * machine, and every node, keeps some. A binary search finds that size. */
static void cut_to_limit(struct memmap *map, u64 limit)
{
	u64 lo = 0, hi = limit;

	if (pages_under(map, ~0ULL) <= limit)
		return;
	while (lo < hi) {
		u64 mid = hi - (hi - lo) / 2;

		if (pages_under(map, mid) <= limit)
			lo = mid;
		else
			hi = mid - 1;
	}
	for (u32 i = 0; i < map->nr; i++) {
		if (claim_wants(&map->desc[i]) && map->desc[i].nr_pages > lo)
			map->desc[i].nr_pages = round_down(lo, PAGEBLOCK_NR_PAGES);
	}
}

void claim_memory(struct app *app, struct memmap *map, const struct claim_pins *pins)
{
	app->reserve_pages = claim_reserve(map, app->options.reserve);
	set_reserve_aside(map, app->reserve_pages);
	app->claim_limit = claim_limit(app->options.claim);
	cut_to_limit(map, app->claim_limit);
	memmap_sort(map);
	for (u32 i = 0; i < map->nr; i++) {
		const struct mem_desc *d = &map->desc[i];
		phys_addr_t start = max(round_up(d->start, PAGE_SIZE), (phys_addr_t)CLAIM_MIN_ADDR);

		if (claim_wants(d) && start < mem_desc_end(d))
			claim_around(app, start, mem_desc_end(d), pins);
	}
}
