/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The functions that an allocator of objects defines for object.c: caches of objects of one size,
 * and objects of any size.
 */
#ifndef YARD_OBJECT_H
#define YARD_OBJECT_H

#include "yard.h"

/* Returns 0; another value: it cannot run. */
int yard_object_init(void);
/* Makes the calling thread CPU 0 or 1. Every thread calls it first. */
void yard_this_cpu_is(u32 cpu);

void *yard_cache_create(size_t size);
void *yard_cache_alloc(void *cache);
void yard_cache_free(void *cache, void *object);
void *yard_malloc(size_t size);
void yard_mfree(void *object);

/* Memory taken from the layer below; 0: use the process's resident memory instead. */
u64 yard_object_used_bytes(void);
/* Reports other memory that it has taken. */
void yard_object_report(const char *name);

#endif
