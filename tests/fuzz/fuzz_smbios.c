/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Any bytes as an SMBIOS entry point and as its structures. */
#include "parse/smbios.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A text for the screen must be printable and closed with 0. */
static void check(const char *s, size_t size)
{
	size_t n = 0;

	for (; n < size && s[n]; n++) {
		if (s[n] < 32 || s[n] > 126)
			__builtin_trap();
	}
	if (n == size)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smbios_info info;
	phys_addr_t pa;
	u32 len;

	smbios_parse_entry(data, size, &pa, &len);
	smbios_parse(data, size, &info);
	check(info.bios_vendor, sizeof(info.bios_vendor));
	check(info.bios_version, sizeof(info.bios_version));
	check(info.bios_date, sizeof(info.bios_date));
	check(info.system_vendor, sizeof(info.system_vendor));
	check(info.product, sizeof(info.product));
	check(info.board_vendor, sizeof(info.board_vendor));
	check(info.board, sizeof(info.board));
	return 0;
}
