/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What ACPI says of nodes: memory affinity, CPUs, distances, and performance.
 *
 * Filled by the parsers of SRAT, SLIT, HMAT and MADT (mm/boot/acpi.h) or from a machine file;
 * checked against the memory map by numa_apply(). Node ids are given to proximity domains in the
 * order in which they are first seen, as Linux does: first by SRAT's enabled CPUs, then by its
 * enabled memory.
 */
#ifndef MM_BOOT_NUMA_H
#define MM_BOOT_NUMA_H

#include "mm/boot/memblock.h"

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
	int nid;      /* NUMA_NO_NODE: SRAT says nothing of it */
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
	u32 nr_nodes; /* 1 + highest node id; 0: nothing known, all is node 0 */
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

/* Nothing is known: no nodes, no ranges, no CPUs. */
void numa_init(struct numa_info *n);

/* Node id of a proximity domain, a new one if need be. -ENOSPC past MAX_NUMNODES. */
int numa_node_of_pxm(struct numa_info *n, u32 pxm);
/* The same without giving a new one: NUMA_NO_NODE when not known. */
int numa_find_pxm(const struct numa_info *n, u32 pxm);

/* 0; -EINVAL for empty ranges, -ENOSPC (counted in lost). */
int numa_add_range(struct numa_info *n, int nid, phys_addr_t start, phys_addr_t end, bool hotplug,
		   bool non_volatile);

/* The CPU with this APIC id, a new one if need be; NULL (counted in lost) when there is no room. */
struct numa_cpu *numa_cpu(struct numa_info *n, u32 apic_id);
void numa_set_cpu_node(struct numa_info *n, u32 apic_id, int nid);

/* Distance as the SLIT says; 10 for the node itself and 20 otherwise when it says nothing.
 * Both are in 0..MAX_NUMNODES - 1. */
u8 numa_distance(const struct numa_info *n, int from, int to);

enum numa_verdict {
	NUMA_NONE, /* no affinity known: one node holds all memory */
	NUMA_OK,
	NUMA_CONFLICT,	 /* ranges of different nodes overlap: all memory goes to node 0 */
	NUMA_INCOMPLETE, /* more than 1 MiB of RAM without a node: all memory goes to node 0 */
};

/*
 * Gives memblock's memory, which has no nodes yet, its nodes. Ranges count as far as there is RAM;
 * RAM in a hole between two ranges of one node is that node's. When ranges contradict each other or
 * leave more than 1 MiB of RAM without a node, all memory goes to node 0, as Linux falls back, and
 * the verdict says so; *ret_pa then is the lowest address concerned (else untouched). A smaller
 * rest goes to its neighbour. Hot-pluggable ranges get MEMBLOCK_HOTPLUG with NUMA_OK only; if SRAT
 * calls all RAM hot-pluggable, the node of the lowest RAM is spared.
 * Returns the verdict, or -ENOMEM from memblock; no memory has a node then.
 */
int numa_apply(struct numa_info *n, struct memblock *mb, phys_addr_t *ret_pa);
const char *numa_verdict_name(enum numa_verdict v);

#endif
