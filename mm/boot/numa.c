/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Nodes from affinity: ids for domains, distances, and the check against real memory. */
#include "mm/numa.h"

#define ORPHANS_ALLOWED (1 * MiB)

void numa_init(struct numa_info *n)
{
	memset(n, 0, sizeof(*n));
}

int numa_find_pxm(const struct numa_info *n, u32 pxm)
{
	for (u32 nid = 0; nid < n->nr_nodes; nid++) {
		if (n->pxm_of_node[nid] == pxm)
			return (int)nid;
	}
	return NUMA_NO_NODE;
}

int numa_node_of_pxm(struct numa_info *n, u32 pxm)
{
	int nid = numa_find_pxm(n, pxm);

	if (nid != NUMA_NO_NODE)
		return nid;
	if (n->nr_nodes == MAX_NUMNODES)
		return -ENOSPC;
	n->pxm_of_node[n->nr_nodes] = pxm;
	return (int)n->nr_nodes++;
}

int numa_add_range(struct numa_info *n, int nid, phys_addr_t start, phys_addr_t end, bool hotplug,
		   bool non_volatile)
{
	if (start >= end || nid < 0 || nid >= MAX_NUMNODES)
		return -EINVAL;
	if (n->nr_ranges == NUMA_MAX_RANGES) {
		n->lost++;
		return -ENOSPC;
	}
	n->ranges[n->nr_ranges++] = (struct numa_range){start, end, nid, hotplug, non_volatile};
	n->nr_nodes = max(n->nr_nodes, (u32)nid + 1);
	return 0;
}

struct numa_cpu *numa_cpu(struct numa_info *n, u32 apic_id)
{
	for (u32 i = 0; i < n->nr_cpus; i++) {
		if (n->cpus[i].apic_id == apic_id)
			return &n->cpus[i];
	}
	if (n->nr_cpus == NUMA_MAX_CPUS) {
		n->lost++;
		return NULL;
	}
	n->cpus[n->nr_cpus] = (struct numa_cpu){.apic_id = apic_id, .nid = NUMA_NO_NODE};
	return &n->cpus[n->nr_cpus++];
}

void numa_set_cpu_node(struct numa_info *n, u32 apic_id, int nid)
{
	struct numa_cpu *cpu = numa_cpu(n, apic_id);

	if (cpu)
		cpu->nid = nid;
}

u8 numa_distance(const struct numa_info *n, int from, int to)
{
	if (n->have_slit && n->distance[from][to])
		return n->distance[from][to];
	return from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
}

const char *numa_verdict_name(enum numa_verdict v)
{
	switch (v) {
	case NUMA_NONE:
		return "no affinity known: one node holds all memory";
	case NUMA_OK:
		return "consistent with the memory map";
	case NUMA_CONFLICT:
		return "ranges of different nodes overlap: all memory goes to node 0";
	case NUMA_INCOMPLETE:
		return "RAM without a node: all memory goes to node 0";
	}
	return "?";
}

/* ---- applying ----------------------------------------------------------------------------------- */

static bool find_conflict(const struct numa_info *n, phys_addr_t *ret_pa)
{
	for (u32 i = 0; i < n->nr_ranges; i++) {
		for (u32 j = 0; j < i; j++) {
			const struct numa_range *a = &n->ranges[i], *b = &n->ranges[j];

			if (a->nid != b->nid && a->start < b->end && b->start < a->end) {
				*ret_pa = max(a->start, b->start);
				return true;
			}
		}
	}
	return false;
}

static int set_all(struct memblock *mb, int nid)
{
	return memblock_set_node(mb, 0, ~0ULL, nid);
}

static int set_nodes(const struct numa_info *n, struct memblock *mb)
{
	for (u32 i = 0; i < n->nr_ranges; i++) {
		const struct numa_range *r = &n->ranges[i];
		u64 size = r->end - r->start;
		int err = memblock_set_node(mb, r->start, size, r->nid);

		if (!err && r->hotplug)
			err = memblock_change_flags(mb, r->start, size, MEMBLOCK_HOTPLUG, 0);
		if (err)
			return err;
	}
	return 0;
}

/* Bytes of RAM without a node; the first such address. Small leftovers get their neighbour's. */
static u64 orphans(const struct memblock *mb, phys_addr_t *ret_pa)
{
	u64 bytes = 0;

	for (u32 i = mb->memory.cnt; i-- > 0;) {
		if (mb->memory.regions[i].nid != NUMA_NO_NODE)
			continue;
		bytes += mb->memory.regions[i].size;
		*ret_pa = mb->memory.regions[i].base;
	}
	return bytes;
}

static int adopt_orphans(struct memblock *mb)
{
	for (u32 i = 0; i < mb->memory.cnt;) {
		struct memblock_region *r = &mb->memory.regions[i];
		int err;

		if (r->nid != NUMA_NO_NODE) {
			i++;
			continue;
		}
		err = memblock_set_node(mb, r->base, r->size, i ? r[-1].nid : 0);
		if (err)
			return err;
		i = 0; /* regions may have merged */
	}
	return 0;
}

int numa_apply(struct numa_info *n, struct memblock *mb, phys_addr_t *ret_pa)
{
	enum numa_verdict verdict = NUMA_OK;
	int err;

	if (!n->nr_ranges)
		verdict = NUMA_NONE;
	else if (find_conflict(n, ret_pa))
		verdict = NUMA_CONFLICT;
	if (verdict == NUMA_OK) {
		err = set_nodes(n, mb);
		if (err)
			return err;
		if (orphans(mb, ret_pa) > ORPHANS_ALLOWED)
			verdict = NUMA_INCOMPLETE;
	}
	err = verdict == NUMA_OK ? adopt_orphans(mb) : set_all(mb, 0);
	return err ? err : (int)verdict;
}
