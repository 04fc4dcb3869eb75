/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* System Resource Affinity Table, ACPI 6.5, 5.2.16: the nodes of memory and CPUs. */
#include "acpi_bytes.h"
#include "mm/boot/acpi.h"

#define SRAT_FIRST_ENTRY 48
#define ENABLED		 1u
#define HOT_PLUGGABLE	 2u
#define NON_VOLATILE	 4u

struct srat {
	struct numa_info *n;
	u32 pxm_mask; /* before revision 2 a proximity domain is one byte, the rest reserved */
};

static int add_cpu(const struct srat *s, u32 pxm, u32 apic_id)
{
	int nid = numa_node_of_pxm(s->n, pxm & s->pxm_mask);

	if (nid < 0)
		s->n->lost++;
	else
		numa_set_cpu_node(s->n, apic_id, nid);
	return 0;
}

/* Type 0: the upper 24 bits of the proximity domain are stored apart from the first byte. */
static int parse_apic(const struct srat *s, const struct bytes *b)
{
	bool ok = true;
	u32 pxm = (u32)bytes_get(b, 2, 1, &ok) | (u32)bytes_get(b, 9, 3, &ok) << 8;
	u32 apic_id = (u32)bytes_get(b, 3, 1, &ok), flags = (u32)bytes_get(b, 4, 4, &ok);

	if (!ok)
		return -EINVAL;
	return flags & ENABLED ? add_cpu(s, pxm, apic_id) : 0;
}

static int parse_x2apic(const struct srat *s, const struct bytes *b)
{
	bool ok = true;
	u32 pxm = (u32)bytes_get(b, 4, 4, &ok), apic_id = (u32)bytes_get(b, 8, 4, &ok);
	u32 flags = (u32)bytes_get(b, 12, 4, &ok);

	if (!ok)
		return -EINVAL;
	return flags & ENABLED ? add_cpu(s, pxm, apic_id) : 0;
}

static int parse_memory(const struct srat *s, const struct bytes *b)
{
	bool ok = true;
	u32 pxm = (u32)bytes_get(b, 2, 4, &ok), flags = (u32)bytes_get(b, 28, 4, &ok);
	u64 base = bytes_get(b, 8, 8, &ok), length = bytes_get(b, 16, 8, &ok);
	int nid;

	if (!ok)
		return -EINVAL;
	if (!(flags & ENABLED))
		return 0;
	nid = numa_node_of_pxm(s->n, pxm & s->pxm_mask);
	if (nid < 0)
		s->n->lost++;
	else if (length) /* an empty range still makes its domain a node */
		numa_add_range(s->n, nid, base, base + length < base ? ~0ULL : base + length,
			       flags & HOT_PLUGGABLE, flags & NON_VOLATILE);
	return 0;
}

static int parse_cpu_entry(void *ctx, const u8 *entry, size_t size)
{
	struct bytes b = {entry, size};

	if (entry[0] == 0)
		return parse_apic(ctx, &b);
	return entry[0] == 2 ? parse_x2apic(ctx, &b) : 0;
}

static int parse_memory_entry(void *ctx, const u8 *entry, size_t size)
{
	struct bytes b = {entry, size};

	return entry[0] == 1 ? parse_memory(ctx, &b) : 0;
}

/* Linux numbers nodes first by all CPUs and then by memory, whatever their order in the table. */
int acpi_parse_srat(const void *bytes, size_t size, struct numa_info *n)
{
	struct bytes b = {bytes, size};
	bool ok = true;
	struct srat s = {n, bytes_get(&b, 8, 1, &ok) >= 2 ? ~0u : 0xff};
	int cpus, memory;

	cpus = acpi_for_each_entry(bytes, size, SRAT_FIRST_ENTRY, 1, 1, parse_cpu_entry, &s);
	memory = acpi_for_each_entry(bytes, size, SRAT_FIRST_ENTRY, 1, 1, parse_memory_entry, &s);
	return cpus ? cpus : memory;
}
