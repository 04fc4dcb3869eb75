/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Nodes and zones, with Linux's names.
 *
 * A zone's span is cut out of its node's by the zone limits (16 MiB, 4 GiB); `present` are the
 * pages of it that are RAM, `managed` those that the page allocator was given.
 *
 * Free memory is kept in three tiers of nine orders each, as the page tables are: blocks below
 * 2 MiB are linked through struct pages, blocks from 2 MiB to below 1 GiB through pageblock
 * descriptors, whole GiBs through giga descriptors. A tier's descriptors are written when a block
 * of the tier above is first split, so start-up costs nothing per page or per pageblock.
 */
#ifndef MM_ZONE_H
#define MM_ZONE_H

#include "list.h"
#include "mm/types.h"

enum zone_type { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, ZONE_MOVABLE, ZONE_DEVICE, MAX_NR_ZONES };

#define ZONE_DMA_END   (16 * MiB)
#define ZONE_DMA32_END (4 * GiB)

#define NR_FREE_ORDERS (GIGA_ORDER + 1)

struct free_area {
	struct list_head free_list;
	u64 nr_free; /* blocks */
};

struct zone {
	const char *name;
	struct pglist_data *zone_pgdat;
	u8 type;
	u64 zone_start_pfn;
	u64 spanned_pages, present_pages, managed_pages;
	u64 nr_free_pages;
	u64 nr_memmap_pages; /* taken from managed ones to hold struct pages */
	u64 nr_alloc, nr_free, nr_split, nr_merge; /* operations */
	struct free_area free_area[NR_FREE_ORDERS];
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
} pg_data_t;

const char *zone_name(enum zone_type type);
/* The zone type that an address belongs to by its limits (never MOVABLE or DEVICE). */
enum zone_type zone_type_of(phys_addr_t pa);
static inline bool populated_zone(const struct zone *zone)
{
	return zone->present_pages != 0;
}

static inline u64 zone_end_pfn(const struct zone *zone)
{
	return zone->zone_start_pfn + zone->spanned_pages;
}

struct mem_system;
/* Allocates (memblock) and fills the nodes' structures: spans, present pages, zonelists. Nothing
 * is managed yet. 0 or -ENOMEM. */
int zones_init(struct mem_system *sys);

#define for_each_node(sys, node)                                                                   \
	for (pg_data_t *const *_n = (sys)->node_data, *node; _n < (sys)->node_data + MAX_NUMNODES; \
	     _n++)                                                                                 \
		if ((node = *_n))

#endif
