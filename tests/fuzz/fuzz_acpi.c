/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The first byte chooses the parser of an ACPI table; the rest is the table. */
#include <stddef.h>
#include <stdint.h>

#include "mm/acpi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
		numa_node_of_pxm(&numa, 0);
		numa_node_of_pxm(&numa, 1);
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
	return 0;
}
