/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An object's debugging words: who allocated it, and who freed it last. */
#include "arch.h"
#include "../slab_inner.h"

/* Two records: the allocation and the last free. */
static struct slab_track *tracks_at(const struct kmem_cache *cache, u64 object)
{
	return (struct slab_track *)(uintptr_t)(object + cache->track);
}

void slab_track(const struct kmem_cache *cache, u64 object, enum slab_track_kind which, u32 size,
		const void *caller)
{
	if (cache->track)
		tracks_at(cache, object)[which] =
			(struct slab_track){.caller = (u64)(uintptr_t)caller,
					    .when = arch_cycles(),
					    .cpu = arch_this_cpu(),
					    .size = size};
}

void slab_tracks_clear(const struct kmem_cache *cache, u64 object)
{
	if (cache->track)
		memset(tracks_at(cache, object), 0, 2 * sizeof(struct slab_track));
}

void slab_tracks_of(const struct kmem_cache *cache, const void *object, struct slab_track *alloc,
		    struct slab_track *free)
{
	static const struct slab_track none;
	const struct slab_track *at = tracks_at(cache, (u64)(uintptr_t)object);

	*alloc = cache->track ? at[SLAB_TRACK_ALLOC] : none;
	*free = cache->track ? at[SLAB_TRACK_FREE] : none;
}

/* An impossible size: a write after the object's end reached the record as well. */
bool slab_track_is_overrun(const struct kmem_cache *cache, u64 object)
{
	return cache->track && tracks_at(cache, object)->size > cache->object_size;
}

u32 slab_debug_size(const struct kmem_cache *cache, u64 object)
{
	if (!cache->track || slab_track_is_overrun(cache, object))
		return cache->object_size;
	return tracks_at(cache, object)->size;
}
