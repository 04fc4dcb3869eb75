/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What every layer needs while it starts: memory for descriptors, and the clock of `boottime`. */
#ifndef MM_BOOT_EARLY_H
#define MM_BOOT_EARLY_H

#include "mm/types.h"

struct mem_system;

/* Bytes for descriptors before there are pages, near node nid; they hold anything and are never
 * given back. NULL: no memory. */
void *mm_early_alloc(struct mem_system *sys, u64 size, u64 align, int nid);

/* One step of start-up. */
struct mm_step {
	const char *name;
	u64 cycles;
	u64 bytes; /* written by the step, as far as it knows */
};

#define MM_MAX_STEPS 16
struct mm_steps {
	bool running; /* the last one */
	u32 nr;
	struct mm_step step[MM_MAX_STEPS];
};

/* Starts a step: its ticks run until the next one starts or mm_steps_end(). */
void mm_step(struct mem_system *sys, const char *name);
/* Adds to what the running step has written; nothing while none runs. */
void mm_step_bytes(struct mem_system *sys, u64 bytes);
void mm_steps_end(struct mem_system *sys);

#endif
