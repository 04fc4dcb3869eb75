/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Memory types: MTRRs as data, so that page sizes can be chosen and mappings explained on any
 * machine (Intel SDM vol. 3, 12.11). The registers are read by arch/.
 */
#ifndef MM_MEMTYPE_H
#define MM_MEMTYPE_H

#include "mm/types.h"

enum memtype {
	MEMTYPE_UC = 0,
	MEMTYPE_WC = 1,
	MEMTYPE_WT = 4,
	MEMTYPE_WP = 5,
	MEMTYPE_WB = 6,
	MEMTYPE_UC_MINUS = 7, /* PAT only */
};

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

/* Type of the byte at pa; *ret_end is the first address above that may have another type. */
enum memtype mtrr_type(const struct mtrr_state *m, phys_addr_t pa, phys_addr_t *ret_end);
/* Has all of [start, end) one type? */
bool mtrr_uniform(const struct mtrr_state *m, phys_addr_t start, phys_addr_t end);
const char *memtype_name(enum memtype t);

#endif
