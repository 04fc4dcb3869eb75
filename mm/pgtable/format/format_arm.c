/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * AArch64: VMSAv8-64, stage 1 of the EL1&0 regime, 4 KiB granule, addresses of 48 bits at most (no
 * LPA2). Arm's levels count from the root: its level 3 is our 0, its level 0 our 3. RES0 bits of
 * the manual do not fault: a CPU ignores them, or has an extension that uses them. We know none of
 * these extensions; an entry with such a bit is shown but not followed.
 */
#include "../pt_inner.h"

#define ARM_VALID	(1ULL << 0)
#define ARM_TABLE	(1ULL << 1) /* a table; at level 0 a page */
#define ARM_ATTR(index) ((u64)(index) << 2)
#define ARM_AP_EL0	(1ULL << 6)
#define ARM_AP_RO	(1ULL << 7)
#define ARM_SH_INNER	(3ULL << 8)
#define ARM_AF		(1ULL << 10)
#define ARM_NG		(1ULL << 11)
#define ARM_NT		(1ULL << 16)
#define ARM_GP		(1ULL << 50)
#define ARM_DBM		(1ULL << 51)
#define ARM_PXN		(1ULL << 53)
#define ARM_UXN		(1ULL << 54)
#define ARM_SOFTWARE	(0xfULL << 55)
#define ARM_PBHA	(0xfULL << 59)
#define ARM_PXNTABLE	(1ULL << 59)
#define ARM_UXNTABLE	(1ULL << 60)
#define ARM_APTABLE_EL0 (1ULL << 61)
#define ARM_APTABLE_RO	(1ULL << 62)

/* The index of the memory type. MAIR_EL1 is not in the tables; we assume Linux's present value: 0
 * is normal memory, 2 not cached, 3 Device-nGnRnE. */
static u64 attr_index(u64 flags)
{
	return ARM_ATTR((flags & PT_PATBIT ? 4 : 0) | (flags & PT_PCD ? 2 : 0) |
			(flags & PT_PWT ? 1 : 0));
}

static u64 attr_flags(u64 entry)
{
	return (entry & ARM_ATTR(4) ? PT_PATBIT : 0) | (entry & ARM_ATTR(2) ? PT_PCD : 0) |
	       (entry & ARM_ATTR(1) ? PT_PWT : 0);
}

static u8 table_rights(u64 entry)
{
	u8 r = PTR_ALL;

	if (entry & ARM_APTABLE_EL0)
		r &= (u8) ~(PTR_UR | PTR_UW);
	if (entry & ARM_APTABLE_RO)
		r &= (u8) ~(PTR_SW | PTR_UW);
	if (entry & ARM_UXNTABLE)
		r &= (u8)~PTR_UX;
	if (entry & ARM_PXNTABLE)
		r &= (u8)~PTR_SX;
	return r;
}

/*
 * EL0 may execute without the right to read (AP[1] 0, UXN 0). If EL0 may write, EL1 may not
 * execute, also with PXN 0; for this rule, tables above that forbid EL0 to write are not
 * considered.
 */
static u8 rights(u64 entry, unsigned level, bool leaf)
{
	bool el0_writes = entry & ARM_AP_EL0 && !(entry & ARM_AP_RO);
	u8 r = PTR_SR;

	(void)level;
	if (!leaf)
		return table_rights(entry);
	r |= entry & ARM_AP_RO ? 0 : PTR_SW;
	r |= entry & ARM_PXN || el0_writes ? 0 : PTR_SX;
	r |= entry & ARM_AP_EL0 ? PTR_UR : 0;
	r |= el0_writes ? PTR_UW : 0;
	return r | (entry & ARM_UXN ? 0 : PTR_UX);
}

/* Executable for EL0 or for EL1, never for both, as in kernels. */
static u64 make_leaf(phys_addr_t pa, u64 flags, unsigned level)
{
	u64 val = pa | ARM_VALID | ARM_AF | ARM_SH_INNER | (level ? 0 : ARM_TABLE);

	val |= flags & PT_WRITE ? 0 : ARM_AP_RO;
	val |= flags & PT_USER ? ARM_AP_EL0 | ARM_PXN : ARM_UXN;
	val |= flags & PT_NOEXEC ? ARM_PXN | ARM_UXN : 0;
	val |= flags & PT_GLOBAL ? 0 : ARM_NG;
	return val | attr_index(flags);
}

static u64 make_table(phys_addr_t pa)
{
	return pa | ARM_VALID | ARM_TABLE;
}

static u64 leaf_flags(u64 entry, unsigned level)
{
	u64 xn = entry & ARM_AP_EL0 ? ARM_UXN : ARM_PXN;

	(void)level;
	return (entry & ARM_AP_RO ? 0 : PT_WRITE) | (entry & ARM_AP_EL0 ? PT_USER : 0) |
	       (entry & xn ? PT_NOEXEC : 0) | (entry & ARM_NG ? 0 : PT_GLOBAL) | attr_flags(entry);
}

/* ---- the meaning of the bits ------------------------------------------------------------- */

#define PAGES	PT_IN_PAGE
#define TABLES	PT_IN_TABLE
#define LEAVES	0x07 /* levels that can map pages */
#define POINTER 0x0e /* levels that can point to tables */
#define LEAF	"Arm ARM DDI 0487, D8.3.1.2"
#define TABLE	"Arm ARM DDI 0487, D8.3.1.1"
#define ACCESS	"Arm ARM DDI 0487, D8.4"

static const struct pt_bit bits_arm[] = {
	{63, 63, POINTER, TABLES, "NSTABLE", "ignored in the Non-secure state", NULL, TABLE},
	{62, 62, POINTER, TABLES, "APTABLE_RO", "APTable[1]: nothing below may be written", NULL,
	 ACCESS},
	{61, 61, POINTER, TABLES, "APTABLE_EL1", "APTable[0]: EL0 reads and writes nothing below",
	 NULL, ACCESS},
	{60, 60, POINTER, TABLES, "UXNTABLE", "EL0 executes nothing below", NULL, ACCESS},
	{59, 59, POINTER, TABLES, "PXNTABLE", "EL1 executes nothing below", NULL, ACCESS},
	{58, 51, POINTER, TABLES, "AVL", "ignored: for software", NULL, TABLE},
	{63, 63, LEAVES, PAGES, "AVL", "ignored, or for software", NULL, LEAF},
	{62, 59, LEAVES, PAGES, "PBHA", "page-based hardware attributes (FEAT_HPDS2), else ignored",
	 NULL, LEAF},
	{58, 55, LEAVES, PAGES, "AVL", "for software: the CPU ignores them", NULL, LEAF},
	{54, 54, LEAVES, PAGES, "UXN", "EL0 does not execute it",
	 "EL0 may execute it, also when it may not read it", ACCESS},
	{53, 53, LEAVES, PAGES, "PXN", "EL1 does not execute it",
	 "EL1 may execute it, unless EL0 may write it", ACCESS},
	{52, 52, LEAVES, PAGES, "CONTIG",
	 "contiguous: one of 16 neighbours that map one piece; a hint for the TLB", NULL, LEAF},
	{51, 51, LEAVES, PAGES, "DBM",
	 "dirty bit modifier: with hardware updates a write clears AP[2] instead of faulting", NULL,
	 "Arm ARM DDI 0487, D8.5"},
	{50, 50, LEAVES, PAGES, "GP", "guarded page: branches must land on BTI (FEAT_BTI)", NULL,
	 LEAF},
	{47, 12, POINTER, TABLES, "ADDR", "physical page number of the table below",
	 "physical page 0", TABLE},
	{47, 12, 0x01, PAGES, "ADDR", "physical page number of the 4 KiB page", "physical page 0",
	 LEAF},
	{47, 21, 0x02, PAGES, "ADDR", "physical address of the 2 MiB block, in units of 2 MiB",
	 "physical address 0", LEAF},
	{47, 30, 0x04, PAGES, "ADDR", "physical address of the 1 GiB block, in units of 1 GiB",
	 "physical address 0", LEAF},
	{16, 16, 0x06, PAGES, "NT", "nT: not to be cached in a TLB while sizes change (FEAT_BBM)",
	 NULL, LEAF},
	{11, 2, POINTER, TABLES, "AVL", "ignored: for software", NULL, TABLE},
	{11, 11, LEAVES, PAGES, "NG", "not global: for the current ASID",
	 "global: for all address spaces", LEAF},
	{10, 10, LEAVES, PAGES, "AF", "access flag: has been used",
	 "not used yet: the first access faults, or sets it (FEAT_HAFDBS)",
	 "Arm ARM DDI 0487, D8.5"},
	{9, 8, LEAVES, PAGES, "SH",
	 "shareability: 2 = outer, 3 = inner, 1 reserved (normal memory only)",
	 "not shareable (normal memory only)", LEAF},
	{7, 7, LEAVES, PAGES, "RO", "AP[2]: read-only at every exception level",
	 "AP[2]: writes are allowed", ACCESS},
	{6, 6, LEAVES, PAGES, "EL0", "AP[1]: EL0 reads it too, and writes it if EL1 may",
	 "AP[1]: EL0 does not read or write it", ACCESS},
	{5, 5, LEAVES, PAGES, "NS", "non-secure (matters in the Secure state only)", NULL, LEAF},
	{4, 2, LEAVES, PAGES, "ATTRINDX", "memory type: index into MAIR_EL1",
	 "memory type: field 0 of MAIR_EL1", LEAF},
	{1, 1, POINTER, TABLES, "TABLE", "points to a table", NULL, TABLE},
	{1, 1, 0x01, PAGES, "PAGE", "maps a page", NULL, LEAF},
	{1, 1, 0x06, PAGES, "TABLE", NULL, "a block: maps memory instead of pointing to a table",
	 LEAF},
	{0, 0, LEAVES, PAGES, "VALID", "valid", NULL, LEAF},
	{0, 0, POINTER, TABLES, "VALID", "valid", NULL, TABLE},
	{0, 0, 0x01, TABLES, "VALID", "valid without bit 1: no page; counts as invalid", NULL,
	 LEAF},
	{0, 0, 0x08, PAGES, "VALID", "valid without bit 1: no block here; counts as invalid", NULL,
	 TABLE},
};

#define ADDR	       0x0000fffffffff000ULL
#define LOW(shift)     (((1ULL << (shift)) - 1) & ADDR)
#define TABLE_RESERVED (7ULL << 48)
#define LEAF_RESERVED  (3ULL << 48)

/* At levels where bits 1:0 = 01 is not a descriptor, `valid` is the bit that must not be set. */
/* clang-format off */
#define LEVELS_0_TO_2                                                                              \
	{.name = "L3", .shift = 12, .index_bits = 9, .leaf_mask = ARM_TABLE,                  \
	 .leaf_if_set = true, .leaf_addr = ADDR, .leaf_reserved = LEAF_RESERVED,                   \
	 .table_reserved = ARM_VALID},                                                             \
	{.name = "L2", .shift = 21, .index_bits = 9, .leaf_mask = ARM_TABLE,                  \
	 .leaf_addr = ADDR & ~LOW(21), .table_addr = ADDR,                                         \
	 .leaf_reserved = LEAF_RESERVED | (LOW(21) & ~ARM_NT), .table_reserved = TABLE_RESERVED},  \
	{.name = "L1", .shift = 30, .index_bits = 9, .leaf_mask = ARM_TABLE,                  \
	 .leaf_addr = ADDR & ~LOW(30), .table_addr = ADDR,                                         \
	 .leaf_reserved = LEAF_RESERVED | (LOW(30) & ~ARM_NT), .table_reserved = TABLE_RESERVED}
/* clang-format on */

/* PBHA, bits for software, DBM, GP, SH, NS, AF. The contiguous hint is for one page size only. */
#define CARRIED (ARM_PBHA | ARM_SOFTWARE | ARM_DBM | ARM_GP | ARM_SH_INNER | 1ULL << 5 | ARM_AF)
#define SAME	(CARRIED | ARM_UXN | ARM_PXN | ARM_NG | ARM_AP_RO | ARM_AP_EL0 | ARM_ATTR(7))

#define COMMON                                                                                     \
	.manual = "Arm Architecture Reference Manual for A-profile (DDI 0487), chapter D8",        \
	.on_reserved = "CPUs ignore them, or have an extension that we do not know",               \
	.entry_size = 8, .phys_bits = 48, .present = ARM_VALID, .accessed = ARM_AF,                \
	.carried = CARRIED, .same = SAME, .rights = rights, .make_leaf = make_leaf,                \
	.make_table = make_table, .leaf_flags = leaf_flags, .bits = bits_arm,                      \
	.nr_bits = ARRAY_SIZE(bits_arm)

const struct pt_format pt_format_aarch64_3 = {
	.name = "aarch64-3",
	.title = "AArch64, 4 KiB granule, 3 levels (39 bits)",
	COMMON,
	.nr_levels = 3,
	.va_bits = 39,
	.level = {LEVELS_0_TO_2},
};

const struct pt_format pt_format_aarch64_4 = {
	.name = "aarch64-4",
	.title = "AArch64, 4 KiB granule, 4 levels (48 bits)",
	COMMON,
	.nr_levels = 4,
	.va_bits = 48,
	.level = {LEVELS_0_TO_2,
		  {.name = "L0",
		   .shift = 39,
		   .index_bits = 9,
		   .leaf_mask = ARM_TABLE,
		   .table_addr = ADDR,
		   .leaf_reserved = ARM_VALID,
		   .table_reserved = TABLE_RESERVED}},
};
