/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SLUB, kmalloc and vmalloc on a simulated machine: objects filled and checked, wrong frees,
 * failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/exercise.h"
#include "sim.h"

static void assert_sound(struct mem_system *sys)
{
	const struct kmem_cache *cache;
	const char *wrong = slab_check(sys, &cache);
	u64 where;

	if (!wrong)
		wrong = page_alloc_check(sys, &where);
	if (!wrong)
		wrong = vmalloc_check(sys, &where);
	if (wrong)
		fail_msg("%s", wrong);
}

/* Linux's figures: reference/linux/4G/slabinfo.txt (objects per slab, pages per slab). */
static void kmalloc_caches_have_linuxs_geometry(void **state)
{
	static const struct {
		u32 size, objects, pages;
	} linux_has[] = {
		{8, 512, 1},  {16, 256, 1}, {32, 128, 1}, {64, 64, 1},	{96, 42, 1},  {128, 32, 1},
		{192, 21, 1}, {256, 16, 1}, {512, 8, 1},  {1024, 8, 2}, {2048, 8, 4}, {4096, 8, 8},
	};
	struct mem_system *sys = sim_new("128M");

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(linux_has); i++) {
		assert_int_equal(sys->slab.kmalloc[i]->size, linux_has[i].size);
		assert_int_equal(sys->slab.kmalloc[i]->objects, linux_has[i].objects);
		assert_int_equal(1u << sys->slab.kmalloc[i]->order, linux_has[i].pages);
	}
	sim_free(sys);
}

static u32 constructed;

static void construct(void *object)
{
	memset(object, 0x11, 24);
	constructed++;
}

static void constructed_objects_keep_their_contents(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c;
	u8 *object;

	(void)state;
	constructed = 0;
	c = kmem_cache_create(sys, "ctor", 24, 0, 0, construct);
	object = kmem_cache_alloc(sys, c, GFP_KERNEL);
	assert_int_equal(constructed, c->objects);
	for (u32 i = 0; i < 24; i++)
		assert_int_equal(object[i], 0x11);
	kmem_cache_free(sys, c, object);
	assert_ptr_equal(kmem_cache_alloc(sys, c, GFP_KERNEL), object);
	assert_int_equal(object[0], 0x11);
	assert_int_equal(kmem_cache_destroy(sys, c), -EBUSY);
	kmem_cache_free(sys, c, object);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	assert_sound(sys);
	sim_free(sys);
}

static void bad_arguments_give_no_cache(void **state)
{
	struct mem_system *sys = sim_new("128M");

	(void)state;
	assert_null(kmem_cache_create(sys, NULL, 8, 0, 0, NULL));
	assert_null(kmem_cache_create(sys, "", 8, 0, 0, NULL));
	assert_null(kmem_cache_create(sys, "x", 0, 0, 0, NULL));
	assert_null(kmem_cache_create(sys, "x", 8, 24, 0, NULL));
	assert_null(kmem_cache_create(sys, "x", 0x7fffffff, 0, 0, NULL));
	sim_free(sys);
}

static void wrong_frees_are_refused(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *a = kmem_cache_create(sys, "a", 40, 0, SLAB_POISON, NULL);
	struct kmem_cache *b = kmem_cache_create(sys, "b", 40, 64, SLAB_HWCACHE_ALIGN, NULL);
	u8 *x = kmem_cache_alloc(sys, a, GFP_KERNEL);
	void *page = get_free_page(sys, GFP_KERNEL);

	(void)state;
	kmem_cache_free(sys, b, x);			    /* another cache's */
	kmem_cache_free(sys, a, x + 8);			    /* the middle */
	kmem_cache_free(sys, a, page);			    /* no slab */
	kmem_cache_free(sys, a, phys_to_virt(sys, 0x1000)); /* no live page */
	assert_int_equal(sys->slab.bad_frees, 4);
	kmem_cache_free(sys, a, x);
	assert_int_equal(sys->slab.bad_frees, 4);
	kmem_cache_free(sys, a, x); /* twice */
	kfree(sys, (u8 *)page);
	assert_int_equal(sys->slab.bad_frees, 6);
	kmem_cache_free(sys, a, NULL);
	assert_int_equal(sys->slab.bad_frees, 6);
	assert_sound(sys);
	sim_free(sys);
}

static void kmalloc_sizes(void **state)
{
	struct mem_system *sys = sim_new("256M");
	void *p;

	(void)state;
	assert_ptr_equal(kmalloc(sys, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	kfree(sys, ZERO_SIZE_PTR);
	kfree(sys, NULL);
	assert_int_equal(ksize(sys, NULL), 0);
	assert_null(kmalloc(sys, KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
	assert_null(kmalloc(sys, SIZE_MAX, GFP_KERNEL));
	for (size_t size = 1; size <= KMALLOC_MAX_SIZE; size = size * 5 / 3 + 1) {
		p = kzalloc(sys, size, GFP_KERNEL);
		assert_non_null(p);
		assert_true(ksize(sys, p) >= size);
		for (size_t i = 0; i < size; i += 509)
			assert_int_equal(((u8 *)p)[i], 0);
		memset(p, 0xee, ksize(sys, p));
		kfree(sys, p);
	}
	p = kmalloc(sys, 100, GFP_KERNEL);
	memset(p, 0x42, 100);
	p = krealloc(sys, p, 20000, GFP_KERNEL);
	for (u32 i = 0; i < 100; i++)
		assert_int_equal(((u8 *)p)[i], 0x42);
	assert_ptr_equal(krealloc(sys, p, 50, GFP_KERNEL), p);
	assert_ptr_equal(krealloc(sys, p, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_non_null(p = krealloc(sys, NULL, 8, GFP_KERNEL));
	kfree(sys, p);
	assert_int_equal(sys->slab.bad_frees, 0);
	assert_int_equal(sys->slab.large_pages, 0);
	assert_sound(sys);
	sim_free(sys);
}

#define SLOTS 2000

/* Every object filled with its own number; nobody may touch another's. */
static void random_objects_keep_to_themselves(void **state)
{
	struct mem_system *sys = sim_new("256M nodes=2");
	static struct {
		u64 *p;
		size_t size;
	} slot[SLOTS];
	struct prng prng;

	(void)state;
	print_message("# seed 5\n");
	prng_seed(&prng, 5);
	memset(slot, 0, sizeof(slot));
	for (u32 step = 0; step < 60000; step++) {
		u32 i = (u32)prng_below(&prng, SLOTS);

		if (!slot[i].p) {
			slot[i].size = 8 + prng_below(&prng, 1ULL << (4 + prng_below(&prng, 11)));
			slot[i].p = kmalloc(sys, slot[i].size, GFP_KERNEL);
			assert_non_null(slot[i].p);
			for (size_t k = 0; k < slot[i].size / 8; k++)
				slot[i].p[k] = i;
			continue;
		}
		for (size_t k = 0; k < slot[i].size / 8; k++)
			assert_int_equal(slot[i].p[k], i);
		kfree(sys, slot[i].p);
		slot[i].p = NULL;
		if (step % 8192 == 0)
			assert_sound(sys);
	}
	for (u32 i = 0; i < SLOTS; i++)
		kfree(sys, slot[i].p);
	assert_int_equal(sys->slab.bad_frees, 0);
	assert_sound(sys);
	sim_free(sys);
}

static void vmalloc_areas_are_apart_and_mapped(void **state)
{
	struct mem_system *sys = sim_new("256M levels=5");
	u8 *a = vmalloc(sys, 5 * PAGE_SIZE), *b = vmalloc(sys, 1), *c;
	struct page *pages[3];
	u64 va = (u64)(uintptr_t)a - sys->vmalloc_offset;

	(void)state;
	assert_int_equal(va, sys->layout.vmalloc_start);
	assert_ptr_equal(b, a + 6 * PAGE_SIZE); /* a guard page between */
	memset(a, 1, 5 * PAGE_SIZE);
	memset(b, 2, PAGE_SIZE);
	assert_int_equal(a[5 * PAGE_SIZE - 1], 1);
	assert_int_equal(vmalloc_find(sys, va + 100)->nr_pages, 5);
	assert_null(vmalloc_find(sys, va - 1));
	vfree(sys, a);
	assert_ptr_equal(vmalloc(sys, 3 * PAGE_SIZE), a); /* first fit */
	assert_null(vmalloc(sys, 0));
	assert_null(vmalloc(sys, 1ULL << 60));
	for (u32 i = 0; i < 3; i++)
		pages[i] = alloc_page(sys, GFP_KERNEL);
	c = vmap(sys, pages, 3, PT_WRITE | PT_NOEXEC);
	c[PAGE_SIZE] = 77;
	assert_int_equal(*(u8 *)page_address(sys, pages[1]), 77);
	assert_sound(sys);
	vfree(sys, c); /* not vfree's */
	vfree(sys, b + 1);
	assert_int_equal(sys->vmalloc.bad_frees, 2);
	vunmap(sys, c);
	vunmap(sys, NULL);
	vfree(sys, NULL);
	vfree(sys, a);
	vfree(sys, b);
	assert_int_equal(sys->vmalloc.nr_areas, 0);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect for every k: when the k-th page cannot be had, NULL comes and nothing is lost. */
static void failure_at_every_page_gives_everything_back(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *cache;
	u64 before, k;
	void *p = NULL;

	(void)state;
	vfree(sys, vmalloc(sys, 40 * PAGE_SIZE)); /* tables stay: now they are there */
	for (k = 1; !p; k++) {
		list_for_each_entry(cache, &sys->slab.caches, list)
			kmem_cache_shrink(sys, cache);
		before = sim_free_pages(sys);
		sys->fail_after = k;
		p = vmalloc(sys, 40 * PAGE_SIZE);
		sys->fail_after = 0;
		if (!p) {
			list_for_each_entry(cache, &sys->slab.caches, list)
				kmem_cache_shrink(sys, cache);
			assert_int_equal(sim_free_pages(sys), before);
			assert_int_equal(sys->vmalloc.nr_areas, 0);
		}
		assert_sound(sys);
	}
	assert_true(k > 40);
	vfree(sys, p);
	sys->fail_after = 1;
	assert_null(kmalloc(sys, 3000, GFP_KERNEL));
	assert_null(kmalloc(sys, 100000, GFP_KERNEL));
	sim_free(sys);
}

/* ---- the exercise
 * -------------------------------------------------------------------------------------- */

static int stop_at_once(void *ctx, u64 done, u64 total)
{
	(void)total;
	++*(u64 *)ctx;
	return done >= 2000;
}

static void the_exercise_holds_and_repeats(void **state)
{
	static const char *const machines[] = {"64M", "300M nodes=2", "8G levels=5", "1T",
					       "200M flat no1g"};
	struct exercise_config cfg = exercise_defaults();
	struct exercise_result first, second;

	(void)state;
	cfg.steps = 6000;
	for (u32 i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mem_system *sys = sim_new(machines[i]);

		if (exercise_run(sys, &cfg, &first))
			fail_msg("%s: %s %#llx", machines[i], first.failed, first.failed_at);
		sim_free(sys);
		sys = sim_new(machines[i]);
		assert_int_equal(exercise_run(sys, &cfg, &second), 0);
		assert_memory_equal(first.kind, second.kind, sizeof(first.kind));
		assert_true(first.kind[EX_VMALLOC].allocs > 10 &&
			    first.kind[EX_CACHE].bytes > 1000);
		sim_free(sys);
	}
}

static void the_exercise_can_be_stopped(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct exercise_config cfg = exercise_defaults();
	struct exercise_result res;
	u64 asked = 0;

	(void)state;
	cfg.poll = stop_at_once;
	cfg.poll_ctx = &asked;
	assert_int_equal(exercise_run(sys, &cfg, &res), -EINTR);
	assert_true(res.stopped && !res.failed && asked == 3 && res.steps == 2000);
	assert_string_equal(exercise_kind_name(EX_KMALLOC), "kmalloc");
	sim_free(sys);
}

/* A test that could not fail would be none: break things, and the checks must say so. */
static void checks_find_what_is_broken(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct page *page = alloc_pages(sys, GFP_KERNEL, 3);
	struct zone *zone = page_zone(sys, page);
	const struct kmem_cache *cache;
	u64 where;
	void **object;

	(void)state;
	zone->nr_free_pages++;
	assert_non_null(page_alloc_check(sys, &where));
	zone->nr_free_pages--;
	zone->free_area[3].nr_free++;
	assert_non_null(page_alloc_check(sys, &where));
	zone->free_area[3].nr_free--;
	assert_null(page_alloc_check(sys, &where));
	object = kmalloc(sys, 64, GFP_KERNEL);
	kfree(sys, object);
	object[4] = object; /* the free pointer lies in the middle: a loop */
	assert_non_null(slab_check(sys, &cache));
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kmalloc_caches_have_linuxs_geometry),
		cmocka_unit_test(constructed_objects_keep_their_contents),
		cmocka_unit_test(bad_arguments_give_no_cache),
		cmocka_unit_test(wrong_frees_are_refused),
		cmocka_unit_test(kmalloc_sizes),
		cmocka_unit_test(random_objects_keep_to_themselves),
		cmocka_unit_test(vmalloc_areas_are_apart_and_mapped),
		cmocka_unit_test(failure_at_every_page_gives_everything_back),
		cmocka_unit_test(the_exercise_holds_and_repeats),
		cmocka_unit_test(the_exercise_can_be_stopped),
		cmocka_unit_test(checks_find_what_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
