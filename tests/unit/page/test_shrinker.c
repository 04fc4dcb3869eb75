/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shrinkers: how much they are asked for, by whom, and what an allocation gets of it. */
#include "odd_shrinker.h"

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

/* ---- shrinkers that do not help ---------------------------------------------------------- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_what_linux_asks),
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
