/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The facts besides the memory map, read once: the Memory Attributes Table; the GCD memory space
 * map of the DXE services (PI 1.8, vol. 2, 7.2.4), only in firmware built on EDK2; the ACPI tables.
 */
#include <efi.h>

#include "fw_efi.h"
#include "lib.h"

/* gnu-efi does not have the definitions of PI. */
struct gcd_descriptor {
	UINT64 base, length, capabilities, attributes;
	UINT32 type;
	EFI_HANDLE image, device;
};

struct dxe_services {
	EFI_TABLE_HEADER hdr;
	void *add, *allocate, *free, *remove, *get_descriptor, *set_attributes;
	EFI_STATUS(EFIAPI *get_memory_space_map)(UINTN *nr, struct gcd_descriptor **map);
};

#define DXE_SERVICES_SIGNATURE 0x565245535f455844ULL /* "DXE_SERV" */

static void take_gcd(struct fw_facts *f, const struct gcd_descriptor *d)
{
	struct fact_gcd *g = &f->gcd[f->nr_gcd];

	if (f->nr_gcd == FACTS_MAX_GCD) {
		f->lost++;
		return;
	}
	*g = (struct fact_gcd){.start = d->base,
			       .end = d->length > ~d->base ? ~0ULL : d->base + d->length,
			       .attr = d->attributes,
			       .caps = d->capabilities,
			       .type = d->type,
			       .owner = (u64)(uintptr_t)d->image,
			       .device = d->device != NULL};
	f->nr_gcd++;
}

struct gcd_call {
	const struct dxe_services *ds;
	struct fw_facts *f;
	EFI_STATUS status;
};

/* The firmware allocates the list from its pool; we copy it and free it at once. */
static void get_gcd(void *arg)
{
	struct gcd_call *c = arg;
	struct gcd_descriptor *map = NULL;
	UINTN nr = 0;

	c->status = c->ds->get_memory_space_map(&nr, &map);
	if (EFI_ERROR(c->status) || !map)
		return;
	for (UINTN i = 0; i < nr; i++)
		take_gcd(c->f, &map[i]);
	fw_efi.st->BootServices->FreePool(map);
}

void fw_efi_find_gcd(struct fw_facts *f)
{
	static const EFI_GUID guid = {
		0x5ad34ba, 0x6f02, 0x4214, {0x95, 0x2e, 0x4d, 0xa0, 0x39, 0x8e, 0x2b, 0xb9}};
	phys_addr_t pa = fw_efi_config_table(&guid);
	struct dxe_services ds;
	struct gcd_call c = {.ds = &ds, .f = f};

	if (!pa || arch_copy_safe(&ds, (const void *)(uintptr_t)pa, sizeof(ds))) {
		fmt_print(f->gcd_note, sizeof(f->gcd_note),
			  "this firmware has no DXE services: no GCD map");
		return;
	}
	if (ds.hdr.Signature != DXE_SERVICES_SIGNATURE || ds.hdr.HeaderSize < sizeof(ds)) {
		fmt_print(f->gcd_note, sizeof(f->gcd_note), "the DXE services table is wrong");
		return;
	}
	arch_call_firmware(get_gcd, &c);
	if (EFI_ERROR(c.status) || !f->nr_gcd)
		fmt_print(f->gcd_note, sizeof(f->gcd_note), "the firmware gives no GCD map");
}

/* ---- the Memory Attributes Table --------------------------------------------------------- */

static void find_mat(struct fw_facts *f)
{
	static const EFI_GUID guid = {
		0xdcfa911d, 0x26eb, 0x469f, {0xa2, 0x20, 0x38, 0xb7, 0xdc, 0x46, 0x12, 0x20}};
	static u8 raw[128 * KiB];
	phys_addr_t pa = fw_efi_config_table(&guid);
	u64 size = 0;

	if (!pa) {
		fmt_print(f->mat_note, sizeof(f->mat_note),
			  "this firmware has no Memory Attributes Table");
		return;
	}
	if (!arch_copy_safe(raw, (const void *)(uintptr_t)pa, 16))
		size = facts_mat_size(raw);
	if (size && size <= sizeof(raw) &&
	    !arch_copy_safe(raw, (const void *)(uintptr_t)pa, (size_t)size))
		facts_parse_mat(f, raw, (size_t)size);
	else
		fmt_print(f->mat_note, sizeof(f->mat_note),
			  "the Memory Attributes Table cannot be read");
}

/* ---- all together ------------------------------------------------------------------------ */

static void take_acpi(void *ctx, phys_addr_t pa, const void *table, size_t size)
{
	facts_add_acpi(ctx, pa, table, size);
}

const struct fw_facts *fw_facts(void)
{
	static struct fw_facts facts;
	static bool read;

	if (read)
		return &facts;
	read = true;
	find_mat(&facts);
	fw_efi_find_gcd(&facts);
	fw_efi_find_images(&facts);
	fw_efi_each_acpi(take_acpi, &facts);
	return &facts;
}
