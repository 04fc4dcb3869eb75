/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the tests of the allocators share: a simulated machine, and all its invariants at once. */
#ifndef TESTS_MM_FIXTURE_H
#define TESTS_MM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "sim.h"

static inline void assert_sound(struct mem_system *sys)
{
	const struct kmem_cache *cache;
	const char *wrong = slab_check(sys, &cache);
	u64 where = 0;

	if (!wrong)
		wrong = page_alloc_check(sys, &where);
	if (!wrong)
		wrong = vmalloc_check(sys, &where);
	if (wrong)
		fail_msg("%s (%#llx)", wrong, where);
}

/* Free pages when no cache keeps an empty slab and no area waits for the purge. */
static inline u64 free_pages_shrunk(struct mem_system *sys)
{
	vm_purge(sys);
	kmem_cache_shrink_all(sys);
	return sim_free_pages(sys);
}

/* Free pages, struct pages' pages and page tables: always the same sum when nothing is held. */
static inline u64 all_pages(struct mem_system *sys)
{
	return sim_all_pages(sys);
}

#endif
