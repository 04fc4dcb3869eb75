/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SLUB with several CPUs and nodes. */
#include "mm_fixture.h"

/* ---- several CPUs ------------------------------------------------------------------------ */

/* Expect what another CPU frees to come back to the CPU whose slab it is of, many at once. */
static void objects_find_home_from_other_cpus(void **state)
{
	struct mem_system *sys = sim_new("128M cpus=2");
	struct kmem_cache *c = kmem_cache_create(sys, "x", 64, 0, 0, NULL);
	u64 before = all_pages(sys);
	static void *objects[1000];
	struct slab_object found;

	(void)state;
	for (u32 i = 0; i < 1000; i++)
		objects[i] = kmem_cache_alloc(sys, c, GFP_KERNEL);
	assert_int_equal(virt_to_page(sys, objects[0])->holder->cpu, 0);
	arch_host_cpu = 1;
	for (u32 i = 0; i < 990; i++)
		kmem_cache_free(sys, c, objects[i]);
	assert_int_equal(kmem_cache_live(sys, c), 10);
	assert_non_null(c->cpu[0]->mailbox);
	assert_true(slab_object_of(sys, virt_to_phys(sys, objects[3]), &found));
	assert_int_equal(found.use, SLAB_IN_MAIL);
	assert_sound(sys);
	arch_host_cpu = 0;
	for (u32 i = 0; i < 900; i++) /* no new slab is needed for them */
		objects[i] = kmem_cache_alloc(sys, c, GFP_KERNEL);
	assert_true(kmem_cache_node_slabs(c, NUMA_NO_NODE) <= 1000 / c->objects + 1);
	assert_null(c->cpu[0]->mailbox);
	assert_int_equal(kmem_cache_live(sys, c), 910);
	assert_sound(sys);
	for (u32 i = 0; i < 900; i++)
		kmem_cache_free(sys, c, objects[i]);
	for (u32 i = 990; i < 1000; i++)
		kmem_cache_free(sys, c, objects[i]);
	assert_int_equal(kmem_cache_live(sys, c), 0);
	kmem_cache_shrink(sys, c);
	assert_int_equal(kmem_cache_node_slabs(c, NUMA_NO_NODE), 0);
	assert_int_equal(all_pages(sys), before);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	sim_free(sys);
}

/* Nobody uses it any more, so what other CPUs keep of it goes too, although they run. */
static void destroyed_while_other_cpus_run(void **state)
{
	static const u32 sizes[] = {8, 64, 3000};
	struct mem_system *sys = sim_new("128M cpus=3");
	u64 before = all_pages(sys);

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "x", sizes[i], 0, 0, NULL);

		for (u32 cpu = 0; cpu < 3; cpu++) {
			void *p;

			arch_host_cpu = cpu;
			p = kmem_cache_alloc(sys, c, GFP_KERNEL);
			arch_host_cpu = i == 2 ? (cpu + 1) % 3 : cpu;
			kmem_cache_free(sys, c, p);
		}
		arch_host_cpu = 1;
		pcp_start_cpus(sys, 3);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
		pcp_stop_cpus(sys, 3);
		arch_host_cpu = 0;
		assert_sound(sys);
		assert_int_equal(all_pages(sys), before);
	}
	sim_free(sys);
}

/* A slab may change hands while it lies in a mailbox: then a CPU finds mail for another one there,
 * which has been drained already. */
static void mail_for_a_cpu_that_had_its_turn(void **state)
{
	static const u32 sizes[] = {8, 64, 3000};
	struct mem_system *sys = sim_new("128M cpus=3");
	u64 before = all_pages(sys);
	static void *objects[512];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "x", sizes[i], 0, 0, NULL);

		assert_int_equal(kmem_cache_alloc_bulk(sys, c, GFP_KERNEL, c->objects, objects),
				 c->objects);
		arch_host_cpu = 1;
		kmem_cache_free_bulk(sys, c, c->objects, objects);
		c->cpu[2]->mailbox = c->cpu[0]->mailbox;
		c->cpu[0]->mailbox = NULL;
		arch_host_cpu = 0;
		assert_sound(sys);
		assert_int_equal(kmem_cache_live(sys, c), 0);
		kmem_cache_drain(sys, c);
		assert_null(c->cpu[0]->mailbox);
		assert_int_equal(kmem_cache_shrink(sys, c), 1);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
		assert_int_equal(all_pages(sys), before);
	}
	sim_free(sys);
}

static void many_at_once(void **state)
{
	struct mem_system *sys = sim_new("64M");
	struct kmem_cache *c = kmem_cache_create(sys, "x", 200, 0, 0, NULL);
	static void *objects[5000];
	u64 *words;

	(void)state;
	assert_int_equal(kmem_cache_alloc_bulk(sys, c, GFP_KERNEL | __GFP_ZERO, 5000, objects),
			 5000);
	for (u32 i = 0; i < 5000; i++) {
		words = objects[i];
		assert_true(!words[0] && !words[24]);
		words[0] = words[24] = i;
	}
	for (u32 i = 0; i < 5000; i++)
		assert_int_equal(*(u64 *)objects[i], i);
	kmem_cache_free_bulk(sys, c, 5000, objects);
	assert_int_equal(kmem_cache_live(sys, c), 0);
	page_debug_fail_after(sys, 3); /* all or nothing */
	kmem_cache_shrink(sys, c);
	assert_int_equal(kmem_cache_alloc_bulk(sys, c, GFP_KERNEL, 5000, objects), 0);
	page_debug_fail_after(sys, 0);
	assert_int_equal(kmem_cache_live(sys, c), 0);
	assert_sound(sys);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	sim_free(sys);
}

/* ---- nodes ------------------------------------------------------------------------------- */

static int node_of(struct mem_system *sys, const void *p)
{
	return page_to_nid(virt_to_page(sys, p));
}

static void objects_come_from_the_node_or_the_nearest(void **state)
{
	struct mem_system *sys = sim_new("256M nodes=2");
	struct kmem_cache *c = kmem_cache_create(sys, "x", 2048, 0, 0, NULL);
	void *objects[40];

	(void)state;
	for (u32 i = 0; i < 40; i++) {
		objects[i] = kmem_cache_alloc_node(sys, c, GFP_KERNEL, i % 2);
		assert_int_equal(node_of(sys, objects[i]), i % 2);
	}
	assert_sound(sys);
	for (u32 i = 0; i < 40; i++)
		kmem_cache_free(sys, c, objects[i]);
	kmem_cache_shrink(sys, c);
	while (alloc_pages_node(sys, 1, __GFP_THISNODE, c->order))
		; /* node 1 has no slab left to give */
	assert_null(kmem_cache_alloc_node(sys, c, __GFP_THISNODE, 1));
	objects[0] = kmem_cache_alloc_node(sys, c, GFP_KERNEL, 1);
	assert_int_equal(node_of(sys, objects[0]), 0);
	/* And when no page is left at all, what is partial on any node. */
	while (alloc_pages(sys, GFP_KERNEL, c->order))
		;
	objects[1] = kmem_cache_alloc_node(sys, c, GFP_KERNEL, 1);
	assert_int_equal(node_of(sys, objects[1]), 0);
	expect_assert_failure(kmem_cache_alloc_node(sys, c, GFP_KERNEL, 2));
	assert_sound(sys);
	sim_free(sys);
}

/* Objects share slabs: one who asks for a zone must not make the others live there. */
static void objects_have_no_zone(void **state)
{
	struct mem_system *sys = sim_new("6G");
	struct kmem_cache *c = kmem_cache_create(sys, "x", 64, 0, 0, NULL);
	void *object = kmem_cache_alloc(sys, c, GFP_DMA);

	(void)state;
	assert_int_equal(page_zonenum(virt_to_page(sys, object)), ZONE_NORMAL);
	kmem_cache_free(sys, c, object);
	kmem_cache_shrink(sys, c);
	object = kmem_cache_alloc(sys, c, GFP_DMA32);
	assert_int_equal(page_zonenum(virt_to_page(sys, object)), ZONE_NORMAL);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_come_from_the_node_or_the_nearest),
		cmocka_unit_test(objects_have_no_zone),
		cmocka_unit_test(objects_find_home_from_other_cpus),
		cmocka_unit_test(destroyed_while_other_cpus_run),
		cmocka_unit_test(mail_for_a_cpu_that_had_its_turn),
		cmocka_unit_test(many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
