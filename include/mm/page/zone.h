/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Nodes and zones, with Linux's names.
 *
 * A zone's span is cut out of its node's by the zone limits (16 MiB, 4 GiB, and where MOVABLE is
 * asked to begin); `present` are the pages of it that are RAM, `managed` those that the page
 * allocator was given.
 *
 * Free memory lies in three tiers. Below 256 KiB it is a bit per page in the word of its group of
 * 64 pages, and groups are listed by the largest free run that they have. From 256 KiB to below
 * 2 MiB blocks are listed through their group, from 2 MiB to below 1 GiB through pageblock
 * descriptors, whole GiBs through giga descriptors. What is below a tier is written when a block of
 * it is first split, so start-up costs nothing per page or per pageblock.
 */
#ifndef MM_PAGE_ZONE_H
#define MM_PAGE_ZONE_H

#include "list.h"
#include "mm/types.h"
#include "spinlock.h"

enum zone_type { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, ZONE_MOVABLE, ZONE_DEVICE, MAX_NR_ZONES };

#define ZONE_DMA_END   (16 * MiB)
#define ZONE_DMA32_END (4 * GiB)

/* What a pageblock is for, so that what cannot be moved is kept together. Linux's order. */
enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_PCPTYPES, /* those above have per-CPU lists */
	MIGRATE_HIGHATOMIC = MIGRATE_PCPTYPES,
	MIGRATE_CMA,
	MIGRATE_ISOLATE, /* taken out of use: free pages are not handed out nor counted */
	MIGRATE_TYPES
};
const char *migratetype_name(enum migratetype type);

#define NR_FREE_ORDERS (GIGA_ORDER + 1)

/*
 * Free blocks of one order, or, below GROUP_ORDER, groups whose largest free run is of that order.
 * A list is that of the first pageblock's type.
 */
struct free_area {
	struct list_head free_list[MIGRATE_TYPES];
	u64 nr_free; /* entries */
};

enum zone_watermark { WMARK_MIN, WMARK_LOW, WMARK_HIGH, WMARK_PROMO, NR_WMARK };

/*
 * Events, counted under the zone's lock, those of NUMA atomically; the CPUs' lists add theirs
 * (zone_events()). An allocation is meant for the first zone of its node that it may use. One that
 * comes from another node is a miss there, and foreign where it was meant to come from.
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
	PGSTEAL,     /* blocks taken from another type's lists, */
	PGSTEAL_ALL, /* and of those the pageblocks that changed their type */
	PGALLOC_FAIL_WMARK,
	NR_ZONE_EVENTS
};

/* Descriptors for split pageblocks, carved out of larger chunks; never given back. */
struct map_pool {
	struct blockmap *next, *spare; /* nr_left of them at `next` */
	u64 nr_left, nr_total;
	bool growing;
	u64 pages; /* taken from the zone to hold them */
};

struct pcp_list;

struct zone {
	struct spinlock lock;
	const char *name;
	struct pglist_data *zone_pgdat;
	u8 type;
	u64 zone_start_pfn;
	u64 spanned_pages, present_pages, managed_pages;
	u64 border_pages; /* free, but in a pageblock of another zone: left alone */
	u64 _watermark[NR_WMARK];
	u64 lowmem_reserve[MAX_NR_ZONES]; /* kept from requests that could do with a higher zone */

	/* under the lock */
	u64 nr_free_pages;    /* without those of MIGRATE_ISOLATE */
	u64 nr_isolated_free; /* those */
	u64 nr_free_cma, cma_pages;
	u64 nr_reserved_highatomic; /* pages of pageblocks of that type */
	u64 nr_free_highatomic;
	u64 nr_memmap_pages; /* taken from managed ones to hold struct pages */
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

const char *zone_name(enum zone_type type);
/* The zone type that an address belongs to by its limits (never MOVABLE or DEVICE). */
enum zone_type zone_type_of(phys_addr_t pa);
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
/* Where each node's ZONE_MOVABLE begins, from kernelcore, movablecore and movable_node of
 * sys->given.page_options; zones_init() calls it. */
void zones_place_movable(struct mem_system *sys);
struct device_range;
/* The range of sys->given.devices that holds the page; NULL: none does. */
const struct device_range *device_range_of(const struct mem_system *sys, u64 pfn);
/* The zone of a page of node nid's RAM, or of a device range. */
struct zone *zone_at(const struct mem_system *sys, int nid, u64 pfn);

#define for_each_node(sys, node)                                                                   \
	for (pg_data_t *const *_n = (sys)->page.node_data, *node;                                  \
	     _n < (sys)->page.node_data + MAX_NUMNODES; _n++)                                      \
		if ((node = *_n))

#endif
