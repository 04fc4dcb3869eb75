/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Debugged objects:
 *
 *	red zone    | object | red zone     | who allocated, who freed it
 *	^ -red_left ^ 0      ^ object_size  ^ red_end: track
 */
#include "../slab_inner.h"

/* Linux's values, so that a dump looks as one knows it. */
#define RED_FREE    0xbb
#define RED_LIVE    0xcc
#define POISON_FREE 0x6b
#define POISON_END  0xa5 /* its last byte */

void slab_debug_layout(struct kmem_cache *c)
{
	u32 word = sizeof(u64), size = round_up(c->object_size, word);

	if (c->flags & SLAB_RED_ZONE && size == c->object_size)
		size += word;
	c->red_end = size;
	if (c->flags & SLAB_STORE_USER) {
		c->track = size;
		size += 2 * (u32)sizeof(struct slab_track);
	}
	if (c->flags & SLAB_RED_ZONE) {
		c->red_left = round_up(word, c->align);
		size += c->red_left;
	}
	c->size = size;
}

/* ---- options ----------------------------------------------------------------------------- */

static u32 flag_of(char letter)
{
	switch (letter) {
	case 'F':
		return SLAB_CONSISTENCY_CHECKS;
	case 'Z':
		return SLAB_RED_ZONE;
	case 'P':
		return SLAB_POISON;
	case 'U':
		return SLAB_STORE_USER;
	default:
		return 0;
	}
}

int slab_debug_parse(const char *text, struct slab_options *ret)
{
	struct slab_options o = *ret;
	u32 len = 0;

	o.debug = 0;
	if (*text == '-' && !text[1])
		return ret->debug = 0, 0;
	for (; *text && *text != ','; text++) {
		if (!flag_of(*text))
			return -EINVAL;
		o.debug |= flag_of(*text);
	}
	if (!o.debug)
		o.debug = SLAB_DEBUG_FLAGS;
	memset(o.only, 0, sizeof(o.only));
	for (text += *text == ','; *text; text++) {
		if (len + 1 == sizeof(o.only))
			return -EINVAL;
		o.only[len++] = *text;
	}
	*ret = o;
	return 0;
}

u32 slab_debug_flags_for(const struct slab_options *options, const char *name)
{
	const char *only = options->only;

	while (*only && *only != '*' && *only == *name)
		only++, name++;
	return !options->only[0] || *only == '*' || (!*only && !*name) ? options->debug : 0;
}

/* ---- what lies in it --------------------------------------------------------------------- */

static u8 *bytes_of(u64 object)
{
	return (u8 *)(uintptr_t)object;
}

static void red_zones(const struct kmem_cache *cache, u64 object, u32 size, u8 value)
{
	if (!(cache->flags & SLAB_RED_ZONE))
		return;
	memset(bytes_of(object) - cache->red_left, value, cache->red_left);
	memset(bytes_of(object) + size, value, cache->red_end - size);
}

static void poison(const struct kmem_cache *cache, u64 object)
{
	if (!(cache->flags & SLAB_POISON))
		return;
	memset(bytes_of(object), POISON_FREE, cache->object_size - 1);
	bytes_of(object)[cache->object_size - 1] = POISON_END;
}

static void make_free(const struct kmem_cache *cache, u64 object)
{
	red_zones(cache, object, cache->object_size, RED_FREE);
	poison(cache, object);
}

void slab_debug_new(const struct kmem_cache *cache, u64 object)
{
	make_free(cache, object);
	slab_tracks_clear(cache, object);
}

void slab_debug_alloc(const struct kmem_cache *cache, u64 object, size_t size, const void *caller)
{
	slab_track(cache, object, SLAB_TRACK_ALLOC, (u32)size, caller);
	red_zones(cache, object, slab_debug_size(cache, object), RED_LIVE);
}

void slab_debug_free(const struct kmem_cache *cache, u64 object, const void *caller)
{
	slab_track(cache, object, SLAB_TRACK_FREE, slab_debug_size(cache, object), caller);
	make_free(cache, object);
}

/* The first byte from `from` to `to` that is another; false: none is. */
static bool differs(u64 object, s32 from, s32 to, u8 value, s32 *ret_at)
{
	const u8 *bytes = bytes_of(object);

	for (s32 i = from; i < to; i++) {
		if (bytes[i] != value)
			return *ret_at = i, true;
	}
	return false;
}

enum slab_error slab_debug_wrong(const struct kmem_cache *cache, u64 object, bool live, s32 *ret_at,
				 u8 *ret_expected)
{
	u32 size = live ? slab_debug_size(cache, object) : cache->object_size;
	s32 last = (s32)cache->object_size - 1;

	*ret_expected = live ? RED_LIVE : RED_FREE;
	if (cache->flags & SLAB_RED_ZONE) {
		if (differs(object, -(s32)cache->red_left, 0, *ret_expected, ret_at))
			return SLAB_UNDERRUN;
		if (differs(object, (s32)size, (s32)cache->red_end, *ret_expected, ret_at))
			return SLAB_OVERRUN;
	}
	if (live && slab_track_is_overrun(cache, object)) {
		*ret_at = (s32)(cache->track + offsetof(struct slab_track, size));
		*ret_expected = (u8)size;
		return SLAB_OVERRUN;
	}
	if (live || !(cache->flags & SLAB_POISON))
		return NR_SLAB_ERRORS;
	*ret_expected = POISON_FREE;
	if (differs(object, 0, last, POISON_FREE, ret_at))
		return SLAB_USE_AFTER_FREE;
	*ret_expected = POISON_END;
	return differs(object, last, last + 1, POISON_END, ret_at) ? SLAB_USE_AFTER_FREE
								   : NR_SLAB_ERRORS;
}

void slab_debug_look(struct mem_system *sys, const struct kmem_cache *cache, u64 object, bool live,
		     const void *caller)
{
	s32 at = 0;
	u8 expected;
	enum slab_error error = slab_debug_wrong(cache, object, live, &at, &expected);

	if (error == NR_SLAB_ERRORS)
		return;
	slab_error_at(sys, error, cache, object, at, expected, caller);
	if (live)
		red_zones(cache, object, slab_debug_size(cache, object), RED_LIVE);
	else
		make_free(cache, object);
}
