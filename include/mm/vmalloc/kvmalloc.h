/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Memory for tables that may be large: from kmalloc() while it has some without much ado, else from
 * vmalloc().
 */
#ifndef MM_VMALLOC_KVMALLOC_H
#define MM_VMALLOC_KVMALLOC_H

#include "mm/page/gfp.h"

struct mem_system;

/*
 * size bytes, physically contiguous or not. Above a page kmalloc() does not try hard; vmalloc()
 * follows, unless gfp does not allow to wait or names a zone. NULL as those two; 0 bytes are
 * ZERO_SIZE_PTR.
 */
void *kvmalloc(struct mem_system *sys, size_t size, gfp_t gfp);
void *kvzalloc(struct mem_system *sys, size_t size, gfp_t gfp);
/* Takes back what kvmalloc(), kmalloc() or vmalloc() gave; else as kfree() and vfree(). */
void kvfree(struct mem_system *sys, void *p);

/* nr elements of size bytes each. NULL, reported as kmalloc_array() does, where nr * size
 * overflows. */
void *kvmalloc_array(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp);
void *kvcalloc(struct mem_system *sys, size_t nr, size_t size, gfp_t gfp);

#endif
