/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What debugging reports beside wrong bytes and frees, what it leaves alone, and what is kept. */
#include "slab_debug_fixture.h"

/* ---- other calls ------------------------------------------------------------------------- */

static __attribute__((noinline)) int destroyer(struct mem_system *sys, struct kmem_cache *c)
{
	int err = kmem_cache_destroy(sys, c);

	after_the_call++;
	return err;
}

static void a_busy_cache_is_not_destroyed(void **state)
{
	static const u32 flags[] = {ALL, 0};
	struct mem_system *sys = sim_new("128M");
	u64 nr = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "busy", 1000, 0, flags[i], NULL);
		void *p[100];
		const struct slab_report *r;

		for (u32 k = 0; k < 100; k++)
			p[k] = allocator(sys, c);
		for (u32 k = 0; k < 97; k++)
			freer(sys, c, p[k]);
		assert_int_equal(destroyer(sys, c), -EBUSY);
		assert_int_equal(sys->slab.errors.nr, ++nr);
		r = last_report(sys);
		assert_int_equal(r->error, SLAB_BUSY);
		assert_string_equal(r->cache, "busy");
		assert_int_equal(r->live, 3);
		assert_true(IS_IN(r->caller, destroyer));
		assert_true(r->object == (u64)(uintptr_t)p[97] ||
			    r->object == (u64)(uintptr_t)p[98] ||
			    r->object == (u64)(uintptr_t)p[99]);
		assert_int_equal(IS_IN(r->alloc.caller, allocator), flags[i] != 0);
		for (u32 k = 97; k < 100; k++)
			freer(sys, c, p[k]);
		assert_int_equal(destroyer(sys, c), 0);
		assert_int_equal(sys->slab.errors.nr, nr);
	}
	sim_free(sys);
}

static void arrays_too_large_to_be(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u64 nr = 0;

	(void)state;
	assert_null(kmalloc_array(sys, 1ULL << 62, 4, GFP_KERNEL));
	expect_report(sys, &nr, SLAB_BAD_SIZE, "kmalloc_array", NULL);
	assert_null(kcalloc(sys, 0x100000001ULL, 0x100000001ULL, GFP_KERNEL));
	expect_report(sys, &nr, SLAB_BAD_SIZE, "kmalloc_array", NULL);
	assert_true(last_report(sys)->caller);
	assert_null(kcalloc(sys, SIZE_MAX, SIZE_MAX, GFP_KERNEL));
	nr++;
	assert_null(kmalloc_array(sys, 1ULL << 40, 4, GFP_KERNEL)); /* no overflow: no memory */
	assert_ptr_equal(kmalloc_array(sys, 0, SIZE_MAX, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_int_equal(sys->slab.errors.nr, nr);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect what was freed not to be grown, and not to come to life again. */
static void freed_and_reallocated(void **state)
{
	static const char *const machines[] = {"128M", "128M slub_debug=FZPU",
					       "128M slub_debug=F quarantine=4"};
	static const size_t sizes[] = {50, 60, 64, 500, 20000};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mem_system *sys = sim_new(machines[i]);
		void *keep = kmalloc(sys, 50, GFP_KERNEL);

		for (u32 k = 0; k < ARRAY_SIZE(sizes); k++) {
			void *p = mallocator(sys, 50), *q = mallocator(sys, 50);

			second_freer(sys, p);
			second_freer(sys, q);
			assert_int_equal(ksize(sys, p), 0);
			assert_int_equal(ksize(sys, q), 0);
			assert_null(krealloc(sys, p, sizes[k], GFP_KERNEL));
			assert_null(krealloc(sys, q, sizes[k], GFP_KERNEL));
			assert_int_equal(slab_bad_frees(sys), 2 * k + 2);
			assert_int_equal(last_report(sys)->error, SLAB_BAD_SIZE);
			assert_sound(sys);
		}
		kfree(sys, keep);
		sim_free(sys);
	}
}

/* ---- what a cache promises --------------------------------------------------------------- */

static void construct(void *object)
{
	memset(object, 0x11, 40);
}

static void constructed_objects_are_not_poisoned(void **state)
{
	struct mem_system *sys = sim_new("128M slub_debug=FZPU");
	struct kmem_cache *c = kmem_cache_create(sys, "made", 40, 0, 0, construct);
	const struct slab_report *r;
	u8 *p = allocator(sys, c);
	u64 nr = 0;

	(void)state;
	assert_int_equal(c->flags & SLAB_DEBUG_FLAGS, ALL & ~SLAB_POISON);
	for (u32 round = 0; round < 3; round++) {
		for (u32 i = 0; i < 40; i++)
			assert_int_equal(p[i], 0x11);
		freer(sys, c, p);
		assert_ptr_equal(allocator(sys, c), p);
	}
	p[40] = 0x11;
	freer(sys, c, p);
	r = expect_report(sys, &nr, SLAB_OVERRUN, "made", p);
	expect_byte(r, 40, RED_LIVE, 0x11);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	sim_free(sys);
}

/* Expect a free object to keep its contents and its page, for who still looks at it. */
static void typesafe_objects_keep_their_contents(void **state)
{
	static const char *const machines[] = {"128M", "128M slub_debug=FZPU",
					       "128M slub_debug=FZPU quarantine=30",
					       "128M randomise"};

	(void)state;
	for (u32 m = 0; m < ARRAY_SIZE(machines); m++) {
		struct mem_system *sys = sim_new(machines[m]);
		struct kmem_cache *c =
			kmem_cache_create(sys, "safe", 40, 0, SLAB_TYPESAFE_BY_RCU, NULL);
		static u8 *p[5000];
		u64 slabs;

		assert_false(c->flags & SLAB_POISON);
		for (u32 i = 0; i < 5000; i++)
			memset(p[i] = allocator(sys, c), (int)(i | 1), 40);
		slabs = kmem_cache_node_slabs(c, NUMA_NO_NODE);
		for (u32 i = 0; i < 5000; i++)
			freer(sys, c, p[i]);
		kmem_cache_drain(sys, c);
		assert_int_equal(kmem_cache_live(sys, c), 0);
		assert_int_equal(kmem_cache_node_slabs(c, NUMA_NO_NODE), slabs);
		for (u32 i = 0; i < 5000; i++) {
			assert_int_equal(p[i][0], (u8)(i | 1));
			assert_int_equal(p[i][39], (u8)(i | 1));
		}
		assert_int_equal(kmem_cache_shrink(sys, c), slabs);
		assert_sound(sys);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
		sim_free(sys);
	}
}

/* ---- reports ----------------------------------------------------------------------------- */

static void the_last_reports_are_kept(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "wrap", 40, 0, 0, NULL);
	const struct slab_errors *e = &sys->slab.errors;
	u8 *p = allocator(sys, c);

	(void)state;
	for (u32 i = 1; i <= 3 * SLAB_MAX_REPORTS + 1; i++) {
		freer(sys, c, p + i);
		assert_int_equal(e->nr, i);
		assert_int_equal(e->count[SLAB_FREE_INSIDE], i);
		for (u32 k = 0; k < min(i, (u32)SLAB_MAX_REPORTS); k++)
			assert_int_equal(e->last[(i - 1 - k) % SLAB_MAX_REPORTS].object,
					 (u64)(uintptr_t)p + i - k);
	}
	freer(sys, c, p);
	assert_int_equal(e->nr, 3 * SLAB_MAX_REPORTS + 1);
	sim_free(sys);
}

static void tracks_say_who_had_it(void **state)
{
	struct mem_system *sys = sim_new("128M cpus=2");
	struct kmem_cache *c = kmem_cache_create(sys, "who", 40, 0, SLAB_STORE_USER, NULL);
	struct kmem_cache *plain = kmem_cache_create(sys, "plain", 40, 0, 0, NULL);
	struct slab_track alloc, free;
	void *p = allocator(sys, c);

	(void)state;
	slab_tracks_of(c, p, &alloc, &free);
	assert_true(IS_IN(alloc.caller, allocator) && alloc.when && !alloc.cpu);
	assert_int_equal(alloc.size, 40);
	assert_int_equal(free.caller + free.when + free.cpu, 0);
	arch_host_cpu = 1;
	freer(sys, c, p);
	arch_host_cpu = 0;
	slab_tracks_of(c, p, &alloc, &free);
	assert_true(IS_IN(alloc.caller, allocator) && IS_IN(free.caller, freer));
	assert_int_equal(free.cpu, 1);
	p = allocator(sys, plain);
	slab_tracks_of(plain, p, &alloc, &free);
	assert_int_equal(alloc.caller + free.caller, 0);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_busy_cache_is_not_destroyed),
		cmocka_unit_test(arrays_too_large_to_be),
		cmocka_unit_test(freed_and_reallocated),
		cmocka_unit_test(constructed_objects_are_not_poisoned),
		cmocka_unit_test(typesafe_objects_keep_their_contents),
		cmocka_unit_test(the_last_reports_are_kept),
		cmocka_unit_test(tracks_say_who_had_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
