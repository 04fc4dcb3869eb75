/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A lower bound for objects of one size and one thread: each cache has a list of free objects; new
 * ones come from the end of the used memory. It has no slabs and frees no page.
 */
#include <stdlib.h>

#include "object.h"

#define MEMORY (256 * MiB)

const u32 yard_lacks = YARD_SIZES | YARD_THREADS;

struct cache {
	void **free;
	size_t size;
};

static char *memory, *end;

int yard_object_init(void)
{
	memory = end = yard_map(MEMORY, false);
	return 0;
}

void yard_this_cpu_is(u32 cpu)
{
	(void)cpu;
}

void *yard_cache_create(size_t size)
{
	struct cache *cache = malloc(sizeof(*cache));

	*cache = (struct cache){NULL, size};
	return cache;
}

void *yard_cache_alloc(void *ptr)
{
	struct cache *cache = ptr;
	void **object = cache->free;

	if (unlikely(!object)) {
		object = (void **)end;
		end += cache->size;
		return object;
	}
	cache->free = *object;
	return object;
}

void yard_cache_free(void *ptr, void *object)
{
	struct cache *cache = ptr;

	*(void **)object = cache->free;
	cache->free = object;
}

void *yard_malloc(size_t size)
{
	(void)size;
	return NULL;
}

void yard_mfree(void *object)
{
	(void)object;
}

u64 yard_object_used_bytes(void)
{
	return (u64)(end - memory);
}

void yard_object_report(const char *name)
{
	(void)name;
}
