/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The exercise's accounts, and the check of all invariants. */
#include "exercise_inner.h"

/* ---- no page is lost --------------------------------------------------------------------- */

struct account exercise_account(struct mem_system *sys)
{
	struct account a = {.tables = sys->pt.nr_tables, .records = page_debug_record_pages(sys)};

	vm_purge(sys);
	kmem_cache_shrink_all(sys);
	pcp_drain_all(sys, arch_this_cpu());
	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			a.free += node->node_zones[type].nr_free_pages;
			a.memmap += node->node_zones[type].nr_memmap_pages;
		}
	}
	a.wrong = sys->page.errors.bad_frees + slab_bad_frees(sys) + slab_bad_writes(sys) +
		  sys->vmalloc.errors.bad_frees;
	return a;
}

u64 exercise_account_pages(const struct account *a)
{
	return a->free + a->memmap + a->tables + a->records;
}

u32 exercise_nr_zones(const struct mem_system *sys)
{
	return sys->slab.nr_nodes * MAX_NR_ZONES;
}

static u64 zone_pages(const struct zone *zone)
{
	return zone->nr_free_pages + zone->nr_memmap_pages;
}

void exercise_note_zones(struct exercise *ex)
{
	for_each_node(ex->sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++)
			ex->team->zones[node->node_id * MAX_NR_ZONES + type] =
				zone_pages(&node->node_zones[type]);
	}
}

void exercise_check_zones(struct exercise *ex, const struct account *before)
{
	/* These come from any zone. */
	u64 elsewhere = ex->sys->pt.nr_tables - before->tables + page_debug_record_pages(ex->sys) -
			before->records;

	for_each_node(ex->sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			const struct zone *zone = &node->node_zones[type];
			u64 had = ex->team->zones[node->node_id * MAX_NR_ZONES + type];
			u64 taken = had - zone_pages(zone);

			/* also if the zone has more than before: taken wraps */
			if (taken > elsewhere)
				exercise_fail(ex, "a zone's pages did not come back (zone's PFN)",
					      zone->zone_start_pfn);
			elsewhere -= min(taken, elsewhere);
		}
	}
	if (elsewhere)
		exercise_fail(ex, "page tables came from no zone (tables)", elsewhere);
}

void exercise_balance(struct exercise *ex, const struct account *before)
{
	struct account after = exercise_account(ex->sys);

	ex->res->memmap_pages = after.memmap - before->memmap;
	ex->res->table_pages = after.tables - before->tables;
	if (exercise_account_pages(before) != exercise_account_pages(&after))
		exercise_fail(ex, "pages are missing (pages)",
			      exercise_account_pages(before) - exercise_account_pages(&after));
	if (before->wrong != after.wrong)
		exercise_fail(ex,
			      "an allocator refused a free or found free memory changed (times)",
			      after.wrong - before->wrong);
}

/* ---- invariants -------------------------------------------------------------------------- */

static void check_tables(struct exercise *ex)
{
	struct pt_stats stats;
	u64 tables = 0;

	if (pt_stats(&ex->sys->pt, &stats)) {
		exercise_fail(ex, "the page tables cannot be read (root)", ex->sys->pt.root);
		return;
	}
	for (u32 level = 0; level < PT_MAX_LEVELS; level++)
		tables += stats.tables[level];
	if (stats.bad_tables)
		exercise_fail(ex, "page tables point outside memory (entries)", stats.bad_tables);
	if (tables != ex->sys->pt.nr_tables)
		exercise_fail(ex, "the page tables differ from their count (tables)", tables);
}

void exercise_check_invariants(struct exercise *ex)
{
	const struct kmem_cache *cache = NULL;
	const char *wrong;
	u64 where = 0;

	wrong = page_alloc_check(ex->sys, &where);
	if (wrong)
		exercise_fail(ex, wrong, where);
	wrong = slab_check(ex->sys, &cache);
	if (wrong)
		exercise_fail(ex, wrong, (u64)(uintptr_t)cache);
	wrong = vmalloc_check(ex->sys, &where);
	if (wrong)
		exercise_fail(ex, wrong, where);
	check_tables(ex);
}
