/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The paging formats as data: what must hold for all, and entries from real machines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/pgtable/pgtable.h"

#define NR_FORMATS 9

/* Known bits of entries of this kind. */
static u64 known_bits(const struct pt_format *f, unsigned level, u8 where)
{
	u64 known = 0;

	for (u32 i = 0; i < f->nr_bits; i++) {
		const struct pt_bit *b = &f->bits[i];

		if (b->levels >> level & 1 && b->where & where)
			known |= ((2ULL << (b->high - b->low)) - 1) << b->low;
	}
	return known;
}

static void names_find_all_formats(void **state)
{
	const struct pt_format *f;
	u32 nr = 0;

	(void)state;
	for (; (f = pt_format_nr(nr)); nr++) {
		assert_ptr_equal(pt_format_find(f->name), f);
		assert_true(f->title[0] && f->manual[0] && f->on_reserved[0]);
	}
	assert_int_equal(nr, NR_FORMATS);
	assert_null(pt_format_find("sv32"));
	assert_null(pt_format_find(""));
}

/* The index bits follow one another from 12 up to va_bits, and a table fits in a page. */
static void levels_cover_the_addresses(void **state)
{
	const struct pt_format *f;

	(void)state;
	for (u32 i = 0; (f = pt_format_nr(i)); i++) {
		unsigned shift = 12;

		for (unsigned level = 0; level < f->nr_levels; level++) {
			const struct pt_level_format *l = &f->level[level];

			assert_int_equal(l->shift, shift);
			assert_true(pt_nr_entries(f, level) * f->entry_size <= PAGE_SIZE);
			assert_true(!level || l->table_addr);
			shift += l->index_bits;
		}
		assert_int_equal(shift, f->va_bits);
	}
}

/* No bit has two meanings, nor a meaning and a place in an address or among the reserved ones,
 * unless its text says that it is reserved. */
static void bits_have_one_meaning(void **state)
{
	const struct pt_format *f;

	(void)state;
	for (u32 i = 0; (f = pt_format_nr(i)); i++) {
		for (u32 at = 0; at < f->nr_levels * 2u; at++) {
			const struct pt_level_format *l = &f->level[at / 2];
			u8 where = at & 1 ? PT_IN_TABLE : PT_IN_PAGE;
			u64 addr = at & 1 ? l->table_addr : l->leaf_addr | l->leaf_addr_high;
			u64 reserved = at & 1 ? l->table_reserved : l->leaf_reserved, seen = 0;

			assert_int_equal(addr & reserved, 0);
			assert_int_equal(addr & f->present, 0);
			assert_int_equal(addr & ~known_bits(f, at / 2, where), 0);
			for (u32 b = 0; b < f->nr_bits; b++) {
				const struct pt_bit *bit = &f->bits[b];
				u64 mask = ((2ULL << (bit->high - bit->low)) - 1) << bit->low;

				if (!(bit->levels >> (at / 2) & 1) || !(bit->where & where))
					continue;
				if (seen & mask)
					fail_msg("%s %s: %s twice", f->name, l->name, bit->name);
				if (seen && mask > seen)
					fail_msg("%s %s: %s out of order", f->name, l->name,
						 bit->name);
				if (mask & reserved && bit->high != bit->low)
					fail_msg("%s %s: %s is reserved", f->name, l->name,
						 bit->name);
				seen |= mask;
			}
		}
	}
}

static void bits_name_their_source(void **state)
{
	const struct pt_format *f;

	(void)state;
	for (u32 i = 0; (f = pt_format_nr(i)); i++) {
		for (u32 b = 0; b < f->nr_bits; b++) {
			const struct pt_bit *bit = &f->bits[b];

			assert_true(bit->high >= bit->low && bit->high < 8 * f->entry_size);
			assert_true(bit->levels && bit->where && bit->name[0]);
			assert_true(bit->one || bit->zero);
			assert_non_null(bit->source);
			assert_true(strlen(bit->source) > 8);
		}
	}
}

/* PT_* flags that the format can say, of those that were asked for. */
static u64 flags_that_fit(const struct pt_format *f, u64 flags)
{
	if (f->entry_size == 4)
		return flags & ~PT_NOEXEC;
	if (strncmp(f->name, "sv", 2))
		return flags;
	return flags & ~(PT_PATBIT | (flags & PT_PCD ? 0 : PT_PWT)); /* PBMT 0 to 2 */
}

/* Address and flags that go into an entry come out of it; no reserved bit is set on the way. */
static void addresses_go_in_and_come_out(void **state)
{
	const struct pt_format *f;
	struct prng p;

	(void)state;
	prng_seed(&p, 3);
	for (u32 n = 0; n < 20000; n++) {
		f = pt_format_nr((u32)prng_below(&p, NR_FORMATS));
		unsigned level = (unsigned)prng_below(&p, f->nr_levels);
		u64 pa = prng_next(&p) & ((1ULL << f->phys_bits) - 1) & ~(pt_span(f, level) - 1);
		u64 flags = prng_next(&p) & (PT_WRITE | PT_USER | PT_GLOBAL | PT_NOEXEC | PT_PCD |
					     PT_PWT | PT_PATBIT);
		u64 want = flags_that_fit(f, flags), entry;

		if (f->entry_size == 4 && !level)
			pa &= 0xffffffff;
		if (!f->level[level].leaf_addr)
			continue;
		entry = f->make_leaf(pa, flags, level);
		assert_true((entry & f->present) == f->present);
		assert_true(pt_entry_is_leaf(f, entry, level));
		assert_int_equal(pt_entry_addr(f, entry, level, true), pa);
		assert_int_equal(pt_entry_reserved(f, entry, level, true, 0, true), 0);
		assert_int_equal(f->leaf_flags(entry, level), want);
		assert_true(f->entry_size == 8 || !(entry >> 32));
	}
}

/* A block or superpage of each memory type; its parts, made as a split makes them. */
static void parts_keep_the_memory_type(void **state)
{
	const struct pt_format *arm = pt_format_find("aarch64-4"), *rv = pt_format_find("sv48");

	(void)state;
	for (u64 type = 0; type < 8; type++) {
		u64 block = 0x0060000040000701 | type << 2;
		u64 part = arm->make_leaf(0x40000000, arm->leaf_flags(block, 1), 0);

		assert_int_equal(part >> 2 & 7, type);
	}
	for (u64 type = 0; type < 3; type++) {
		u64 page = 0x200000e7 | type << 61;
		u64 part = rv->make_leaf(0x80000000, rv->leaf_flags(page, 1), 0);

		assert_int_equal(part >> 61 & 3, type);
	}
}

/* What PT_* flags ask for, as rights. */
static void flags_become_rights(void **state)
{
	static const struct {
		const char *format;
		u64 flags;
		const char *rights;
	} cases[] = {
		{"x86-32", PT_NOEXEC, "r-x/---"}, /* there is no NX */
		{"x86-32", PT_WRITE | PT_USER, "rwx/rwx"},
		{"pae", PT_NOEXEC, "r--/---"},
		{"pae", PT_WRITE | PT_USER, "rwx/rwx"},
		{"aarch64-4", 0, "r-x/---"},
		{"aarch64-4", PT_WRITE | PT_NOEXEC, "rw-/---"},
		{"aarch64-3", PT_USER, "r--/r-x"},
		{"aarch64-3", PT_USER | PT_WRITE | PT_NOEXEC, "rw-/rw-"},
		{"sv39", 0, "r-x/---"},
		{"sv48", PT_WRITE | PT_NOEXEC, "rw-/---"},
		{"sv57", PT_USER | PT_WRITE, "---/rwx"}, /* the supervisor needs SUM */
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct pt_format *f = pt_format_find(cases[i].format);
		u64 entry = f->make_leaf(0x200000, cases[i].flags, 0);
		char text[8];

		assert_string_equal(pt_rights_text(text, f->rights(entry, 0, true)),
				    cases[i].rights);
	}
}

/* ---- real entries ------------------------------------------------------------------------ */

static void assert_entry(const char *format, u64 entry, unsigned level, bool leaf, u64 addr,
			 u64 reserved, const char *rights)
{
	const struct pt_format *f = pt_format_find(format);
	char text[8];

	assert_int_equal(pt_entry_is_leaf(f, entry, level), leaf);
	assert_int_equal(pt_entry_addr(f, entry, level, leaf), addr);
	assert_int_equal(pt_entry_reserved(f, entry, level, leaf, 0, true), reserved);
	assert_string_equal(pt_rights_text(text, f->rights(entry, level, leaf)), rights);
}

/* Linux: PROT_SECT_NORMAL_EXEC and PAGE_KERNEL, a device page, a user's page, tables. */
static void entries_of_linux_on_arm64(void **state)
{
	(void)state;
	assert_entry("aarch64-4", 0x0040000040200f91, 1, true, 0x40200000, 0, "r-x/---");
	assert_entry("aarch64-4", 0x0068000041234713, 0, true, 0x41234000, 0, "rw-/---");
	assert_entry("aarch64-4", 0x006800000900070f, 0, true, 0x09000000, 0, "rw-/---");
	assert_entry("aarch64-3", 0x0020000087654fd3, 0, true, 0x87654000, 0, "r--/r-x");
	assert_entry("aarch64-3", 0x00e8000087654f53, 0, true, 0x87654000, 0, "rw-/rw-");
	assert_entry("aarch64-4", 0x00000000bfff8003, 3, false, 0xbfff8000, 0, "rwx/rwx");
	assert_entry("aarch64-4", 0x18000000bfff8003, 2, false, 0xbfff8000, 0, "rw-/rw-");
	assert_entry("aarch64-4", 0x60000000bfff8003, 1, false, 0xbfff8000, 0, "r-x/--x");
	/* EL0 may write: EL1 does not execute. Supervisor's without UXN: EL0 executes. */
	assert_entry("aarch64-4", 0x0000000087654f53, 0, true, 0x87654000, 0, "rw-/rwx");
	assert_entry("aarch64-4", 0x0020000087654f13, 0, true, 0x87654000, 0, "rw-/--x");
	/* Bits 1:0 = 01 where there are no blocks; a block that is not aligned. */
	assert_entry("aarch64-4", 0x0000000040000f01, 3, true, 0, 1, "rwx/--x");
	assert_entry("aarch64-4", 0x0000000040004f01, 1, true, 0x40000000, 0x4000, "rwx/--x");
}

/* Linux: kernel text and data as superpages, a user's page, a table, what is reserved. */
static void entries_of_linux_on_riscv(void **state)
{
	(void)state;
	assert_entry("sv39", 0x200800eb, 1, true, 0x80200000, 0, "r-x/---");
	assert_entry("sv48", 0x200000e7, 2, true, 0x80000000, 0, "rw-/---");
	assert_entry("sv39", 0x20abcd5f, 0, true, 0x82af3000, 0, "---/rwx");
	assert_entry("sv57", 0x20abcc01, 4, false, 0x82af3000, 0, "rwx/rwx");
	assert_entry("sv39", 0x20000000200800e7, 1, true, 0x80200000, 0, "rw-/---"); /* NC */
	assert_entry("sv39", 0x200804eb, 1, true, 0x80200000, 0x400, "r-x/---");
	assert_entry("sv39", 0x20080005, 0, true, 0x80200000, 4, "-w-/---");
	assert_entry("sv39", 0x20080011, 1, false, 0x80200000, 0x10, "rwx/rwx");
	assert_entry("sv39", 0x00400000200800e7, 0, true, 0x80200000, 1ULL << 54, "rw-/---");
	/* PBMT: 2 is IO, 3 is reserved; in pointers both bits are. */
	assert_entry("sv39", 0x40000000200800e7, 1, true, 0x80200000, 0, "rw-/---");
	assert_entry("sv39", 0x60000000200800e7, 1, true, 0x80200000, 3ULL << 61, "rw-/---");
	assert_entry("sv39", 0x4000000020abcc01, 1, false, 0x82af3000, 2ULL << 61, "rwx/rwx");
}

/* PSE-36: bits 20:13 are address 39:32, fewer on a CPU with 36 bits; PAE's PDPTE. */
static void entries_of_32_bit_x86(void **state)
{
	const struct pt_format *f = pt_format_find("x86-32");

	(void)state;
	assert_entry("x86-32", 0x004000e3, 1, true, 0x400000, 0, "rwx/---");
	assert_entry("x86-32", 0x004020e3, 1, true, 0x100400000, 0, "rwx/---");
	assert_entry("x86-32", 0x005fe0e3, 1, true, 0xff00400000, 0, "rwx/---");
	assert_entry("x86-32", 0x006000e3, 1, true, 0x400000, 0x200000, "rwx/---");
	assert_entry("x86-32", 0x12345067, 0, true, 0x12345000, 0, "rwx/rwx");
	assert_int_equal(pt_entry_reserved(f, 0x005fe0e3, 1, true, 36, false), 0x1e0000);
	assert_int_equal(pt_entry_reserved(f, 0x005fe0e3, 1, true, 32, false), 0x1fe000);
	assert_entry("pae", 0x12345001, 2, false, 0x12345000, 0, "rwx/rwx");
	assert_entry("pae", 0x12345027, 2, false, 0x12345000, 0x26, "rwx/rwx");
	assert_entry("pae", 0x80000000002000e3, 1, true, 0x200000, 0, "rw-/---");
	assert_entry("pae", 0x00100000002000e3, 1, true, 0x200000, 1ULL << 52, "rwx/---");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_find_all_formats),
		cmocka_unit_test(levels_cover_the_addresses),
		cmocka_unit_test(bits_have_one_meaning),
		cmocka_unit_test(bits_name_their_source),
		cmocka_unit_test(addresses_go_in_and_come_out),
		cmocka_unit_test(parts_keep_the_memory_type),
		cmocka_unit_test(flags_become_rights),
		cmocka_unit_test(entries_of_linux_on_arm64),
		cmocka_unit_test(entries_of_linux_on_riscv),
		cmocka_unit_test(entries_of_32_bit_x86),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
