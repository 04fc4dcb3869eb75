/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Freed objects wait in a ring before they may be allocated again, so that late writes to them are
 * found. */
#include "../slab_inner.h"

u64 slab_quarantine_swap(struct kmem_cache *cache, u64 object)
{
	struct slab_quarantine *q = &cache->quarantine;
	u64 oldest = 0;

	if (!q->size)
		return object;
	spin_lock(&q->lock);
	for (u32 i = 0; i < q->size && !oldest; i++) {
		oldest = q->ring[q->next];
		q->ring[q->next] = object;
		q->next = (q->next + 1) % q->size;
		if (object)
			break;
	}
	spin_unlock(&q->lock);
	return oldest;
}

bool slab_is_quarantined(const struct kmem_cache *cache, u64 object)
{
	for (u32 i = 0; i < cache->quarantine.size; i++) {
		if (cache->quarantine.ring[i] == object)
			return true;
	}
	return false;
}

u32 slab_nr_quarantined(const struct kmem_cache *cache)
{
	u32 nr = 0;

	for (u32 i = 0; i < cache->quarantine.size; i++)
		nr += cache->quarantine.ring[i] != 0;
	return nr;
}
