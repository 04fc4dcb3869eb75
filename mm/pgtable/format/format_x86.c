/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* x86: 4- and 5-level paging. */
#include "../pt_inner.h"

static u8 rights(u64 entry, unsigned level, bool leaf)
{
	u8 r = PTR_SR | (entry & PTE_RW ? PTR_SW : 0) | (entry & PTE_NX ? 0 : PTR_SX);

	(void)level;
	(void)leaf;
	return r | (entry & PTE_US ? (u8)(r << 3) : 0);
}

/* A and D are set at once, so that the CPU never has to write our tables. */
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

/* ---- the meaning of the bits ------------------------------------------------------------- */

#define PAGES	 PT_IN_PAGE
#define TABLES	 PT_IN_TABLE
#define BOTH	 (PT_IN_PAGE | PT_IN_TABLE)
#define ALL	 0x1f
#define PTE_ONLY 0x01
#define LARGE	 0x06

static const struct pt_bit bits_x86_64[] = {
	{63, 63, ALL, BOTH, "NX",
	 "execute-disable: no instruction may be fetched from what it maps",
	 "instructions may be fetched, as far as the other levels let them", "SDM vol. 3, 4.6.1"},
	{62, 59, 0x07, PAGES, "PK",
	 "protection key: PKRU (user pages) or IA32_PKRS (supervisor pages) "
	 "may forbid access",
	 NULL, "SDM vol. 3, 4.6.2"},
	{62, 52, ALL, TABLES, "AVL", "for software: the CPU ignores them", NULL, "SDM vol. 3, 4.5"},
	{58, 52, 0x07, PAGES, "AVL", "for software: the CPU ignores them", NULL, "SDM vol. 3, 4.5"},
	{51, 12, ALL, TABLES, "ADDR", "physical page number of the table below", "physical page 0",
	 "SDM vol. 3, tables 4-14 to 4-19"},
	{51, 12, PTE_ONLY, PAGES, "ADDR", "physical page number of the 4 KiB page",
	 "physical page 0", "SDM vol. 3, table 4-20"},
	{51, 21, 0x02, PAGES, "ADDR", "physical address of the 2 MiB page, in units of 2 MiB",
	 "physical address 0", "SDM vol. 3, table 4-18"},
	{51, 30, 0x04, PAGES, "ADDR", "physical address of the 1 GiB page, in units of 1 GiB",
	 "physical address 0", "SDM vol. 3, table 4-16"},
	{12, 12, LARGE, PAGES, "PAT", "with PCD and PWT chooses the memory type from IA32_PAT",
	 NULL, "SDM vol. 3, 4.9.2"},
	{11, 11, ALL, BOTH, "R", "HLAT: restarts an HLAT walk; else for software", NULL,
	 "SDM vol. 3, 4.5.1"},
	{10, 9, ALL, BOTH, "AVL", "for software: the CPU ignores them", NULL, "SDM vol. 3, 4.5"},
	{8, 8, 0x07, PAGES, "GLOBAL",
	 "global: stays in the TLB when CR3 is loaded, if CR4.PGE is 1", NULL,
	 "SDM vol. 3, 4.10.2.4"},
	{8, 8, ALL, TABLES, "AVL", "ignored in an entry that points to a table", NULL,
	 "SDM vol. 3, 4.5"},
	{7, 7, LARGE, PAGES, "PSE", "page size: maps a page instead of pointing to a table", NULL,
	 "SDM vol. 3, tables 4-16, 4-18"},
	{7, 7, PTE_ONLY, PAGES, "PAT", "with PCD and PWT chooses the memory type from IA32_PAT",
	 NULL, "SDM vol. 3, 4.9.2"},
	{7, 7, 0x18, TABLES, "PSE", "reserved at this level: must be 0", NULL,
	 "SDM vol. 3, tables 4-14, 4-15"},
	{6, 6, 0x07, PAGES, "DIRTY", "dirty: the page has been written since software cleared this",
	 "not written since software cleared this", "SDM vol. 3, 4.8"},
	{6, 6, ALL, TABLES, "AVL", "ignored in an entry that points to a table", NULL,
	 "SDM vol. 3, 4.5"},
	{5, 5, ALL, BOTH, "ACCESSED", "accessed: used by a walk since software cleared this",
	 "not used since software cleared this", "SDM vol. 3, 4.8"},
	{4, 4, ALL, BOTH, "PCD", "page-level cache disable: second bit of the PAT index", NULL,
	 "SDM vol. 3, 4.9"},
	{3, 3, ALL, BOTH, "PWT", "page-level write-through: first bit of the PAT index", NULL,
	 "SDM vol. 3, 4.9"},
	{2, 2, ALL, BOTH, "USER",
	 "user: accesses from ring 3 are allowed, as far as the other levels let them",
	 "supervisor: ring 3 is kept out", "SDM vol. 3, 4.6.1"},
	{1, 1, ALL, BOTH, "RW", "writes are allowed, as far as the other levels let them",
	 "read-only (for the supervisor too while CR0.WP is 1)", "SDM vol. 3, 4.6.1"},
	{0, 0, ALL, BOTH, "PRESENT", "present", NULL, "SDM vol. 3, 4.5"},
};

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

#define SAME (PTE_RW | PTE_US | PTE_PWT | PTE_PCD | PTE_A | PTE_D | PTE_G)

#define COMMON                                                                                     \
	.manual = "Intel SDM vol. 3A", .on_reserved = "an access faults", .entry_size = 8,         \
	.sign_extend = true, .phys_bits = 52, .present = PTE_P, .accessed = PTE_A, .dirty = PTE_D, \
	.global = PTE_G, .noexec = PTE_NX, .carried = PTE_A | PTE_D | SOFTWARE_AND_KEY_BITS,       \
	.same = SAME | SOFTWARE_AND_KEY_BITS | PTE_NX, .rights = rights,                           \
	.make_leaf = pt_make_leaf, .make_table = make_table, .leaf_flags = pt_entry_flags,         \
	.bits = bits_x86_64, .nr_bits = ARRAY_SIZE(bits_x86_64)

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
