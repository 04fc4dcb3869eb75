/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Random operations on memblock, against a model that looks at every page by itself. */
#include "memblock_fixture.h"

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
		cmocka_unit_test(random_operations_agree_with_a_naive_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
