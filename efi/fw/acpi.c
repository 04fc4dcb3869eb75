/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Finds the ACPI tables about memory and passes their bytes to the parsers of mm/. A table that is
 * not completely inside the memory map is never read; a wrong table is skipped and named in the
 * machine's acpi_note.
 */
#include <efi.h>

#include "fw_efi.h"
#include "lib.h"
#include "mm/boot/acpi.h"

/* A longer table is an error, and its checksum would take long. */
#define MAX_TABLE (16 * MiB)
#define MAX_RSDP  256

static void note(struct machine *m, const char *what, const char *why)
{
	size_t len = m ? strlen(m->acpi_note) : 0;

	if (!m) /* the caller needs no notes */
		return;
	fmt_print(m->acpi_note + len, sizeof(m->acpi_note) - len, "%s%s: %s", len ? "; " : "", what,
		  why);
}

static const void *bytes_at(phys_addr_t pa)
{
	return (const void *)(uintptr_t)pa;
}

/* The whole table at pa, checked; or NULL and *ret_why. */
static const void *table_at(phys_addr_t pa, size_t *ret_size, const char **ret_why)
{
	struct acpi_header header;
	u32 length;

	*ret_why = "not inside the memory map";
	if (fw_efi_readable(pa, ACPI_HEADER_SIZE) < ACPI_HEADER_SIZE)
		return NULL;
	memcpy(&length, (const u8 *)bytes_at(pa) + 4, sizeof(length));
	if (length < ACPI_HEADER_SIZE || length > MAX_TABLE) {
		*ret_why = "its length is wrong";
		return NULL;
	}
	if (fw_efi_readable(pa, length) < length)
		return NULL;
	*ret_why = "its checksum is wrong";
	if (acpi_parse_header(bytes_at(pa), length, &header))
		return NULL;
	*ret_size = header.length;
	return bytes_at(pa);
}

struct root {
	const void *sdt;
	size_t size;
};

static bool take_root(struct machine *m, phys_addr_t pa, const char *name, struct root *ret)
{
	const char *why;

	if (!pa)
		return false;
	ret->sdt = table_at(pa, &ret->size, &why);
	if (ret->sdt && memcmp(ret->sdt, name, 4)) {
		ret->sdt = NULL;
		why = "its signature is wrong";
	}
	if (!ret->sdt)
		note(m, name, why);
	return ret->sdt;
}

static bool find_root(struct machine *m, struct root *ret)
{
	static const EFI_GUID acpi2 = ACPI_20_TABLE_GUID, acpi1 = ACPI_TABLE_GUID;
	phys_addr_t rsdp = fw_efi_config_table(&acpi2), rsdt, xsdt;
	size_t size;

	if (!rsdp)
		rsdp = fw_efi_config_table(&acpi1);
	if (!rsdp)
		return false;
	size = (size_t)fw_efi_readable(rsdp, MAX_RSDP);
	if (!size) {
		note(m, "RSDP", "not inside the memory map");
		return false;
	}
	if (acpi_parse_rsdp(bytes_at(rsdp), size, &rsdt, &xsdt)) {
		note(m, "RSDP", "its checksum or form is wrong");
		return false;
	}
	return take_root(m, xsdt, "XSDT", ret) || take_root(m, rsdt, "RSDT", ret);
}

/* Address of the first table with this signature; 0: there is none. */
static phys_addr_t find_table(const struct root *root, const char *signature)
{
	phys_addr_t pa;

	for (u32 i = 0; !acpi_sdt_entry(root->sdt, root->size, i, &pa); i++) {
		if (fw_efi_readable(pa, 4) == 4 && !memcmp(bytes_at(pa), signature, 4))
			return pa;
	}
	return 0;
}

void fw_efi_find_acpi(struct machine *m)
{
	/* SRAT first: its order gives the node ids. */
	static const struct {
		const char *signature, *name;
		int (*parse)(const void *bytes, size_t size, struct numa_info *n);
	} wanted[] = {
		{"SRAT", "SRAT", acpi_parse_srat},
		{"SLIT", "SLIT", acpi_parse_slit},
		{"HMAT", "HMAT", acpi_parse_hmat},
		{"APIC", "MADT", acpi_parse_madt},
	};
	struct root root;

	if (!find_root(m, &root))
		return;
	m->have_acpi = true;
	for (u32 i = 0; i < ARRAY_SIZE(wanted); i++) {
		phys_addr_t pa = find_table(&root, wanted[i].signature);
		const char *why;
		size_t size;
		const void *table;

		if (!pa)
			continue;
		table = table_at(pa, &size, &why);
		if (!table)
			note(m, wanted[i].name, why);
		else if (wanted[i].parse(table, size, &m->numa))
			note(m, wanted[i].name, "an entry in it is wrong");
	}
}

/* Only the FADT has the DSDT's address (ACPI 6.5, 5.2.9): of 64 bits, or the old one of 32. */
static phys_addr_t dsdt_of(const void *fadt, size_t size)
{
	u32 old = 0;
	u64 pa = 0;

	if (size >= 44)
		memcpy(&old, (const u8 *)fadt + 40, sizeof(old));
	if (size >= 148)
		memcpy(&pa, (const u8 *)fadt + 140, sizeof(pa));
	return pa ? pa : old;
}

static void tell(phys_addr_t pa, fw_efi_acpi_fn fn, void *ctx)
{
	const char *why;
	size_t size;
	const void *table = table_at(pa, &size, &why);

	if (table)
		fn(ctx, pa, table, size);
	if (!table || memcmp(table, "FACP", 4))
		return;
	pa = dsdt_of(table, size);
	table = table_at(pa, &size, &why);
	if (table)
		fn(ctx, pa, table, size);
}

void fw_efi_each_acpi(fw_efi_acpi_fn fn, void *ctx)
{
	struct root root;
	phys_addr_t pa;

	if (!find_root(NULL, &root))
		return;
	tell((phys_addr_t)(uintptr_t)root.sdt, fn, ctx);
	for (u32 i = 0; !acpi_sdt_entry(root.sdt, root.size, i, &pa); i++)
		tell(pa, fn, ctx);
}
