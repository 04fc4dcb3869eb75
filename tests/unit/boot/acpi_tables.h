/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI tables built byte by byte, for the tests of their parsers.
 * Include after cmocka's headers. */
#ifndef TESTS_UNIT_BOOT_ACPI_TABLES_H
#define TESTS_UNIT_BOOT_ACPI_TABLES_H

#include "lib.h"
#include "mm/boot/acpi.h"

static u8 table[8192];
static size_t len;
static struct numa_info numa;

static void put(size_t at, unsigned width, u64 v)
{
	for (unsigned i = 0; i < width; i++)
		table[at + i] = (u8)(v >> (8 * i));
	len = max(len, at + width);
}

static void begin(const char *signature, size_t header)
{
	memset(table, 0, sizeof(table));
	memcpy(table, signature, 4);
	table[8] = 3; /* the revision: SRAT's domains have four bytes */
	memcpy(table + 10, "TWALK TESTTABL", 14);
	len = header;
	numa_init(&numa);
}

static void finish(void)
{
	u8 sum = 0;

	put(4, 4, len);
	table[9] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (u8)(sum + table[i]);
	table[9] = (u8)-sum;
}

static void add_memory(u32 pxm, u64 base, u64 size, u32 flags)
{
	size_t at = len;

	put(at, 1, 1);
	put(at + 1, 1, 40);
	put(at + 2, 4, pxm);
	put(at + 8, 8, base);
	put(at + 16, 8, size);
	put(at + 28, 4, flags);
	put(at + 39, 1, 0);
}

static void add_cpu(u32 pxm, u8 apic, u32 flags)
{
	size_t at = len;

	put(at, 1, 0);
	put(at + 1, 1, 16);
	put(at + 2, 1, pxm & 0xff);
	put(at + 3, 1, apic);
	put(at + 4, 4, flags);
	put(at + 9, 3, pxm >> 8);
	put(at + 15, 1, 0);
}

static void add_x2apic(u32 pxm, u32 apic, u32 flags)
{
	size_t at = len;

	put(at, 1, 2);
	put(at + 1, 1, 24);
	put(at + 4, 4, pxm);
	put(at + 8, 4, apic);
	put(at + 12, 4, flags);
	put(at + 23, 1, 0);
}

static void build_srat(void)
{
	begin("SRAT", 48);
	add_cpu(0x100, 0, 1);
	add_cpu(7, 1, 0); /* disabled */
	add_x2apic(5, 300, 1);
	add_memory(0x100, 0, 0x80000000, 1);
	add_memory(5, 0x100000000, 0x40000000, 3);
	add_memory(9, 0x200000000, 0x40000000, 0); /* disabled */
	add_memory(5, 0x300000000, 0, 1);	   /* empty */
	put(len, 1, 3);				   /* GICC: skipped by its length */
	put(len, 1, 18);
	put(len + 15, 1, 0);
	finish();
}

static void build_xsdt(void)
{
	begin("XSDT", ACPI_HEADER_SIZE);
	put(36, 8, 0xabcdef0123);
	put(44, 8, 0x5000);
	finish();
}

static void build_slit(void)
{
	begin("SLIT", 44);
	numa_node_of_pxm(&numa, 1); /* node 0 is domain 1 */
	numa_node_of_pxm(&numa, 0);
	put(36, 8, 2);
	put(44, 4, 10 | 21 << 8 | 31 << 16 | 10 << 24);
	finish();
}

static void add_local_apic(u8 uid, u8 apic, u32 flags)
{
	size_t at = len;

	put(at, 1, 0);
	put(at + 1, 1, 8);
	put(at + 2, 1, uid);
	put(at + 3, 1, apic);
	put(at + 4, 4, flags);
}

static void add_local_x2apic(u32 uid, u32 apic, u32 flags)
{
	size_t at = len;

	put(at, 1, 9);
	put(at + 1, 1, 16);
	put(at + 4, 4, apic);
	put(at + 8, 4, flags);
	put(at + 12, 4, uid);
}

static void build_madt(void)
{
	begin("APIC", 44);
	add_local_apic(2, 0, 1);
	put(len, 1, 1); /* I/O APIC: skipped by its length */
	put(len, 1, 12);
	put(len + 9, 1, 0);
	add_local_x2apic(77, 300, 2);
	add_local_apic(3, 5, 0); /* neither there nor to come */
	add_local_apic(4, 0xff, 1);
	add_local_x2apic(5, 0xffffffff, 1);
	finish();
}

/* Bandwidth from domain 4 to 5 (7 * 100), 6 (not reachable) and 7 (not known); then a structure of
 * another type. */
static void build_hmat(void)
{
	begin("HMAT", 40);
	put(40, 2, 1);
	put(44, 4, 32 + 4 * 4 + 2 * 3);
	put(49, 1, 3); /* access bandwidth */
	put(52, 4, 1);
	put(56, 4, 3);
	put(64, 8, 100);
	put(72, 4, 4); /* initiator domain */
	put(76, 4, 5);
	put(80, 4, 6);
	put(84, 4, 7);
	put(88, 2, 7);
	put(90, 2, 0xffff);
	put(92, 2, 0);
	put(94, 2, 2); /* memory side cache */
	put(98, 4, 32);
	put(125, 1, 0);
	finish();
}

#endif
