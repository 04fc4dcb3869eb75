/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Nodes and zones, with Linux's names.
 *
 * A zone's span is the part of its node's span between the zone limits (16 MiB, 4 GiB, and the
 * start of MOVABLE if there is one). `present` counts its pages that are RAM, `managed` those that
 * the page allocator got.
 *
 * Free blocks below 256 KiB are bits, one per page, in the word of a group of 64 pages; groups are
 * listed by their largest free run. Larger free blocks are listed by a descriptor: from 256 KiB to
 * below 2 MiB by that of their group, from 2 MiB to below 1 GiB by that of their pageblock, whole
 * GiBs by struct gigablock. Smaller descriptors are written when a larger block is first split, so
 * start-up has no cost per page or per pageblock.
 */
#ifndef MM_PAGE_ZONE_H
#define MM_PAGE_ZONE_H

#include "list.h"
#include "mm/types.h"
#include "spinlock.h"

enum zone_type { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, ZONE_MOVABLE, ZONE_DEVICE, MAX_NR_ZONES };

#define ZONE_DMA_END   (16 * MiB)
#define ZONE_DMA32_END (4 * GiB)

/* The type of a pageblock: pages that cannot be moved are kept together. Linux's order. */
enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_PCPTYPES, /* the types before it have per-CPU lists */
	MIGRATE_HIGHATOMIC = MIGRATE_PCPTYPES,
	MIGRATE_CMA,
	MIGRATE_ISOLATE, /* isolated: its free pages are neither allocated nor counted */
	MIGRATE_TYPES
};
const char *migratetype_name(enum migratetype type);

#define NR_FREE_ORDERS (GIGA_ORDER + 1)

/*
 * Free blocks of one order, or, below GROUP_ORDER, groups whose largest free run is of that order.
 * The type of a block's first pageblock selects the list.
 */
struct free_area {
	struct list_head free_list[MIGRATE_TYPES];
	u64 nr_free; /* entries */
};

enum zone_watermark { WMARK_MIN, WMARK_LOW, WMARK_HIGH, WMARK_PROMO, NR_WMARK };

/*
 * Events, counted under the zone's lock, or atomically where it is not held; zone_events() adds
 * those of the CPUs' lists. An allocation prefers the first zone of its node that it may use. If it
 * gets a zone of another node, that is a miss in the zone that served it, and foreign in the
 * preferred one.
 */
enum zone_event {
	PGALLOC, /* pages */
	PGFREE,
	PGALLOC_OPS, /* allocations, of any order */
	NUMA_MISS,
	NUMA_FOREIGN,
	NUMA_OTHER, /* allocations by a CPU of another node */
	PGSPLIT,    /* halvings of blocks of 256 KiB and more */
	PGMERGE,
	PGSTEAL,     /* blocks taken from another type's lists */
	PGSTEAL_ALL, /* pageblocks that changed their type by this */
	PGALLOC_FAIL_WMARK,
	NR_ZONE_EVENTS
};

/* Blockmaps for split pageblocks, cut from larger chunks; never freed. */
struct map_pool {
	struct blockmap *next, *spare; /* nr_left of them at `next` */
	u64 nr_left, nr_total;
	bool growing;
	u64 pages; /* taken from the zone for them */
};

struct pcp_list;

struct zone {
	struct spinlock lock;
	const char *name;
	struct pglist_data *zone_pgdat;
	u8 type;
	u64 zone_start_pfn;
	u64 spanned_pages, present_pages, managed_pages;
	u64 border_pages; /* free, but in a pageblock of another zone: not used */
	u64 _watermark[NR_WMARK];
	u64 lowmem_reserve[MAX_NR_ZONES]; /* kept from requests that may use a higher zone */

	/* under the lock */
	u64 nr_free_pages;    /* without those of MIGRATE_ISOLATE */
	u64 nr_isolated_free; /* only those */
	u64 nr_free_cma, cma_pages;
	u64 nr_reserved_highatomic; /* pages of pageblocks of that type */
	u64 nr_free_highatomic;
	u64 nr_memmap_pages; /* managed pages that became struct pages */
	u64 event[NR_ZONE_EVENTS];
	u32 nonempty[MIGRATE_TYPES]; /* a bit per order: the list has entries */
	struct free_area free_area[NR_FREE_ORDERS];
	struct map_pool maps;

	struct pcp_list *pcp; /* [cpu][PCP_LISTS]; NULL when the zone manages nothing */
};

enum {
	ZONELIST_FALLBACK,   /* all nodes, nearest first */
	ZONELIST_NOFALLBACK, /* this node only */
	MAX_ZONELISTS
};

struct zonelist {
	u32 nr;
	struct zone **zones; /* highest zone type first within a node */
};

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist node_zonelists[MAX_ZONELISTS];
	int nr_zones; /* 1 + highest populated type */
	int node_id;
	u64 node_start_pfn;
	u64 node_present_pages, node_spanned_pages;
	u64 movable_pfn; /* where ZONE_MOVABLE begins; ~0: nowhere */
	u64 totalreserve_pages;
} pg_data_t;

/* A zone's number over all nodes. */
#define ZONE_ID(nid, type) ((u32)(nid)*MAX_NR_ZONES + (type))
static inline u32 zone_id(const struct zone *zone)
{
	return ZONE_ID(zone->zone_pgdat->node_id, zone->type);
}

static inline bool populated_zone(const struct zone *zone)
{
	return zone->present_pages != 0;
}

static inline bool managed_zone(const struct zone *zone)
{
	return zone->managed_pages != 0;
}

static inline u64 zone_end_pfn(const struct zone *zone)
{
	return zone->zone_start_pfn + zone->spanned_pages;
}

struct mem_system;
/* Allocates (memblock) and fills the nodes' structures: spans, present pages, zonelists. Nothing
 * is managed yet. 0 or -ENOMEM. */
int zones_init(struct mem_system *sys);
/* Sets the start of each node's ZONE_MOVABLE from kernelcore, movablecore and movable_node of
 * sys->given.page_options; zones_init() calls it. */
void zones_place_movable(struct mem_system *sys);
struct device_range;
/* The range of sys->given.devices with the page, or NULL. */
const struct device_range *device_range_of(const struct mem_system *sys, u64 pfn);
/* The zone of a page in RAM of node nid, or in a device range. */
struct zone *zone_at(const struct mem_system *sys, int nid, u64 pfn);

#define for_each_node(sys, node)                                                                   \
	for (pg_data_t *const *_n = (sys)->page.node_data, *node;                                  \
	     _n < (sys)->page.node_data + MAX_NUMNODES; _n++)                                      \
		if ((node = *_n))

#endif
