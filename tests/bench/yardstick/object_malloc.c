/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The malloc() of the library that the program is linked with. A "cache" is only a size. */
#include <stdlib.h>

#include "object.h"

const u32 yard_lacks = 0;

int yard_object_init(void)
{
	return 0;
}

void yard_this_cpu_is(u32 cpu)
{
	(void)cpu;
}

void *yard_cache_create(size_t size)
{
	return (void *)size;
}

void *yard_cache_alloc(void *cache)
{
	return malloc((size_t)cache);
}

void yard_cache_free(void *cache, void *object)
{
	(void)cache;
	free(object);
}

void *yard_malloc(size_t size)
{
	return malloc(size);
}

void yard_mfree(void *object)
{
	free(object);
}

u64 yard_object_used_bytes(void)
{
	return 0;
}

void yard_object_report(const char *name)
{
	(void)name;
}
