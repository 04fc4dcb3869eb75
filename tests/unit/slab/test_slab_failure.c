/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SLUB under random use, and when memory ends at any page. */
#include "mm_fixture.h"

/* ---- random ------------------------------------------------------------------------------ */

#define SLOTS 3000

static u8 tag(u32 slot, u32 cache)
{
	return (u8)(slot * 7 + cache * 31 + 1);
}

/* Every object filled with its own number and looked at before it is freed: nobody may touch
 * another's. The model is the number of live objects of each cache. */
static void random_objects_keep_to_themselves(void **state)
{
	static const u32 specs[][3] = {
		{1, 0, 0},   {41, 0, SLAB_POISON}, {192, 64, SLAB_HWCACHE_ALIGN},
		{700, 0, 0}, {3000, 256, 0},	   {9000, 0, 0}};
	struct mem_system *sys = sim_new("512M nodes=2");
	static struct {
		u8 *p;
		u32 cache;
	} slot[SLOTS];
	struct kmem_cache *caches[ARRAY_SIZE(specs)];
	u64 live[ARRAY_SIZE(specs)] = {0}, before = all_pages(sys);
	struct prng prng;

	(void)state;
	print_message("# seed 5\n");
	prng_seed(&prng, 5);
	memset(slot, 0, sizeof(slot));
	for (u32 i = 0; i < ARRAY_SIZE(specs); i++)
		caches[i] = kmem_cache_create(sys, "random", specs[i][0], specs[i][1], specs[i][2],
					      NULL);
	for (u32 step = 0; step < 40000; step++) {
		u32 i = (u32)prng_below(&prng, SLOTS), size;

		if (!slot[i].p) {
			slot[i].cache = (u32)prng_below(&prng, ARRAY_SIZE(specs));
			size = specs[slot[i].cache][0];
			slot[i].p = kmem_cache_alloc_node(sys, caches[slot[i].cache], GFP_KERNEL,
							  (int)prng_below(&prng, 3) - 1);
			assert_non_null(slot[i].p);
			memset(slot[i].p, tag(i, slot[i].cache), size);
			live[slot[i].cache]++;
			continue;
		}
		size = specs[slot[i].cache][0];
		for (u32 k = 0; k < size; k++)
			assert_int_equal(slot[i].p[k], tag(i, slot[i].cache));
		kmem_cache_free(sys, caches[slot[i].cache], slot[i].p);
		assert_int_equal(kmem_cache_live(sys, caches[slot[i].cache]),
				 --live[slot[i].cache]);
		slot[i].p = NULL;
		if (step % 1024 == 0)
			assert_sound(sys);
	}
	assert_sound(sys);
	for (u32 i = 0; i < SLOTS; i++)
		kmem_cache_free(sys, caches[slot[i].cache], slot[i].p);
	for (u32 i = 0; i < ARRAY_SIZE(specs); i++)
		assert_int_equal(kmem_cache_destroy(sys, caches[i]), 0);
	assert_int_equal(slab_bad_frees(sys), 0);
	assert_int_equal(slab_bad_writes(sys), 0);
	assert_int_equal(all_pages(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- failure ----------------------------------------------------------------------------- */

/* Expect for every k: when the k-th page cannot be had, NULL comes and nothing is lost. */
static void failure_at_every_page_gives_everything_back(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u64 before = all_pages(sys), k;
	bool done = false;

	(void)state;
	for (k = 1; !done; k++) {
		struct kmem_cache *c;
		void *objects[30];
		u32 got = 0;

		all_pages(sys);
		page_debug_fail_after(sys, k);
		c = kmem_cache_create(sys, "x", 3000, 0, 0, NULL);
		while (c && got < 30 && (objects[got] = kmem_cache_alloc(sys, c, GFP_KERNEL)))
			got++;
		page_debug_fail_after(sys, 0);
		done = got == 30;
		assert_sound(sys);
		while (got)
			kmem_cache_free(sys, c, objects[--got]);
		if (c)
			assert_int_equal(kmem_cache_destroy(sys, c), 0);
		assert_int_equal(all_pages(sys), before);
	}
	assert_true(k > 3);
	sim_free(sys);
}

/* Who gives up pages, and takes an object of the very cache that asked for one. */
struct giver {
	struct shrinker shrinker;
	struct kmem_cache *cache;
	struct page *pages[40];
	void *objects[40];
	u32 nr, taken;
};

static u64 giver_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)sc;
	return ((struct giver *)shrinker->private_data)->nr;
}

static u64 giver_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct giver *g = shrinker->private_data;
	u32 nr = 0;

	for (; g->nr && nr < 2; nr++)
		__free_pages(sc->sys, g->pages[--g->nr], 3);
	g->objects[g->taken] = kmem_cache_alloc(sc->sys, g->cache, GFP_KERNEL);
	g->taken += g->objects[g->taken] != NULL;
	return nr;
}

static void a_shrinker_takes_from_the_same_cache(void **state)
{
	struct mem_system *sys = sim_new("64M");
	static struct giver g;
	static void *held[20000], *objects[400];
	u64 before = all_pages(sys);
	u32 nr = 0, got = 0;

	(void)state;
	g = (struct giver){.shrinker = {.count_objects = giver_count,
					.scan_objects = giver_scan,
					.private_data = &g,
					.name = "giver"},
			   .cache = kmem_cache_create(sys, "x", 3000, 0, 0, NULL)};
	while (g.nr < ARRAY_SIZE(g.pages))
		assert_non_null(g.pages[g.nr++] = alloc_pages(sys, GFP_KERNEL, 3));
	while ((held[nr] = get_free_page(sys, GFP_KERNEL)))
		nr++;
	register_shrinker(sys, &g.shrinker);
	while (got < 400 && (objects[got] = kmem_cache_alloc(sys, g.cache, GFP_KERNEL))) {
		assert_int_equal(kmem_cache_live(sys, g.cache), ++got + g.taken);
		assert_sound(sys);
	}
	assert_true(got > 100 && g.taken > 5 && !g.nr);
	unregister_shrinker(sys, &g.shrinker);
	while (nr)
		free_pages(sys, held[--nr], 0);
	kmem_cache_free_bulk(sys, g.cache, got, objects);
	kmem_cache_free_bulk(sys, g.cache, g.taken, g.objects);
	assert_int_equal(kmem_cache_destroy(sys, g.cache), 0);
	assert_int_equal(all_pages(sys), before);
	sim_free(sys);
}

static void caches_cannot_start_without_memory(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct slab_system saved = sys->slab;

	(void)state;
	for (u64 k = 1; k < 3; k++) {
		page_debug_fail_after(sys, k);
		assert_int_equal(kmem_cache_init(sys), -ENOMEM);
		assert_false(sys->slab.ready);
	}
	sys->slab = saved;
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_objects_keep_to_themselves),
		cmocka_unit_test(failure_at_every_page_gives_everything_back),
		cmocka_unit_test(a_shrinker_takes_from_the_same_cache),
		cmocka_unit_test(caches_cannot_start_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
