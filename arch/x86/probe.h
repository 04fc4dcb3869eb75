/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Layout for probe.S and probe.c: pages of the probe, from the start of its slot. */
#ifndef ARCH_X86_PROBE_H
#define ARCH_X86_PROBE_H

#define PROBE_CODE   0x0000 /* supervisor, executable */
#define PROBE_USER   0x1000 /* for users, executable */
#define PROBE_DATA   0x2000 /* struct probe_data */
#define PROBE_STACK  0x3000 /* one page; exceptions use it too */
#define PROBE_TABLES 0x4000 /* the path's tables, by level: 5 pages */
#define PROBE_STEPS  0x9000 /* raw steps: 4 pages */
#define PROBE_PAGES  13

/* struct probe_data, by offset */
#define D_RSP	    0
#define D_RFLAGS    8
#define D_CR0	    16
#define D_CR3	    24
#define D_CR4	    32
#define D_EFER	    40
#define D_NEW_CR0   48
#define D_NEW_CR3   56
#define D_NEW_CR4   64
#define D_NEW_EFER  72
#define D_NEW_FLAGS 80
#define D_PKRU	    88 /* new values; afterwards set to 0 */
#define D_PKRS	    96
#define D_HAVE_PKS  104
#define D_OLD_GDTR  112 /* 10 bytes each, 6 unused */
#define D_OLD_IDTR  128
#define D_GDTR	    144
#define D_IDTR	    160
#define D_GDT	    192 /* null, code, data, TSS (2), user data, user code */
#define D_TSS	    256 /* 104 bytes */
#define D_IDT	    512 /* 32 gates */

#define PROBE_USER_DS 0x2b
#define PROBE_USER_CS 0x33

/* A raw step: 48 bytes */
#define S_OP	 0
#define S_ADDR	 8
#define S_VALUE	 16
#define S_VECTOR 24
#define S_ERROR	 32
#define S_CR2	 40
#define S_SIZE	 48

#define RAW_END	      0
#define RAW_STORE     1 /* value to addr */
#define RAW_INVLPG    2
#define RAW_LOAD      3 /* value from addr */
#define RAW_READ      4 /* 5 write, 6 execute */
#define RAW_USER_READ 7
#define RAW_DONE      0x100 /* the vector when there was no trap */

#endif
