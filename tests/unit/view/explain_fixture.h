/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * An invented machine with everything that firmware may say: a map, images, attributes, GCD, MTRRs,
 * page tables of its own. 1 GiB of RAM below a framebuffer at 2 GiB.
 */
#ifndef TESTS_UNIT_VIEW_EXPLAIN_FIXTURE_H
#define TESTS_UNIT_VIEW_EXPLAIN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/app.h"
#include "arch/host.h"
#include "parse/facts.h"
#include "fake_fw.h"
#include "lib.h"
#include "mm/init.h"

#define CORE	0x3f010000ULL /* DxeCore */
#define RUNTIME 0x3f200000ULL /* a runtime driver */
#define TABLES	0x3f400000ULL /* ACPI */
#define NVS	0x3f500000ULL
#define FB	0x80000000ULL
#define ALIAS	0x600000000ULL /* virtual, in the firmware's tables */
#define VALID	(1ULL << 11)

static struct app app;
static struct host_memory memory;
static struct fw_facts facts;

static const struct mem_desc invented[] = {
	{0x0, 0xa0, 0xf, MEM_CONVENTIONAL},
	{0x100000, 0x3ef00, 0xf, MEM_CONVENTIONAL},
	{0x3f000000, 0x200, 0xf, MEM_BOOT_CODE},
	{0x3f200000, 0x100, 0xf | MEM_ATTR_RUNTIME, MEM_RUNTIME_CODE},
	{0x3f300000, 0x100, 0xf, MEM_BOOT_DATA},
	{0x3f400000, 0x100, 0xf, MEM_ACPI_RECLAIM},
	{0x3f500000, 0x100, 0xf, MEM_ACPI_NVS},
	{0x3f600000, 0x100, 0xf, 0x80000003},
	{0x3f700000, 0x900, 0xf, MEM_CONVENTIONAL},
	{0xfed00000, 0x100, 1 | MEM_ATTR_RUNTIME, MEM_MMIO},
};

int fw_machine(struct machine *m)
{
	memset(m, 0, sizeof(*m));
	m->described = true; /* until its tables are there */
	for (u32 i = 0; i < ARRAY_SIZE(invented); i++)
		memmap_add(&m->map, invented[i].start, invented[i].nr_pages, invented[i].type,
			   invented[i].attr);
	numa_init(&m->numa);
	arch_cpu_info(&m->cpu);
	m->cpu.phys_bits = 40;
	m->cpu.pat = true;
	m->cpu.pat_msr = PAT_AT_RESET;
	m->cpu.mtrr = (struct mtrr_state){
		.present = true,
		.enabled = true,
		.default_type = MEMTYPE_UC,
		.nr_variable = 3,
		.phys_bits = 40,
		.variable = {{0 | MEMTYPE_WB, 0xffc0000000 | VALID},
			     {0x3fe00000 | MEMTYPE_UC, 0xffffe00000 | VALID}},
	};
	m->fb = (struct framebuffer){.base = FB, .size = 8 * MiB, .width = 1024, .height = 768};
	m->nr_sections = 1;
	fmt_print(m->sections[0].name, 9, ".text");
	m->sections[0].start = 0x3f110000;
	m->sections[0].end = 0x3f120000;
	m->sections[0].exec = true;
	return 0;
}

int fw_memmap(struct memmap *ret)
{
	*ret = app.machine.map;
	return 0;
}

int fw_claim(phys_addr_t start, u64 nr_pages)
{
	(void)start;
	(void)nr_pages;
	return 0;
}

const struct fw_facts *fw_facts(void)
{
	return &facts;
}

static inline void add_section(struct fact_image *i, const char *name, u64 start, u64 size,
			       bool write, bool exec)
{
	struct fact_section *s = &facts.sections[facts.nr_sections++];

	*s = (struct fact_section){
		.start = i->start + start, .end = i->start + start + size, .write = write};
	s->exec = exec;
	fmt_print(s->name, sizeof(s->name), "%s", name);
	i->nr_sections++;
}

static inline struct fact_image *add_image(const char *name, phys_addr_t start, u64 size, u32 type)
{
	struct fact_image *i = &facts.images[facts.nr_images++];

	*i = (struct fact_image){.start = start,
				 .end = start + size,
				 .code_type = type,
				 .first_section = facts.nr_sections,
				 .handle = 0x1000 + facts.nr_images};
	fmt_print(i->name, sizeof(i->name), "%s", name);
	return i;
}

static inline void invent_facts(void)
{
	struct fact_image *i = add_image("DxeCore", CORE, 0x20000, MEM_BOOT_CODE);

	add_section(i, ".text", 0x1000, 0xf000, false, true);
	add_section(i, ".data", 0x10000, 0x8000, true, false);
	i = add_image("RuntimeDxe", RUNTIME, 0x4000, MEM_RUNTIME_CODE);
	add_section(i, ".text", 0x1000, 0x1000, false, true);
	memmap_add(&facts.mat, RUNTIME, 1, MEM_RUNTIME_CODE, MEM_ATTR_RUNTIME | MEM_ATTR_XP);
	memmap_add(&facts.mat, RUNTIME + 0x1000, 1, MEM_RUNTIME_CODE,
		   MEM_ATTR_RUNTIME | MEM_ATTR_RO);
	facts.gcd[0] = (struct fact_gcd){0, 0x40000000, MEM_ATTR_WB, 0xf, 2, 0x1001, false};
	facts.gcd[1] = (struct fact_gcd){FB, FB + 16 * MiB, MEM_ATTR_UC, 1, 3, 0, true};
	facts.gcd[2] = (struct fact_gcd){0x90000000, 0xa0000000, 0, 0, 0, 0, false};
	facts.nr_gcd = 3;
	facts_add_range(&facts, "local APIC", 0xfee00000, PAGE_SIZE);
	facts_add_range(&facts, "ACPI FACP", TABLES + 0x120, 0x114);
}

/* Everything to 4 GiB, as firmware does it; and two pages of RAM a second time, one uncached. */
static inline void invent_tables(void)
{
	app.fw_pt = app.sys.pt;
	app.fw_pt.root = 0;
	app.fw_pt.levels = 4;
	app.fw_pt.max_page_level = 1;
	app.fw_pt.changed = NULL;
	assert_int_equal(pt_init(&app.fw_pt), 0);
	assert_int_equal(pt_map(&app.fw_pt, 0, 0, 4 * GiB, PT_WRITE, 1), 0);
	assert_int_equal(pt_map(&app.fw_pt, ALIAS, 0x3f300000, PAGE_SIZE,
				PT_WRITE | PT_NOEXEC | PT_PCD | PT_PWT, 0),
			 0);
	app.machine.described = false;
}

static inline int machine_start(void **state)
{
	(void)state;
	fake_fw_reset();
	invent_facts();
	assert_int_equal(app_prepare(&app), 0);
	assert_int_equal(host_memory_new(&memory, &app.sys), 0);
	assert_int_equal(mm_build_tables(&app.sys), 0);
	assert_int_equal(mm_init(&app.sys), 0);
	app.started = true;
	invent_tables();
	return 0;
}

static inline int machine_stop(void **state)
{
	(void)state;
	host_memory_free(&memory);
	return 0;
}

#endif
