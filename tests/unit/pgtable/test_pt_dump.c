/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Text of page tables: Linux's kernel_page_tables and QEMU's info tlb. */
#include <stdio.h>

#include "mm/pgtable/dump.h"
#include "pt_fixture.h"

static char dump[8192];
static const struct pt_marker *markers;
static u32 nr_markers;

static void add_line(const char *line)
{
	size_t len = strlen(dump);

	fmt_print(dump + len, sizeof(dump) - len, "%s\n", line);
}

/* Marker lines stand where their area begins, and cut runs there. */
static int print_run(void *ctx, const struct pt_run *run)
{
	struct pt_run rest = *run;
	bool more = true;
	char line[160];

	(void)ctx;
	while (more) {
		struct pt_run now = rest;

		for (; nr_markers && markers->start <= now.start; markers++, nr_markers--) {
			fmt_print(line, sizeof(line), "---[ %s ]---", markers->name);
			add_line(line);
		}
		more = nr_markers && pt_run_cut(&pt, &now, markers->start, &rest);
		pt_run_format(line, sizeof(line), &pt, &now);
		add_line(line);
	}
	return 0;
}

static void dump_range(u64 start, u64 last, bool marked)
{
	dump[0] = '\0';
	markers = pt_markers_x86(pt.levels, &nr_markers);
	nr_markers = marked ? nr_markers : 0;
	assert_int_equal(pt_runs(&pt, start, last, print_run, NULL, NULL), 0);
}

/* Lines of a machine with 4 GiB and 5 levels, from equivalent tables. */
static void dump_is_linuxs(void **state)
{
	(void)state;
	make(5, 2);
	pt_map(&pt, 0xff11000000001000, 0x1000, 0x97000, PT_WRITE | PT_GLOBAL | PT_NOEXEC, 0);
	pt_map(&pt, 0xff11000000098000, 0x98000, 0x1000, PT_GLOBAL | PT_NOEXEC, 0);
	pt_map(&pt, 0xff11000000099000, 0x99000, 0x2000, PT_GLOBAL, 0);
	pt_map(&pt, 0xff11000000200000, 0x200000, 0x600000, PT_WRITE | PT_GLOBAL | PT_NOEXEC, 1);
	dump_range(0, 0xff11000000800000 - 1, false);
	assert_string_equal(dump, "0x0000000000000000-0xff11000000000000    16716032T              "
				  "                 pgd\n"
				  "0xff11000000000000-0xff11000000001000           4K              "
				  "                 pte\n"
				  "0xff11000000001000-0xff11000000098000         604K     RW       "
				  "          GLB NX pte\n"
				  "0xff11000000098000-0xff11000000099000           4K     ro       "
				  "          GLB NX pte\n"
				  "0xff11000000099000-0xff1100000009b000           8K     ro       "
				  "          GLB x  pte\n"
				  "0xff1100000009b000-0xff11000000200000        1428K              "
				  "                 pte\n"
				  "0xff11000000200000-0xff11000000800000           6M     RW       "
				  "  PSE     GLB NX pmd\n");
}

/* Expect that an area that is empty is seen, too: its marker cuts the run of absent entries. */
static void markers_cut_runs(void **state)
{
	(void)state;
	make(5, 2);
	pt_map(&pt, 0xffd4000000000000, 0, 0x2000000, PT_WRITE | PT_GLOBAL | PT_NOEXEC, 1);
	dump_range(0, ~0ULL, true);
	assert_string_equal(dump, "---[ Identity Map ]---\n"
				  "0x0000000000000000-0xff00000000000000       16320P              "
				  "                 pgd\n"
				  "---[ Kernel Space ]---\n"
				  "0xff00000000000000-0xff10000000000000           4P              "
				  "                 pgd\n"
				  "---[ LDT remap ]---\n"
				  "0xff10000000000000-0xff11000000000000         256T              "
				  "                 pgd\n"
				  "---[ Low Kernel Mapping ]---\n"
				  "0xff11000000000000-0xffa0000000000000       36608T              "
				  "                 pgd\n"
				  "---[ vmalloc() Area ]---\n"
				  "0xffa0000000000000-0xffd4000000000000          13P              "
				  "                 pgd\n"
				  "---[ Vmemmap ]---\n"
				  "0xffd4000000000000-0xffd4000002000000          32M     RW       "
				  "  PSE     GLB NX pmd\n"
				  "0xffd4000002000000-0xffd4000040000000         992M              "
				  "                 pmd\n"
				  "0xffd4000040000000-0xffd4008000000000         511G              "
				  "                 pud\n"
				  "0xffd4008000000000-0xffd5000000000000      261632G              "
				  "                 p4d\n"
				  "0xffd5000000000000-0x0000000000000000       11008T              "
				  "                 pgd\n");
}

static void every_bit_has_its_column(void **state)
{
	(void)state;
	make(4, 2);
	pt_map(&pt, 0x0000, 0, 0x1000, PT_USER | PT_PWT, 0);
	pt_map(&pt, 0x1000, 0, 0x1000, PT_WRITE | PT_PCD | PT_NOEXEC, 0);
	pt_map(&pt, 0x2000, 0, 0x1000, PT_PATBIT, 0);
	pt_map(&pt, 0x40000000, 0, 0x40000000, PT_PATBIT | PT_GLOBAL | PT_USER | PT_WRITE, 2);
	dump_range(0, 0x2fff, false);
	assert_string_equal(dump, "0x0000000000000000-0x0000000000001000           4K USR ro PWT   "
				  "              x  pte\n"
				  "0x0000000000001000-0x0000000000002000           4K     RW     "
				  "PCD             NX pte\n"
				  "0x0000000000002000-0x0000000000003000           4K     ro       "
				  "      PAT     x  pte\n");
	dump_range(0x40000000, 0x7fffffff, false);
	assert_string_equal(dump, "0x0000000040000000-0x0000000080000000           1G USR RW       "
				  "  PSE PAT GLB x  pud\n");
}

/* Rights of the levels above are part of what is merged and shown. */
static void rights_are_those_of_the_whole_path(void **state)
{
	(void)state;
	make(4, 2);
	pt_map(&pt, 0, 0, 0x80000000, PT_WRITE, 1);
	table_at((table_at(pt.root)[0] & PTE_ADDR_MASK))[1] &= ~PTE_RW;
	dump_range(0, 0x7fffffff, false);
	assert_string_equal(dump, "0x0000000000000000-0x0000000040000000           1G     RW       "
				  "  PSE         x  pmd\n"
				  "0x0000000040000000-0x0000000080000000           1G     ro       "
				  "  PSE         x  pmd\n");
}

static void an_empty_tree_is_one_line(void **state)
{
	(void)state;
	make(4, 2);
	dump_range(0, ~0ULL, false);
	assert_string_equal(dump, "0x0000000000000000-0x0000000000000000          16E              "
				  "                 pgd\n");
}

/* Expect tables outside memory to be seen, not followed. */
static void bad_tables_are_shown(void **state)
{
	(void)state;
	make(4, 2);
	pt.table = arena_table;
	pt_prepare(&pt, 0, 0x1000, 2);
	table_at((table_at(pt.root)[0] & PTE_ADDR_MASK))[1] = 0xdead000000000ULL | PTE_P;
	dump_range(0, 0xbfffffff, false);
	assert_string_equal(dump, "0x0000000000000000-0x0000000040000000           1G              "
				  "                 pud\n"
				  "0x0000000040000000-0x0000000080000000           1G              "
				  "                 pud bad table\n"
				  "0x0000000080000000-0x00000000c0000000           1G              "
				  "                 pud\n");
}

static int end_with(void *ctx, const struct pt_run *run)
{
	int *result = ctx;

	(void)run;
	return *result;
}

static void what_ends_a_dump_is_returned(void **state)
{
	int result = 7;

	(void)state;
	make(4, 2);
	pt_map(&pt, 0x5000, 0x5000, 0x1000, 0, 0);
	assert_int_equal(pt_runs(&pt, 0, ~0ULL, end_with, NULL, &result), 7);
	result = -EIO;
	assert_int_equal(pt_runs(&pt, 0, ~0ULL, end_with, NULL, &result), -EIO);
	assert_int_equal(pt_runs(&pt, 0x5000, 0x5fff, end_with, NULL, &result), -EIO);
}

static int count_run(void *ctx, const struct pt_run *run)
{
	(void)ctx;
	(void)run;
	return 0;
}

static int stop_at(void *ctx)
{
	return --*(u32 *)ctx ? 0 : -EINTR;
}

/* A GiB of 4 KiB pages is one line; whoever waits for it is asked for each of its tables. */
static void long_runs_can_be_stopped(void **state)
{
	u32 left = 1000000;

	(void)state;
	make(4, 2);
	assert_int_equal(pt_map(&pt, 0, 0, GiB, PT_WRITE, 0), 0);
	assert_int_equal(pt_runs(&pt, 0, ~0ULL, count_run, stop_at, &left), 0);
	assert_true(1000000 - left >= 512);
	left = 100;
	assert_int_equal(pt_runs(&pt, 0, ~0ULL, count_run, stop_at, &left), -EINTR);
}

static void runs_are_cut_at_entries(void **state)
{
	struct pt_run run = {.start = 0, .last = 0x5fffff, .level = 1}, rest;

	(void)state;
	assert_false(pt_run_cut(&pt, &run, 0, &rest));
	assert_false(pt_run_cut(&pt, &run, 0x600000, &rest));
	assert_false(pt_run_cut(&pt, &run, 0x400001, &rest));
	assert_false(pt_run_cut(&pt, &run, ~0ULL, &rest));
	assert_int_equal(run.last, 0x5fffff);
	assert_true(pt_run_cut(&pt, &run, 0x200001, &rest));
	assert_int_equal(run.last, 0x3fffff);
	assert_int_equal(rest.start, 0x400000);
	assert_int_equal(rest.last, 0x5fffff);
	assert_int_equal(rest.level, 1);
}

/* QEMU prints a leaf's own bits, the address sign-extended, and P for large pages only. */
static void leaves_are_qemus(void **state)
{
	static const struct {
		struct pt_entry e;
		const char *want;
	} rows[] = {
		{{.va = 0x40000000,
		  .phys = 0x80000000,
		  .val = 0x80000000 | PTE_RW | PTE_PS | PTE_A,
		  .level = 2},
		 "0000000040000000: 0000000080000000 --P-A---W"},
		{{.va = 0xffff888000200000,
		  .phys = 0x200000,
		  .val = 0x200000 | PTE_PAT_LARGE | PTE_PS | PTE_NX | PTE_G,
		  .level = 1},
		 "ffff888000200000: 0000000000200000 XGP------"},
		{{.va = 0x7000,
		  .phys = 0x9000,
		  .val = 0x9000 | PTE_PAT | PTE_D | PTE_A | PTE_PCD | PTE_PWT | PTE_US},
		 "0000000000007000: 0000000000009000 ---DACTU-"},
	};
	char line[64];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		pt_leaf_format_tlb(line, sizeof(line), &rows[i].e);
		assert_string_equal(line, rows[i].want);
	}
}

/* ---- Linux's own dumps ------------------------------------------------------------------- */

/* One line of kernel_page_tables: what the tables must be like to be shown so. */
struct linux_line {
	struct pt_run run;
	char text[160];
	bool after_marker;
};

static bool parse_line(const char *text, struct linux_line *l)
{
	static const char *const names[] = {"pte", "pmd", "pud", "p4d", "pgd"};
	unsigned long long start, end;
	size_t len = strcspn(text, "\n");

	memset(l, 0, sizeof(*l));
	if (sscanf(text, "0x%llx-0x%llx", &start, &end) != 2 || len < 40 || len >= 160)
		return false;
	memcpy(l->text, text, len);
	l->run.start = start;
	l->run.last = end - 1;
	while (strncmp(text + len - 3, names[l->run.level], 3))
		l->run.level++;
	l->run.present = strstr(l->text, " NX ") || strstr(l->text, " x ");
	if (l->run.present)
		l->run.rights = (u8)(PTR_SR | (strstr(l->text, " RW ") ? PTR_SW : 0) |
				     (strstr(l->text, " NX ") ? 0 : PTR_SX));
	if (strstr(l->text, " USR "))
		l->run.rights |= (u8)(l->run.rights << 3);
	l->run.bits = (strstr(l->text, " GLB ") ? PT_GLOBAL : 0) |
		      (strstr(l->text, " PWT ") ? PT_PWT : 0) |
		      (strstr(l->text, " PCD ") ? PT_PCD : 0) |
		      (strstr(l->text, " PSE ") ? PTE_PS : 0) |
		      (strstr(l->text, " PAT ") ? PT_PATBIT : 0);
	return true;
}

/* The tables that show this line: its pages, or the absent entries of its level. */
static void build_line(const struct pt_run *run)
{
	u64 size = run->last - run->start + 1;
	u64 flags = rights_flags(run->rights) | (run->bits & ~(u64)PTE_PS);

	if (run->present)
		assert_int_equal(pt_map(&pt, run->start, 0, size, flags, run->level), 0);
	else if (run->level + 1u < pt.levels)
		assert_int_equal(pt_prepare(&pt, run->start, size, run->level), 0);
}

#define MAX_LINES 1024

static struct linux_line lines[MAX_LINES];

struct follow {
	u32 at, nr;
	u32 joints; /* where Linux began a line because of a marker */
};

/* Our run is one line of Linux's, or several that it cut at markers; word for word. */
static int follow_lines(void *ctx, const struct pt_run *run)
{
	struct follow *f = ctx;
	struct pt_run now, rest = *run;
	char text[160];

	do {
		now = rest;
		assert_true(f->at < f->nr);
		pt_run_format(text, sizeof(text), &pt, &now);
		if (now.last < lines[f->at].run.last || now.start != lines[f->at].run.start)
			fail_msg("%s\nis not %s", text, lines[f->at].text);
		if (now.last != lines[f->at].run.last) {
			assert_true(pt_run_cut(&pt, &now, lines[f->at].run.last + 1, &rest));
			assert_true(lines[f->at + 1].after_marker);
			f->joints++;
		}
		pt_run_format(text, sizeof(text), &pt, &now);
		assert_string_equal(text, lines[f->at].text);
		f->at++;
	} while (now.last != run->last);
	return 0;
}

/* Lines up to where Linux itself skipped some ("... 131059 entries skipped ..."), and after it. */
static u32 read_lines(FILE *file, u32 *ret_skipped_at)
{
	char text[256];
	bool marker = false;
	u32 nr = 0;

	*ret_skipped_at = MAX_LINES;
	while (fgets(text, sizeof(text), file) && nr < MAX_LINES) {
		if (strstr(text, "entries skipped"))
			*ret_skipped_at = nr;
		if (parse_line(text, &lines[nr]))
			lines[nr++].after_marker = marker;
		marker = !strncmp(text, "---[", 4);
	}
	return nr;
}

static void follow_file(const char *path, u32 *checked)
{
	FILE *file = fopen(path, "r");
	u32 nr, skipped_at;
	struct follow f = {0};

	if (!file)
		return;
	nr = read_lines(file, &skipped_at);
	fclose(file);
	make(5, 2);
	for (u32 i = 0; i < nr; i++)
		build_line(&lines[i].run);
	f.nr = min(skipped_at, nr);
	pt_runs(&pt, 0, lines[f.nr - 1].run.last, follow_lines, NULL, &f);
	assert_int_equal(f.at, f.nr);
	if (skipped_at < nr) {
		f.nr = nr;
		pt_runs(&pt, lines[f.at].run.start, ~0ULL, follow_lines, NULL, &f);
		assert_int_equal(f.at, nr);
	}
	print_message("# %s: %u lines, %u begun by markers\n", path, nr, f.joints);
	*checked += nr;
}

/* Tables made from Linux's dumps of whole machines are dumped word for word as Linux did. */
static void linuxs_dumps_come_back(void **state)
{
	static const char *const machines[] = {"512M", "4G", "8G", "numa2"};
	const char *maps = getenv("MAPS");
	u32 checked = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(machines); i++) {
		char path[512];

		fmt_print(path, sizeof(path), "%s/../reference/linux/%s/kernel_page_tables.txt",
			  maps ? maps : "", machines[i]);
		follow_file(path, &checked);
	}
	if (!checked) {
		print_message("# skipped: no folder ../reference/linux beside MAPS\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dump_is_linuxs),
		cmocka_unit_test(markers_cut_runs),
		cmocka_unit_test(every_bit_has_its_column),
		cmocka_unit_test(rights_are_those_of_the_whole_path),
		cmocka_unit_test(an_empty_tree_is_one_line),
		cmocka_unit_test(bad_tables_are_shown),
		cmocka_unit_test(what_ends_a_dump_is_returned),
		cmocka_unit_test(long_runs_can_be_stopped),
		cmocka_unit_test(runs_are_cut_at_entries),
		cmocka_unit_test(leaves_are_qemus),
		cmocka_unit_test(linuxs_dumps_come_back),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}
