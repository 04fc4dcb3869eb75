/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reports of refused calls and found errors. */
#include "arch.h"
#include "lib.h"
#include "../slab_inner.h"

const char *slab_error_name(enum slab_error error)
{
	static const char *const names[NR_SLAB_ERRORS] = {
		[SLAB_FREE_NO_OBJECT] = "freeing an address that is no object",
		[SLAB_FREE_WRONG_CACHE] = "freeing another cache's object",
		[SLAB_FREE_INSIDE] = "freeing the middle of an object",
		[SLAB_FREE_TWICE] = "freeing a free object",
		[SLAB_OVERRUN] = "written after its end",
		[SLAB_UNDERRUN] = "written before its beginning",
		[SLAB_USE_AFTER_FREE] = "written to after it was freed",
		[SLAB_BUSY] = "destroying a cache with live objects",
		[SLAB_BAD_CACHE] = "creating an impossible cache",
		[SLAB_BAD_SIZE] = "impossible size",
	};

	return error < NR_SLAB_ERRORS ? names[error] : "?";
}

u64 slab_bad_frees(const struct mem_system *sys)
{
	const u64 *count = sys->slab.errors.count;

	return count[SLAB_FREE_NO_OBJECT] + count[SLAB_FREE_WRONG_CACHE] + count[SLAB_FREE_INSIDE] +
	       count[SLAB_FREE_TWICE] + count[SLAB_BAD_SIZE];
}

u64 slab_bad_writes(const struct mem_system *sys)
{
	const u64 *count = sys->slab.errors.count;

	return count[SLAB_OVERRUN] + count[SLAB_UNDERRUN] + count[SLAB_USE_AFTER_FREE];
}

enum slab_error slab_why_not(const struct mem_system *sys, const struct kmem_cache *cache, u64 p)
{
	const struct page *page = slab_page_of(sys, (void *)(uintptr_t)p);

	if (!page || !page_test(page, PG_slab))
		return SLAB_FREE_NO_OBJECT;
	if (cache && slab_cache(page) != cache)
		return SLAB_FREE_WRONG_CACHE;
	return SLAB_FREE_INSIDE;
}

/* ---- reports ----------------------------------------------------------------------------- */

static void keep(struct mem_system *sys, struct slab_report *r)
{
	struct slab_errors *errors = &sys->slab.errors;

	r->cpu = arch_this_cpu();
	spin_lock(&errors->lock);
	errors->count[r->error]++;
	errors->last[errors->nr++ % SLAB_MAX_REPORTS] = *r;
	spin_unlock(&errors->lock);
}

/* Adds what the object's own slab says, perhaps of another cache than the named one. */
static void add_object(const struct mem_system *sys, struct slab_report *r, u64 object)
{
	const struct page *slab = slab_page_of(sys, (void *)(uintptr_t)object);
	const struct kmem_cache *cache;
	u64 first;

	if (!slab || !page_test(slab, PG_slab))
		return;
	cache = slab_cache(slab);
	r->index = (u32)((object - slab_address(sys, slab)) / cache->size);
	first = slab_object_at(sys, slab, r->index);
	r->at = (s32)(object - first);
	if (r->index < cache->objects)
		slab_tracks_of(cache, (void *)(uintptr_t)first, &r->alloc, &r->free);
}

void slab_error_name_of(struct mem_system *sys, enum slab_error error, const char *cache,
			u64 object, const void *caller)
{
	struct slab_report r = {.error = error, .object = object, .caller = (u64)(uintptr_t)caller};

	fmt_print(r.cache, sizeof(r.cache), "%s", cache);
	if (object)
		add_object(sys, &r, object);
	keep(sys, &r);
}

void slab_error(struct mem_system *sys, enum slab_error error, const struct kmem_cache *cache,
		u64 object, const void *caller)
{
	slab_error_name_of(sys, error, cache ? cache->name : "", object, caller);
}

void slab_error_at(struct mem_system *sys, enum slab_error error, const struct kmem_cache *cache,
		   u64 object, s32 at, u8 expected, const void *caller)
{
	struct slab_report r = {.error = error,
				.object = object,
				.expected = expected,
				.caller = (u64)(uintptr_t)caller};

	fmt_print(r.cache, sizeof(r.cache), "%s", cache->name);
	add_object(sys, &r, object);
	r.at = at;
	r.found = ((const u8 *)(uintptr_t)object)[at];
	keep(sys, &r);
}

/* ---- busy caches ------------------------------------------------------------------------- */

struct search {
	const struct mem_system *sys;
	u64 object;
};

static bool find_live(void *ctx, const struct page *slab)
{
	const struct kmem_cache *cache = slab_cache(slab);
	struct search *s = ctx;

	for (u32 i = 0; !s->object && i < cache->objects; i++) {
		u64 object = slab_object_at(s->sys, slab, i);

		if (slab_use_of(cache, slab, i, object) == SLAB_LIVE)
			s->object = object;
	}
	return !s->object;
}

void slab_error_busy(struct mem_system *sys, const struct kmem_cache *cache, const void *caller)
{
	struct slab_report r = {.error = SLAB_BUSY,
				.live = kmem_cache_live(sys, cache),
				.caller = (u64)(uintptr_t)caller};
	struct search s = {.sys = sys};

	fmt_print(r.cache, sizeof(r.cache), "%s", cache->name);
	slab_for_each(sys, cache, find_live, &s);
	r.object = s.object;
	if (s.object)
		add_object(sys, &r, s.object);
	keep(sys, &r);
}
