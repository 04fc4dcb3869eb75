/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Descriptors of GiBs and pageblocks coming to life. The zone's lock is held,
 * or nobody else runs. */
#include "frame_inner.h"

#define CHUNK_ORDER 6 /* 341 maps at a time: for 682 MiB */

/* What pageblocks point to that were never split: nothing in it is free or used. */
const struct blockmap no_blockmap;

struct gigablock *pfn_to_gigablock(const struct mem_system *sys, u64 pfn)
{
	return gigablock_at(sys, pfn);
}

struct pageblock *pfn_to_pageblock(const struct mem_system *sys, u64 pfn)
{
	return pageblock_at(sys, pfn);
}

void gigablock_revive(struct mem_system *sys, u64 pfn)
{
	struct gigablock *giga = gigablock_at(sys, pfn);
	struct pageblock *first = pageblock_at(sys, round_down(pfn, GIGA_NR_PAGES));

	if (giga->blocks)
		return;
	for (u32 i = 0; i < GIGA_NR_PAGES / PAGEBLOCK_NR_PAGES; i++)
		first[i] = (struct pageblock){.map = (struct blockmap *)&no_blockmap,
					      .lists = NO_LISTS,
					      .zid = NO_ZONE,
					      .migratetype = MIGRATE_MOVABLE};
	__atomic_store_n(&giga->blocks, first, __ATOMIC_RELEASE);
}

void pageblock_own(struct pageblock *block, const struct zone *zone)
{
	u32 zid = zone_id(zone);
	unsigned type = block->migratetype;

	/* CMA pages serve movable requests, so they come back to those lists; reserves go back. */
	if (type == MIGRATE_CMA)
		type = MIGRATE_MOVABLE;
	block->zid = (u16)zid;
	block->lists = type < MIGRATE_PCPTYPES ? (u16)(zid * MIGRATE_PCPTYPES + type) : NO_LISTS;
}

static void map_init(struct blockmap *map, u64 pfn)
{
	memset(map, 0, sizeof(*map));
	for (u32 i = 0; i < GROUPS_PER_BLOCK; i++) {
		map->group[i].block = (u32)(pfn >> PAGEBLOCK_ORDER);
		map->group[i].index = (u8)i;
		map->group[i].bucket = NO_BUCKET;
	}
}

/* The chunk is marked used, so that nobody can free it. */
static void pool_add(struct mem_system *sys, struct zone *zone, u64 pfn, unsigned order)
{
	struct map_pool *pool = &zone->maps;
	u64 nr = (PAGE_SIZE << order) / sizeof(struct blockmap);

	if (order < PAGEBLOCK_ORDER)
		pageblock_at(sys, pfn)->map->state[pfn % PAGEBLOCK_NR_PAGES] =
			(u8)(FRAME_USED | order);
	pool->next = phys_to_virt(sys, pfn_to_phys(pfn));
	pool->nr_left = nr;
	pool->nr_total += nr;
	pool->pages += 1ULL << order;
	zone->nr_memmap_pages += 1ULL << order;
}

/*
 * Called with the last map still in the pool: taking the new chunk may need it. The chunk comes
 * from the zone itself; when no large one is left, a small one will do.
 */
static void pool_grow(struct mem_system *sys, struct zone *zone)
{
	struct map_pool *pool = &zone->maps;
	struct blockmap *last = pool->next;

	pool->growing = true;
	for (int order = CHUNK_ORDER; order >= 0; order--) {
		u64 pfn = zone_take(sys, zone, (unsigned)order, MIGRATE_UNMOVABLE,
				    ALLOC_NO_WATERMARKS);

		if (pfn == NO_FRAME)
			continue;
		pool->spare = pool->nr_left ? last : NULL;
		pool_add(sys, zone, pfn, (unsigned)order);
		break;
	}
	pool->growing = false;
}

static struct blockmap *pool_take(struct mem_system *sys, struct zone *zone)
{
	struct map_pool *pool = &zone->maps;
	struct blockmap *map = pool->spare;

	if (map) {
		pool->spare = NULL;
		return map;
	}
	if (pool->nr_left <= 1 && !pool->growing && !sys->given.page_options.maps_fixed)
		pool_grow(sys, zone);
	if (pool->spare)
		return pool_take(sys, zone);
	if (!pool->nr_left)
		return NULL;
	pool->nr_left--;
	return pool->next++;
}

int pageblock_give_map(struct mem_system *sys, struct zone *zone, u64 pfn)
{
	struct pageblock *block = pageblock_at(sys, pfn);
	struct blockmap *map;

	if (pageblock_split(block))
		return 0;
	map = pool_take(sys, zone);
	if (!map)
		return -ENOMEM;
	map_init(map, round_down(pfn, PAGEBLOCK_NR_PAGES));
	pageblock_own(block, zone);
	__atomic_store_n(&block->map, map, __ATOMIC_RELEASE);
	return 0;
}
