/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Counts for views, computed from the lists. */
#include "../frame/group.h"
#include "../page_inner.h"

static void count_type(const struct zone *zone, unsigned type, u64 blocks[NR_FREE_ORDERS])
{
	for (unsigned order = 0; order < NR_FREE_ORDERS; order++) {
		const struct list_head *head = &zone->free_area[order].free_list[type];

		for (const struct list_head *link = head->next; link != head; link = link->next) {
			if (order < GROUP_ORDER)
				group_count(list_entry(link, struct group, list)->free, blocks);
			else
				blocks[order]++;
		}
	}
}

/* Counts blocks above Linux's largest order as several blocks of that order. */
static void fold(const u64 inside[NR_FREE_ORDERS], u64 ret_blocks[NR_PAGE_ORDERS])
{
	for (unsigned order = 0; order < NR_FREE_ORDERS; order++) {
		if (order <= MAX_PAGE_ORDER)
			ret_blocks[order] = inside[order];
		else
			ret_blocks[MAX_PAGE_ORDER] += inside[order] << (order - MAX_PAGE_ORDER);
	}
}

void zone_blocks_inside(const struct zone *zone, u64 ret_blocks[NR_FREE_ORDERS])
{
	memset(ret_blocks, 0, NR_FREE_ORDERS * sizeof(ret_blocks[0]));
	for (unsigned type = 0; type < MIGRATE_ISOLATE; type++)
		count_type(zone, type, ret_blocks);
}

void zone_free_blocks(const struct zone *zone, u64 ret_blocks[NR_PAGE_ORDERS])
{
	u64 inside[NR_FREE_ORDERS];

	zone_blocks_inside(zone, inside);
	fold(inside, ret_blocks);
}

void zone_free_blocks_of(const struct zone *zone, enum migratetype type,
			 u64 ret_blocks[NR_PAGE_ORDERS])
{
	u64 inside[NR_FREE_ORDERS] = {0};

	count_type(zone, type, inside);
	fold(inside, ret_blocks);
}

void zone_events(const struct mem_system *sys, const struct zone *zone,
		 u64 ret_events[NR_ZONE_EVENTS])
{
	memcpy(ret_events, zone->event, sizeof(zone->event));
	for (u32 i = 0; zone->pcp && i < sys->given.nr_cpus * PCP_LISTS; i++) {
		const struct pcp_list *list = &zone->pcp[i];

		/* blocks freed to the list = those in it + those that left it - those from the
		 * zone */
		ret_events[PGALLOC_OPS] += list->nr_taken;
		ret_events[PGALLOC] += list->nr_taken << list->order;
		ret_events[PGFREE] +=
			(pcp_count(list) + list->nr_drained + list->nr_taken - list->nr_filled)
			<< list->order;
	}
}
