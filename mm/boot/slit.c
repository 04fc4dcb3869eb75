/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* System Locality Information Table, ACPI 6.5, 5.2.17: distances between proximity domains. */
#include "acpi_bytes.h"
#include "mm/boot/acpi.h"

#define SLIT_MATRIX 44

/* Like Linux, refuses the whole table, domains without a node included. */
static bool sane(const u8 *matrix, u64 nr)
{
	for (u64 i = 0; i < nr; i++) {
		for (u64 j = 0; j < nr; j++) {
			if (!numa_distance_sane(i == j, matrix[i * nr + j]))
				return false;
		}
	}
	return true;
}

int acpi_parse_slit(const void *bytes, size_t size, struct numa_info *n)
{
	struct bytes b = {bytes, size};
	bool ok = true;
	u64 nr = bytes_get(&b, ACPI_HEADER_SIZE, 8, &ok);
	const u8 *matrix;

	if (!ok || nr > 0xffff || size < SLIT_MATRIX || nr * nr > size - SLIT_MATRIX)
		return -EINVAL;
	matrix = b.p + SLIT_MATRIX;
	if (!sane(matrix, nr))
		return -EINVAL;
	for (u64 i = 0; i < nr; i++) {
		int from = numa_find_pxm(n, (u32)i);

		for (u64 j = 0; from >= 0 && j < nr; j++) {
			int to = numa_find_pxm(n, (u32)j);

			if (to >= 0)
				n->distance[from][to] = matrix[i * nr + j];
		}
	}
	n->have_slit = true;
	return 0;
}
