/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The first byte chooses the parser of an ACPI table; the rest is the table. Then the result is
 * applied to the memory of a small machine. */
#include <stddef.h>
#include <stdint.h>

#include "mm/boot/acpi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REGIONS 16

/* RAM with holes, and so few regions that perhaps not all nodes have room. */
static void apply(struct numa_info *n)
{
	static struct memblock_region memory[REGIONS], reserved[REGIONS];
	struct memblock mb;
	phys_addr_t pa;
	u64 ram;
	int verdict;

	memblock_init(&mb, memory, reserved, REGIONS);
	memblock_add(&mb, 0x1000, 0x9f000, NUMA_NO_NODE, 0);
	memblock_add(&mb, MiB, 2 * GiB, NUMA_NO_NODE, 0);
	memblock_add(&mb, 4 * GiB, TiB, NUMA_NO_NODE, 0);
	ram = mb.memory.total_size;
	verdict = numa_apply(n, &mb, &pa);
	ASSERT(verdict == -ENOMEM || (verdict >= NUMA_NONE && verdict <= NUMA_INCOMPLETE), "%d",
	       verdict);
	ASSERT(mb.memory.total_size == ram, "%llu bytes of RAM", mb.memory.total_size);
	for (u32 i = 0; i < mb.memory.cnt; i++) {
		int nid = mb.memory.regions[i].nid;

		ASSERT(verdict < 0 ? nid == NUMA_NO_NODE : nid >= 0 && nid < MAX_NUMNODES,
		       "verdict %d node %d", verdict, nid);
	}
}

static void check(const struct numa_info *n)
{
	ASSERT(n->nr_nodes <= MAX_NUMNODES, "%u nodes", n->nr_nodes);
	for (u32 i = 0; i < n->nr_ranges; i++)
		ASSERT(n->ranges[i].start < n->ranges[i].end, "range %u", i);
	for (u32 i = 0; i < n->nr_nodes; i++) {
		ASSERT(numa_find_pxm(n, n->pxm_of_node[i]) == (int)i, "node %u", i);
		ASSERT(numa_distance(n, (int)i, (int)i) == LOCAL_DISTANCE, "node %u", i);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct numa_info numa;
	struct acpi_header header;
	phys_addr_t rsdt, xsdt;

	if (!size)
		return 0;
	numa_init(&numa);
	switch (*data++ % 7) {
	case 0:
		acpi_parse_srat(data, size - 1, &numa);
		break;
	case 1:
		numa_node_of_pxm(&numa, 1);
		numa_node_of_pxm(&numa, 0);
		acpi_parse_slit(data, size - 1, &numa);
		break;
	case 2:
		acpi_parse_hmat(data, size - 1, &numa);
		break;
	case 3:
		acpi_parse_madt(data, size - 1, &numa);
		break;
	case 4:
		acpi_parse_header(data, size - 1, &header);
		break;
	case 5:
		acpi_parse_rsdp(data, size - 1, &rsdt, &xsdt);
		break;
	default:
		for (u32 i = 0; !acpi_sdt_entry(data, size - 1, i, &rsdt); i++)
			;
	}
	check(&numa);
	apply(&numa);
	return 0;
}
