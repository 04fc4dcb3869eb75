/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shrinkers: how much they are asked for, by whom, and what an allocation gets of it. */
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "mm/exercise/pressure.h"
#include "mm/stat/vmstat.h"
#include "mm_fixture.h"

static u64 event(const struct mem_system *sys, const char *name)
{
	u64 values[NR_VM_EVENT_ITEMS];
	u32 i = 0;

	while (strcmp(vm_event_names[i], name))
		i++;
	vm_events(sys, values);
	return values[i];
}

/* ---- arithmetic -------------------------------------------------------------------------- */

#define MAX_ASKED 100000

/* A shrinker that writes down what it is asked for, and answers at random. */
struct recorder {
	struct shrinker shrinker;
	struct prng prng;
	u64 objects[2]; /* of each node */
	bool whims;	/* it may stop, or look at more or less than asked for */
	u32 nr_asked;
	u64 *asked, *looked; /* looked: ~0 where it stopped */
	u64 freed;
	int nid;
	gfp_t gfp;
};

static u64 recorder_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct recorder *r = shrinker->private_data;

	r->nid = sc->nid;
	r->gfp = sc->gfp_mask;
	if (!r->objects[sc->nid] && r->whims && prng_below(&r->prng, 2))
		return SHRINK_EMPTY;
	return r->objects[sc->nid];
}

static u64 recorder_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct recorder *r = shrinker->private_data;
	u64 whim = r->whims ? prng_below(&r->prng, 12) : 12, freed;

	assert_true(r->nr_asked < MAX_ASKED);
	assert_int_equal(sc->nr_scanned, sc->nr_to_scan);
	r->asked[r->nr_asked] = sc->nr_to_scan;
	if (whim == 0)
		r->looked[r->nr_asked++] = ~0ULL;
	if (whim == 0)
		return SHRINK_STOP;
	if (whim == 1)
		sc->nr_scanned = 1 + prng_below(&r->prng, sc->nr_to_scan);
	if (whim == 2)
		sc->nr_scanned += prng_below(&r->prng, 100);
	r->looked[r->nr_asked++] = sc->nr_scanned;
	freed = prng_below(&r->prng, sc->nr_scanned + 1);
	r->freed += freed;
	return freed;
}

static struct recorder *recorder_new(struct mem_system *sys, u64 seed)
{
	struct recorder *r = calloc(1, sizeof(*r));

	r->asked = calloc(MAX_ASKED, sizeof(u64));
	r->looked = calloc(MAX_ASKED, sizeof(u64));
	prng_seed(&r->prng, seed);
	r->shrinker = (struct shrinker){.count_objects = recorder_count,
					.scan_objects = recorder_scan,
					.private_data = r,
					.name = "recorder",
					.seeks = DEFAULT_SEEKS};
	register_shrinker(sys, &r->shrinker);
	return r;
}

static void recorder_free(struct mem_system *sys, struct recorder *r)
{
	unregister_shrinker(sys, &r->shrinker);
	free(r->asked);
	free(r->looked);
	free(r);
}

/* Linux 6.1's rule (do_shrink_slab), with signed numbers as there; `looked` is what the shrinker
 * did. Returns what is deferred now. */
static s64 model_call(const struct recorder *r, s64 objects, unsigned priority, s64 deferred,
		      u64 *ret_scanned)
{
	s64 seeks = r->shrinker.seeks, batch = r->shrinker.batch ? r->shrinker.batch : 128;
	s64 delta = seeks ? (objects / (1LL << priority)) * 4 / seeks : objects / 2;
	s64 total = deferred / (1LL << priority) + delta, scanned = 0, rest;
	u32 i = 0;

	if (!objects) {
		assert_int_equal(r->nr_asked, 0);
		return deferred;
	}
	if (total > 2 * objects)
		total = 2 * objects;
	for (; total >= batch || total >= objects; i++) {
		assert_true(i < r->nr_asked);
		assert_int_equal(r->asked[i], total < batch ? total : batch);
		if (r->looked[i] == ~0ULL) {
			i++;
			break;
		}
		scanned += (s64)r->looked[i];
		total -= (s64)r->looked[i];
	}
	assert_int_equal(i, r->nr_asked);
	rest = deferred + delta - scanned;
	*ret_scanned += (u64)scanned;
	rest = rest < 0 ? 0 : rest;
	return rest > 2 * objects ? 2 * objects : rest;
}

/* Expect: each call asks for what Linux would, in the same batches, and defers the same. */
static void asks_for_what_linux_asks(void **state)
{
	struct mem_system *sys = sim_new("128M nodes=2");
	u64 before = event(sys, "slabs_scanned");
	struct prng prng;

	(void)state;
	prng_seed(&prng, 21);
	for (u32 run = 0; run < 200; run++) {
		struct recorder *r = recorder_new(sys, run);
		s64 deferred[2] = {0};
		u64 scanned = 0, freed = 0;

		r->whims = run % 2;
		r->shrinker.seeks = (u32)prng_below(&prng, 6);
		r->shrinker.batch = run % 3 ? 0 : (u32)(1 + prng_below(&prng, 1000));
		r->shrinker.flags = run % 4 == 0 ? SHRINKER_NUMA_AWARE : 0;
		for (u32 call = 0; call < 40; call++) {
			unsigned priority = (unsigned)prng_below(&prng, DEF_PRIORITY + 1);
			int nid = (int)prng_below(&prng, 2), slot = run % 4 ? 0 : nid;

			r->objects[nid] = prng_below(&prng, 1ULL << prng_below(&prng, 22));
			r->nr_asked = 0;
			freed += shrink_slab(sys, GFP_KERNEL, nid, priority);
			deferred[slot] = model_call(r, (s64)r->objects[nid], priority,
						    deferred[slot], &scanned);
			assert_int_equal(r->shrinker.nr_deferred[slot], deferred[slot]);
			assert_int_equal(r->shrinker.nr_counted, r->objects[nid]);
			assert_int_equal(r->nid, nid);
		}
		assert_int_equal(r->shrinker.nr_calls, 40);
		assert_int_equal(r->shrinker.nr_scanned, scanned);
		assert_int_equal(r->shrinker.nr_freed, r->freed);
		assert_true(freed >= r->freed); /* and empty slabs */
		recorder_free(sys, r);
	}
	assert_true(event(sys, "slabs_scanned") > before);
	sim_free(sys);
}

/* ---- a cache with a shrinker ------------------------------------------------------------- */

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

static u64 cached_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct cached *d = shrinker->private_data;

	(void)sc;
	return __atomic_load_n(&d->nr, __ATOMIC_RELAXED);
}

static struct entry *oldest(struct cached *d)
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

static u64 cached_scan(struct shrinker *shrinker, struct shrink_control *sc)
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
static void construct(void *object)
{
	list_init(&((struct entry *)object)->lru);
}

static void cached_init(struct mem_system *sys, struct cached *d)
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
static bool cached_add(struct mem_system *sys, struct cached *d, gfp_t gfp)
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

static void cached_destroy(struct mem_system *sys, struct cached *d)
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
static u64 take_pages(struct mem_system *sys, gfp_t gfp, struct list_head *list)
{
	struct page *page;
	u64 nr = 0;

	while ((page = alloc_page(sys, gfp))) {
		list_add(&page->lru, list);
		nr++;
	}
	return nr;
}

static void give_pages(struct mem_system *sys, struct list_head *list)
{
	while (!list_empty(list)) {
		struct page *page = list_first_entry(list, struct page, lru);

		list_del(&page->lru);
		__free_page(sys, page);
	}
}

static void outlives_exhaustion(const char *spec, bool second_chance)
{
	struct mem_system *sys = sim_new(spec);
	u64 pages = all_pages(sys), kept, got;
	struct list_head list;
	struct cached d;

	list_init(&list);
	cached_init(sys, &d);
	d.second_chance = second_chance;
	while (d.nr < 100000)
		assert_true(cached_add(sys, &d, GFP_KERNEL));
	/* Who may not wait, or does not want to, leaves the cache alone. */
	take_pages(sys, GFP_KERNEL | __GFP_NORETRY, &list);
	take_pages(sys, GFP_NOWAIT, &list);
	assert_int_equal(d.nr, 100000);
	assert_int_equal(d.shrinker.nr_calls, 0);
	kept = kmem_cache_node_slabs(d.cache, NUMA_NO_NODE) << d.cache->order;
	/* Who may gets all of it. */
	got = take_pages(sys, GFP_KERNEL, &list);
	assert_int_equal(d.nr, 0);
	assert_int_equal(kmem_cache_node_slabs(d.cache, NUMA_NO_NODE), 0);
	assert_true(got + 64 >= kept);
	assert_int_equal(d.shrinker.nr_freed, 100000);
	assert_true(event(sys, "allocstall_normal") > 0 && event(sys, "slabs_scanned") >= 100000);
	assert_sound(sys);
	give_pages(sys, &list);
	cached_destroy(sys, &d);
	assert_int_equal(all_pages(sys), pages);
	sim_free(sys);
}

static void a_cache_outlives_memory_exhaustion(void **state)
{
	(void)state;
	outlives_exhaustion("64M", false);
	outlives_exhaustion("64M", true);
	outlives_exhaustion("96M nodes=2", false);
}

/* Expect: a cache that grows for ever pushes out its own oldest objects, in its own slow path. */
static void fills_all_of_memory(bool takes_notes)
{
	struct mem_system *sys = sim_new("48M");
	u64 pages = all_pages(sys), most = 0;
	struct cached d;

	cached_init(sys, &d);
	d.takes_notes = takes_notes;
	for (u32 i = 0; i < 600000; i++) {
		assert_true(cached_add(sys, &d, GFP_KERNEL));
		most = max(most, d.nr);
	}
	assert_true(d.shrinker.nr_freed > 300000);
	assert_true(most > 150000 && d.nr > most / 2); /* not more than is needed */
	assert_sound(sys);
	cached_destroy(sys, &d);
	assert_int_equal(all_pages(sys), pages);
	sim_free(sys);
}

static void a_cache_may_fill_all_of_memory(void **state)
{
	(void)state;
	fills_all_of_memory(false);
	fills_all_of_memory(
		true); /* and its shrinker may allocate from it, in the middle of that */
}

/* Expect: a large block is made of what is freed when that happens to be contiguous. */
static void large_blocks_come_back_too(void **state)
{
	struct mem_system *sys = sim_new("64M");
	struct list_head list;
	struct cached d;
	struct page *page;

	(void)state;
	list_init(&list);
	cached_init(sys, &d);
	while (d.nr < 100000)
		assert_true(cached_add(sys, &d, GFP_KERNEL));
	take_pages(sys, GFP_KERNEL | __GFP_NORETRY, &list);
	page = alloc_pages(sys, GFP_KERNEL | __GFP_RETRY_MAYFAIL, 7);
	assert_non_null(page);
	assert_true(d.nr < 100000);
	__free_pages(sys, page, 7);
	give_pages(sys, &list);
	cached_destroy(sys, &d);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect: what caches keep in empty slabs and at hand is found: not a page more can be had after a
 * shrink by hand. */
static void empty_slabs_are_memory(void **state)
{
	static void *held[8][4000];
	struct mem_system *sys = sim_new("96M nodes=2 cpus=2");
	u64 pages = all_pages(sys), got;
	struct kmem_cache *cache[8];
	struct list_head list;

	(void)state;
	list_init(&list);
	for (u32 i = 0; i < 8; i++) {
		cache[i] = kmem_cache_create(sys, "x", 24 + 100 * i, 0, 0, NULL);
		for (u32 n = 0; n < 4000; n++)
			held[i][n] = kmem_cache_alloc(sys, cache[i], GFP_KERNEL);
	}
	for (u32 i = 0; i < 8; i++) {
		arch_host_cpu = i % 2; /* some slabs are another CPU's, which has gone */
		for (u32 n = 0; n < 4000; n++)
			kmem_cache_free(sys, cache[i], held[i][n]);
	}
	arch_host_cpu = 0;
	got = take_pages(sys, GFP_KERNEL, &list);
	assert_int_equal(free_pages_shrunk(sys), 0);
	assert_true(sys->slab_shrinker.nr_freed > 0);
	for (u32 i = 0; i < 8; i++)
		assert_int_equal(kmem_cache_node_slabs(cache[i], NUMA_NO_NODE), 0);
	assert_sound(sys);
	give_pages(sys, &list);
	assert_true(sim_free_pages(sys) >= got);
	for (u32 i = 0; i < 8; i++)
		assert_int_equal(kmem_cache_destroy(sys, cache[i]), 0);
	assert_int_equal(all_pages(sys), pages);
	sim_free(sys);
}

/* ---- shrinkers that do not help ---------------------------------------------------------- */

struct odd {
	struct shrinker shrinker;
	u64 objects, calls, claims; /* claims: what it says that it freed */
	bool looks_at_nothing, allocates;
	struct list_head *pages; /* to give back */
	u64 got, deepest, depth;
};

static u64 odd_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)sc;
	return ((struct odd *)shrinker->private_data)->objects;
}

static u64 odd_scan(struct shrinker *shrinker, struct shrink_control *sc)
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

static void odd_init(struct mem_system *sys, struct odd *o, u64 objects)
{
	*o = (struct odd){.objects = objects,
			  .shrinker = {.count_objects = odd_count,
				       .scan_objects = odd_scan,
				       .private_data = o,
				       .name = "odd",
				       .seeks = DEFAULT_SEEKS}};
	register_shrinker(sys, &o->shrinker);
}

/* Expect: NULL after one round of 13 priorities from one that gives nothing, and after 16 from one
 * that lies. */
static void a_shrinker_that_gives_nothing_ends_in_null(void **state)
{
	struct mem_system *sys = sim_new("64M");
	struct list_head list;
	struct odd o;

	(void)state;
	list_init(&list);
	take_pages(sys, GFP_KERNEL, &list);
	odd_init(sys, &o, 1000000);
	assert_null(alloc_page(sys, GFP_KERNEL));
	assert_int_equal(o.shrinker.nr_calls, DEF_PRIORITY + 1);
	assert_true(o.calls > 1000000 / SHRINK_BATCH);
	o.calls = 0;
	o.looks_at_nothing = true;
	assert_null(alloc_page(sys, GFP_KERNEL));
	assert_int_equal(o.calls, DEF_PRIORITY + 1);
	o.looks_at_nothing = false;
	o.objects = 1;
	o.claims = 1;
	o.shrinker.nr_calls = 0;
	assert_null(alloc_page(sys, GFP_KERNEL));
	assert_int_equal(o.shrinker.nr_calls, 16 * (DEF_PRIORITY + 1));
	o.shrinker.nr_calls = 0;
	assert_null(alloc_pages(sys, GFP_KERNEL, 4)); /* a large order is tried once, */
	assert_int_equal(o.shrinker.nr_calls, DEF_PRIORITY + 1);
	o.shrinker.nr_calls = 0;
	assert_null(alloc_pages(sys, GFP_KERNEL | __GFP_RETRY_MAYFAIL, 4)); /* if it may fail */
	assert_int_equal(o.shrinker.nr_calls, 16 * (DEF_PRIORITY + 1));
	unregister_shrinker(sys, &o.shrinker);
	give_pages(sys, &list);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect: a shrinker that allocates is served below the watermark, and calls no shrinker. */
static void a_shrinker_may_allocate(void **state)
{
	struct page_options options = {.min_free_kbytes = 1024};
	struct mem_system *sys = sim_new_with("64M", &options);
	u64 pages = all_pages(sys);
	struct list_head list;
	struct odd o;
	struct page *page;

	(void)state;
	list_init(&list);
	take_pages(sys, GFP_KERNEL, &list);
	odd_init(sys, &o, 1000);
	o.allocates = true;
	assert_null(alloc_page(sys, GFP_KERNEL));
	assert_true(o.calls > 0);
	assert_int_equal(o.got, o.calls);
	assert_int_equal(o.deepest, 1);
	o.pages = &list;
	o.claims = 1;
	page = alloc_page(sys, GFP_KERNEL);
	assert_non_null(page);
	__free_page(sys, page);
	unregister_shrinker(sys, &o.shrinker);
	assert_true(list_empty(&list));
	assert_int_equal(all_pages(sys), pages);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- who asks, and where ----------------------------------------------------------------- */

/* Expect: a request that is bound to a node asks for that node only; others for all, each once. */
static void only_the_nodes_of_the_request_are_asked(void **state)
{
	struct mem_system *sys = sim_new("96M nodes=2");
	struct recorder *r;
	struct list_head list;
	u64 one, both;

	(void)state;
	list_init(&list);
	take_pages(sys, GFP_KERNEL, &list);
	r = recorder_new(sys, 1);
	assert_null(alloc_pages_node(sys, 1, GFP_USER | __GFP_THISNODE, 0));
	one = r->shrinker.nr_calls;
	assert_int_equal(one, DEF_PRIORITY + 1);
	assert_int_equal(r->nid, 1);
	assert_int_equal(r->gfp, GFP_USER | __GFP_THISNODE);
	assert_null(alloc_page(sys, GFP_KERNEL));
	both = r->shrinker.nr_calls - one;
	assert_int_equal(both, 2 * one);
	recorder_free(sys, r);
	give_pages(sys, &list);
	sim_free(sys);
}

/* Expect: who must not fail asks, and then takes the last page. */
static void nofail_asks_first(void **state)
{
	struct page_options options = {.min_free_kbytes = 1024};
	struct mem_system *sys = sim_new_with("64M", &options);
	struct list_head list;
	struct page *page;
	struct odd o;

	(void)state;
	list_init(&list);
	take_pages(sys, GFP_KERNEL, &list);
	odd_init(sys, &o, 1000);
	page = alloc_page(sys, GFP_KERNEL | __GFP_NOFAIL);
	assert_non_null(page);
	assert_true(o.calls > 0);
	unregister_shrinker(sys, &o.shrinker);
	sim_free(sys);
}

/* Expect: memory without struct pages shrinks as well. */
static void frames_are_asked_for_too(void **state)
{
	struct page_options options = {.frames_only = true};
	struct mem_system *sys = sim_new_with("64M", &options);
	struct odd o;

	(void)state;
	while (frame_alloc(sys, 0, GFP_KERNEL, 0) != NO_FRAME)
		;
	odd_init(sys, &o, 1000);
	assert_true(frame_alloc(sys, 0, GFP_KERNEL, 0) == NO_FRAME);
	assert_true(o.calls > 0);
	unregister_shrinker(sys, &o.shrinker);
	o.calls = 0;
	assert_true(frame_alloc(sys, 0, GFP_KERNEL, 0) == NO_FRAME);
	assert_int_equal(o.calls, 0);
	sim_free(sys);
}

/* Expect: the order of locks is proved where memory may be short, though it is not. */
static void requests_under_a_lock_that_shrinkers_take_are_found(void **state)
{
	struct mem_system *sys = sim_new("64M");

	(void)state;
	spin_lock(&sys->vmalloc.lock);
	__free_pages(sys, alloc_pages(sys, GFP_KERNEL, 5), 5);
	spin_unlock(&sys->vmalloc.lock);
	spin_lock(&sys->slab.lock);
	__free_pages(sys, alloc_pages(sys, GFP_NOWAIT, 5), 5);
	__free_pages(sys, alloc_pages(sys, GFP_KERNEL | __GFP_NORETRY, 5), 5);
	expect_assert_failure(alloc_pages(sys, GFP_KERNEL, 5));
	sim_free(sys);
}

/* A shrinker of something that is under the areas' lock, such as lazily unmapped areas. */
static u64 tries_lock(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct odd *o = shrinker->private_data;

	o->calls++;
	if (!spin_trylock(&sc->sys->vmalloc.lock))
		return SHRINK_STOP;
	o->got++;
	spin_unlock(&sc->sys->vmalloc.lock);
	return o->claims;
}

/* Expect: with a lock tried, not taken, whoever holds it may need memory. */
static void a_shrinker_may_try_any_lock(void **state)
{
	struct mem_system *sys = sim_new("64M");
	struct list_head list;
	struct odd o;

	(void)state;
	list_init(&list);
	take_pages(sys, GFP_KERNEL, &list);
	odd_init(sys, &o, 1000);
	o.shrinker.scan_objects = tries_lock;
	spin_lock(&sys->vmalloc.lock);
	assert_null(alloc_page(sys, GFP_KERNEL));
	spin_unlock(&sys->vmalloc.lock);
	assert_true(o.calls > 0);
	assert_int_equal(o.got, 0);
	assert_null(alloc_page(sys, GFP_KERNEL));
	assert_true(o.got > 0);
	unregister_shrinker(sys, &o.shrinker);
	give_pages(sys, &list);
	/* What follows is proved against all that is held. */
	spin_lock(&sys->slab.lock);
	assert_true(spin_trylock(&sys->vmalloc.lock));
	assert_false(spin_trylock(&sys->vmalloc.lock));
	expect_assert_failure(might_lock(&sys->shrinkers.lock));
	expect_assert_failure(might_lock(&sys->slab.lock));
	might_lock(&sys->page.memmap_lock);
	spin_unlock(&sys->vmalloc.lock);
	spin_unlock(&sys->slab.lock);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- coming and going -------------------------------------------------------------------- */

static u64 leaves(struct shrinker *shrinker, struct shrink_control *sc)
{
	unregister_shrinker(sc->sys, shrinker);
	return 0;
}

static u64 too_many(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker;
	(void)sc;
	return 1ULL << 60;
}

static void wrong_use_is_found(void **state)
{
	struct mem_system *sys = sim_new("64M");
	struct shrinker nothing = {.name = "nothing"}, absent = {.name = "absent"};
	struct odd o;

	(void)state;
	expect_assert_failure(register_shrinker(sys, &nothing));
	expect_assert_failure(unregister_shrinker(sys, &absent));
	odd_init(sys, &o, 10);
	expect_assert_failure(register_shrinker(sys, &o.shrinker));
	unregister_shrinker(sys, &o.shrinker);
	expect_assert_failure(unregister_shrinker(sys, &o.shrinker));
	register_shrinker(sys, &o.shrinker);
	expect_assert_failure(shrink_slab(sys, GFP_KERNEL, 0, DEF_PRIORITY + 1));
	expect_assert_failure(shrink_slab(sys, GFP_KERNEL, -1, 0));
	o.shrinker.count_objects = leaves;
	expect_assert_failure(shrink_slab(sys, GFP_KERNEL, 0, 0));
	sim_free(sys);
	sys = sim_new("64M");
	odd_init(sys, &o, 10);
	o.shrinker.count_objects = too_many;
	expect_assert_failure(shrink_slab(sys, GFP_KERNEL, 0, 0));
	sim_free(sys);
}

/* Expect: drop_slab() leaves nothing that could be given. */
static void all_can_be_dropped_by_hand(void **state)
{
	struct mem_system *sys = sim_new("64M nodes=2");
	u64 pages = all_pages(sys);
	struct cached d;

	(void)state;
	cached_init(sys, &d);
	/* A slab that only this CPU knows of: it is empty, but for what lies at hand. */
	kmem_cache_free(sys, d.cache, kmem_cache_alloc(sys, d.cache, GFP_KERNEL));
	assert_true(drop_slab(sys) > 0);
	assert_int_equal(kmem_cache_node_slabs(d.cache, NUMA_NO_NODE), 0);
	while (d.nr < 20000)
		assert_true(cached_add(sys, &d, GFP_KERNEL));
	assert_true(drop_slab(sys) >= 20000);
	assert_int_equal(d.nr, 0);
	assert_int_equal(event(sys, "drop_slab"), 2);
	cached_destroy(sys, &d);
	assert_int_equal(all_pages(sys), pages);
	sim_free(sys);
}

/* Expect: whichever page cannot be had, nothing is lost. */
static void a_page_is_missing_at_every_place(void **state)
{
	struct mem_system *sys = sim_new("64M");
	struct cached d;
	u64 pages, made = 0;

	(void)state;
	cached_init(sys, &d);
	drop_slab(sys);
	pages = all_pages(sys);
	for (u64 k = 1; made < 600; k++) {
		struct odd o;

		odd_init(sys, &o, 300);
		o.allocates = true;
		page_debug_fail_after(sys, k);
		for (made = 0; made < 600 && cached_add(sys, &d, GFP_KERNEL); made++) {
			if (made % 50 == 0)
				shrink_slab(sys, GFP_KERNEL, 0, 3);
		}
		page_debug_fail_after(sys, 0);
		assert_sound(sys);
		unregister_shrinker(sys, &o.shrinker);
		drop_slab(sys);
		assert_int_equal(d.nr, 0);
		assert_int_equal(all_pages(sys), pages);
		assert_true(k < 1000);
	}
	cached_destroy(sys, &d);
	sim_free(sys);
}

/* ---- the demonstration ------------------------------------------------------------------- */

static int stop_at(void *ctx, u64 done, u64 total)
{
	u64 *polls_left = ctx;

	assert_true(done <= total);
	return !--*polls_left;
}

/* Takes a page and keeps it, or frees what it does not have. */
static u64 thief(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct odd *o = shrinker->private_data;

	if (!o->claims)
		kfree(sc->sys, shrinker);
	else if (!o->got)
		o->got = alloc_page(sc->sys, GFP_KERNEL) != NULL;
	return SHRINK_STOP;
}

static void pressure_runs_and_gives_all_back(void **state)
{
	static const char *const machines[] = {"64M", "3G nodes=2", "300M flat"};
	struct pressure_result r;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(machines); i++) {
		struct page_options options = page_option_defaults();
		struct mem_system *sys = sim_new_with(machines[i], &options);
		u64 pages = all_pages(sys), polls = ~0ULL;

		assert_int_equal(pressure_run(sys, stop_at, &polls, &r), 0);
		assert_null(r.failed);
		assert_true(r.given_pages + PCP_MAX_BATCH >= r.cache_pages && r.cache_pages > 100);
		assert_true(r.scanned >= r.objects && r.objects > r.cache_pages);
		assert_int_equal(all_pages(sys), pages);
		polls = ~0ULL - polls;
		for (u64 n = 1; n < polls; n += 1 + polls / 8) {
			u64 left = n;

			assert_int_equal(pressure_run(sys, stop_at, &left, &r), -EINTR);
			assert_true(r.stopped && !r.failed);
			assert_int_equal(all_pages(sys), pages);
		}
		assert_sound(sys);
		sim_free(sys);
	}
}

static void pressure_says_what_does_not_hold(void **state)
{
	static const char *const says[] = {"frees were refused (frees)",
					   "pages did not come back (pages now free)"};
	struct mem_system *sys = sim_new("64M");
	struct pressure_result r;
	struct odd o;
	u64 pages;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(says); i++) {
		odd_init(sys, &o, 1000000); /* many: it is asked at once */
		o.shrinker.scan_objects = thief;
		o.claims = i;
		assert_int_equal(pressure_run(sys, NULL, NULL, &r), -EFAULT);
		assert_string_equal(r.failed, says[i]);
		unregister_shrinker(sys, &o.shrinker);
	}
	pages = all_pages(sys);
	for (u64 k = 1; k < 40; k++) {
		page_debug_fail_after(sys, k);
		assert_true(pressure_run(sys, NULL, NULL, &r) < 0);
		page_debug_fail_after(sys, 0);
		assert_int_equal(all_pages(sys), pages);
	}
	assert_sound(sys);
	sim_free(sys);
}

/* ---- several CPUs ------------------------------------------------------------------------ */

#define CPUS 4

struct presser {
	pthread_t id;
	struct mem_system *sys;
	struct cached *d;
	u32 cpu;
	u64 got;
	struct list_head pages;
};

/* Fills the cache and memory, again and again; the last CPU's shrinker comes and goes. */
static void *press(void *arg)
{
	struct presser *p = arg;
	struct odd *o;

	arch_host_cpu = p->cpu;
	for (u32 round = 0; round < 6; round++) {
		o = malloc(sizeof(*o));
		odd_init(p->sys, o, 5000);
		for (u32 i = 0; i < 20000; i++)
			p->got += cached_add(p->sys, p->d, GFP_KERNEL);
		p->got += take_pages(p->sys, GFP_KERNEL, &p->pages);
		unregister_shrinker(p->sys, &o->shrinker);
		memset(o, 0x55, sizeof(*o));
		free(o); /* which ASan watches */
		give_pages(p->sys, &p->pages);
	}
	return NULL;
}

static void several_cpus_shrink_at_once(void **state)
{
	struct mem_system *sys = sim_new("64M nodes=2 cpus=4");
	u64 pages = all_pages(sys);
	struct presser p[CPUS];
	struct cached d;

	(void)state;
	cached_init(sys, &d);
	pcp_start_cpus(sys, CPUS);
	for (u32 i = 0; i < CPUS; i++) {
		p[i] = (struct presser){.sys = sys, .d = &d, .cpu = i};
		list_init(&p[i].pages);
		assert_int_equal(pthread_create(&p[i].id, NULL, press, &p[i]), 0);
	}
	for (u32 i = 0; i < CPUS; i++) {
		pthread_join(p[i].id, NULL);
		assert_true(p[i].got > 20000);
	}
	pcp_stop_cpus(sys, CPUS);
	assert_true(d.shrinker.nr_freed > 10000);
	cached_destroy(sys, &d);
	assert_sound(sys);
	assert_int_equal(slab_bad_frees(sys) + sys->page.errors.bad_frees, 0);
	assert_int_equal(all_pages(sys), pages);
	sim_free(sys);
}

struct stay {
	struct shrinker shrinker;
	struct mem_system *sys;
	bool inside, leave, gone;
};

static bool is_set(const bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

static u64 stays(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct stay *s = shrinker->private_data;

	(void)sc;
	__atomic_store_n(&s->inside, true, __ATOMIC_RELEASE);
	while (!is_set(&s->leave))
		sched_yield();
	assert_false(is_set(&s->gone));
	return 0;
}

static void *shrink_there(void *arg)
{
	struct stay *s = arg;

	arch_host_cpu = 1;
	shrink_slab(s->sys, GFP_KERNEL, 0, 0);
	return NULL;
}

static void *unregister_there(void *arg)
{
	struct stay *s = arg;

	arch_host_cpu = 2;
	unregister_shrinker(s->sys, &s->shrinker);
	__atomic_store_n(&s->gone, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Expect: who unregisters a shrinker waits for the CPU that is in it; nobody else comes in. */
static void unregister_waits_for_who_is_inside(void **state)
{
	struct stay s = {.shrinker = {.name = "stays",
				      .count_objects = stays,
				      .scan_objects = stays,
				      .private_data = &s}};
	pthread_t in, out;

	(void)state;
	s.sys = sim_new("64M cpus=3");
	register_shrinker(s.sys, &s.shrinker);
	assert_int_equal(pthread_create(&in, NULL, shrink_there, &s), 0);
	while (!is_set(&s.inside))
		sched_yield();
	assert_int_equal(pthread_create(&out, NULL, unregister_there, &s), 0);
	usleep(50 * 1000);
	assert_false(is_set(&s.gone));
	shrink_slab(s.sys, GFP_KERNEL, 0, 0);
	assert_int_equal(s.shrinker.nr_calls, 0); /* the one that is inside is not counted yet */
	__atomic_store_n(&s.leave, true, __ATOMIC_RELEASE);
	pthread_join(in, NULL);
	pthread_join(out, NULL);
	assert_true(s.gone);
	sim_free(s.sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_what_linux_asks),
		cmocka_unit_test(a_cache_outlives_memory_exhaustion),
		cmocka_unit_test(a_cache_may_fill_all_of_memory),
		cmocka_unit_test(large_blocks_come_back_too),
		cmocka_unit_test(empty_slabs_are_memory),
		cmocka_unit_test(a_shrinker_that_gives_nothing_ends_in_null),
		cmocka_unit_test(a_shrinker_may_allocate),
		cmocka_unit_test(only_the_nodes_of_the_request_are_asked),
		cmocka_unit_test(nofail_asks_first),
		cmocka_unit_test(frames_are_asked_for_too),
		cmocka_unit_test(requests_under_a_lock_that_shrinkers_take_are_found),
		cmocka_unit_test(a_shrinker_may_try_any_lock),
		cmocka_unit_test(wrong_use_is_found),
		cmocka_unit_test(all_can_be_dropped_by_hand),
		cmocka_unit_test(a_page_is_missing_at_every_place),
		cmocka_unit_test(pressure_runs_and_gives_all_back),
		cmocka_unit_test(pressure_says_what_does_not_hold),
		cmocka_unit_test(unregister_waits_for_who_is_inside),
		cmocka_unit_test(several_cpus_shrink_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
