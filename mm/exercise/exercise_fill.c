/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Fills single pages up to a limit and frees them in random order: then all large blocks must exist
 * again. */
#include "exercise_inner.h"

/*
 * Notes the free blocks of all zones. Merging divides a set of free pages into blocks in only one
 * way, so when the same pages are free again, the blocks must be the same.
 */
static struct blocks note_blocks(struct mem_system *sys)
{
	struct blocks b = {.hash = HASH64_SEED, .record_pages = page_debug_record_pages(sys)};

	/* What a shrinker would give when memory is short must not come in between. */
	vm_purge(sys);
	kmem_cache_shrink_all(sys);
	pcp_drain_all(sys, arch_this_cpu());
	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			u64 blocks[NR_PAGE_ORDERS];

			zone_free_blocks(&node->node_zones[type], blocks);
			b.hash = hash64(blocks, sizeof(blocks), b.hash);
			b.largest_pages += blocks[MAX_PAGE_ORDER] << MAX_PAGE_ORDER;
			b.memmap_pages += node->node_zones[type].nr_memmap_pages;
		}
	}
	return b;
}

/* Pages that became struct pages, maps or records meanwhile may each have split a largest block. */
static void compare_blocks(struct exercise *ex, const struct blocks *before)
{
	struct blocks after = note_blocks(ex->sys);
	u64 cut = DIV_ROUND_UP(after.memmap_pages - before->memmap_pages, GROUP_NR_PAGES) +
		  ((after.record_pages - before->record_pages) >> PAGE_RECORDS_ORDER);

	if (!cut && after.hash != before->hash)
		exercise_fail(ex,
			      "freed pages did not merge as before (pages in the largest blocks)",
			      after.largest_pages);
	if (after.largest_pages + (cut << MAX_PAGE_ORDER) < before->largest_pages)
		exercise_fail(ex, "the largest blocks are not whole again (pages in them)",
			      after.largest_pages);
}

static u64 mark(const struct exercise *ex, const struct page *page)
{
	return page_to_pfn(ex->sys, page) ^ ex->cfg->seed;
}

static u64 fill(struct exercise *ex, struct page **pages, u64 nr)
{
	u64 got = 0;

	while (got < nr && (pages[got] = alloc_page(ex->sys, GFP_KERNEL))) {
		u64 *words = page_address(ex->sys, pages[got]);

		words[0] = words[PAGE_SIZE / sizeof(u64) - 1] = mark(ex, pages[got]);
		got++;
	}
	return got;
}

static void drain(struct exercise *ex, struct page **pages, u64 nr)
{
	for (; nr; nr--) {
		u64 pick = prng_below(&ex->prng, nr);
		struct page *page = pages[pick];
		const u64 *words = page_address(ex->sys, page);

		if (words[0] != mark(ex, page) ||
		    words[PAGE_SIZE / sizeof(u64) - 1] != mark(ex, page))
			exercise_fail(ex, "a filled page changed (PFN)",
				      page_to_pfn(ex->sys, page));
		__free_page(ex->sys, page);
		pages[pick] = pages[nr - 1];
	}
}

void exercise_fill(struct exercise *ex)
{
	u64 got = fill(ex, ex->filled, ex->nr_fill);

	ex->res->filled_pages = got;
	ex->res->peak_pages = max(ex->res->peak_pages, got);
	drain(ex, ex->filled, got);
}

static void free_arrays(struct exercise_team *team)
{
	for (u32 i = 0; i < team->nr; i++)
		vfree(team->ex[i].sys, team->ex[i].filled);
}

bool exercise_fill_begin(struct exercise_team *team)
{
	for (u32 i = 0; i < team->nr; i++) {
		struct exercise *ex = &team->ex[i];

		ex->nr_fill = min(ex->cfg->fill_pages, ex->max_held >> PAGE_SHIFT);
		ex->filled = vmalloc(ex->sys, ex->nr_fill * sizeof(struct page *));
		if (ex->filled)
			continue;
		free_arrays(team);
		return false;
	}
	team->blocks = note_blocks(team->ex[0].sys);
	return true;
}

void exercise_fill_end(struct exercise_team *team)
{
	compare_blocks(&team->ex[0], &team->blocks);
	free_arrays(team);
}
