/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* kmalloc: size classes for small requests, compound pages for large ones. */
#include "lib.h"
#include "mm/page_alloc.h"
#include "mm/system.h"
#include "slab_inner.h"

static const u16 classes[NR_KMALLOC_CACHES] = {8,   16,	 32,   64,   96,   128, 192,
					       256, 512, 1024, 2048, 4096, 8192};

int kmalloc_init(struct mem_system *sys)
{
	for (u32 i = 0; i < NR_KMALLOC_CACHES; i++) {
		char name[SLAB_NAME_LEN];

		if (classes[i] < 1024)
			fmt_print(name, sizeof(name), "kmalloc-%u", classes[i]);
		else
			fmt_print(name, sizeof(name), "kmalloc-%uk", classes[i] / 1024);
		/* Powers of two are aligned to themselves, as Linux promises. */
		sys->slab.kmalloc[i] = kmem_cache_create(
			sys, name, classes[i], is_pow2(classes[i]) ? min(classes[i], (u16)4096) : 0,
			0, NULL);
		if (!sys->slab.kmalloc[i])
			return -ENOMEM;
	}
	return 0;
}

/* By 8 bytes up to 192, where 96 and 192 are among the powers of two; by powers of two behind. */
static struct kmem_cache *class_of(const struct mem_system *sys, size_t size)
{
	static const u8 small[] = {0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4,
				   5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6};
	u64 last = size - 1;

	return sys->slab.kmalloc[last < 192 ? small[last / 8] : highest_bit(last)];
}

static unsigned order_of(size_t size)
{
	u64 pages = DIV_ROUND_UP(size, PAGE_SIZE);

	return pages <= 1 ? 0 : highest_bit(pages - 1) + 1;
}

/* Whole pages. Their head says whose they are, so that kfree() takes back nobody else's. */
static void *alloc_large(struct mem_system *sys, size_t size, gfp_t gfp)
{
	struct page *page;
	unsigned order;

	if (size > KMALLOC_MAX_SIZE)
		return NULL;
	order = order_of(size);
	page = alloc_pages(sys, gfp | __GFP_COMP, order);
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

void *kmalloc(struct mem_system *sys, size_t size, gfp_t gfp)
{
	if (!size)
		return ZERO_SIZE_PTR;
	if (size > KMALLOC_MAX_CACHE_SIZE || gfp & (__GFP_DMA | __GFP_DMA32))
		return alloc_large(sys, size, gfp);
	return kmem_cache_alloc(sys, class_of(sys, size), gfp);
}

void *kzalloc(struct mem_system *sys, size_t size, gfp_t gfp)
{
	return kmalloc(sys, size, gfp | __GFP_ZERO);
}

static bool is_nothing(const void *p)
{
	return !p || p == ZERO_SIZE_PTR;
}

void kfree(struct mem_system *sys, void *p)
{
	struct page *page;

	if (is_nothing(p))
		return;
	page = slab_page_of(sys, p);
	if (page && page_test(page, PG_slab))
		kmem_cache_free(sys, page->slab_cache, p);
	else if (page && is_large(sys, page, p))
		free_large(sys, page);
	else
		slab_count_bad_free(sys);
}

size_t ksize(struct mem_system *sys, const void *p)
{
	const struct page *page = is_nothing(p) ? NULL : slab_page_of(sys, p);

	if (!page)
		return 0;
	if (page_test(page, PG_slab))
		return slab_is_object(sys, page, p) ? page->slab_cache->object_size : 0;
	return is_large(sys, page, p) ? PAGE_SIZE << compound_order(page) : 0;
}

void *krealloc(struct mem_system *sys, void *p, size_t size, gfp_t gfp)
{
	size_t have = ksize(sys, p);
	void *grown;

	if (!size) {
		kfree(sys, p);
		return ZERO_SIZE_PTR;
	}
	if (!is_nothing(p) && !have) {
		slab_count_bad_free(sys);
		return NULL;
	}
	if (size <= have)
		return p;
	grown = kmalloc(sys, size, gfp);
	if (!grown)
		return NULL;
	if (have)
		memcpy(grown, p, have);
	kfree(sys, p);
	return grown;
}
