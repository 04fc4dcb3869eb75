/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* kmalloc: size classes for small requests, compound pages for large ones. */
#include "mm/slab/kmalloc.h"

#include "lib.h"
#include "mm/page/page_alloc.h"
#include "slab_fast.h"

/* Requests with these are not what the fast path is for. */
#define GFP_UNUSUAL (__GFP_ZERO | __GFP_DMA | __GFP_DMA32 | __GFP_RECLAIMABLE)

static const u16 sizes[NR_KMALLOC_SIZES] = {8,	 16,  32,   64,	  96,	128, 192,
					    256, 512, 1024, 2048, 4096, 8192};

/* ---- classes ----------------------------------------------------------------------------- */

static struct kmem_cache *new_class(struct mem_system *sys, enum kmalloc_type type, u32 size)
{
	static const char *const prefix[] = {"kmalloc-", "kmalloc-rcl-", "dma-kmalloc-"};
	static const u32 flags[] = {0, SLAB_RECLAIM_ACCOUNT, SLAB_CACHE_DMA};
	char name[SLAB_NAME_LEN];
	bool kilo = size >= 1024;

	fmt_print(name, sizeof(name), "%s%u%s", prefix[type], kilo ? size / 1024 : size,
		  kilo ? "k" : "");
	/* Powers of two are aligned to themselves, as Linux promises. */
	return slab_cache_new(sys, name, size, is_pow2(size) ? min(size, (u32)PAGE_SIZE) : 0,
			      flags[type], NULL);
}

int kmalloc_init(struct mem_system *sys)
{
	for (u32 type = 0; type < NR_KMALLOC_TYPES; type++) {
		for (u32 i = 0; i < NR_KMALLOC_SIZES; i++) {
			struct kmem_cache *cache = new_class(sys, type, sizes[i]);

			if (!cache)
				return -ENOMEM;
			cache->permanent = true;
			sys->slab.kmalloc[type][i] = cache;
		}
	}
	return 0;
}

/* By 8 bytes up to 192, where 96 and 192 are among the powers of two; by powers of two behind. */
static always_inline u64 class_of(size_t size)
{
	static const u8 small[] = {0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4,
				   5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6};
	u64 last = size - 1;

	return last < 192 ? small[last / 8] : highest_bit(last);
}

static enum kmalloc_type type_of(gfp_t gfp)
{
	if (gfp & __GFP_DMA)
		return KMALLOC_DMA;
	return gfp & __GFP_RECLAIMABLE ? KMALLOC_RECLAIM : KMALLOC_NORMAL;
}

/* ---- whole pages ------------------------------------------------------------------------- */

static unsigned order_of(size_t size)
{
	u64 pages = DIV_ROUND_UP(size, PAGE_SIZE);

	return pages <= 1 ? 0 : highest_bit(pages - 1) + 1;
}

/* Their head says whose they are, so that kfree() takes back nobody else's. */
static void *alloc_large(struct mem_system *sys, size_t size, gfp_t gfp, int nid)
{
	struct page *page;
	unsigned order;

	if (size > KMALLOC_MAX_SIZE)
		return NULL;
	order = order_of(size);
	page = alloc_pages_node(sys, nid, gfp | __GFP_COMP, order);
	if (!page)
		return NULL;
	page->mapping = &sys->slab;
	__atomic_add_fetch(&sys->slab.large_pages[page_to_nid(page)], 1ULL << order,
			   __ATOMIC_RELAXED);
	return page_address(sys, page);
}

static void free_large(struct mem_system *sys, struct page *page)
{
	unsigned order = compound_order(page);

	page->mapping = NULL;
	__atomic_sub_fetch(&sys->slab.large_pages[page_to_nid(page)], 1ULL << order,
			   __ATOMIC_RELAXED);
	__free_pages(sys, page, order);
}

static bool is_large(const struct mem_system *sys, const struct page *page, const void *p)
{
	return !page_test(page, PG_slab) && page->mapping == &sys->slab && page->_refcount == 1 &&
	       page_address(sys, page) == p;
}

/* ---- taking ------------------------------------------------------------------------------ */

static __noinline void *alloc_slow(struct mem_system *sys, size_t size, gfp_t gfp, int nid,
				   const void *caller)
{
	if (!size)
		return ZERO_SIZE_PTR;
	if (size > KMALLOC_MAX_CACHE_SIZE || gfp & __GFP_DMA32)
		return alloc_large(sys, size, gfp, nid);
	return slab_alloc_slow(sys, sys->slab.kmalloc[type_of(gfp)][class_of(size)], gfp, nid, size,
			       caller);
}

static always_inline bool take_fast(struct mem_system *sys, size_t size, gfp_t gfp, u64 *ret)
{
	return size - 1 < KMALLOC_MAX_CACHE_SIZE && !(gfp & GFP_UNUSUAL) &&
	       slab_take_fast(sys->slab.kmalloc[KMALLOC_NORMAL][class_of(size)], arch_this_cpu(),
			      ret);
}

void *kmalloc(struct mem_system *sys, size_t size, gfp_t gfp)
{
	u64 object;

	if (likely(take_fast(sys, size, gfp, &object)))
		return (void *)(uintptr_t)object;
	return alloc_slow(sys, size, gfp, NUMA_NO_NODE, __builtin_return_address(0));
}

void *kmalloc_node(struct mem_system *sys, size_t size, gfp_t gfp, int nid)
{
	ASSERT(nid == NUMA_NO_NODE || (nid >= 0 && (u32)nid < sys->slab.nr_nodes), "node %d", nid);
	return alloc_slow(sys, size, gfp, nid, __builtin_return_address(0));
}

void *kzalloc(struct mem_system *sys, size_t size, gfp_t gfp)
{
	return alloc_slow(sys, size, gfp | __GFP_ZERO, NUMA_NO_NODE, __builtin_return_address(0));
}

static void *alloc_array(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp,
			 const void *caller)
{
	size_t bytes;

	if (__builtin_mul_overflow(nr, size, &bytes)) {
		slab_error_name_of(sys, SLAB_BAD_SIZE, "kmalloc_array", 0, caller);
		return NULL;
	}
	return alloc_slow(sys, bytes, gfp, NUMA_NO_NODE, caller);
}

void *kmalloc_array(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp)
{
	return alloc_array(sys, nr, size, gfp, __builtin_return_address(0));
}

void *kcalloc(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp)
{
	return alloc_array(sys, nr, size, gfp | __GFP_ZERO, __builtin_return_address(0));
}

/* ---- giving ------------------------------------------------------------------------------ */

static bool is_nothing(const void *p)
{
	return !p || p == ZERO_SIZE_PTR;
}

static __noinline void free_slow(struct mem_system *sys, void *p, const void *caller)
{
	struct page *page;

	if (is_nothing(p))
		return;
	page = slab_page_of(sys, p);
	if (page && page_test(page, PG_slab))
		slab_free_slow(sys, slab_cache(page), (u64)(uintptr_t)p, caller);
	else if (page && is_large(sys, page, p))
		free_large(sys, page);
	else
		slab_error(sys, SLAB_FREE_NO_OBJECT, NULL, (u64)(uintptr_t)p, caller);
}

void kfree(struct mem_system *sys, void *p)
{
	u32 cpu = arch_this_cpu();
	const struct page_cpu *live = sys->page.cpu[cpu];
	u64 object = (u64)(uintptr_t)p, at = object - live->live_start;
	struct kmem_cache_cpu *c;
	struct kmem_cache *cache;
	struct page *slab;

	if (unlikely(at >= live->live_bytes))
		return free_slow(sys, p, __builtin_return_address(0));
	slab = compound_head(live->live_pages + (at >> PAGE_SHIFT));
	if (unlikely(!page_test(slab, PG_slab)))
		return free_slow(sys, p, __builtin_return_address(0));
	cache = slab_cache(slab);
	c = cache->cpu[cpu];
	if (c->hand_for == object)
		slab_give_hand(sys, cache, c, object);
	else
		slab_give_fast(sys, cache, c, slab, object, at & cache->slab_mask);
}

/* ---- sizes ------------------------------------------------------------------------------- */

size_t ksize(struct mem_system *sys, const void *p)
{
	const struct page *page = is_nothing(p) ? NULL : slab_page_of(sys, p);
	u64 object = (u64)(uintptr_t)p, index;
	const struct kmem_cache *cache;

	if (!page)
		return 0;
	if (!page_test(page, PG_slab))
		return is_large(sys, page, p) ? PAGE_SIZE << compound_order(page) : 0;
	cache = slab_cache(page);
	if (!slab_of(sys, cache, object, &index) ||
	    slab_use_of(cache, page, index, object) != SLAB_LIVE)
		return 0;
	slab_allow(cache, object); /* an alias may have made it larger since */
	return slab_debug_size(cache, object);
}

void *krealloc(struct mem_system *sys, void *p, size_t size, gfp_t gfp)
{
	const void *caller = __builtin_return_address(0);
	size_t have = ksize(sys, p);
	void *grown;

	if (!size) {
		kfree(sys, p);
		return ZERO_SIZE_PTR;
	}
	if (!is_nothing(p) && !have) {
		slab_error(sys, SLAB_BAD_SIZE, NULL, (u64)(uintptr_t)p, caller);
		return NULL;
	}
	if (size <= have)
		return p;
	grown = alloc_slow(sys, size, gfp, NUMA_NO_NODE, caller);
	if (!grown)
		return NULL;
	if (have)
		memcpy(grown, p, have);
	free_slow(sys, p, caller);
	return grown;
}
