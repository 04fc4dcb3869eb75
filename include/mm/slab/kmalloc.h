/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* kmalloc: memory of any size, from caches with Linux's size classes; large sizes in pages. */
#ifndef MM_SLAB_KMALLOC_H
#define MM_SLAB_KMALLOC_H

#include "mm/slab/slab.h"

#define KMALLOC_MAX_CACHE_SIZE 8192 /* larger sizes take whole pages */
#define KMALLOC_MAX_SIZE       (PAGE_SIZE << MAX_PAGE_ORDER)

/* The result for size 0; it may be freed. */
#define ZERO_SIZE_PTR ((void *)16)

/*
 * Allocates `size` bytes, cleared only by kzalloc() or __GFP_ZERO, from this CPU's node or any, or
 * from nid or the nearest. NULL: too large or no memory. A size that is a power of two is aligned
 * to itself, up to a page, all others to 8 bytes. __GFP_DMA and __GFP_RECLAIMABLE have their own
 * caches; __GFP_DMA32 takes whole pages for any size.
 */
void *kmalloc(struct mem_system *sys, size_t size, gfp_t gfp);
void *kmalloc_node(struct mem_system *sys, size_t size, gfp_t gfp, int nid);
void *kzalloc(struct mem_system *sys, size_t size, gfp_t gfp);
/* NULL, and a report, if nr * size overflows. */
void *kmalloc_array(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp);
void *kcalloc(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp);
/*
 * As in Linux: p NULL allocates; size 0 frees and returns ZERO_SIZE_PTR; when NULL is returned, p
 * is unchanged. Does not move if the new size fits. __GFP_ZERO clears only the bytes after the old
 * ksize(). A p that is free, or not an object of a cache or of kmalloc(), is refused and reported:
 * NULL.
 */
void *krealloc(struct mem_system *sys, void *p, size_t size, gfp_t gfp);
/* Frees memory of kmalloc() or an object of any cache. Everything else is refused and reported. */
void kfree(struct mem_system *sys, void *p);
/* Usable bytes, at least the requested size; 0 for NULL, ZERO_SIZE_PTR, free memory, and memory
 * that is not from kmalloc(). */
size_t ksize(struct mem_system *sys, const void *p);

/* Is pa in the whole pages of a large kmalloc()? Gives the block's first byte and its size. */
bool kmalloc_pages_of(const struct mem_system *sys, phys_addr_t pa, phys_addr_t *ret_start,
		      u64 *ret_size);

#endif
