/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The firmware's memory map in our own form (UEFI 2.11, 7.2.3 EFI_BOOT_SERVICES.GetMemoryMap).
 *
 * The firmware's descriptors are copied in their order and without repair: memmap_check() reports
 * what is wrong with them. memmap_sort() sorts by start.
 */
#ifndef MM_BOOT_MEMMAP_H
#define MM_BOOT_MEMMAP_H

#include "mm/types.h"

/* EFI_MEMORY_TYPE, UEFI 2.11, 7.2.1. 0x70000000.. is for OEMs, 0x80000000.. for OS loaders. */
enum mem_type {
	MEM_RESERVED = 0,
	MEM_LOADER_CODE,
	MEM_LOADER_DATA,
	MEM_BOOT_CODE,
	MEM_BOOT_DATA,
	MEM_RUNTIME_CODE,
	MEM_RUNTIME_DATA,
	MEM_CONVENTIONAL,
	MEM_UNUSABLE,
	MEM_ACPI_RECLAIM,
	MEM_ACPI_NVS,
	MEM_MMIO,
	MEM_MMIO_PORT,
	MEM_PAL_CODE,
	MEM_PERSISTENT,
	MEM_UNACCEPTED,
	NR_MEM_TYPES
};

/* Attribute bits, UEFI 2.11, 7.2.3. They say what the memory can do, not how it is mapped now. */
#define MEM_ATTR_UC	       (1ULL << 0)
#define MEM_ATTR_WC	       (1ULL << 1)
#define MEM_ATTR_WT	       (1ULL << 2)
#define MEM_ATTR_WB	       (1ULL << 3)
#define MEM_ATTR_UCE	       (1ULL << 4)
#define MEM_ATTR_WP	       (1ULL << 12)
#define MEM_ATTR_RP	       (1ULL << 13)
#define MEM_ATTR_XP	       (1ULL << 14)
#define MEM_ATTR_NV	       (1ULL << 15)
#define MEM_ATTR_MORE_RELIABLE (1ULL << 16)
#define MEM_ATTR_RO	       (1ULL << 17)
#define MEM_ATTR_SP	       (1ULL << 18)
#define MEM_ATTR_CPU_CRYPTO    (1ULL << 19)
#define MEM_ATTR_HOT_PLUGGABLE (1ULL << 20)
#define MEM_ATTR_ISA_VALID     (1ULL << 62)
#define MEM_ATTR_RUNTIME       (1ULL << 63)
/* Bits 44..61 carry architecture-specific bits when ISA_VALID is set. */
#define MEM_ATTR_ISA_MASK 0x3ffff00000000000ULL

struct mem_desc {
	phys_addr_t start;
	u64 nr_pages; /* of 4 KiB, from the firmware: may be 0 or far too large */
	u64 attr;
	u32 type;
};

#define MEMMAP_MAX 4096

struct memmap {
	u32 nr;
	u32 lost;      /* descriptors that did not fit into desc[] */
	u32 desc_size; /* the firmware's, in bytes; 0 when not from firmware */
	u32 desc_version;
	struct mem_desc desc[MEMMAP_MAX];
};

/* First byte after the descriptor; clipped at the end of the 64-bit space instead of wrapping. */
phys_addr_t mem_desc_end(const struct mem_desc *d);

/*
 * Reads `size` bytes of EFI_MEMORY_DESCRIPTORs of `desc_size` bytes each. 0; -EINVAL: desc_size is
 * less than the 40 bytes of the specification (map unchanged). A partial descriptor at the end is
 * ignored. Descriptors that do not fit are counted in map->lost.
 */
int memmap_parse(struct memmap *map, const void *bytes, size_t size, u32 desc_size, u32 version);

/* Appends one descriptor. 0; -ENOSPC: the array is full, map->lost counts it. */
int memmap_add(struct memmap *map, phys_addr_t start, u64 nr_pages, u32 type, u64 attr);

/* Sorts by start; of equal starts the shorter descriptor comes first. */
void memmap_sort(struct memmap *map);

/* The UEFI shell's and Linux's names for a type; NULL for types without one. */
const char *memmap_type_shell(u32 type);
const char *memmap_type_linux(u32 type);

/* Name of one attribute bit (its number), such as "WB" or "SP"; NULL when it has none. */
const char *memmap_attr_name(unsigned bit);
/* All bits of attr as "UC|WC|WT|WB", unknown ones as one number at the end. Returns buf. */
const char *memmap_attr_format(char *buf, size_t size, u64 attr);

/* Loader*, Boot*, Conventional: what an operating system may use after ExitBootServices(). */
bool mem_type_is_ram(u32 type);
/* Is it RAM for an operating system after ExitBootServices()? By Linux's rules: Loader*, Boot*,
 * Conventional, not SP (drivers/firmware/efi: "soft reserved"). */
bool mem_desc_is_ram(const struct mem_desc *d);

/* One error in the map; those of attributes are against UEFI 2.11, 7.2.3. */
enum memmap_fault {
	MEMMAP_OK = 0,
	MEMMAP_ZERO_LENGTH,  /* no pages */
	MEMMAP_UNALIGNED,    /* start is not a multiple of 4 KiB */
	MEMMAP_WRAPS,	     /* goes past the end of the address space or past 52 bits */
	MEMMAP_OVERLAP,	     /* shares bytes with desc[other] */
	MEMMAP_UNKNOWN_TYPE, /* neither defined nor in the OEM's or the OS loader's range */
	MEMMAP_NO_RUNTIME,   /* a runtime type without EFI_MEMORY_RUNTIME */
	MEMMAP_RUNTIME_BIT,  /* EFI_MEMORY_RUNTIME on memory that the OS gets */
	MEMMAP_RUNTIME_RP,   /* runtime memory that may not be read */
	MEMMAP_NO_CACHING,   /* memory without any cacheability bit */
	MEMMAP_NOT_NV,	     /* persistent memory without EFI_MEMORY_NV */
	MEMMAP_NV_BIT,	     /* EFI_MEMORY_NV on memory that is not persistent */
};

struct memmap_finding {
	enum memmap_fault fault;
	u32 index; /* of the descriptor */
	u32 other; /* MEMMAP_OVERLAP: the other descriptor */
};

/*
 * Fills at most `max` findings; returns the number of all. `scratch` has room for map->nr indexes
 * and gets them in ascending order of start. A descriptor that begins inside earlier ones (in that
 * order) counts as one overlap, with the one of them that ends highest.
 */
u32 memmap_check(const struct memmap *map, u32 *scratch, struct memmap_finding *findings, u32 max);
const char *memmap_fault_name(enum memmap_fault fault);

#endif
