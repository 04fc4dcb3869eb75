/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The random load: slots that are filled with something allocated and emptied again. */
#include "mm/exercise.h"

#include "arch.h"
#include "lib.h"
#include "mm/page_alloc.h"
#include "mm/system.h"

#define NR_SLOTS    1024
#define SLOTS_ORDER 3 /* 1,024 slots of 32 bytes */
#define NR_CACHES   3
#define MAX_HELD    65536 /* pages at once: 256 MiB are enough to learn something */

struct slot {
	void *p;  /* NULL: empty */
	u64 size; /* bytes */
	u64 stamp;
	u8 kind;
	u8 order; /* EX_PAGES */
	u8 cache; /* EX_CACHE */
};
_Static_assert(sizeof(struct slot) * NR_SLOTS <= PAGE_SIZE << SLOTS_ORDER, "slots fit");

struct exercise {
	struct mem_system *sys;
	const struct exercise_config *cfg;
	struct exercise_result *res;
	struct prng prng;
	struct slot *slots;
	struct kmem_cache *caches[NR_CACHES];
	u64 held, max_held; /* pages */
};

struct exercise_config exercise_defaults(void)
{
	return (struct exercise_config){.seed = 1, .steps = 20000, .fill_pages = 8192};
}

const char *exercise_kind_name(enum exercise_kind kind)
{
	static const char *const names[] = {"pages", "kmem_cache", "kmalloc", "vmalloc"};

	return kind < ARRAY_SIZE(names) ? names[kind] : "?";
}

static void fail(struct exercise *ex, const char *what, u64 where)
{
	if (!ex->res->failed) {
		ex->res->failed = what;
		ex->res->failed_at = where;
	}
}

/* ---- stamps -------------------------------------------------------------------------------------
 */

/* Every byte of small things, the ends of each page of large ones. */
static u64 stamp_step(const struct slot *s)
{
	return s->size <= 2 * PAGE_SIZE ? sizeof(u64) : PAGE_SIZE - sizeof(u64);
}

static void stamp(struct exercise *ex, struct slot *s)
{
	u64 step = stamp_step(s);

	s->stamp = prng_next(&ex->prng);
	for (u64 at = 0; at + sizeof(u64) <= s->size; at += step) {
		u64 v = s->stamp ^ at;

		memcpy((u8 *)s->p + at, &v, sizeof(v));
		ex->res->kind[s->kind].bytes += sizeof(v);
	}
}

static bool stamp_holds(const struct slot *s, u64 size)
{
	u64 step = stamp_step(s), v;

	for (u64 at = 0; at + sizeof(u64) <= size; at += step) {
		memcpy(&v, (u8 *)s->p + at, sizeof(v));
		if (v != (s->stamp ^ at))
			return false;
	}
	return true;
}

/* ---- one allocation, one free -------------------------------------------------------------------
 */

static int random_node(struct exercise *ex)
{
	int nid = (int)prng_below(&ex->prng, ex->sys->slab.nr_nodes);

	return ex->sys->node_data[nid] ? nid : NUMA_NO_NODE;
}

/* Small orders often, large ones now and then. */
static void *get_pages(struct exercise *ex, struct slot *s)
{
	static const gfp_t zones[] = {GFP_KERNEL, GFP_KERNEL, GFP_KERNEL, GFP_DMA32, GFP_DMA};
	gfp_t gfp = zones[prng_below(&ex->prng, ARRAY_SIZE(zones))];
	struct page *page;

	s->order = (u8)prng_below(&ex->prng, prng_below(&ex->prng, NR_PAGE_ORDERS) + 1);
	s->size = PAGE_SIZE << s->order;
	if (ex->held + (1ULL << s->order) > ex->max_held)
		return NULL;
	if (prng_below(&ex->prng, 2))
		gfp |= __GFP_COMP;
	page = alloc_pages_node(ex->sys, random_node(ex), gfp, s->order);
	return page ? page_address(ex->sys, page) : NULL;
}

static void *get(struct exercise *ex, struct slot *s)
{
	switch (s->kind) {
	case EX_PAGES:
		return get_pages(ex, s);
	case EX_CACHE:
		s->cache = (u8)prng_below(&ex->prng, NR_CACHES);
		s->size = ex->caches[s->cache]->object_size;
		return kmem_cache_alloc_node(ex->sys, ex->caches[s->cache], GFP_KERNEL,
					     random_node(ex));
	case EX_KMALLOC:
		s->size = 1 + prng_below(&ex->prng, 1ULL << (3 + prng_below(&ex->prng, 13)));
		return kmalloc(ex->sys, s->size, GFP_KERNEL);
	default:
		s->size = 1 + prng_below(&ex->prng, 64 * PAGE_SIZE);
		if (ex->held + 64 > ex->max_held)
			return NULL;
		return vmalloc(ex->sys, s->size);
	}
}

static u64 pages_of(const struct slot *s)
{
	return s->kind == EX_PAGES || s->kind == EX_VMALLOC ? DIV_ROUND_UP(s->size, PAGE_SIZE) : 0;
}

static void fill_slot(struct exercise *ex, struct slot *s)
{
	struct exercise_count *count;
	u64 pick = prng_below(&ex->prng, 16);

	s->kind = pick < 7 ? EX_PAGES : pick < 11 ? EX_CACHE : pick < 15 ? EX_KMALLOC : EX_VMALLOC;
	count = &ex->res->kind[s->kind];
	s->p = get(ex, s);
	if (!s->p) {
		count->failures++;
		return;
	}
	count->allocs++;
	ex->held += pages_of(s);
	ex->res->peak_pages = max(ex->res->peak_pages, ex->held);
	stamp(ex, s);
}

static void empty_slot(struct exercise *ex, struct slot *s)
{
	if (!stamp_holds(s, s->size))
		fail(ex, "memory changed while it was held", (u64)(uintptr_t)s->p);
	if (s->kind == EX_PAGES)
		free_pages(ex->sys, s->p, s->order);
	else if (s->kind == EX_CACHE)
		kmem_cache_free(ex->sys, ex->caches[s->cache], s->p);
	else if (s->kind == EX_KMALLOC)
		kfree(ex->sys, s->p);
	else
		vfree(ex->sys, s->p);
	ex->held -= pages_of(s);
	ex->res->kind[s->kind].frees++;
	s->p = NULL;
}

/* A kmalloc grows or shrinks; what fits of its contents must survive. */
static void resize_slot(struct exercise *ex, struct slot *s)
{
	u64 size = 1 + prng_below(&ex->prng, 4 * PAGE_SIZE);
	void *p = krealloc(ex->sys, s->p, size, GFP_KERNEL);

	if (!p)
		return;
	s->p = p;
	if (stamp_step(s) == sizeof(u64) && !stamp_holds(s, min(s->size, size)))
		fail(ex, "krealloc lost contents", (u64)(uintptr_t)p);
	s->size = size;
	stamp(ex, s);
	ex->res->reallocs++;
}

/* ---- the load -----------------------------------------------------------------------------------
 */

static bool stop_asked(struct exercise *ex, u64 step)
{
	if (step % 1000 || !ex->cfg->poll)
		return false;
	ex->res->stopped = ex->cfg->poll(ex->cfg->poll_ctx, step, ex->cfg->steps) != 0;
	return ex->res->stopped;
}

static void random_load(struct exercise *ex)
{
	for (u64 step = 0; step < ex->cfg->steps && !ex->res->failed; step++) {
		struct slot *s = &ex->slots[prng_below(&ex->prng, NR_SLOTS)];

		if (stop_asked(ex, step))
			break;
		if (!s->p)
			fill_slot(ex, s);
		else if (s->kind == EX_KMALLOC && !prng_below(&ex->prng, 4))
			resize_slot(ex, s);
		else
			empty_slot(ex, s);
		ex->res->steps++;
	}
	for (u32 i = 0; i < NR_SLOTS; i++) {
		if (ex->slots[i].p)
			empty_slot(ex, &ex->slots[i]);
	}
}

/* Single pages up to a limit, freed in random order: afterwards large blocks must be whole again.
 * The pages' numbers are kept in a vmalloc area. */
static void fill_and_free(struct exercise *ex)
{
	u64 nr = min(ex->cfg->fill_pages, ex->max_held), got = 0;
	struct page **pages = nr ? vmalloc(ex->sys, nr * sizeof(*pages)) : NULL;

	if (!pages)
		return;
	while (got < nr && (pages[got] = alloc_page(ex->sys, GFP_KERNEL)))
		got++;
	ex->res->filled_pages = got;
	for (u64 i = got; i > 0; i--) {
		u64 pick = prng_below(&ex->prng, i);

		__free_page(ex->sys, pages[pick]);
		pages[pick] = pages[i - 1];
	}
	vfree(ex->sys, pages);
}

/* ---- accounting ---------------------------------------------------------------------------------
 */

struct account {
	u64 free, memmap, tables, bad_frees;
};

static struct account take_account(struct mem_system *sys)
{
	struct account a = {0};
	struct kmem_cache *cache;

	list_for_each_entry(cache, &sys->slab.caches, list)
		kmem_cache_shrink(sys, cache);
	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			a.free += node->node_zones[type].nr_free_pages;
			a.memmap += node->node_zones[type].nr_memmap_pages;
		}
	}
	a.tables = sys->pt.nr_tables;
	a.bad_frees = sys->bad_frees + sys->slab.bad_frees + sys->vmalloc.bad_frees;
	return a;
}

/* Every page that is not free any more must have become struct pages or a page table. */
static void balance(struct exercise *ex, const struct account *before)
{
	struct account after = take_account(ex->sys);

	ex->res->memmap_pages = after.memmap - before->memmap;
	ex->res->table_pages = after.tables - before->tables;
	if (before->free != after.free + ex->res->memmap_pages + ex->res->table_pages)
		fail(ex, "pages are missing", before->free - after.free);
	if (before->bad_frees != after.bad_frees)
		fail(ex, "an allocator refused a free", after.bad_frees - before->bad_frees);
}

static void check_invariants(struct exercise *ex)
{
	const struct kmem_cache *cache = NULL;
	const char *wrong;
	u64 where = 0;

	wrong = page_alloc_check(ex->sys, &where);
	if (wrong)
		fail(ex, wrong, where);
	wrong = slab_check(ex->sys, &cache);
	if (wrong)
		fail(ex, wrong, (u64)(uintptr_t)cache);
	wrong = vmalloc_check(ex->sys, &where);
	if (wrong)
		fail(ex, wrong, where);
}

static int set_up(struct exercise *ex)
{
	static const struct {
		const char *name;
		u32 size, align, flags;
	} specs[NR_CACHES] = {
		{"exercise-40", 40, 0, SLAB_POISON},
		{"exercise-192", 192, 64, SLAB_HWCACHE_ALIGN},
		{"exercise-1500", 1500, 0, 0},
	};

	ex->slots = __get_free_pages(ex->sys, GFP_KERNEL | __GFP_ZERO, SLOTS_ORDER);
	for (u32 i = 0; i < NR_CACHES; i++)
		ex->caches[i] = kmem_cache_create(ex->sys, specs[i].name, specs[i].size,
						  specs[i].align, specs[i].flags, NULL);
	return ex->slots && ex->caches[0] && ex->caches[1] && ex->caches[2] ? 0 : -ENOMEM;
}

static void tear_down(struct exercise *ex)
{
	for (u32 i = 0; i < NR_CACHES; i++) {
		if (ex->caches[i] && kmem_cache_destroy(ex->sys, ex->caches[i]))
			fail(ex, "a cache still has objects", ex->caches[i]->nr_active);
	}
	free_pages(ex->sys, ex->slots, SLOTS_ORDER);
}

int exercise_run(struct mem_system *sys, const struct exercise_config *cfg,
		 struct exercise_result *res)
{
	struct exercise ex = {.sys = sys, .cfg = cfg, .res = res};
	u64 start = arch_cycles();
	struct account before;
	int err;

	memset(res, 0, sizeof(*res));
	res->seed = cfg->seed;
	prng_seed(&ex.prng, cfg->seed);
	before = take_account(sys);
	ex.max_held = min(before.free / 2, (u64)MAX_HELD);
	err = set_up(&ex);
	if (!err) {
		random_load(&ex);
		check_invariants(&ex);
		if (!res->stopped)
			fill_and_free(&ex);
	}
	tear_down(&ex);
	check_invariants(&ex);
	balance(&ex, &before);
	res->ticks = arch_cycles() - start;
	if (err)
		return err;
	return res->failed ? -EFAULT : res->stopped ? -EINTR : 0;
}
