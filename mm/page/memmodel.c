/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Struct pages and the descriptors of larger blocks: where they lie, and how they come to life. */
#include "page_inner.h"

static bool section_populated(const struct mem_system *sys, u64 pfn)
{
	return sys->page.sections[pfn / PAGES_PER_SECTION];
}

bool pfn_valid(const struct mem_system *sys, u64 pfn)
{
	phys_addr_t section = pfn_to_phys(round_down(pfn, PAGES_PER_SECTION));

	if (pfn >= round_up(sys->page.max_pfn, PAGES_PER_SECTION))
		return false;
	return memblock_overlaps(&sys->memblock.memory, section, 1ULL << SECTION_SIZE_BITS);
}

bool page_alive(const struct mem_system *sys, u64 pfn)
{
	const struct pageblock *block = pageblock_if_alive(sys, pfn);

	return block && block->pages_alive;
}

/* 2 MiB for a section's struct pages: from its own node if possible, and from the highest zone. */
static int memmap_take(struct mem_system *sys, u64 pfn, phys_addr_t *ret_pa)
{
	const struct memblock_region *r;
	struct zonelist *list;
	u64 block;
	int nid;

	r = memblock_find(&sys->memblock.memory, pfn_to_phys(pfn));
	nid = r && r->nid != NUMA_NO_NODE ? r->nid : 0;
	if (!sys->page.totalram_pages) { /* the buddy has nothing yet */
		*ret_pa = memblock_alloc(&sys->memblock, PT_SIZE(1), PT_SIZE(1), nid);
		return *ret_pa ? 0 : -ENOMEM;
	}
	list = &sys->page.node_data[nid]->node_zonelists[ZONELIST_FALLBACK];
	for (u32 i = 0; i < list->nr; i++) {
		struct zone *zone = list->zones[i];

		spin_lock(&zone->lock);
		block = zone_take(sys, zone, PAGEBLOCK_ORDER, MIGRATE_UNMOVABLE,
				  ALLOC_NO_WATERMARKS);
		if (block != NO_FRAME) {
			zone->nr_memmap_pages += PAGEBLOCK_NR_PAGES;
			pageblock_at(sys, block)->state = FRAME_MEMMAP | PAGEBLOCK_ORDER;
		}
		spin_unlock(&zone->lock);
		if (block == NO_FRAME)
			continue;
		*ret_pa = pfn_to_phys(block);
		return 0;
	}
	return -ENOMEM;
}

/* Gives the struct pages of pfn's section memory, all zero: free pages of dead pageblocks. */
static int section_populate(struct mem_system *sys, u64 pfn)
{
	u64 first = round_down(pfn, PAGES_PER_SECTION);
	u64 va = sys->given.layout.vmemmap + first * sizeof(struct page);
	phys_addr_t pa;
	int err;

	if (section_populated(sys, pfn))
		return 0;
	if (sys->given.model == MEMMODEL_SPARSE) {
		err = memmap_take(sys, pfn, &pa);
		if (err)
			return err;
		/* memmodel_prepare() has made the tables, so this cannot fail. */
		err = pt_map(&sys->pt, va, pa, PT_SIZE(1), PT_WRITE | PT_NOEXEC | PT_GLOBAL, 1);
		ASSERT(!err, "vmemmap of pfn %#llx: %d", pfn, err);
		sys->page.populated_sections++;
	}
	memset(sys->page.mem_map + first, 0, PAGES_PER_SECTION * sizeof(struct page));
	__atomic_store_n(&sys->page.sections[pfn / PAGES_PER_SECTION], 1, __ATOMIC_RELEASE);
	return 0;
}

/* The page holds zeros, or was initialised as reserved before. */
static void page_init(struct page *page, int nid, enum zone_type zone, bool reserved)
{
	page->flags = (u64)zone << PAGE_ZONE_SHIFT | (u64)nid << PAGE_NODE_SHIFT |
		      (u64)reserved << PG_reserved;
	page->life = reserved; /* one reference */
	page->_mapcount = -1;
	list_init(&page->lru);
}

/* Pages [pfn, end) lie in one memory region, or in none (nid -1). */
static void pages_init(struct mem_system *sys, u64 pfn, u64 end, int nid, bool reserved)
{
	enum zone_type zone = (enum zone_type)zone_at(sys, max(nid, 0), pfn)->type;

	for (; pfn < end; pfn++)
		page_init(pfn_to_page(sys, pfn), max(nid, 0), zone, reserved);
}

/* The node of a device range; NUMA_NO_NODE: it is none. Ranges are whole pageblocks. */
static int device_nid(const struct mem_system *sys, u64 pfn)
{
	const struct device_range *d = device_range_of(sys, pfn);

	return d ? d->nid : NUMA_NO_NODE;
}

/* All pages start reserved; those in memory and not in memblock.reserved are then set free. */
static void pageblock_init_pages(struct mem_system *sys, u64 first)
{
	phys_addr_t start = pfn_to_phys(first), end = start + PT_SIZE(1);
	const struct memblock_region *r = memblock_find(&sys->memblock.memory, start);
	int nid = r ? r->nid : device_nid(sys, first);
	struct memblock_iter it;

	if (r && r->base + r->size >= end &&
	    !memblock_overlaps(&sys->memblock.reserved, start, PT_SIZE(1))) {
		pages_init(sys, first, first + PAGEBLOCK_NR_PAGES, nid, false);
		return;
	}
	pages_init(sys, first, first + PAGEBLOCK_NR_PAGES, nid, true);
	for (u32 i = 0; i < sys->memblock.memory.cnt; i++) {
		r = &sys->memblock.memory.regions[i];
		if (r->base < end && r->base + r->size > start)
			pages_init(sys, phys_to_pfn(max(round_up(r->base, PAGE_SIZE), start)),
				   phys_to_pfn(min(r->base + r->size, end)), r->nid, true);
	}
	memblock_iter_init_at(&sys->memblock, &it, start);
	while (memblock_next_free(&sys->memblock, NUMA_NO_NODE, &it) && it.start < end) {
		u64 lo = phys_to_pfn(max(round_up(it.start, PAGE_SIZE), start));
		u64 hi = phys_to_pfn(min(it.end, end));

		if (lo < hi)
			pages_init(sys, lo, hi, it.nid, false);
	}
}

int pageblock_revive(struct mem_system *sys, u64 pfn)
{
	struct pageblock *block = pageblock_at(sys, pfn);
	int err = 0;

	if (gigablock_at(sys, pfn)->blocks && block->pages_alive)
		return 0;
	spin_lock(&sys->page.memmap_lock);
	gigablock_revive(sys, pfn);
	if (!block->pages_alive) { /* another CPU may have been quicker */
		err = section_populate(sys, pfn);
		if (!err) {
			pageblock_init_pages(sys, round_down(pfn, PAGEBLOCK_NR_PAGES));
			__atomic_thread_fence(__ATOMIC_RELEASE);
			block->pages_alive = true;
			sys->page.alive_pageblocks++;
		}
	}
	spin_unlock(&sys->page.memmap_lock);
	return err;
}

/* FLATMEM: one array for every frame, which need not be contiguous with anything else. */
static int flat_init(struct mem_system *sys)
{
	u64 bytes = round_up(sys->page.max_pfn, PAGES_PER_SECTION) * sizeof(struct page);
	phys_addr_t pa = memblock_alloc(&sys->memblock, bytes, PAGE_SIZE, NUMA_NO_NODE);

	if (!pa)
		return -ENOMEM;
	sys->page.mem_map = phys_to_virt(sys, pa);
	return 0;
}

/* Regions far apart share no tables; close ones do. */
static int prepare_range(struct mem_system *sys, u64 start_pfn, u64 end_pfn)
{
	u64 first = round_down(start_pfn, PAGES_PER_SECTION);
	u64 end = round_up(end_pfn, PAGES_PER_SECTION);

	return pt_prepare(&sys->pt, sys->given.layout.vmemmap + first * sizeof(struct page),
			  (end - first) * sizeof(struct page), 1);
}

int memmodel_prepare(struct mem_system *sys)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	int err = 0;

	if (sys->given.model != MEMMODEL_SPARSE)
		return 0;
	for (u32 i = 0; !err && i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];

		err = prepare_range(sys, phys_to_pfn(r->base),
				    phys_to_pfn(r->base + r->size - 1) + 1);
	}
	for (u32 i = 0; !err && i < sys->given.nr_devices; i++)
		err = prepare_range(sys, sys->given.devices[i].start_pfn,
				    sys->given.devices[i].end_pfn);
	return err;
}

int memmodel_init(struct mem_system *sys)
{
	u64 gigas = DIV_ROUND_UP(sys->page.max_pfn, GIGA_NR_PAGES), bytes;

	if (!sys->given.page_options.frames_only)
		sys->page.nr_sections = DIV_ROUND_UP(sys->page.max_pfn, PAGES_PER_SECTION);
	bytes = gigas * sizeof(struct gigablock) + sys->page.nr_sections;
	sys->page.gigablocks = mm_early_alloc(sys, bytes, PAGE_SIZE, NUMA_NO_NODE);
	if (!sys->page.gigablocks)
		return -ENOMEM;
	sys->page.nr_gigablocks = gigas;
	sys->page.sections = (u8 *)(sys->page.gigablocks + gigas);
	spin_lock_init(&sys->page.memmap_lock, "memmap", LOCK_MEMMAP,
		       sys->given.page_options.watch);
	memset(sys->page.gigablocks, 0, bytes);
	mm_step_bytes(sys, bytes);
	if (sys->given.model == MEMMODEL_FLAT)
		return flat_init(sys);
	sys->page.mem_map =
		(struct page *)(uintptr_t)(sys->given.layout.vmemmap + sys->vmemmap_offset);
	return 0;
}

void memmodel_cost(const struct mem_system *sys, struct memmodel_cost *ret)
{
	const struct memblock_type *memory = &sys->memblock.memory;
	u64 present = 0, next_section = 0;

	memset(ret, 0, sizeof(*ret));
	for (u32 i = 0; i < memory->cnt; i++) {
		u64 start = phys_to_pfn(round_up(memory->regions[i].base, PAGE_SIZE));
		u64 end = phys_to_pfn(memory->regions[i].base + memory->regions[i].size);
		u64 first = max(start / PAGES_PER_SECTION, next_section);

		if (start >= end)
			continue;
		present += end - start;
		next_section = DIV_ROUND_UP(end, PAGES_PER_SECTION);
		if (first < next_section)
			ret->sections += next_section - first;
	}
	ret->flat_bytes = sys->page.max_pfn * sizeof(struct page);
	ret->flat_hole_bytes = (sys->page.max_pfn - present) * sizeof(struct page);
	ret->sparse_bytes = ret->sections * PAGES_PER_SECTION * sizeof(struct page);
	ret->sparse_hole_bytes = ret->sparse_bytes - present * sizeof(struct page);
	ret->populated_bytes = sys->given.model == MEMMODEL_FLAT
				       ? ret->flat_bytes
				       : sys->page.populated_sections * PT_SIZE(1);
	ret->alive_pageblocks = sys->page.alive_pageblocks;
}

#define LEARN_MOST 8 /* sections to each side: 1 GiB */

void page_cpu_learn(struct mem_system *sys, u32 cpu, u64 pfn)
{
	struct page_cpu *c = sys->page.cpu[cpu];
	u64 at = pfn / PAGES_PER_SECTION, first = at, end = at + 1;

	while (first && at - first < LEARN_MOST && sys->page.sections[first - 1])
		first--;
	while (end < sys->page.nr_sections && end - at <= LEARN_MOST && sys->page.sections[end])
		end++;
	c->live_start = (u64)(uintptr_t)phys_to_virt(sys, first << SECTION_SIZE_BITS);
	c->live_bytes = (end - first) << SECTION_SIZE_BITS;
	c->live_pages = pfn_to_page(sys, first * PAGES_PER_SECTION);
}
