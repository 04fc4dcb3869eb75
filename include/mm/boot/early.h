/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* For all layers during start-up: memory for descriptors, and the timing for `boottime`. */
#ifndef MM_BOOT_EARLY_H
#define MM_BOOT_EARLY_H

#include "mm/types.h"

struct mem_system;

/* Allocates memory for descriptors before there are pages, near node nid. It is not zeroed and
 * never freed. NULL: no memory. */
void *mm_early_alloc(struct mem_system *sys, u64 size, u64 align, int nid);

/* One step of start-up. */
struct mm_step {
	const char *name;
	u64 cycles;
	u64 bytes; /* that the step wrote, if it counts them */
};

#define MM_MAX_STEPS 16
struct mm_steps {
	bool running; /* the last step is not finished */
	u32 nr;
	struct mm_step step[MM_MAX_STEPS];
};

/* Starts a step. It ends when the next one starts, or at mm_steps_end(). */
void mm_step(struct mem_system *sys, const char *name);
/* Adds to the bytes of the running step, if there is one. */
void mm_step_bytes(struct mem_system *sys, u64 bytes);
void mm_steps_end(struct mem_system *sys);

#endif
