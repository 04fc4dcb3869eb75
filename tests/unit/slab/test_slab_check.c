/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* slab_check() finds what is broken in it. */
#include "mm_fixture.h"

#define EXPECT_WRONG(sys, text)                                                                    \
	do {                                                                                       \
		const struct kmem_cache *_cache;                                                   \
		const char *_wrong = slab_check(sys, &_cache);                                     \
		assert_non_null(_wrong);                                                           \
		assert_string_equal(_wrong, text);                                                 \
	} while (0)

/* A test that could not fail would be none: break each invariant, and the check must say so. */
static void the_check_finds_wrong_bits(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *small = kmem_cache_create(sys, "small", 8, 0, 0, NULL);
	struct kmem_cache *odd = kmem_cache_create(sys, "odd", 200, 0, 0, NULL);
	u8 *a = kmem_cache_alloc(sys, odd, GFP_KERNEL);
	struct page *small_slab = virt_to_page(sys, kmem_cache_alloc(sys, small, GFP_KERNEL));
	struct page *slab = virt_to_page(sys, a);

	(void)state;
	kmem_cache_drain(sys, small);
	kmem_cache_drain(sys, odd);
	slab->mailed = 2;
	EXPECT_WRONG(sys, "an object is both free and in the mail");
	slab->mailed = 0;
	slab->free |= 1ULL << 63;
	EXPECT_WRONG(sys, "a free bit is set after the last object");
	slab->free &= ~(1ULL << 63);
	small_slab->map->free[7] ^= 1ULL << 63;
	EXPECT_WRONG(sys, "a slab's count of free objects is wrong");
	small_slab->map->free[7] ^= 1ULL << 63;
	odd->cpu[0]->hand = odd->cpu[0]->hand_for = (u64)(uintptr_t)a + 8;
	EXPECT_WRONG(sys, "a CPU's hand has an address that is no object");
	odd->cpu[0]->hand = 0;
	odd->cpu[0]->mailbox = slab;
	slab->mail_next = NULL;
	EXPECT_WRONG(sys, "a slab in a mailbox has no mailed objects");
	odd->cpu[0]->mailbox = NULL;
	assert_sound(sys);
	sim_free(sys);
}

static void the_check_finds_wrong_slabs(void **state)
{
	struct mem_system *sys = sim_new("128M nodes=2");
	struct kmem_cache *c = kmem_cache_create(sys, "x", 64, 0, 0, NULL);
	struct kmem_cache_node *node = &c->node[0];
	struct page *slab = virt_to_page(sys, kmem_cache_alloc(sys, c, GFP_KERNEL));

	(void)state;
	kmem_cache_drain(sys, c);
	slab->holder = &c->node[1].holder;
	EXPECT_WRONG(sys, "a slab does not point to its owner");
	slab->flags ^= 1ULL << PAGE_NODE_SHIFT;
	EXPECT_WRONG(sys, "a slab is on another node's list");
	slab->flags ^= 1ULL << PAGE_NODE_SHIFT;
	slab->holder = &node->holder;
	page_clear(slab, PG_slab);
	EXPECT_WRONG(sys, "a slab's page does not point to its cache");
	page_set(slab, PG_slab);
	c->order++;
	EXPECT_WRONG(sys, "a slab is not of its cache's size");
	c->order--;
	assert_sound(sys);
	sim_free(sys);
}

static void the_check_finds_wrong_lists(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "x", 64, 0, 0, NULL);
	struct kmem_cache_node *node = &c->node[0];
	struct page *slab = virt_to_page(sys, kmem_cache_alloc(sys, c, GFP_KERNEL));

	(void)state;
	kmem_cache_drain(sys, c);
	c->cpu[0]->nr_partial++;
	EXPECT_WRONG(sys, "a CPU's slabs differ from their count");
	c->cpu[0]->nr_partial--;
	c->cpu[0]->nr_empty++;
	EXPECT_WRONG(sys, "a CPU's slabs differ from their count");
	c->cpu[0]->nr_empty--;
	node->nr_partial++;
	EXPECT_WRONG(sys, "a node's slabs differ from their count");
	node->nr_partial--;
	node->nr_slabs++;
	EXPECT_WRONG(sys, "slabs differ from their count");
	node->nr_slabs--;
	list_del(&slab->slab_list);
	node->nr_partial--;
	EXPECT_WRONG(sys, "slabs differ from their count"); /* on no list, but not full */
	list_add(&slab->slab_list, &c->cpu[0]->partial);
	c->cpu[0]->nr_partial++;
	EXPECT_WRONG(sys, "a slab is on the list of another CPU than it says");
	list_del(&slab->slab_list);
	c->cpu[0]->nr_partial--;
	list_add(&slab->slab_list, &node->partial);
	node->nr_partial++;
	node->partial.prev = &c->cpu[0]->partial;
	EXPECT_WRONG(sys, "a slab list's links are broken");
	node->partial.prev = &slab->slab_list;
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_finds_wrong_bits),
		cmocka_unit_test(the_check_finds_wrong_slabs),
		cmocka_unit_test(the_check_finds_wrong_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
