/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Would this access fault, at which level, for which bit, with which error code? A model of the
 * checks of an x86-64 CPU (Intel SDM vol. 3, 4.5 to 4.8) on given entries; no access is made.
 */
#ifndef MM_PGTABLE_ACCESS_H
#define MM_PGTABLE_ACCESS_H

#include "mm/pgtable/pgtable.h"

enum access_kind {
	ACCESS_READ,
	ACCESS_WRITE,
	ACCESS_EXEC,
	ACCESS_SS_READ, /* shadow-stack accesses: vol. 1, chapter 17 */
	ACCESS_SS_WRITE,
};
#define ACCESS_KINDS 5

/* The control bits that the checks use. */
struct access_cpu {
	u8 levels, phys_bits;
	bool page1g;		   /* CPUID: PDPTEs may map pages */
	bool wp;		   /* CR0.WP */
	bool nxe;		   /* EFER.NXE */
	bool smep, smap, pke, pks; /* CR4 */
	bool ac;		   /* RFLAGS.AC */
	bool cet_ss;		   /* CR4.CET and SH_STK_EN */
	u32 pkru, pkrs;		   /* two bits a key: access disable, write disable */
};

enum access_why {
	ACCESS_OK,
	ACCESS_NOT_CANONICAL,
	ACCESS_UNREADABLE, /* a table is outside memory: the result on a CPU is unknown */
	ACCESS_NOT_PRESENT,
	ACCESS_RESERVED, /* reserved bits are set */
	ACCESS_NO_USER,	 /* user access, U/S is 0 */
	ACCESS_NO_WRITE, /* R/W is 0 */
	ACCESS_NO_EXEC,	 /* XD is 1 */
	ACCESS_SMEP,	 /* supervisor fetch from a user page */
	ACCESS_SMAP,	 /* supervisor data access to a user page */
	ACCESS_PKEY,	 /* the page's protection key */
	ACCESS_NOT_SS,	 /* shadow-stack access to another page */
	ACCESS_NR_WHY,
};

#define PF_P	(1u << 0) /* error code of #PF: 4.7 */
#define PF_W	(1u << 1)
#define PF_U	(1u << 2)
#define PF_RSVD (1u << 3)
#define PF_I	(1u << 4)
#define PF_PK	(1u << 5)
#define PF_SS	(1u << 6)

struct access_result {
	bool faults;
	u8 vector; /* 13 #GP, 14 #PF; 0: no fault */
	u32 error;
	u8 why;		  /* enum access_why */
	u8 level;	  /* of the entry that decides; of the page if no fault */
	u64 bits;	  /* the bits of that entry that decide */
	phys_addr_t phys; /* if no fault */
	bool sets_dirty;  /* in the page's entry; all entries become accessed */
};

/* entry[]: the nr entries that the walk read, from the top; cpu->levels gives their levels. */
void access_check(const u64 *entry, u32 nr, u64 va, const struct access_cpu *cpu,
		  enum access_kind kind, bool user, struct access_result *ret);
/* The same for an address in an x86-64 tree. */
void access_check_va(const struct pgtable *pt, u64 va, const struct access_cpu *cpu,
		     enum access_kind kind, bool user, struct access_result *ret);

const char *access_kind_name(enum access_kind kind); /* "read", "shadow-stack write" */
/* "PDE bit 1 (R/W) is 0 ...", with the manual's section. Returns the length. */
int access_why_text(char *buf, size_t size, const struct access_cpu *cpu,
		    const struct access_result *r);

#endif
