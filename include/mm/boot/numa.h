/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * NUMA nodes from ACPI: memory affinity, CPUs, distances, and performance.
 *
 * Filled by the parsers of SRAT, SLIT, HMAT and MADT (mm/boot/acpi.h) or from a machine file;
 * checked against the memory map by numa_apply(). Proximity domains get node ids in the order in
 * which they first appear, as in Linux: first in SRAT's enabled CPUs, then in its enabled memory.
 */
#ifndef MM_BOOT_NUMA_H
#define MM_BOOT_NUMA_H

#include "mm/boot/memblock.h"
#include "mm/boot/memmap.h"

#define NUMA_MAX_RANGES 512
#define NUMA_MAX_CPUS	1024
#define NUMA_MAX_PERF	1024
#define LOCAL_DISTANCE	10 /* ACPI 6.5, 5.2.17: SLIT */
#define REMOTE_DISTANCE 20

struct numa_range {
	phys_addr_t start, end;
	int nid;
	bool hotplug, non_volatile; /* SRAT memory affinity flags, ACPI 6.5, 5.2.16.2 */
};

struct numa_cpu {
	u32 apic_id;
	u32 acpi_uid;
	int nid;      /* NUMA_NO_NODE: not in the SRAT */
	bool enabled; /* MADT flags bit 0 */
	bool online_capable;
};

/* HMAT: latency (picoseconds) or bandwidth (MiB/s) from an initiator to a target domain. */
struct numa_perf {
	u32 initiator_pxm, target_pxm;
	u8 data_type; /* ACPI 6.5, table 5.146: 0..2 latency, 3..5 bandwidth */
	u8 hierarchy; /* 0 = memory */
	u64 value;
};

struct numa_info {
	u32 nr_nodes; /* 1 + highest node id; 0: no information, all is node 0 */
	u32 pxm_of_node[MAX_NUMNODES];

	u32 nr_ranges;
	struct numa_range ranges[NUMA_MAX_RANGES];
	u32 nr_cpus;
	struct numa_cpu cpus[NUMA_MAX_CPUS];
	bool have_slit;
	u8 distance[MAX_NUMNODES][MAX_NUMNODES];
	u32 nr_perf;
	struct numa_perf perf[NUMA_MAX_PERF];
	u32 lost; /* entries that did not fit */
};

/* Starts with no nodes, no ranges and no CPUs. */
void numa_init(struct numa_info *n);

/* Node id of a proximity domain, a new id if it has none. -ENOSPC: MAX_NUMNODES are used. */
int numa_node_of_pxm(struct numa_info *n, u32 pxm);
/* The same without new ids: NUMA_NO_NODE when the domain has none. */
int numa_find_pxm(const struct numa_info *n, u32 pxm);

/* 0; -EINVAL: empty range; -ENOSPC: no room, counted in n->lost. */
int numa_add_range(struct numa_info *n, int nid, phys_addr_t start, phys_addr_t end, bool hotplug,
		   bool non_volatile);

/* The CPU with this APIC id, added if it is new. NULL: no room, counted in n->lost. */
struct numa_cpu *numa_cpu(struct numa_info *n, u32 apic_id);
void numa_set_cpu_node(struct numa_info *n, u32 apic_id, int nid);

/* Linux's rule (slit_valid()): 10 to the node itself, more to others. */
static inline bool numa_distance_sane(bool itself, u8 distance)
{
	return itself ? distance == LOCAL_DISTANCE : distance > LOCAL_DISTANCE;
}
/* Forgets all distances when one of them is not sane. */
void numa_judge_distances(struct numa_info *n);
/* Distance from the SLIT; without one 10 to the node itself and 20 to others. Node ids are in
 * 0..MAX_NUMNODES - 1. */
u8 numa_distance(const struct numa_info *n, int from, int to);

enum numa_verdict {
	NUMA_NONE, /* no affinity information: all memory is in one node */
	NUMA_OK,
	NUMA_CONFLICT,	 /* ranges of different nodes overlap: all memory goes to node 0 */
	NUMA_INCOMPLETE, /* more than 1 MiB of RAM without a node: all memory goes to node 0 */
};

/*
 * Sets the nodes of memblock's memory, which has none yet. Only the part of a range that is RAM
 * counts; RAM in a hole between two ranges of a node belongs to that node. If ranges contradict
 * each other, or leave more than 1 MiB of RAM without a node, all memory goes to node 0 as in
 * Linux; the verdict says so, and *ret_pa is the lowest address concerned (else unchanged). Less
 * RAM without a node goes to its neighbour's. Hot-pluggable ranges get MEMBLOCK_HOTPLUG only with
 * NUMA_OK.
 * Returns the verdict; -ENOMEM from memblock: no memory has a node.
 */
int numa_apply(struct numa_info *n, struct memblock *mb, phys_addr_t *ret_pa);
/*
 * Takes MEMBLOCK_HOTPLUG from all memory of each node in which the kernel keeps something: the
 * first MiB, the loader's memory, the boot services'. They cannot be removed (Linux's
 * numa_clear_kernel_node_hotplug()). 0 or -ENOMEM.
 */
int numa_clear_kernel_hotplug(struct memblock *mb, const struct memmap *map);
const char *numa_verdict_name(enum numa_verdict v);

#endif
