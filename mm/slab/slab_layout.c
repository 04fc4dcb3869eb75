/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The layout of slabs: by Linux's rules, so that the numbers are the same. */
#include "lib.h"
#include "slab_inner.h"

#define MAX_SLAB_ORDER 3
#define MIN_PARTIAL    5u
#define MAX_PARTIAL    10u
#define EMPTY_BYTES    (64 * KiB) /* the most memory in empty slabs of a cache on a CPU */
#define MAX_EMPTY      16u

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

/* The smallest order with at least min_objects objects and at most 1/fraction wasted; -1: none. */
static int order_with_waste(u32 size, u32 min_objects, u32 fraction)
{
	for (u32 order = 0; order <= MAX_SLAB_ORDER; order++) {
		u64 bytes = PAGE_SIZE << order;

		if (bytes >= (u64)min_objects * size && bytes % size <= bytes / fraction)
			return (int)order;
	}
	return -1;
}

/* With more CPUs a slab should have more objects: 4 * (fls(CPUs) + 1). First the allowed waste
 * grows, then the number of objects shrinks; at last one object, in any order. */
static int slab_order(u32 size, u32 nr_cpus)
{
	u32 most = (u32)((PAGE_SIZE << MAX_SLAB_ORDER) / size);
	u32 aim = 4 * (highest_bit(nr_cpus) + 2);

	for (u32 objects = min(aim, most); objects > 1; objects--) {
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

/* Computes the numbers for the fast paths. */
static void precompute(struct kmem_cache *c)
{
	c->slab_mask = (PAGE_SIZE << c->order) - 1;
	c->fraction = ~0ULL / c->size + 1;
	c->index_limit = (c->objects - 1) * (c->fraction * c->size) + 1;
	c->all_free = c->objects > 64 ? 0 : ~0ULL >> (64 - c->objects);
	c->index_limit_fast = slab_is_mapped(c) ? 0 : c->index_limit;
}

bool slab_layout(struct kmem_cache *c)
{
	int order;

	c->align = object_align(c->object_size, c->align, c->flags);
	slab_debug_layout(c);
	if (c->size > KMEM_CACHE_MAX_SIZE)
		return false;
	c->size = round_up(c->size, c->align);
	order = slab_order(c->size, c->nr_cpus);
	if (order < 0)
		return false;
	c->order = (u32)order;
	c->objects = (u32)((PAGE_SIZE << c->order) / c->size);
	c->min_partial = max(MIN_PARTIAL, min(MAX_PARTIAL, highest_bit(c->size) / 2));
	c->max_empty = max(1u, min(MAX_EMPTY, (u32)(EMPTY_BYTES >> (PAGE_SHIFT + c->order))));
	ASSERT(c->objects <= SLAB_MAX_WORDS * 64, "%u objects of %u bytes", c->objects, c->size);
	precompute(c);
	return true;
}
