/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The random load: slots that are filled with something allocated and emptied again. */
#include "exercise_inner.h"

/* ---- allocation -------------------------------------------------------------------------- */

static void *get_pages(struct exercise *ex, struct slot *s)
{
	static const gfp_t zones[] = {GFP_KERNEL, GFP_KERNEL, GFP_HIGHUSER_MOVABLE, GFP_DMA32,
				      GFP_DMA};
	gfp_t gfp = zones[prng_below(&ex->prng, ARRAY_SIZE(zones))];
	u64 how = prng_next(&ex->prng);
	int nid = exercise_random_node(ex);
	struct page *page;

	gfp |= how & 1 ? __GFP_COMP : 0;
	gfp |= how & 6 ? 0 : __GFP_ZERO;
	gfp |= how & 24 || nid == NUMA_NO_NODE ? 0 : __GFP_THISNODE;
	page = alloc_pages_node(ex->sys, nid, gfp, s->order);
	if (!page)
		return NULL;
	s->p = page_address(ex->sys, page);
	if (!is_aligned(page_to_pfn(ex->sys, page), 1ULL << s->order))
		exercise_fail(ex, "a block is not aligned to its size (PFN)",
			      page_to_pfn(ex->sys, page));
	if (page_zonenum(page) > gfp_zone(gfp))
		exercise_fail(ex, "a block is from a zone that was not allowed (PFN)",
			      page_to_pfn(ex->sys, page));
	if (gfp & __GFP_THISNODE && page_to_nid(page) != nid)
		exercise_fail(ex, "a block is from another node (PFN)", page_to_pfn(ex->sys, page));
	if (gfp & __GFP_ZERO && !exercise_is_zero(s))
		exercise_fail(ex, "a block is not zero (PFN)", page_to_pfn(ex->sys, page));
	return s->p;
}

static void *get_object(struct exercise *ex, struct slot *s)
{
	struct kmem_cache *cache = ex->team->caches[s->cache];
	gfp_t gfp = !cache->ctor && !prng_below(&ex->prng, 4) ? __GFP_ZERO : 0;

	s->p = kmem_cache_alloc_node(ex->sys, cache, GFP_KERNEL | gfp, exercise_random_node(ex));
	if (!s->p)
		return NULL;
	if (!is_aligned((u64)(uintptr_t)s->p, (u64)cache->align))
		exercise_fail(ex, "an object is not aligned", (u64)(uintptr_t)s->p);
	if ((gfp || cache->ctor) && !exercise_is_zero(s)) /* the constructor clears */
		exercise_fail(ex, "an object is not as constructed", (u64)(uintptr_t)s->p);
	return s->p;
}

static void *get_kmalloc(struct exercise *ex, struct slot *s)
{
	gfp_t gfp = prng_below(&ex->prng, 4) ? 0 : __GFP_ZERO;

	s->p = kmalloc(ex->sys, s->size, GFP_KERNEL | gfp);
	if (!s->p)
		return NULL;
	if (ksize(ex->sys, s->p) < s->size)
		exercise_fail(ex, "kmalloc gave less than asked for", (u64)(uintptr_t)s->p);
	if (gfp && !exercise_is_zero(s))
		exercise_fail(ex, "kzalloc gave what is not zero", (u64)(uintptr_t)s->p);
	return s->p;
}

static void *get(struct exercise *ex, struct slot *s)
{
	switch (s->kind) {
	case EX_PAGES:
		return get_pages(ex, s);
	case EX_CACHE:
		return get_object(ex, s);
	case EX_KMALLOC:
		return get_kmalloc(ex, s);
	default:
		return exercise_get_area(ex, s);
	}
}

/* What it will be, before it is allocated: small things often, large ones now and then. */
static void choose(struct exercise *ex, struct slot *s, unsigned kind)
{
	u64 pick = prng_below(&ex->prng, 16);

	s->kind = (u8)kind;
	if (kind == NR_EXERCISE_KINDS)
		s->kind = pick < 7    ? EX_PAGES
			  : pick < 11 ? EX_CACHE
			  : pick < 15 ? EX_KMALLOC
				      : EX_VMALLOC;
	switch (s->kind) {
	case EX_PAGES:
		s->order = (u8)prng_below(&ex->prng, prng_below(&ex->prng, NR_PAGE_ORDERS) + 1);
		s->size = PAGE_SIZE << s->order;
		break;
	case EX_CACHE:
		s->cache = (u8)prng_below(&ex->prng, EX_NR_CACHES);
		s->size = ex->team->caches[s->cache]->object_size;
		break;
	case EX_KMALLOC:
		s->size = exercise_random_size(ex, 16);
		break;
	default:
		exercise_choose_area(ex, s);
	}
}

/* ---- one operation ----------------------------------------------------------------------- */

/* What a slot takes of the machine's memory, at most: larger than a page it is pages. */
static u64 charge(const struct slot *s)
{
	if (s->kind == EX_KMALLOC && s->size > KMALLOC_MAX_CACHE_SIZE)
		return 2ULL << highest_bit(s->size - 1);
	return s->kind == EX_VMALLOC ? round_up(s->size, PAGE_SIZE) : s->size;
}

static void hold(struct exercise *ex, const struct slot *s)
{
	ex->held += charge(s);
	ex->res->peak_pages = max(ex->res->peak_pages, DIV_ROUND_UP(ex->held, PAGE_SIZE));
}

static void fill_slot(struct exercise *ex, struct slot *s, unsigned kind)
{
	choose(ex, s, kind);
	if (ex->held + charge(s) > ex->max_held) {
		ex->res->skipped++;
		return;
	}
	s->p = get(ex, s);
	if (!s->p) {
		ex->res->kind[s->kind].failures++;
		return;
	}
	ex->res->kind[s->kind].allocs++;
	hold(ex, s);
	exercise_stamp(ex, s);
}

static void empty_slot(struct exercise *ex, struct slot *s)
{
	struct kmem_cache *cache = ex->team->caches[s->cache];

	if (!exercise_stamp_holds(s, s->size))
		exercise_fail(ex, "memory changed while it was held", (u64)(uintptr_t)s->p);
	switch (s->kind) {
	case EX_PAGES:
		free_pages(ex->sys, s->p, s->order);
		break;
	case EX_CACHE:
		if (cache->ctor)
			cache->ctor(s->p);
		kmem_cache_free(ex->sys, cache, s->p);
		break;
	case EX_KMALLOC:
		kfree(ex->sys, s->p);
		break;
	default:
		exercise_put_area(ex, s);
	}
	ex->held -= charge(s);
	ex->res->kind[s->kind].frees++;
	s->p = NULL;
}

/* A kmalloc grows or shrinks; what fits of its contents must survive. */
static void resize_slot(struct exercise *ex, struct slot *s)
{
	struct slot bigger = *s;

	bigger.size = exercise_random_size(ex, 15);
	if (ex->held + charge(&bigger) > ex->max_held) { /* both are there for a moment */
		ex->res->skipped++;
		return;
	}
	bigger.p = krealloc(ex->sys, s->p, bigger.size, GFP_KERNEL);
	if (!bigger.p) {
		ex->res->kind[EX_KMALLOC].failures++;
		return;
	}
	s->p = bigger.p;
	if (!exercise_stamp_holds(s, min(s->size, bigger.size)))
		exercise_fail(ex, "krealloc lost contents", (u64)(uintptr_t)s->p);
	ex->held -= charge(s);
	s->size = bigger.size;
	hold(ex, s);
	exercise_stamp(ex, s);
	ex->res->reallocs++;
}

/* With whatever another worker has left in a box, nothing included. */
static void swap_slot(struct exercise *ex, struct slot *s)
{
	u64 pick = prng_below(&ex->prng, EX_NR_BOXES);
	struct slot given = *s;

	spin_lock(&ex->team->box[pick].lock);
	*s = ex->team->box[pick].slot;
	ex->team->box[pick].slot = given;
	spin_unlock(&ex->team->box[pick].lock);
	ex->held += (s->p ? charge(s) : 0) - (given.p ? charge(&given) : 0);
	ex->res->swaps++;
}

void exercise_step(struct exercise *ex, unsigned kind)
{
	struct slot *s = &ex->slots[prng_below(&ex->prng, EX_NR_SLOTS)];

	if (ex->team->nr > 1 && !prng_below(&ex->prng, 8))
		swap_slot(ex, s);
	else if (!s->p)
		fill_slot(ex, s, kind);
	else if (s->kind == EX_KMALLOC && !prng_below(&ex->prng, 4))
		resize_slot(ex, s);
	else
		empty_slot(ex, s);
	ex->res->steps++;
}

static void empty(struct exercise *ex, struct slot *slots, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		if (slots[i].p)
			empty_slot(ex, &slots[i]);
	}
}

void exercise_empty_all(struct exercise *ex)
{
	empty(ex, ex->slots, EX_NR_SLOTS);
	if (ex->held)
		exercise_fail(ex, "the exercise's own count is wrong (bytes)", ex->held);
}

void exercise_empty_boxes(struct exercise *ex)
{
	for (u32 i = 0; i < EX_NR_BOXES; i++) {
		struct slot *s = &ex->team->box[i].slot;

		ex->held += s->p ? charge(s) : 0;
		empty(ex, s, 1);
	}
}
