/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Checks the invariants of the page allocator, by reading every free list. */
#include "../frame/group.h"
#include "../page_inner.h"

struct check {
	const struct mem_system *sys;
	const struct zone *zone;
	unsigned type;
	u64 pages[MIGRATE_TYPES];
	u64 *ret_pfn;
};

/* A block of GROUP_ORDER and more must be marked, aligned, inside its zone, of the list's type, and
 * merged with its buddy if that is possible. */
static const char *check_block(struct check *c, u64 pfn, unsigned order)
{
	struct buddy_block found;
	const struct pageblock *block = pageblock_at(c->sys, pfn);

	*c->ret_pfn = pfn;
	if (!buddy_block_of(c->sys, pfn, &found) || found.pfn != pfn || found.order != order)
		return "a block on a free list is not marked free with that list's order";
	if (!is_aligned(pfn, 1ULL << order))
		return "a free block is not aligned to its size";
	if (pfn < c->zone->zone_start_pfn || pfn + (1ULL << order) > zone_end_pfn(c->zone))
		return "a free block lies outside its zone";
	c->pages[c->type] += 1ULL << order;
	if (order == GIGA_ORDER)
		return NULL;
	if (block->zid != zone_id(c->zone) || block->migratetype != c->type)
		return "a free block is on another zone's or type's list";
	if (buddy_block_of(c->sys, pfn ^ 1ULL << order, &found) && found.order == order &&
	    pageblock_at(c->sys, found.pfn)->zid == block->zid &&
	    (order < PAGEBLOCK_ORDER ||
	     pageblock_at(c->sys, found.pfn)->migratetype == block->migratetype))
		return "two free buddies were not merged";
	return NULL;
}

static const char *check_group(struct check *c, const struct group *g, unsigned order)
{
	const struct pageblock *block = pageblock_at(c->sys, group_pfn(g));

	*c->ret_pfn = group_pfn(g);
	if (block->zid != zone_id(c->zone) || block->migratetype != c->type)
		return "a group is on another zone's or type's list";
	if (!g->free || g->order || g->free == ~0ULL)
		return "a group on a list has no free pages, or only free ones";
	if (g->bucket != order || group_largest(g->free) != order)
		return "a group is not on the list of its largest run";
	for (u64 left = g->free; left; left &= left - 1) {
		if (!block->map->state[group_pfn(g) % PAGEBLOCK_NR_PAGES + lowest_bit(left)])
			continue;
		*c->ret_pfn += lowest_bit(left);
		return "a free page is marked used";
	}
	c->pages[c->type] += bit_count(g->free);
	return NULL;
}

static const char *check_entry(struct check *c, struct list_head *link, unsigned order)
{
	if (link->next->prev != link || link->prev->next != link)
		return "a free list's links are broken";
	if (order < GROUP_ORDER)
		return check_group(c, list_entry(link, struct group, list), order);
	if (order < PAGEBLOCK_ORDER)
		return check_block(c, group_pfn(list_entry(link, struct group, list)), order);
	if (order < GIGA_ORDER)
		return check_block(
			c, pageblock_pfn(c->sys, list_entry(link, struct pageblock, list)), order);
	return check_block(c, gigablock_pfn(c->sys, list_entry(link, struct gigablock, list)),
			   order);
}

static const char *check_list(struct check *c, unsigned order, u64 *ret_entries)
{
	const struct list_head *head = &c->zone->free_area[order].free_list[c->type];
	bool marked = c->zone->nonempty[c->type] >> order & 1;

	if (marked == list_empty(head))
		return "a zone's bits of lists that are not empty are wrong";
	for (struct list_head *link = head->next; link != head; link = link->next) {
		const char *wrong = check_entry(c, link, order);

		if (wrong)
			return wrong;
		++*ret_entries;
	}
	return NULL;
}

static const char *check_counts(const struct check *c)
{
	const struct zone *zone = c->zone;
	u64 pages = 0;

	for (unsigned type = 0; type < MIGRATE_ISOLATE; type++)
		pages += c->pages[type];
	if (pages != zone->nr_free_pages)
		return "a zone's free pages differ from the sum of its lists";
	if (c->pages[MIGRATE_CMA] != zone->nr_free_cma ||
	    c->pages[MIGRATE_ISOLATE] != zone->nr_isolated_free ||
	    c->pages[MIGRATE_HIGHATOMIC] != zone->nr_free_highatomic)
		return "a zone's free pages of one type differ from the sum of its lists";
	if (pages + pcp_zone_pages(c->sys, zone) > zone->managed_pages)
		return "a zone has more free pages than managed ones";
	return NULL;
}

/* A block in a CPU's list must be neither free nor used, of the list's zone, and ready for use. */
static const char *check_listed(const struct check *c, const struct pcp_list *list, u64 block)
{
	const struct mem_system *sys = c->sys;
	bool frames = sys->given.page_options.frames_only;
	const struct page *page = (const struct page *)(uintptr_t)block;
	u64 pfn = frames ? block : page_to_pfn(sys, page);
	const struct pageblock *pageblock = pageblock_if_alive(sys, pfn);
	struct buddy_block found;

	*c->ret_pfn = pfn;
	if (!pageblock || pageblock->zid != zone_id(c->zone))
		return "a CPU's list holds a page of another zone";
	if (!is_aligned(pfn, 1ULL << list->order))
		return "a CPU's list holds a block that is not aligned";
	if (buddy_block_of(sys, pfn, &found))
		return "a page in a CPU's list is also free";
	if (frame_state(sys, pfn) != (frames ? 0 : FRAME_PAGE | list->order))
		return "a page in a CPU's list is used, or of another order";
	if (!frames && (!page_alive(sys, pfn) || page->_refcount || page->order != list->order ||
			page->kind != PAGE_PLAIN || page->flags & PAGE_FLAGS_IN_USE))
		return "a page in a CPU's list is not ready for use";
	return NULL;
}

static const char *check_pcp(const struct check *c, const struct pcp_list *list)
{
	const char *wrong = NULL;

	if (list->top < list->base || list->top > list->base + list->size ||
	    list->nr_spare > list->size)
		return "a CPU's list has more blocks than it has room for";
	for (const u64 *at = list->base; at < list->top && !wrong; at++)
		wrong = check_listed(c, list, *at);
	for (u32 i = 0; i < list->nr_spare && !wrong; i++)
		wrong = check_listed(c, list, list->spare[i]);
	return wrong;
}

static const char *check_zone(const struct mem_system *sys, const struct zone *zone, u64 *ret_pfn)
{
	struct check c = {.sys = sys, .zone = zone, .ret_pfn = ret_pfn};
	const char *wrong = NULL;

	for (unsigned order = 0; order < NR_FREE_ORDERS; order++) {
		u64 entries = 0;

		for (c.type = 0; c.type < MIGRATE_TYPES && !wrong; c.type++)
			wrong = check_list(&c, order, &entries);
		if (wrong)
			return wrong;
		if (entries != zone->free_area[order].nr_free)
			return "a free list's length differs from its count";
	}
	for (u32 i = 0; zone->pcp && i < sys->given.nr_cpus * PCP_LISTS && !wrong; i++)
		wrong = check_pcp(&c, &zone->pcp[i]);
	return wrong ? wrong : check_counts(&c);
}

const char *page_alloc_check(const struct mem_system *sys, u64 *ret_pfn)
{
	*ret_pfn = 0;
	for_each_node(sys, node) {
		for (unsigned type = 0; type < MAX_NR_ZONES; type++) {
			const char *wrong = check_zone(sys, &node->node_zones[type], ret_pfn);

			if (wrong)
				return wrong;
		}
	}
	return NULL;
}
