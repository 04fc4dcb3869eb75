/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Memory for arrays that may be large: from kmalloc() if that is easy, else from vmalloc().
 */
#ifndef MM_VMALLOC_KVMALLOC_H
#define MM_VMALLOC_KVMALLOC_H

#include "mm/page/gfp.h"

struct mem_system;

/*
 * Allocates size bytes, physically contiguous or not. Above a page, kmalloc() gives up early and
 * vmalloc() follows, unless gfp forbids to wait or names a zone. NULL as from these two; size 0
 * gives ZERO_SIZE_PTR.
 */
void *kvmalloc(struct mem_system *sys, size_t size, gfp_t gfp);
void *kvzalloc(struct mem_system *sys, size_t size, gfp_t gfp);
/* Frees memory of kvmalloc(), kmalloc() or vmalloc(), with the checks of kfree() and vfree(). */
void kvfree(struct mem_system *sys, void *p);

/* nr elements of size bytes each. NULL, with a report as in kmalloc_array(), if nr * size
 * overflows. */
void *kvmalloc_array(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp);
void *kvcalloc(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp);

#endif
