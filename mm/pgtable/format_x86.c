/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* x86: 4- and 5-level paging. */
#include "pt_inner.h"

static u8 rights(u64 entry, unsigned level, bool leaf)
{
	u8 r = PTR_SR | (entry & PTE_RW ? PTR_SW : 0) | (entry & PTE_NX ? 0 : PTR_SX);

	(void)level;
	(void)leaf;
	return r | (entry & PTE_US ? (u8)(r << 3) : 0);
}

/* A and D are set beforehand, so that the CPU never has to write our tables. */
u64 pt_make_leaf(phys_addr_t pa, u64 flags, unsigned level)
{
	u64 val = PTE_P | PTE_A | pa;

	val |= flags & (PT_WRITE | PT_USER | PT_GLOBAL | PT_NOEXEC | PT_PWT | PT_PCD);
	if (flags & PT_WRITE)
		val |= PTE_D;
	if (flags & PT_PATBIT)
		val |= level ? PTE_PAT_LARGE : PTE_PAT;
	return level ? val | PTE_PS : val;
}

static u64 make_table(phys_addr_t pa)
{
	return pa | PTE_P | PTE_RW | PTE_US | PTE_A;
}

u64 pt_entry_flags(u64 entry, unsigned level)
{
	u64 flags = entry & (PT_WRITE | PT_USER | PT_GLOBAL | PT_NOEXEC | PT_PWT | PT_PCD);
	u64 pat = level ? PTE_PAT_LARGE : PTE_PAT;

	return flags | (entry & pat ? PT_PATBIT : 0);
}

#define TABLE_ADDR	 PTE_ADDR_MASK
#define LEAF_ADDR(shift) (PTE_ADDR_MASK & ~((1ULL << (shift)) - 1))

/* clang-format off */
#define LEVELS_0_TO_3                                                                              \
	{.name = "PTE", .shift = 12, .index_bits = 9, .leaf_mask = PTE_P, .leaf_if_set = true,     \
	 .leaf_addr = LEAF_ADDR(12)},                                                              \
	{.name = "PDE", .shift = 21, .index_bits = 9, .leaf_mask = PTE_PS, .leaf_if_set = true,    \
	 .leaf_addr = LEAF_ADDR(21), .table_addr = TABLE_ADDR, .leaf_reserved = 0x1fe000},         \
	{.name = "PDPTE", .shift = 30, .index_bits = 9, .leaf_mask = PTE_PS, .leaf_if_set = true,  \
	 .leaf_addr = LEAF_ADDR(30), .table_addr = TABLE_ADDR, .leaf_reserved = 0x3fffe000},       \
	{.name = "PML4E", .shift = 39, .index_bits = 9, .leaf_if_set = true,                       \
	 .table_addr = TABLE_ADDR, .table_reserved = PTE_PS}
/* clang-format on */

/* For software: bits 11:9 and 58:52; 62:59 the protection key. */
#define SOFTWARE_AND_KEY_BITS (0x7ffULL << 52 | 7ULL << 9)

#define COMMON                                                                                     \
	.manual = "Intel SDM vol. 3A", .entry_size = 8, .sign_extend = true, .phys_bits = 52,      \
	.present = PTE_P, .accessed = PTE_A, .dirty = PTE_D, .global = PTE_G, .noexec = PTE_NX,    \
	.carried = PTE_A | PTE_D | SOFTWARE_AND_KEY_BITS, .rights = rights,                        \
	.make_leaf = pt_make_leaf, .make_table = make_table, .leaf_flags = pt_entry_flags

const struct pt_format pt_format_x86_64_4 = {
	.name = "x86-64-4",
	.title = "x86-64, 4 levels",
	COMMON,
	.nr_levels = 4,
	.va_bits = 48,
	.level = {LEVELS_0_TO_3},
};

const struct pt_format pt_format_x86_64_5 = {
	.name = "x86-64-5",
	.title = "x86-64, 5 levels",
	COMMON,
	.nr_levels = 5,
	.va_bits = 57,
	.level = {LEVELS_0_TO_3,
		  {.name = "PML5E",
		   .shift = 48,
		   .index_bits = 9,
		   .leaf_if_set = true,
		   .table_addr = TABLE_ADDR,
		   .table_reserved = PTE_PS}},
};
