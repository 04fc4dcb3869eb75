/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A cache of objects with a shrinker, and how all of memory is taken and given back. */
#ifndef TESTS_UNIT_PAGE_SHRINKER_FIXTURE_H
#define TESTS_UNIT_PAGE_SHRINKER_FIXTURE_H

#include "mm/stat/vmstat.h"
#include "mm_fixture.h"

static inline u64 event(const struct mem_system *sys, const char *name)
{
	u64 values[NR_VM_EVENT_ITEMS];
	u32 i = 0;

	while (strcmp(vm_event_names[i], name))
		i++;
	vm_events(sys, values);
	return values[i];
}

struct entry {
	struct list_head lru;
	u64 stamp;
	u8 data[168];
};

/* Like the kernel's dcache: objects that nobody needs but that somebody may ask for again. */
struct cached {
	struct shrinker shrinker;
	struct kmem_cache *cache;
	struct spinlock lock;
	struct list_head lru; /* oldest first */
	u64 nr, nr_made;
	bool second_chance; /* the first look only makes an entry old */
	bool takes_notes;   /* each scan allocates objects, the next one frees them */
	void *notes[3];
};

static inline u64 cached_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct cached *d = shrinker->private_data;

	(void)sc;
	return __atomic_load_n(&d->nr, __ATOMIC_RELAXED);
}

static inline struct entry *oldest(struct cached *d)
{
	struct entry *e = NULL;

	spin_lock(&d->lock);
	if (!list_empty(&d->lru)) {
		e = list_first_entry(&d->lru, struct entry, lru);
		list_del(&e->lru);
		if (d->second_chance && e->stamp >> 63 == 0) {
			e->stamp |= 1ULL << 63;
			list_add_tail(&e->lru, &d->lru);
			e = NULL;
		} else {
			d->nr--;
		}
	}
	spin_unlock(&d->lock);
	return e;
}

static inline u64 cached_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct cached *d = shrinker->private_data;
	u64 freed = 0;

	for (u64 i = 0; i < sc->nr_to_scan; i++) {
		struct entry *e = oldest(d);

		if (!e)
			continue;
		assert_int_equal(e->data[0], (u8)e->stamp);
		assert_int_equal(e->data[sizeof(e->data) - 1], (u8)e->stamp);
		kmem_cache_free(sc->sys, d->cache, e);
		freed++;
	}
	for (u32 i = 0; d->takes_notes && i < ARRAY_SIZE(d->notes); i++) {
		kmem_cache_free(sc->sys, d->cache, d->notes[i]);
		d->notes[i] = kmem_cache_alloc(sc->sys, d->cache, GFP_KERNEL);
		assert_non_null(d->notes[i]);
	}
	return freed;
}

/* A cache with a constructor is nobody else's. */
static inline void construct(void *object)
{
	list_init(&((struct entry *)object)->lru);
}

static inline void cached_init(struct mem_system *sys, struct cached *d)
{
	*d = (struct cached){.shrinker = {.count_objects = cached_count,
					  .scan_objects = cached_scan,
					  .private_data = d,
					  .name = "cached",
					  .seeks = DEFAULT_SEEKS}};
	d->cache = kmem_cache_create(sys, "cached", sizeof(struct entry), 0, SLAB_RECLAIM_ACCOUNT,
				     construct);
	assert_non_null(d->cache);
	list_init(&d->lru);
	/* Behind it come only the locks that kmem_cache_free() takes. */
	spin_lock_init(&d->lock, "cached", LOCK_SLAB, sys->given.page_options.watch);
	register_shrinker(sys, &d->shrinker);
}

/* False: no memory. */
static inline bool cached_add(struct mem_system *sys, struct cached *d, gfp_t gfp)
{
	struct entry *e = kmem_cache_alloc(sys, d->cache, gfp);

	if (!e)
		return false;
	spin_lock(&d->lock);
	e->stamp = d->nr_made++ & ~(1ULL << 63);
	e->data[0] = e->data[sizeof(e->data) - 1] = (u8)e->stamp;
	list_add_tail(&e->lru, &d->lru);
	d->nr++;
	spin_unlock(&d->lock);
	return true;
}

static inline void cached_destroy(struct mem_system *sys, struct cached *d)
{
	struct entry *e;

	unregister_shrinker(sys, &d->shrinker);
	d->second_chance = false;
	kmem_cache_free_bulk(sys, d->cache, ARRAY_SIZE(d->notes), d->notes);
	while ((e = oldest(d)))
		kmem_cache_free(sys, d->cache, e);
	assert_int_equal(d->nr, 0);
	assert_int_equal(kmem_cache_destroy(sys, d->cache), 0);
}

/* Pages until there are none, chained through their lru. */
static inline u64 take_pages(struct mem_system *sys, gfp_t gfp, struct list_head *list)
{
	struct page *page;
	u64 nr = 0;

	while ((page = alloc_page(sys, gfp))) {
		list_add(&page->lru, list);
		nr++;
	}
	return nr;
}

static inline void give_pages(struct mem_system *sys, struct list_head *list)
{
	while (!list_empty(list)) {
		struct page *page = list_first_entry(list, struct page, lru);

		list_del(&page->lru);
		__free_page(sys, page);
	}
}

#endif
