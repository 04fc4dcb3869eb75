/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Many single pages at once: whole groups, under one lock, and their words
 * instead of their bits. */
#include "frame_fast.h"

/* Pages: loops of a few instructions are unrolled. */
enum { AT_ONCE = 8 };

/* 64 states at once; they are in one pageblock, and aligned. */
static void set_states(u8 *state, u8 value)
{
	u64 *words = (u64 *)(uintptr_t)state;

	for (u32 i = 0; i < GROUP_NR_PAGES / sizeof(*words); i++)
		words[i] = value * 0x0101010101010101ULL;
}

/* All pages of nr groups, whose struct pages are alive. */
static void hand_out_groups(struct mem_system *sys, u64 first, u32 nr, struct page **pages)
{
	u8 *state = &pageblock_at(sys, first)->map->state[first % PAGEBLOCK_NR_PAGES];
	u64 life = page_life(pageblock_at(sys, first), 0);
	struct page *page = pfn_to_page(sys, first);

	for (; nr; nr--, state += GROUP_NR_PAGES) {
		set_states(state, FRAME_PAGE);
		for (u32 done = 0; done < GROUP_NR_PAGES; done += AT_ONCE) {
#pragma GCC unroll AT_ONCE
			for (u32 i = 0; i < AT_ONCE; i++) {
				page[i].life = life;
				pages[i] = page + i;
			}
			page += AT_ONCE;
			pages += AT_ONCE;
		}
	}
}

/* The pages of a group with a bit set. */
static void hand_out_bits(struct mem_system *sys, u64 first, u64 bits, struct page **pages)
{
	u8 *state = &pageblock_at(sys, first)->map->state[first % PAGEBLOCK_NR_PAGES];
	u64 life = page_life(pageblock_at(sys, first), 0);
	struct page *head = pfn_to_page(sys, first);

	for (; bits; bits &= bits - 1) {
		unsigned i = lowest_bit(bits);

		state[i] = FRAME_PAGE;
		head[i].life = life;
		*pages++ = &head[i];
	}
}

/* The lowest n set bits. */
static u64 lowest_bits(u64 bits, u32 n)
{
	u64 kept = 0;

	for (; n && bits; n--, bits &= bits - 1)
		kept |= bits & -bits;
	return kept;
}

/* What was taken from a zone at once. */
struct haul {
	u64 pfn, bits;
	unsigned order; /* GROUP_ORDER and more: a whole block; 0: `bits` of a group */
};

/* Broken groups first; where there are none a block must be broken, and as much of it as fits is
 * taken. Locked. */
static bool take_haul(struct mem_system *sys, struct zone *zone, enum migratetype type, u32 max,
		      struct haul *h)
{
	unsigned smallest = lowest_bit(zone->nonempty[type]);
	u64 extra;

	*h = (struct haul){.pfn = NO_FRAME};
	if (smallest >= GROUP_ORDER && max >= GROUP_NR_PAGES) {
		h->order = min(min(smallest, highest_bit(max)), (unsigned)PAGEBLOCK_ORDER);
		h->pfn = buddy_take(sys, zone, h->order, type);
		return h->pfn != NO_FRAME && !pageblock_give_map(sys, zone, h->pfn);
	}
	h->bits = buddy_take_group(sys, zone, type, &h->pfn);
	extra = bit_count(h->bits) > max ? h->bits & ~lowest_bits(h->bits, max) : 0;
	if (extra)
		buddy_put_bits(sys, zone, h->pfn, extra);
	h->bits &= ~extra;
	return h->bits;
}

static void put_haul(struct mem_system *sys, struct zone *zone, const struct haul *h)
{
	if (h->pfn == NO_FRAME)
		return;
	if (h->order)
		buddy_put(sys, zone, h->pfn, h->order);
	else
		buddy_put_bits(sys, zone, h->pfn, h->bits);
}

static u32 hand_out(struct mem_system *sys, const struct haul *h, struct page **pages)
{
	if (!h->order) {
		hand_out_bits(sys, h->pfn, h->bits, pages);
		return bit_count(h->bits);
	}
	hand_out_groups(sys, h->pfn, 1u << (h->order - GROUP_ORDER), pages);
	return 1u << h->order;
}

static u32 take_from_zone(struct mem_system *sys, struct zone *zone, gfp_t gfp, u32 nr,
			  struct page **pages)
{
	unsigned flags = WMARK_LOW | (gfp & __GFP_MOVABLE ? ALLOC_CMA : 0);
	bool more = true;
	u32 got = 0;

	while (got < nr && more) {
		struct haul h;
		int source = -1;

		spin_lock(&zone->lock);
		if (zone_watermark_ok(zone, 0, gfp_zone(gfp), flags))
			source = zone_source(sys, zone, 0, gfp_migratetype(gfp), flags);
		more = source >= 0 && take_haul(sys, zone, (enum migratetype)source, nr - got, &h);
		spin_unlock(&zone->lock);
		if (more && pageblock_revive(sys, h.pfn)) {
			spin_lock(&zone->lock);
			put_haul(sys, zone, &h);
			spin_unlock(&zone->lock);
			more = false;
		}
		if (more)
			got += hand_out(sys, &h, pages + got);
	}
	spin_lock(&zone->lock);
	zone->event[PGALLOC] += got;
	zone->event[PGALLOC_OPS] += got;
	spin_unlock(&zone->lock);
	return got;
}

static u32 take_from_zones(struct mem_system *sys, gfp_t gfp, u32 nr, struct page **pages)
{
	unsigned which = gfp & __GFP_THISNODE ? ZONELIST_NOFALLBACK : ZONELIST_FALLBACK;
	int nid = sys->page.cpu[arch_this_cpu()]->nid;
	const struct zonelist *list = &sys->page.node_data[nid]->node_zonelists[which];
	struct zone *wanted = NULL;
	u32 got = 0;

	for (u32 i = 0; i < list->nr && got < nr; i++) {
		struct zone *zone = list->zones[i];
		u32 more;

		if (zone->type > gfp_zone(gfp) || !zone->pcp)
			continue;
		wanted = wanted ? wanted : zone;
		more = take_from_zone(sys, zone, gfp, nr - got, pages + got);
		zone_count_numa(wanted, zone, nid, more);
		got += more;
	}
	return got;
}

u32 alloc_pages_bulk(struct mem_system *sys, gfp_t gfp, u32 nr, struct page **pages)
{
	u32 got = 0;

	if (gfp_wrong(gfp) || sys->given.page_options.frames_only) {
		page_error(sys, PAGE_BAD_GFP, NO_FRAME, 0, gfp, __builtin_return_address(0));
		return 0;
	}
	if (!sys->page.debug && !(gfp & __GFP_ZERO))
		got = take_from_zones(sys, gfp, nr, pages);
	for (; got < nr; got++) { /* with all that alloc_pages() does to find some */
		pages[got] = alloc_pages(sys, gfp, 0);
		if (!pages[got])
			break;
	}
	return got;
}

/* ---- giving back ------------------------------------------------------------------------- */

static void clear_states(u8 *state, u32 n)
{
	for (; n && (u64)(uintptr_t)state % sizeof(u64); n--)
		*state++ = 0;
	for (; n >= sizeof(u64); n -= sizeof(u64), state += sizeof(u64))
		*(u64 *)(uintptr_t)state = 0;
	for (; n; n--)
		*state++ = 0;
}

static inline bool are_plain(struct page *const *pages, const struct page *page, u64 life)
{
#pragma GCC unroll AT_ONCE
	for (u32 i = 0; i < AT_ONCE; i++) {
		if (pages[i] != page + i || page[i].life != life)
			return false;
	}
	return true;
}

static inline void clear_lives(struct page *page)
{
#pragma GCC unroll AT_ONCE
	for (u32 i = 0; i < AT_ONCE; i++)
		page[i].life = 0;
}

/*
 * Pages that follow each other in memory and in the array, from pages[0] on, in one pageblock, all
 * plain with one reference: how many, at most max. They are nobody's afterwards.
 */
static u32 plain_run(struct mem_system *sys, struct page **pages, u32 max, u64 pfn)
{
	u32 room = min(max, (u32)(PAGEBLOCK_NR_PAGES - pfn % PAGEBLOCK_NR_PAGES)), n;
	struct page **at = pages, **end = pages + room, *page = pages[0];
	u64 life = page->life;
	u8 *state;

	if (life << (64 - PAGE_LIFE_LISTS_SHIFT) != PAGE_LIFE(0, 0) << (64 - PAGE_LIFE_LISTS_SHIFT))
		return 0;
	for (; end - at >= AT_ONCE && are_plain(at, page, life); at += AT_ONCE, page += AT_ONCE)
		clear_lives(page);
	for (; at < end && *at == page && page->life == life; at++, page++)
		page->life = 0;
	n = (u32)(at - pages);
	state = &pageblock_at(sys, pfn)->map->state[pfn % PAGEBLOCK_NR_PAGES];
	clear_states(state, n);
	return n;
}

/* The run in the largest aligned blocks; in bits where a group is not whole. Locked. */
static void put_run(struct mem_system *sys, struct zone *zone, u64 pfn, u32 n)
{
	for (u64 end = pfn + n; pfn < end;) {
		unsigned order = min(highest_bit(end - pfn), (unsigned)PAGEBLOCK_ORDER);
		u64 room = GROUP_NR_PAGES - pfn % GROUP_NR_PAGES, part = min(end - pfn, room);

		order = pfn ? min(order, lowest_bit(pfn)) : order;
		if (order >= GROUP_ORDER) {
			buddy_put(sys, zone, pfn, order);
			pfn += 1ULL << order;
			continue;
		}
		buddy_put_bits(sys, zone, pfn, ((1ULL << part) - 1) << pfn % GROUP_NR_PAGES);
		pfn += part;
	}
}

void free_pages_bulk(struct mem_system *sys, u32 nr, struct page **pages)
{
	for (u32 i = 0; i < nr;) {
		u64 pfn = page_to_pfn(sys, pages[i]);
		u32 n = 0;

		if (!sys->page.debug && page_is_readable(sys, pages[i]))
			n = plain_run(sys, pages + i, nr - i, pfn);
		if (n) {
			struct zone *zone = pageblock_zone(sys, pageblock_at(sys, pfn));

			spin_lock(&zone->lock);
			put_run(sys, zone, pfn, n);
			zone->event[PGFREE] += n;
			spin_unlock(&zone->lock);
		} else {
			__free_pages(sys, pages[i], 0);
			n = 1;
		}
		i += n;
	}
}
