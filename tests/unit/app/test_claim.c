/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What is taken from a firmware of ours: it keeps a list of what was claimed, may refuse, and may
 * be slow to take memory back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/claim.h"
#include "lib.h"

#define WB	 MEM_ATTR_WB
#define ALL	 (1024 * TiB) /* a limit that limits nothing */
#define PAGES(x) ((x) >> PAGE_SHIFT)

static struct app app;
static struct memmap map;
static struct claim_pins pins;

static struct {
	u32 nr_claimed;
	u64 claimed_pages;
	phys_addr_t refused;	/* the range that begins here */
	bool empty;		/* no memory to lend */
	u64 ns_call, ns_a_page; /* what it takes to take memory back */
} firmware;

int fw_claim(phys_addr_t start, u64 pages)
{
	if (start == firmware.refused)
		return -ENOMEM;
	firmware.nr_claimed++;
	firmware.claimed_pages += pages;
	return 0;
}

int fw_alloc(u64 pages, phys_addr_t limit, bool exec, phys_addr_t *ret)
{
	(void)pages;
	(void)limit;
	(void)exec;
	*ret = 16 * MiB;
	return firmware.empty ? -ENOMEM : 0;
}

int fw_release(phys_addr_t start, u64 pages)
{
	u64 begun = arch_cycles(); /* nanoseconds on the host */

	(void)start;
	while (arch_cycles() - begun < firmware.ns_call + pages * firmware.ns_a_page)
		;
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	memset(&app, 0, sizeof(app));
	memset(&map, 0, sizeof(map));
	memset(&pins, 0, sizeof(pins));
	memset(&firmware, 0, sizeof(firmware));
	return 0;
}

static void add_ram(phys_addr_t start, phys_addr_t end)
{
	memmap_add(&map, start, PAGES(end - start), MEM_CONVENTIONAL, WB);
}

static void add_pin(phys_addr_t start, phys_addr_t end)
{
	pins.range[pins.nr++] = (struct app_range){start, PAGES(end - start)};
}

/* Claims with a reserve and a limit, in bytes; then compares, as "START-END START-END" in MiB. */
static void assert_claimed(u64 reserve, u64 limit, const char *expected)
{
	char text[400] = "";
	size_t len = 0;
	u64 pages = 0;

	app.options.reserve = reserve;
	app.options.claim = limit;
	claim_memory(&app, &map, &pins);
	for (u32 i = 0; i < app.nr_claims; i++) {
		const struct app_range *r = &app.claims[i];

		len += (size_t)fmt_print(text + len, sizeof(text) - len, "%s%llu-%llu",
					 i ? " " : "", r->start / MiB,
					 (r->start + (r->pages << PAGE_SHIFT)) / MiB);
		pages += r->pages;
	}
	assert_string_equal(text, expected);
	assert_int_equal(app.claimed_pages, pages);
	assert_int_equal(firmware.claimed_pages, pages);
	assert_int_equal(firmware.nr_claimed, app.nr_claims);
}

/* ---- what is wanted ---------------------------------------------------------------------- */

static void only_ordinary_memory_is_wanted(void **state)
{
	static const struct {
		u32 type;
		u64 attr;
		bool wanted;
	} rows[] = {
		{MEM_CONVENTIONAL, 0, true}, /* nothing is said about it */
		{MEM_CONVENTIONAL, WB, true},
		{MEM_CONVENTIONAL, WB | MEM_ATTR_UC | MEM_ATTR_WC | MEM_ATTR_WT, true},
		{MEM_CONVENTIONAL, WB | MEM_ATTR_XP | MEM_ATTR_MORE_RELIABLE, true},
		{MEM_CONVENTIONAL, MEM_ATTR_UC, false},
		{MEM_CONVENTIONAL, WB | MEM_ATTR_SP, false},
		{MEM_CONVENTIONAL, WB | MEM_ATTR_NV, false},
		{MEM_CONVENTIONAL, WB | MEM_ATTR_HOT_PLUGGABLE, false},
		{MEM_CONVENTIONAL, WB | MEM_ATTR_RP, false},
		{MEM_CONVENTIONAL, WB | MEM_ATTR_RO, false},
		{MEM_BOOT_DATA, WB, false},
		{MEM_LOADER_DATA, WB, false},
		{MEM_PERSISTENT, WB, false},
		{MEM_RESERVED, WB, false},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mem_desc d = {.type = rows[i].type, .attr = rows[i].attr};

		if (claim_wants(&d) != rows[i].wanted)
			fail_msg("row %u", i);
	}
}

static void only_what_is_wanted_is_claimed(void **state)
{
	(void)state;
	add_ram(32 * MiB, 64 * MiB);
	memmap_add(&map, 64 * MiB, PAGES(16 * MiB), MEM_BOOT_DATA, WB);
	memmap_add(&map, 96 * MiB, PAGES(16 * MiB), MEM_CONVENTIONAL, WB | MEM_ATTR_SP);
	add_ram(16 * MiB, 24 * MiB); /* maps need not be sorted */
	assert_claimed(2 * MiB, ALL, "16-24 32-62");
}

static void the_first_megabyte_stays(void **state)
{
	(void)state;
	add_ram(0, 640 * KiB);
	add_ram(768 * KiB, 8 * MiB);
	add_ram(16 * MiB, 64 * MiB);
	assert_claimed(2 * MiB, ALL, "1-8 16-62");
}

/* ---- the reserve ------------------------------------------------------------------------- */

static u64 reserve_of(u64 ram, u64 wanted)
{
	map.nr = 0;
	add_ram(16 * MiB, 16 * MiB + ram);
	memmap_add(&map, 4096 * GiB, PAGES(TiB), MEM_BOOT_DATA, WB); /* counts for nothing */
	return claim_reserve(&map, wanted) << PAGE_SHIFT;
}

static void the_reserve_is_a_sixteenth_within_bounds(void **state)
{
	(void)state;
	assert_int_equal(reserve_of(4 * GiB, 0), 256 * MiB);
	assert_int_equal(reserve_of(256 * MiB, 0), 32 * MiB);
	assert_int_equal(reserve_of(64 * GiB, 0), 1 * GiB);
	assert_int_equal(reserve_of(4 * GiB, 5 * MiB), 5 * MiB);
	assert_int_equal(reserve_of(4 * GiB, 1536 * MiB), 1536 * MiB);
	/* but never more than half */
	assert_int_equal(reserve_of(40 * MiB, 0), 20 * MiB);
	assert_int_equal(reserve_of(4 * GiB, 3 * GiB), 2 * GiB);
	map.nr = 0;
	assert_int_equal(claim_reserve(&map, 0), 0);
}

static void half_of_the_reserve_is_below_4g(void **state)
{
	(void)state;
	add_ram(16 * MiB, 512 * MiB);
	add_ram(1 * GiB, 2 * GiB);
	add_ram(4 * GiB, 8 * GiB);
	assert_claimed(64 * MiB, ALL, "16-512 1024-2016 4096-8160");
	assert_int_equal(app.reserve_pages, PAGES(64 * MiB));
}

static void the_reserve_is_whole_pageblocks(void **state)
{
	(void)state;
	add_ram(16 * MiB, 1 * GiB);
	add_ram(4 * GiB, 8 * GiB);
	assert_claimed(5 * MiB, ALL, "16-1020 4096-8190");
}

static void all_of_it_is_above_when_nothing_is_below(void **state)
{
	(void)state;
	add_ram(4 * GiB, 8 * GiB);
	assert_claimed(64 * MiB, ALL, "4096-8128");
}

static void small_ranges_below_give_all_they_have(void **state)
{
	(void)state;
	add_ram(16 * MiB, 32 * MiB);
	add_ram(64 * MiB, 72 * MiB);
	add_ram(4 * GiB, 5 * GiB);
	assert_claimed(128 * MiB, ALL, "4096-5016"); /* 24 MiB below, 104 MiB above */
}

/* ---- the limit --------------------------------------------------------------------------- */

static void add_three_ranges(void)
{
	add_ram(16 * MiB, 80 * MiB);
	add_ram(1 * GiB, 2 * GiB);
	add_ram(4 * GiB, 8 * GiB);
}

static void large_ranges_are_cut_to_one_size(void **state)
{
	(void)state;
	add_three_ranges();
	assert_claimed(2 * MiB, 1 * GiB, "16-80 1024-1504 4096-4576");
	assert_int_equal(app.claim_limit, PAGES(1 * GiB));
	assert_int_equal(app.claimed_pages, PAGES(1 * GiB));
}

static void what_is_cut_is_whole_pageblocks(void **state)
{
	(void)state;
	add_three_ranges();
	assert_claimed(2 * MiB, 1 * GiB + 3 * MiB, "16-80 1024-1504 4096-4576");
}

static void small_limits_cut_every_range(void **state)
{
	(void)state;
	add_three_ranges();
	assert_claimed(2 * MiB, 12 * MiB, "16-20 1024-1028 4096-4100");
}

static void what_is_within_the_limit_is_not_cut(void **state)
{
	(void)state;
	add_three_ranges();
	assert_claimed(2 * MiB, 5182 * MiB, "16-80 1024-2046 4096-8192");
}

/* Nanoseconds of a computer that others use, too: a few tries may be disturbed. */
static void assert_limit_found(u64 pages)
{
	u64 found = 0;

	for (u32 i = 0; i < 20 && found != pages; i++)
		found = claim_limit(0);
	assert_int_equal(found, pages);
}

static void a_slow_firmware_keeps_most(void **state)
{
	(void)state;
	firmware.ns_a_page = 10000;
	assert_limit_found(PAGES(1 * GiB));
}

static void a_quick_firmware_lends_all(void **state)
{
	(void)state;
	firmware.ns_call = 100000;
	assert_limit_found(~0ULL);
	firmware.empty = true; /* nothing to try it with */
	assert_int_equal(claim_limit(0), ~0ULL);
}

static void a_limit_that_is_given_is_not_looked_for(void **state)
{
	(void)state;
	firmware.ns_a_page = 10000;
	assert_int_equal(claim_limit(7 * GiB), PAGES(7 * GiB));
	assert_int_equal(claim_limit(1), 1); /* 0 would be: find out */
}

/* ---- what must not be touched ------------------------------------------------------------ */

static void pins_are_cut_out(void **state)
{
	(void)state;
	add_ram(16 * MiB, 64 * MiB);
	add_ram(128 * MiB, 256 * MiB);
	add_pin(40 * MiB, 41 * MiB); /* in any order */
	add_pin(24 * MiB, 26 * MiB);
	add_pin(80 * MiB, 90 * MiB); /* outside */
	assert_claimed(2 * MiB, ALL, "16-24 26-40 41-64 128-254");
}

static void pins_at_the_ends_and_over_each_other(void **state)
{
	(void)state;
	add_ram(16 * MiB, 64 * MiB);
	add_ram(128 * MiB, 256 * MiB);
	add_pin(8 * MiB, 18 * MiB);
	add_pin(60 * MiB, 130 * MiB);
	add_pin(30 * MiB, 31 * MiB);
	add_pin(30 * MiB, 36 * MiB);
	add_pin(34 * MiB, 40 * MiB);
	assert_claimed(2 * MiB, ALL, "18-30 40-60 130-254");
}

static void a_range_may_be_all_pins(void **state)
{
	(void)state;
	add_ram(16 * MiB, 64 * MiB);
	add_ram(128 * MiB, 256 * MiB);
	add_pin(16 * MiB, 40 * MiB);
	add_pin(40 * MiB, 64 * MiB);
	assert_claimed(2 * MiB, ALL, "128-254");
}

static void what_is_refused_is_left_out(void **state)
{
	(void)state;
	add_ram(16 * MiB, 64 * MiB);
	add_ram(128 * MiB, 256 * MiB);
	add_pin(30 * MiB, 32 * MiB);
	firmware.refused = 32 * MiB;
	assert_claimed(2 * MiB, ALL, "16-30 128-254");
}

static void no_more_ranges_than_there_is_room_for(void **state)
{
	(void)state;
	for (u32 i = 0; i < APP_MAX_CLAIMS + 100; i++)
		add_ram(16 * MiB + i * MiB, 16 * MiB + i * MiB + PAGE_SIZE);
	app.options.reserve = PAGE_SIZE;
	claim_memory(&app, &map, &pins);
	assert_int_equal(app.nr_claims, APP_MAX_CLAIMS);
	assert_int_equal(firmware.nr_claimed, APP_MAX_CLAIMS);
	assert_int_equal(app.claimed_pages, APP_MAX_CLAIMS);
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_ordinary_memory_is_wanted),
		TEST(only_what_is_wanted_is_claimed),
		TEST(the_first_megabyte_stays),
		TEST(the_reserve_is_a_sixteenth_within_bounds),
		TEST(half_of_the_reserve_is_below_4g),
		TEST(the_reserve_is_whole_pageblocks),
		TEST(all_of_it_is_above_when_nothing_is_below),
		TEST(small_ranges_below_give_all_they_have),
		TEST(large_ranges_are_cut_to_one_size),
		TEST(what_is_cut_is_whole_pageblocks),
		TEST(small_limits_cut_every_range),
		TEST(what_is_within_the_limit_is_not_cut),
		TEST(a_slow_firmware_keeps_most),
		TEST(a_quick_firmware_lends_all),
		TEST(a_limit_that_is_given_is_not_looked_for),
		TEST(pins_are_cut_out),
		TEST(pins_at_the_ends_and_over_each_other),
		TEST(a_range_may_be_all_pins),
		TEST(what_is_refused_is_left_out),
		TEST(no_more_ranges_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
