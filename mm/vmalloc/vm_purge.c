/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The end of lazy areas, many at once. Their leaves are retired already: no CPU gets a new
 * translation from them. Tables that map nothing else are retired too; then one flush makes all
 * CPUs forget pages and tables alike; only then are page frames and tables given back. All that
 * under the lock, so no address is taken anew before.
 */
#include "mm/page/page_alloc.h"
#include "mm/slab/slab.h"
#include "vm_inner.h"

struct frames {
	struct mem_system *sys;
	u64 nr_freed;
};

/* The head of a block, mapped whole: by one entry, or by as many as it has pages. */
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

/* The tables of a lazy area that has left the tree, as its neighbours allow. */
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
	list_for_each_entry(area, &v->lazy, purge)
		tree_erase(&v->areas, &area->node, vm_area_update);
	list_for_each_entry(area, &v->lazy, purge) {
		first = min(first, area->addr);
		end = max(end, vm_area_end(area));
		retire_tables(sys, area);
	}
	if (sys->pt.changed)
		sys->pt.changed(&sys->pt, first, end - first, true);
	list_for_each_entry_safe(area, next, &v->lazy, purge) {
		pt_reap(&sys->pt, area->addr, area->size, free_block, &f);
		kmem_cache_free(sys, v->cache, area);
	}
	list_init(&v->lazy);
	v->last_table = VM_NO_TABLE; /* it may be gone */
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

/* All of it at once. Who makes a table asks for a page with the lock held. */
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
