/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "linux_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"

#define MAX_LINE 400

void linux_map_lines(struct linux_map *m, const char *prefix,
		     void (*fn)(struct linux_map *m, const char *rest))
{
	size_t len = strlen(prefix);

	for (const char *at = m->text; *at;) {
		size_t n = strcspn(at, "\r\n");
		char line[MAX_LINE];

		snprintf(line, sizeof(line), "%.*s", (int)n, at);
		if (!strncmp(line, prefix, len))
			fn(m, line + len);
		at += n + strspn(at + n, "\r\n");
	}
}

static void take_version(struct linux_map *m, const char *rest)
{
	unsigned major, minor;

	if (sscanf(rest, "%u.%u", &major, &minor) == 2)
		m->version = major * 100 + minor;
}

void linux_map_load(struct linux_map *m, const char *path)
{
	FILE *f = fopen(path, "rb");
	char err[200];
	size_t size = 64 * KiB, n;

	if (!f)
		fail_msg("cannot read %s", path);
	m->text = malloc(size);
	m->len = 0;
	while ((n = fread(m->text + m->len, 1, size - m->len - 1, f)) > 0) {
		m->len += n;
		size *= 2;
		m->text = realloc(m->text, size);
	}
	m->text[m->len] = '\0';
	fclose(f);
	if (mapfile_parse(m->text, m->len, &m->file, err, sizeof(err)))
		fail_msg("%s: %s", path, err);
	m->version = 0;
	linux_map_lines(m, "# linux: ", take_version);
}

void linux_map_unload(struct linux_map *m)
{
	free(m->text);
	m->text = NULL;
}

/* ---- notes ------------------------------------------------------------------------------- */

static enum e820_type dmesg_type(const char *name)
{
	static const struct {
		const char *name;
		enum e820_type type;
	} types[] = {
		{"usable", E820_USABLE},
		{"ACPI data", E820_ACPI_DATA},
		{"ACPI NVS", E820_ACPI_NVS},
		{"unusable", E820_UNUSABLE},
		{"persistent", E820_PERSISTENT},
		{"soft reserved", E820_SOFT_RESERVED},
		{"Soft Reserved", E820_SOFT_RESERVED},
	};

	for (u32 i = 0; i < ARRAY_SIZE(types); i++) {
		if (!strncmp(name, types[i].name, strlen(types[i].name)))
			return types[i].type;
	}
	return E820_RESERVED; /* "reserved", "type 9" ... */
}

/* Parses "[mem 0xA-0xB] what" into the range, with an exclusive end, and `what`. */
static bool parse_note(const char *rest, u64 *start, u64 *end, char what[80])
{
	unsigned long long first, last;

	if (sscanf(rest, "[mem %llx-%llx] %79[^\n]", &first, &last, what) != 3)
		return false;
	*start = first;
	*end = last + 1;
	return true;
}

static void note_user(struct linux_map *m, const char *rest)
{
	char type[80];
	u64 start, end;

	if (!parse_note(rest, &start, &end, type))
		return;
	if (!m->user_map)
		m->e820.nr = 0;
	m->user_map = true;
	assert_int_equal(e820_add(&m->e820, start, end, dmesg_type(type)), 0);
}

static void note_command_line(struct linux_map *m, const char *rest)
{
	const char *word = strstr(rest, "mem=");
	char size[32];
	u64 bytes;

	if (m->user_map || !word || (word != rest && word[-1] != ' '))
		return;
	if (sscanf(word, "mem=%31s", size) == 1 && !parse_u64(size, &bytes))
		assert_int_equal(e820_update(&m->e820, bytes, ~0ULL, E820_USABLE, -1), 0);
}

static void note_page_options(struct linux_map *m, const char *rest)
{
	struct page_options *o = &m->sys.given.page_options;
	const char *word;
	char size[32];

	o->movable_node |= strstr(rest, "movable_node") != NULL;
	word = strstr(rest, "kernelcore=");
	if (word && sscanf(word, "kernelcore=%31s", size) == 1)
		parse_u64(size, &o->kernelcore.bytes);
	word = strstr(rest, "movablecore=");
	if (word && sscanf(word, "movablecore=%31s", size) == 1)
		parse_u64(size, &o->movablecore.bytes);
}

static void note_update(struct linux_map *m, const char *rest)
{
	char types[80], *to;
	u64 start, end;

	if (!parse_note(rest, &start, &end, types))
		return;
	to = strstr(types, " ==> ");
	if (to)
		assert_int_equal(
			e820_update(&m->e820, start, end, dmesg_type(types), dmesg_type(to + 5)),
			0);
}

static void note_remove(struct linux_map *m, const char *rest)
{
	char type[80];
	u64 start, end;

	if (parse_note(rest, &start, &end, type))
		assert_int_equal(e820_update(&m->e820, start, end, dmesg_type(type), -1), 0);
}

static void note_no_numa(struct linux_map *m, const char *rest)
{
	(void)rest;
	m->file.numa.nr_ranges = 0;
}

/* ---- building ---------------------------------------------------------------------------- */

static void build_e820(struct linux_map *m, bool from_e820)
{
	u64 lost;

	m->e820.nr = 0;
	m->user_map = false;
	if (from_e820)
		m->e820 = m->file.e820;
	else
		assert_int_equal(e820_from_memmap(&m->e820, &m->file.memmap), 0);
	linux_map_lines(m, "note user: ", note_user);
	assert_int_equal(e820_sanitize(&m->e820), 0);
	linux_map_lines(m, "note cmdline ", note_command_line);
	linux_map_lines(m, "note Command line: ", note_command_line);
	assert_int_equal(e820_trim_bios(&m->e820), 0);
	linux_map_lines(m, "note e820 update ", note_update);
	linux_map_lines(m, "note e820 remove ", note_remove);
	assert_int_equal(e820_limit(&m->e820, 1ULL << 46, &lost), 0); /* 4 levels: 64 TiB */
}

static void add_ram(struct linux_map *m)
{
	m->max_pfn = m->max_low_pfn = 0;
	for (u32 i = 0; i < m->e820.nr; i++) {
		const struct e820_range *r = &m->e820.range[i];

		if (r->type != E820_USABLE)
			continue;
		m->max_pfn = phys_to_pfn(r->end);
		if (r->start < 4 * GiB)
			m->max_low_pfn = phys_to_pfn(min(r->end, (phys_addr_t)(4 * GiB)));
	}
	assert_int_equal(e820_memblock_setup(&m->e820, &m->sys.memblock), 0);
}

static void expected_node(struct linux_map *m, const char *rest)
{
	unsigned long long start, end;
	int nid;

	if (sscanf(rest, "%d %llx %llx", &nid, &start, &end) == 3)
		numa_add_range(&m->file.numa, nid, start, end, false, false);
}

static void set_nodes(struct linux_map *m)
{
	phys_addr_t pa;

	linux_map_lines(m, "note No NUMA configuration found", note_no_numa);
	linux_map_lines(m, "note NUMA turned off", note_no_numa);
	if (!m->file.numa.nr_ranges && strstr(m->text, "\nexpect node 1 ")) {
		m->nodes_from_expect = true;
		linux_map_lines(m, "expect node ", expected_node);
	}
	assert_true(numa_apply(&m->file.numa, &m->sys.memblock, &pa) >= 0);
	assert_int_equal(numa_clear_kernel_hotplug(&m->sys.memblock, &m->file.memmap), 0);
}

bool linux_map_build(struct linux_map *m, bool from_e820)
{
	if (from_e820 ? !m->file.e820.nr : !m->file.memmap.nr)
		return false;
	memset(&m->sys, 0, sizeof(m->sys));
	m->nodes_from_expect = false;
	memblock_init(&m->sys.memblock, m->regions[0], m->regions[1], LINUX_MAP_REGIONS);
	build_e820(m, from_e820);
	add_ram(m);
	set_nodes(m);
	m->sys.given.numa = &m->file.numa;
	linux_map_lines(m, "note cmdline ", note_page_options);
	m->sys.given.layout = pt_layout_x86(4);
	assert_int_equal(host_memory_new(&m->host, &m->sys), 0);
	assert_int_equal(zones_init(&m->sys), 0);
	return true;
}

void linux_map_free(struct linux_map *m)
{
	host_memory_free(&m->host);
}
