/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Our own maps: every page reached, none too large, none writable and executable. */
#include "pt_fixture.h"

/* q35: everything write-back, but uncached from 2 GiB to 4 GiB. */
static const struct mtrr_state q35 = {
	.present = true,
	.enabled = true,
	.default_type = MEMTYPE_WB,
	.nr_variable = 1,
	.phys_bits = 40,
	.variable = {{0x80000000 | MEMTYPE_UC, 0xff80000000 | 1 << 11}},
};

/* And 64 KiB in the middle of a 2 MiB page. */
static struct mtrr_state q35_with_island(void)
{
	struct mtrr_state m = q35;

	m.nr_variable = 2;
	m.variable[1].base = 0x10010000 | MEMTYPE_UC;
	m.variable[1].mask = 0xffffff0000 | 1 << 11;
	return m;
}

/* ---- what must hold of any tree ---------------------------------------------------------- */

static int check_leaf(void *ctx, const struct pt_entry *e)
{
	const struct mtrr_state *m = ctx;
	phys_addr_t pa = e->phys, end;

	if (!e->present || !e->leaf)
		return e->present ? PT_DESCEND : PT_SKIP;
	assert_true(mtrr_uniform(m, pa, pa + PT_SIZE(e->level)));
	/* The next larger page was impossible: by alignment, by type, or because
	 * not all is there. */
	if (e->level < pt.max_page_level && is_aligned(e->va | pa, PT_SIZE(e->level + 1))) {
		u64 size = PT_SIZE(e->level + 1);
		bool fits = mtrr_uniform(m, pa, pa + size);

		for (u64 at = 0; fits && at < size; at += PT_SIZE(e->level)) {
			fits = translate(e->va + at) == pa + at &&
			       flags_of(leaf_of(e->va + at)) == flags_of(*e);
			end = translate(e->va + at + (PT_SIZE(e->level) - 1));
			fits = fits && end == pa + at + (PT_SIZE(e->level) - 1);
		}
		assert_false(fits);
	}
	return PT_SKIP;
}

static void assert_sane(const struct mtrr_state *m)
{
	struct pt_stats st;

	assert_int_equal(pt_walk(&pt, 0, ~0ULL, check_leaf, (void *)(uintptr_t)m), 0);
	pt_stats(&pt, &st);
	assert_int_equal(st.writable_executable, 0);
	assert_int_equal(st.bad_tables, 0);
}

/* ---- layout ------------------------------------------------------------------------------ */

static void layout_is_linuxs(void **state)
{
	struct pt_layout four = pt_layout_x86(4), five = pt_layout_x86(5);

	(void)state;
	assert_int_equal(four.direct, 0xffff888000000000);
	assert_int_equal(four.vmalloc_start, 0xffffc90000000000);
	assert_int_equal(four.vmalloc_end - four.vmalloc_start, 32 * TiB);
	assert_int_equal(four.vmemmap, 0xffffea0000000000);
	assert_int_equal(five.direct, 0xff11000000000000);
	assert_int_equal(five.vmalloc_start, 0xffa0000000000000);
	assert_int_equal(five.vmalloc_end - five.vmalloc_start, 12800 * TiB);
	assert_int_equal(five.vmemmap, 0xffd4000000000000);
}

static void markers_ascend_and_name_our_areas(void **state)
{
	(void)state;
	for (u8 levels = 4; levels <= 5; levels++) {
		struct pt_layout l = pt_layout_x86(levels);
		u32 nr, found = 0;
		const struct pt_marker *m = pt_markers_x86(levels, &nr);

		make(levels, 2);
		assert_int_equal(m[0].start, 0);
		assert_string_equal(m[0].name, "Identity Map");
		for (u32 i = 0; i < nr; i++) {
			assert_true(!i || m[i].start > m[i - 1].start);
			assert_true(pt_canonical(&pt, m[i].start));
			found += m[i].start == l.direct && !strcmp(m[i].name, "Low Kernel Mapping");
			found += m[i].start == l.vmalloc_start &&
				 !strcmp(m[i].name, "vmalloc() Area");
			found += m[i].start == l.vmemmap && !strcmp(m[i].name, "Vmemmap");
		}
		assert_int_equal(found, 3);
	}
}

/* ---- ranges ------------------------------------------------------------------------------ */

/* Expect 4 KiB pages only in the 2 MiB around the island, 2 MiB pages only in its GiB. */
static void no_page_has_two_memory_types(void **state)
{
	struct mtrr_state m = q35_with_island();
	struct pt_stats st;

	(void)state;
	make(4, 2);
	assert_int_equal(pt_build_range(&pt, 0, 0, 0x200000000, PT_NOEXEC, 2, &m), 0);
	assert_sane(&m);
	pt_stats(&pt, &st);
	assert_int_equal(st.leaves[2], 7);
	assert_int_equal(st.leaves[1], 511);
	assert_int_equal(st.leaves[0], 512);
	make(4, 2);
	assert_int_equal(pt_build_range(&pt, 0, 0, 0x200000000, PT_NOEXEC, 2, NULL), 0);
	pt_stats(&pt, &st);
	assert_int_equal(st.leaves[2], 8);
}

/* Expect that what was mapped before the failure is taken back. */
static void a_range_is_mapped_as_a_whole_or_not(void **state)
{
	struct mtrr_state m = q35_with_island();

	(void)state;
	make(4, 2);
	assert_int_equal(pt_map(&pt, 0x90000000, 0x5000, 0x1000, 0, 0), 0);
	assert_int_equal(pt_build_range(&pt, 0, 0, 0x100000000, 0, 2, &m), -EEXIST);
	assert_int_equal(translate(0), NOWHERE);
	assert_int_equal(translate(0x7ffff000), NOWHERE);
	assert_int_equal(translate(0x80000000), NOWHERE);
	assert_int_equal(translate(0x90000000), 0x5000);
	make(4, 2);
	arena.limit = 2; /* enough for the first piece only, which needs a PDPT and a PD */
	assert_int_equal(pt_build_range(&pt, 0, 0, 0x100000000, 0, 2, &m), -ENOMEM);
	assert_int_equal(translate(0), NOWHERE);
}

/* Text is read and executed, data is written: nothing is both. */
static void sections_of_an_image_keep_their_rights(void **state)
{
	static const struct {
		u64 start, size, flags;
	} sections[] = {
		{0x201000, 0x20000, 0},
		{0x221000, 0x8000, PT_NOEXEC},
		{0x229000, 0x40000, PT_WRITE | PT_NOEXEC},
	};

	(void)state;
	make(4, 2);
	for (u32 i = 0; i < ARRAY_SIZE(sections); i++)
		assert_int_equal(pt_build_range(&pt, sections[i].start, sections[i].start,
						sections[i].size, sections[i].flags, 0, &q35),
				 0);
	for (u32 i = 0; i < ARRAY_SIZE(sections); i++) {
		assert_int_equal(rights_of(leaf_of(sections[i].start)), sections[i].flags);
		assert_int_equal(rights_of(leaf_of(sections[i].start + sections[i].size - 1)),
				 sections[i].flags);
	}
	assert_sane(&q35);
}

/* ---- direct map -------------------------------------------------------------------------- */

/* Maps one region of memory, which may be empty. */
static int build_direct(const struct pt_layout *layout, phys_addr_t start, phys_addr_t end,
			u32 flags, const struct mtrr_state *m)
{
	struct memblock_region memory[2], reserved[2];
	struct memblock mb;

	memblock_init(&mb, memory, reserved, ARRAY_SIZE(memory));
	assert_int_equal(memblock_add(&mb, start, end - start, 0, flags), 0);
	return pt_build_direct(&pt, layout, &mb, m);
}

static void direct_map_reaches_every_page(void **state)
{
	struct pt_layout layout = pt_layout_x86(5);
	struct pt_entry leaf;

	(void)state;
	make(5, 2);
	assert_int_equal(build_direct(&layout, 0x1000, 0x9fc00, 0, &q35), 0);
	assert_int_equal(build_direct(&layout, 0x100000, 0xc0000000, 0, &q35), 0);
	assert_int_equal(build_direct(&layout, 0x100000200, 0x100000e00, 0, &q35), 0);
	assert_int_equal(build_direct(&layout, 0xd0000000, 0xe0000000, MEMBLOCK_NOMAP, &q35), 0);
	assert_int_equal(translate(layout.direct), NOWHERE);
	assert_int_equal(translate(layout.direct + 0x9e123), 0x9e123);
	assert_int_equal(translate(layout.direct + 0x9f000), NOWHERE);
	assert_int_equal(translate(layout.direct + 0x100000000), NOWHERE);
	assert_int_equal(translate(layout.direct + 0xd0000000), NOWHERE);
	for (u64 pa = 0x100000; pa < 0xc0000000; pa += 0x1000)
		assert_int_equal(translate(layout.direct + pa), pa);
	assert_sane(&q35);
	leaf = leaf_of(layout.direct + 0x40000000);
	assert_int_equal(leaf.level, 2);
	assert_int_equal(leaf.val & (PTE_RW | PTE_US | PTE_PCD | PTE_PWT | PTE_G | PTE_NX),
			 PTE_RW | PTE_G | PTE_NX);
}

static void random_mtrrs(struct prng *prng, struct mtrr_state *m)
{
	static const u8 types[] = {MEMTYPE_UC, MEMTYPE_WC, MEMTYPE_WT, MEMTYPE_WB};

	*m = (struct mtrr_state){.present = true, .enabled = true, .phys_bits = 40};
	m->default_type = MEMTYPE_WB;
	m->nr_variable = (u8)prng_below(prng, 5);
	for (u32 i = 0; i < m->nr_variable; i++) {
		u64 size = PAGE_SIZE << prng_below(prng, 20);

		m->variable[i].base = round_down(prng_below(prng, 8 * GiB), size) | types[i % 4];
		m->variable[i].mask = (0xffffffffffULL & ~(size - 1)) | 1 << 11;
	}
}

/* Borders of all three sizes, a page more or less. */
static u64 random_border(struct prng *prng)
{
	u64 at = round_down(prng_below(prng, 8 * GiB), PT_SIZE(prng_below(prng, 3)));

	return at + prng_below(prng, 3) * PAGE_SIZE;
}

/* Expect each page of the range, none beside it, of the largest size that is allowed. */
static void random_ram_is_mapped_exactly(void **state)
{
	struct prng prng;

	(void)state;
	print_message("# seed 31\n");
	prng_seed(&prng, 31);
	for (u32 round = 0; round < 150; round++) {
		u8 levels = (u8)(4 + prng_below(&prng, 2));
		struct pt_layout layout = pt_layout_x86(levels);
		u64 a = random_border(&prng), b = random_border(&prng);
		u64 start = min(a, b), end = max(a, b);
		struct mtrr_state m;

		make(levels, (u8)(1 + prng_below(&prng, 2)));
		random_mtrrs(&prng, &m);
		assert_int_equal(build_direct(&layout, start, end, 0, &m), 0);
		assert_sane(&m);
		assert_int_equal(translate(layout.direct + start - 1), NOWHERE);
		assert_int_equal(translate(layout.direct + end), NOWHERE);
		for (u64 pa = start; pa < end; pa += PAGE_SIZE * (1 + prng_below(&prng, 512)))
			assert_int_equal(translate(layout.direct + pa + 7), pa + 7);
	}
}

/* ---- identity map ------------------------------------------------------------------------ */

/* From now on `pt` is ours, in the same arena. */
static struct pgtable firmware_steps_aside(u8 max_page_level)
{
	struct pgtable fw = pt;

	fw.pages = NULL;
	pt.max_page_level = max_page_level;
	pt.nr_tables = 0;
	assert_int_equal(pt_init(&pt), 0);
	return fw;
}

/* Expect the same addresses, never executable, never for users. */
static void identity_map_follows_the_firmware(void **state)
{
	struct mtrr_state m = q35_with_island();
	struct pt_identity_result result;
	struct pt_hole hole = {0x200000, 0x212000};
	struct pgtable fw;
	struct pt_stats st;

	(void)state;
	make(4, 1);
	assert_int_equal(pt_map(&pt, 0, 0, 0x200000000, PT_WRITE | PT_USER | PT_GLOBAL, 1), 0);
	assert_int_equal(pt_map(&pt, 0x200000000, 0x300000000, 0x200000, 0, 1), 0);
	fw = firmware_steps_aside(2);
	assert_int_equal(pt_build_identity(&pt, &fw, &m, &hole, 1, &result), 0);
	assert_int_equal(result.leaves, 4097);
	assert_int_equal(result.not_identity, 1);
	assert_int_equal(result.bytes, 0x200000000 - 0x1000 - 0x12000);
	assert_sane(&m);
	pt_stats(&pt, &st);
	assert_int_equal(st.leaves[2], 7);
	assert_int_equal(translate(0xfff), NOWHERE);
	assert_int_equal(translate(0x1000), 0x1000);
	assert_int_equal(translate(0x200000), NOWHERE);
	assert_int_equal(translate(0x211fff), NOWHERE);
	assert_int_equal(translate(0x212000), 0x212000);
	assert_int_equal(translate(0x1ffffffff), 0x1ffffffff);
	assert_int_equal(rights_of(leaf_of(0x40000000)), PT_WRITE | PT_NOEXEC);
	assert_int_equal(leaf_of(0x40000000).val & PTE_G, 0);
}

/* Read-only stays so, by whichever level says it; cache bits are carried over at every size. */
static void identity_map_keeps_rights_and_cache_bits(void **state)
{
	struct pt_identity_result result;
	struct pgtable fw;

	(void)state;
	make(5, 2);
	pt_map(&pt, 0x1000, 0x1000, 0x1000, PT_WRITE | PT_PATBIT, 0);
	pt_map(&pt, 0x2000, 0x2000, 0x1000, 0, 0);
	pt_map(&pt, 0x200000, 0x200000, 0x200000, PT_WRITE | PT_PATBIT | PT_PWT, 1);
	pt_map(&pt, 0x40000000, 0x40000000, 0x40000000, PT_WRITE | PT_PCD, 2);
	pt_map(&pt, 512 * GiB, 512 * GiB, GiB, PT_WRITE, 2);
	table_at(leaf_of(512 * GiB).table)[0] &= ~PTE_RW;
	fw = firmware_steps_aside(2);
	assert_int_equal(pt_build_identity(&pt, &fw, NULL, NULL, 0, &result), 0);
	assert_int_equal(leaf_of(0x1000).val & (PTE_RW | PTE_PAT), PTE_RW | PTE_PAT);
	assert_int_equal(rights_of(leaf_of(0x2000)), PT_NOEXEC);
	assert_int_equal(leaf_of(0x200000).level, 1);
	assert_int_equal(leaf_of(0x200000).val & (PTE_PAT_LARGE | PTE_PWT | PTE_PCD),
			 PTE_PAT_LARGE | PTE_PWT);
	assert_int_equal(leaf_of(0x40000000).level, 2);
	assert_int_equal(leaf_of(0x40000000).val & (PTE_PAT_LARGE | PTE_PWT | PTE_PCD), PTE_PCD);
	assert_int_equal(rights_of(leaf_of(512 * GiB)), PT_NOEXEC);
	assert_int_equal(result.leaves, 5);
	assert_int_equal(result.bytes, 0x2000 + 0x200000 + 2 * GiB);
}

/* Holes in any order, that touch, overlap, lie outside or swallow the whole map. */
static void holes_stay_absent(void **state)
{
	static const struct pt_hole holes[] = {
		{0x300000, 0x301000}, {0x0, 0x2000},	    {0x3ff000, 0x401000},
		{0x301000, 0x303000}, {0x302000, 0x305000}, {0x7000000, 0x8000000},
	};
	struct pt_hole everything = {0, 1 * TiB};
	struct pt_identity_result result;
	struct pgtable fw;
	u64 bytes = 0;

	(void)state;
	make(4, 1);
	pt_map(&pt, 0, 0, 0x400000, PT_WRITE, 1);
	fw = firmware_steps_aside(1);
	assert_int_equal(pt_build_identity(&pt, &fw, &q35, holes, ARRAY_SIZE(holes), &result), 0);
	for (u64 va = 0; va < 0x600000; va += PAGE_SIZE) {
		bool want = va < 0x400000;

		for (u32 i = 0; i < ARRAY_SIZE(holes); i++)
			want = want && (va < holes[i].start || va >= holes[i].end);
		assert_int_equal(translate(va), want ? va : NOWHERE);
		bytes += want ? PAGE_SIZE : 0;
	}
	assert_int_equal(result.bytes, bytes);
	pt.nr_tables = 0;
	assert_int_equal(pt_init(&pt), 0);
	assert_int_equal(pt_build_identity(&pt, &fw, &q35, &everything, 1, &result), 0);
	assert_int_equal(result.bytes, 0);
	assert_int_equal(pt.nr_tables, 1);
}

static void identity_map_says_when_memory_is_short(void **state)
{
	struct pt_identity_result result;
	struct pgtable fw;

	(void)state;
	for (u32 k = 0; k < 3; k++) {
		make(4, 1);
		pt_map(&pt, 0, 0, 0x400000, PT_WRITE, 1);
		fw = firmware_steps_aside(1);
		arena.limit = k;
		assert_int_equal(pt_build_identity(&pt, &fw, &q35, NULL, 0, &result), -ENOMEM);
		pt_destroy(&pt);
		assert_int_equal(pt.nr_tables, 0);
	}
}

/* A firmware's tables at random; each page of ours must be what its own entry there says. */
static void random_firmware_is_followed_page_by_page(void **state)
{
	struct prng prng;

	(void)state;
	print_message("# seed 32\n");
	prng_seed(&prng, 32);
	for (u32 round = 0; round < 60; round++) {
		struct pt_identity_result result;
		struct mtrr_state m;
		struct pgtable fw;

		make((u8)(4 + prng_below(&prng, 2)), (u8)(1 + prng_below(&prng, 2)));
		random_mtrrs(&prng, &m);
		for (u32 i = 0; i < 40; i++) {
			u64 va = random_border(&prng), grain = PT_SIZE(prng_below(&prng, 3));
			u64 flags = prng_next(&prng) & (PT_WRITE | PT_NOEXEC | PT_PCD | PT_PATBIT);
			u64 elsewhere = prng_below(&prng, 4) ? 0 : GiB;

			va = round_down(va, grain);
			pt_map(&pt, va, va + elsewhere, grain * (1 + prng_below(&prng, 4)), flags,
			       2);
		}
		fw = firmware_steps_aside((u8)(1 + prng_below(&prng, 2)));
		assert_int_equal(pt_build_identity(&pt, &fw, &m, NULL, 0, &result), 0);
		assert_sane(&m);
		for (u32 i = 0; i < 4000; i++) {
			u64 va = round_down(random_border(&prng), PAGE_SIZE);
			struct pt_entry ours = leaf_of(va), theirs;
			struct pgtable own = pt;
			phys_addr_t pa;

			pt = fw;
			theirs = leaf_of(va);
			pa = translate(va);
			pt = own;
			assert_int_equal(translate(va), pa == va && va ? va : NOWHERE);
			if (pa != va || !va)
				continue;
			assert_int_equal(flags_of(ours), (flags_of(theirs) & ~PT_USER) | PT_NOEXEC);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_is_linuxs),
		cmocka_unit_test(markers_ascend_and_name_our_areas),
		cmocka_unit_test(no_page_has_two_memory_types),
		cmocka_unit_test(a_range_is_mapped_as_a_whole_or_not),
		cmocka_unit_test(sections_of_an_image_keep_their_rights),
		cmocka_unit_test(direct_map_reaches_every_page),
		cmocka_unit_test(random_ram_is_mapped_exactly),
		cmocka_unit_test(identity_map_follows_the_firmware),
		cmocka_unit_test(identity_map_keeps_rights_and_cache_bits),
		cmocka_unit_test(holes_stay_absent),
		cmocka_unit_test(identity_map_says_when_memory_is_short),
		cmocka_unit_test(random_firmware_is_followed_page_by_page),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
