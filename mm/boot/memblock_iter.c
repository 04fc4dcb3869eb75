/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Free ranges: memory minus reserved. The gap before reserved region i is gap i; the last gap is
 * after the last region. Memory regions and gaps are both sorted, so one pass intersects them.
 */
#include "mm/boot/memblock.h"

static phys_addr_t region_end(const struct memblock_region *r)
{
	return r->base + r->size;
}

static phys_addr_t gap_start(const struct memblock_type *reserved, u32 gap)
{
	return gap ? region_end(&reserved->regions[gap - 1]) : 0;
}

static phys_addr_t gap_end(const struct memblock_type *reserved, u32 gap)
{
	return gap < reserved->cnt ? reserved->regions[gap].base : ~0ULL;
}

static bool skipped(const struct memblock_region *m, int nid)
{
	return m->flags & (MEMBLOCK_NOMAP | MEMBLOCK_DRIVER_MANAGED) ||
	       (nid != NUMA_NO_NODE && m->nid != nid);
}

/* The intersection of memory region it->mem with gap it->res; false when it is empty. */
static bool intersect(const struct memblock *mb, struct memblock_iter *it)
{
	const struct memblock_region *m = &mb->memory.regions[it->mem];
	phys_addr_t start = max(m->base, gap_start(&mb->reserved, it->res));
	phys_addr_t end = min(region_end(m), gap_end(&mb->reserved, it->res));

	if (start >= end)
		return false;
	it->start = start;
	it->end = end;
	it->nid = m->nid;
	it->flags = m->flags;
	return true;
}

void memblock_iter_init(struct memblock_iter *it)
{
	*it = (struct memblock_iter){0};
}

/* Starts at the first memory region and the first gap that end above pa. */
void memblock_iter_init_at(const struct memblock *mb, struct memblock_iter *it, phys_addr_t pa)
{
	u32 index[2];

	for (u32 t = 0; t < 2; t++) {
		u32 lo = 0, hi = t ? mb->reserved.cnt : mb->memory.cnt;

		while (lo < hi) {
			u32 mid = lo + (hi - lo) / 2;
			phys_addr_t end = t ? gap_end(&mb->reserved, mid)
					    : region_end(&mb->memory.regions[mid]);

			if (end <= pa)
				lo = mid + 1;
			else
				hi = mid;
		}
		index[t] = lo;
	}
	*it = (struct memblock_iter){.mem = index[0], .res = index[1]};
}

bool memblock_next_free(const struct memblock *mb, int nid, struct memblock_iter *it)
{
	while (it->mem < mb->memory.cnt && it->res <= mb->reserved.cnt) {
		const struct memblock_region *m = &mb->memory.regions[it->mem];
		bool found = !skipped(m, nid) && intersect(mb, it);

		/* go on from the one that ends first */
		if (region_end(m) <= gap_end(&mb->reserved, it->res))
			it->mem++;
		else
			it->res++;
		if (found)
			return true;
	}
	return false;
}

/* When going downwards, mem and res are one more than the next index. */
void memblock_iter_init_reverse(const struct memblock *mb, struct memblock_iter *it)
{
	*it = (struct memblock_iter){.mem = mb->memory.cnt, .res = mb->reserved.cnt + 1};
}

bool memblock_prev_free(const struct memblock *mb, int nid, struct memblock_iter *it)
{
	while (it->mem && it->res) {
		struct memblock_iter now = *it;
		const struct memblock_region *m;
		bool found;

		now.mem--;
		now.res--;
		m = &mb->memory.regions[now.mem];
		found = !skipped(m, nid) && intersect(mb, &now);
		if (m->base >= gap_start(&mb->reserved, now.res))
			it->mem--;
		else
			it->res--;
		if (found) {
			now.mem = it->mem;
			now.res = it->res;
			*it = now;
			return true;
		}
	}
	return false;
}
