/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* RISC-V: Sv39, Sv48 and Sv57 (Privileged Architecture, "Supervisor-Level ISA"). */
#include "../pt_inner.h"

#define RV_V	(1ULL << 0)
#define RV_R	(1ULL << 1)
#define RV_W	(1ULL << 2)
#define RV_X	(1ULL << 3)
#define RV_U	(1ULL << 4)
#define RV_G	(1ULL << 5)
#define RV_A	(1ULL << 6)
#define RV_D	(1ULL << 7)
#define RV_RSW	(3ULL << 8)
#define RV_NC	(1ULL << 61) /* PBMT = 1 */
#define RV_IO	(2ULL << 61) /* PBMT = 2 */
#define RV_PBMT (3ULL << 61)
#define RV_N	(1ULL << 63)

#define PPN	   0x003ffffffffffc00ULL /* bits 53:10: physical page number, 44 bits */
#define HIGH	   0x1fc0000000000000ULL /* bits 60:54 */
#define LOW(shift) (((1ULL << (shift)) - 1) >> 2 & PPN)

/*
 * A page with U is for user mode: the supervisor never executes there, and reads and writes only
 * while sstatus.SUM is 1, so it is shown without rights. Entries that point to tables limit
 * nothing.
 */
static u8 rights(u64 entry, unsigned level, bool leaf)
{
	u8 r = (entry & RV_R ? PTR_SR : 0) | (entry & RV_W ? PTR_SW : 0) |
	       (entry & RV_X ? PTR_SX : 0);

	(void)level;
	if (!leaf)
		return PTR_ALL;
	return entry & RV_U ? (u8)(r << 3) : r;
}

/* A and D are set at once: a CPU without Svadu would fault to have them set. */
static u64 make_leaf(phys_addr_t pa, u64 flags, unsigned level)
{
	u64 val = RV_V | RV_R | RV_A | (pa >> 2 & PPN);

	(void)level;
	val |= flags & PT_WRITE ? RV_W | RV_D : 0;
	val |= flags & PT_NOEXEC ? 0 : RV_X;
	val |= flags & PT_USER ? RV_U : 0;
	val |= flags & PT_GLOBAL ? RV_G : 0;
	if (!(flags & PT_PCD))
		return val;
	return val | (flags & PT_PWT ? RV_IO : RV_NC);
}

static u64 make_table(phys_addr_t pa)
{
	return RV_V | (pa >> 2 & PPN);
}

static u64 leaf_flags(u64 entry, unsigned level)
{
	(void)level;
	return (entry & RV_W ? PT_WRITE : 0) | (entry & RV_X ? 0 : PT_NOEXEC) |
	       (entry & RV_U ? PT_USER : 0) | (entry & RV_G ? PT_GLOBAL : 0) |
	       (entry & RV_PBMT ? PT_PCD : 0) | (entry & RV_IO ? PT_PWT : 0);
}

/* ---- the meaning of the bits ------------------------------------------------------------- */

#define PAGES  PT_IN_PAGE
#define TABLES PT_IN_TABLE
#define BOTH   (PT_IN_PAGE | PT_IN_TABLE)
#define ALL    0x1f
#define SV32   "RISC-V Privileged, Sv32 (4.3)"
#define SV39   "RISC-V Privileged, Sv39 (4.4)"

static const struct pt_bit bits_riscv[] = {
	{63, 63, ALL, PAGES, "N",
	 "Svnapot: this and its neighbours map one larger piece; not followed here", NULL,
	 "RISC-V Privileged, Svnapot (5)"},
	{62, 61, ALL, PAGES, "PBMT",
	 "memory type: 1 = NC (not cached, idempotent), 2 = IO (not cached, ordered), 3 reserved",
	 NULL, "RISC-V Privileged, Svpbmt (6)"},
	{53, 10, ALL, TABLES, "PPN", "physical page number of the table below", "physical page 0",
	 SV39},
	{53, 10, 0x01, PAGES, "PPN", "physical page number of the 4 KiB page", "physical page 0",
	 SV39},
	{53, 19, 0x02, PAGES, "PPN", "physical address of the 2 MiB page, in units of 2 MiB",
	 "physical address 0", SV39},
	{53, 28, 0x04, PAGES, "PPN", "physical address of the 1 GiB page, in units of 1 GiB",
	 "physical address 0", SV39},
	{53, 37, 0x08, PAGES, "PPN", "physical address of the 512 GiB page, in units of 512 GiB",
	 "physical address 0", "RISC-V Privileged, Sv48 (4.5)"},
	{53, 46, 0x10, PAGES, "PPN", "physical address of the 256 TiB page, in units of 256 TiB",
	 "physical address 0", "RISC-V Privileged, Sv57 (4.6)"},
	{9, 8, ALL, BOTH, "RSW", "for supervisor software: the CPU ignores them", NULL, SV32},
	{7, 7, ALL, PAGES, "D", "dirty: the page has been written since software cleared this",
	 "not written since software cleared this", SV32},
	{6, 6, ALL, PAGES, "A", "accessed: used since software cleared this",
	 "not used since software cleared this: the first access faults or sets it (Svadu)", SV32},
	{5, 5, ALL, PAGES, "G", "global: in all address spaces", NULL, SV32},
	{5, 5, ALL, TABLES, "G", "global: all that lies below is in all address spaces", NULL,
	 SV32},
	{4, 4, ALL, PAGES, "U",
	 "user: the supervisor reads and writes it only with SUM, and never executes it",
	 "supervisor: user mode is kept out", SV32},
	{3, 3, ALL, PAGES, "X", "instructions may be fetched", "no instruction may be fetched",
	 SV32},
	{2, 2, ALL, PAGES, "W", "writes are allowed", "read-only", SV32},
	{1, 1, ALL, PAGES, "R", "reads are allowed", "no reads (execute-only, unless sstatus.MXR)",
	 SV32},
	{0, 0, ALL, BOTH, "V", "valid", NULL, SV32},
};

/* In an entry that points to a table N, PBMT, D, A and U are reserved; R, W and X are 0. */
#define LEVEL(title, bit)                                                                          \
	{                                                                                          \
		.name = title, .shift = bit, .index_bits = 9, .leaf_mask = RV_R | RV_W | RV_X,     \
		.leaf_if_set = true, .leaf_addr = PPN & ~LOW(bit), .table_addr = PPN,              \
		.leaf_reserved = RV_N | HIGH | LOW(bit),                                           \
		.table_reserved = RV_N | RV_PBMT | HIGH | RV_D | RV_A | RV_U                       \
	}

#define LEVELS_0_TO_2 LEVEL("L0", 12), LEVEL("L1", 21), LEVEL("L2", 30)

#define SAME (RV_R | RV_W | RV_X | RV_U | RV_G | RV_A | RV_D | RV_RSW | RV_PBMT)

#define COMMON                                                                                     \
	.manual = "RISC-V ISA Manual, vol. II: Privileged Architecture (20211203)",                \
	.entry_size = 8, .addr_shift = 2, .sign_extend = true, .phys_bits = 56, .present = RV_V,   \
	.accessed = RV_A, .dirty = RV_D, .global = RV_G, .carried = RV_A | RV_D | RV_RSW,          \
	.same = SAME, .needs = RV_W, .needed = RV_R, .forbidden = RV_PBMT,                         \
	.on_reserved = "an access faults, unless an extension of the CPU has a meaning for them",  \
	.rights = rights, .make_leaf = make_leaf, .make_table = make_table,                        \
	.leaf_flags = leaf_flags, .bits = bits_riscv, .nr_bits = ARRAY_SIZE(bits_riscv)

const struct pt_format pt_format_sv39 = {
	.name = "sv39",
	.title = "RISC-V Sv39",
	COMMON,
	.nr_levels = 3,
	.va_bits = 39,
	.level = {LEVELS_0_TO_2},
};

const struct pt_format pt_format_sv48 = {
	.name = "sv48",
	.title = "RISC-V Sv48",
	COMMON,
	.nr_levels = 4,
	.va_bits = 48,
	.level = {LEVELS_0_TO_2, LEVEL("L3", 39)},
};

const struct pt_format pt_format_sv57 = {
	.name = "sv57",
	.title = "RISC-V Sv57",
	COMMON,
	.nr_levels = 5,
	.va_bits = 57,
	.level = {LEVELS_0_TO_2, LEVEL("L3", 39), LEVEL("L4", 48)},
};
