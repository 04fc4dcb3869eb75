/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shared by the files of this folder only. */
#ifndef MM_SLAB_SLAB_INNER_H
#define MM_SLAB_SLAB_INNER_H

#include "mm/slab.h"
#include "mm/system.h"

/* Where a free object keeps the next one. */
void **slab_free_pointer(const struct kmem_cache *cache, void *object);

/* Is p the start of an object, free or not, of the slab with this head page? */
bool slab_is_object(const struct mem_system *sys, const struct page *page, const void *p);

/* Is a free object as it was left? Always true in caches without SLAB_POISON. */
bool slab_poison_holds(const struct kmem_cache *cache, const void *object);

/* Head page of the compound page that p lies in; NULL when p is in no allocated page. */
struct page *slab_page_of(const struct mem_system *sys, const void *p);

/* What was freed is not an object, or not a live one. */
static inline void slab_count_bad_free(struct mem_system *sys)
{
	__atomic_add_fetch(&sys->slab.bad_frees, 1, __ATOMIC_RELAXED);
}

/* Creates the caches behind kmalloc(). 0 or -ENOMEM. */
int kmalloc_init(struct mem_system *sys);

#endif
