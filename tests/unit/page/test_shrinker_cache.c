/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A cache with a shrinker outlives the end of memory; and `exercise pressure`, which shows it. */
#include "mm/exercise/pressure.h"
#include "odd_shrinker.h"

/* ---- a cache with a shrinker ------------------------------------------------------------- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cache_outlives_memory_exhaustion),
		cmocka_unit_test(a_cache_may_fill_all_of_memory),
		cmocka_unit_test(large_blocks_come_back_too),
		cmocka_unit_test(empty_slabs_are_memory),
		cmocka_unit_test(pressure_runs_and_gives_all_back),
		cmocka_unit_test(pressure_says_what_does_not_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
