/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Views of memory maps and nodes against golden files, for an invented machine. After a wanted
 * change: GOLDEN=write build/test/unit/view/test_view_memmap, and read the difference. Runs in the
 * root.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden.h"
#include "lib.h"
#include "ui/views.h"

static char text[64 * 1024];
static size_t text_len, stop_at;
static struct memmap map, later;
static struct numa_info numa;
static struct emit out;

/* Takes text until `stop_at` bytes are there: then the reader has pressed Esc. */
static int collect(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	assert_true(text_len + n < sizeof(text));
	memcpy(text + text_len, s, n);
	text_len += n;
	text[text_len] = '\0';
	return text_len >= stop_at;
}

static struct emit *begin(enum emit_format format)
{
	text_len = 0;
	text[0] = '\0';
	stop_at = sizeof(text);
	emit_init(&out, format, collect, NULL);
	return &out;
}

/* Every type and every attribute bit once, and room for devices between;
 * in order; some attributes contradict the type. */
static void sane_map(struct memmap *m)
{
	phys_addr_t at = MiB;

	*m = (struct memmap){.desc_size = 48, .desc_version = 1};
	memmap_add(m, 0, 0xa0, MEM_CONVENTIONAL, 0xf);
	for (u32 type = 0; type < NR_MEM_TYPES; type++, at += MiB)
		memmap_add(m, at, 0x100, type, 0xf);
	for (unsigned bit = 0; bit < 21; bit++, at += 64 * KiB) {
		if (memmap_attr_name(bit))
			memmap_add(m, at, 0x10, MEM_CONVENTIONAL, 1ULL << bit);
	}
	memmap_add(m, at, 1, MEM_RUNTIME_CODE, MEM_ATTR_RUNTIME | MEM_ATTR_RO | MEM_ATTR_WB);
	memmap_add(m, 0xffc00000, 0x400, MEM_MMIO, MEM_ATTR_RUNTIME | MEM_ATTR_UC);
	memmap_add(m, 4 * GiB, 0x80000, MEM_CONVENTIONAL, 0xf | MEM_ATTR_MORE_RELIABLE);
}

/* What firmware should not do: no order, an overlap, nothing at all, an odd start, odd types. */
static void odd_map(struct memmap *m)
{
	*m = (struct memmap){.desc_size = 48, .desc_version = 1, .lost = 3};
	memmap_add(m, 4 * GiB, 0x40000, MEM_CONVENTIONAL, 0xf);
	memmap_add(m, 0x100000, 0x1000, MEM_CONVENTIONAL, 0xf);
	memmap_add(m, 0x800000, 0x10, MEM_BOOT_DATA, 0xf);
	memmap_add(m, 0x2000000, 0, MEM_BOOT_CODE, 0xf);
	memmap_add(m, 0x3000800, 1, MEM_RESERVED, 0xf);
	memmap_add(m, 0x4000000, 0x100, 0x70000001, 0xf);
	memmap_add(m, 0x5000000, 0x100, 0x80000003, 0x40000000000000f);
	memmap_add(m, 0x6000000, 0x100, 0x7f, MEM_ATTR_ISA_VALID | 1ULL << 44);
	memmap_add(m, ~0ULL << PAGE_SHIFT, 16, MEM_MMIO, MEM_ATTR_UC);
}

static void the_uefi_shells_table(void **state)
{
	(void)state;
	sane_map(&map);
	view_memmap(begin(EMIT_TEXT), &map, MEMMAP_SHELL);
	same_as_golden("memmap-shell.txt", text);
	view_memmap(begin(EMIT_JSON), &map, MEMMAP_SHELL);
	same_as_golden("memmap-shell.json", text);
}

static void odd_maps_get_findings(void **state)
{
	(void)state;
	odd_map(&map);
	view_memmap(begin(EMIT_TEXT), &map, MEMMAP_SHELL);
	same_as_golden("memmap-odd.txt", text);
	view_memmap(begin(EMIT_JSON), &map, MEMMAP_SHELL);
	same_as_golden("memmap-odd.json", text);
}

static void the_map_itself_is_not_touched(void **state)
{
	(void)state;
	odd_map(&map);
	odd_map(&later);
	for (int style = MEMMAP_SHELL; style <= MEMMAP_GAPS; style++)
		view_memmap(begin(EMIT_TEXT), &map, (enum memmap_style)style);
	view_memmap_diff(begin(EMIT_TEXT), &map, &later);
	for (u32 i = 0; i < map.nr; i++)
		assert_memory_equal(&map.desc[i], &later.desc[i], offsetof(struct mem_desc, type));
}

/* The same lines as `efi=debug` gives; the first is from a real boot of Linux under OVMF. */
static void linuxs_lines(void **state)
{
	static const char real[] =
		"efi: mem00: [Boot Code   |   |  |  |  |  |  |  |  |  |  |   |WB|WT|WC|UC] "
		"range=[0x0000000000000000-0x0000000000000fff] (0MB)\n";

	(void)state;
	map = (struct memmap){.nr = 0};
	memmap_add(&map, 0, 1, MEM_BOOT_CODE, 0xf);
	view_memmap(begin(EMIT_TEXT), &map, MEMMAP_LINUX);
	assert_string_equal(text, real);
	sane_map(&map);
	view_memmap(begin(EMIT_TEXT), &map, MEMMAP_LINUX);
	same_as_golden("memmap-linux.txt", text);
	odd_map(&map); /* not sorted, types without a name: as Linux shows them */
	view_memmap(begin(EMIT_TEXT), &map, MEMMAP_LINUX);
	same_as_golden("memmap-linux-odd.txt", text);
}

static void gaps_between_descriptors(void **state)
{
	(void)state;
	sane_map(&map);
	view_memmap(begin(EMIT_TEXT), &map, MEMMAP_GAPS);
	same_as_golden("memmap-gaps.txt", text);
	view_memmap(begin(EMIT_JSON), &map, MEMMAP_GAPS);
	same_as_golden("memmap-gaps.json", text);
	map = (struct memmap){.nr = 0};
	memmap_add(&map, 0, 1ULL << 52, MEM_CONVENTIONAL, 0xf);
	view_memmap(begin(EMIT_TEXT), &map, MEMMAP_GAPS);
	assert_string_equal(text, "");
}

static void an_empty_map_is_no_trouble(void **state)
{
	(void)state;
	map = later = (struct memmap){.nr = 0};
	for (int style = MEMMAP_SHELL; style <= MEMMAP_GAPS; style++) {
		view_memmap(begin(EMIT_JSON), &map, (enum memmap_style)style);
		assert_string_equal(text, "[]\n");
	}
	view_memmap(begin(EMIT_TEXT), &map, MEMMAP_LINUX);
	assert_string_equal(text, "");
	view_memmap_diff(begin(EMIT_TEXT), &map, &later);
	assert_string_equal(text, "");
}

/*
 * before  |Avail.....................|BS_Data.....|         gap          |Avail
 * after   |Avail....|LoaderData|Avail|Avail|BS_Data|ACPI_NVS in the gap  |Avail
 */
static void what_changed_since_the_snapshot(void **state)
{
	(void)state;
	map = later = (struct memmap){.nr = 0};
	memmap_add(&map, 1 * MiB, 0x300, MEM_CONVENTIONAL, 0xf);
	memmap_add(&map, 4 * MiB, 0x200, MEM_BOOT_DATA, 0xf);
	memmap_add(&map, 16 * MiB, 0x1000, MEM_CONVENTIONAL, 0xf);
	memmap_add(&later, 16 * MiB, 0x1000, MEM_CONVENTIONAL, 0xf);
	memmap_add(&later, 1 * MiB, 0x100, MEM_CONVENTIONAL, 0xf);
	memmap_add(&later, 2 * MiB, 0x100, MEM_LOADER_DATA, 0xf);
	memmap_add(&later, 3 * MiB, 0x180, MEM_CONVENTIONAL, 0xf);
	memmap_add(&later, 3 * MiB + 0x180000, 0x180, MEM_BOOT_DATA, 0xf);
	memmap_add(&later, 8 * MiB, 0x10, MEM_ACPI_NVS, 0xf);
	view_memmap_diff(begin(EMIT_TEXT), &map, &later);
	same_as_golden("memmap-diff.txt", text);
	view_memmap_diff(begin(EMIT_JSON), &map, &later);
	same_as_golden("memmap-diff.json", text);
	later.nr -= 2; /* what is gone, too */
	view_memmap_diff(begin(EMIT_TEXT), &map, &later);
	same_as_golden("memmap-diff-gone.txt", text);
	sane_map(&map);
	sane_map(&later);
	view_memmap_diff(begin(EMIT_TEXT), &map, &later);
	assert_string_equal(text, "");
	odd_map(&map); /* overlaps are no changes */
	odd_map(&later);
	view_memmap_diff(begin(EMIT_TEXT), &map, &later);
	assert_string_equal(text, "");
}

static void bios_e820_lines(void **state)
{
	static struct e820_table t;

	(void)state;
	t = (struct e820_table){.nr = 0};
	for (u32 type = 0; type < NR_E820_TYPES; type++)
		t.range[t.nr++] = (struct e820_range){type * MiB, (type + 1) * MiB, .type = type};
	view_e820(begin(EMIT_TEXT), &t);
	same_as_golden("memmap-e820.txt", text);
	view_e820(begin(EMIT_JSON), &t);
	same_as_golden("memmap-e820.json", text);
}

/* ---- nodes ------------------------------------------------------------------------------- */

static void two_nodes(void)
{
	numa_init(&numa);
	numa_node_of_pxm(&numa, 0);
	numa_node_of_pxm(&numa, 8);
	numa_add_range(&numa, 0, 0, 2 * GiB, false, false);
	numa_add_range(&numa, 1, 4 * GiB, 6 * GiB, false, true);
	numa_add_range(&numa, 1, 1 * TiB, 2 * TiB, true, false);
	*numa_cpu(&numa, 0) = (struct numa_cpu){.apic_id = 0, .nid = 0, .enabled = true};
	*numa_cpu(&numa, 257) = (struct numa_cpu){.apic_id = 257, .nid = 1, .online_capable = true};
	numa_set_cpu_node(&numa, 300, 1);
	numa_cpu(&numa, 301)->enabled = true;
	numa.have_slit = true;
	numa.distance[0][1] = numa.distance[1][0] = 21;
	numa.perf[numa.nr_perf++] = (struct numa_perf){0, 8, .data_type = 0, .value = 130000};
	numa.perf[numa.nr_perf++] = (struct numa_perf){8, 0, .data_type = 5, .value = 25600};
	numa.perf[numa.nr_perf++] =
		(struct numa_perf){8, 0, .data_type = 3, .hierarchy = 1, .value = 51200};
}

static void nodes_cpus_and_distances(void **state)
{
	(void)state;
	two_nodes();
	view_numa(begin(EMIT_TEXT), &numa, "", NUMA_OK, 0);
	same_as_golden("numa.txt", text);
	view_numa(begin(EMIT_JSON), &numa, "", NUMA_OK, 0);
	same_as_golden("numa.json", text);
	numa.lost = 5;
	view_numa(begin(EMIT_TEXT), &numa, "", NUMA_CONFLICT, 0x40000000);
	same_as_golden("numa-conflict.txt", text);
	view_numa(begin(EMIT_JSON), &numa, "", NUMA_CONFLICT, 0x40000000);
	same_as_golden("numa-conflict.json", text);
	numa_init(&numa);
	view_numa(begin(EMIT_TEXT), &numa, "", NUMA_NONE, 0);
	same_as_golden("numa-none.txt", text);
}

/* ---- stopping ---------------------------------------------------------------------------- */

static void esc_ends_every_view_soon(void **state)
{
	(void)state;
	sane_map(&map);
	two_nodes();
	for (int view = 0; view < 4; view++) {
		begin(view == 3 ? EMIT_JSON : EMIT_TEXT);
		stop_at = 200;
		if (view < 2)
			view_memmap(&out, &map, view ? MEMMAP_LINUX : MEMMAP_SHELL);
		else
			view_numa(&out, &numa, "", NUMA_OK, 0);
		assert_true(emit_stopped(&out));
		assert_in_range(text_len, 200, 400);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_uefi_shells_table),
		cmocka_unit_test(odd_maps_get_findings),
		cmocka_unit_test(the_map_itself_is_not_touched),
		cmocka_unit_test(linuxs_lines),
		cmocka_unit_test(gaps_between_descriptors),
		cmocka_unit_test(an_empty_map_is_no_trouble),
		cmocka_unit_test(what_changed_since_the_snapshot),
		cmocka_unit_test(bios_e820_lines),
		cmocka_unit_test(nodes_cpus_and_distances),
		cmocka_unit_test(esc_ends_every_view_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
