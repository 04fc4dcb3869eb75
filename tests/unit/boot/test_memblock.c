/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* memblock, call by call, in pictures (memblock_fixture.h). */
#include "memblock_fixture.h"

/* ---- adding and removing ----------------------------------------------------------------- */

static void touching_equals_merge(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, "..xx..xx");
	memblock_add(&w.mb, PAGES(4), PAGES(2), NUMA_NO_NODE, 0);
	assert_picture(&w.mb.memory, "..xxxxxx");
	assert_int_equal(w.mb.memory.cnt, 1);
}

static void different_nodes_or_flags_stay_apart(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, "0011hhnn");
	assert_picture(&w.mb.memory, "0011hhnn");
	assert_int_equal(w.mb.memory.cnt, 4);
}

/* Adding what is there already changes only what is new. */
static void adding_over_regions_fills_the_gaps(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, "..00..11..h...");
	memblock_add(&w.mb, PAGES(1), PAGES(12), 2, 0);
	assert_picture(&w.mb.memory, ".20022112"
				     "2h22.");
}

static void removing_cuts_and_drops(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, ".0000.11.2222.");
	memblock_remove(&w.mb, PAGES(3), PAGES(7));
	assert_picture(&w.mb.memory, ".00.......222.");
	memblock_remove(&w.mb, PAGES(11), PAGES(1));
	assert_picture(&w.mb.memory, ".00.......2.2.");
	memblock_remove(&w.mb, 0, ~0ULL);
	assert_picture(&w.mb.memory, "..............");
}

static void nothing_is_no_operation(void **state)
{
	struct world w;
	u32 first, end;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, ".0000.");
	assert_int_equal(memblock_add(&w.mb, PAGES(5), 0, 1, 0), 0);
	assert_int_equal(memblock_remove(&w.mb, PAGES(3), 0), 0);
	assert_int_equal(memblock_set_node(&w.mb, PAGES(3), 0, 1), 0);
	assert_int_equal(memblock_isolate(&w.mb.memory, PAGES(3), 0, &first, &end), 0);
	assert_int_equal(first, end);
	assert_int_equal(memblock_remove(&w.mb, PAGES(5), PAGES(9)), 0);
	assert_picture(&w.mb.memory, ".0000.");
	assert_int_equal(w.mb.memory.cnt, 1);
}

/* A size that runs past the end of the address space is clipped there. */
static void sizes_do_not_wrap(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	memblock_add(&w.mb, ~0ULL - 0xfff, 0x10000, 0, 0);
	memblock_add(&w.mb, PAGES(1), PAGES(1), 0, 0);
	assert_int_equal(w.mb.memory.cnt, 2);
	assert_int_equal(w.mb.memory.regions[1].size, 0xfff);
	assert_true(memblock_end_of_dram(&w.mb) == ~0ULL);
	memblock_remove(&w.mb, PAGES(2), ~0ULL);
	assert_picture(&w.mb.memory, ".0.");
	memblock_reserve(&w.mb, 0, ~0ULL);
	assert_true(memblock_is_reserved(&w.mb, ~0ULL - 1, 5));
}

/* ---- isolating, nodes, flags ------------------------------------------------------------- */

static void isolate_cuts_at_both_ends(void **state)
{
	struct world w;
	u32 first, end;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, ".0000.1111.");
	assert_int_equal(memblock_isolate(&w.mb.memory, PAGES(3), PAGES(5), &first, &end), 0);
	assert_int_equal(first, 1);
	assert_int_equal(end, 3);
	assert_int_equal(w.mb.memory.cnt, 4);
	assert_int_equal(w.mb.memory.regions[1].base, PAGES(3));
	assert_int_equal(w.mb.memory.regions[2].size, PAGES(2));
}

static void isolate_in_a_hole_finds_nothing(void **state)
{
	struct world w;
	u32 first, end;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, ".00....11.");
	assert_int_equal(memblock_isolate(&w.mb.memory, PAGES(4), PAGES(2), &first, &end), 0);
	assert_int_equal(first, end);
	assert_int_equal(w.mb.memory.cnt, 2);
}

static void nodes_split_and_merge(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, ".xxxxxx.xx.");
	memblock_set_node(&w.mb, PAGES(3), PAGES(6), 1);
	assert_picture(&w.mb.memory, ".xx1111.1x.");
	memblock_set_node(&w.mb, 0, ~0ULL, 1);
	assert_picture(&w.mb.memory, ".111111.11.");
	assert_int_equal(w.mb.memory.cnt, 2);
}

static void flags_set_and_clear(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, "xxxxxxxx");
	memblock_change_flags(&w.mb, PAGES(2), PAGES(4), MEMBLOCK_HOTPLUG, 0);
	memblock_change_flags(&w.mb, PAGES(4), PAGES(4), MEMBLOCK_NOMAP, MEMBLOCK_HOTPLUG);
	assert_picture(&w.mb.memory, "xxhhnnnn");
	memblock_change_flags(&w.mb, 0, PAGES(8), 0, MEMBLOCK_HOTPLUG | MEMBLOCK_NOMAP);
	assert_picture(&w.mb.memory, "xxxxxxxx");
	assert_int_equal(w.mb.memory.cnt, 1);
}

/* Starts go up, ends go down, what has no whole page goes away; neighbours that touch inside a page
 * are one before the rounding, when they agree. */
static void trim_keeps_whole_pages(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	memblock_add(&w.mb, 0x1800, 0x1000, 0, 0); /* no whole page */
	memblock_add(&w.mb, 0x3001, 0x2fff, 0, 0); /* [3001, 6000): page 4 and 5 */
	memblock_add(&w.mb, 0x7000, 0x1234, 0, 0); /* with the next: [7000, 9800) */
	memblock_add(&w.mb, 0x8234, 0x15cc, 0, 0);
	memblock_add(&w.mb, ~0ULL - 0x100, 0x100, 0, 0);
	assert_int_equal(memblock_trim(&w.mb, PAGE_SIZE), 0);
	assert_picture(&w.mb.memory, "....00.00...");
	expect_assert_failure(memblock_trim(&w.mb, 3));
}

/* ---- looking ----------------------------------------------------------------------------- */

static void questions_about_ranges(void **state)
{
	struct world w;
	const struct memblock *mb = &w.mb;

	(void)state;
	start(&w, MAX_REGIONS);
	assert_int_equal(memblock_end_of_dram(mb), 0);
	draw_memory(&w, "..0011..22");
	draw_reserved(&w, "....xx....");
	assert_true(memblock_is_memory(mb, PAGES(2), PAGES(4)));
	assert_false(memblock_is_memory(mb, PAGES(2), PAGES(5)));
	assert_false(memblock_is_memory(mb, PAGES(1), PAGES(2)));
	assert_true(memblock_is_reserved(mb, PAGES(3), PAGES(2)));
	assert_false(memblock_is_reserved(mb, PAGES(2), PAGES(2)));
	assert_false(memblock_is_reserved(mb, PAGES(4), 0));
	assert_true(memblock_overlaps(&mb->memory, PAGES(6), PAGES(3)));
	assert_false(memblock_overlaps(&mb->memory, PAGES(6), PAGES(2)));
	assert_int_equal(memblock_find(&mb->memory, PAGES(5) + 7)->nid, 1);
	assert_null(memblock_find(&mb->memory, PAGES(6)));
	assert_null(memblock_find(&mb->memory, PAGES(10)));
	assert_int_equal(memblock_end_of_dram(mb), PAGES(10));
}

static void free_ranges(struct world *w, int nid, bool up, char *drawn, size_t len)
{
	struct memblock_iter it;
	char letter = 'a';

	memset(drawn, '.', len);
	drawn[len] = '\0';
	if (up)
		memblock_iter_init(&it);
	else
		memblock_iter_init_reverse(&w->mb, &it);
	while (up ? memblock_next_free(&w->mb, nid, &it) : memblock_prev_free(&w->mb, nid, &it)) {
		assert_true(it.start < it.end && it.end <= PAGES(len));
		memset(drawn + it.start / PAGE_SIZE, letter++, (it.end - it.start) / PAGE_SIZE);
	}
}

/* memory less reserved, cut where memory regions meet; a, b, c in the order they come. */
static void iteration_goes_both_ways(void **state)
{
	struct world w;
	char drawn[64];

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, "..000000.1111nndd22..");
	draw_reserved(&w, "x..x.xx...xx.......xx");
	free_ranges(&w, NUMA_NO_NODE, true, drawn, 21);
	assert_string_equal(drawn, "..a.b..c.d..e....ff..");
	free_ranges(&w, NUMA_NO_NODE, false, drawn, 21);
	assert_string_equal(drawn, "..f.e..d.c..b....aa..");
	free_ranges(&w, 1, true, drawn, 21);
	assert_string_equal(drawn, ".........a..b........");
	free_ranges(&w, 1, false, drawn, 21);
	assert_string_equal(drawn, ".........b..a........");
}

static void iteration_starts_where_it_is_told(void **state)
{
	struct world w;
	struct memblock_iter it;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, "0000000000..00");
	draw_reserved(&w, "..xx..........");
	memblock_iter_init_at(&w.mb, &it, PAGES(3)); /* in the middle of what is reserved */
	assert_true(memblock_next_free(&w.mb, NUMA_NO_NODE, &it));
	assert_int_equal(it.start, PAGES(4));
	memblock_iter_init_at(&w.mb, &it, PAGES(9) - 1);
	assert_true(memblock_next_free(&w.mb, NUMA_NO_NODE, &it));
	assert_int_equal(it.end, PAGES(10));
	assert_true(memblock_next_free(&w.mb, NUMA_NO_NODE, &it));
	assert_false(memblock_next_free(&w.mb, NUMA_NO_NODE, &it));
	memblock_iter_init_at(&w.mb, &it, PAGES(14));
	assert_false(memblock_next_free(&w.mb, NUMA_NO_NODE, &it));
}

static void flags_have_names(void **state)
{
	static const struct {
		u32 flags;
		const char *text;
	} cases[] = {
		{MEMBLOCK_NONE, ""},
		{MEMBLOCK_HOTPLUG, "HOTPLUG"},
		{MEMBLOCK_DRIVER_MANAGED, "DRV_MNG"},
		{MEMBLOCK_HOTPLUG | MEMBLOCK_NOMAP, "HOTPLUG|NOMAP"},
		{0xffffffff, "HOTPLUG|MIRROR|NOMAP|DRV_MNG"},
		{0x10, ""},
	};
	char buf[40], small[8];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(memblock_flags_text(buf, sizeof(buf), cases[i].flags),
				    cases[i].text);
	assert_string_equal(memblock_flags_text(small, sizeof(small), 0xf), "HOTPLUG");
	assert_string_equal(memblock_flags_text(small, 4, 0xf), "HOT");
}

/* ---- allocating -------------------------------------------------------------------------- */

static void direction_is_obeyed(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, "00000..00000");
	assert_int_equal(memblock_alloc(&w.mb, PAGES(2), PAGE_SIZE, NUMA_NO_NODE), PAGES(10));
	w.mb.bottom_up = true;
	assert_int_equal(memblock_alloc(&w.mb, PAGES(2), PAGE_SIZE, NUMA_NO_NODE), PAGES(1));
	assert_picture(&w.mb.reserved, ".xx.......xx");
}

/* Page 0 is never handed out, however it is asked for. */
static void page_0_is_not_handed_out(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, "0");
	assert_int_equal(memblock_alloc(&w.mb, 8, 8, NUMA_NO_NODE), 0);
	w.mb.bottom_up = true;
	assert_int_equal(memblock_alloc(&w.mb, 8, 8, NUMA_NO_NODE), 0);
	assert_int_equal(w.mb.reserved.cnt, 0);
}

static void the_limit_is_obeyed(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, ".00000000");
	w.mb.current_limit = PAGES(5);
	assert_int_equal(memblock_alloc(&w.mb, PAGES(2), PAGE_SIZE, NUMA_NO_NODE), PAGES(3));
	assert_int_equal(memblock_alloc(&w.mb, PAGES(3), PAGE_SIZE, NUMA_NO_NODE), 0);
	assert_int_equal(memblock_find_in_range(&w.mb, PAGES(2), PAGE_SIZE, PAGES(6), PAGES(8), 0),
			 PAGES(6));
	assert_int_equal(memblock_find_in_range(&w.mb, PAGES(3), PAGE_SIZE, PAGES(6), PAGES(8), 0),
			 0);
}

/* The node first, then any; exact stays there. Hot-pluggable memory is passed over. */
static void nodes_are_preferred(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	draw_memory(&w, ".0000111122hh");
	assert_int_equal(memblock_alloc(&w.mb, PAGES(3), PAGE_SIZE, 1), PAGES(6));
	assert_int_equal(memblock_alloc_exact(&w.mb, PAGES(3), PAGE_SIZE, 1), 0);
	assert_int_equal(memblock_alloc(&w.mb, PAGES(3), PAGE_SIZE, 1), PAGES(2));
	assert_int_equal(memblock_alloc(&w.mb, PAGES(1), PAGE_SIZE, NUMA_NO_NODE), PAGES(10));
	assert_int_equal(memblock_alloc(&w.mb, PAGES(1), PAGE_SIZE, 7), PAGES(9));
}

/* Alignments larger and smaller than a page; bytes, not pages. */
static void alignment_is_kept(void **state)
{
	struct world w;

	(void)state;
	start(&w, MAX_REGIONS);
	memblock_add(&w.mb, 0x1010, 0x8ff0, 0, 0); /* [1010, a000) */
	assert_int_equal(memblock_alloc(&w.mb, 0x10, 0x1000, 0), 0x9000);
	assert_int_equal(memblock_alloc(&w.mb, 0x10, 0x10, 0), 0x9ff0);
	assert_int_equal(memblock_alloc(&w.mb, 0x1000, 0x4000, 0), 0x8000);
	assert_int_equal(memblock_alloc(&w.mb, 0x1000, 0x8000, 0), 0);
	w.mb.bottom_up = true;
	assert_int_equal(memblock_alloc(&w.mb, 0x21, 0x20, 0), 0x1020);
	expect_assert_failure(memblock_alloc(&w.mb, 0x10, 24, 0));
	expect_assert_failure(memblock_alloc(&w.mb, 0, 8, 0));
}

/* When the list of reserved regions is full, an allocation fails and reserves nothing, unless a
 * neighbour can take it in. */
static void a_full_list_fails_cleanly(void **state)
{
	struct world w;

	(void)state;
	start(&w, 2);
	memblock_add(&w.mb, PAGES(1), PAGES(9), 0, 0);
	draw_reserved(&w, "..x..x....");
	assert_int_equal(memblock_alloc(&w.mb, PAGES(1), PAGE_SIZE, 0), 0);
	assert_picture(&w.mb.reserved, "..x..x....");
	assert_int_equal(memblock_alloc(&w.mb, PAGES(4), PAGE_SIZE, 0), PAGES(6));
	assert_picture(&w.mb.reserved, "..x..xxxxx");
	assert_int_equal(memblock_free(&w.mb, PAGES(7), PAGES(1)), -ENOMEM);
	assert_picture(&w.mb.reserved, "..x..xxxxx");
	assert_int_equal(memblock_free(&w.mb, PAGES(7), PAGES(3)), 0);
	assert_picture(&w.mb.reserved, "..x..xx...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(touching_equals_merge),
		cmocka_unit_test(different_nodes_or_flags_stay_apart),
		cmocka_unit_test(adding_over_regions_fills_the_gaps),
		cmocka_unit_test(removing_cuts_and_drops),
		cmocka_unit_test(nothing_is_no_operation),
		cmocka_unit_test(sizes_do_not_wrap),
		cmocka_unit_test(isolate_cuts_at_both_ends),
		cmocka_unit_test(isolate_in_a_hole_finds_nothing),
		cmocka_unit_test(nodes_split_and_merge),
		cmocka_unit_test(flags_set_and_clear),
		cmocka_unit_test(trim_keeps_whole_pages),
		cmocka_unit_test(questions_about_ranges),
		cmocka_unit_test(iteration_goes_both_ways),
		cmocka_unit_test(iteration_starts_where_it_is_told),
		cmocka_unit_test(flags_have_names),
		cmocka_unit_test(direction_is_obeyed),
		cmocka_unit_test(page_0_is_not_handed_out),
		cmocka_unit_test(the_limit_is_obeyed),
		cmocka_unit_test(nodes_are_preferred),
		cmocka_unit_test(alignment_is_kept),
		cmocka_unit_test(a_full_list_fails_cleanly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
