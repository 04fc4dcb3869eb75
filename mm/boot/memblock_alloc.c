/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Memory before there are pages: the first free range that fits, from the top or the bottom. */
#include "mm/boot/memblock.h"

/* Highest aligned place of `size` bytes in [lo, hi); 0: none. */
static phys_addr_t fit_high(phys_addr_t lo, phys_addr_t hi, u64 size, u64 align)
{
	phys_addr_t at;

	if (hi < size)
		return 0;
	at = round_down(hi - size, align);
	return at >= lo ? at : 0;
}

static phys_addr_t fit_low(phys_addr_t lo, phys_addr_t hi, u64 size, u64 align)
{
	phys_addr_t at = round_up(lo, align);

	return at >= lo && at < hi && hi - at >= size ? at : 0;
}

phys_addr_t memblock_find_in_range(const struct memblock *mb, u64 size, u64 align,
				   phys_addr_t start, phys_addr_t end, int nid)
{
	struct memblock_iter it;

	ASSERT(size && is_pow2(align), "size %llu align %llu", size, align);
	start = max(start, (phys_addr_t)PAGE_SIZE);
	if (mb->bottom_up)
		memblock_iter_init(&it);
	else
		memblock_iter_init_reverse(mb, &it);
	while (mb->bottom_up ? memblock_next_free(mb, nid, &it)
			     : memblock_prev_free(mb, nid, &it)) {
		phys_addr_t lo = max(it.start, start), hi = min(it.end, end), at;

		if (it.flags & MEMBLOCK_HOTPLUG || lo >= hi)
			continue;
		at = mb->bottom_up ? fit_low(lo, hi, size, align) : fit_high(lo, hi, size, align);
		if (at)
			return at;
	}
	return 0;
}

phys_addr_t memblock_alloc_exact(struct memblock *mb, u64 size, u64 align, int nid)
{
	phys_addr_t at = memblock_find_in_range(mb, size, align, 0, mb->current_limit, nid);

	return at && !memblock_reserve(mb, at, size) ? at : 0;
}

phys_addr_t memblock_alloc(struct memblock *mb, u64 size, u64 align, int nid)
{
	phys_addr_t at = memblock_alloc_exact(mb, size, align, nid);

	if (!at && nid != NUMA_NO_NODE)
		at = memblock_alloc_exact(mb, size, align, NUMA_NO_NODE);
	return at;
}
