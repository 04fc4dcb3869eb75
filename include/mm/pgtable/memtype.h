/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Memory types: MTRRs as data, to choose page sizes and explain mappings for any machine (Intel SDM
 * vol. 3, 12.11). arch/ reads the registers.
 */
#ifndef MM_PGTABLE_MEMTYPE_H
#define MM_PGTABLE_MEMTYPE_H

#include "mm/types.h"

enum memtype {
	MEMTYPE_UC = 0,
	MEMTYPE_WC = 1,
	MEMTYPE_WT = 4,
	MEMTYPE_WP = 5,
	MEMTYPE_WB = 6,
	MEMTYPE_UC_MINUS = 7, /* PAT only */
};
#define NR_MEMTYPES 8 /* 2 and 3 are reserved */

#define MTRR_MAX_VARIABLE 32
#define MTRR_NR_FIXED	  88 /* 8 x 64 KiB, 16 x 16 KiB, 64 x 4 KiB: the first MiB */

struct mtrr_state {
	bool present;	    /* CPUID.1:EDX.MTRR */
	bool enabled;	    /* IA32_MTRR_DEF_TYPE.E; when off all memory is UC */
	bool fixed_enabled; /* .FE */
	u8 default_type;
	u8 nr_variable;
	struct {
		u64 base, mask; /* IA32_MTRR_PHYSBASEn, PHYSMASKn: raw */
	} variable[MTRR_MAX_VARIABLE];
	u8 fixed[MTRR_NR_FIXED];
	u8 phys_bits;
};

/* Type of the byte at pa; all bytes from pa to *ret_end have it. */
enum memtype mtrr_type(const struct mtrr_state *m, phys_addr_t pa, phys_addr_t *ret_end);
/* Does all of [start, end) have one type? */
bool mtrr_uniform(const struct mtrr_state *m, phys_addr_t start, phys_addr_t end);
/* Like mtrr_type(), but at *ret_end another type really begins, or it is `limit`. (Exception: it
 * may be lower if registers with holes in their masks cut memory into very many pieces.) */
enum memtype mtrr_type_range(const struct mtrr_state *m, phys_addr_t pa, phys_addr_t limit,
			     phys_addr_t *ret_end);
const char *memtype_name(enum memtype t);

/* ---- which register says so -------------------------------------------------------------- */

enum mtrr_kind {
	MTRR_NONE,     /* the CPU has no MTRRs: all memory counts as WB */
	MTRR_OFF,      /* they are disabled: all memory is UC (SDM vol. 3, 12.11.2.1) */
	MTRR_FIXED,    /* fixed range `nr` */
	MTRR_VARIABLE, /* variable register `nr` */
	MTRR_DEFAULT,  /* no register matches */
};
struct mtrr_source {
	enum memtype type;
	enum mtrr_kind kind;
	u8 nr;		/* if several match: the lowest one with the type that wins */
	u32 matching;	/* MTRR_VARIABLE: bit n for register n */
	bool undefined; /* the matching registers have types that must not be mixed: 12.11.4.1 */
};
/* The register that gives pa its type. */
void mtrr_source(const struct mtrr_state *m, phys_addr_t pa, struct mtrr_source *ret);
/* In words, such as "variable 2 of 0 2, UC wins". Returns buf. */
const char *mtrr_source_text(char *buf, size_t size, const struct mtrr_source *s);

/* First address, size in bytes and MSR of fixed range nr. */
void mtrr_fixed_range(u32 nr, phys_addr_t *ret_start, u64 *ret_size, u32 *ret_msr);
/* Base and size of a variable register. False: off, or with holes in its mask (*ret_size 0). */
bool mtrr_variable_range(const struct mtrr_state *m, u32 nr, phys_addr_t *ret_base, u64 *ret_size);

/* ---- page tables and PAT ----------------------------------------------------------------- */

#define PAT_AT_RESET 0x0007040600070406ULL /* SDM vol. 3, table 12-12 */

/* Type in entry `index` of IA32_PAT; -EINVAL: reserved encoding (12.12.2). */
int pat_type(u64 pat_msr, unsigned index);
/* Index of the first entry of IA32_PAT with this type; -1: there is none. */
int pat_index_of(u64 pat_msr, enum memtype type);
/* The PT_* flags that select this entry of IA32_PAT. */
u64 pat_flags(unsigned index);
/* Index of the PAT entry that an x86-64 page's entry selects by PWT, PCD, and PAT, which is bit 7
 * at level 0 and bit 12 above (12.12.3). */
unsigned pat_index(u64 entry, unsigned level);

/*
 * The type that the CPU uses for a page, from its MTRR type and its PAT type (SDM vol. 3, table
 * 12-7). *ret_undefined: older editions left this combination undefined.
 */
enum memtype memtype_combine(enum memtype mtrr, enum memtype pat, bool *ret_undefined);

struct memtype_effective {
	u8 pat_index;
	int pat; /* enum memtype, or -EINVAL */
	struct mtrr_source mtrr;
	enum memtype type; /* UC when the PAT entry is reserved */
	bool undefined;
};
/* Computes *ret for the byte at pa, mapped by this entry. */
void memtype_effective(const struct mtrr_state *m, u64 pat_msr, phys_addr_t pa, u64 entry,
		       unsigned level, struct memtype_effective *ret);

#endif
