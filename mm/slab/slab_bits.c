/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The free objects of a slab: a bit for each, in one word or several. */
#include "lib.h"
#include "slab_inner.h"

static bool test(const u64 *words, u64 index)
{
	return words[index / 64] >> index % 64 & 1;
}

static u32 count(const u64 *words, u32 nr)
{
	u32 bits = 0;

	for (u32 i = 0; i < nr; i++)
		bits += bit_count(words[i]);
	return bits;
}

bool slab_is_free(const struct kmem_cache *cache, const struct page *slab, u64 index)
{
	return test(slab_free_words(cache, slab), index);
}

bool slab_is_mailed(const struct kmem_cache *cache, const struct page *slab, u64 index)
{
	return test(slab_mailed_words(cache, slab), index);
}

u32 slab_nr_free(const struct kmem_cache *cache, const struct page *slab)
{
	return count(slab_free_words(cache, slab), slab_nr_words(cache));
}

u32 slab_nr_mailed(const struct kmem_cache *cache, const struct page *slab)
{
	return count(slab_mailed_words(cache, slab), slab_nr_words(cache));
}

u64 slab_set_free_bits(const struct kmem_cache *cache, struct page *slab, u32 i, u64 bits)
{
	u64 *word = slab_free_word(cache, slab, i), twice = *word & bits;

	*word |= bits;
	if (slab_is_mapped(cache))
		slab->nr_free += bit_count(bits & ~twice);
	return twice;
}

void slab_set_all_free(const struct kmem_cache *cache, struct page *slab)
{
	u32 words = slab_nr_words(cache), rest = cache->objects % 64;

	if (!slab_is_mapped(cache)) {
		slab->free = cache->all_free;
		slab->mailed = 0;
		return;
	}
	memset(slab->map, 0, sizeof(*slab->map));
	memset(slab->map->free, 0xff, words * sizeof(u64));
	if (rest)
		slab->map->free[words - 1] = (1ULL << rest) - 1;
	slab->nr_free = cache->objects;
	slab->posted = false;
}

/* The lowest bit; or, for a random order, the next one from a random place on. */
static u64 pick(const struct kmem_cache *cache, u64 bits)
{
	u64 from;

	if (!(cache->flags & SLAB_RANDOMISED))
		return (u64)__builtin_ctzll(bits);
	from = prng_next(&cache->cpu[arch_this_cpu()]->random) % 64;
	return (u64)__builtin_ctzll(bits >> from ? bits >> from << from : bits);
}

u64 slab_take_bit(struct mem_system *sys, const struct kmem_cache *cache, struct page *slab)
{
	for (u32 i = 0; i < slab_nr_words(cache); i++) {
		u64 *word = slab_free_word(cache, slab, i), index;

		if (!*word)
			continue;
		index = pick(cache, *word);
		*word &= ~(1ULL << index);
		if (slab_is_mapped(cache))
			slab->nr_free--;
		return slab_object_at(sys, slab, i * 64 + index);
	}
	return 0;
}
