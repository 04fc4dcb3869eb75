/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The functions that an allocator of page frames defines for page.c. Frames are numbers and have no
 * memory; `cpu` is 0 or 1.
 */
#ifndef YARD_PAGE_H
#define YARD_PAGE_H

#include "yard.h"

#define YARD_NO_FRAME (~0ULL)

/* Frames 0 to nr - 1 are free; nr is a multiple of 4096. Metadata comes from yard_map(), so that
 * all allocators get the same kind of pages. Returns 0; another value: it cannot run. */
int yard_page_init(u64 nr);
/* 2^order frames, aligned. Returns the first, or YARD_NO_FRAME. */
u64 yard_page_alloc(u32 cpu, u32 order);
void yard_page_free(u32 cpu, u64 frame, u32 order);
/* Frees the frames in CPUs' lists, so that they can merge. */
void yard_page_drain(void);
/* The size of the metadata for all frames. */
u64 yard_page_metadata_bytes(void);

#endif
