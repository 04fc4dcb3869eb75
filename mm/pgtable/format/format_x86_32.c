/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* x86 with 32-bit addresses: two levels of 4-byte entries (with PSE and PSE-36), and PAE. */
#include "../pt_inner.h"

#define PDPTE 2 /* PAE's top level */

/* Without PTE_NX in the entry every readable page is executable. */
static u8 rights(u64 entry, unsigned level, bool leaf)
{
	u8 r = PTR_SR | (entry & PTE_RW ? PTR_SW : 0) | (entry & PTE_NX ? 0 : PTR_SX);

	(void)leaf;
	if (level == PDPTE)
		return PTR_ALL; /* no bits for rights */
	return r | (entry & PTE_US ? (u8)(r << 3) : 0);
}

/* Bits 39:32 of a 4 MiB page's address are bits 20:13 of its entry. */
static u64 make_leaf_32(phys_addr_t pa, u64 flags, unsigned level)
{
	u64 val = pt_make_leaf(pa & 0xffffffff, flags & ~PT_NOEXEC, level);

	return level ? val | (pa >> 32 & 0xff) << 13 : val;
}

/* Also used for PAE's PDPTEs, where some of these bits are reserved: the caller clears them. */
static u64 make_table(phys_addr_t pa)
{
	return pa | PTE_P | PTE_RW | PTE_US | PTE_A;
}

/* ---- the meaning of the bits ------------------------------------------------------------- */

#define PAGES	 PT_IN_PAGE
#define TABLES	 PT_IN_TABLE
#define BOTH	 (PT_IN_PAGE | PT_IN_TABLE)
#define PTE_ONLY 0x01
#define PDE_ONLY 0x02
#define LOWER	 0x03 /* PTE and PDE */
#define TOP	 0x04

static const char accessed[] = "accessed: used by a walk since software cleared this";
static const char not_accessed[] = "not used since software cleared this";
static const char pat[] = "with PCD and PWT chooses the memory type from IA32_PAT";
static const char table_ignores[] = "ignored in an entry that points to a table";
static const char global[] = "global: stays in the TLB when CR3 is loaded, if CR4.PGE is 1";
static const char pse[] = "page size: maps a page instead of pointing to a table";
static const char dirty[] = "dirty: the page has been written since software cleared this";
static const char not_dirty[] = "not written since software cleared this";
static const char pcd[] = "page-level cache disable: second bit of the PAT index";
static const char pwt[] = "page-level write-through: first bit of the PAT index";
static const char user[] =
	"user: accesses from ring 3 are allowed, as far as the other level lets them";
static const char not_user[] = "supervisor: ring 3 is kept out";
static const char writable[] = "writes are allowed, as far as the other level lets them";
static const char read_only[] = "read-only (for the supervisor too while CR0.WP is 1)";
static const char software[] = "for software: the CPU ignores them";

/* From bit 11 down the lower levels of both formats are equal, but for the manual's tables. */
/* clang-format off */
#define LOW_BITS(tables)                                                                           \
	{11, 9, LOWER, BOTH, "AVL", software, NULL, tables},                                       \
	{8, 8, LOWER, PAGES, "GLOBAL", global, NULL, "SDM vol. 3, 4.10.2.4"},                      \
	{8, 8, PDE_ONLY, TABLES, "AVL", table_ignores, NULL, tables},                              \
	{7, 7, PDE_ONLY, PAGES, "PSE", pse, NULL, tables},                                         \
	{7, 7, PTE_ONLY, PAGES, "PAT", pat, NULL, "SDM vol. 3, 4.9.2"},                            \
	{6, 6, LOWER, PAGES, "DIRTY", dirty, not_dirty, "SDM vol. 3, 4.8"},                        \
	{6, 6, PDE_ONLY, TABLES, "AVL", table_ignores, NULL, tables},                              \
	{5, 5, LOWER, BOTH, "ACCESSED", accessed, not_accessed, "SDM vol. 3, 4.8"},                \
	{4, 4, LOWER | TOP, BOTH, "PCD", pcd, NULL, "SDM vol. 3, 4.9"},                            \
	{3, 3, LOWER | TOP, BOTH, "PWT", pwt, NULL, "SDM vol. 3, 4.9"},                            \
	{2, 2, LOWER, BOTH, "USER", user, not_user, "SDM vol. 3, 4.6.1"},                          \
	{1, 1, LOWER, BOTH, "RW", writable, read_only, "SDM vol. 3, 4.6.1"},                       \
	{0, 0, LOWER | TOP, BOTH, "PRESENT", "present", NULL, tables}
/* clang-format on */

static const struct pt_bit bits_32[] = {
	{31, 12, PDE_ONLY, TABLES, "ADDR", "physical page number of the table below",
	 "physical page 0", "SDM vol. 3, 4.3, table 4-5"},
	{31, 12, PTE_ONLY, PAGES, "ADDR", "physical page number of the 4 KiB page",
	 "physical page 0", "SDM vol. 3, 4.3, table 4-6"},
	{31, 22, PDE_ONLY, PAGES, "ADDR", "bits 31:22 of the 4 MiB page's physical address",
	 "bits 31:22 of the 4 MiB page's physical address are 0", "SDM vol. 3, 4.3, table 4-4"},
	{20, 13, PDE_ONLY, PAGES, "ADDRHIGH",
	 "PSE-36: bits 39:32 of the 4 MiB page's physical address", NULL,
	 "SDM vol. 3, 4.3, table 4-4"},
	{12, 12, PDE_ONLY, PAGES, "PAT", pat, NULL, "SDM vol. 3, 4.9.2"},
	LOW_BITS("SDM vol. 3, 4.3, tables 4-4 to 4-6"),
};

static const struct pt_bit bits_pae[] = {
	{63, 63, LOWER, BOTH, "NX",
	 "execute-disable: no instruction may be fetched from what it maps",
	 "instructions may be fetched, as far as the other level lets them", "SDM vol. 3, 4.6.1"},
	{51, 12, TOP, TABLES, "ADDR", "physical page number of the page directory",
	 "physical page 0", "SDM vol. 3, 4.4.1, table 4-8"},
	{51, 12, PDE_ONLY, TABLES, "ADDR", "physical page number of the table below",
	 "physical page 0", "SDM vol. 3, 4.4.2, table 4-10"},
	{51, 12, PTE_ONLY, PAGES, "ADDR", "physical page number of the 4 KiB page",
	 "physical page 0", "SDM vol. 3, 4.4.2, table 4-11"},
	{51, 21, PDE_ONLY, PAGES, "ADDR", "physical address of the 2 MiB page, in units of 2 MiB",
	 "physical address 0", "SDM vol. 3, 4.4.2, table 4-9"},
	{12, 12, PDE_ONLY, PAGES, "PAT", pat, NULL, "SDM vol. 3, 4.9.2"},
	{11, 9, TOP, TABLES, "AVL", software, NULL, "SDM vol. 3, 4.4.1, table 4-8"},
	LOW_BITS("SDM vol. 3, 4.4, tables 4-8 to 4-11"),
};

/* ---- the formats ------------------------------------------------------------------------- */

#define SAME (PTE_RW | PTE_US | PTE_PWT | PTE_PCD | PTE_A | PTE_D | PTE_G | 7ULL << 9 | PTE_NX)
#define X86                                                                                        \
	.manual = "Intel SDM vol. 3A", .va_bits = 32, .present = PTE_P, .accessed = PTE_A,         \
	.dirty = PTE_D, .global = PTE_G, .carried = PTE_A | PTE_D | 7ULL << 9, .same = SAME,       \
	.rights = rights, .leaf_flags = pt_entry_flags

#define PTE_LEAF .leaf_mask = PTE_P, .leaf_if_set = true
#define PDE_LEAF .leaf_mask = PTE_PS, .leaf_if_set = true

const struct pt_format pt_format_x86_32 = {
	.name = "x86-32",
	.title = "x86, 32-bit paging with PSE-36",
	X86,
	.on_reserved = "an access faults",
	.nr_levels = 2,
	.entry_size = 4,
	.phys_bits = 40,
	.level = {{.name = "PTE", .shift = 12, .index_bits = 10, PTE_LEAF, .leaf_addr = 0xfffff000},
		  {.name = "PDE",
		   .shift = 22,
		   .index_bits = 10,
		   PDE_LEAF,
		   .leaf_addr = 0xffc00000,
		   .table_addr = 0xfffff000,
		   .leaf_addr_high = 0x1fe000,
		   .high_shift = 19,
		   .leaf_reserved = 1 << 21}},
	.make_leaf = make_leaf_32,
	.make_table = make_table,
	.bits = bits_32,
	.nr_bits = ARRAY_SIZE(bits_32),
};

#define PAE_RESERVED (0x7ffULL << 52) /* bits 62:52 */

const struct pt_format pt_format_pae = {
	.name = "pae",
	.title = "x86, PAE paging",
	X86,
	.on_reserved = "an access faults (of a PDPTE: loading CR3 does)",
	.nr_levels = 3,
	.entry_size = 8,
	.phys_bits = 52,
	.noexec = PTE_NX,
	.level = {{.name = "PTE",
		   .shift = 12,
		   .index_bits = 9,
		   PTE_LEAF,
		   .leaf_addr = PTE_ADDR_MASK,
		   .leaf_reserved = PAE_RESERVED},
		  {.name = "PDE",
		   .shift = 21,
		   .index_bits = 9,
		   PDE_LEAF,
		   .leaf_addr = PTE_ADDR_MASK & ~0x1fffffULL,
		   .table_addr = PTE_ADDR_MASK,
		   .leaf_reserved = PAE_RESERVED | 0x1fe000,
		   .table_reserved = PAE_RESERVED},
		  {.name = "PDPTE",
		   .shift = 30,
		   .index_bits = 2,
		   .leaf_if_set = true,
		   .table_addr = PTE_ADDR_MASK,
		   .table_reserved = PTE_NX | PAE_RESERVED | 0x1e6}},
	.make_leaf = pt_make_leaf,
	.make_table = make_table,
	.bits = bits_pae,
	.nr_bits = ARRAY_SIZE(bits_pae),
};
