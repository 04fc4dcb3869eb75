/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Seam 2 on the host: a machine that a file describes. Its firmware grants every claim. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/host.h"
#include "parse/facts.h"
#include "fw.h"
#include "host.h"
#include "lib.h"
#include "parse/options.h"

/* The EFI type that gives an e820 type, so that there is only one way to memblock. */
static u32 efi_type(u8 e820)
{
	static const u32 types[NR_E820_TYPES] = {
		[E820_USABLE] = MEM_CONVENTIONAL,   [E820_SOFT_RESERVED] = MEM_CONVENTIONAL,
		[E820_PERSISTENT] = MEM_PERSISTENT, [E820_ACPI_DATA] = MEM_ACPI_RECLAIM,
		[E820_ACPI_NVS] = MEM_ACPI_NVS,	    [E820_UNACCEPTED] = MEM_UNACCEPTED,
		[E820_RESERVED] = MEM_RESERVED,	    [E820_UNUSABLE] = MEM_UNUSABLE,
	};

	return types[e820];
}

/* e820 ranges may be unaligned: RAM shrinks to whole pages, all else grows. */
static void add_e820(struct memmap *map, const struct e820_range *r)
{
	bool ram = r->type == E820_USABLE;
	phys_addr_t start = ram ? round_up(r->start, PAGE_SIZE) : round_down(r->start, PAGE_SIZE);
	phys_addr_t end = ram ? round_down(r->end, PAGE_SIZE) : round_up(r->end, PAGE_SIZE);
	u64 attr = MEM_ATTR_WB | (r->type == E820_SOFT_RESERVED ? MEM_ATTR_SP : 0);

	if (start < end)
		memmap_add(map, start, (end - start) >> PAGE_SHIFT, efi_type(r->type), attr);
}

static void fill_map(struct memmap *map)
{
	static struct e820_table ranges;

	*map = host.machine.memmap;
	if (map->nr)
		return;
	ranges = host.machine.e820;
	e820_sanitize(&ranges); /* first merges neighbours that share a page */
	for (u32 i = 0; i < ranges.nr; i++)
		add_e820(map, &ranges.range[i]);
}

extern const char __executable_start[], _end[]; /* from the linker */

int fw_machine(struct machine *m)
{
	memset(m, 0, sizeof(*m));
	m->described = true;
	m->image_start = (u64)(uintptr_t)__executable_start;
	m->image_end = (u64)(uintptr_t)_end;
	fill_map(&m->map);
	m->numa = host.machine.numa;
	m->have_acpi = m->numa.nr_nodes != 0;
	arch_cpu_info(&m->cpu);
	mapfile_apply_cpu(&host.machine, &m->cpu);
	fmt_print(m->vendor, sizeof(m->vendor), "%s", host.machine.name);
	fmt_print(m->firmware_vendor, sizeof(m->firmware_vendor), "described by a file");
	return m->map.nr ? 0 : -ENODEV;
}

int fw_memmap(struct memmap *ret)
{
	fill_map(ret);
	return 0;
}

int fw_claim(phys_addr_t start, u64 pages)
{
	(void)start;
	(void)pages;
	return 0;
}

int fw_alloc(u64 pages, phys_addr_t limit, bool exec, phys_addr_t *ret)
{
	(void)pages;
	(void)limit;
	(void)exec;
	(void)ret;
	return -ENOMEM; /* on the host the program needs none of the machine's memory */
}

int fw_release(phys_addr_t start, u64 pages)
{
	(void)start;
	(void)pages;
	return 0;
}

/* ---- CPUs: the described machine has none to run on -------------------------------------- */

int fw_mp_count(u32 *ret_total, u32 *ret_enabled)
{
	(void)ret_total;
	(void)ret_enabled;
	return -ENODEV;
}

int fw_mp_cpu(u32 index, struct smp_cpu *ret)
{
	(void)index;
	(void)ret;
	return -ENODEV;
}

int fw_mp_start(void (*fn)(void *arg), void *arg)
{
	(void)fn;
	(void)arg;
	return -ENODEV;
}

int fw_mp_wait(u64 timeout_us)
{
	(void)timeout_us;
	return 0;
}

/* ---- what to run ------------------------------------------------------------------------- */

int fw_script(char *buf, size_t size, size_t *ret_len)
{
	if (!host.args.commands)
		return -ENOENT;
	*ret_len = (size_t)fmt_print(buf, size, "%s", host.args.commands);
	return *ret_len < size ? 0 : -E2BIG;
}

int fw_option(const char *name, char *buf, size_t size)
{
	size_t len = strlen(name);

	for (u32 i = 0; i < host.args.nr_options; i++) {
		const char *option = host.args.options[i];

		if (strncmp(option, name, len) || (option[len] && option[len] != '='))
			continue;
		fmt_print(buf, size, "%s", option[len] ? option + len + 1 : "1"); /* a flag */
		return 0;
	}
	return -ENOENT;
}

u32 fw_option_warnings(char *buf, size_t size)
{
	(void)buf;
	(void)size;
	return 0; /* main has refused unknown options */
}

int fw_reset(enum fw_reset how)
{
	(void)how;
	return -ENODEV;
}

/* There are no facts but those of the file. */
const struct fw_facts *fw_facts(void)
{
	static const struct fw_facts none = {
		.mat_note = "a described machine has no Memory Attributes Table",
		.gcd_note = "a described machine has no GCD map",
		.images_note = "a described machine has no images",
	};

	return &none;
}

const char *fw_last_error(void)
{
	return "";
}
