/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A machine's memory on a workstation. Physical memory is a sparse memory file: address pa is byte
 * pa of it. Three windows show it: the direct one (RAM only, at an offset that is never zero), and
 * those of vmemmap and vmalloc, which follow what the page tables say (arch_pt_changed).
 */
#ifndef ARCH_HOST_H
#define ARCH_HOST_H

#include "mm/system.h"

struct host_memory {
	struct mem_system *sys;
	int fd;
	u8 *direct, *vmemmap, *vmalloc;
	u64 direct_size, vmemmap_size, vmalloc_size;
	struct host_memory *next;
};

/* Highest physical address (exclusive) that a simulated machine may have. */
#define HOST_MAX_PHYS (64 * TiB)

/*
 * Windows and file for sys->memblock.memory; sets phys_offset, vmemmap_offset and vmalloc_offset.
 * sys->given.layout must be set. 0; -E2BIG beyond HOST_MAX_PHYS; -ENOMEM when the host refuses.
 */
int host_memory_new(struct host_memory *hm, struct mem_system *sys);
void host_memory_free(struct host_memory *hm);

/* From now on a wild access inside arch_guarded() ends it, instead of killing the program. */
void host_catch_faults(void);

#endif
