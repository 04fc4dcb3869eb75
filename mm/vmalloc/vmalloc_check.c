/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Do the areas, the page tables and the struct pages say the same? */
#include "mm/page/page_alloc.h"
#include "vm_inner.h"

struct check {
	const struct mem_system *sys;
	u64 *ret_va;
	u64 areas, pages, shown, lazy, lazy_pages; /* by the areas */
	u64 mapped, idle_table;			   /* by the tables */
	const char *wrong;
};

/* ---- areas ------------------------------------------------------------------------------- */

/* A page of ours is writable, not executable, and the head of its block knows what it is for. */
static const char *check_own_page(const struct check *c, const struct pt_entry *leaf)
{
	const struct page *page;
	unsigned order;
	u64 head;

	if (!frame_block_of(c->sys, phys_to_pfn(leaf->phys), &head, &order))
		return "a page of an area is nobody's";
	page = pfn_to_page(c->sys, head);
	if (!page_test(page, PG_vmalloc) || page->_refcount < 1)
		return "a page of an area does not know that it is one";
	if (!(leaf->rights & PTR_SW) || (c->sys->pt.nx && leaf->rights & PTR_SX))
		return "a page of an area has wrong rights";
	return NULL;
}

static const char *check_pages(const struct check *c, const struct vm_struct *area)
{
	u64 va = area->addr, guard = vm_area_end(area) - PAGE_SIZE;
	struct pt_path path;

	while (va < guard) {
		const struct pt_entry *leaf;
		const char *wrong = NULL;

		*c->ret_va = va;
		if (pt_lookup(&c->sys->pt, va, &path) != PT_MAPPED)
			return "a page of an area is not mapped";
		leaf = &path.entry[path.nr - 1];
		if (leaf->va != va || PT_SIZE(leaf->level) > guard - va)
			return "an area's mapping reaches beyond it";
		if (area->flags & VM_IOREMAP && leaf->phys - area->phys_addr != va - area->addr)
			return "device memory is not mapped in order";
		if (area->flags & VM_ALLOC)
			wrong = check_own_page(c, leaf);
		if (wrong)
			return wrong;
		va += PT_SIZE(leaf->level);
	}
	*c->ret_va = guard;
	return pt_lookup(&c->sys->pt, guard, &path) == PT_MAPPED ? "an area's guard page is mapped"
								 : NULL;
}

static const char *check_area(struct check *c, const struct vm_struct *area,
			      const struct vm_struct *prev)
{
	u64 at = prev ? vm_area_end(prev) : c->sys->given.layout.vmalloc_start;
	u64 end = c->sys->given.layout.vmalloc_end;

	*c->ret_va = area->addr;
	if (area->addr < at)
		return "areas overlap or are out of order";
	if (area->addr >= end || area->size > end - area->addr)
		return "an area lies beyond the region";
	if (area->flags & VM_LAZY) {
		c->lazy++;
		c->lazy_pages += area->size >> PAGE_SHIFT;
		return prev && prev->flags & VM_LAZY && at == area->addr
			       ? "freed neighbours are not one"
			       : NULL;
	}
	if (!is_pow2(area->flags & VM_KINDS))
		return "an area is not of one kind";
	if (!area->nr_pages || area->size != (area->nr_pages + 1ULL) << PAGE_SHIFT)
		return "an area's size is not that of its pages";
	c->areas++;
	c->shown += area->nr_pages;
	c->pages += area->flags & VM_ALLOC ? area->nr_pages : 0;
	return check_pages(c, area);
}

static const char *check_lazy_list(const struct check *c)
{
	const struct vmalloc_system *v = &c->sys->vmalloc;
	struct vm_struct *area;
	u64 nr = 0;

	list_for_each_entry(area, &v->lazy, purge) {
		*c->ret_va = area->addr;
		if (!(area->flags & VM_LAZY) || nr++ == c->lazy ||
		    area->purge.next->prev != &area->purge)
			return "the list of freed areas is broken";
	}
	*c->ret_va = c->sys->given.layout.vmalloc_start;
	return nr == c->lazy && v->lazy_pages == c->lazy_pages
		       ? NULL
		       : "the freed areas differ from their count";
}

static const char *check_areas(struct check *c)
{
	const struct vmalloc_system *v = &c->sys->vmalloc;
	const struct vm_struct *area, *prev = NULL;
	const char *wrong = tree_check(&v->areas, vm_area_update);

	*c->ret_va = c->sys->given.layout.vmalloc_start;
	for (area = vmalloc_next(c->sys, NULL); area && !wrong; area = vmalloc_next(c->sys, area)) {
		wrong = check_area(c, area, prev);
		prev = area;
	}
	if (wrong)
		return wrong;
	*c->ret_va = c->sys->given.layout.vmalloc_start;
	if (c->areas != v->nr_areas || c->pages != v->nr_pages)
		return "the areas differ from their count";
	return check_lazy_list(c);
}

/* ---- the region's tables ----------------------------------------------------------------- */

/* Does an area, whatever its state, have addresses in [va, va + size)? */
static bool is_needed(const struct check *c, u64 va, u64 size)
{
	const struct vm_struct *area = vm_area_of(c->sys->vmalloc.areas.root);

	while (area) {
		bool below = vm_area_end(area) <= va;

		if (!below && (area->addr < va || area->addr - va < size))
			return true;
		area = vm_area_of(area->node.child[below ? TREE_RIGHT : TREE_LEFT]);
	}
	return false;
}

static int check_entry(void *ctx, const struct pt_entry *e)
{
	struct check *c = ctx;
	const struct vm_struct *area;

	*c->ret_va = e->va;
	if (e->present && e->leaf) {
		c->mapped += PT_SIZE(e->level) >> PAGE_SHIFT;
	} else if (e->present) {
		if (e->level == 1 && !is_needed(c, e->va, PT_SIZE(1)))
			c->idle_table = e->va;
	} else if (e->val) {
		area = vmalloc_find(c->sys, e->va);
		if (!area || !(area->flags & VM_LAZY))
			c->wrong = "an entry is retired where nothing was freed";
	}
	return c->wrong ? PT_STOP : PT_DESCEND;
}

static const char *check_tables(struct check *c)
{
	const struct pt_layout *layout = &c->sys->given.layout;
	int err = pt_walk(&c->sys->pt, layout->vmalloc_start, layout->vmalloc_end - 1, check_entry,
			  c);

	if (err < 0)
		return "the tables of the region cannot be read";
	if (c->wrong)
		return c->wrong;
	*c->ret_va = layout->vmalloc_start;
	if (c->mapped != c->shown)
		return "the region maps pages that no area has";
	*c->ret_va = c->idle_table;
	return c->idle_table ? "a page table serves no area" : NULL;
}

const char *vmalloc_check(const struct mem_system *sys, u64 *ret_va)
{
	struct check c = {.sys = sys, .ret_va = ret_va};
	const char *wrong = check_areas(&c);

	return wrong ? wrong : check_tables(&c);
}
