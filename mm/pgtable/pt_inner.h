/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* For the files of this folder only. */
#ifndef MM_PGTABLE_PT_INNER_H
#define MM_PGTABLE_PT_INNER_H

#include "mm/pgtable/leaf.h"

extern const struct pt_format pt_format_x86_32, pt_format_pae;
extern const struct pt_format pt_format_aarch64_3, pt_format_aarch64_4;
extern const struct pt_format pt_format_sv39, pt_format_sv48, pt_format_sv57;

/* A table of one of our own trees, for writing; its format is that of x86-64. */
static inline u64 *pt_table(const struct pgtable *pt, phys_addr_t pa)
{
	return (u64 *)(uintptr_t)(pa + pt->phys_offset);
}

/* Level 0 always maps a page, levels 1 and 2 when PS is set, higher ones never. */
static inline bool pt_is_leaf(u64 val, unsigned level)
{
	return level == 0 || (level <= 2 && val & PTE_PS);
}

static inline phys_addr_t pt_entry_phys(u64 val, unsigned level, bool leaf)
{
	return val & PTE_ADDR_MASK & (leaf ? ~(PT_SIZE(level) - 1) : ~0ULL);
}

/* A table of any tree, for reading. NULL: it may not be read. */
static inline const void *pt_table_at(const struct pgtable *pt, phys_addr_t pa)
{
	return pt->table ? pt->table(pt, pa) : pt_table(pt, pa);
}

/* One entry of a table of any format, in one read: the CPU may set A and D at any time. */
static inline u64 pt_read_raw(const struct pt_format *f, const void *table, u32 index)
{
	if (f->entry_size == 4)
		return ((const volatile u32 *)table)[index];
	return ((const volatile u64 *)table)[index];
}

/* An address without its sign extension: ranges of such addresses never wrap. */
static inline u64 pt_inner_va(const struct pgtable *pt, u64 va)
{
	return va & ((1ULL << pt_format_of(pt)->va_bits) - 1);
}

/* Asserts that the range is whole pages in one half of the address space. */
static inline void pt_check_range(const struct pgtable *pt, u64 va, u64 size)
{
	ASSERT(size && is_aligned(va | size, PAGE_SIZE) && pt_canonical(pt, va) &&
		       size <= PT_SIZE(pt->levels) / 2 && pt_canonical(pt, va + (size - 1)) &&
		       (va ^ (va + (size - 1))) >> 63 == 0,
	       "va %#llx size %#llx", va, size);
}

/* The PT_* flags of a leaf, and a leaf from flags. */
u64 pt_entry_flags(u64 val, unsigned level);
u64 pt_make_leaf(phys_addr_t pa, u64 flags, unsigned level);

/* A zeroed table; a table that is not zeroed. 0 or -ENOMEM. */
int pt_new_table(struct pgtable *pt, phys_addr_t *ret_pa);
int pt_new_table_raw(struct pgtable *pt, phys_addr_t *ret_pa);
void pt_free_table(struct pgtable *pt, phys_addr_t pa);

/* Sets U/S in an entry that points to a table; the entries below decide about each page. */
void pt_admit_user(u64 *entry);

#endif
