/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * One entry at a time of a tree that is ours (x86-64's, 4 or 5 levels): where it is, and writing
 * many of one table after one walk. For who has a range of addresses to himself, such as vmalloc:
 * what is in the way is not looked for.
 *
 * Taking away is done in two steps, so that nothing is used anew that some CPU still remembers:
 *	retire	entries lose P and keep what they lead to: pages, and whole tables below them
 *	(the owner makes all CPUs forget the range)
 *	reap	entries become 0; their pages are handed to the owner, their tables are freed
 */
#ifndef MM_PGTABLE_LEAF_H
#define MM_PGTABLE_LEAF_H

#include "mm/pgtable/pgtable.h"

/* The single writer of live entries: one 64-bit store, so that no walker sees half an entry. */
static inline void pt_set(u64 *entry, u64 val)
{
	__atomic_store_n(entry, val, __ATOMIC_RELEASE);
}

/* How many entries from va's on its table has. */
static inline u32 pt_entries_left(u64 va, unsigned level)
{
	return PT_ENTRIES - PT_INDEX(va, level);
}

static inline u64 *pt_entry_in(const struct pgtable *pt, phys_addr_t table, u64 va, unsigned level)
{
	return (u64 *)(uintptr_t)((table & PTE_ADDR_MASK) + pt->phys_offset) + PT_INDEX(va, level);
}

/* Does an entry end a walk, being absent or a page? In one test: without P the subtraction sets
 * bit 0 again. */
#define PT_ENDS(val) (((val)-PTE_P) & (PTE_P | PTE_PS))

/* val is what the entry of `level` for va says, in the table that the last val leads to. */
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

/* The entry that maps a canonical va, or says that nothing does, and its level. Its value may have
 * changed since when other CPUs change it. */
static inline u64 *pt_find_entry(const struct pgtable *pt, u64 va, unsigned *ret_level)
{
	u64 val = pt->root;

	if (pt->levels == 5)
		PT_GO_DOWN(4);
	PT_GO_DOWN(3);
	return pt_find_entry_below(pt, pt_entry_in(pt, val, va, 2), va, ret_level);
}
#undef PT_GO_DOWN

/* The entry of `level` for va, with the tables above it made if need be, for the supervisor only.
 * 0; -ENOMEM; -EEXIST: a larger page is there. Tables that were made stay. */
int pt_need_entry(struct pgtable *pt, u64 va, unsigned level, u64 **ret_entry);

/* A leaf's bits besides the address, from PT_* flags: bits | pa is the entry. */
u64 pt_leaf_bits(const struct pgtable *pt, u64 flags, unsigned level);

/* Retires all leaves in [va, va + size), which holds whole ones; keep false: they become 0, for
 * their pages are somebody else's. */
void pt_retire(struct pgtable *pt, u64 va, u64 size, bool keep);
/* The same for nr leaves of one table. */
void pt_retire_entries(u64 *entry, u32 nr, bool keep);
/* Retires the tables of level 0 that map something in [va, va + size) and nothing outside
 * [start, end). Those above stay: there is one for each GiB, and other trees may share them. */
void pt_retire_tables(struct pgtable *pt, u64 va, u64 size, u64 start, u64 end);
/*
 * Reaps [va, va + size), and all of a retired table. `take` gets each page, and says how many
 * entries from there on are dealt with by that, all in one table: 1 but for blocks of pages.
 */
typedef u32 (*pt_take)(void *ctx, phys_addr_t pa, unsigned level);
void pt_reap(struct pgtable *pt, u64 va, u64 size, pt_take take, void *ctx);

#endif
