/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Page tables: cost, dump, walk, translate, and the bytes behind an address. */
#include "cmds.h"
#include "lib.h"
#include "mm/pt_build.h"

static const char *const table_words[] = {"own", "fw", NULL};

/* "fw" or "own" as first argument, own by default; takes it out. NULL after a message. */
static const struct pgtable *which_tables(struct cmd_call *call)
{
	struct app *app = call->app;
	bool fw = call->argc && !strcmp(call->argv[0], "fw");

	if (call->argc && (fw || !strcmp(call->argv[0], "own"))) {
		call->argc--;
		call->argv++;
	}
	if (fw && app->machine.described) {
		cmd_error(call, -ENODEV, "a described machine has no firmware tables; use `own`");
		return NULL;
	}
	return fw ? &app->fw_pt : &app->sys.pt;
}

/* ---- pt stats ---------------------------------------------------------------------------------
 */

static const char *const page_sizes[] = {"4 KiB", "2 MiB", "1 GiB", "", ""};

static void show_stats(struct emit *out, const char *name, const struct pgtable *pt)
{
	struct pt_stats st;
	u64 tables = 0, bytes = 0;

	pt_stats(pt, &st);
	emit_object(out, NULL);
	emit_str(out, "tables_of", name);
	emit_num(out, "levels", pt->levels);
	emit_hex(out, "root", pt->root);
	emit_text(out, "%s: %u levels, root %#llx\n", name, pt->levels, pt->root);
	emit_list(out, "per_level");
	for (int level = pt->levels - 1; level >= 0; level--) {
		tables += st.tables[level];
		bytes += st.leaves[level] * PT_SIZE(level);
		emit_text(out, "  %-5s (%s)%s: %8llu tables %10llu KiB", pt_level_intel((u32)level),
			  pt_level_linux(pt, (u32)level), level == 4 ? "" : " ", st.tables[level],
			  st.tables[level] * 4);
		if (level <= 2)
			emit_text(out, " %10llu mappings of %s", st.leaves[level],
				  page_sizes[level]);
		emit_text(out, "\n");
		emit_object(out, NULL);
		emit_str(out, "level", pt_level_intel((u32)level));
		emit_num(out, "tables", st.tables[level]);
		emit_num(out, "mappings", st.leaves[level]);
		emit_end(out);
	}
	emit_end(out);
	emit_text(out, "  %llu tables, %llu KiB, map %llu MiB; writable and executable: %llu\n",
		  tables, tables * 4, bytes / MiB, st.writable_executable);
	emit_num(out, "tables", tables);
	emit_num(out, "table_bytes", tables * PAGE_SIZE);
	emit_num(out, "mapped_bytes", bytes);
	emit_num(out, "writable_executable", st.writable_executable);
	emit_num(out, "bad_tables", st.bad_tables);
	emit_end(out);
}

static int cmd_pt_stats(struct cmd_call *call)
{
	struct app *app = call->app;
	int err = cmd_no_more_args(call, 0);

	if (err)
		return err;
	emit_list(call->out, NULL);
	if (!app->machine.described)
		show_stats(call->out, "firmware", &app->fw_pt);
	show_stats(call->out, "own", &app->sys.pt);
	emit_end(call->out);
	return 0;
}

/* ---- pt dump ----------------------------------------------------------------------------------
 */

struct dump {
	struct emit *out;
	const struct pgtable *pt;
	const struct pt_marker *markers;
	u32 nr_markers, next_marker;
};

/* Marker lines stand before the first run that reaches into their area. */
static void show_markers(struct dump *d, u64 start)
{
	while (d->next_marker < d->nr_markers && d->markers[d->next_marker].start <= start) {
		emit_text(d->out, "---[ %s ]---\n", d->markers[d->next_marker].name);
		d->next_marker++;
	}
}

static void show_piece(struct dump *d, const struct pt_run *run)
{
	char line[160];

	show_markers(d, run->start);
	pt_run_format(line, sizeof(line), d->pt, run);
	emit_text(d->out, "%s\n", line);
	emit_object(d->out, NULL);
	emit_hex(d->out, "start", run->start);
	emit_hex(d->out, "last", run->last);
	emit_str(d->out, "level", pt_level_intel(run->level));
	emit_bool(d->out, "present", run->present);
	emit_bool(d->out, "bad_table", run->bad_table);
	emit_bool(d->out, "write", run->rights & PT_WRITE);
	emit_bool(d->out, "user", run->rights & PT_USER);
	emit_bool(d->out, "exec", run->present && !(run->rights & PT_NOEXEC));
	emit_hex(d->out, "bits", run->bits);
	emit_end(d->out);
}

/* Cut at markers, as ptdump does, so that an empty area stands under its own name. */
static int show_run(void *ctx, const struct pt_run *run)
{
	struct dump *d = ctx;
	struct pt_run rest = *run;
	bool more = true;

	while (more) {
		struct pt_run now = rest;

		show_markers(d, now.start);
		more = d->next_marker < d->nr_markers &&
		       pt_run_cut(&now, d->markers[d->next_marker].start, &rest);
		show_piece(d, &now);
	}
	return emit_stopped(d->out);
}

static int show_leaf(void *ctx, const struct pt_entry *e)
{
	struct dump *d = ctx;
	char line[64];

	if (!e->present)
		return PT_SKIP;
	if (!e->leaf)
		return PT_DESCEND;
	pt_leaf_format_tlb(line, sizeof(line), e);
	emit_text(d->out, "%s\n", line);
	emit_object(d->out, NULL);
	emit_hex(d->out, "va", e->va);
	emit_hex(d->out, "pa", pt_entry_phys(e->val, e->level, true));
	emit_str(d->out, "level", pt_level_intel(e->level));
	emit_hex(d->out, "entry", e->val);
	emit_end(d->out);
	return emit_stopped(d->out) ? PT_STOP : PT_SKIP;
}

/* Takes "START-END" (END exclusive) or "START END"; all of the space by default. */
static int range_args(struct cmd_call *call, const struct pgtable *pt, u64 *start, u64 *last)
{
	char *dash;
	int err;

	*start = 0;
	*last = ~0ULL;
	if (!call->argc)
		return 0;
	dash = call->argv[0];
	while (*dash && *dash != '-')
		dash++;
	if (*dash) {
		*dash = '\0';
		if (parse_hex(dash + 1, last))
			return cmd_error(call, -EINVAL, "%s: not an address", dash + 1);
	} else if (call->argc > 1) {
		err = cmd_arg_addr(call, 1, last);
		if (err)
			return err;
	}
	err = cmd_arg_addr(call, 0, start);
	if (err)
		return err;
	if (*last != ~0ULL)
		--*last;
	if (!pt_canonical(pt, *start) || !pt_canonical(pt, *last))
		return cmd_error(call, -EINVAL, "%#llx-%#llx: not canonical with %u levels", *start,
				 *last, pt->levels);
	return *start <= *last ? 0 : cmd_error(call, -EINVAL, "the range ends before it starts");
}

/* `--format=tlb`, `--format tlb`: takes it out of the arguments. */
static int format_arg(struct cmd_call *call, bool *ret_tlb)
{
	for (int i = 0; i < call->argc; i++) {
		char *word = call->argv[i], *value = NULL;
		int nr = 1;

		if (strncmp(word, "--format", 8))
			continue;
		if (word[8] == '=') {
			value = word + 9;
		} else if (!word[8] && i + 1 < call->argc) {
			value = call->argv[i + 1];
			nr = 2;
		}
		if (!value || (strcmp(value, "tlb") && strcmp(value, "ptdump")))
			return cmd_error(call, -EINVAL, "%s: formats are tlb and ptdump", word);
		*ret_tlb = !strcmp(value, "tlb");
		cmd_drop_args(call, i, nr);
		return 0;
	}
	return 0;
}

static int cmd_pt_dump(struct cmd_call *call)
{
	const struct pgtable *pt = which_tables(call);
	struct dump d = {.out = call->out, .pt = pt};
	bool tlb = false;
	u64 start, last;
	int err;

	if (!pt)
		return -ENODEV;
	err = format_arg(call, &tlb);
	if (!err)
		err = range_args(call, pt, &start, &last);
	if (!err)
		err = cmd_no_more_args(call, 2);
	if (err)
		return err;
	d.markers = pt_markers_x86(pt->levels, &d.nr_markers);
	while (d.next_marker + 1 < d.nr_markers && d.markers[d.next_marker + 1].start <= start)
		d.next_marker++; /* areas that end before the range do not appear */
	emit_list(call->out, NULL);
	if (tlb)
		pt_walk(pt, start, last, show_leaf, &d);
	else
		pt_runs(pt, start, last, show_run, &d);
	emit_end(call->out);
	return 0;
}

/* ---- walk, translate ----------------------------------------------------------------------------
 */

static const char *result_text(enum pt_result result)
{
	switch (result) {
	case PT_MAPPED:
		return "mapped";
	case PT_NOT_CANONICAL:
		return "not canonical: the CPU raises #GP without looking at any table";
	case PT_NOT_PRESENT:
		return "not present: the CPU raises #PF";
	default:
		return "the entry points to memory that cannot be read";
	}
}

static void entry_flags(char *buf, size_t size, const struct pt_entry *e)
{
	static const struct {
		u64 bit;
		const char *name;
	} names[] = {
		{PTE_RW, "RW"},	  {PTE_US, "USER"},    {PTE_PWT, "PWT"},
		{PTE_PCD, "PCD"}, {PTE_A, "ACCESSED"}, {PTE_D, "DIRTY"},
		{PTE_PS, "PSE"},  {PTE_G, "GLOBAL"},   {PTE_NX, "NX"},
	};
	size_t len = (size_t)fmt_print(buf, size, "%s", e->present ? "PRESENT" : "absent");

	for (u32 i = 0; e->present && i < ARRAY_SIZE(names); i++) {
		if (e->val & names[i].bit)
			len += (size_t)fmt_print(buf + len, size - len, "|%s", names[i].name);
	}
}

/* One line per level, as crash's vtop has them: where the entry is, and what it holds. */
static void show_path(struct emit *out, const struct pgtable *pt, const struct pt_path *path)
{
	emit_list(out, "entries");
	for (u32 i = 0; i < path->nr; i++) {
		const struct pt_entry *e = &path->entry[i];
		char flags[96];

		entry_flags(flags, sizeof(flags), e);
		emit_text(out, "  %-5s %-4s [%3u] %016llx => %016llx  %s\n",
			  pt_level_intel(e->level), pt_level_linux(pt, e->level), e->index,
			  e->table + e->index * 8ULL, e->val, flags);
		emit_object(out, NULL);
		emit_str(out, "level", pt_level_intel(e->level));
		emit_num(out, "index", e->index);
		emit_hex(out, "address", e->table + e->index * 8ULL);
		emit_hex(out, "entry", e->val);
		emit_str(out, "flags", flags);
		emit_end(out);
	}
	emit_end(out);
}

/* "[fw|own] VA": the tables and the address. */
static int tables_and_va(struct cmd_call *call, const struct pgtable **ret_pt, u64 *ret_va)
{
	int err;

	*ret_pt = which_tables(call);
	err = *ret_pt ? cmd_arg_addr(call, 0, ret_va) : -ENODEV;
	return err ? err : cmd_no_more_args(call, 1);
}

static int cmd_walk(struct cmd_call *call)
{
	struct emit *out = call->out;
	const struct pgtable *pt;
	enum pt_result result;
	struct pt_path path;
	u64 va;
	int err = tables_and_va(call, &pt, &va);

	if (err)
		return err;
	result = pt_lookup(pt, va, &path);
	emit_object(out, NULL);
	emit_hex(out, "virtual", va);
	emit_text(out, "virtual %016llx\n", va);
	show_path(out, pt, &path);
	emit_str(out, "result", result_text(result));
	if (result == PT_MAPPED) {
		const struct pt_entry *leaf = &path.entry[path.nr - 1];

		emit_text(out, "physical %016llx, page of %s, combined rights: %s%s%s\n",
			  pt_path_phys(&path, va), page_sizes[leaf->level],
			  leaf->rights & PT_USER ? "user " : "supervisor ",
			  leaf->rights & PT_WRITE ? "read write" : "read",
			  leaf->rights & PT_NOEXEC ? "" : " execute");
		emit_hex(out, "physical", pt_path_phys(&path, va));
	} else {
		emit_text(out, "%s\n", result_text(result));
	}
	emit_end(out);
	return 0;
}

static int cmd_translate(struct cmd_call *call)
{
	const struct pgtable *pt;
	enum pt_result result;
	struct pt_path path;
	u64 va;
	int err = tables_and_va(call, &pt, &va);

	if (err)
		return err;
	result = pt_lookup(pt, va, &path);
	if (result != PT_MAPPED)
		return cmd_error(call, -EFAULT, "%#llx: %s", va, result_text(result));
	emit_text(call->out, "%016llx -> %016llx\n", va, pt_path_phys(&path, va));
	emit_object(call->out, NULL);
	emit_hex(call->out, "virtual", va);
	emit_hex(call->out, "physical", pt_path_phys(&path, va));
	emit_end(call->out);
	return 0;
}

/* ---- hexdump
 * -------------------------------------------------------------------------------------- */

/* A readable pointer for physical bytes: through the direct map for RAM, else (on a machine)
 * through the identity map of what the firmware's map lists. NULL: no memory there. */
static const u8 *phys_bytes(const struct app *app, phys_addr_t pa, u64 n)
{
	if (memblock_is_memory(&app->sys.memblock, pa, n))
		return phys_to_virt(&app->sys, pa);
	if (app->machine.described)
		return NULL;
	for (u32 i = 0; i < app->machine.map.nr; i++) {
		const struct mem_desc *d = &app->machine.map.desc[i];

		if (d->type != MEM_MMIO && d->type != MEM_MMIO_PORT && pa >= d->start &&
		    pa + n <= mem_desc_end(d))
			return (const u8 *)(uintptr_t)pa;
	}
	return NULL;
}

static void dump_row(struct emit *out, phys_addr_t pa, const u8 *row, u32 n)
{
	emit_text(out, "%016llx ", pa);
	for (u32 i = 0; i < 16; i++) {
		if (i < n)
			emit_text(out, "%s%02x", i == 8 ? "  " : " ", row[i]);
		else
			emit_text(out, "%s  ", i == 8 ? "  " : " ");
	}
	emit_text(out, "  |");
	for (u32 i = 0; i < n; i++)
		emit_text(out, "%c", row[i] >= 32 && row[i] < 127 ? row[i] : '.');
	emit_text(out, "|\n");
	for (u32 i = 0; i < n; i++)
		emit_num(out, NULL, row[i]);
}

static int dump_bytes(struct cmd_call *call, u64 pa, u64 len)
{
	while (len && !emit_stopped(call->out)) {
		u32 n = (u32)min(len, 16ULL);
		const u8 *p = phys_bytes(call->app, pa, n);
		u8 row[16];

		if (!p || arch_copy_safe(row, p, n))
			return cmd_error(call, -EFAULT, "%#llx: no memory that may be read", pa);
		dump_row(call->out, pa, row, n);
		pa += n;
		len -= n;
	}
	return 0;
}

static int cmd_hexdump(struct cmd_call *call)
{
	u64 pa, len = 128;
	int err = cmd_arg_addr(call, 0, &pa);

	if (!err && call->argc > 1)
		err = cmd_arg_u64(call, 1, &len);
	if (!err)
		err = cmd_no_more_args(call, 2);
	if (err)
		return err;
	if (pa >> MAX_PHYS_BITS || len > MiB)
		return cmd_error(call, -ERANGE, "%#llx, %llu bytes: beyond 52 bits, or over 1 MiB",
				 pa, len);
	emit_object(call->out, NULL);
	emit_hex(call->out, "address", pa);
	emit_list(call->out, "bytes");
	err = dump_bytes(call, pa, len);
	emit_end(call->out);
	emit_end(call->out);
	return err;
}

static const struct cmd rows[] = {
	{"pt stats", "", "tables per level, bytes, mappings per size: the firmware's and ours",
	 cmd_pt_stats, NULL},
	{"pt dump", "[fw|own] [START-END] [--format ptdump|tlb]",
	 "all mappings as Linux's ptdump or QEMU's info tlb prints them", cmd_pt_dump, table_words},
	{"walk", "[fw|own] VA", "every level's entry for an address", cmd_walk, table_words},
	{"translate", "[fw|own] VA", "virtual to physical address", cmd_translate, table_words},
	{"hexdump", "PA [LENGTH]", "bytes at a physical address", cmd_hexdump, NULL},
};

const struct cmd_table cmds_tables = {"Page tables", rows, ARRAY_SIZE(rows)};
