/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Takes all memory while there is a cache that can shrink. */
#include "mm/exercise/pressure.h"

#include "arch.h"
#include "exercise_inner.h"

#define MAX_CACHE_PAGES (16 * MiB / PAGE_SIZE)
#define POLL_BLOCKS	1000

struct object {
	struct list_head lru;
	u64 stamp;
	u64 filling[29];
};

/* The header in each block of pages that we took. */
struct block {
	struct block *next;
	unsigned order;
};

struct pressure {
	struct mem_system *sys;
	struct pressure_result *res;
	int (*poll)(void *ctx, u64 done, u64 total);
	void *poll_ctx;
	u64 total;		 /* free pages at the start */
	u64 nr_blocks, nr_pages; /* taken so far */
	u64 spoilt;
	struct block *blocks;
	struct shrinker shrinker; /* not on the stack: it stays registered if a fault ends this */
	struct kmem_cache *cache;
	struct list_head lru; /* oldest first */
	u64 nr_objects;
};

static void failed(struct pressure *p, const char *what, u64 where)
{
	if (!p->res->failed) {
		p->res->failed = what;
		p->res->failed_at = where;
	}
}

/* ---- the cache --------------------------------------------------------------------------- */

/* A cache with a constructor is not merged with others. */
static void construct(void *object)
{
	list_init(&((struct object *)object)->lru);
}

static bool add_object(struct pressure *p)
{
	struct object *object = kmem_cache_alloc(p->sys, p->cache, GFP_KERNEL);

	if (!object)
		return false;
	object->stamp = (u64)(uintptr_t)object ^ p->nr_objects;
	object->filling[ARRAY_SIZE(object->filling) - 1] = object->stamp;
	list_add_tail(&object->lru, &p->lru);
	p->nr_objects++;
	return true;
}

static void free_oldest(struct pressure *p)
{
	struct object *object = list_first_entry(&p->lru, struct object, lru);

	p->spoilt += object->filling[ARRAY_SIZE(object->filling) - 1] != object->stamp;
	list_del(&object->lru);
	kmem_cache_free(p->sys, p->cache, object);
	p->nr_objects--;
}

static u64 count_objects(struct shrinker *shrinker, struct shrink_control *sc)
{
	const struct pressure *p = shrinker->private_data;

	(void)sc;
	return p->nr_objects;
}

static u64 scan_objects(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct pressure *p = shrinker->private_data;
	u64 nr = min(sc->nr_to_scan, p->nr_objects);

	for (u64 i = 0; i < nr; i++)
		free_oldest(p);
	return nr;
}

static int cache_begin(struct pressure *p)
{
	u64 pages = min(p->total / 8, (u64)MAX_CACHE_PAGES);

	p->cache = kmem_cache_create(p->sys, "pressure", sizeof(struct object), 0,
				     SLAB_RECLAIM_ACCOUNT, construct);
	if (!p->cache)
		return -ENOMEM;
	list_init(&p->lru);
	p->shrinker = (struct shrinker){.name = "pressure",
					.count_objects = count_objects,
					.scan_objects = scan_objects,
					.private_data = p,
					.seeks = DEFAULT_SEEKS};
	register_shrinker(p->sys, &p->shrinker);
	while (p->nr_objects < pages * (PAGE_SIZE / sizeof(struct object))) {
		if (!add_object(p))
			return -ENOMEM;
	}
	return 0;
}

static void cache_end(struct pressure *p)
{
	if (!p->cache)
		return;
	unregister_shrinker(p->sys, &p->shrinker);
	p->res->calls = p->shrinker.nr_calls;
	p->res->scanned = p->shrinker.nr_scanned;
	while (p->nr_objects)
		free_oldest(p);
	if (p->spoilt)
		failed(p, "objects were written over (objects)", p->spoilt);
	if (kmem_cache_destroy(p->sys, p->cache))
		failed(p, "the cache still has objects (slabs)",
		       kmem_cache_node_slabs(p->cache, NUMA_NO_NODE));
}

/* ---- all of memory ----------------------------------------------------------------------- */

static bool is_over(struct pressure *p)
{
	if (p->poll && p->nr_blocks % POLL_BLOCKS == 0 &&
	    p->poll(p->poll_ctx, p->nr_pages, 2 * p->total))
		p->res->stopped = true;
	return p->res->stopped;
}

/* Allocates blocks until there are none of this order. Returns the number of pages. */
static u64 take_all(struct pressure *p, gfp_t gfp, unsigned order)
{
	struct block *block;
	u64 pages = 0;

	while (!is_over(p) && (block = __get_free_pages(p->sys, gfp | __GFP_NOWARN, order))) {
		*block = (struct block){p->blocks, order};
		p->blocks = block;
		p->nr_blocks++;
		p->nr_pages += 1ULL << order;
		pages += 1ULL << order;
	}
	return pages;
}

static void give_all(struct pressure *p)
{
	while (p->blocks) {
		struct block *block = p->blocks;

		p->blocks = block->next;
		free_pages(p->sys, block, block->order);
	}
}

/* Takes all free memory, large blocks first, with requests that neither wait nor call shrinkers. */
static u64 fill(struct pressure *p)
{
	u64 pages = 0;

	for (unsigned order = MAX_PAGE_ORDER + 1; order--;)
		pages += take_all(p, GFP_KERNEL | __GFP_NORETRY, order);
	return pages;
}

static void press(struct pressure *p)
{
	struct pressure_result *res = p->res;
	u64 objects = p->nr_objects;

	res->filled_pages = fill(p);
	res->objects = p->nr_objects;
	res->cache_pages = kmem_cache_node_slabs(p->cache, NUMA_NO_NODE) << p->cache->order;
	if (p->nr_objects != objects)
		failed(p, "the cache shrank for a request that may not reclaim (objects)",
		       p->nr_objects);
	/* with reclaim: the cache must be emptied */
	res->given_pages = take_all(p, GFP_KERNEL, 0);
	if (res->stopped)
		return;
	if (p->nr_objects)
		failed(p, "there is no memory, but the cache has objects (objects)", p->nr_objects);
	/* The last batch for a CPU's list may have come from below the watermark. */
	if (res->given_pages + PCP_MAX_BATCH < res->cache_pages)
		failed(p, "the cache's pages were not reclaimed (pages)", res->given_pages);
}

/* ---- the whole --------------------------------------------------------------------------- */

static int run(struct mem_system *sys, struct pressure *p)
{
	struct account before = exercise_account(sys), after;
	int err;

	p->total = before.free;
	fill(p); /* initialises all struct pages, so that the next fill allocates only pages */
	give_all(p);
	err = p->res->stopped ? 0 : cache_begin(p);
	if (!err && !p->res->stopped)
		press(p);
	give_all(p);
	cache_end(p);
	after = exercise_account(sys);
	if (exercise_account_pages(&before) != exercise_account_pages(&after))
		failed(p, "pages did not come back (pages now free)", after.free);
	if (after.wrong != before.wrong)
		failed(p, "frees were refused (frees)", after.wrong - before.wrong);
	return err;
}

int pressure_run(struct mem_system *sys, int (*poll)(void *ctx, u64 done, u64 total),
		 void *poll_ctx, struct pressure_result *res)
{
	struct pressure *p = kzalloc(sys, sizeof(*p), GFP_KERNEL);
	u64 start = arch_cycles();
	int err;

	*res = (struct pressure_result){0};
	if (!p)
		return -ENOMEM;
	p->sys = sys;
	p->res = res;
	p->poll = poll;
	p->poll_ctx = poll_ctx;
	err = run(sys, p);
	kfree(sys, p);
	res->ticks = arch_cycles() - start;
	if (res->failed)
		return -EFAULT;
	return err ? err : res->stopped ? -EINTR : 0;
}
