/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Any bytes as a machine file: refused with a message, or a machine from which memblock can be
 * built. */
#include "parse/mapfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_err(const char *err, size_t size)
{
	size_t n = 0;

	while (n < size && err[n])
		n++;
	if (!n || n == size)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mapfile m;
	static struct memblock_region regions[2][64];
	struct cpu_info cpu = {.phys_bits = 46};
	struct memblock mb;
	phys_addr_t pa;
	char err[60];

	err[0] = '\0';
	if (mapfile_parse((const char *)data, size, &m, err, sizeof(err))) {
		check_err(err, sizeof(err));
		return 0;
	}
	mapfile_apply_cpu(&m, &cpu);
	mtrr_type(&cpu.mtrr, 0, &pa);
	if (e820_from_memmap(&m.e820, &m.memmap) || e820_sanitize(&m.e820) ||
	    e820_trim_bios(&m.e820))
		return 0;
	memblock_init(&mb, regions[0], regions[1], 64);
	for (u32 i = 0; i < m.e820.nr; i++) {
		const struct e820_range *r = &m.e820.range[i];

		ASSERT(r->start < r->end, "range %u", i);
		ASSERT(!i || r[-1].end <= r->start, "range %u", i);
		if (r->type == E820_USABLE)
			memblock_add(&mb, r->start, r->end - r->start, NUMA_NO_NODE, 0);
	}
	memblock_trim(&mb, PAGE_SIZE);
	numa_apply(&m.numa, &mb, &pa);
	return 0;
}
