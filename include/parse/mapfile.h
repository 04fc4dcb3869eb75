/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Machines described by a text file: one record a line, words split by blanks, # begins a comment.
 * Addresses are hexadecimal with 0x, every end is exclusive. A word that is not known is an error.
 *
 *	kind efi|e820			first record; efi when there is none
 *	mem START END TYPE [FLAGS]	in firmware order; `kind` chooses the names of types
 *	e820 START END TYPE		a second view of the same machine
 *	srat NODE START END [hotplug] [non-volatile]
 *	slit NODE D0 D1 ...
 *	cpu WORD...			la57 page1g nx, or no- before them; physN for N address bits
 *	mtrr default TYPE		TYPE is UC WC WT WP WB; without mtrr records there are none
 *	mtrr START END TYPE		one variable MTRR: a power of two bytes, aligned to its size
 *	note ..., expect ...		for tests: skipped here
 *
 * EFI types are UEFI's names without "Efi" and "Memory" (Conventional, BootData, AcpiNvs ... or
 * Type<N>), flags RUN SP NV MR RO UCE XP RP WP WB WT WC UC CPUC HP joined by commas, or attr=0x...,
 * or -. e820 types: usable reserved acpi-data acpi-nvs unusable type20 pmem pram soft-reserved
 * unaccepted other-<text>. A line "# machine: NAME" gives the name.
 */
#ifndef PARSE_MAPFILE_H
#define PARSE_MAPFILE_H

#include "arch.h"
#include "mm/boot/e820.h"
#include "mm/boot/numa.h"

struct mapfile {
	char name[64];
	bool is_e820;		/* kind */
	struct memmap memmap;	/* mem records of kind efi */
	struct e820_table e820; /* mem records of kind e820, and e820 records */
	struct numa_info numa;
	u32 cpu_set, cpu_clear; /* the parser's own bits */
	u8 phys_bits;		/* 0: not given */
	struct mtrr_state mtrr; /* .present when there are mtrr records */
};

/* 0; -EINVAL with "line N: what" in err: *ret must not be used then. */
int mapfile_parse(const char *text, size_t len, struct mapfile *ret, char *err, size_t err_size);

/* Changes *cpu as the cpu records say. */
void mapfile_apply_cpu(const struct mapfile *m, struct cpu_info *cpu);

/* The words of mem records: EFI types by number; flags, the last of which is never written. */
extern const char *const mapfile_types[NR_MEM_TYPES];
#define MAPFILE_NR_FLAGS 16
struct mapfile_flag {
	const char *name;
	u64 bit;
};
extern const struct mapfile_flag mapfile_flags[MAPFILE_NR_FLAGS];

/*
 * Writes a machine in the form that mapfile_parse() reads, one line per call of fn. What the form
 * does not have becomes a comment: ranges beyond the address space, fixed MTRRs, variable MTRRs
 * with holes in their masks or reserved types. cpu and numa may be NULL. Returns fn's value if not
 * 0.
 */
int mapfile_write(const char *name, const struct memmap *map, const struct numa_info *numa,
		  const struct cpu_info *cpu, int (*fn)(void *ctx, const char *s, size_t n),
		  void *ctx);

#endif
