/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The CPUs' lists: filling and emptying them. */
#include "page_inner.h"

#define CHUNK PCP_MAX_BATCH /* blocks that are moved under one lock */

/* ---- from and to the zone ---------------------------------------------------------------- */

static u32 take_many(struct mem_system *sys, const struct pcp_list *list, unsigned alloc_flags,
		     u64 *pfns, u32 max)
{
	struct zone *zone = list->zone;
	u32 got = 0;

	spin_lock(&zone->lock);
	while (got < max) {
		int source = zone_source(sys, zone, list->order, list->migratetype, alloc_flags);
		u32 more = 0;

		if (source >= 0 && !list->order)
			more = buddy_take_singles(sys, zone, (enum migratetype)source, pfns + got,
						  max - got);
		else if (source >= 0)
			more = (pfns[got] = buddy_take(sys, zone, list->order,
						       (enum migratetype)source)) != NO_FRAME;
		if (!more)
			break;
		got += more;
	}
	spin_unlock(&zone->lock);
	return got;
}

static void put_many(struct mem_system *sys, const struct pcp_list *list, const u64 *pfns, u32 nr)
{
	struct zone *zone = list->zone;

	spin_lock(&zone->lock);
	if (!list->order)
		buddy_put_singles(sys, zone, pfns, nr);
	for (u32 i = 0; i < nr && list->order; i++)
		buddy_put(sys, zone, pfns[i], list->order);
	spin_unlock(&zone->lock);
}

/* ---- blocks in a list -------------------------------------------------------------------- */

/* Makes the first frames of pfns ready that are in one pageblock. Returns how many; 0: no memory
 * for struct pages. */
static u32 ready_run(struct mem_system *sys, const struct pcp_list *list, const u64 *pfns, u32 nr,
		     u64 *ret_pages)
{
	struct pageblock *block = pageblock_at(sys, pfns[0]);
	u64 start = round_down(pfns[0], PAGEBLOCK_NR_PAGES);
	u64 state_word = page_state_for(block, list->order) - 1, offset;
	u8 mark = (u8)(FRAME_PAGE | list->order), *state = block->map->state;
	struct page *first = pfn_to_page(sys, start);
	u32 n = 0;

	if (unlikely(!block->pages_alive) && pageblock_revive(sys, start))
		return 0;
	if (list->order == PAGEBLOCK_ORDER) {
		block->state = mark;
		first->state_word = state_word;
		ret_pages[0] = (u64)(uintptr_t)first;
		return 1;
	}
	for (; n < nr && (offset = pfns[n] - start) < PAGEBLOCK_NR_PAGES; n++) {
		state[offset] = mark;
		first[offset].state_word = state_word;
		ret_pages[n] = (u64)(uintptr_t)&first[offset];
	}
	return n;
}

/* Pushes frames on the list, ready for use. Those without struct pages go back to the zone. */
static u32 push_ready(struct mem_system *sys, struct pcp_list *list, const u64 *pfns, u32 nr)
{
	u32 done = 0, n;

	for (; done < nr; done += n) {
		n = ready_run(sys, list, pfns + done, nr - done, list->top + done);
		if (!n) {
			put_many(sys, list, pfns + done, nr - done);
			break;
		}
	}
	list->top += done;
	return done;
}

/* Returns nr blocks of a stack to the zone. */
static void spill(struct mem_system *sys, struct pcp_list *list, const u64 *blocks, u32 nr)
{
	u64 pfns[CHUNK];

	for (u32 done = 0, n; done < nr; done += n) {
		n = min(nr - done, (u32)CHUNK);
		for (u32 i = 0; i < n; i++) {
			u64 block = blocks[done + i];

			if (!sys->given.page_options.frames_only) {
				struct page *page = (struct page *)(uintptr_t)block;

				page->state_word = 0;
				block = page_to_pfn(sys, page);
				if (list->order)
					frame_set_state(sys, block, 0);
			}
			pfns[i] = block;
		}
		put_many(sys, list, pfns, n);
	}
	list->nr_drained += nr;
}

/* ---- two stacks -------------------------------------------------------------------------- */

static void swap_stacks(struct pcp_list *list)
{
	u64 *base = list->base;
	u32 in_use = (u32)(list->top - base), size = (u32)(list->end - base);

	list->base = list->spare;
	list->top = list->base + list->nr_spare;
	list->end = list->base + size;
	list->spare = base;
	list->nr_spare = in_use;
}

bool pcp_refill(struct mem_system *sys, struct pcp_list *list, unsigned alloc_flags)
{
	u64 pfns[CHUNK];
	u32 got;

	if (list->nr_spare) {
		swap_stacks(list);
		return true;
	}
	got = min(list->batch, (u32)CHUNK);
	if (sys->given.page_options.frames_only) {
		got = take_many(sys, list, alloc_flags, list->top, got);
		list->top += got;
	} else {
		got = take_many(sys, list, alloc_flags, pfns, got);
		got = push_ready(sys, list, pfns, got);
	}
	list->nr_filled += got;
	return got;
}

bool pcp_make_room(struct mem_system *sys, struct pcp_list *list)
{
	if (list->end == list->base)
		return false;
	if (list->nr_spare) {
		u32 nr = list->nr_spare;

		list->nr_spare = 0;
		spill(sys, list, list->spare, nr);
	}
	swap_stacks(list);
	return true;
}

static u64 list_drain(struct mem_system *sys, struct pcp_list *list)
{
	u64 pages = (u64)pcp_count(list) << list->order;
	u32 nr = (u32)(list->top - list->base), nr_spare = list->nr_spare;

	list->top = list->base;
	list->nr_spare = 0;
	spill(sys, list, list->spare, nr_spare);
	spill(sys, list, list->base, nr);
	return pages;
}

u64 pcp_drain(struct mem_system *sys, u32 cpu)
{
	u64 pages = 0;

	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			struct zone *zone = &node->node_zones[type];

			for (u32 i = 0; zone->pcp && i < PCP_LISTS; i++)
				pages += list_drain(sys, &zone->pcp[cpu * PCP_LISTS + i]);
		}
	}
	return pages;
}

struct pcp_list *pcp_lists_by_id(struct page_cpu *pc, u16 list_id)
{
	pc->last_lists = list_id == NO_LIST_ID ? pc->no_lists : pc->by_id[list_id];
	pc->last_state = PAGE_STATE(0, list_id);
	pc->last_list_id = list_id;
	return pc->last_lists;
}

/* How often to check whether a busy CPU has answered. */
#define PATIENCE 100000

u64 pcp_drain_all(struct mem_system *sys, u32 cpu)
{
	u64 pages = pcp_drain(sys, cpu);

	for (u32 other = 0; other < sys->given.nr_cpus; other++) {
		struct page_cpu *pc = sys->page.cpu[other];

		if (other == cpu)
			continue;
		if (!__atomic_exchange_n(&pc->running, true, __ATOMIC_ACQUIRE)) {
			pages += pcp_drain(sys, other);
			__atomic_store_n(&pc->running, false, __ATOMIC_RELEASE);
			continue;
		}
		__atomic_store_n(&pc->drain, true, __ATOMIC_RELEASE);
		for (u32 i = 0; i < PATIENCE && __atomic_load_n(&pc->drain, __ATOMIC_ACQUIRE);
		     i++) {
			pcp_answer(sys, cpu); /* it may be waiting for us */
			arch_relax();
		}
		pages++; /* worth another try */
	}
	return pages;
}

void pcp_answer_request(struct mem_system *sys, u32 cpu)
{
	pcp_drain(sys, cpu);
	__atomic_store_n(&sys->page.cpu[cpu]->drain, false, __ATOMIC_RELEASE);
}

/* ---- counts ------------------------------------------------------------------------------ */

u64 pcp_pages(const struct zone *zone, u32 cpu)
{
	u64 pages = 0;

	for (u32 i = 0; zone->pcp && i < PCP_LISTS; i++) {
		const struct pcp_list *list = &zone->pcp[cpu * PCP_LISTS + i];

		pages += (u64)pcp_count(list) << list->order;
	}
	return pages;
}

u64 pcp_zone_pages(const struct mem_system *sys, const struct zone *zone)
{
	u64 pages = 0;

	for (u32 cpu = 0; cpu < sys->given.nr_cpus; cpu++)
		pages += pcp_pages(zone, cpu);
	return pages;
}

void pcp_start_cpus(struct mem_system *sys, u32 nr)
{
	for (u32 cpu = 0; cpu < nr; cpu++)
		__atomic_store_n(&sys->page.cpu[cpu]->running, true, __ATOMIC_RELEASE);
}

void pcp_stop_cpus(struct mem_system *sys, u32 nr)
{
	for (u32 cpu = 0; cpu < nr; cpu++)
		__atomic_store_n(&sys->page.cpu[cpu]->running, false, __ATOMIC_RELEASE);
}
