/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* vmalloc: pages from anywhere, made contiguous by an area. */
#include "mm/vmalloc/vmalloc.h"

#include "mm/page/page_alloc.h"
#include "mm/slab/slab.h"
#include "vm_inner.h"

#define CHUNK	   64	      /* single pages at once */
#define LAZY_BYTES (32 * MiB) /* times the bits of the number of CPUs: Linux's limit */
#define LAZY_SHARE 32	      /* never more than this part of memory */

/* The table that all short ways begin at. */
static int make_upper(struct mem_system *sys)
{
	u64 *entry;
	int err = pt_need_entry(&sys->pt, sys->given.layout.vmalloc_start, 2, &entry);

	if (err)
		return err;
	sys->vmalloc.upper = entry - PT_INDEX(sys->given.layout.vmalloc_start, 2);
	sys->vmalloc.upper_va = sys->given.layout.vmalloc_start >> PT_SHIFT(3);
	return 0;
}

int vmalloc_init(struct mem_system *sys)
{
	struct vmalloc_system *v = &sys->vmalloc;
	u64 linux_max = LAZY_BYTES / PAGE_SIZE * (highest_bit(max(sys->given.nr_cpus, 1u)) + 1);

	memset(v, 0, sizeof(*v));
	v->last_table = VM_NO_TABLE;
	list_init(&v->lazy);
	spin_lock_init(&v->lock, "vmalloc", LOCK_VMALLOC, sys->given.page_options.watch);
	v->lazy_max = min(linux_max, sys->page.totalram_pages / LAZY_SHARE);
	v->kernel_bits = pt_leaf_bits(&sys->pt, VM_KERNEL_FLAGS, 0);
	vm_init_types(sys);
	v->cache = kmem_cache_create(sys, "vmap_area", sizeof(struct vm_struct), 0, 0, NULL);
	if (!v->cache)
		return -ENOMEM;
	vm_init_shrinker(sys);
	return make_upper(sys);
}

struct request {
	struct mem_system *sys;
	u64 size, align;
	struct vm_struct *area;
	gfp_t gfp;
	int nid;
	u32 flags;
	bool huge;	    /* entries of 2 MiB where they fit */
	unsigned max_order; /* there are no larger blocks */
	const void *caller;
};

/* ---- blocks ------------------------------------------------------------------------------ */

static struct page *ask(const struct request *r, gfp_t gfp, unsigned order)
{
	if (likely(r->nid == NUMA_NO_NODE)) /* from this CPU's lists */
		return alloc_pages(r->sys, gfp, order);
	return alloc_pages_node(r->sys, r->nid, gfp, order);
}

/*
 * The head of a block bears the mark. Blocks are taken whole and given back whole, which costs
 * little more than for a single page, and small ones only from the node that is meant: other nodes
 * give pages when it has none. NULL: there is none, even after a purge if it is a page.
 */
static struct page *get_block(const struct request *r, unsigned order, bool huge)
{
	gfp_t only_easy = __GFP_NOWARN | __GFP_NORETRY | (huge ? 0 : __GFP_THISNODE);
	gfp_t gfp = order ? r->gfp | only_easy : r->gfp;
	struct page *page = ask(r, gfp, order);

	if (unlikely(!page) && !order && vm_purge(r->sys))
		page = ask(r, gfp, order);
	if (likely(page))
		page_set(page, PG_vmalloc);
	return page;
}

/* 2^order pages from va on, with one entry if it is huge. 0 or -ENOMEM. */
static int fill_block(const struct request *r, u64 va, unsigned order, bool huge)
{
	struct mem_system *sys = r->sys;
	struct page *page = get_block(r, order, huge);
	phys_addr_t pa;
	int err;

	if (!page)
		return -ENOMEM;
	pa = pfn_to_phys(page_to_pfn(sys, page));
	if (unlikely(huge))
		err = vm_map_range(sys, r->area, va, pa, PAGE_SIZE << order, VM_KERNEL_FLAGS,
				   VM_HUGE_LEVEL);
	else
		err = vm_map_block(sys, r->area, va, pa, 1u << order, sys->vmalloc.kernel_bits);
	if (err)
		__free_pages(sys, page, order);
	return err;
}

/* Memory is in pieces: many single pages. */
static int fill_chunk(const struct request *r, u64 va, u32 nr)
{
	struct page *pages[CHUNK];
	u32 got = 0, mapped;

	while (got < nr && (pages[got] = get_block(r, 0, false)))
		got++;
	if (!got)
		return -ENOMEM;
	mapped = vm_map_pages(r->sys, r->area, va, pages, got, r->sys->vmalloc.kernel_bits);
	for (u32 i = mapped; i < got; i++)
		__free_page(r->sys, pages[i]);
	return mapped == nr ? 0 : -ENOMEM;
}

/* ---- filling an area --------------------------------------------------------------------- */

/* As much as can be had at once, from va on: *ret_bytes, at most `left`. 0 or -ENOMEM. */
static int fill_piece(struct request *r, u64 va, u64 left, u64 *ret_bytes)
{
	/* A block lies in one table: so that it is found whole when that is reaped. */
	u64 room = min(left >> PAGE_SHIFT, (u64)pt_entries_left(va, 0));
	unsigned order;

	*ret_bytes = PT_SIZE(VM_HUGE_LEVEL);
	if (r->huge && is_aligned(va, *ret_bytes) && left >= *ret_bytes) {
		if (!fill_block(r, va, PAGEBLOCK_ORDER, true))
			return 0;
		r->huge = false;
	}
	while ((order = min(highest_bit(room), r->max_order))) {
		*ret_bytes = PAGE_SIZE << order;
		if (!fill_block(r, va, order, false))
			return 0;
		r->max_order = order - 1;
	}
	*ret_bytes = min(left, CHUNK * PAGE_SIZE);
	if (*ret_bytes > PAGE_SIZE && room > 1)
		return fill_chunk(r, va, (u32)(*ret_bytes >> PAGE_SHIFT));
	*ret_bytes = PAGE_SIZE;
	return fill_block(r, va, 0, false);
}

static int fill_area(struct request *r)
{
	u64 va = r->area->addr, end = va + ((u64)r->area->nr_pages << PAGE_SHIFT), bytes;

	for (; va < end; va += bytes) {
		int err = fill_piece(r, va, end - va, &bytes);

		if (err)
			return err;
	}
	return 0;
}

/* ---- the calls --------------------------------------------------------------------------- */

static void *allocate(struct request *r)
{
	struct mem_system *sys = r->sys;
	u64 nr = vm_pages_of(sys, r->size, sys->page.totalram_pages, r->caller);

	if (!nr)
		return NULL;
	r->area = vm_area_new(sys, nr, r->align, VM_ALLOC | r->flags, r->caller);
	if (!r->area)
		return NULL;
	if (nr == 1 && r->area->entry) {
		struct page *page = get_block(r, 0, false);

		if (unlikely(!page))
			return vm_area_drop(sys, r->area);
		pt_set(r->area->entry,
		       pfn_to_phys(page_to_pfn(sys, page)) | sys->vmalloc.kernel_bits);
		r->area->nr_entries = 1;
		return vm_area_ready(sys, r->area);
	}
	if (fill_area(r))
		return vm_area_drop(sys, r->area);
	return vm_area_ready(sys, r->area);
}

#define CALLER __builtin_return_address(0)

static struct request request_for(struct mem_system *sys, u64 size, const void *caller)
{
	return (struct request){.sys = sys,
				.size = size,
				.align = PAGE_SIZE,
				.gfp = GFP_KERNEL,
				.nid = NUMA_NO_NODE,
				.max_order = PAGEBLOCK_ORDER,
				.caller = caller};
}

void *vmalloc(struct mem_system *sys, u64 size)
{
	struct request r = request_for(sys, size, CALLER);

	return allocate(&r);
}

void *vzalloc(struct mem_system *sys, u64 size)
{
	struct request r = request_for(sys, size, CALLER);

	r.gfp |= __GFP_ZERO;
	return allocate(&r);
}

void *vmalloc_user(struct mem_system *sys, u64 size)
{
	struct request r = request_for(sys, size, CALLER);

	r.gfp |= __GFP_ZERO;
	r.flags = VM_USERMAP;
	return allocate(&r);
}

void *vmalloc_node(struct mem_system *sys, u64 size, int nid)
{
	struct request r = request_for(sys, size, CALLER);

	r.nid = nid;
	return allocate(&r);
}

void *vmalloc_aligned(struct mem_system *sys, u64 size, u64 align)
{
	struct request r = request_for(sys, size, CALLER);

	if (!is_pow2(align) || align > VM_MAX_ALIGN) {
		vm_refuse(sys, VM_BAD_ALIGN, align, size, CALLER);
		return NULL;
	}
	r.align = max(align, (u64)PAGE_SIZE);
	return allocate(&r);
}

void *vmalloc_huge(struct mem_system *sys, u64 size)
{
	struct request r = request_for(sys, size, CALLER);

	r.huge = size >= PT_SIZE(VM_HUGE_LEVEL) && sys->pt.max_page_level >= VM_HUGE_LEVEL;
	if (r.huge)
		r.align = PT_SIZE(VM_HUGE_LEVEL);
	return allocate(&r);
}

void vfree(struct mem_system *sys, const void *addr)
{
	if (addr)
		vm_area_free_at(sys, vm_to_va(sys, addr), 0, VM_ALLOC, CALLER);
}
