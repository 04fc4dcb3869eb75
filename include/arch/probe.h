/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Asking the CPU: accesses through a temporary tree of tables with a single path, and their
 * results.
 *
 * The machine survives whatever the entries are: the tree holds only copies of the path's entries
 * and the pages that run the probe, and the page at the end is always one of ours. The probe has
 * its own descriptor tables for exceptions. It works in our world, with as many levels as that has.
 */
#ifndef ARCH_PROBE_H
#define ARCH_PROBE_H

#include "mm/pgtable/access.h"
#include "mm/system.h"

/* One operation. An entry is named by its level on the path to the address. */
enum probe_op {
	PROBE_END,
	PROBE_STORE,  /* write value to the entry of `level`; we choose the address bits */
	PROBE_INVLPG, /* flush the address from the TLB */
	PROBE_ACCESS, /* access as kind and user say; the result is filled in */
	PROBE_LOAD,   /* value = the present value of the entry of `level` */
	PROBE_FRAME,  /* store the page's entry again with the same other bits, but for our first
		       * (value 0) or second (value 1) frame */
};

#define PROBE_MAX_STEPS 256

struct probe_step {
	u8 op;
	u8 level;
	u8 kind; /* enum access_kind: read, write or execute */
	bool user;
	u64 value;
	/* the result of an access: vector 0 means no exception */
	u8 vector;
	u8 data; /* the byte that was read */
	u32 error;
	u64 cr2;
};

/* The two frames hold these bytes; the first one is also executed (INT3). */
#define PROBE_BYTE_0 0xcc
#define PROBE_BYTE_1 0x42

struct probe_setup {
	u64 va;
	u8 page_level;	       /* of the page at the end: 0, 1 or 2 */
	struct access_cpu cpu; /* wanted control bits; the CPU must have them */
};

/* Sets in *ret all that the probe can turn on here. 0; -ENODEV: there is no CPU to ask. */
int arch_probe_features(struct access_cpu *ret);

/*
 * Does the steps in order. *ret_va is the address that was accessed: it is in the same (large) page
 * as setup->va, at the place of our frame in it, so the same entries translate both. Entries of
 * levels without a PROBE_STORE are not present. cpu.levels may be fewer than the CPU uses: the
 * upper levels then allow everything. The first call allocates pages and keeps them. 0; -ENOMEM;
 * -ENODEV; -EINVAL: a step makes no sense, or would map a page above page_level.
 */
int arch_probe(struct mem_system *sys, const struct probe_setup *setup, struct probe_step *steps,
	       u32 nr, u64 *ret_va);

#endif
