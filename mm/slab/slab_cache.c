/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Caches: their geometry, the cache that they come from, their end. */
#include "lib.h"
#include "mm/page_alloc.h"
#include "mm/system.h"
#include "slab_inner.h"

#define MIN_OBJECTS    8 /* what Linux aims at with one CPU: 4 * (fls(1) + 1) */
#define MAX_SLAB_ORDER 3
#define MIN_PARTIAL    5u
#define SHEAF_BYTES    (16 * 1024)
#define MAX_PARTIAL    10u

/* ---- geometry -----------------------------------------------------------------------------------
 */

static u32 object_align(u32 size, u32 align, u32 flags)
{
	u32 cacheline = 64;

	align = max(align, (u32)sizeof(void *));
	if (flags & SLAB_HWCACHE_ALIGN) {
		while (size <= cacheline / 2)
			cacheline /= 2; /* several small objects may share a line */
		align = max(align, cacheline);
	}
	return align;
}

/* Smallest order that holds the least number of objects and wastes at most 1/fraction. */
static int order_with_waste(u32 size, u32 min_objects, u32 fraction)
{
	for (u32 order = 0; order <= MAX_SLAB_ORDER; order++) {
		u64 bytes = PAGE_SIZE << order;

		if (bytes >= (u64)min_objects * size && bytes % size <= bytes / fraction)
			return (int)order;
	}
	return -1;
}

/* As Linux: fewer objects are accepted before more waste is; then one object, in any order. */
static int slab_order(u32 size)
{
	u32 most = (u32)((PAGE_SIZE << MAX_SLAB_ORDER) / size);

	for (u32 objects = min((u32)MIN_OBJECTS, most); objects > 1; objects--) {
		for (u32 fraction = 16; fraction >= 4; fraction /= 2) {
			int order = order_with_waste(size, objects, fraction);

			if (order >= 0)
				return order;
		}
	}
	for (u32 order = 0; order <= MAX_PAGE_ORDER; order++) {
		if (PAGE_SIZE << order >= size)
			return (int)order;
	}
	return -1;
}

/* The free pointer lies in the middle of an object, away from what overruns hit, or behind it when
 * the object must keep its contents while it is free. What a constructor made is not poisoned. */
static void place_free_pointer(struct kmem_cache *c)
{
	u32 size = round_up(c->object_size, (u32)sizeof(void *));

	if (c->ctor)
		c->flags &= ~SLAB_POISON;

	if (c->ctor || c->flags & SLAB_POISON) {
		c->offset = size;
		c->size = size + (u32)sizeof(void *);
	} else {
		c->offset = round_down(size / 2, (u32)sizeof(void *));
		c->size = size;
	}
	c->size = round_up(c->size, c->align);
	c->mark = c->ctor || c->offset < sizeof(u64) ? c->offset : c->offset - (u32)sizeof(u64);
}

static u32 cache_bytes(const struct mem_system *sys)
{
	return (u32)(sizeof(struct kmem_cache) + sys->nr_cpus * sizeof(struct kmem_cache_cpu) +
		     sys->slab.nr_nodes * sizeof(struct kmem_cache_node));
}

/* A few KiB of objects at most; large ones are not worth it. */
static u32 sheaf_size(const struct kmem_cache *c)
{
	if (slab_is_checked(c))
		return 0;
	return min(SHEAF_BYTES / c->size, (u32)SHEAF_MAX);
}

/* All that points into the struct. No slab is there yet. */
static void init_lists(const struct mem_system *sys, struct kmem_cache *c)
{
	c->node = (struct kmem_cache_node *)(void *)&c->cpu[c->nr_cpus];
	for (u32 i = 0; i < c->nr_cpus; i++)
		slab_cpu_init(&c->cpu[i], sheaf_size(c));
	for (u32 nid = 0; nid < c->nr_nodes; nid++) {
		struct kmem_cache_node *node = &c->node[nid];

		spin_lock_init(&node->lock, "kmem_cache", LOCK_CACHE, sys->page_options.watch);
		list_init(&node->partial);
		list_init(&node->full);
	}
}

/* False, with *c half filled, when not even one object fits into the largest slab. */
static bool cache_fill(const struct mem_system *sys, struct kmem_cache *c, const char *name,
		       u32 size, u32 align, u32 flags, void (*ctor)(void *))
{
	int order;

	memset(c, 0, cache_bytes(sys));
	fmt_print(c->name, sizeof(c->name), "%s", name);
	c->flags = flags;
	c->object_size = size;
	c->ctor = ctor;
	c->nr_nodes = sys->slab.nr_nodes;
	c->nr_cpus = sys->nr_cpus;
	c->align = object_align(size, align, flags);
	place_free_pointer(c);
	order = slab_order(c->size);
	if (order < 0)
		return false;
	c->order = (u32)order;
	c->objects =
		(u32)((PAGE_SIZE << c->order) / c->size); /* at most 4,096: fits page->objects */
	c->min_partial = max(MIN_PARTIAL, min(MAX_PARTIAL, highest_bit(c->size) / 2));
	c->slab_mask = (PAGE_SIZE << c->order) - 1;
	c->fraction = ~0ULL / c->size + 1;
	c->last_offset = (c->objects - 1) * c->size;
	list_init(&c->list);
	init_lists(sys, c);
	return true;
}

/* ---- life ---------------------------------------------------------------------------------------
 */

struct kmem_cache *kmem_cache_create(struct mem_system *sys, const char *name, u32 size, u32 align,
				     u32 flags, void (*ctor)(void *))
{
	struct kmem_cache *c;

	if (!name || !name[0] || !size || size > KMALLOC_MAX_SIZE || (align && !is_pow2(align)) ||
	    align > PAGE_SIZE)
		return NULL;
	c = kmem_cache_alloc(sys, sys->slab.cache_cache, GFP_KERNEL);
	if (!c)
		return NULL;
	if (!cache_fill(sys, c, name, size, align, flags, ctor)) {
		kmem_cache_free(sys, sys->slab.cache_cache, c);
		return NULL;
	}
	spin_lock(&sys->slab.lock);
	list_add_tail(&c->list, &sys->slab.caches);
	spin_unlock(&sys->slab.lock);
	return c;
}

int kmem_cache_destroy(struct mem_system *sys, struct kmem_cache *cache)
{
	if (kmem_cache_live(cache))
		return -EBUSY;
	kmem_cache_shrink(sys, cache);
	spin_lock(&sys->slab.lock);
	list_del(&cache->list);
	spin_unlock(&sys->slab.lock);
	kmem_cache_free(sys, sys->slab.cache_cache, cache);
	return 0;
}

/* The first cache has to hold itself: it is made in pages of its own, then moved into an object,
 * with the slab of that object, its only one. */
static int bootstrap(struct mem_system *sys)
{
	u32 size = cache_bytes(sys),
	    order = size > PAGE_SIZE ? highest_bit((size - 1) >> PAGE_SHIFT) + 1 : 0;
	struct page *page = alloc_pages(sys, GFP_KERNEL, order);
	struct kmem_cache *early, *c;

	if (!page)
		return -ENOMEM;
	early = page_address(sys, page);
	cache_fill(sys, early, "kmem_cache", size, 64, 0, NULL);
	c = kmem_cache_alloc(sys, early, GFP_KERNEL);
	if (c) {
		struct kmem_cache_cpu *cpu = &c->cpu[arch_this_cpu()];
		struct page *slab = early->cpu[arch_this_cpu()].slab;

		memcpy(c, early, size);
		init_lists(sys, c);
		cpu->slab = slab;
		slab->slab_cache = c;
		list_init(&c->list);
		list_add(&c->list, &sys->slab.caches);
		sys->slab.cache_cache = c;
	}
	__free_pages(sys, page, order);
	return c ? 0 : -ENOMEM;
}

int kmem_cache_init(struct mem_system *sys)
{
	int err;

	memset(&sys->slab, 0, sizeof(sys->slab));
	list_init(&sys->slab.caches);
	spin_lock_init(&sys->slab.lock, "slab caches", LOCK_SLAB, sys->page_options.watch);
	for_each_node(sys, node)
		sys->slab.nr_nodes = (u32)node->node_id + 1;
	err = bootstrap(sys);
	if (!err)
		err = kmalloc_init(sys);
	sys->slab.ready = !err;
	return err;
}
