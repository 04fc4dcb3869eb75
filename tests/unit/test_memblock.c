/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* memblock: pictures of small lists, and random operations against one byte per page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/memblock.h"

#define MAX 64

static struct memblock_region regions[2][MAX];
static struct memblock mb;

static int reset(void **state)
{
	(void)state;
	memblock_init(&mb, regions[0], regions[1], MAX);
	return 0;
}

static void assert_region(u32 i, u64 base, u64 size, int nid)
{
	assert_true(i < mb.memory.cnt);
	assert_int_equal(mb.memory.regions[i].base, base);
	assert_int_equal(mb.memory.regions[i].size, size);
	assert_int_equal(mb.memory.regions[i].nid, nid);
}

/*
 *	before	|   aaaa      |
 *	add	|      bbbb   |
 *	after	|   aaaaaaa   |		Expect one region: same node, same flags.
 */
static void overlapping_ranges_become_one(void **state)
{
	(void)state;
	memblock_add(&mb, 0x3000, 0x4000, 0, 0);
	memblock_add(&mb, 0x6000, 0x4000, 0, 0);
	assert_int_equal(mb.memory.cnt, 1);
	assert_region(0, 0x3000, 0x7000, 0);
	assert_int_equal(mb.memory.total_size, 0x7000);
}

/*
 *	before	|   a  a  a   |
 *	add	|  bbbbbbbb   |		Expect only the gaps to be new, with b's node.
 */
static void gaps_are_filled_with_the_new_node(void **state)
{
	(void)state;
	memblock_add(&mb, 0x2000, 0x1000, 0, 0);
	memblock_add(&mb, 0x4000, 0x1000, 0, 0);
	memblock_add(&mb, 0x1000, 0x5000, 1, 0);
	assert_int_equal(mb.memory.cnt, 5);
	assert_region(0, 0x1000, 0x1000, 1);
	assert_region(1, 0x2000, 0x1000, 0);
	assert_region(4, 0x5000, 0x1000, 1);
}

/*
 *	before	|  aaaaaaaaa  |
 *	remove	|     xxx     |		Expect two regions.
 */
static void removing_the_middle_leaves_two(void **state)
{
	(void)state;
	memblock_add(&mb, 0x1000, 0x9000, 0, 0);
	memblock_remove(&mb, 0x4000, 0x3000);
	assert_int_equal(mb.memory.cnt, 2);
	assert_region(0, 0x1000, 0x3000, 0);
	assert_region(1, 0x7000, 0x3000, 0);
}

/* Expect -ENOMEM and nothing changed, whatever the operation, when the array is full. */
static void a_full_array_changes_nothing(void **state)
{
	struct memblock before;
	struct memblock_region copy[MAX];

	(void)state;
	for (u32 i = 0; i < MAX; i++)
		assert_int_equal(memblock_add(&mb, i * 0x10000ULL, 0x8000, 0, 0), 0);
	before = mb;
	memcpy(copy, regions[0], sizeof(copy));
	assert_int_equal(memblock_add(&mb, 0x9000, 0x1000, 0, 0), -ENOMEM);
	assert_int_equal(memblock_remove(&mb, 0x1000, 0x1000), -ENOMEM);
	assert_int_equal(memblock_set_node(&mb, 0x1000, 0x1000, 1), -ENOMEM);
	assert_int_equal(memblock_change_flags(&mb, 0x1000, 0x1000, MEMBLOCK_MIRROR, 0), -ENOMEM);
	assert_memory_equal(&before, &mb, sizeof(mb));
	assert_memory_equal(copy, regions[0], sizeof(copy));
}

/* Expect sizes to be clipped at the end of the address space. */
static void sizes_do_not_wrap(void **state)
{
	(void)state;
	memblock_add(&mb, 0xfffffffffffff000ULL, 0x10000, 0, 0);
	assert_int_equal(mb.memory.regions[0].size, 0xfff);
	assert_int_equal(memblock_end_of_dram(&mb), ~0ULL);
}

/* Expect starts rounded up, ends down, and what is smaller than a page gone. */
static void trim_rounds_inwards(void **state)
{
	(void)state;
	memblock_add(&mb, 0x1800, 0x2000, 0, 0);
	memblock_add(&mb, 0x5100, 0x200, 0, 0);
	memblock_add(&mb, 0x9c00, 0x3400, 0, 0);
	assert_int_equal(memblock_trim(&mb, 0x1000), 0);
	assert_int_equal(mb.memory.cnt, 2);
	assert_region(0, 0x2000, 0x1000, 0);
	assert_region(1, 0xa000, 0x3000, 0);
	assert_int_equal(mb.memory.total_size, 0x4000);
}

/*
 *	memory	| 0000 1111   |
 *	used	|  r     r    |		Expect the same free ranges from below and from above.
 */
static void free_ranges_are_the_same_in_both_directions(void **state)
{
	struct memblock_iter it;
	u64 up[8], down[8];
	u32 nr_up = 0, nr_down = 0;

	(void)state;
	memblock_add(&mb, 0x1000, 0x4000, 0, 0);
	memblock_add(&mb, 0x8000, 0x4000, 1, 0);
	memblock_reserve(&mb, 0x2000, 0x1000);
	memblock_reserve(&mb, 0xa000, 0x800);
	for_each_free_range(&mb, NUMA_NO_NODE, &it)
		up[nr_up++] = it.start;
	memblock_iter_init_reverse(&mb, &it);
	while (memblock_prev_free(&mb, NUMA_NO_NODE, &it))
		down[nr_down++] = it.start;
	assert_int_equal(nr_up, 4);
	assert_int_equal(nr_down, 4);
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(up[i], down[3 - i]);
	memblock_iter_init(&it);
	assert_true(memblock_next_free(&mb, 1, &it));
	assert_int_equal(it.start, 0x8000);
	memblock_iter_init_at(&mb, &it, 0xa400);
	assert_true(memblock_next_free(&mb, NUMA_NO_NODE, &it));
	assert_int_equal(it.start, 0xa800);
}

/* Expect the node's own memory first, then any; the exact form stays. Hot-pluggable is passed over. */
static void allocation_prefers_the_node(void **state)
{
	(void)state;
	memblock_add(&mb, 0x100000, 0x10000, 0, 0);
	memblock_add(&mb, 0x200000, 0x4000, 1, 0);
	memblock_add(&mb, 0x300000, 0x10000, 2, MEMBLOCK_HOTPLUG);
	assert_int_equal(memblock_alloc(&mb, 0x2000, 0x1000, 1), 0x202000);
	assert_int_equal(memblock_alloc_exact(&mb, 0x4000, 0x1000, 1), 0);
	assert_int_equal(memblock_alloc(&mb, 0x4000, 0x4000, 1), 0x10c000);
	mb.bottom_up = true;
	assert_int_equal(memblock_alloc(&mb, 0x1000, 0x1000, NUMA_NO_NODE), 0x100000);
	assert_int_equal(memblock_alloc(&mb, 0x1000, 0x1000, 2), 0x101000);
	mb.current_limit = 0x102000;
	assert_int_equal(memblock_alloc(&mb, 0x1000, 0x1000, NUMA_NO_NODE), 0);
}

static void questions(void **state)
{
	(void)state;
	memblock_add(&mb, 0x1000, 0x2000, 0, 0);
	memblock_add(&mb, 0x3000, 0x2000, 1, 0);
	memblock_reserve(&mb, 0x2000, 0x800);
	assert_true(memblock_is_memory(&mb, 0x1800, 0x3000));
	assert_false(memblock_is_memory(&mb, 0x4000, 0x1001));
	assert_true(memblock_is_reserved(&mb, 0x27ff, 1));
	assert_false(memblock_is_reserved(&mb, 0x2800, 0x1000));
	assert_ptr_equal(memblock_find(&mb.memory, 0x3000), &mb.memory.regions[1]);
	assert_null(memblock_find(&mb.memory, 0x5000));
}

/* ---- a naive model: node + 1 and flags of every page --------------------------------------------- */

#define PAGES 48

static u8 model_node[PAGES], model_flags[PAGES], model_reserved[PAGES];

static void assert_model(void)
{
	u64 total = 0;

	for (u32 p = 0; p < PAGES; p++) {
		const struct memblock_region *r = memblock_find(&mb.memory, p * PAGE_SIZE);

		assert_int_equal(r ? r->nid + 1 : 0, model_node[p]);
		assert_int_equal(r ? r->flags : 0, model_node[p] ? model_flags[p] : 0);
		assert_int_equal(memblock_is_reserved(&mb, p * PAGE_SIZE, 1), model_reserved[p]);
		total += model_node[p] ? PAGE_SIZE : 0;
	}
	assert_int_equal(mb.memory.total_size, total);
	for (u32 i = 1; i < mb.memory.cnt; i++) {
		const struct memblock_region *a = &mb.memory.regions[i - 1], *b = a + 1;

		assert_true(a->size && a->base + a->size <= b->base);
		assert_false(a->base + a->size == b->base && a->nid == b->nid && a->flags == b->flags);
	}
}

static void model_apply(u64 op, u32 from, u32 to, int nid, u32 flags)
{
	for (u32 p = from; p < to; p++) {
		if (op == 0 && !model_node[p]) {
			model_node[p] = (u8)(nid + 1);
			model_flags[p] = (u8)flags;
		} else if (op == 1) {
			model_node[p] = 0;
		} else if (op == 2 || op == 3) {
			model_reserved[p] = op == 2;
		} else if (op == 4 && model_node[p]) {
			model_node[p] = (u8)(nid + 1);
		} else if (op == 5 && model_node[p]) {
			model_flags[p] |= (u8)flags;
		}
	}
}

static void random_operations_agree_with_a_naive_model(void **state)
{
	struct prng prng;

	(void)state;
	print_message("# seed 7\n");
	prng_seed(&prng, 7);
	memset(model_node, 0, sizeof(model_node));
	memset(model_reserved, 0, sizeof(model_reserved));
	for (u32 step = 0; step < 100000; step++) {
		u32 from = (u32)prng_below(&prng, PAGES), to = from + 1 + (u32)prng_below(&prng, PAGES - from);
		u64 op = prng_below(&prng, 6), base = from * PAGE_SIZE, size = (to - from) * PAGE_SIZE;
		int nid = (int)prng_below(&prng, 3);
		u32 flags = prng_below(&prng, 4) ? 0 : MEMBLOCK_MIRROR;
		int err = op == 0   ? memblock_add(&mb, base, size, nid, flags)
			  : op == 1 ? memblock_remove(&mb, base, size)
			  : op == 2 ? memblock_reserve(&mb, base, size)
			  : op == 3 ? memblock_free(&mb, base, size)
			  : op == 4 ? memblock_set_node(&mb, base, size, nid)
				    : memblock_change_flags(&mb, base, size, flags, 0);

		assert_int_equal(err, 0);
		model_apply(op, from, to, nid, flags);
		assert_model();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(overlapping_ranges_become_one, reset),
		cmocka_unit_test_setup(gaps_are_filled_with_the_new_node, reset),
		cmocka_unit_test_setup(removing_the_middle_leaves_two, reset),
		cmocka_unit_test_setup(a_full_array_changes_nothing, reset),
		cmocka_unit_test_setup(sizes_do_not_wrap, reset),
		cmocka_unit_test_setup(trim_rounds_inwards, reset),
		cmocka_unit_test_setup(free_ranges_are_the_same_in_both_directions, reset),
		cmocka_unit_test_setup(allocation_prefers_the_node, reset),
		cmocka_unit_test_setup(questions, reset),
		cmocka_unit_test_setup(random_operations_agree_with_a_naive_model, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
