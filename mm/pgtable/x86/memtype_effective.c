/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The effective memory type and its sources: MTRRs, page tables, PAT (SDM vol. 3, 12). */
#include "lib.h"
#include "mm/pgtable/memtype.h"
#include "mm/pgtable/pgtable.h"

#define PHYSMASK_VALID (1ULL << 11)
#define MAX_PIECES     65536

enum memtype mtrr_type_range(const struct mtrr_state *m, phys_addr_t pa, phys_addr_t limit,
			     phys_addr_t *ret_end)
{
	phys_addr_t next, more;
	enum memtype type = mtrr_type(m, pa, &next);

	for (u32 i = 0; next < limit && i < MAX_PIECES && mtrr_type(m, next, &more) == type; i++)
		next = more;
	*ret_end = min(next, limit);
	return type;
}

/* ---- registers --------------------------------------------------------------------------- */

void mtrr_fixed_range(u32 nr, phys_addr_t *ret_start, u64 *ret_size, u32 *ret_msr)
{
	ASSERT(nr < MTRR_NR_FIXED, "fixed range %u", nr);
	if (nr < 8) {
		*ret_size = 64 * KiB;
		*ret_start = nr * *ret_size;
		*ret_msr = 0x250;
	} else if (nr < 24) {
		*ret_size = 16 * KiB;
		*ret_start = 0x80000 + (nr - 8) * *ret_size;
		*ret_msr = 0x258 + (nr - 8) / 8;
	} else {
		*ret_size = 4 * KiB;
		*ret_start = 0xc0000 + (nr - 24) * *ret_size;
		*ret_msr = 0x268 + (nr - 24) / 8;
	}
}

static u32 fixed_nr(phys_addr_t pa)
{
	if (pa < 0x80000)
		return (u32)(pa / (64 * KiB));
	if (pa < 0xc0000)
		return (u32)(8 + (pa - 0x80000) / (16 * KiB));
	return (u32)(24 + (pa - 0xc0000) / (4 * KiB));
}

/* The address bits of a register: as many as the CPU has. */
static u64 address_bits(const struct mtrr_state *m)
{
	unsigned bits = m->phys_bits && m->phys_bits < MAX_PHYS_BITS ? m->phys_bits : MAX_PHYS_BITS;

	return ((1ULL << bits) - 1) & ~(PAGE_SIZE - 1);
}

static bool variable_matches(const struct mtrr_state *m, u32 nr, phys_addr_t pa)
{
	u64 mask = m->variable[nr].mask & address_bits(m);

	return m->variable[nr].mask & PHYSMASK_VALID && !((pa ^ m->variable[nr].base) & mask);
}

bool mtrr_variable_range(const struct mtrr_state *m, u32 nr, phys_addr_t *ret_base, u64 *ret_size)
{
	u64 bits = address_bits(m), mask = m->variable[nr].mask & bits;
	u64 size = mask ? 1ULL << lowest_bit(mask) : bits + PAGE_SIZE;

	*ret_base = m->variable[nr].base & mask;
	*ret_size = (mask | (size - 1)) == (bits | (PAGE_SIZE - 1)) ? size : 0;
	return m->variable[nr].mask & PHYSMASK_VALID && *ret_size;
}

/* SDM vol. 3, 12.11.4.1: equal types, UC with anything, and WT with WB are allowed. */
static bool may_be_mixed(u64 types)
{
	return types & 1u << MEMTYPE_UC || is_pow2(types) ||
	       types == (1u << MEMTYPE_WT | 1u << MEMTYPE_WB);
}

static void variable_source(const struct mtrr_state *m, phys_addr_t pa, struct mtrr_source *s)
{
	bool won = false;
	u64 types = 0;

	for (u32 i = 0; i < m->nr_variable; i++) {
		u64 type = m->variable[i].base & 0xff;

		if (!variable_matches(m, i, pa))
			continue;
		s->matching |= 1u << i;
		types |= 1ULL << (type & 63);
		if (type == s->type && !won)
			s->nr = (u8)i;
		won |= type == s->type;
	}
	s->kind = s->matching ? MTRR_VARIABLE : MTRR_DEFAULT;
	s->undefined = s->matching && !may_be_mixed(types);
}

void mtrr_source(const struct mtrr_state *m, phys_addr_t pa, struct mtrr_source *ret)
{
	phys_addr_t end;

	*ret = (struct mtrr_source){.type = mtrr_type(m, pa, &end)};
	if (!m->present)
		ret->kind = MTRR_NONE;
	else if (!m->enabled)
		ret->kind = MTRR_OFF;
	else if (m->fixed_enabled && pa < MiB) {
		ret->kind = MTRR_FIXED;
		ret->nr = (u8)fixed_nr(pa);
	} else
		variable_source(m, pa, ret);
}

static void several_text(char *buf, size_t size, const struct mtrr_source *s)
{
	size_t len = (size_t)fmt_print(buf, size, "variable");

	for (u32 i = 0; i < MTRR_MAX_VARIABLE && len < size; i++) {
		if (s->matching >> i & 1)
			len += (size_t)fmt_print(buf + len, size - len, " %u", i);
	}
	if (len < size)
		fmt_print(buf + len, size - len,
			  s->undefined ? ": this mixture is undefined" : " overlap, %s wins",
			  memtype_name(s->type));
}

const char *mtrr_source_text(char *buf, size_t size, const struct mtrr_source *s)
{
	switch (s->kind) {
	case MTRR_NONE:
		fmt_print(buf, size, "no MTRRs");
		break;
	case MTRR_OFF:
		fmt_print(buf, size, "MTRRs are off");
		break;
	case MTRR_FIXED:
		fmt_print(buf, size, "fixed range %u", s->nr);
		break;
	case MTRR_DEFAULT:
		fmt_print(buf, size, "default, no range matches");
		break;
	case MTRR_VARIABLE:
		if (s->matching & (s->matching - 1))
			several_text(buf, size, s);
		else
			fmt_print(buf, size, "variable %u", s->nr);
		break;
	}
	return buf;
}

/* ---- PAT --------------------------------------------------------------------------------- */

int pat_type(u64 pat_msr, unsigned index)
{
	u64 type = pat_msr >> (8 * index) & 0xff;

	return type <= MEMTYPE_UC_MINUS && type != 2 && type != 3 ? (int)type : -EINVAL;
}

int pat_index_of(u64 pat_msr, enum memtype type)
{
	for (unsigned i = 0; i < 8; i++) {
		if (pat_type(pat_msr, i) == (int)type)
			return (int)i;
	}
	return -1;
}

u64 pat_flags(unsigned index)
{
	return (index & 1 ? PT_PWT : 0) | (index & 2 ? PT_PCD : 0) | (index & 4 ? PT_PATBIT : 0);
}

unsigned pat_index(u64 entry, unsigned level)
{
	u64 pat = entry & (level ? PTE_PAT_LARGE : PTE_PAT);

	return (pat ? 4u : 0u) | (entry & PTE_PCD ? 2u : 0u) | (entry & PTE_PWT ? 1u : 0u);
}

#define OLD 0x80 /* older editions call it undefined */

enum memtype memtype_combine(enum memtype mtrr, enum memtype pat, bool *ret_undefined)
{
	enum {
		UC = MEMTYPE_UC,
		WC = MEMTYPE_WC,
		WT = MEMTYPE_WT,
		WP = MEMTYPE_WP,
		WB = MEMTYPE_WB
	};
	/* Rows: MTRR types; columns: PAT types, by number. 2 and 3 are no types. */
	static const u8 table[8][8] = {
		[MEMTYPE_UC] = {UC, WC, UC, UC, UC, UC, UC, UC},
		[MEMTYPE_WC] = {UC, WC, UC, UC, UC | OLD, UC | OLD, WC, WC},
		[MEMTYPE_WT] = {UC, WC, UC, UC, WT, WP | OLD, WT, UC},
		[MEMTYPE_WP] = {UC, WC, UC, UC, WT | OLD, WP, WP, WC | OLD},
		[MEMTYPE_WB] = {UC, WC, UC, UC, WT, WP, WB, UC},
	};
	u8 cell = table[mtrr & 7][pat & 7];

	*ret_undefined = cell & OLD;
	return (enum memtype)(cell & ~OLD);
}

void memtype_effective(const struct mtrr_state *m, u64 pat_msr, phys_addr_t pa, u64 entry,
		       unsigned level, struct memtype_effective *ret)
{
	*ret = (struct memtype_effective){.pat_index = (u8)pat_index(entry, level)};
	ret->pat = pat_type(pat_msr, ret->pat_index);
	mtrr_source(m, pa, &ret->mtrr);
	ret->type = MEMTYPE_UC;
	if (ret->pat >= 0)
		ret->type =
			memtype_combine(ret->mtrr.type, (enum memtype)ret->pat, &ret->undefined);
}
