/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What firmware knows besides its memory map: the Memory Attributes Table, the GCD map of the DXE
 * phase, the images that it loaded with their sections, the devices and tables that ACPI names.
 * Read once, at the first request; for each missing part a note says why.
 *
 * All input may be wrong: lengths are checked, nothing is trusted.
 */
#ifndef PARSE_FACTS_H
#define PARSE_FACTS_H

#include "mm/boot/memmap.h"

#define FACTS_MAX_IMAGES   512
#define FACTS_MAX_SECTIONS 3072
#define FACTS_MAX_GCD	   2048
#define FACTS_MAX_RANGES   192
#define FACTS_NOTE	   96

struct fact_section {
	char name[9];
	bool write, exec;
	phys_addr_t start, end;
};

struct fact_image {
	char name[32]; /* "DxeCore", "shell.efi", "image 7" */
	phys_addr_t start, end;
	u32 code_type; /* enum mem_type */
	u32 first_section, nr_sections;
	u64 handle;
	bool broken; /* its PE header cannot be read or is wrong */
};

/* EFI_GCD_MEMORY_SPACE_DESCRIPTOR, PI 1.8 vol. 2, 7.2.4.6. */
struct fact_gcd {
	phys_addr_t start, end;
	u64 attr, caps; /* MEM_ATTR_* */
	u32 type;	/* 0 NonExistent 1 Reserved 2 SystemMemory 3 MMIO ... */
	u64 owner;	/* image handle; 0: none */
	bool device;	/* belongs to a device handle */
};

struct fact_range {
	char name[16]; /* "IOAPIC 0", "ACPI FACP" */
	phys_addr_t start, end;
};

struct fw_facts {
	/* "" when the list was read; else why not */
	char mat_note[FACTS_NOTE], gcd_note[FACTS_NOTE], images_note[FACTS_NOTE];
	struct memmap mat; /* of runtime code and data: attr has RO, XP, RUNTIME */
	u32 nr_gcd, nr_images, nr_sections, nr_ranges;
	u32 lost; /* entries of all kinds that did not fit */
	struct fact_gcd gcd[FACTS_MAX_GCD];
	struct fact_image images[FACTS_MAX_IMAGES];
	struct fact_section sections[FACTS_MAX_SECTIONS];
	struct fact_range ranges[FACTS_MAX_RANGES]; /* of devices, then ACPI's tables */
};

/* The facts of this machine. On the host: none, with notes. */
const struct fw_facts *fw_facts(void);

/* ---- finding: NULL when nothing is there ------------------------------------------------- */

/* The first descriptor of the map, range of the GCD, image, section of the image, or range of a
 * device or table with pa. */
const struct mem_desc *memmap_at(const struct memmap *map, phys_addr_t pa);
const struct fact_gcd *facts_gcd_at(const struct fw_facts *f, phys_addr_t pa);
const struct fact_image *facts_image_at(const struct fw_facts *f, phys_addr_t pa);
const struct fact_section *facts_section_at(const struct fw_facts *f, const struct fact_image *i,
					    phys_addr_t pa);
const struct fact_range *facts_range_at(const struct fw_facts *f, phys_addr_t pa);
/* The image with this EFI handle. */
const struct fact_image *facts_image_of(const struct fw_facts *f, u64 handle);
const char *facts_gcd_name(u32 type); /* "SystemMemory"; "?" for unknown numbers */

/* ---- reading bytes ----------------------------------------------------------------------- */

/* EFI_MEMORY_ATTRIBUTES_TABLE, UEFI 2.11, 4.6.4. 0; -EINVAL: adds nothing, mat_note says why. */
int facts_parse_mat(struct fw_facts *f, const void *bytes, size_t size);
/* The size of the table in bytes, from its first 16 bytes; 0: they are wrong. */
u64 facts_mat_size(const void *header);

/* Adds the sections of one image, from its first bytes in memory. Ranges outside the image's
 * [start, end) are dropped. 0; -EINVAL: no PE header, or one that contradicts itself. */
int facts_add_sections(struct fw_facts *f, struct fact_image *image, const void *bytes,
		       size_t size);

/* Finds the debug directory; *ret_offset counts from the image's start. 0; -ENOENT. The directory
 * is within `image_size`. */
int pe_codeview_dir(const void *bytes, size_t size, u64 image_size, u32 *ret_offset, u32 *ret_size);
/* Finds the data of one 28-byte entry of that directory. 0; -ENOENT: not CodeView. */
int pe_codeview_at(const void *entry, u64 image_size, u32 *ret_offset, u32 *ret_size);
/* The file's name in a CodeView record (NB10, RSDS, MTOC), without folders and ending. */
int pe_codeview_name(const void *bytes, size_t size, char *name, size_t name_size);

/* Adds the ACPI table of `size` bytes at pa, and the devices that APIC, HPET and MCFG name. */
void facts_add_acpi(struct fw_facts *f, phys_addr_t pa, const void *table, size_t size);
void facts_add_range(struct fw_facts *f, const char *name, phys_addr_t start, u64 size);

#endif
