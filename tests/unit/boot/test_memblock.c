/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * memblock, in pictures: one letter is one page from address 0 up, '.' is nothing, '0'..'3' memory
 * of that node, 'x' memory of no node, 'h' HOTPLUG, 'm' MIRROR, 'n' NOMAP, 'd' DRIVER_MANAGED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/boot/memblock.h"

#define MAX_REGIONS 64
#define PAGES(n)    ((u64)(n)*PAGE_SIZE)

struct world {
	struct memblock mb;
	struct memblock_region memory[MAX_REGIONS], reserved[MAX_REGIONS];
};

static void start(struct world *w, u32 max)
{
	memset(w, 0, sizeof(*w));
	memblock_init(&w->mb, w->memory, w->reserved, max);
}

static u32 letter_flags(char c)
{
	return c == 'h'	  ? MEMBLOCK_HOTPLUG
	       : c == 'm' ? MEMBLOCK_MIRROR
	       : c == 'n' ? MEMBLOCK_NOMAP
	       : c == 'd' ? MEMBLOCK_DRIVER_MANAGED
			  : 0;
}

static int letter_nid(char c)
{
	return c >= '0' && c <= '3' ? c - '0' : NUMA_NO_NODE;
}

static void draw_memory(struct world *w, const char *picture)
{
	for (u32 i = 0; picture[i]; i++) {
		if (picture[i] != '.')
			assert_int_equal(memblock_add(&w->mb, PAGES(i), PAGE_SIZE,
						      letter_nid(picture[i]),
						      letter_flags(picture[i])),
					 0);
	}
}

static void draw_reserved(struct world *w, const char *picture)
{
	for (u32 i = 0; picture[i]; i++) {
		if (picture[i] != '.')
			assert_int_equal(memblock_reserve(&w->mb, PAGES(i), PAGE_SIZE), 0);
	}
}

static char region_letter(const struct memblock_region *r)
{
	static const char flags[] = {'x', 'h', 'm', '?', 'n', '?', '?', '?', 'd'};

	if (r->flags)
		return r->flags < sizeof(flags) ? flags[r->flags] : '?';
	return r->nid == NUMA_NO_NODE ? 'x' : (char)('0' + r->nid);
}

/* The header's invariant: not empty, ascending, disjoint, touching neighbours differ. */
static void assert_sound(const struct memblock_type *type)
{
	u64 total = 0;

	assert_true(type->cnt <= type->max);
	for (u32 i = 0; i < type->cnt; i++) {
		const struct memblock_region *r = &type->regions[i], *next = r + 1;

		total += r->size;
		assert_true(r->size && r->base + r->size > r->base);
		if (i + 1 == type->cnt)
			break;
		assert_true(r->base + r->size <= next->base);
		if (r->base + r->size == next->base)
			assert_true(r->nid != next->nid || r->flags != next->flags);
	}
	assert_int_equal(total, type->total_size);
}

static void assert_picture(const struct memblock_type *type, const char *expected)
{
	char seen[128];
	size_t len = strlen(expected);

	assert_sound(type);
	memset(seen, '.', len);
	seen[len] = '\0';
	for (u32 i = 0; i < type->cnt; i++) {
		const struct memblock_region *r = &type->regions[i];

		assert_true(is_aligned(r->base | r->size, PAGE_SIZE));
		assert_true(r->base + r->size <= PAGES(len));
		memset(seen + r->base / PAGE_SIZE, region_letter(r), r->size / PAGE_SIZE);
	}
	assert_string_equal(seen, expected);
}

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

/* ---- a naive model ----------------------------------------------------------------------- */

#define CELLS 48

struct cell {
	bool memory, reserved;
	int nid;
	u32 flags;
};

static bool same_memory(const struct cell *a, const struct cell *b)
{
	if (!a->memory || !b->memory)
		return a->memory == b->memory;
	return a->nid == b->nid && a->flags == b->flags;
}

/* Regions that a list needs for these cells. */
static u32 count_regions(const struct cell *cells, bool reserved)
{
	u32 nr = 0;

	for (u32 i = 0; i < CELLS; i++) {
		if (reserved)
			nr += cells[i].reserved && (!i || !cells[i - 1].reserved);
		else
			nr += cells[i].memory && (!i || !same_memory(&cells[i - 1], &cells[i]));
	}
	return nr;
}

static void assert_cells(const struct world *w, const struct cell *cells)
{
	assert_sound(&w->mb.memory);
	assert_sound(&w->mb.reserved);
	assert_int_equal(w->mb.memory.cnt, count_regions(cells, false));
	assert_int_equal(w->mb.reserved.cnt, count_regions(cells, true));
	for (u32 i = 0; i < CELLS; i++) {
		const struct memblock_region *m = memblock_find(&w->mb.memory, PAGES(i) + 5);

		assert_int_equal(m != NULL, cells[i].memory);
		assert_int_equal(memblock_is_reserved(&w->mb, PAGES(i) + 5, 1), cells[i].reserved);
		if (m) {
			assert_int_equal(m->nid, cells[i].nid);
			assert_int_equal(m->flags, cells[i].flags);
		}
	}
}

enum { OP_ADD, OP_REMOVE, OP_RESERVE, OP_FREE, OP_NODE, OP_FLAGS, NR_OPS };

struct op {
	int kind, nid;
	u32 first, nr, set, clear;
};

static int do_op(struct memblock *mb, const struct op *op)
{
	phys_addr_t base = PAGES(op->first);
	u64 size = PAGES(op->nr);

	switch (op->kind) {
	case OP_ADD:
		return memblock_add(mb, base, size, op->nid, op->set);
	case OP_REMOVE:
		return memblock_remove(mb, base, size);
	case OP_RESERVE:
		return memblock_reserve(mb, base, size);
	case OP_FREE:
		return memblock_free(mb, base, size);
	case OP_NODE:
		return memblock_set_node(mb, base, size, op->nid);
	default:
		return memblock_change_flags(mb, base, size, op->set, op->clear);
	}
}

static void do_op_on_cell(struct cell *c, const struct op *op)
{
	if (op->kind == OP_ADD && !c->memory)
		*c = (struct cell){true, c->reserved, op->nid, op->set};
	else if (op->kind == OP_REMOVE)
		c->memory = false;
	else if (op->kind == OP_RESERVE || op->kind == OP_FREE)
		c->reserved = op->kind == OP_RESERVE;
	else if (op->kind == OP_NODE && c->memory)
		c->nid = op->nid;
	else if (op->kind == OP_FLAGS && c->memory)
		c->flags = (c->flags & ~op->clear) | op->set;
}

static struct op random_op(struct prng *prng)
{
	struct op op = {.kind = (int)prng_below(prng, NR_OPS)};

	op.nid = (int)prng_below(prng, 3) - 1;
	op.first = (u32)prng_below(prng, CELLS);
	op.nr = (u32)prng_below(prng, prng_below(prng, CELLS - op.first) + 1);
	op.set = prng_below(prng, 3) ? 0 : 1u << prng_below(prng, 4);
	op.clear = (u32)prng_below(prng, 16);
	return op;
}

/* Adding and removing succeed exactly when the result fits; the others may also need room for the
 * two cuts that come before merging. On failure nothing has changed. */
static void check_op(struct world *w, struct cell *cells, const struct op *op)
{
	struct cell after[CELLS];
	u32 max = w->mb.memory.max, cnt = w->mb.memory.cnt;
	int err = do_op(&w->mb, op);
	bool fits;

	memcpy(after, cells, sizeof(after));
	for (u32 i = op->first; i < op->first + op->nr; i++)
		do_op_on_cell(&after[i], op);
	fits = count_regions(after, false) <= max && count_regions(after, true) <= max;
	if (op->kind == OP_NODE || op->kind == OP_FLAGS)
		assert_true(err == 0 ? fits : err == -ENOMEM && cnt + 2 > max);
	else
		assert_int_equal(err, fits ? 0 : -ENOMEM);
	if (!err)
		memcpy(cells, after, sizeof(after));
	assert_cells(w, cells);
}

static bool cell_free(const struct cell *c, int nid)
{
	return c->memory && !c->reserved && (nid == NUMA_NO_NODE || c->nid == nid) &&
	       !(c->flags & (MEMBLOCK_NOMAP | MEMBLOCK_DRIVER_MANAGED));
}

/* End of the free range that begins at cell i. */
static u32 free_end(const struct cell *cells, u32 i, int nid)
{
	u32 end = i + 1;

	while (end < CELLS && cell_free(&cells[end], nid) &&
	       same_memory(&cells[end - 1], &cells[end]))
		end++;
	return end;
}

static void check_iteration(struct world *w, const struct cell *cells, int nid, u32 from)
{
	struct memblock_iter it, down;
	u32 starts[CELLS], nr = 0;

	memblock_iter_init_at(&w->mb, &it, PAGES(from));
	for (u32 i = 0, end; i < CELLS; i = end) {
		end = i + 1;
		if (!cell_free(&cells[i], nid))
			continue;
		end = free_end(cells, i, nid);
		starts[nr++] = i;
		if (end <= from)
			continue;
		assert_true(memblock_next_free(&w->mb, nid, &it));
		assert_int_equal(it.start, PAGES(i));
		assert_int_equal(it.end, PAGES(end));
		assert_int_equal(it.nid, cells[i].nid);
		assert_int_equal(it.flags, cells[i].flags);
	}
	assert_false(memblock_next_free(&w->mb, nid, &it));
	memblock_iter_init_reverse(&w->mb, &down);
	while (nr--) {
		assert_true(memblock_prev_free(&w->mb, nid, &down));
		assert_int_equal(down.start, PAGES(starts[nr]));
		assert_int_equal(down.end, PAGES(free_end(cells, starts[nr], nid)));
	}
	assert_false(memblock_prev_free(&w->mb, nid, &down));
}

static bool fits_at(const struct cell *cells, u32 at, u32 nr, int nid)
{
	return at && cell_free(&cells[at], nid) && !(cells[at].flags & MEMBLOCK_HOTPLUG) &&
	       free_end(cells, at, nid) >= at + nr;
}

static void check_find(struct world *w, const struct cell *cells, struct prng *prng)
{
	u32 lo = (u32)prng_below(prng, CELLS), hi = (u32)prng_below(prng, CELLS + 1);
	u32 nr = 1 + (u32)prng_below(prng, 6), align = 1u << prng_below(prng, 4), expected = 0;
	int nid = (int)prng_below(prng, 3) - 1;

	w->mb.bottom_up = prng_below(prng, 2);
	for (u32 at = round_up(lo, align); at + nr <= hi; at += align) {
		if (fits_at(cells, at, nr, nid) && !(w->mb.bottom_up && expected))
			expected = at;
	}
	assert_int_equal(
		memblock_find_in_range(&w->mb, PAGES(nr), PAGES(align), PAGES(lo), PAGES(hi), nid),
		PAGES(expected));
}

static void random_operations_agree_with_a_naive_model(void **state)
{
	const u64 seed = 20240607;
	struct prng prng;
	struct world w;

	(void)state;
	print_message("# seed %llu\n", seed);
	prng_seed(&prng, seed);
	for (u32 round = 0; round < 400; round++) {
		struct cell cells[CELLS] = {0};

		start(&w, 1 + (u32)prng_below(&prng, 40)); /* every small capacity: -ENOMEM too */
		for (u32 step = 0; step < 1000; step++) {
			struct op op = random_op(&prng);

			check_op(&w, cells, &op);
			if (step % 4 == 0)
				check_iteration(&w, cells, (int)prng_below(&prng, 3) - 1,
						(u32)prng_below(&prng, CELLS));
			check_find(&w, cells, &prng);
		}
	}
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
		cmocka_unit_test(random_operations_agree_with_a_naive_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
