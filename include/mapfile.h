/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Machines described by a text file: one record a line, words split by blanks, # begins a comment.
 * Addresses are hexadecimal with 0x, every end is exclusive.
 *
 *	kind efi|e820
 *	mem START END TYPE [FLAGS]	in firmware order
 *	e820 START END TYPE
 *	srat NODE START END [hotplug] [non-volatile]
 *	slit NODE D0 D1 ...
 *	cpu WORD...			la57 page1g nx, or no- before them; physN for N address bits
 *	note ..., expect ...		for tests: skipped here
 */
#ifndef MAPFILE_H
#define MAPFILE_H

#include "arch.h"
#include "mm/e820.h"
#include "mm/numa.h"

struct mapfile {
	char name[64];
	bool is_e820; /* kind */
	struct memmap memmap;    /* mem records of kind efi */
	struct e820_table e820;  /* mem records of kind e820, and e820 records */
	struct numa_info numa;
	u32 cpu_set, cpu_clear; /* bits as the parser has them */
	u8 phys_bits;           /* 0: not said */
};

/* 0; -EINVAL with "line N: what" in err: *ret is then half filled and not to be used. */
int mapfile_parse(const char *text, size_t len, struct mapfile *ret, char *err, size_t err_size);

/* What the cpu records say, on top of what *cpu has. */
void mapfile_apply_cpu(const struct mapfile *m, struct cpu_info *cpu);

#endif
