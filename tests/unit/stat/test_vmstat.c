/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Linux's counters and flags: they must add up with what was done, and with each other. */
#include "mm/stat/vmstat.h"

#include "mm/page/kpageflags.h"
#include "mm_fixture.h"

static u64 zone_stat(const struct mem_system *sys, const struct zone *zone, const char *name)
{
	u64 values[NR_VM_ZONE_STAT_ITEMS];

	vm_zone_stats(sys, zone, values);
	for (u32 i = 0; i < NR_VM_ZONE_STAT_ITEMS; i++) {
		if (!strcmp(vm_zone_stat_names[i], name))
			return values[i];
	}
	fail_msg("no counter %s", name);
	return 0;
}

static u64 node_stat(const struct mem_system *sys, int nid, const char *name)
{
	u64 values[NR_VM_NODE_STAT_ITEMS];

	vm_node_stats(sys, sys->page.node_data[nid], values);
	for (u32 i = 0; i < NR_VM_NODE_STAT_ITEMS; i++) {
		if (!strcmp(vm_node_stat_names[i], name))
			return values[i];
	}
	fail_msg("no counter %s", name);
	return 0;
}

static u64 event_of(const struct mem_system *sys, const char *name)
{
	u64 values[NR_VM_EVENT_ITEMS];

	vm_events(sys, values);
	for (u32 i = 0; i < NR_VM_EVENT_ITEMS; i++) {
		if (!strcmp(vm_event_names[i], name))
			return values[i];
	}
	fail_msg("no counter %s", name);
	return 0;
}

static u64 allocated(const struct mem_system *sys)
{
	return event_of(sys, "pgalloc_dma") + event_of(sys, "pgalloc_dma32") +
	       event_of(sys, "pgalloc_normal") + event_of(sys, "pgalloc_movable");
}

/* ---- events ------------------------------------------------------------------------------ */

/* Expect: pages, of any order, by list or not, singly or in bulk, count once each way. */
static void pages_are_counted(void **state)
{
	struct mem_system *sys = sim_new("256M");
	u64 allocs = allocated(sys), frees = event_of(sys, "pgfree"), pages = 0;
	struct page *held[64];

	(void)state;
	for (unsigned order = 0; order <= MAX_PAGE_ORDER; order++) {
		struct page *page = alloc_pages(sys, GFP_KERNEL, order);

		pages += 1ULL << order;
		__free_pages(sys, page, order);
	}
	assert_int_equal(alloc_pages_bulk(sys, GFP_KERNEL, 64, held), 64);
	free_pages_bulk(sys, 64, held);
	pages += 64;
	assert_int_equal(allocated(sys), allocs + pages);
	assert_int_equal(event_of(sys, "pgfree"), frees + pages);
	pcp_drain_all(sys, 0);
	assert_int_equal(allocated(sys), allocs + pages);
	assert_int_equal(event_of(sys, "pgfree"), frees + pages);
	sim_free(sys);
}

/* Expect: a hit where it was wanted; a miss there and foreign here when the node has no more. */
static void nodes_are_hit_and_missed(void **state)
{
	struct mem_system *sys = sim_new("512M nodes=2");
	struct zone *zone[2];
	u64 hit, local, other, n = 0;
	struct page *page, *head = NULL;

	(void)state;
	page = alloc_pages_node(sys, 0, GFP_KERNEL, 0);
	zone[0] = page_zone(sys, page);
	__free_pages(sys, page, 0);
	page = alloc_pages_node(sys, 1, GFP_KERNEL, 0);
	zone[1] = page_zone(sys, page);
	__free_pages(sys, page, 0);
	assert_int_equal(page_to_nid(page), 1);
	hit = zone_stat(sys, zone[1], "numa_hit");
	other = zone_stat(sys, zone[1], "numa_other");
	local = zone_stat(sys, zone[1], "numa_local");
	assert_int_equal(hit, 1);
	assert_int_equal(other, 1); /* CPU 0 is of node 0 */
	assert_int_equal(local, 0);
	while ((page = alloc_pages_node(sys, 0, GFP_KERNEL, 6)) && page_to_nid(page) == 0) {
		page->private = (u64)(uintptr_t)head;
		head = page;
		n++;
	}
	assert_non_null(page);
	assert_true(n > 1000);
	assert_int_equal(zone_stat(sys, zone[1], "numa_miss"), 1);
	assert_int_equal(zone_stat(sys, zone[0], "numa_foreign"), 1);
	assert_int_equal(zone_stat(sys, zone[1], "numa_hit"), hit);
	assert_int_equal(zone_stat(sys, zone[1], "numa_other"), other + 1);
	__free_pages(sys, page, 6);
	while (head) {
		struct page *next = (struct page *)(uintptr_t)head->private;

		__free_pages(sys, head, 6);
		head = next;
	}
	sim_free(sys);
}

/* ---- what is held ------------------------------------------------------------------------ */

static void slabs_and_tables_are_their_nodes(void **state)
{
	struct mem_system *sys = sim_new("512M nodes=2");
	u64 slab = node_stat(sys, 0, "nr_slab_unreclaimable"), tables;
	struct kmem_cache *cache =
		kmem_cache_create(sys, "reclaimable", 64, 0, SLAB_RECLAIM_ACCOUNT, NULL);
	struct vm_totals totals;
	void *large, *object;

	(void)state;
	slab = node_stat(sys, 0, "nr_slab_unreclaimable");
	large = kmalloc(sys, 40000, GFP_KERNEL);
	assert_int_equal(node_stat(sys, 0, "nr_slab_unreclaimable"), slab + 16);
	kfree(sys, large);
	object = kmem_cache_alloc_node(sys, cache, GFP_KERNEL, 1);
	assert_int_equal(node_stat(sys, 1, "nr_slab_reclaimable"), 1);
	assert_int_equal(node_stat(sys, 0, "nr_slab_reclaimable"), 0);
	vm_totals(sys, &totals);
	assert_int_equal(totals.slab_reclaimable, 1);
	assert_int_equal(totals.slab_unreclaimable,
			 slab + node_stat(sys, 1, "nr_slab_unreclaimable"));
	kmem_cache_free(sys, cache, object);
	tables =
		node_stat(sys, 0, "nr_page_table_pages") + node_stat(sys, 1, "nr_page_table_pages");
	assert_int_equal(tables, sys->pt.nr_tables);
	sim_free(sys);
}

/* Expect: every byte of RAM that the direct map shows, once. */
static void the_direct_map_is_all_ram(void **state)
{
	struct mem_system *sys = sim_new("6G");
	u64 bytes[3];

	(void)state;
	vm_direct_map(sys, bytes);
	assert_true(bytes[2] >= 4 * GiB);
	assert_int_equal(bytes[0] + bytes[1] + bytes[2], 6 * GiB - PAGE_SIZE - 384 * KiB);
	sim_free(sys);
}

/* ---- kpageflags -------------------------------------------------------------------------- */

/* Expect: what is said of a run of pages is said of each, and free pages are what zones count. */
static void flags_of_runs_are_those_of_pages(void **state)
{
	struct mem_system *sys = sim_new("300M pmem=16M");
	void *object = kmalloc(sys, 100, GFP_KERNEL), *area = vmalloc(sys, 5 * PAGE_SIZE);
	struct page *huge = alloc_pages(sys, GFP_KERNEL | __GFP_COMP, 4);
	u64 nr, free = 0, slab = 0, heads = 0, tails = 0, tables = 0, one;

	(void)state;
	for (u64 pfn = 0; pfn < kpageflags_end(sys); pfn += nr) {
		u64 flags = kpageflags(sys, pfn, &nr);

		assert_true(nr > 0);
		for (u64 i = 0; i < min(nr, 600ULL); i++)
			assert_int_equal(kpageflags(sys, pfn + i, &one), flags);
		free += flags >> KPF_BUDDY & 1 ? nr : 0;
		slab += flags >> KPF_SLAB & 1 ? nr : 0;
		heads += flags >> KPF_COMPOUND_HEAD & 1 ? nr : 0;
		tails += flags >> KPF_COMPOUND_TAIL & 1 ? nr : 0;
		tables += flags >> KPF_PGTABLE & 1 ? nr : 0;
	}
	for (u32 type = 0; type < MAX_NR_ZONES; type++)
		free -= sys->page.node_data[0]->node_zones[type].nr_free_pages;
	assert_int_equal(free, 0);
	assert_true(slab >= 1 && heads >= 1 && tails >= 15 && tables >= 1);
	assert_int_equal(kpageflags(sys, page_to_pfn(sys, huge), &one), 1ULL << KPF_COMPOUND_HEAD);
	assert_int_equal(kpageflags(sys, page_to_pfn(sys, huge) + 3, &one),
			 1ULL << KPF_COMPOUND_TAIL);
	assert_int_equal(kpageflags(sys, 0xa0, &one), 1ULL << KPF_RESERVED);
	assert_int_equal(kpageflags(sys, sys->given.devices[0].start_pfn, &one),
			 1ULL << KPF_NOPAGE);
	__free_pages(sys, huge, 4);
	vfree(sys, area);
	kfree(sys, object);
	sim_free(sys);
}

/* ---- ZONE_DEVICE ------------------------------------------------------------------------- */

/* Expect: device memory has a zone and struct pages, and however much is asked for, none of it. */
static void device_memory_is_never_handed_out(void **state)
{
	struct mem_system *sys = sim_new("64M nodes=2 pmem=64M");
	const struct device_range *d = &sys->given.devices[0];
	const struct zone *zone = &sys->page.node_data[1]->node_zones[ZONE_DEVICE];
	struct page *page, *head = NULL;

	(void)state;
	assert_int_equal(zone->present_pages, 0); /* as Linux counts */
	assert_int_equal(zone->spanned_pages, 64 * MiB / PAGE_SIZE);
	assert_int_equal(zone->zone_start_pfn, d->start_pfn);
	assert_int_equal(zone->managed_pages, 0);
	assert_ptr_equal(zone_of_pfn(sys, d->start_pfn + 5), zone);
	assert_int_equal(page_use_of(sys, d->start_pfn), PAGE_DEVICE);
	assert_false(page_alive(sys, d->start_pfn));
	assert_int_equal(pageblock_revive(sys, d->start_pfn + 7), 0);
	page = pfn_to_page(sys, d->start_pfn + 7);
	assert_ptr_equal(page_zone(sys, page), zone);
	assert_true(page_test(page, PG_reserved));
	assert_int_equal(page->_refcount, 1);
	__free_pages(sys, page, 0); /* a caller's mistake */
	assert_int_equal(sys->page.errors.bad_frees, 1);
	while ((page = alloc_page(sys, GFP_HIGHUSER_MOVABLE))) {
		assert_true(page_to_pfn(sys, page) < d->start_pfn);
		page->private = (u64)(uintptr_t)head;
		head = page;
	}
	while (head) {
		page = (struct page *)(uintptr_t)head->private;
		__free_page(sys, head);
		head = page;
	}
	assert_sound(sys);
	sim_free(sys);
}

static void device_ranges_are_cut_to_pageblocks(void **state)
{
	static struct e820_table t;
	struct numa_info numa;
	struct device_range r[2];

	(void)state;
	numa_init(&numa);
	numa_node_of_pxm(&numa, 3);
	numa_node_of_pxm(&numa, 5);
	numa_add_range(&numa, 1, 8 * GiB, 9 * GiB, false, true);
	t.nr = 0;
	e820_add(&t, MiB, GiB, E820_USABLE);
	e820_add(&t, 4 * GiB + MiB, 5 * GiB + MiB, E820_SOFT_RESERVED);
	e820_add(&t, 8 * GiB, 9 * GiB, E820_PERSISTENT);
	e820_add(&t, 10 * GiB + MiB, 10 * GiB + 2 * MiB, E820_PERSISTENT); /* no whole one */
	e820_add(&t, 11 * GiB, 12 * GiB, E820_PERSISTENT);
	assert_int_equal(e820_sanitize(&t), 0);
	assert_int_equal(device_ranges(&t, &numa, r, 2), 3);
	assert_int_equal(r[0].start_pfn, (4 * GiB + 2 * MiB) >> PAGE_SHIFT);
	assert_int_equal(r[0].end_pfn, 5 * GiB >> PAGE_SHIFT);
	assert_int_equal(r[0].nid, 0);
	assert_int_equal(r[1].nid, 1);
	assert_int_equal(r[1].type, E820_PERSISTENT);
	assert_int_equal(device_ranges(&t, NULL, r, 2), 3);
	assert_int_equal(r[1].nid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_counted),
		cmocka_unit_test(nodes_are_hit_and_missed),
		cmocka_unit_test(slabs_and_tables_are_their_nodes),
		cmocka_unit_test(the_direct_map_is_all_ram),
		cmocka_unit_test(flags_of_runs_are_those_of_pages),
		cmocka_unit_test(device_memory_is_never_handed_out),
		cmocka_unit_test(device_ranges_are_cut_to_pageblocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
