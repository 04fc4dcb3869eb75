/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Single pages of the buddy system, many at once: by the words of their groups instead of by bits.
 * Called with the zone's lock held. */
#include "group.h"
#include "frame_inner.h"

/* ---- taking ------------------------------------------------------------------------------ */

/* The highest pages first: who fills a stack with them hands out the lowest first. */
static u32 take_bits(struct group *g, u64 *pfns, u32 max)
{
	u64 first = group_pfn(g), free = g->free;
	u32 got = 0;

	if (free == ~0ULL && max >= GROUP_NR_PAGES) {
		for (u32 i = 0; i < GROUP_NR_PAGES; i++)
			pfns[i] = first + (GROUP_NR_PAGES - 1 - i);
		g->free = 0;
		return GROUP_NR_PAGES;
	}
	for (; free && got < max; got++) {
		unsigned i = highest_bit(free);

		free ^= 1ULL << i;
		pfns[got] = first + i;
	}
	g->free = free;
	return got;
}

u32 buddy_take_singles(struct mem_system *sys, struct zone *zone, enum migratetype type, u64 *pfns,
		       u32 max)
{
	struct group *g;
	u32 got = 0;

	while (got < max && (g = group_for(sys, zone, 0, type))) {
		got += take_bits(g, pfns + got, max - got);
		group_relist(zone, g, type);
	}
	buddy_account(zone, type, -(s64)got);
	return got;
}

u64 buddy_take_group(struct mem_system *sys, struct zone *zone, enum migratetype type, u64 *ret_pfn)
{
	struct group *g = group_for(sys, zone, 0, type);
	u64 free;

	if (!g)
		return 0;
	free = g->free;
	g->free = 0;
	group_relist(zone, g, type);
	buddy_account(zone, type, -(s64)bit_count(free));
	*ret_pfn = group_pfn(g);
	return free;
}

/* ---- putting ----------------------------------------------------------------------------- */

/* Is all of the aligned piece of 2^order pages free that page i is in? */
static inline bool group_has(const struct group *g, unsigned i, unsigned order)
{
	u64 piece = group_mask(i & ~((1u << order) - 1), order);

	return (g->free & piece) == piece;
}

/* Free bits of a group are set. One bit makes the largest run grow only if it completes a piece
 * that is larger than that. */
static inline void group_add(struct mem_system *sys, struct zone *zone, struct group *g, u64 bits,
			     unsigned type)
{
	unsigned order = g->bucket == NO_BUCKET ? 0 : g->bucket;

	ASSERT(!(g->free & bits), "pfn %#llx: %#llx is free already", group_pfn(g), g->free & bits);
	g->free |= bits;
	if (likely(!(bits & (bits - 1)))) {
		while (order < GROUP_ORDER && group_has(g, lowest_bit(bits), order + 1))
			order++;
	} else {
		order = g->free == ~0ULL ? GROUP_ORDER : group_largest(g->free);
	}
	if (unlikely(order != g->bucket))
		group_grow(sys, zone, g, order, type);
}

#define PUT_AHEAD 6

static inline struct group *group_of(const struct mem_system *sys, u64 pfn)
{
	return group_at(pageblock_at(sys, pfn), pfn);
}

/* Those of one group follow each other more often than not. Their states are cleared. */
void buddy_put_singles(struct mem_system *sys, struct zone *zone, const u64 *pfns, u32 nr)
{
	unsigned type = MIGRATE_MOVABLE;
	u32 counted = 0;

	for (u32 i = 0; i < nr;) {
		u64 number = pfns[i] >> GROUP_ORDER, bits = 0;
		struct pageblock *block = pageblock_at(sys, pfns[i]);
		u8 *state = &block->map->state[number % GROUPS_PER_BLOCK * GROUP_NR_PAGES];
		u32 first = i;

		if (i + PUT_AHEAD < nr) /* random frees meet a cold group each */
			__builtin_prefetch(group_of(sys, pfns[i + PUT_AHEAD]), 1);
		for (; i < nr && pfns[i] >> GROUP_ORDER == number; i++) {
			unsigned bit = pfns[i] % GROUP_NR_PAGES;

			bits |= 1ULL << bit;
			state[bit] = 0;
		}
		if (unlikely(block->migratetype != type)) {
			buddy_account(zone, type, first - counted);
			type = block->migratetype;
			counted = first;
		}
		group_add(sys, zone, group_at(block, pfns[first]), bits, type);
	}
	buddy_account(zone, type, nr - counted);
}

void buddy_put_bits(struct mem_system *sys, struct zone *zone, u64 pfn, u64 bits)
{
	struct pageblock *block = pageblock_at(sys, pfn);

	buddy_account(zone, block->migratetype, bit_count(bits));
	group_add(sys, zone, group_at(block, pfn), bits, block->migratetype);
}
