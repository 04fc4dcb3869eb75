/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Asking the CPU: accesses to a throw-away tree of tables that has one path, and what came of them.
 *
 * Whatever the entries are, the machine survives: the tree holds copies of the path's entries and
 * the pages that run the probe, nothing else, and the page that is reached is always one of ours.
 * Exceptions end in the probe's own descriptor tables. Works in our world, with its levels.
 */
#ifndef ARCH_PROBE_H
#define ARCH_PROBE_H

#include "mm/pgtable/access.h"
#include "mm/system.h"

/* One thing to do. Entries are named by level, as they are read on the way to the address. */
enum probe_op {
	PROBE_END,
	PROBE_STORE,  /* value into the entry of `level`; its address bits are chosen by us */
	PROBE_INVLPG, /* the CPU forgets the address */
	PROBE_ACCESS, /* kind and user; what came of it is filled in */
	PROBE_LOAD,   /* value = the entry of `level`, as it is now */
	PROBE_FRAME,  /* the page reached is our first (value 0) or our second (1) frame; its entry
		       * is stored again, with all other bits of the last PROBE_STORE */
};

#define PROBE_MAX_STEPS 256

struct probe_step {
	u8 op;
	u8 level;
	u8 kind; /* enum access_kind: read, write or execute */
	bool user;
	u64 value;
	/* what came of an access: vector 0 when it went through */
	u8 vector;
	u8 data; /* the byte that a read got */
	u32 error;
	u64 cr2;
};

/* The two frames hold these bytes; the first one is also executed (INT3). */
#define PROBE_BYTE_0 0xcc
#define PROBE_BYTE_1 0x42

struct probe_setup {
	u64 va;
	u8 page_level;	       /* of the page that is tried: 0, 1 or 2 */
	struct access_cpu cpu; /* as the control bits are to be; only what the CPU has */
};

/* What the probe can set here: as `ret` in its widest form. -ENODEV: there is no CPU to ask. */
int arch_probe_features(struct access_cpu *ret);

/*
 * Does the steps in order; *ret_va is the address that was used: in the same page of whatever size
 * as setup->va, but where our frame is (the same entries translate both). Entries of levels without
 * a PROBE_STORE are absent. cpu.levels may be fewer than the CPU uses: the others forbid nothing
 * then. The first call takes pages, which stay taken. 0; -ENOMEM, -ENODEV; -EINVAL: a step makes no
 * sense, or would map a page above page_level.
 */
int arch_probe(struct mem_system *sys, const struct probe_setup *setup, struct probe_step *steps,
	       u32 nr, u64 *ret_va);

#endif
