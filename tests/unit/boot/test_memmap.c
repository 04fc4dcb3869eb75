/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware's map: what comes in, how it is named, and what is found wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/boot/memmap.h"

static struct memmap map; /* too large for the stack */
static u32 scratch[MEMMAP_MAX];
static struct memmap_finding findings[3 * MEMMAP_MAX];

static int fresh_map(void **state)
{
	(void)state;
	memset(&map, 0, sizeof(map));
	return 0;
}

static u32 check(void)
{
	return memmap_check(&map, scratch, findings, ARRAY_SIZE(findings));
}

/* ---- intake ------------------------------------------------------------------------------ */

static void put_desc(u8 *at, u32 type, u64 start, u64 pages, u64 attr)
{
	memset(at, 0xee, 8); /* the padding after Type may hold anything */
	memcpy(at, &type, 4);
	memcpy(at + 8, &start, 8);
	memset(at + 16, 0xee, 8); /* VirtualStart is not ours */
	memcpy(at + 24, &pages, 8);
	memcpy(at + 32, &attr, 8);
}

/* The firmware's descriptor size is the step, whatever it is: 40, 48, odd ones. */
static void descriptor_size_is_honoured(void **state)
{
	static const u32 sizes[] = {40, 48, 56, 41, 100};

	(void)state;
	for (u32 s = 0; s < ARRAY_SIZE(sizes); s++) {
		u8 *bytes = malloc(3 * sizes[s]); /* exact, so that reading on is an error */

		memset(bytes, 0xff, 3 * sizes[s]);
		put_desc(bytes, MEM_CONVENTIONAL, 0x1000, 7, MEM_ATTR_WB);
		put_desc(bytes + sizes[s], MEM_MMIO, 0xfec00000, 1, MEM_ATTR_UC | MEM_ATTR_RUNTIME);
		put_desc(bytes + 2 * sizes[s], 0x80000001, ~0ULL, ~0ULL, ~0ULL);
		assert_int_equal(memmap_parse(&map, bytes, 3 * sizes[s], sizes[s], 1), 0);
		assert_int_equal(map.nr, 3);
		assert_int_equal(map.desc_size, sizes[s]);
		assert_int_equal(map.desc_version, 1);
		assert_int_equal(map.desc[0].start, 0x1000);
		assert_int_equal(map.desc[0].nr_pages, 7);
		assert_int_equal(map.desc[1].type, MEM_MMIO);
		assert_true(map.desc[1].attr == (MEM_ATTR_UC | MEM_ATTR_RUNTIME));
		assert_true(map.desc[2].type == 0x80000001 && map.desc[2].attr == ~0ULL);
		free(bytes);
	}
}

static void too_small_descriptors_are_refused(void **state)
{
	u8 bytes[80] = {0};

	(void)state;
	map.nr = 5;
	assert_int_equal(memmap_parse(&map, bytes, sizeof(bytes), 39, 1), -EINVAL);
	assert_int_equal(memmap_parse(&map, bytes, sizeof(bytes), 0, 1), -EINVAL);
	assert_int_equal(map.nr, 5);
}

static void a_partial_descriptor_at_the_end_is_ignored(void **state)
{
	u8 bytes[95] = {0};

	(void)state;
	put_desc(bytes, MEM_CONVENTIONAL, 0x1000, 7, 0);
	assert_int_equal(memmap_parse(&map, bytes, sizeof(bytes), 48, 1), 0);
	assert_int_equal(map.nr, 1);
	assert_int_equal(memmap_parse(&map, bytes, 0, 48, 1), 0);
	assert_int_equal(map.nr, 0);
}

static void what_does_not_fit_is_counted(void **state)
{
	u32 nr = MEMMAP_MAX + 3;
	u8 *bytes = calloc(nr, 48);

	(void)state;
	assert_int_equal(memmap_parse(&map, bytes, nr * 48, 48, 1), 0);
	assert_int_equal(map.nr, MEMMAP_MAX);
	assert_int_equal(map.lost, 3);
	assert_int_equal(memmap_add(&map, 0, 1, 0, 0), -ENOSPC);
	assert_int_equal(map.lost, 4);
	free(bytes);
}

/* No end wraps: absurd lengths end at the top of the address space. */
static void ends_are_clipped(void **state)
{
	(void)state;
	assert_true(mem_desc_end(&(struct mem_desc){.start = 0x1000, .nr_pages = 2}) == 0x3000);
	assert_true(mem_desc_end(&(struct mem_desc){.start = 0x1000, .nr_pages = 0}) == 0x1000);
	assert_true(mem_desc_end(&(struct mem_desc){.start = 0, .nr_pages = ~0ULL}) == ~0ULL);
	assert_true(mem_desc_end(&(struct mem_desc){.start = 0, .nr_pages = 1ULL << 52}) == ~0ULL);
	assert_true(mem_desc_end(&(struct mem_desc){.start = ~0ULL, .nr_pages = 1}) == ~0ULL);
	assert_true(mem_desc_end(&(struct mem_desc){.start = ~0ULL - 0xfff, .nr_pages = 1}) ==
		    ~0ULL);
}

static void sorting_is_by_start(void **state)
{
	struct prng prng;

	(void)state;
	prng_seed(&prng, 7);
	for (u32 i = 0; i < 2000; i++)
		memmap_add(&map, prng_below(&prng, 500) << PAGE_SHIFT, i, MEM_CONVENTIONAL, 0);
	memmap_sort(&map);
	for (u32 i = 1; i < map.nr; i++) {
		assert_true(map.desc[i - 1].start <= map.desc[i].start);
		if (map.desc[i - 1].start == map.desc[i].start)
			assert_true(map.desc[i - 1].nr_pages < map.desc[i].nr_pages);
	}
}

static void what_an_os_may_use(void **state)
{
	(void)state;
	for (u32 type = 0; type < NR_MEM_TYPES + 2; type++) {
		struct mem_desc d = {.type = type, .nr_pages = 1, .attr = MEM_ATTR_WB};
		bool ram = (type >= MEM_LOADER_CODE && type <= MEM_BOOT_DATA) ||
			   type == MEM_CONVENTIONAL;

		assert_int_equal(mem_desc_is_ram(&d), ram);
		d.attr |= MEM_ATTR_SP;
		assert_false(mem_desc_is_ram(&d));
	}
}

/* ---- names ------------------------------------------------------------------------------- */

static void types_have_both_names(void **state)
{
	(void)state;
	assert_string_equal(memmap_type_shell(MEM_CONVENTIONAL), "Available");
	assert_string_equal(memmap_type_shell(MEM_BOOT_DATA), "BS_Data");
	assert_string_equal(memmap_type_shell(MEM_ACPI_RECLAIM), "ACPI_Recl");
	assert_string_equal(memmap_type_linux(MEM_CONVENTIONAL), "Conventional");
	assert_string_equal(memmap_type_linux(MEM_ACPI_NVS), "ACPI Mem NVS");
	assert_string_equal(memmap_type_linux(MEM_UNACCEPTED), "Unaccepted");
	for (u32 type = 0; type < NR_MEM_TYPES; type++) {
		assert_in_range(strlen(memmap_type_shell(type)), 1, 10);
		assert_in_range(strlen(memmap_type_linux(type)), 1, 12);
	}
	assert_null(memmap_type_shell(NR_MEM_TYPES));
	assert_null(memmap_type_linux(0x80000000));
}

static void attributes_are_spelled_out(void **state)
{
	char buf[200];

	(void)state;
	assert_string_equal(memmap_attr_format(buf, sizeof(buf), 0), "");
	assert_string_equal(memmap_attr_format(buf, sizeof(buf), 0xf), "UC|WC|WT|WB");
	assert_string_equal(memmap_attr_format(buf, sizeof(buf), MEM_ATTR_RUNTIME | MEM_ATTR_SP),
			    "SP|RUNTIME");
	assert_string_equal(memmap_attr_format(buf, sizeof(buf), 1ULL << 30 | MEM_ATTR_WB),
			    "WB|0x40000000");
	assert_string_equal(memmap_attr_format(buf, sizeof(buf), 1ULL << 44 | MEM_ATTR_ISA_VALID),
			    "ISA_VALID|0x100000000000");
	assert_null(memmap_attr_name(64));
	assert_null(memmap_attr_name(5));
	assert_string_equal(memmap_attr_name(20), "HOT_PLUGGABLE");
}

static void a_short_buffer_is_not_overrun(void **state)
{
	char whole[200];

	(void)state;
	memmap_attr_format(whole, sizeof(whole), ~0ULL);
	for (size_t size = 1; size <= sizeof(whole); size++) {
		char *buf = malloc(size);

		memmap_attr_format(buf, size, ~0ULL);
		assert_true(strlen(buf) < size);
		assert_memory_equal(buf, whole, min(size - 1, strlen(whole)));
		free(buf);
	}
}

/* ---- findings ---------------------------------------------------------------------------- */

static void a_good_map_has_no_findings(void **state)
{
	(void)state;
	memmap_add(&map, 0x100000, 16, MEM_CONVENTIONAL, MEM_ATTR_WB);
	memmap_add(&map, 0x0, 160, MEM_BOOT_CODE, MEM_ATTR_WB); /* not in order: no fault */
	memmap_add(&map, 0x110000, 16, 0x70000000, 0);
	memmap_add(&map, 0x120000, 16, 0xffffffff, 0);
	assert_int_equal(check(), 0);
	assert_int_equal(scratch[0], 1);
	assert_int_equal(scratch[1], 0);
}

static void each_fault_is_named(void **state)
{
	static const enum memmap_fault expected[] = {
		MEMMAP_ZERO_LENGTH, MEMMAP_UNALIGNED,	 MEMMAP_WRAPS,
		MEMMAP_WRAPS,	    MEMMAP_UNKNOWN_TYPE,
	};

	(void)state;
	memmap_add(&map, 0x1000, 0, MEM_CONVENTIONAL, MEM_ATTR_WB);
	memmap_add(&map, 0x2010, 1, MEM_CONVENTIONAL, MEM_ATTR_WB);
	memmap_add(&map, 1ULL << 52, 1, MEM_MMIO, 0);
	memmap_add(&map, ~0ULL - 0xfff, 2, MEM_MMIO, 0);
	memmap_add(&map, 0x8000, 1, NR_MEM_TYPES, 0);
	assert_int_equal(check(), ARRAY_SIZE(expected));
	for (u32 i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_int_equal(findings[i].fault, expected[i]);
		assert_int_equal(findings[i].index, i);
		assert_true(strlen(memmap_fault_name(expected[i])) > 5);
	}
	assert_int_equal(memmap_check(&map, scratch, findings, 2), ARRAY_SIZE(expected));
}

/* Each row with what is wrong with it; at most two things. */
static void attributes_contradict_types(void **state)
{
	static const struct {
		enum mem_type type;
		u64 attr;
		enum memmap_fault fault[2];
	} rows[] = {
		{MEM_RUNTIME_CODE, MEM_ATTR_WB | MEM_ATTR_RUNTIME, {0}},
		{MEM_RUNTIME_CODE, MEM_ATTR_WB, {MEMMAP_NO_RUNTIME}},
		{MEM_RUNTIME_DATA, 0, {MEMMAP_NO_RUNTIME, MEMMAP_NO_CACHING}},
		{MEM_RUNTIME_DATA,
		 MEM_ATTR_UC | MEM_ATTR_RUNTIME | MEM_ATTR_RP,
		 {MEMMAP_RUNTIME_RP}},
		{MEM_RESERVED, MEM_ATTR_RUNTIME, {0}},
		{MEM_MMIO, MEM_ATTR_UC | MEM_ATTR_RUNTIME, {0}},
		{MEM_MMIO, 0, {0}},
		{MEM_BOOT_DATA, MEM_ATTR_WB | MEM_ATTR_RUNTIME, {MEMMAP_RUNTIME_BIT}},
		{MEM_ACPI_RECLAIM, MEM_ATTR_RP, {MEMMAP_NO_CACHING}},
		{MEM_PERSISTENT, MEM_ATTR_WB | MEM_ATTR_NV, {0}},
		{MEM_PERSISTENT, MEM_ATTR_WB, {MEMMAP_NOT_NV}},
		{MEM_CONVENTIONAL, MEM_ATTR_WB | MEM_ATTR_NV, {MEMMAP_NV_BIT}},
		{MEM_UNACCEPTED, 0, {0}},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 nr = 0;

		map.nr = 0;
		memmap_add(&map, 0x1000, 1, rows[i].type, rows[i].attr);
		while (nr < 2 && rows[i].fault[nr])
			nr++;
		assert_int_equal(check(), nr);
		for (u32 k = 0; k < nr; k++) {
			assert_int_equal(findings[k].fault, rows[i].fault[k]);
			assert_true(strlen(memmap_fault_name(rows[i].fault[k])) > 5);
		}
	}
}

/* The last page below 2^52 is fine. */
static void the_last_page_is_no_fault(void **state)
{
	(void)state;
	memmap_add(&map, (1ULL << 52) - PAGE_SIZE, 1, MEM_MMIO, 0);
	assert_int_equal(check(), 0);
}

/*
 *	0: [==============]
 *	1:    [==]
 *	2:          [==========]	overlaps 0, not 1
 *	3:                     [=]	overlaps 2
 *	4:  .				no pages: overlaps nothing
 */
static void overlaps_name_both(void **state)
{
	(void)state;
	memmap_add(&map, 0x0, 10, MEM_CONVENTIONAL, MEM_ATTR_WB);
	memmap_add(&map, 0x2000, 2, MEM_CONVENTIONAL, MEM_ATTR_WB);
	memmap_add(&map, 0x6000, 8, MEM_CONVENTIONAL, MEM_ATTR_WB);
	memmap_add(&map, 0xd000, 2, MEM_CONVENTIONAL, MEM_ATTR_WB);
	assert_int_equal(check(), 3);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(findings[i].fault, MEMMAP_OVERLAP);
	assert_int_equal(findings[0].index, 1);
	assert_int_equal(findings[0].other, 0);
	assert_int_equal(findings[1].index, 2);
	assert_int_equal(findings[1].other, 0);
	assert_int_equal(findings[2].index, 3);
	assert_int_equal(findings[2].other, 2);
}

static bool share_bytes(const struct mem_desc *a, const struct mem_desc *b)
{
	return a->start < mem_desc_end(b) && b->start < mem_desc_end(a);
}

/* Expect: a descriptor is named exactly if, in the order of the sort, an
 * earlier one overlaps it. */
static void compare_overlaps(u32 nr)
{
	u32 at = 0;

	for (u32 k = 0; k < map.nr; k++) {
		bool any = false;

		for (u32 j = 0; j < k; j++)
			any |= share_bytes(&map.desc[scratch[j]], &map.desc[scratch[k]]);
		if (!any)
			continue;
		while (at < nr && findings[at].fault != MEMMAP_OVERLAP)
			at++;
		assert_true(at < nr);
		assert_int_equal(findings[at].index, scratch[k]);
		assert_true(share_bytes(&map.desc[findings[at].other], &map.desc[scratch[k]]));
		at++;
	}
	while (at < nr)
		assert_true(findings[at++].fault != MEMMAP_OVERLAP);
}

static void random_overlaps_agree_with_all_pairs(void **state)
{
	struct prng prng;

	(void)state;
	print_message("# seed 99\n");
	prng_seed(&prng, 99);
	for (u32 round = 0; round < 2000; round++) {
		u32 nr = (u32)prng_below(&prng, 24);

		map.nr = 0;
		for (u32 i = 0; i < nr; i++)
			memmap_add(&map, prng_below(&prng, 256) << PAGE_SHIFT,
				   1 + prng_below(&prng, 1 + prng_below(&prng, 40)), MEM_MMIO, 0);
		compare_overlaps(check());
	}
}

/* A full map, every descriptor overlapping its neighbour, takes no noticeable time. */
static void a_full_map_is_checked_quickly(void **state)
{
	(void)state;
	for (u32 i = MEMMAP_MAX; i-- > 0;)
		memmap_add(&map, (u64)i << PAGE_SHIFT, 2, MEM_CONVENTIONAL, MEM_ATTR_WB);
	for (u32 round = 0; round < 100; round++)
		assert_int_equal(check(), MEMMAP_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(descriptor_size_is_honoured, fresh_map),
		cmocka_unit_test_setup(too_small_descriptors_are_refused, fresh_map),
		cmocka_unit_test_setup(a_partial_descriptor_at_the_end_is_ignored, fresh_map),
		cmocka_unit_test_setup(what_does_not_fit_is_counted, fresh_map),
		cmocka_unit_test_setup(ends_are_clipped, fresh_map),
		cmocka_unit_test_setup(sorting_is_by_start, fresh_map),
		cmocka_unit_test_setup(what_an_os_may_use, fresh_map),
		cmocka_unit_test_setup(types_have_both_names, fresh_map),
		cmocka_unit_test_setup(attributes_are_spelled_out, fresh_map),
		cmocka_unit_test_setup(a_short_buffer_is_not_overrun, fresh_map),
		cmocka_unit_test_setup(a_good_map_has_no_findings, fresh_map),
		cmocka_unit_test_setup(each_fault_is_named, fresh_map),
		cmocka_unit_test_setup(attributes_contradict_types, fresh_map),
		cmocka_unit_test_setup(the_last_page_is_no_fault, fresh_map),
		cmocka_unit_test_setup(overlaps_name_both, fresh_map),
		cmocka_unit_test_setup(random_overlaps_agree_with_all_pairs, fresh_map),
		cmocka_unit_test_setup(a_full_map_is_checked_quickly, fresh_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
