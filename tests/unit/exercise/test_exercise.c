/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The exercise on many machines, stopped, starved of memory, and sabotaged: then it must notice. */
#include "mm/exercise/exercise.h"

#include <pthread.h>

#include "mm/exercise/pressure.h"
#include "mm_fixture.h"
#include "sanitize.h"

static struct exercise_config small_config(void)
{
	struct exercise_config cfg = exercise_defaults();

	cfg.steps = 3000;
	return cfg;
}

static void run(struct mem_system *sys, const char *machine, const struct exercise_config *cfg,
		struct exercise_result *res)
{
	int err = exercise_run(sys, cfg, res);

	if (err || res->failed)
		fail_msg("%s: %d %s %#llx", machine, err, res->failed ? res->failed : "",
			 res->failed_at);
}

static void it_holds_and_repeats(void **state)
{
	static const char *const machines[] = {"40M",	      "64M", "300M nodes=2",  "8G levels=5",
					       "1T nodes=16", "12T", "200M flat no1g"};
	struct exercise_config cfg = small_config();
	struct exercise_result first, second;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mem_system *sys = sim_new(machines[i]);
		u64 free = free_pages_shrunk(sys), pages = all_pages(sys);

		run(sys, machines[i], &cfg, &first);
		assert_int_equal(all_pages(sys), pages);
		assert_true(first.peak_pages <= (free + 8) / 2);
		sim_free(sys);
		sys = sim_new(machines[i]);
		run(sys, machines[i], &cfg, &second);
		first.ticks = second.ticks = 0;
		assert_memory_equal(&first, &second, sizeof(first));
		assert_int_equal(first.steps, 5 * cfg.steps);
		for (u32 k = 0; k < NR_EXERCISE_KINDS; k++) {
			assert_true(first.kind[k].allocs > 500 && first.kind[k].bytes > 10000);
			assert_int_equal(first.kind[k].allocs, first.kind[k].frees);
		}
		assert_true(first.reallocs > 50 && first.filled_pages > 1000);
		/* And again on the machine as it is now. */
		run(sys, machines[i], &cfg, &second);
		if (free >=
		    2 * 256 * MiB / PAGE_SIZE) /* as much as before may be held: the same areas */
			assert_int_equal(second.table_pages, 0);
		sim_free(sys);
	}
}

/* Records of pages take pages of their own meanwhile, which are not lost. */
static void it_holds_while_pages_are_recorded(void **state)
{
	static const unsigned aids[] = {PAGE_DEBUG_POISON, PAGE_DEBUG_OWNER | PAGE_DEBUG_TRACE};
	struct exercise_config cfg = small_config();
	struct pressure_result pressed;
	struct exercise_result res;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(aids); i++) {
		struct mem_system *sys = sim_new("300M nodes=2");
		u64 pages = all_pages(sys);

		assert_int_equal(page_debug_set(sys, aids[i]), 0);
		run(sys, "recorded", &cfg, &res);
		assert_int_equal(pressure_run(sys, NULL, NULL, &pressed), 0);
		assert_null(pressed.failed);
		run(sys, "recorded twice", &cfg, &res);
		assert_int_equal(page_debug_set(sys, 0), 0);
		assert_int_equal(all_pages(sys), pages);
		sim_free(sys);
	}
}

/* Expect: requests that may not use ZONE_MOVABLE are short of memory, and call shrinkers. */
static void it_holds_with_little_memory_for_the_kernel(void **state)
{
	struct page_options options = {.kernelcore.bytes = 32 * MiB};
	struct mem_system *sys = sim_new_with("1G", &options);
	struct exercise_config cfg = exercise_defaults();
	struct exercise_result res;

	(void)state;
	run(sys, "kernelcore", &cfg, &res);
	run(sys, "kernelcore twice", &cfg, &res);
	sim_free(sys);
}

static void another_seed_does_something_else(void **state)
{
	struct mem_system *sys = sim_new("256M");
	struct exercise_config cfg = small_config();
	struct exercise_result first, second;

	(void)state;
	run(sys, "seed 1", &cfg, &first);
	cfg.seed = 2;
	run(sys, "seed 2", &cfg, &second);
	assert_int_equal(second.seed, 2);
	assert_memory_not_equal(first.kind, second.kind, sizeof(first.kind));
	sim_free(sys);
}

static void nothing_to_do(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct exercise_config cfg = {.seed = 3};
	struct exercise_result res;

	(void)state;
	run(sys, "no steps", &cfg, &res);
	assert_int_equal(res.steps + res.filled_pages + res.peak_pages, 0);
	assert_string_equal(exercise_kind_name(EX_PAGES), "pages");
	assert_string_equal(exercise_kind_name(EX_VMALLOC), "vmalloc");
	assert_string_equal(exercise_kind_name(NR_EXERCISE_KINDS), "?");
	sim_free(sys);
}

/* ---- several CPUs ------------------------------------------------------------------------ */

#define WORKERS 4

struct worker {
	pthread_t id;
	u32 nr;
	void (*fn)(void *arg, u32 worker);
	void *arg;
};

static void *be_worker(void *arg)
{
	struct worker *w = arg;

	arch_host_cpu = w->nr;
	w->fn(w->arg, w->nr);
	return NULL;
}

static int on_threads(void *ctx, void (*fn)(void *arg, u32 worker), void *arg)
{
	struct worker w[WORKERS];

	++*(u32 *)ctx;
	for (u32 i = 1; i < WORKERS; i++) {
		w[i] = (struct worker){.nr = i, .fn = fn, .arg = arg};
		assert_int_equal(pthread_create(&w[i].id, NULL, be_worker, &w[i]), 0);
	}
	fn(arg, 0);
	for (u32 i = 1; i < WORKERS; i++)
		pthread_join(w[i].id, NULL);
	return 0;
}

static void all_cpus_at_once(void **state)
{
	static const char *const machines[] = {"64M cpus=4", "1G nodes=2 cpus=4"};
	u32 runs = 0;
	struct exercise_config cfg = small_config();
	struct exercise_result res;

	(void)state;
	cfg.run = on_threads;
	cfg.run_ctx = &runs;
	cfg.nr_workers = WORKERS;
	for (u32 i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mem_system *sys = sim_new(machines[i]);
		u64 pages = all_pages(sys);

		runs = 0;
		run(sys, machines[i], &cfg, &res);
		assert_int_equal(runs, 6); /* each kind, all of them, the fill */
		assert_int_equal(res.nr_workers, WORKERS);
		assert_int_equal(res.steps, 5 * WORKERS * cfg.steps);
		assert_true(res.swaps > res.steps / 10);
		assert_int_equal(all_pages(sys), pages);
		sim_free(sys);
	}
}

static int no_cpus(void *ctx, void (*fn)(void *arg, u32 worker), void *arg)
{
	(void)ctx;
	fn(arg, 0);
	return -ENODEV;
}

/* Expect that CPUs that do not come end it, with everything given back. */
static void cpus_that_do_not_come_end_it(void **state)
{
	struct mem_system *sys = sim_new("64M cpus=4");
	struct exercise_config cfg = small_config();
	struct exercise_result res;
	u64 pages = all_pages(sys);

	(void)state;
	cfg.run = no_cpus;
	cfg.nr_workers = WORKERS;
	assert_int_equal(exercise_run(sys, &cfg, &res), -ENODEV);
	assert_null(res.failed);
	assert_int_equal(res.steps, cfg.steps);
	assert_int_equal(all_pages(sys), pages);
	sim_free(sys);
}

/* ---- stopped ----------------------------------------------------------------------------- */

struct stopper {
	u64 at, asked, last, total;
};

static int stop_at(void *ctx, u64 done, u64 total)
{
	struct stopper *s = ctx;

	assert_true(s->asked == 0 || done == s->last + 1000);
	s->asked++;
	s->last = done;
	s->total = total;
	return done >= s->at;
}

/* Expect whatever is held at that moment to be given back, in every phase. */
static void it_can_be_stopped_anywhere(void **state)
{
	struct mem_system *sys = sim_new("256M nodes=2");
	struct exercise_config cfg = small_config();
	struct exercise_result res;

	(void)state;
	for (u64 at = 0; at < 5 * cfg.steps; at += 1000) {
		struct stopper stopper = {.at = at};
		u64 pages = all_pages(sys);

		cfg.poll = stop_at;
		cfg.poll_ctx = &stopper;
		assert_int_equal(exercise_run(sys, &cfg, &res), -EINTR);
		assert_true(res.stopped && !res.failed && !res.filled_pages);
		assert_int_equal(res.steps, at);
		assert_int_equal(stopper.asked, at / 1000 + 1);
		assert_int_equal(stopper.total, 5 * cfg.steps);
		assert_int_equal(all_pages(sys), pages);
		assert_sound(sys);
	}
	sim_free(sys);
}

/* ---- starved ----------------------------------------------------------------------------- */

/* Expect no page from the k-th on to be a failure of the allocators, never of the exercise. */
static void it_survives_when_memory_ends(void **state)
{
	struct exercise_config cfg = small_config();
	u64 enomem = 0, passed = 0;

	(void)state;
	cfg.steps = 300;
	cfg.fill_pages = 500;
	for (u64 k = 1; k < 4000; k += 1 + k / 8) {
		struct mem_system *sys = sim_new("128M nodes=2");
		u64 pages = all_pages(sys);
		struct exercise_result res;
		int err;

		page_debug_fail_after(sys, k);
		err = exercise_run(sys, &cfg, &res);
		page_debug_fail_after(sys, 0);
		if (res.failed || (err && err != -ENOMEM))
			fail_msg("k %llu: %d %s %#llx", k, err, res.failed, res.failed_at);
		enomem += err == -ENOMEM;
		passed += !err;
		assert_int_equal(all_pages(sys), pages);
		assert_sound(sys);
		sim_free(sys);
	}
	assert_true(enomem >= 2 && passed >= 10);
}

/* ---- sabotaged --------------------------------------------------------------------------- */

/* Done to the machine once, in the middle of a phase. */
struct sabotage {
	const char *what, *expected;
	u64 at; /* after so many steps */
	void (*fn)(struct mem_system *sys);
};

struct saboteur {
	struct mem_system *sys;
	const struct sabotage *sabotage;
};

static int do_sabotage(void *ctx, u64 done, u64 total)
{
	struct saboteur *s = ctx;

	(void)total;
	if (done == s->sabotage->at)
		s->sabotage->fn(s->sys);
	return 0;
}

static void take_page(struct mem_system *sys)
{
	assert_non_null(alloc_page(sys, GFP_KERNEL));
}

static void free_twice(struct mem_system *sys)
{
	void *p = kmalloc(sys, 100, GFP_KERNEL);

	kfree(sys, p);
	kfree(sys, p);
}

static void spoil_area(struct mem_system *sys)
{
	const struct vm_struct *area = vmalloc_next(sys, NULL);

	while (area && area->flags & VM_LAZY)
		area = vmalloc_next(sys, area);
	assert_non_null(area);
	*(u8 *)page_address(sys, pfn_to_page(sys, vm_area_pfn(sys, area, 0))) ^= 1;
}

static struct kmem_cache *find_cache(struct mem_system *sys, const char *name)
{
	struct kmem_cache *cache;

	list_for_each_entry(cache, &sys->slab.caches, list) {
		if (!strcmp(cache->name, name))
			return cache;
	}
	fail_msg("no cache %s", name);
	return NULL;
}

static struct page *some_slab(struct mem_system *sys, const char *name)
{
	struct kmem_cache *cache = find_cache(sys, name);

	assert_false(list_empty(&cache->node[0].partial));
	return list_first_entry(&cache->node[0].partial, struct page, slab_list);
}

/* Which we may write to. */
static u8 *free_object(struct mem_system *sys, const char *name)
{
	struct page *slab = some_slab(sys, name);
	const struct kmem_cache *cache = slab->holder->cache;
	const u64 *words = cache->all_free ? &slab->free : slab->map->free;
	u32 i = 0;
	u8 *object;

	while (!words[i])
		i++;
	i = i * 64 + (u32)__builtin_ctzll(words[i]);
	object = (u8 *)page_address(sys, slab) + cache->red_left + i * cache->size;
	sanitize_allow(object, cache->object_size);
	return object;
}

static void write_to_free_object(struct mem_system *sys)
{
	*free_object(sys, "exercise-41") = 0;
}

static void spoil_constructed_object(struct mem_system *sys)
{
	*free_object(sys, "exercise-72") = 1;
}

static void spoil_objects(struct mem_system *sys)
{
	struct page *slab = some_slab(sys, "exercise-1500");

	sanitize_allow(page_address(sys, slab), PAGE_SIZE << slab->holder->cache->order);
	for (u32 i = 0; i < slab->holder->cache->objects; i++)
		*((u8 *)page_address(sys, slab) + i * slab->holder->cache->size) ^= 0x80;
}

static void miscount_free(struct mem_system *sys)
{
	page_zone(sys, alloc_page(sys, GFP_KERNEL))->nr_free_pages++;
}

static void miscount_objects(struct mem_system *sys)
{
	find_cache(sys, "kmalloc-64")->node[0].nr_partial++;
}

static void map_something(struct mem_system *sys)
{
	assert_int_equal(pt_map(&sys->pt, sys->given.layout.vmalloc_end - MiB, 0x5000, PAGE_SIZE,
				PT_WRITE, 0),
			 0);
}

static void hide_table(struct mem_system *sys)
{
	sys->pt.nr_tables++;
}

static const struct sabotage sabotages[] = {
	{"a page is kept", "a zone's pages did not come back (zone's PFN)", 1000, take_page},
	{"freed twice", "an allocator refused a free or found free memory changed (times)", 8000,
	 free_twice},
	{"an area is written to", "memory changed while it was held", 11000, spoil_area},
	{"a free object is written to",
	 "an allocator refused a free or found free memory changed (times)", 5000,
	 write_to_free_object},
	{"a constructed object is written to", "an object is not as constructed", 4000,
	 spoil_constructed_object},
	{"objects are written to", "memory changed while it was held", 5000, spoil_objects},
	{"free pages are miscounted", "a zone's free pages differ from the sum of its lists", 2000,
	 miscount_free},
	{"objects are miscounted", "a node's slabs differ from their count", 7000,
	 miscount_objects},
	{"something is mapped", "the region maps pages that no area has", 10000, map_something},
	{"tables are miscounted", "the page tables differ from their count (tables)", 0,
	 hide_table},
};

/* A test that could not fail would be none: neither would an exercise. */
static void it_notices_what_is_wrong(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sabotages); i++) {
		struct mem_system *sys = sim_new("128M");
		struct saboteur saboteur = {sys, &sabotages[i]};
		struct exercise_config cfg = small_config();
		struct exercise_result res;

		cfg.poll = do_sabotage;
		cfg.poll_ctx = &saboteur;
		if (exercise_run(sys, &cfg, &res) != -EFAULT)
			fail_msg("%s: not noticed", sabotages[i].what);
		if (strcmp(res.failed, sabotages[i].expected))
			fail_msg("%s: \"%s\" was said", sabotages[i].what, res.failed);
		assert_false(res.stopped);
		sim_free(sys);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_holds_and_repeats),
		cmocka_unit_test(it_holds_while_pages_are_recorded),
		cmocka_unit_test(it_holds_with_little_memory_for_the_kernel),
		cmocka_unit_test(another_seed_does_something_else),
		cmocka_unit_test(nothing_to_do),
		cmocka_unit_test(it_can_be_stopped_anywhere),
		cmocka_unit_test(it_survives_when_memory_ends),
		cmocka_unit_test(all_cpus_at_once),
		cmocka_unit_test(cpus_that_do_not_come_end_it),
		cmocka_unit_test(it_notices_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
