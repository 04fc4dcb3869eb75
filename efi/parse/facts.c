/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Firmware's facts: finding them by address, and parsing the tables that contain them. */
#include "parse/facts.h"

#include "lib.h"

/* ---- finding ----------------------------------------------------------------------------- */

const struct mem_desc *memmap_at(const struct memmap *map, phys_addr_t pa)
{
	for (u32 i = 0; i < map->nr; i++) {
		if (pa >= map->desc[i].start && pa < mem_desc_end(&map->desc[i]))
			return &map->desc[i];
	}
	return NULL;
}

const struct fact_gcd *facts_gcd_at(const struct fw_facts *f, phys_addr_t pa)
{
	for (u32 i = 0; i < f->nr_gcd; i++) {
		if (pa >= f->gcd[i].start && pa < f->gcd[i].end)
			return &f->gcd[i];
	}
	return NULL;
}

const struct fact_image *facts_image_at(const struct fw_facts *f, phys_addr_t pa)
{
	for (u32 i = 0; i < f->nr_images; i++) {
		if (pa >= f->images[i].start && pa < f->images[i].end)
			return &f->images[i];
	}
	return NULL;
}

const struct fact_section *facts_section_at(const struct fw_facts *f, const struct fact_image *i,
					    phys_addr_t pa)
{
	for (u32 n = 0; n < i->nr_sections; n++) {
		const struct fact_section *s = &f->sections[i->first_section + n];

		if (pa >= s->start && pa < s->end)
			return s;
	}
	return NULL;
}

const struct fact_range *facts_range_at(const struct fw_facts *f, phys_addr_t pa)
{
	for (u32 i = 0; i < f->nr_ranges; i++) {
		if (pa >= f->ranges[i].start && pa < f->ranges[i].end)
			return &f->ranges[i];
	}
	return NULL;
}

const struct fact_image *facts_image_of(const struct fw_facts *f, u64 handle)
{
	for (u32 i = 0; handle && i < f->nr_images; i++) {
		if (f->images[i].handle == handle)
			return &f->images[i];
	}
	return NULL;
}

const char *facts_gcd_name(u32 type)
{
	static const char *const names[] = {"NonExistent", "Reserved",	   "SystemMemory", "MMIO",
					    "Persistent",  "MoreReliable", "Unaccepted"};

	return type < ARRAY_SIZE(names) ? names[type] : "?";
}

/* ---- the Memory Attributes Table --------------------------------------------------------- */

#define MAT_HEADER 16

struct mat_header {
	u32 version, nr, desc_size, flags;
};
_Static_assert(sizeof(struct mat_header) == MAT_HEADER, "as the specification has it");

u64 facts_mat_size(const void *header)
{
	struct mat_header h;

	memcpy(&h, header, sizeof(h));
	if (h.desc_size < 40 || h.desc_size > 4096 || h.nr > 1u << 20)
		return 0;
	return MAT_HEADER + (u64)h.nr * h.desc_size;
}

int facts_parse_mat(struct fw_facts *f, const void *bytes, size_t size)
{
	struct mat_header h;
	u64 need = size < MAT_HEADER ? 0 : facts_mat_size(bytes);

	if (!need || need > size) {
		fmt_print(f->mat_note, sizeof(f->mat_note),
			  "the Memory Attributes Table's header is wrong");
		return -EINVAL;
	}
	memcpy(&h, bytes, sizeof(h));
	if (memmap_parse(&f->mat, (const u8 *)bytes + MAT_HEADER, (size_t)need - MAT_HEADER,
			 h.desc_size, h.version))
		return -EINVAL;
	f->lost += f->mat.lost;
	return 0;
}

/* ---- ACPI -------------------------------------------------------------------------------- */

void facts_add_range(struct fw_facts *f, const char *name, phys_addr_t start, u64 size)
{
	struct fact_range *r = &f->ranges[f->nr_ranges];

	if (!size || start >> MAX_PHYS_BITS || size >> MAX_PHYS_BITS)
		return;
	if (f->nr_ranges == FACTS_MAX_RANGES) {
		f->lost++;
		return;
	}
	fmt_print(r->name, sizeof(r->name), "%s", name);
	r->start = start;
	r->end = start + size;
	f->nr_ranges++;
}

/* A little-endian number; the caller has checked that it is inside. */
static u64 number(const u8 *p, unsigned width)
{
	u64 v = 0;

	for (unsigned i = 0; i < width; i++)
		v |= (u64)p[i] << (8 * i);
	return v;
}

#define APIC_PAGE 0x1000

/* ACPI 6.5, 5.2.12: the address of the local APICs, and an I/O APIC for each entry of type 1. */
static void add_apics(struct fw_facts *f, const u8 *t, size_t size)
{
	phys_addr_t local = size >= 40 ? number(t + 36, 4) : 0;
	char name[16];

	for (size_t at = 44; at + 2 <= size;) {
		u8 type = t[at], len = t[at + 1];

		if (len < 2 || len > size - at)
			break;
		if (type == 5 && len >= 12)
			local = number(t + at + 4, 8);
		if (type == 1 && len >= 12) {
			fmt_print(name, sizeof(name), "IOAPIC %u", t[at + 2]);
			facts_add_range(f, name, number(t + at + 4, 4), APIC_PAGE);
		}
		at += len;
	}
	if (local)
		facts_add_range(f, "local APIC", local, APIC_PAGE);
}

/* PCI Firmware Specification 3.3, 4.1.2: a segment's configuration space, 1 MiB for each bus. */
static void add_ecam(struct fw_facts *f, const u8 *t, size_t size)
{
	char name[16];

	for (size_t at = 44; at + 16 <= size; at += 16) {
		phys_addr_t base = number(t + at, 8);
		u32 first = t[at + 10], last = t[at + 11];

		fmt_print(name, sizeof(name), "PCI ECAM %u", (u32)number(t + at + 8, 2));
		if (last >= first && !(base >> MAX_PHYS_BITS))
			facts_add_range(f, name, base + first * MiB, (last - first + 1) * MiB);
	}
}

void facts_add_acpi(struct fw_facts *f, phys_addr_t pa, const void *table, size_t size)
{
	const u8 *t = table;
	char name[16];

	if (size < 36)
		return;
	if (!memcmp(t, "APIC", 4))
		add_apics(f, t, size);
	else if (!memcmp(t, "HPET", 4) && size >= 52)
		facts_add_range(f, "HPET", number(t + 44, 8), 0x400);
	else if (!memcmp(t, "MCFG", 4))
		add_ecam(f, t, size);
	fmt_print(name, sizeof(name), "ACPI ");
	for (u32 i = 0; i < 4; i++)
		name[5 + i] = t[i] >= 32 && t[i] < 127 ? (char)t[i] : '?';
	name[9] = '\0';
	facts_add_range(f, name, pa, size);
}
