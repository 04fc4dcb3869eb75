/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SLUB on a simulated machine: geometry, contents, wrong frees, slabs that are kept. */
#include "mm_fixture.h"
#include "sanitize.h"

/* ---- geometry ---------------------------------------------------------------------------- */

/* Object size, objects per slab, pages per slab of every cache in Linux's slabinfo of machines with
 * one CPU: reference/linux/{512M,4G,8G}/slabinfo.txt. */
static const u32 one_cpu[][3] = {
	{8, 512, 1},   {16, 256, 1},  {24, 170, 1},  {32, 128, 1},  {40, 102, 1},  {48, 85, 1},
	{56, 73, 1},   {64, 64, 1},   {72, 56, 1},   {80, 51, 1},   {88, 46, 1},   {96, 42, 1},
	{104, 39, 1},  {112, 36, 1},  {120, 34, 1},  {128, 32, 1},  {136, 30, 1},  {152, 26, 1},
	{184, 22, 1},  {192, 21, 1},  {200, 20, 1},  {216, 18, 1},  {256, 16, 1},  {272, 15, 1},
	{312, 13, 1},  {320, 12, 1},  {384, 10, 1},  {416, 19, 2},  {432, 9, 1},   {512, 8, 1},
	{576, 14, 2},  {584, 14, 2},  {624, 13, 2},  {640, 12, 2},  {664, 12, 2},  {704, 11, 2},
	{712, 11, 2},  {768, 10, 2},  {784, 10, 2},  {832, 19, 4},  {960, 8, 2},   {968, 8, 2},
	{1024, 8, 2},  {1088, 15, 4}, {1152, 14, 4}, {1216, 13, 4}, {1232, 13, 4}, {1344, 12, 4},
	{1360, 12, 4}, {1600, 10, 4}, {1984, 8, 4},  {2048, 8, 4},  {2112, 15, 8}, {2176, 15, 8},
	{2304, 14, 8}, {2496, 13, 8}, {4096, 8, 8},  {4480, 7, 8},  {8192, 4, 8},  {8448, 3, 8},
};

/* And with two, which aims at 12 objects where one
 * aims at 8: reference/linux/numa2/slabinfo.txt. */
static const u32 two_cpus[][3] = {
	{8, 512, 1},   {16, 256, 1},  {24, 170, 1},  {32, 128, 1},  {40, 102, 1},  {48, 85, 1},
	{56, 73, 1},   {64, 64, 1},   {72, 56, 1},   {80, 51, 1},   {88, 46, 1},   {96, 42, 1},
	{104, 39, 1},  {112, 36, 1},  {120, 34, 1},  {128, 32, 1},  {136, 30, 1},  {152, 26, 1},
	{184, 22, 1},  {192, 21, 1},  {200, 20, 1},  {216, 18, 1},  {256, 16, 1},  {272, 15, 1},
	{312, 13, 1},  {320, 12, 1},  {384, 21, 2},  {416, 19, 2},  {432, 18, 2},  {512, 16, 2},
	{576, 14, 2},  {584, 14, 2},  {624, 13, 2},  {640, 12, 2},  {664, 12, 2},  {704, 23, 4},
	{712, 23, 4},  {768, 21, 4},  {784, 20, 4},  {832, 19, 4},  {960, 17, 4},  {968, 16, 4},
	{1024, 16, 4}, {1088, 15, 4}, {1152, 14, 4}, {1216, 13, 4}, {1232, 13, 4}, {1344, 12, 4},
	{1360, 12, 4}, {1600, 20, 8}, {1984, 16, 8}, {2048, 16, 8}, {2112, 15, 8}, {2176, 15, 8},
	{2304, 14, 8}, {2496, 13, 8}, {4096, 8, 8},  {4480, 7, 8},  {8192, 4, 8},  {8448, 3, 8},
};

static void check_geometry(const struct kmem_cache *c, const u32 (*linux_has)[3], u32 nr)
{
	u32 k = 0;

	while (k < nr && linux_has[k][0] != c->size)
		k++;
	assert_true(k < nr);
	if (c->objects != linux_has[k][1] || 1u << c->order != linux_has[k][2])
		fail_msg("size %u: %u objects in %u pages, Linux has %u in %u", c->size, c->objects,
			 1u << c->order, linux_has[k][1], linux_has[k][2]);
}

static void check_machine(const char *spec, const u32 (*linux_has)[3], u32 nr)
{
	struct mem_system *sys = sim_new(spec);

	for (u32 i = 0; i < nr; i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "x", linux_has[i][0], 0, 0, NULL);

		assert_non_null(c);
		assert_int_equal(c->size, linux_has[i][0]);
		check_geometry(c, linux_has, nr);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	}
	for (u32 i = 0; i < NR_KMALLOC_SIZES; i++)
		check_geometry(sys->slab.kmalloc[0][i], linux_has, nr);
	sim_free(sys);
}

static void slabs_are_cut_as_linux_cuts_them(void **state)
{
	(void)state;
	check_machine("128M", one_cpu, ARRAY_SIZE(one_cpu));
	check_machine("128M cpus=2 nodes=2", two_cpus, ARRAY_SIZE(two_cpus));
}

static void alignment_and_free_pointer(void **state)
{
	static const struct {
		u32 asked, align, flags, size, aligned;
	} cases[] = {
		{1, 0, 0, 8, 8},
		{41, 0, 0, 48, 8},
		{41, 64, 0, 64, 64},
		{24, 0, SLAB_HWCACHE_ALIGN, 32, 32}, /* two share a line */
		{9, 0, SLAB_HWCACHE_ALIGN, 16, 16},
		{65, 0, SLAB_HWCACHE_ALIGN, 128, 64},
		{64, 0, SLAB_POISON, 64, 8},
		{64, 0, SLAB_RED_ZONE, 80, 8}, /* one before it, one behind */
		{61, 0, SLAB_RED_ZONE, 72, 8}, /* the one behind has room */
		{100, 4096, 0, 4096, 4096},
	};
	struct mem_system *sys = sim_new("128M");

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "x", cases[i].asked, cases[i].align,
							 cases[i].flags, NULL);
		u8 *object = kmem_cache_alloc(sys, c, GFP_KERNEL);

		assert_int_equal(c->object_size, cases[i].asked);
		assert_int_equal(c->size, cases[i].size);
		assert_int_equal(c->align, cases[i].aligned);
		assert_int_equal((uintptr_t)object % c->align, 0);
		kmem_cache_free(sys, c, object);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	}
	sim_free(sys);
}

static void bad_arguments_give_no_cache(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u64 caches = kmem_cache_live(sys, sys->slab.cache_cache);

	(void)state;
	assert_null(kmem_cache_create(sys, NULL, 8, 0, 0, NULL));
	assert_null(kmem_cache_create(sys, "", 8, 0, 0, NULL));
	assert_null(kmem_cache_create(sys, "x", 0, 0, 0, NULL));
	assert_null(kmem_cache_create(sys, "x", 8, 24, 0, NULL));
	assert_null(kmem_cache_create(sys, "x", 8, 8192, 0, NULL));
	assert_null(kmem_cache_create(sys, "x", KMALLOC_MAX_SIZE + 1, 0, 0, NULL));
	assert_null(kmem_cache_create(sys, "x", 0xffffffff, 0, 0, NULL));
	/* With its red zones it is too large. */
	assert_null(kmem_cache_create(sys, "x", KMALLOC_MAX_SIZE, 0, SLAB_RED_ZONE, NULL));
	assert_null(kmem_cache_create(sys, "a blank", 8, 0, 0, NULL));
	assert_null(kmem_cache_create(sys, "odd\x01", 8, 0, 0, NULL));
	assert_null(kmem_cache_create(sys, "a-name-that-is-longer-than-31-bytes", 8, 0, 0, NULL));
	expect_assert_failure(kmem_cache_create(sys, "x", 0, 0, SLAB_PANIC, NULL));
	assert_int_equal(kmem_cache_live(sys, sys->slab.cache_cache), caches);
	assert_sound(sys);
	sim_free(sys);
}

static void the_largest_object_is_a_whole_block(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "x", KMALLOC_MAX_SIZE, 0, 0, NULL);
	u8 *a, *b;

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->objects, 1);
	a = kmem_cache_alloc(sys, c, GFP_KERNEL);
	b = kmem_cache_alloc(sys, c, GFP_KERNEL);
	a[KMALLOC_MAX_SIZE - 1] = b[0] = 1;
	assert_sound(sys);
	kmem_cache_free(sys, c, a);
	kmem_cache_free(sys, c, b);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	assert_sound(sys);
	sim_free(sys);
}

static void the_first_cache_holds_itself(void **state)
{
	struct mem_system *sys = sim_new("128M nodes=2");
	struct kmem_cache *first = sys->slab.cache_cache;

	(void)state;
	assert_ptr_equal(compound_head(virt_to_page(sys, first))->holder->cache, first);
	assert_int_equal(kmem_cache_live(sys, first), 4 + NR_KMALLOC_TYPES * NR_KMALLOC_SIZES);
	assert_int_equal(kmem_cache_destroy(sys, first), -EBUSY);
	assert_sound(sys);
	sim_free(sys);
}

/* ---- contents ---------------------------------------------------------------------------- */

static u32 constructed;

static void construct(void *object)
{
	memset(object, 0x11, 24);
	constructed++;
}

static void construct_nothing(void *object)
{
	(void)object;
}

static void constructed_objects_keep_their_contents(void **state)
{
	static const u32 flags[] = {0, SLAB_POISON};
	struct mem_system *sys = sim_new("128M");

	(void)state;
	for (u32 f = 0; f < ARRAY_SIZE(flags); f++) {
		struct kmem_cache *c = kmem_cache_create(sys, "ctor", 24, 0, flags[f], construct);
		void *held[200];
		u8 *object;
		u32 nr = 0;

		constructed = 0;
		object = kmem_cache_alloc(sys, c, GFP_KERNEL);
		assert_int_equal(constructed, c->objects);
		for (u32 i = 0; i < 24; i++)
			assert_int_equal(object[i], 0x11);
		kmem_cache_free(sys, c, object);
		do { /* until it comes again */
			held[nr] = kmem_cache_alloc(sys, c, GFP_KERNEL);
		} while (held[nr++] != object && nr < ARRAY_SIZE(held));
		while (--nr)
			kmem_cache_free(sys, c, held[nr - 1]);
		for (u32 i = 0; i < 24; i++)
			assert_int_equal(object[i], 0x11);
		assert_int_equal(kmem_cache_destroy(sys, c), -EBUSY);
		kmem_cache_free(sys, c, object);
		expect_assert_failure(kmem_cache_alloc(sys, c, __GFP_ZERO));
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	}
	assert_sound(sys);
	sim_free(sys);
}

/* Expect one byte written after kfree to be seen by the check, and reported at the next use. */
static void poison_shows_writes_to_free_objects(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "poison", 41, 0, SLAB_POISON, NULL);
	const struct kmem_cache *where = NULL;
	u8 *object = kmem_cache_alloc(sys, c, GFP_KERNEL);

	(void)state;
	memset(object, 0, 41);
	kmem_cache_free(sys, c, object);
	assert_sound(sys);
	object[40] = 0;
	assert_string_equal(slab_check(sys, &where), "a free object was written to");
	assert_ptr_equal(where, c);
	assert_int_equal(slab_bad_writes(sys), 0);
	assert_ptr_equal(kmem_cache_alloc(sys, c, GFP_KERNEL), object);
	assert_int_equal(slab_bad_writes(sys), 1);
	kmem_cache_free(sys, c, object);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect what is written to free objects to change nobody's mind about which are free. */
static void free_objects_hold_nothing_of_ours(void **state)
{
	static const u32 sizes[] = {8, 64, 3000};
	struct mem_system *sys = sim_new("128M");

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "x", sizes[i], 0, 0, NULL);
		u8 *first = kmem_cache_alloc(sys, c, GFP_KERNEL);
		struct page *slab = compound_head(virt_to_page(sys, first));
		u8 *bytes = page_address(sys, slab);

		sanitize_allow(bytes, PAGE_SIZE << c->order);
		memset(bytes, 0x41, PAGE_SIZE << c->order);
		assert_sound(sys);
		for (u32 k = 1; k < c->objects; k++)
			assert_ptr_equal(kmem_cache_alloc(sys, c, GFP_KERNEL), bytes + k * c->size);
		assert_ptr_not_equal(
			compound_head(virt_to_page(sys, kmem_cache_alloc(sys, c, GFP_KERNEL))),
			slab);
		assert_sound(sys);
	}
	sim_free(sys);
}

/* Expect the sanitizer to know which objects are free. */
static void the_sanitizer_sees_free_objects(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "x", 41, 0, 0, NULL);
	u8 *a = kmem_cache_alloc(sys, c, GFP_KERNEL), *b = kmem_cache_alloc(sys, c, GFP_KERNEL);

	(void)state;
	if (!SANITIZED)
		skip();
	assert_false(sanitize_forbids(a) || sanitize_forbids(a + 40));
	assert_true(sanitize_forbids(a + 41)); /* behind its end */
	kmem_cache_free(sys, c, a);
	kmem_cache_free(sys, c, b);
	assert_true(sanitize_forbids(a) && sanitize_forbids(b) && sanitize_forbids(b + 40));
	assert_true(sanitize_forbids(b + c->size)); /* never handed out */
	a = kmem_cache_alloc(sys, c, GFP_KERNEL);
	assert_false(sanitize_forbids(a));
	kmem_cache_free(sys, c, a);
	kmem_cache_shrink(sys, c);
	assert_false(sanitize_forbids(a)); /* a page is anybody's */
	sim_free(sys);
}

/* ---- wrong frees ------------------------------------------------------------------------- */

static void wrong_frees_are_refused(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *a = kmem_cache_create(sys, "a", 40, 0, SLAB_POISON, NULL);
	struct kmem_cache *b = kmem_cache_create(sys, "b", 40, 64, SLAB_HWCACHE_ALIGN, NULL);
	u8 *x = kmem_cache_alloc(sys, a, GFP_KERNEL);
	u8 *slab = page_address(sys, virt_to_page(sys, x));
	void *wrong[] = {
		x + 8,				/* the middle */
		slab + a->objects * a->size,	/* the rest of the slab */
		get_free_page(sys, GFP_KERNEL), /* no slab */
		phys_to_virt(sys, 0x1000),	/* no live page */
		phys_to_virt(sys, 1 * TiB),	/* no memory */
		&sys,				/* not of this machine */
		(void *)1,
	};

	(void)state;
	kmem_cache_free(sys, b, x); /* another cache's */
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++)
		kmem_cache_free(sys, a, wrong[i]);
	assert_int_equal(slab_bad_frees(sys), 1 + ARRAY_SIZE(wrong));
	assert_int_equal(kmem_cache_live(sys, a), 1);
	kmem_cache_free(sys, a, x);
	assert_int_equal(slab_bad_frees(sys), 1 + ARRAY_SIZE(wrong));
	kmem_cache_free(sys, a, x); /* twice */
	assert_int_equal(slab_bad_frees(sys), 2 + ARRAY_SIZE(wrong));
	kmem_cache_free(sys, a, NULL);
	assert_int_equal(slab_bad_frees(sys), 2 + ARRAY_SIZE(wrong));
	assert_int_equal(kmem_cache_live(sys, a), 0);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect what lies in a CPU's hand, or was taken from it, to be told from its neighbours. */
static void near_the_hand_is_not_in_it(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "x", 64, 0, 0, NULL);
	u8 *a = kmem_cache_alloc(sys, c, GFP_KERNEL);

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		u64 bad = slab_bad_frees(sys);

		for (int by = -9; by <= 9; by++) {
			if (by)
				kmem_cache_free(sys, c, a + by);
			if (by)
				kfree(sys, a + by);
		}
		kmem_cache_free(sys, c, (void *)((u64)(uintptr_t)a ^ 1ULL << 63));
		kmem_cache_free(sys, c, (void *)~(u64)(uintptr_t)a);
		assert_int_equal(slab_bad_frees(sys), bad + 38);
		assert_int_equal(kmem_cache_live(sys, c), i == 0);
		kmem_cache_free(sys, c, a);
	}
	assert_int_equal(sys->slab.errors.count[SLAB_FREE_TWICE], 1);
	assert_ptr_equal(kmem_cache_alloc(sys, c, GFP_KERNEL), a);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect a second free to be refused wherever the object is by then. */
static void freed_twice_is_refused_wherever_it_is(void **state)
{
	static const u32 sizes[] = {8, 16, 64, 200, 3000};
	struct mem_system *sys = sim_new("128M cpus=2");

	(void)state;
	for (u32 i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		u32 size = sizes[i / 2];
		struct kmem_cache *c =
			kmem_cache_create(sys, "x", size, 0, 0, i % 2 ? construct_nothing : NULL);
		u8 *a = kmem_cache_alloc(sys, c, GFP_KERNEL), *b;
		u64 bad = slab_bad_frees(sys);

		b = kmem_cache_alloc(sys, c, GFP_KERNEL);
		kmem_cache_free(sys, c, a);
		kmem_cache_free(sys, c, b);
		kmem_cache_free(sys, c, a); /* in the slab */
		assert_int_equal(slab_bad_frees(sys), bad + 1);
		kmem_cache_drain(sys, c);
		kmem_cache_free(sys, c, a); /* in a slab, if that is there still */
		assert_int_equal(slab_bad_frees(sys), bad + 2);
		a = kmem_cache_alloc(sys, c, GFP_KERNEL);
		arch_host_cpu = 1;
		kmem_cache_free(sys, c, a);
		kmem_cache_free(sys, c, a); /* in the mail */
		arch_host_cpu = 0;
		kmem_cache_free(sys, c, a);
		assert_int_equal(slab_bad_frees(sys), bad + 4);
		assert_sound(sys);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	}
	sim_free(sys);
}

/* ---- slabs kept and given back ----------------------------------------------------------- */

static void empty_slabs_are_kept_up_to_min_partial(void **state)
{
	/* Bytes, min_partial, what is left after a drain: the CPU's own empty slabs (64 KiB of
	 * them, one at least) and the one it allocated from, as far as the node takes them. */
	static const u32 sizes[][3] = {{8, 5, 5},
				       {512, 5, 5},
				       {4096, 6, 3},
				       {32 * KiB, 7, 3},
				       {KMALLOC_MAX_SIZE / 8, 9, 2}};
	struct mem_system *sys = sim_new("256M");
	static void *objects[20 * 512];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "x", sizes[i][0], 0, 0, NULL);
		struct slab_stat st;
		u64 before = all_pages(sys), not_free = before - sim_free_pages(sys), maps;
		u32 nr = 20 * c->objects;

		assert_int_equal(c->min_partial, sizes[i][1]);
		for (u32 k = 0; k < nr; k++)
			assert_non_null(objects[k] = kmem_cache_alloc(sys, c, GFP_KERNEL));
		kmem_cache_stat(sys, c, &st);
		assert_int_equal(st.num_slabs, 20);
		assert_int_equal(st.active_objs, nr);
		assert_int_equal(st.num_objs, nr);
		maps = kmem_cache_node_slabs(sys->slab.map_cache, NUMA_NO_NODE);
		assert_int_equal(maps, sizes[i][0] < 64);
		assert_int_equal(before - sim_free_pages(sys),
				 (20ull << c->order) + maps + not_free);
		for (u32 k = 0; k < nr; k++)
			kmem_cache_free(sys, c, objects[k]);
		kmem_cache_drain(sys, c);
		kmem_cache_stat(sys, c, &st);
		assert_int_equal(st.active_objs, 0);
		assert_int_equal(st.num_slabs, sizes[i][2]);
		assert_int_equal(kmem_cache_shrink(sys, c), st.num_slabs);
		assert_int_equal(all_pages(sys), before);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	}
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slabs_are_cut_as_linux_cuts_them),
		cmocka_unit_test(alignment_and_free_pointer),
		cmocka_unit_test(bad_arguments_give_no_cache),
		cmocka_unit_test(the_largest_object_is_a_whole_block),
		cmocka_unit_test(the_first_cache_holds_itself),
		cmocka_unit_test(constructed_objects_keep_their_contents),
		cmocka_unit_test(poison_shows_writes_to_free_objects),
		cmocka_unit_test(free_objects_hold_nothing_of_ours),
		cmocka_unit_test(the_sanitizer_sees_free_objects),
		cmocka_unit_test(wrong_frees_are_refused),
		cmocka_unit_test(empty_slabs_are_kept_up_to_min_partial),
		cmocka_unit_test(near_the_hand_is_not_in_it),
		cmocka_unit_test(freed_twice_is_refused_wherever_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
