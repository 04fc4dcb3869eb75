/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* System Resource Affinity Table, ACPI 6.5, 5.2.16: which memory and which CPUs are where. */
#include "acpi_bytes.h"
#include "mm/acpi.h"

#define SRAT_FIRST_ENTRY 48
#define ENABLED          1u
#define HOT_PLUGGABLE    2u
#define NON_VOLATILE     4u

static int add_cpu(struct numa_info *n, u32 pxm, u32 apic_id)
{
	int nid = numa_node_of_pxm(n, pxm);

	if (nid < 0) {
		n->lost++;
		return 0;
	}
	numa_set_cpu_node(n, apic_id, nid);
	return 0;
}

/* Type 0: the proximity domain's upper 24 bits are kept apart from its first byte. */
static int parse_apic(struct numa_info *n, const struct bytes *b)
{
	bool ok = true;
	u32 pxm = (u32)bytes_get(b, 2, 1, &ok) | (u32)bytes_get(b, 9, 3, &ok) << 8;
	u32 apic_id = (u32)bytes_get(b, 3, 1, &ok), flags = (u32)bytes_get(b, 4, 4, &ok);

	if (!ok)
		return -EINVAL;
	return flags & ENABLED ? add_cpu(n, pxm, apic_id) : 0;
}

static int parse_x2apic(struct numa_info *n, const struct bytes *b)
{
	bool ok = true;
	u32 pxm = (u32)bytes_get(b, 4, 4, &ok), apic_id = (u32)bytes_get(b, 8, 4, &ok);
	u32 flags = (u32)bytes_get(b, 12, 4, &ok);

	if (!ok)
		return -EINVAL;
	return flags & ENABLED ? add_cpu(n, pxm, apic_id) : 0;
}

static int parse_memory(struct numa_info *n, const struct bytes *b)
{
	bool ok = true;
	u32 pxm = (u32)bytes_get(b, 2, 4, &ok), flags = (u32)bytes_get(b, 28, 4, &ok);
	u64 base = bytes_get(b, 8, 8, &ok), length = bytes_get(b, 16, 8, &ok);
	int nid;

	if (!ok)
		return -EINVAL;
	if (!(flags & ENABLED) || !length)
		return 0;
	nid = numa_node_of_pxm(n, pxm);
	if (nid < 0)
		n->lost++;
	else
		numa_add_range(n, nid, base, base + length < base ? ~0ULL : base + length,
			       flags & HOT_PLUGGABLE, flags & NON_VOLATILE);
	return 0;
}

static int parse_entry(void *ctx, const u8 *entry, size_t size)
{
	struct bytes b = {entry, size};

	switch (entry[0]) {
	case 0:
		return parse_apic(ctx, &b);
	case 1:
		return parse_memory(ctx, &b);
	case 2:
		return parse_x2apic(ctx, &b);
	default:
		return 0;
	}
}

int acpi_parse_srat(const void *bytes, size_t size, struct numa_info *n)
{
	return acpi_for_each_entry(bytes, size, SRAT_FIRST_ENTRY, 1, 1, parse_entry, n);
}
