/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Callers that reports must name, and what a report is expected to say. */
#ifndef TESTS_UNIT_SLAB_SLAB_DEBUG_FIXTURE_H
#define TESTS_UNIT_SLAB_SLAB_DEBUG_FIXTURE_H

#include "mm_fixture.h"

#define ALL	    SLAB_DEBUG_FLAGS
#define RED_FREE    0xbb
#define RED_LIVE    0xcc
#define POISON	    0x6b
#define POISON_LAST 0xa5

/* ---- who calls --------------------------------------------------------------------------- */

static volatile u32 after_the_call; /* so that the call is not the last thing that is done */

static __attribute__((noinline)) void *allocator(struct mem_system *sys, struct kmem_cache *c)
{
	void *p = kmem_cache_alloc(sys, c, GFP_KERNEL);

	after_the_call++;
	return p;
}

static __attribute__((noinline)) void *mallocator(struct mem_system *sys, size_t size)
{
	void *p = kmalloc(sys, size, GFP_KERNEL);

	after_the_call++;
	return p;
}

static __attribute__((noinline)) void freer(struct mem_system *sys, struct kmem_cache *c, void *p)
{
	kmem_cache_free(sys, c, p);
	after_the_call++;
}

static __attribute__((noinline)) void second_freer(struct mem_system *sys, void *p)
{
	kfree(sys, p);
	after_the_call++;
}

/* Is it an address in such a short function? */
#define IS_IN(address, function) ((address) - (u64)(uintptr_t)(function) < 256)

static inline const struct slab_report *last_report(const struct mem_system *sys)
{
	const struct slab_errors *e = &sys->slab.errors;

	assert_true(e->nr);
	return &e->last[(e->nr - 1) % SLAB_MAX_REPORTS];
}

/* The last report says so, and is the only new one. */
static inline const struct slab_report *expect_report(const struct mem_system *sys, u64 *nr,
						      enum slab_error error, const char *cache,
						      const void *object)
{
	const struct slab_report *r;

	assert_int_equal(sys->slab.errors.nr, ++*nr);
	r = last_report(sys);
	assert_string_equal(slab_error_name(r->error), slab_error_name(error));
	assert_string_equal(r->cache, cache);
	assert_ptr_equal((void *)(uintptr_t)r->object, object);
	assert_int_equal(r->cpu, 0);
	return r;
}

static inline void expect_byte(const struct slab_report *r, s32 at, u8 expected, u8 found)
{
	assert_int_equal(r->at, at);
	assert_int_equal(r->expected, expected);
	assert_int_equal(r->found, found);
}

#endif
