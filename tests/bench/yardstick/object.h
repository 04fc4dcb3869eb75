/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What an allocator of objects defines to be measured by object.c: caches of objects of one size,
 * and objects of any size.
 */
#ifndef YARD_OBJECT_H
#define YARD_OBJECT_H

#include "yard.h"

/* Returns 0, or not when it can not. */
int yard_object_init(void);
/* The calling thread is this CPU from now on; 0 or 1. Every thread says so before anything else. */
void yard_this_cpu_is(u32 cpu);

void *yard_cache_create(size_t size);
void *yard_cache_alloc(void *cache);
void yard_cache_free(void *cache, void *object);
void *yard_malloc(size_t size);
void yard_mfree(void *object);

/* Taken from below; 0: what the process has in memory tells it. */
u64 yard_object_used_bytes(void);
/* Reports what it has taken besides. */
void yard_object_report(const char *name);

#endif
