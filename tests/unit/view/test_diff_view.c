/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The view of differences between page tables against golden files. After a wanted change:
 * GOLDEN=write build/test/unit/view/test_diff_view, and read the difference. Runs in the root.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mm/pgtable/memtype.h"
#include "golden.h"
#include "pgtable/pt_fixture.h"
#include "ui/diff_view.h"

static char text[64 * 1024];
static size_t text_len, stop_at;
static struct pgtable later;
static struct emit out;

static int collect(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	assert_true(text_len + n < sizeof(text));
	memcpy(text + text_len, s, n);
	text_len += n;
	text[text_len] = '\0';
	return text_len >= stop_at;
}

static int view(enum emit_format format, bool sizes, u64 pat)
{
	struct pt_diff_tree a = {"fw", &pt, PAT_AT_RESET}, b = {"boot1", &later, pat};
	struct pt_diff_how how = {.sizes = sizes};

	text_len = 0;
	text[0] = '\0';
	emit_init(&out, format, collect, NULL);
	return view_pt_diff(&out, &a, &b, 0, ~0ULL, &how);
}

static void map(struct pgtable *tree, u64 va, phys_addr_t pa, u64 size, u64 flags, unsigned level)
{
	assert_int_equal(pt_map(tree, va, pa, size, flags, level), 0);
}

/* Every kind of difference once, at 4 and 5 levels. */
static void two_trees(void)
{
	make(4, 2);
	pt.changed = NULL;
	pt.table = arena_table;
	later = pt;
	later.levels = 5;
	stop_at = sizeof(text);
	assert_int_equal(pt_init(&later), 0);
	map(&pt, 0x100000, 0x100000, 0x6000, PT_WRITE, 0);
	map(&later, 0x101000, 0x101000, 0x1000, PT_WRITE | PT_NOEXEC, 0); /* less */
	map(&later, 0x102000, 0x109000, 0x1000, PT_WRITE | PT_PCD, 0);	  /* elsewhere, UC- */
	map(&later, 0x103000, 0x001000, 0x1000, PT_WRITE | PT_PATBIT, 0); /* PAT 4 is WB, too */
	map(&later, 0x104000, 0x104000, 0x1000, PT_WRITE | PT_GLOBAL | PT_USER, 0);
	map(&later, 0x105000, 0x105000, 0x1000, PT_WRITE, 0);
	map(&later, 0x200000, 0x200000, 0x200000, 0, 1);
	map(&pt, 0x40000000, 0x40000000, GiB, PT_WRITE, 2); /* the same, in smaller pages */
	map(&later, 0x40000000, 0x40000000, GiB, PT_WRITE, 1);
	map(&pt, 0xfffffffffffff000, 0x5000, 0x1000, PT_NOEXEC, 0);
	table_at(pt.root)[5] = 0x123000 | PTE_P;	/* outside memory */
	table_at(pt.root)[6] = pt.root | PTE_P;		/* loop */
	table_at(pt.root)[7] = 0x5000 | PTE_P | PTE_PS; /* reserved; mapped in the other */
	map(&later, 7ULL << 39, 0x5000, 0x1000, 0, 0);
}

static void text_is_golden(void **state)
{
	(void)state;
	two_trees();
	assert_int_equal(view(EMIT_TEXT, false, PAT_AT_RESET), 0);
	same_as_golden("pt-diff.txt", text);
	assert_int_equal(view(EMIT_TEXT, true, PAT_AT_RESET), 0);
	same_as_golden("pt-diff-sizes.txt", text);
}

static void json_is_golden(void **state)
{
	(void)state;
	two_trees();
	assert_int_equal(view(EMIT_JSON, true, PAT_AT_RESET), 0);
	same_as_golden("pt-diff.json", text);
}

/* Linux's PAT: entry 4 is WB, entry 5 WP; with it the same bits are other types. */
static void another_pat_is_said(void **state)
{
	(void)state;
	two_trees();
	assert_int_equal(view(EMIT_TEXT, false, 0x0407050600070106ULL), 0);
	same_as_golden("pt-diff-pat.txt", text);
}

static void equal_trees(void **state)
{
	(void)state;
	two_trees();
	later = pt;
	assert_int_equal(view(EMIT_TEXT, false, PAT_AT_RESET), 0);
	assert_string_equal(text, "fw and boot1 translate alike\n");
	assert_int_equal(view(EMIT_TEXT, true, PAT_AT_RESET), 0);
	assert_string_equal(text, "fw and boot1 translate alike, with pages of the same sizes\n");
}

/* Esc: the totals say that they are not all. */
static void stopped_half_way(void **state)
{
	(void)state;
	two_trees();
	stop_at = 100;
	assert_int_equal(view(EMIT_TEXT, false, PAT_AT_RESET), -EINTR);
	assert_true(text_len < 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_golden),      cmocka_unit_test(json_is_golden),
		cmocka_unit_test(another_pat_is_said), cmocka_unit_test(equal_trees),
		cmocka_unit_test(stopped_half_way),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
