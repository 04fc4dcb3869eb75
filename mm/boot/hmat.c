/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Heterogeneous Memory Attribute Table, ACPI 6.5, 5.2.28: latency and bandwidth per pair. */
#include "acpi_bytes.h"
#include "mm/boot/acpi.h"

#define HMAT_FIRST_ENTRY 40
#define LOCALITY_INFO	 1
#define LISTS		 32 /* offset of the initiator list in such a structure */

static void add(struct numa_info *n, struct numa_perf perf)
{
	if (n->nr_perf == NUMA_MAX_PERF)
		n->lost++;
	else
		n->perf[n->nr_perf++] = perf;
}

/* A matrix of 16-bit entries in units of `base`; 0 and 0xffff mean "not known". */
static int parse_locality(struct numa_info *n, const struct bytes *b)
{
	bool ok = true;
	u8 hierarchy = bytes_get(b, 8, 1, &ok) & 0xf, type = (u8)bytes_get(b, 9, 1, &ok);
	u64 initiators = bytes_get(b, 12, 4, &ok), targets = bytes_get(b, 16, 4, &ok);
	u64 base = bytes_get(b, 24, 8, &ok), matrix = LISTS + 4 * (initiators + targets);

	if (!ok || initiators > b->size || targets > b->size ||
	    matrix + 2 * initiators * targets > b->size)
		return -EINVAL;
	for (u64 i = 0; i < initiators; i++) {
		for (u64 t = 0; t < targets; t++) {
			u64 v = bytes_get(b, matrix + 2 * (i * targets + t), 2, &ok);
			u64 value;

			if (!v || v == 0xffff || !base || __builtin_mul_overflow(v, base, &value))
				continue;
			add(n, (struct numa_perf){
				       .initiator_pxm = (u32)bytes_get(b, LISTS + 4 * i, 4, &ok),
				       .target_pxm = (u32)bytes_get(b, LISTS + 4 * (initiators + t),
								    4, &ok),
				       .data_type = type,
				       .hierarchy = hierarchy,
				       .value = value,
			       });
		}
	}
	return ok ? 0 : -EINVAL;
}

static int parse_entry(void *ctx, const u8 *entry, size_t size)
{
	struct bytes b = {entry, size};
	bool ok = true;

	return bytes_get(&b, 0, 2, &ok) == LOCALITY_INFO ? parse_locality(ctx, &b) : 0;
}

int acpi_parse_hmat(const void *bytes, size_t size, struct numa_info *n)
{
	return acpi_for_each_entry(bytes, size, HMAT_FIRST_ENTRY, 4, 4, parse_entry, n);
}
