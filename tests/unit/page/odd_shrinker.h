/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A shrinker that behaves oddly. */
#ifndef TESTS_UNIT_PAGE_ODD_SHRINKER_H
#define TESTS_UNIT_PAGE_ODD_SHRINKER_H

#include "shrinker_fixture.h"

struct odd {
	struct shrinker shrinker;
	u64 objects, calls, claims; /* claims: what it says that it freed */
	bool looks_at_nothing, allocates;
	struct list_head *pages; /* to give back */
	u64 got, deepest, depth;
};

static inline u64 odd_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)sc;
	return ((struct odd *)shrinker->private_data)->objects;
}

static inline u64 odd_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct odd *o = shrinker->private_data;

	o->calls++;
	o->deepest = max(o->deepest, ++o->depth);
	if (o->looks_at_nothing)
		sc->nr_scanned = 0;
	if (o->allocates) {
		struct page *page = alloc_page(sc->sys, GFP_KERNEL);

		o->got += page != NULL;
		assert_int_equal(shrink_slab(sc->sys, GFP_KERNEL, sc->nid, 0), 0);
		if (page)
			__free_page(sc->sys, page);
	}
	if (o->pages)
		give_pages(sc->sys, o->pages);
	o->depth--;
	return o->claims;
}

static inline void odd_init(struct mem_system *sys, struct odd *o, u64 objects)
{
	*o = (struct odd){.objects = objects,
			  .shrinker = {.count_objects = odd_count,
				       .scan_objects = odd_scan,
				       .private_data = o,
				       .name = "odd",
				       .seeks = DEFAULT_SEEKS}};
	register_shrinker(sys, &o->shrinker);
}

#endif
