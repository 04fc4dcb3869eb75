/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Page frames in the format of /proc/kpageflags (Linux 6.1: uapi/linux/kernel-page-flags.h). */
#ifndef MM_PAGE_KPAGEFLAGS_H
#define MM_PAGE_KPAGEFLAGS_H

#include "mm/types.h"

struct mem_system;

enum kpf {
	KPF_SLAB = 7,
	KPF_BUDDY = 10,
	KPF_COMPOUND_HEAD = 15,
	KPF_COMPOUND_TAIL = 16,
	KPF_NOPAGE = 20, /* a hole */
	KPF_PGTABLE = 26,
	KPF_RESERVED = 32, /* this and the following ones: for kernel developers only */
	KPF_BITS = 64
};
#define KPF_HACKERS (0xffffULL << 32)

/* "S:slab": the letter, a colon, the name. NULL: no such flag. */
const char *kpf_name(unsigned flag);

/* The flags of the page. *ret_nr: so many pages, this one included, are known to have the same. */
u64 kpageflags(const struct mem_system *sys, u64 pfn, u64 *ret_nr);
/* The number of frames in /proc/kpageflags: up to the end of the last section. */
u64 kpageflags_end(const struct mem_system *sys);

#endif
