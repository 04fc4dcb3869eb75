/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Finding and writing single entries of our own tree (x86-64, 4 or 5 levels), many of one table
 * after one walk. For a caller that owns its range of addresses, such as vmalloc: nothing checks
 * for mappings that are there already.
 *
 * Unmapping takes two steps, so that no page is used again while a TLB may still have it:
 *	retire	entries lose P but keep the address of their page or of a table below
 *	(the owner flushes the range from all TLBs)
 *	reap	entries become 0; their pages go to the owner, their tables are freed
 */
#ifndef MM_PGTABLE_LEAF_H
#define MM_PGTABLE_LEAF_H

#include "mm/pgtable/pgtable.h"

/* The only function that writes live entries: one 64-bit store, so no walker sees half an entry. */
static inline void pt_set(u64 *entry, u64 val)
{
	__atomic_store_n(entry, val, __ATOMIC_RELEASE);
}

/* The number of entries from va's to the end of its table. */
static inline u32 pt_entries_left(u64 va, unsigned level)
{
	return PT_ENTRIES - PT_INDEX(va, level);
}

static inline u64 *pt_entry_in(const struct pgtable *pt, phys_addr_t table, u64 va, unsigned level)
{
	return (u64 *)(uintptr_t)((table & PTE_ADDR_MASK) + pt->phys_offset) + PT_INDEX(va, level);
}

/* Does the entry end a walk, because it is absent or maps a page? One test for both: without P the
 * subtraction sets bit 0. */
#define PT_ENDS(val) (((val)-PTE_P) & (PTE_P | PTE_PS))

/* Reads the entry for va on LEVEL, in the table that val points to, into val. */
#define PT_GO_DOWN(LEVEL)                                                                          \
	do {                                                                                       \
		u64 at = (va >> (PT_SHIFT(LEVEL) - 3) & (PAGE_SIZE - 8)) + pt->phys_offset;        \
		u64 table = val & PTE_ADDR_MASK;                                                   \
		val = *(const volatile u64 *)(uintptr_t)(table + at);                              \
		if (unlikely(PT_ENDS(val))) {                                                      \
			*ret_level = LEVEL;                                                        \
			return (u64 *)(uintptr_t)(table + at);                                     \
		}                                                                                  \
	} while (0)

/* pt_find_entry() from the entry of level 2 on. */
static inline u64 *pt_find_entry_below(const struct pgtable *pt, u64 *entry, u64 va,
				       unsigned *ret_level)
{
	u64 val = *(const volatile u64 *)entry;

	if (unlikely(PT_ENDS(val))) {
		*ret_level = 2;
		return entry;
	}
	PT_GO_DOWN(1);
	entry = pt_entry_in(pt, val, va, 0);
	*ret_level = 0;
	return entry;
}

/* The entry that maps a canonical va, or the absent one that ends the walk, and its level. Other
 * CPUs may change it meanwhile. */
static inline u64 *pt_find_entry(const struct pgtable *pt, u64 va, unsigned *ret_level)
{
	u64 val = pt->root;

	if (pt->levels == 5)
		PT_GO_DOWN(4);
	PT_GO_DOWN(3);
	return pt_find_entry_below(pt, pt_entry_in(pt, val, va, 2), va, ret_level);
}
#undef PT_GO_DOWN

/* Finds the entry of `level` for va; makes missing tables above it, for the supervisor only. 0;
 * -ENOMEM; -EEXIST: a larger page is there. New tables stay after an error. */
int pt_need_entry(struct pgtable *pt, u64 va, unsigned level, u64 **ret_entry);

/* A leaf's bits besides the address, from PT_* flags: bits | pa is the entry. */
u64 pt_leaf_bits(const struct pgtable *pt, u64 flags, unsigned level);

/* Retires all leaves in [va, va + size), which has only whole ones. keep false: they become 0, as
 * the caller has no claim to their pages. */
void pt_retire(struct pgtable *pt, u64 va, u64 size, bool keep);
/* The same for nr leaves of one table. */
void pt_retire_entries(u64 *entry, u32 nr, bool keep);
/* Retires the tables of level 0 that map something in [va, va + size) and nothing outside [start,
 * end). Tables above stay: there is only one for each GiB, and other trees may share them. */
void pt_retire_tables(struct pgtable *pt, u64 va, u64 size, u64 start, u64 end);
/*
 * Reaps [va, va + size), and retired tables completely. `take` gets each page and returns the
 * number of entries that are done by this, in one table: 1, or more for a block of pages.
 */
typedef u32 (*pt_take)(void *ctx, phys_addr_t pa, unsigned level);
void pt_reap(struct pgtable *pt, u64 va, u64 size, pt_take take, void *ctx);

#endif
