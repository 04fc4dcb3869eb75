/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Purges all lazy areas together. Their leaves are retired already: no CPU can load a translation
 * from them. Then tables that map nothing else are retired too; one flush removes pages and tables
 * from all TLBs; and after that page frames and tables are freed. All under the lock, so that no
 * address is used again before.
 */
#include "mm/page/page_alloc.h"
#include "mm/slab/slab.h"
#include "vm_inner.h"

struct frames {
	struct mem_system *sys;
	u64 nr_freed;
};

/* Frees a block, mapped by one entry or by one for each page. pa is its head. */
static u32 free_block(void *ctx, phys_addr_t pa, unsigned level)
{
	struct frames *f = ctx;
	struct page *page = pfn_to_page(f->sys, phys_to_pfn(pa));
	unsigned order = page->order;

	f->nr_freed += 1ULL << order;
	page_unset(page, PG_vmalloc);
	__free_pages(f->sys, page, order);
	return level ? 1 : 1u << order;
}

/* Retires the tables of a lazy area that its neighbours do not use. It is not in the tree. */
static void retire_tables(struct mem_system *sys, const struct vm_struct *lazy)
{
	u64 start = sys->given.layout.vmalloc_start, end = sys->given.layout.vmalloc_end;
	const struct vm_struct *area = vm_area_of(sys->vmalloc.areas.root);

	while (area) {
		bool below = area->addr < lazy->addr;

		if (below)
			start = vm_area_end(area);
		else
			end = area->addr;
		area = vm_area_of(area->node.child[below ? TREE_RIGHT : TREE_LEFT]);
	}
	pt_retire_tables(&sys->pt, lazy->addr, lazy->size, start, end);
}

u64 vm_purge_locked(struct mem_system *sys)
{
	struct vmalloc_system *v = &sys->vmalloc;
	struct frames f = {.sys = sys};
	u64 first = ~0ULL, end = 0, tables = sys->pt.nr_tables;
	struct vm_struct *area, *next;

	if (list_empty(&v->lazy))
		return 0;
	/* take all out of the tree, then retire their tables */
	list_for_each_entry(area, &v->lazy, purge)
		tree_erase(&v->areas, &area->node, vm_area_update);
	list_for_each_entry(area, &v->lazy, purge) {
		first = min(first, area->addr);
		end = max(end, vm_area_end(area));
		retire_tables(sys, area);
	}
	if (sys->pt.changed)
		sys->pt.changed(&sys->pt, first, end - first, true);
	/* after the flush nothing can use the frames */
	list_for_each_entry_safe(area, next, &v->lazy, purge) {
		pt_reap(&sys->pt, area->addr, area->size, free_block, &f);
		kmem_cache_free(sys, v->cache, area);
	}
	list_init(&v->lazy);
	v->last_table = VM_NO_TABLE; /* it may be freed */
	v->lazy_pages = 0;
	v->nr_purges++;
	return f.nr_freed + (tables - sys->pt.nr_tables);
}

u64 vm_purge(struct mem_system *sys)
{
	u64 freed;

	spin_lock(&sys->vmalloc.lock);
	freed = vm_purge_locked(sys);
	spin_unlock(&sys->vmalloc.lock);
	return freed;
}

/* ---- when memory is short ---------------------------------------------------------------- */

static u64 count_lazy(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker;
	return sc->sys->vmalloc.lazy_pages;
}

/* Purges everything. Only with trylock: this CPU may hold the lock, while it allocates a table. */
static u64 purge_lazy(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct vmalloc_system *v = &sc->sys->vmalloc;
	u64 freed;

	(void)shrinker;
	if (!spin_trylock(&v->lock))
		return SHRINK_STOP;
	freed = vm_purge_locked(sc->sys);
	spin_unlock(&v->lock);
	sc->nr_scanned = max(freed, sc->nr_to_scan);
	return freed ? freed : SHRINK_STOP;
}

void vm_init_shrinker(struct mem_system *sys)
{
	sys->vmalloc.shrinker = (struct shrinker){.name = "vmalloc-lazy",
						  .count_objects = count_lazy,
						  .scan_objects = purge_lazy,
						  .seeks = 1};
	register_shrinker(sys, &sys->vmalloc.shrinker);
}
