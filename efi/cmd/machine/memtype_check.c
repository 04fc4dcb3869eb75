/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Memory types that contradict each other or cost time: pages across two MTRR types, aliases of one
 * page with different types, a framebuffer that is not WC, RAM that is not cached.
 */
#include "memtype_check.h"

#include "app/tables.h"
#include "cmd/tables/explain.h"
#include "lib.h"

#define MAX_PIECES 4096

/* Mapped memory that is physically in order and of one type. */
struct piece {
	phys_addr_t start, end;
	u64 va;
	const char *tables;
	u32 type;
};

struct check {
	const struct app *app;
	const struct mtrr_state *mtrr;
	char (*text)[MEMTYPE_FINDING];
	u32 nr; /* findings */
	/* the tables that are walked */
	const struct named_tables *tables;
	u64 pat_msr, crossing;
	bool low; /* a large page reaches into the fixed ranges */
	u64 crossing_va;
	u32 nr_pieces, lost;
	struct piece piece[MAX_PIECES];
};

static void __printf(2, 3) say(struct check *c, const char *fmt, ...)
{
	va_list ap;

	if (c->nr++ >= MEMTYPE_MAX_FINDINGS)
		return;
	va_start(ap, fmt);
	fmt_vprint(c->text[c->nr - 1], MEMTYPE_FINDING, fmt, ap);
	va_end(ap);
}

/* ---- collecting -------------------------------------------------------------------------- */

static void add_piece(struct check *c, u64 va, phys_addr_t start, phys_addr_t end, u32 type)
{
	struct piece *last = c->nr_pieces ? &c->piece[c->nr_pieces - 1] : NULL;

	if (last && last->tables == c->tables->name && last->type == type && last->end == start &&
	    last->va + (last->end - last->start) == va) {
		last->end = end;
		return;
	}
	if (c->nr_pieces == MAX_PIECES) {
		c->lost++;
		return;
	}
	c->piece[c->nr_pieces++] = (struct piece){start, end, va, c->tables->name, type};
}

static int take_span(void *ctx, const struct pt_entry *e)
{
	struct check *c = ctx;
	phys_addr_t pa = e->phys, end = pa + e->nr * PT_SIZE(e->level), next;

	if (!e->present || !e->leaf || e->wrong)
		return e->present ? PT_DESCEND : PT_SKIP;
	for (; pa < end && c->lost < MAX_PIECES; pa = next) {
		struct memtype_effective t;

		memtype_effective(c->mtrr, c->pat_msr, pa, e->val, e->level, &t);
		mtrr_type_range(c->mtrr, pa, end, &next);
		add_piece(c, e->va + (pa - e->phys), pa, next, t.type);
		if (next < end && e->level && !is_aligned(next, PT_SIZE(e->level))) {
			if (next <= MiB && c->mtrr->fixed_enabled)
				c->low = true;
			else if (!c->crossing++)
				c->crossing_va =
					e->va + (round_down(next, PT_SIZE(e->level)) - e->phys);
		}
	}
	return c->lost < MAX_PIECES ? PT_SKIP : PT_STOP;
}

static void walk_tables(struct check *c, const struct named_tables *t)
{
	if (!app_tables_have_types(t->pt))
		return;
	c->tables = t;
	c->crossing = 0;
	c->low = false;
	c->pat_msr = app_tables_pat_now(c->app, t->pt);
	pt_walk_ranges(t->pt, 0, pt_last(t->pt), take_span, c);
	if (c->low)
		say(c, "%s: a large page covers MTRR types below 1 MiB: slow (SDM 12.11.9)",
		    t->name);
	if (c->crossing)
		say(c,
		    "%s: %llu MTRR borders inside large pages, first v:%llx: undefined (SDM "
		    "12.11.9)",
		    t->name, c->crossing, c->crossing_va);
}

/* ---- aliases ----------------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

#define SHOWN_ALIASES 4

static void check_aliases(struct check *c)
{
	u32 found = 0;

	sort(c->piece, c->nr_pieces, sizeof(c->piece[0]), by_start);
	for (u32 i = 0; i < c->nr_pieces; i++) {
		const struct piece *a = &c->piece[i];

		for (u32 k = i + 1; k < c->nr_pieces && c->piece[k].start < a->end; k++) {
			const struct piece *b = &c->piece[k];

			if (b->type == a->type || found++ >= SHOWN_ALIASES)
				continue;
			say(c, "p:%llx is %s at %s v:%llx and %s at %s v:%llx", b->start,
			    memtype_name((enum memtype)a->type), a->tables,
			    a->va + (b->start - a->start), memtype_name((enum memtype)b->type),
			    b->tables, b->va);
		}
	}
	if (found > SHOWN_ALIASES)
		say(c, "%u more pairs of aliases have different types", found - SHOWN_ALIASES);
	if (c->lost)
		say(c, "more than %u mapped pieces: the rest was not compared", MAX_PIECES);
}

/* ---- slow memory ------------------------------------------------------------------------- */

static void check_framebuffer(struct check *c)
{
	const struct framebuffer *fb = &c->app->machine.fb;
	const struct piece *slow = NULL;

	if (!fb->size)
		return;
	for (u32 i = 0; i < c->nr_pieces && !slow; i++) {
		const struct piece *p = &c->piece[i];

		if (fb->base >= p->start && fb->base < p->end &&
		    (p->type == MEMTYPE_UC || p->type == MEMTYPE_UC_MINUS))
			slow = p;
	}
	if (slow)
		say(c, "the framebuffer p:%llx is %s in %s, not WC: drawing is slow", fb->base,
		    memtype_name((enum memtype)slow->type), slow->tables);
}

static void check_ram(struct check *c)
{
	const struct memblock_type *memory = &c->app->sys.memblock.memory;
	u32 shown = 0;

	for (u32 i = 0; i < memory->cnt && shown < 4; i++) {
		const struct memblock_region *r = &memory->regions[i];
		phys_addr_t at = r->base, end = r->base + r->size, next;

		for (; at < end && shown < 4; at = next) {
			if (mtrr_type_range(c->mtrr, at, end, &next) != MEMTYPE_UC)
				continue;
			say(c, "RAM p:%llx-%llx is UC by MTRR: it cannot be cached", at, next - 1);
			shown++;
		}
	}
}

u32 memtype_check(const struct app *app, char (*text)[MEMTYPE_FINDING])
{
	static struct check c;
	struct named_tables trees[APP_MAX_TABLES];
	u32 nr = app_tables(app, trees, ARRAY_SIZE(trees));

	c.app = app;
	c.mtrr = &app->machine.cpu.mtrr;
	c.text = text;
	c.nr = c.nr_pieces = c.lost = 0;
	for (u32 i = 0; i < nr; i++) {
		if (!trees[i].pt->foreign)
			walk_tables(&c, &trees[i]);
	}
	check_ram(&c);
	check_framebuffer(&c);
	check_aliases(&c);
	return c.nr;
}
