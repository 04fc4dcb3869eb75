/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Multiple APIC Description Table, ACPI 6.5, 5.2.12: the CPUs. */
#include "acpi_bytes.h"
#include "mm/boot/acpi.h"

#define MADT_FIRST_ENTRY 44
#define ENABLED		 1u
#define ONLINE_CAPABLE	 2u

static int add(struct numa_info *n, u64 apic_id, u64 uid, u64 flags, bool ok)
{
	struct numa_cpu *cpu;

	if (!ok)
		return -EINVAL;
	/* Entries that are neither enabled nor online capable are the firmware's placeholders. */
	if (!(flags & (ENABLED | ONLINE_CAPABLE)))
		return 0;
	cpu = numa_cpu(n, (u32)apic_id);
	if (cpu) {
		cpu->acpi_uid = (u32)uid;
		cpu->enabled = flags & ENABLED;
		cpu->online_capable = flags & ONLINE_CAPABLE;
	}
	return 0;
}

static int parse_entry(void *ctx, const u8 *entry, size_t size)
{
	struct bytes b = {entry, size};
	bool ok = true;
	u64 uid, apic_id, flags;

	if (entry[0] == 0) { /* local APIC; id 0xff is the broadcast, not a CPU */
		uid = bytes_get(&b, 2, 1, &ok);
		apic_id = bytes_get(&b, 3, 1, &ok);
		flags = bytes_get(&b, 4, 4, &ok);
		return add(ctx, apic_id, uid, apic_id == 0xff ? 0 : flags, ok);
	}
	if (entry[0] == 9) { /* local x2APIC; here the broadcast is 0xffffffff */
		apic_id = bytes_get(&b, 4, 4, &ok);
		flags = bytes_get(&b, 8, 4, &ok);
		uid = bytes_get(&b, 12, 4, &ok);
		return add(ctx, apic_id, uid, apic_id == 0xffffffff ? 0 : flags, ok);
	}
	return 0;
}

int acpi_parse_madt(const void *bytes, size_t size, struct numa_info *n)
{
	return acpi_for_each_entry(bytes, size, MADT_FIRST_ENTRY, 1, 1, parse_entry, n);
}
