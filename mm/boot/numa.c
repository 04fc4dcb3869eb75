/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Nodes from affinity: ids of domains, distances, and the check against real memory. */
#include "mm/boot/numa.h"

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
	for (; n->nr_nodes <= (u32)nid; n->nr_nodes++) /* nodes without an entry */
		n->pxm_of_node[n->nr_nodes] = n->nr_nodes;
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
	ASSERT(from >= 0 && from < MAX_NUMNODES, "from %d", from);
	ASSERT(to >= 0 && to < MAX_NUMNODES, "to %d", to);
	if (n->have_slit && n->distance[from][to])
		return n->distance[from][to];
	return from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
}

void numa_judge_distances(struct numa_info *n)
{
	bool sane = true;

	for (int from = 0; from < MAX_NUMNODES; from++) {
		for (int to = 0; to < MAX_NUMNODES; to++)
			sane &= numa_distance_sane(from == to, numa_distance(n, from, to));
	}
	if (sane)
		return;
	n->have_slit = false;
	memset(n->distance, 0, sizeof(n->distance));
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

/* ---- applying ---------------------------------------------------------------------------- */

static bool has_ram(const struct memblock *mb, const struct numa_range *r)
{
	return memblock_overlaps(&mb->memory, r->start, r->end - r->start);
}

/* The lowest address that ranges of two nodes share. Ranges without RAM, and parts above all RAM,
 * do not count. */
static bool find_conflict(const struct numa_info *n, const struct memblock *mb, phys_addr_t *ret_pa)
{
	phys_addr_t dram_end = memblock_end_of_dram(mb), lowest = ~0ULL;

	for (u32 i = 0; i < n->nr_ranges; i++) {
		for (u32 j = 0; j < i; j++) {
			const struct numa_range *a = &n->ranges[i], *b = &n->ranges[j];
			phys_addr_t start = max(a->start, b->start);

			if (a->nid != b->nid && start < min(a->end, b->end) && start < dram_end &&
			    start < lowest && has_ram(mb, a) && has_ram(mb, b))
				lowest = start;
		}
	}
	if (lowest == ~0ULL)
		return false;
	*ret_pa = lowest;
	return true;
}

static int set_all(struct memblock *mb, int nid)
{
	return memblock_set_node(mb, 0, ~0ULL, nid);
}

static int set_nodes(const struct numa_info *n, struct memblock *mb)
{
	for (u32 i = 0; i < n->nr_ranges; i++) {
		const struct numa_range *r = &n->ranges[i];
		int err = memblock_set_node(mb, r->start, r->end - r->start, r->nid);

		if (err)
			return err;
	}
	return 0;
}

static int set_hotplug(const struct numa_info *n, struct memblock *mb)
{
	int err = 0;

	for (u32 i = 0; !err && i < n->nr_ranges; i++) {
		const struct numa_range *r = &n->ranges[i];

		if (r->hotplug)
			err = memblock_change_flags(mb, r->start, r->end - r->start,
						    MEMBLOCK_HOTPLUG, 0);
	}
	return err;
}

/* Returns the bytes of RAM without a node; *ret_pa is the lowest such address. */
static u64 count_orphans(const struct memblock *mb, phys_addr_t *ret_pa)
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

/*
 * RAM without a node gets the node of the RAM on both sides, if that is the same: Linux joins a
 * node's ranges across holes in which no other node has memory. With `all`, the rest gets the node
 * of the neighbour below, else above, else node 0.
 */
static int adopt_orphans(struct memblock *mb, bool all)
{
	const struct memblock_type *memory = &mb->memory;
	const struct memblock_region *r = memory->regions;

	for (u32 i = 0, end; i < memory->cnt; i = end) {
		int below, above, heir, err;

		for (end = i; end < memory->cnt && r[end].nid == NUMA_NO_NODE;)
			end++;
		if (end == i) {
			end++;
			continue;
		}
		below = i ? r[i - 1].nid : NUMA_NO_NODE;
		above = end < memory->cnt ? r[end].nid : NUMA_NO_NODE;
		heir = below != NUMA_NO_NODE ? below : max(above, 0);
		if (!all && (below != above || below == NUMA_NO_NODE))
			continue;
		err = memblock_set_node(mb, r[i].base,
					r[end - 1].base + r[end - 1].size - r[i].base, heir);
		if (err)
			return err;
		end = i; /* regions have merged, perhaps */
	}
	return 0;
}

/* NUMA_OK; NUMA_INCOMPLETE with *ret_pa; -ENOMEM: no node is set. */
static int apply_ranges(const struct numa_info *n, struct memblock *mb, phys_addr_t *ret_pa)
{
	phys_addr_t pa = 0;
	int err = set_nodes(n, mb);

	if (!err)
		err = adopt_orphans(mb, false);
	if (!err && count_orphans(mb, &pa) > ORPHANS_ALLOWED) {
		*ret_pa = pa;
		return NUMA_INCOMPLETE;
	}
	if (!err)
		err = adopt_orphans(mb, true);
	if (!err)
		err = set_hotplug(n, mb);
	if (err)
		set_all(mb, NUMA_NO_NODE);
	return err ? err : NUMA_OK;
}

int numa_apply(struct numa_info *n, struct memblock *mb, phys_addr_t *ret_pa)
{
	int verdict, err;

	if (!n->nr_ranges)
		verdict = NUMA_NONE;
	else if (find_conflict(n, mb, ret_pa))
		verdict = NUMA_CONFLICT;
	else
		verdict = apply_ranges(n, mb, ret_pa);
	if (verdict < 0 || verdict == NUMA_OK)
		return verdict;
	err = set_all(mb, 0);
	return err ? err : verdict;
}

/* ---- nodes that cannot be removed -------------------------------------------------------- */

/* Does Linux keep something there that it cannot move: itself, its initrd, boot services? */
static bool is_kept(const struct mem_desc *d)
{
	return mem_type_is_ram(d->type) && d->type != MEM_CONVENTIONAL;
}

static u64 nodes_of(const struct memblock *mb, phys_addr_t start, phys_addr_t end)
{
	u64 nodes = 0;

	for (u32 i = 0; i < mb->memory.cnt; i++) {
		const struct memblock_region *r = &mb->memory.regions[i];

		if (r->base < end && r->base + r->size > start && r->nid != NUMA_NO_NODE)
			nodes |= 1ULL << r->nid;
	}
	return nodes;
}

int numa_clear_kernel_hotplug(struct memblock *mb, const struct memmap *map)
{
	u64 kernel = nodes_of(mb, 0, MiB);
	int err = 0;

	for (u32 i = 0; i < map->nr; i++) {
		if (is_kept(&map->desc[i]))
			kernel |= nodes_of(mb, map->desc[i].start, mem_desc_end(&map->desc[i]));
	}
	for (u32 i = 0; !err && i < mb->memory.cnt; i++) {
		const struct memblock_region *r = &mb->memory.regions[i];

		if (!(r->flags & MEMBLOCK_HOTPLUG) || r->nid == NUMA_NO_NODE ||
		    !(kernel >> r->nid & 1))
			continue;
		err = memblock_change_flags(mb, r->base, r->size, 0, MEMBLOCK_HOTPLUG);
		i -= min(i, 1u); /* it may have merged with the one before */
	}
	return err;
}
