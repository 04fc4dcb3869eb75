/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The memory type of an address by the MTRRs: SDM vol. 3, 12.11.2 to 12.11.4. */
#include "mm/pgtable/memtype.h"

#define PHYSMASK_VALID (1ULL << 11)
#define FIXED_END      (1 * MiB)

const char *memtype_name(enum memtype t)
{
	switch (t) {
	case MEMTYPE_UC:
		return "UC";
	case MEMTYPE_WC:
		return "WC";
	case MEMTYPE_WT:
		return "WT";
	case MEMTYPE_WP:
		return "WP";
	case MEMTYPE_WB:
		return "WB";
	case MEMTYPE_UC_MINUS:
		return "UC-";
	}
	return "?";
}

/* 8 ranges of 64 KiB, 16 of 16 KiB, 64 of 4 KiB. */
static enum memtype fixed_type(const struct mtrr_state *m, phys_addr_t pa, phys_addr_t *ret_end)
{
	u64 size = pa < 0x80000 ? 64 * KiB : pa < 0xc0000 ? 16 * KiB : 4 * KiB;
	u64 index = pa < 0x80000   ? pa / size
		    : pa < 0xc0000 ? 8 + (pa - 0x80000) / size
				   : 24 + (pa - 0xc0000) / size;

	*ret_end = round_down(pa, size) + size;
	return (enum memtype)m->fixed[index];
}

static u64 address_mask(const struct mtrr_state *m)
{
	unsigned known = m->phys_bits, bits = MAX_PHYS_BITS;

	if (known && known < bits)
		bits = known;
	return ((1ULL << bits) - 1) & ~(PAGE_SIZE - 1);
}

/* The first address above pa at which this register may begin or stop to match: the end of pa's
 * block, of the mask's granularity. If a contiguous mask does not match pa, it may be further. */
static phys_addr_t variable_end(u64 mask, u64 base, phys_addr_t pa, u64 limit)
{
	u64 granule;
	bool contiguous;

	if (!mask) /* matches every address */
		return ~0ULL;
	granule = 1ULL << lowest_bit(mask);
	contiguous = ((limit & ~mask) | (granule - 1)) == granule - 1;
	if (contiguous && (pa & mask) != base)
		return pa < base ? base : ~0ULL;
	return round_down(pa, granule) + granule;
}

/* SDM vol. 3, 12.11.4.1: UC wins over all, WT over WB; all else is undefined (UC is safest). */
static int merge_types(int a, int b)
{
	if (a < 0 || a == b)
		return b;
	if ((a == MEMTYPE_WT && b == MEMTYPE_WB) || (a == MEMTYPE_WB && b == MEMTYPE_WT))
		return MEMTYPE_WT;
	return MEMTYPE_UC;
}

enum memtype mtrr_type(const struct mtrr_state *m, phys_addr_t pa, phys_addr_t *ret_end)
{
	u64 addr_mask = address_mask(m);
	int type = -1;

	*ret_end = ~0ULL;
	if (!m->present)
		return MEMTYPE_WB;
	if (!m->enabled)
		return MEMTYPE_UC;
	if (m->fixed_enabled && pa < FIXED_END)
		return fixed_type(m, pa, ret_end);
	for (u32 i = 0; i < m->nr_variable; i++) {
		u64 mask = m->variable[i].mask & addr_mask, base = m->variable[i].base & mask;

		if (!(m->variable[i].mask & PHYSMASK_VALID))
			continue;
		*ret_end = min(*ret_end, variable_end(mask, base, pa, addr_mask));
		if ((pa & mask) == base)
			type = merge_types(type, (int)(m->variable[i].base & 0xff));
	}
	return type < 0 ? (enum memtype)m->default_type : (enum memtype)type;
}

bool mtrr_uniform(const struct mtrr_state *m, phys_addr_t start, phys_addr_t end)
{
	phys_addr_t next;
	enum memtype type = mtrr_type(m, start, &next);

	while (next < end) {
		if (mtrr_type(m, next, &next) != type)
			return false;
	}
	return true;
}
