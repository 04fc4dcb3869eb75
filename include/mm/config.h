/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the caller tells a memory system before it starts; mm/ only reads it. */
#ifndef MM_CONFIG_H
#define MM_CONFIG_H

#include "mm/boot/device.h"
#include "mm/boot/memblock.h"
#include "mm/boot/numa.h"
#include "mm/page/memmodel.h"
#include "mm/page/page_alloc.h"
#include "mm/pgtable/build.h"
#include "mm/slab/slab_debug.h"

struct mm_config {
	struct numa_info *numa;
	const struct mtrr_state *mtrr; /* NULL: all memory has one type */
	u64 pat;		       /* IA32_PAT while our tables are used; 0: as after reset */
	struct memblock *metadata; /* descriptors lie there; NULL: in the system's own memblock */
	struct pt_layout layout;
	enum memmodel model;
	u32 nr_cpus; /* that will use the allocators; 0 means 1 */
	int cpu_nid[MAX_CPUS];
	struct page_options page_options;
	struct slab_options slab_options;
	u32 nr_devices;
	struct device_range devices[MAX_DEVICE_RANGES];
};

#endif
