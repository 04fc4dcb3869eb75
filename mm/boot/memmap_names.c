/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Names of memory types and attribute bits, as in the UEFI shell and in Linux. */
#include "mm/boot/memmap.h"

#include "lib.h"

const char *memmap_type_shell(u32 type)
{
	static const char *const names[NR_MEM_TYPES] = {
		"Reserved",  "LoaderCode", "LoaderData", "BS_Code",    "BS_Data",  "RT_Code",
		"RT_Data",   "Available",  "Unusable",	 "ACPI_Recl",  "ACPI_NVS", "MMIO",
		"MMIO_Port", "PalCode",	   "Persistent", "Unaccepted",
	};

	return type < NR_MEM_TYPES ? names[type] : NULL;
}

const char *memmap_type_linux(u32 type)
{
	static const char *const names[NR_MEM_TYPES] = {
		"Reserved",  "Loader Code",  "Loader Data",  "Boot Code",
		"Boot Data", "Runtime Code", "Runtime Data", "Conventional",
		"Unusable",  "ACPI Reclaim", "ACPI Mem NVS", "MMIO",
		"MMIO Port", "PAL Code",     "Persistent",   "Unaccepted",
	};

	return type < NR_MEM_TYPES ? names[type] : NULL;
}

const char *memmap_attr_name(unsigned bit)
{
	static const char *const names[64] = {
		[0] = "UC",	     [1] = "WC",
		[2] = "WT",	     [3] = "WB",
		[4] = "UCE",	     [12] = "WP",
		[13] = "RP",	     [14] = "XP",
		[15] = "NV",	     [16] = "MORE_RELIABLE",
		[17] = "RO",	     [18] = "SP",
		[19] = "CPU_CRYPTO", [20] = "HOT_PLUGGABLE",
		[62] = "ISA_VALID",  [63] = "RUNTIME",
	};

	return bit < ARRAY_SIZE(names) ? names[bit] : NULL;
}

const char *memmap_attr_format(char *buf, size_t size, u64 attr)
{
	size_t len = 0;
	u64 unknown = 0;

	buf[0] = '\0';
	for (unsigned bit = 0; bit < 64; bit++) {
		const char *name = memmap_attr_name(bit);

		if (!(attr >> bit & 1))
			continue;
		if (!name)
			unknown |= 1ULL << bit;
		else if (len < size)
			len += (size_t)fmt_print(buf + len, size - len, "%s%s", len ? "|" : "",
						 name);
	}
	if (unknown && len < size)
		fmt_print(buf + len, size - len, "%s%#llx", len ? "|" : "", unknown);
	return buf;
}
