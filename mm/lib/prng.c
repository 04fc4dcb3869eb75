/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* splitmix64 and FNV-1a. */
#include "lib.h"

void prng_seed(struct prng *p, u64 seed)
{
	p->state = seed;
}

u64 prng_next(struct prng *p)
{
	u64 z = p->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

u64 prng_below(struct prng *p, u64 bound)
{
	u64 limit, v;

	ASSERT(bound, "bound %llu", bound);
	limit = ~0ULL - ~0ULL % bound; /* with values above it the result would not be uniform */
	do {
		v = prng_next(p);
	} while (v >= limit);
	return v % bound;
}

u64 hash64(const void *data, size_t n, u64 seed)
{
	const u8 *p = data;

	while (n--)
		seed = (seed ^ *p++) * 0x100000001b3ULL;
	return seed;
}
