/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Caches that are like another one: which become its aliases, which do not, and in what order they
 * go. */
#include "mm_fixture.h"

#define CTOR 0x1u /* among the flags: with a constructor */

enum { SIZE, ALIGN, FLAGS, NR_FIELDS };

static void construct(void *object)
{
	(void)object;
}

static struct kmem_cache *create(struct mem_system *sys, const char *name, const u32 *spec)
{
	return kmem_cache_create(sys, name, spec[SIZE], spec[ALIGN], spec[FLAGS] & ~CTOR,
				 spec[FLAGS] & CTOR ? construct : NULL);
}

/* Is a cache `name` made as `b` the cache x that was made as `a`? */
static bool merges(const char *machine, const u32 *a, const char *name, const u32 *b)
{
	struct mem_system *sys = sim_new(machine);
	u64 caches = kmem_cache_live(sys, sys->slab.cache_cache);
	u64 aliases = kmem_cache_live(sys, sys->slab.alias_cache);
	struct kmem_cache *first = create(sys, "x", a), *second = create(sys, name, b);
	bool same = first == second;

	assert_true(first && second);
	assert_int_equal(kmem_cache_live(sys, sys->slab.cache_cache), caches + 2 - same);
	assert_int_equal(first->nr_users, 1 + same);
	assert_int_equal(kmem_cache_destroy(sys, second), 0);
	assert_int_equal(first->nr_users, 1);
	assert_int_equal(kmem_cache_destroy(sys, first), 0);
	assert_int_equal(kmem_cache_live(sys, sys->slab.cache_cache), caches);
	assert_int_equal(kmem_cache_live(sys, sys->slab.alias_cache), aliases);
	assert_sound(sys);
	sim_free(sys);
	return same;
}

/* No class of kmalloc() is like these. */
static void like_caches_become_one(void **state)
{
	static const u32 pairs[][2][NR_FIELDS] = {
		{{1000, 0, 0}, {1000, 0, 0}},
		{{1000, 0, 0}, {993, 0, 0}},  /* at most 7 bytes */
		{{1000, 0, 0}, {999, 4, 0}},  /* divides 1000 */
		{{1000, 8, 0}, {1000, 2, 0}}, /* 8 at least */
		{{960, 64, 0}, {960, 32, 0}}, /* less will do */
		{{960, 0, 0}, {960, 64, 0}},  /* happens to fit: 960 = 15 * 64 */
		{{960, 0, 0}, {955, 0, SLAB_HWCACHE_ALIGN}},
		{{1000, 0, SLAB_RECLAIM_ACCOUNT}, {1000, 0, SLAB_RECLAIM_ACCOUNT}},
		{{1000, 0, SLAB_CACHE_DMA}, {1000, 0, SLAB_CACHE_DMA}},
		{{1000, 0, SLAB_PANIC}, {1000, 0, 0}},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (!merges("128M merge", pairs[i][0], "y", pairs[i][1]))
			fail_msg("pair %u stays apart", i);
		if (merges("128M", pairs[i][0], "y", pairs[i][1])) /* nomerge */
			fail_msg("pair %u merges though it must not", i);
		if (merges("128M merge slub_debug=F", pairs[i][0], "y", pairs[i][1]))
			fail_msg("pair %u merges though it is debugged", i);
	}
	assert_true(merges("128M merge randomise", pairs[0][0], "y", pairs[0][1]));
}

static void unlike_caches_stay_apart(void **state)
{
	static const u32 pairs[][2][NR_FIELDS] = {
		{{1096, 0, 0}, {1088, 0, 0}},  /* 8 bytes less */
		{{1096, 0, 0}, {1097, 0, 0}},  /* does not fit */
		{{1096, 0, 0}, {1096, 64, 0}}, /* 1096 = 17 * 64 + 8 */
		{{1096, 0, 0}, {1096, 16, 0}},
		{{1096, 0, 0}, {1096, 0, SLAB_HWCACHE_ALIGN}},
		{{1096, 0, CTOR}, {1096, 0, 0}},
		{{1096, 0, 0}, {1096, 0, CTOR}},
		{{1096, 0, CTOR}, {1096, 0, CTOR}},
		{{1096, 0, SLAB_TYPESAFE_BY_RCU}, {1096, 0, 0}},
		{{1096, 0, 0}, {1096, 0, SLAB_TYPESAFE_BY_RCU}},
		{{1096, 0, SLAB_TYPESAFE_BY_RCU}, {1096, 0, SLAB_TYPESAFE_BY_RCU}},
		{{1096, 0, SLAB_RECLAIM_ACCOUNT}, {1096, 0, 0}},
		{{1096, 0, 0}, {1096, 0, SLAB_RECLAIM_ACCOUNT}},
		{{1096, 0, SLAB_CACHE_DMA}, {1096, 0, 0}},
		{{1096, 0, 0}, {1096, 0, SLAB_CACHE_DMA}},
		{{1096, 0, SLAB_CONSISTENCY_CHECKS}, {1096, 0, 0}},
		{{1096, 0, 0}, {1096, 0, SLAB_CONSISTENCY_CHECKS}},
		{{1096, 0, 0}, {1096, 0, SLAB_RED_ZONE}},
		{{1096, 0, 0}, {1096, 0, SLAB_POISON}},
		{{1096, 0, 0}, {1096, 0, SLAB_STORE_USER}},
		{{1096, 0, SLAB_POISON}, {1096, 0, SLAB_POISON}},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (merges("128M merge", pairs[i][0], "y", pairs[i][1]))
			fail_msg("pair %u merges", i);
	}
}

/* Expect debugging by name to keep the one that is named apart, and it alone. */
static void who_is_debugged_by_name_is_alone(void **state)
{
	static const u32 spec[NR_FIELDS] = {1000, 0, 0};

	(void)state;
	assert_true(merges("128M merge slub_debug=FZPU,bug", spec, "y", spec));
	assert_false(merges("128M merge slub_debug=FZPU,bug", spec, "bug", spec));
	assert_false(merges("128M merge slub_debug=FZPU,b*", spec, "bug", spec));
	assert_false(merges("128M merge slub_debug=FZPU,x", spec, "y", spec));
}

/* As Linux, which merges with kmalloc's classes too; the caches that caches are made of are nobody
 * else's. */
static void classes_of_kmalloc_are_caches_as_others(void **state)
{
	struct mem_system *sys = sim_new("128M merge");
	struct kmem_cache *c = kmem_cache_create(sys, "as-kmalloc", 60, 0, 0, NULL), *own[3];
	u64 live = kmem_cache_live(sys, c);
	void *p = kmem_cache_alloc(sys, c, GFP_KERNEL), *q = kmalloc(sys, 64, GFP_KERNEL);

	(void)state;
	assert_ptr_equal(c, sys->slab.kmalloc[KMALLOC_NORMAL][3]);
	assert_string_equal(c->name, "kmalloc-64");
	assert_int_equal(c->object_size, 64);
	assert_int_equal(kmem_cache_live(sys, c), live + 2);
	kmem_cache_free(sys, c, q);
	kfree(sys, p);
	assert_int_equal(kmem_cache_live(sys, c), live);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	for (u32 i = 0; i < 3; i++) {
		const struct kmem_cache *like = i == 0	 ? sys->slab.cache_cache
						: i == 1 ? sys->slab.alias_cache
							 : sys->slab.map_cache;

		own[i] = kmem_cache_create(sys, "own", like->object_size, like->align,
					   like->flags & SLAB_HWCACHE_ALIGN, NULL);
		assert_non_null(own[i]);
		assert_ptr_not_equal(own[i], like);
		assert_int_equal(kmem_cache_destroy(sys, own[i]), 0);
	}
	assert_int_equal(slab_bad_frees(sys), 0);
	assert_sound(sys);
	sim_free(sys);
}

static bool has_name(const struct kmem_cache *c, const char *name)
{
	const struct kmem_cache_alias *alias;

	list_for_each_entry(alias, &c->aliases, list) {
		if (!strcmp(alias->name, name))
			return true;
	}
	return false;
}

static void names_and_sizes_are_kept(void **state)
{
	struct mem_system *sys = sim_new("128M merge");
	struct kmem_cache *c = kmem_cache_create(sys, "first", 993, 0, 0, NULL);
	const struct kmem_cache_alias *alias;
	u8 *p;

	(void)state;
	assert_int_equal(c->size, 1000);
	assert_int_equal(c->object_size, 993);
	assert_ptr_equal(kmem_cache_create(sys, "second", 1000, 0, 0, NULL), c);
	assert_int_equal(c->object_size, 1000); /* the larger one counts */
	assert_ptr_equal(kmem_cache_create(sys, "third", 995, 0, 0, NULL), c);
	assert_int_equal(c->object_size, 1000);
	assert_string_equal(c->name, "first");
	assert_true(has_name(c, "second") && has_name(c, "third"));
	assert_false(has_name(c, "first"));
	assert_int_equal(c->nr_users, 3);
	alias = list_first_entry(&c->aliases, struct kmem_cache_alias, list);
	assert_int_equal(alias->object_size, 1000);
	p = kmem_cache_alloc(sys, c, GFP_KERNEL | __GFP_ZERO);
	for (u32 i = 0; i < 1000; i++)
		assert_int_equal(p[i], 0);
	memset(p, 1, 1000); /* all of it may be used */
	assert_int_equal(ksize(sys, p), 1000);
	kmem_cache_free(sys, c, p);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect a cache to live as long as somebody uses it, with what all of its users have. */
static void the_last_user_ends_it(void **state)
{
	struct mem_system *sys = sim_new("128M merge");
	u64 before = all_pages(sys), caches = kmem_cache_live(sys, sys->slab.cache_cache);
	u64 aliases = kmem_cache_live(sys, sys->slab.alias_cache);
	struct kmem_cache *c = kmem_cache_create(sys, "a", 1000, 0, 0, NULL);
	void *p = kmem_cache_alloc(sys, c, GFP_KERNEL), *q;

	(void)state;
	assert_ptr_equal(kmem_cache_create(sys, "b", 1000, 0, 0, NULL), c);
	q = kmem_cache_alloc(sys, c, GFP_KERNEL);
	assert_int_equal(kmem_cache_destroy(sys, c), 0); /* whoever it was, the other is there */
	assert_int_equal(kmem_cache_live(sys, c), 2);
	assert_int_equal(kmem_cache_live(sys, sys->slab.alias_cache), aliases);
	assert_int_equal(kmem_cache_destroy(sys, c), -EBUSY);
	assert_ptr_equal(kmem_cache_create(sys, "c", 1000, 0, 0, NULL), c);
	assert_true(has_name(c, "c") && !has_name(c, "b"));
	kmem_cache_free(sys, c, p);
	kmem_cache_free(sys, c, q);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	assert_int_equal(kmem_cache_live(sys, sys->slab.cache_cache), caches);
	assert_int_equal(all_pages(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

/* What its slabs have free: the next object needs a page. */
static void take_all_of(struct mem_system *sys, struct kmem_cache *c)
{
	struct slab_stat st;

	for (kmem_cache_stat(sys, c, &st); st.active_objs < st.num_objs;
	     kmem_cache_stat(sys, c, &st))
		kmem_cache_alloc(sys, c, GFP_KERNEL);
}

static void no_memory_for_a_name(void **state)
{
	struct mem_system *sys = sim_new("128M merge");
	struct kmem_cache *c = kmem_cache_create(sys, "a", 1000, 0, 0, NULL), *other;
	u64 caches = kmem_cache_live(sys, sys->slab.cache_cache);

	(void)state;
	kmem_cache_shrink_all(sys);
	take_all_of(sys, sys->slab.alias_cache);
	page_debug_fail_after(sys, 1);
	other = kmem_cache_create(sys, "b", 1000, 0, 0, NULL);
	page_debug_fail_after(sys, 0);
	assert_true(c != other); /* another cache, or none */
	assert_int_equal(kmem_cache_live(sys, sys->slab.cache_cache), caches + (other != NULL));
	assert_int_equal(c->nr_users, 1);
	assert_true(list_empty(&c->aliases));
	if (other)
		assert_int_equal(kmem_cache_destroy(sys, other), 0);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(like_caches_become_one),
		cmocka_unit_test(unlike_caches_stay_apart),
		cmocka_unit_test(who_is_debugged_by_name_is_alone),
		cmocka_unit_test(classes_of_kmalloc_are_caches_as_others),
		cmocka_unit_test(names_and_sizes_are_kept),
		cmocka_unit_test(the_last_user_ends_it),
		cmocka_unit_test(no_memory_for_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
