/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* For the files of this folder only, C and assembly. */
#ifndef ARCH_X86_X86_H
#define ARCH_X86_X86_H

/* Selectors in our GDT. */
#define OUR_CS 0x08
#define OUR_DS 0x10
#define OUR_TR 0x18

/* In the first half of a descriptor (SDM vol. 3, 3.4.5 and 7.2.3): present, system, type. */
#define DESCRIPTOR_KIND (0x9fULL << 40)
#define DESCRIPTOR_TSS	(0x89ULL << 40) /* 64-bit, available */
#define TSS_BUSY	(0x02ULL << 40)

/* The low pages: page 0 has the stub's code, page 1 its data; then its small page tables. */
#define LOW_DATA   0x1000
#define LOW_TABLES 0x2000 /* PML5, PML4, PDPT, PD, PT */

/* Fields of the data page, by offset. */
#define LA57_RSP      0
#define LA57_CR3      8	 /* final value */
#define LA57_CR4      16 /* final value, with the new LA57 */
#define LA57_ROOT_NOW 24 /* root of the small tables for the present levels */
#define LA57_ROOT_NEW 32 /* and for the new levels */
#define LA57_GDTR     40 /* 10 bytes, 6 unused */
#define LA57_FAR32    56 /* far pointers: offset, selector */
#define LA57_FAR64    64
#define LA57_GDT      128 /* null, 64-bit code, 32-bit code, data */

#define LA57_CS64 0x08
#define LA57_CS32 0x10
#define LA57_DS	  0x18

#ifndef __ASSEMBLER__
#include "arch/x86.h"
#include "regs.h"
#endif

#endif
