/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Debugging aids of the page allocator. Their records of pages are in a table for each pageblock,
 * made at the first allocation in it; without memory for the table, nothing is recorded there.
 */
#include "../page_inner.h"

struct page_record {
	u64 alloc_nr, free_nr; /* 0: not recorded */
	const void *alloc_caller, *free_caller;
	gfp_t gfp;
	u8 order, alloc_cpu, free_cpu;
	bool poisoned; /* filled with poison when it was freed */
};

struct page_debug {
	struct spinlock lock;
	unsigned aids;
	u64 nr_events;
	u64 fail_after; /* 0: none fails; 1: all do */
	u64 table_pages;
	unsigned tables_order;
	struct page_record **tables; /* [pageblock]; NULL: none yet */
	struct page_event trace[PAGE_TRACE_SIZE];
};

_Static_assert(sizeof(struct page_record) * PAGEBLOCK_NR_PAGES <= PAGE_SIZE << PAGE_RECORDS_ORDER,
	       "a table fits its pages");

static unsigned order_for(u64 bytes)
{
	return bytes <= PAGE_SIZE ? 0 : highest_bit((bytes - 1) >> PAGE_SHIFT) + 1;
}

#define DEBUG_ORDER order_for(sizeof(struct page_debug))

/* Takes memory for ourselves, without a call that we would record. */
static void *take(struct mem_system *sys, unsigned order)
{
	u32 cpu = arch_this_cpu();
	struct request r = {.sys = sys,
			    .cpu = cpu,
			    .nid = sys->page.cpu[cpu]->nid,
			    .gfp = GFP_NOWAIT,
			    .order = order};
	u64 pfn = order > MAX_PAGE_ORDER ? NO_FRAME : request_take(&r);

	if (pfn == NO_FRAME)
		return NULL;
	frame_set_state(sys, pfn, (u8)(FRAME_USED | order));
	return phys_to_virt(sys, pfn_to_phys(pfn));
}

static void give(struct mem_system *sys, const void *p, unsigned order)
{
	if (p)
		frame_put(sys, phys_to_pfn(virt_to_phys(sys, p)), order);
}

/* ---- records ----------------------------------------------------------------------------- */

static struct page_record *record_of(const struct mem_system *sys, u64 pfn)
{
	const struct page_debug *d = sys->page.debug;
	struct page_record *table = NULL;

	if (d && d->tables && pfn < sys->page.max_pfn)
		table = d->tables[pfn >> PAGEBLOCK_ORDER];
	return table ? &table[pfn % PAGEBLOCK_NR_PAGES] : NULL;
}

static void make_table(struct mem_system *sys, u64 pfn)
{
	struct page_debug *d = sys->page.debug;
	void *table;

	if (!d->tables || d->tables[pfn >> PAGEBLOCK_ORDER])
		return;
	table = take(sys, PAGE_RECORDS_ORDER);
	if (!table)
		return;
	memset(table, 0, PAGE_SIZE << PAGE_RECORDS_ORDER);
	d->table_pages += 1ULL << PAGE_RECORDS_ORDER;
	d->tables[pfn >> PAGEBLOCK_ORDER] = table;
}

static void trace(struct page_debug *d, u32 cpu, u64 pfn, gfp_t gfp, unsigned order, bool free,
		  const void *caller)
{
	d->nr_events++;
	if (d->aids & PAGE_DEBUG_TRACE)
		d->trace[d->nr_events % PAGE_TRACE_SIZE] = (struct page_event){
			d->nr_events, pfn, caller, gfp, (u8)order, (u8)cpu, free};
}

/* ---- poison ------------------------------------------------------------------------------ */

static void poison(const struct mem_system *sys, u64 pfn, unsigned order)
{
	memset(phys_to_virt(sys, pfn_to_phys(pfn)), PAGE_POISON_BYTE, PAGE_SIZE << order);
}

static bool poison_holds(const struct mem_system *sys, u64 pfn)
{
	const u64 *word = phys_to_virt(sys, pfn_to_phys(pfn));

	for (u32 i = 0; i < PAGE_SIZE / sizeof(*word); i++) {
		if (word[i] != 0x0101010101010101ULL * PAGE_POISON_BYTE)
			return false;
	}
	return true;
}

/* ---- the allocator's calls --------------------------------------------------------------- */

bool page_debug_fails(struct mem_system *sys, gfp_t gfp, unsigned order, const void *caller)
{
	struct page_debug *d = sys->page.debug;

	(void)gfp;
	(void)order;
	(void)caller;
	if (!d->fail_after || --d->fail_after)
		return false;
	d->fail_after = 1; /* and all later ones */
	return true;
}

/* Checks the poison of each page of the block, and records the caller. */
static void note_alloc(struct mem_system *sys, u32 cpu, u64 pfn, gfp_t gfp, unsigned order,
		       const void *caller)
{
	for (u64 i = 0; i < 1ULL << order; i++) {
		struct page_record *r = record_of(sys, pfn + i);

		if (!r)
			continue;
		if (r->poisoned && !poison_holds(sys, pfn + i))
			page_error(sys, PAGE_CORRUPT, pfn + i, 0, gfp, r->free_caller);
		r->poisoned = false;
		r->alloc_nr = sys->page.debug->nr_events;
		r->alloc_caller = caller;
		r->gfp = gfp;
		r->order = (u8)order;
		r->alloc_cpu = (u8)cpu;
	}
}

void page_debug_alloc(struct mem_system *sys, u32 cpu, u64 pfn, gfp_t gfp, unsigned order,
		      const void *caller)
{
	struct page_debug *d = sys->page.debug;

	if (d->aids & (PAGE_DEBUG_OWNER | PAGE_DEBUG_POISON)) {
		for (u64 i = 0; i < 1ULL << order; i += PAGEBLOCK_NR_PAGES)
			make_table(sys, pfn + i);
	}
	spin_lock(&d->lock);
	trace(d, cpu, pfn, gfp, order, false, caller);
	note_alloc(sys, cpu, pfn, gfp, order, caller);
	spin_unlock(&d->lock);
}

void page_debug_free(struct mem_system *sys, u32 cpu, u64 pfn, unsigned order, const void *caller)
{
	struct page_debug *d = sys->page.debug;

	spin_lock(&d->lock);
	trace(d, cpu, pfn, 0, order, true, caller);
	for (u64 i = 0; i < 1ULL << order; i++) {
		struct page_record *r = record_of(sys, pfn + i);

		if (!r)
			continue;
		r->free_nr = d->nr_events;
		r->free_caller = caller;
		r->free_cpu = (u8)cpu;
		r->poisoned = d->aids & PAGE_DEBUG_POISON;
		if (r->poisoned)
			poison(sys, pfn + i, 0);
	}
	spin_unlock(&d->lock);
}

/* ---- on and off -------------------------------------------------------------------------- */

static int tables_new(struct mem_system *sys, struct page_debug *d)
{
	u64 bytes =
		(sys->page.max_pfn >> PAGEBLOCK_ORDER) * sizeof(*d->tables) + sizeof(*d->tables);

	d->tables_order = order_for(bytes);
	d->tables = take(sys, d->tables_order);
	if (!d->tables)
		return -ENOMEM;
	memset(d->tables, 0, PAGE_SIZE << d->tables_order);
	return 0;
}

static void tables_free(struct mem_system *sys, struct page_debug *d)
{
	for (u64 i = 0; d->tables && i <= sys->page.max_pfn >> PAGEBLOCK_ORDER; i++)
		give(sys, d->tables[i], PAGE_RECORDS_ORDER);
	give(sys, d->tables, d->tables_order);
}

static int debug_on(struct mem_system *sys)
{
	struct page_debug *d = take(sys, DEBUG_ORDER);

	if (!d)
		return -ENOMEM;
	memset(d, 0, sizeof(*d));
	spin_lock_init(&d->lock, "page debug", LOCK_DEBUG, sys->given.page_options.watch);
	pcp_disable(sys);
	sys->page.debug = d;
	return 0;
}

static void debug_off(struct mem_system *sys)
{
	struct page_debug *d = sys->page.debug;

	sys->page.debug = NULL;
	tables_free(sys, d);
	give(sys, d, DEBUG_ORDER);
	pcp_enable(sys);
}

int page_debug_set(struct mem_system *sys, unsigned aids)
{
	struct page_debug *d;

	if (!aids) {
		if (sys->page.debug)
			debug_off(sys);
		return 0;
	}
	if (!sys->page.debug && debug_on(sys))
		return -ENOMEM;
	d = sys->page.debug;
	if (aids & (PAGE_DEBUG_OWNER | PAGE_DEBUG_POISON) && !d->tables && tables_new(sys, d)) {
		if (!d->aids)
			debug_off(sys);
		return -ENOMEM;
	}
	d->aids = aids;
	return 0;
}

void page_debug_fail_after(struct mem_system *sys, u64 n)
{
	unsigned aids = sys->page.debug ? sys->page.debug->aids : 0;

	if (!n && !(aids & ~PAGE_DEBUG_FAIL)) {
		page_debug_set(sys, 0);
		return;
	}
	if (page_debug_set(sys, n ? aids | PAGE_DEBUG_FAIL : aids & ~PAGE_DEBUG_FAIL))
		return;
	sys->page.debug->fail_after = n;
}

/* ---- looking ----------------------------------------------------------------------------- */

u64 page_debug_record_pages(const struct mem_system *sys)
{
	return sys->page.debug ? sys->page.debug->table_pages : 0;
}

bool page_debug_trace(const struct mem_system *sys, u32 i, struct page_event *ret)
{
	const struct page_debug *d = sys->page.debug;

	if (!d || !(d->aids & PAGE_DEBUG_TRACE) || i >= min(d->nr_events, PAGE_TRACE_SIZE * 1ULL))
		return false;
	*ret = d->trace[(d->nr_events - i) % PAGE_TRACE_SIZE];
	return ret->nr;
}

void page_debug_owner(const struct mem_system *sys, u64 pfn, struct page_event *ret_alloc,
		      struct page_event *ret_free)
{
	const struct page_record *r = record_of(sys, pfn);

	*ret_alloc = *ret_free = (struct page_event){0};
	if (!r)
		return;
	*ret_alloc = (struct page_event){r->alloc_nr,  pfn,  r->alloc_caller, r->gfp, r->order,
					 r->alloc_cpu, false};
	*ret_free = (struct page_event){r->free_nr,  pfn, r->free_caller, 0, r->order,
					r->free_cpu, true};
}
