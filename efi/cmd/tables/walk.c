/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One address: every level's entry, its translation both ways, the bytes there. */
#include "app/tables.h"
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/pgtable/build.h"
#include "ui/search.h"

/* ---- walk -------------------------------------------------------------------------------- */

static void show_meaning(void *ctx, const struct pt_meaning *m)
{
	char bits[8];

	emit_row(ctx, "          {:5} {name:-9} = {value:#x}  {text}{high!}{low!}\n",
		 pt_meaning_bits(bits, m), m->name, m->value, m->text, m->high, m->low);
}

static void upper_level(char *buf, size_t size, const struct pgtable *pt, unsigned level)
{
	size_t i;

	fmt_print(buf, size, "%s", pt_level_linux(pt, level));
	for (i = 0; buf[i]; i++) {
		if (buf[i] >= 'a' && buf[i] <= 'z')
			buf[i] = (char)(buf[i] - 'a' + 'A');
	}
}

/* crash's line, "PMD: address => entry", and after it what it means. */
static void show_entry(struct emit *out, const struct pgtable *pt, const struct pt_entry *e,
		       bool bits)
{
	const struct pt_format *f = pt_format_of(pt);
	char flags[128], own[8], name[8];

	pt_flags_text(flags, sizeof(flags), f, e->val, e->level);
	upper_level(name, sizeof(name), pt, e->level);
	pt_rights_text(own, e->own);
	emit_object(out, NULL);
	emit_put(out, "{:6}: {address:x} => {entry:x}  {level}[{index}]  {own_rights~}  {flags}\n",
		 name, e->table + (u64)e->index * f->entry_size, e->val,
		 pt_level_name(pt, e->level), e->index, e->present ? own : NULL, flags);
	if (bits && e->present) { /* the CPU looks at nothing else in one that is not present */
		emit_list(out, "bits");
		pt_decode(f, e->val, e->level, pt->phys_bits, pt->nx, show_meaning, out);
		emit_end(out);
	}
	emit_end(out);
}

static void show_mapping(struct cmd_call *call, const struct pgtable *pt,
			 const struct pt_path *path, u64 va)
{
	struct emit *out = call->out;
	const struct pt_entry *leaf = &path->entry[path->nr - 1];
	const struct pt_format *f = pt_format_of(pt);
	char flags[128], rights[8], type[16] = "";
	struct search_env env;

	cmd_search_env(call->app, pt, &env);
	env.memtype(env.ctx, pt, leaf, type, sizeof(type));
	pt_flags_text(flags, sizeof(flags), f, leaf->val, leaf->level);
	pt_rights_text(rights, leaf->rights);
	emit_put(out, "  PAGE: {:x}  ({page_size:S}B)\n\n", leaf->phys, pt_span(f, leaf->level));
	emit_text(out, "             PTE  PHYSICAL          FLAGS\n");
	emit_put(out, "{:16x}  {physical:-16x}  ({:})\n\n", leaf->val, pt_path_phys(path, va),
		 flags);
	emit_put(out, "rights over all levels: {rights} (supervisor/user){:}{memory_type~}\n",
		 rights, type[0] ? "; memory type by PAT and MTRR: " : "", type[0] ? type : NULL);
}

/*
 * Asks the CPU: in our own tables a load is harmless where RAM is mapped, and where nothing is
 * mapped it ends in a fault that is caught.
 */
static void self_check(struct cmd_call *call, const struct pgtable *pt, enum pt_result result,
		       const struct pt_path *path, u64 va)
{
	const struct app *app = call->app;
	u64 direct = 0, load = 0;
	phys_addr_t pa;
	const char *text;
	int err;

	if (pt != &app->sys.pt || app->machine.described)
		return;
	va = round_down(va, 8);
	pa = result == PT_MAPPED ? round_down(pt_path_phys(path, va), 8) : 0;
	if (result == PT_MAPPED && !memblock_is_memory(&app->sys.memblock, pa, 8))
		return;
	err = arch_copy_safe(&load, (const void *)(uintptr_t)va, 8);
	if (result == PT_MAPPED)
		arch_copy_safe(&direct, phys_to_virt(&app->sys, pa), 8);
	if (result == PT_MAPPED)
		text = err		? "a load FAULTED: the tables do not say so"
		       : load == direct ? "a load gives what lies at the physical address"
					: "a load gives OTHER bytes than the physical address has";
	else
		text = err ? "a load faults, as it must" : "a load SUCCEEDED: it must not";
	emit_put(call->out, "checked with the CPU: {checked}\n", text);
}

static int cmd_walk(struct cmd_call *call)
{
	struct emit *out = call->out;
	bool bits = cmd_flag(call, "bits");
	const struct pgtable *pt;
	enum pt_result result;
	struct pt_path path;
	u64 va;
	int err = cmd_in_tables(call, &pt);

	if (!err)
		err = cmd_arg_addr(call, 0, &va);
	if (!err)
		err = cmd_no_more_args(call, 1);
	if (err)
		return err;
	result = pt_lookup(pt, va, &path);
	emit_object(out, NULL);
	emit_text(out, "VIRTUAL           PHYSICAL\n");
	if (result == PT_MAPPED)
		emit_put(out, "{virtual:-16x}  {:x}\n\n", va, pt_path_phys(&path, va));
	else
		emit_put(out, "{virtual:-16x}  (not mapped)\n\n", va);
	emit_list(out, "entries");
	for (u32 i = 0; i < path.nr; i++)
		show_entry(out, pt, &path.entry[i], bits);
	emit_end(out);
	emit_put(out, result == PT_MAPPED ? "{result!}" : "{result}\n", pt_result_text(result));
	if (result == PT_MAPPED)
		show_mapping(call, pt, &path, va);
	self_check(call, pt, result, &path, va);
	emit_end(out);
	return 0;
}

/* ---- translate --------------------------------------------------------------------------- */

static int to_physical(struct cmd_call *call, const struct pgtable *pt, u64 va)
{
	struct pt_path path;
	enum pt_result result = pt_lookup(pt, va, &path);

	if (result != PT_MAPPED)
		return cmd_error(call, -EFAULT, "%#llx: %s", va, pt_result_text(result));
	emit_row(call->out, "{virtual:016x} -> {physical:016x}\n", va, pt_path_phys(&path, va));
	return 0;
}

struct reverse {
	struct emit *out;
	const struct named_tables *tables;
	phys_addr_t pa;
	u64 found;
};

static int find_mapping(void *ctx, const struct pt_entry *e)
{
	struct reverse *r = ctx;
	u64 span = pt_span(pt_format_of(r->tables->pt), e->level), offset;
	char rights[8];

	if (!e->present || !e->leaf || e->wrong)
		return e->present ? PT_DESCEND : PT_SKIP;
	offset = r->pa - e->phys;
	if (r->pa < e->phys || offset >= e->nr * span)
		return emit_stopped(r->out) ? PT_STOP : PT_SKIP;
	r->found++;
	emit_row(r->out, "{physical:016x} <- {virtual:016x}  {tables:-8} {page_size:4S} {rights}\n",
		 r->pa, e->va + offset, r->tables->name, span, pt_rights_text(rights, e->rights));
	return PT_SKIP;
}

/* Every address that leads there, in all of this machine's tables or those that were named. */
static int to_virtual(struct cmd_call *call, const struct pgtable *only, phys_addr_t pa)
{
	struct named_tables trees[APP_MAX_TABLES];
	u32 nr = app_tables(call->app, trees, ARRAY_SIZE(trees));
	struct reverse r = {.out = call->out, .pa = pa};

	emit_list(call->out, NULL);
	for (u32 i = 0; i < nr; i++) {
		r.tables = &trees[i];
		if (only ? only == trees[i].pt : !trees[i].pt->foreign)
			pt_walk_ranges(trees[i].pt, 0, pt_last(trees[i].pt), find_mapping, &r);
	}
	emit_end(call->out);
	if (!r.found)
		emit_text(call->out, "%016llx: no virtual address leads there\n", pa);
	return 0;
}

static int cmd_translate(struct cmd_call *call)
{
	const struct pgtable *pt = NULL;
	bool named = call->argc > 1, physical = false;
	u64 addr;
	int err = cmd_in_tables(call, &pt);

	if (err)
		return err;
	if (call->argc && (!strncmp(call->argv[0], "p:", 2) || !strncmp(call->argv[0], "v:", 2))) {
		physical = call->argv[0][0] == 'p';
		call->argv[0] += 2;
	}
	err = cmd_arg_addr(call, 0, &addr);
	if (!err)
		err = cmd_no_more_args(call, 1);
	if (err)
		return err;
	return physical ? to_virtual(call, named ? pt : NULL, addr) : to_physical(call, pt, addr);
}

/* ---- hexdump ----------------------------------------------------------------------------- */

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
		emit_text(out, i == 8 ? "  " : " ");
		if (i < n)
			emit_put(out, "{octet:02x}", row[i]);
		else
			emit_text(out, "  ");
	}
	emit_text(out, "  |");
	for (u32 i = 0; i < n; i++)
		emit_text(out, "%c", row[i] >= 32 && row[i] < 127 ? row[i] : '.');
	emit_text(out, "|\n");
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
	if (err)
		return err;
	if (pa >> MAX_PHYS_BITS || len > MiB)
		return cmd_error(call, -ERANGE, "%#llx, %llu bytes: beyond 52 bits, or over 1 MiB",
				 pa, len);
	emit_object(call->out, NULL);
	emit_field(call->out, "address", pa);
	emit_list(call->out, "data");
	err = dump_bytes(call, pa, len);
	emit_end(call->out);
	emit_end(call->out);
	return err;
}

static const struct cmd rows[] = {
	{.name = "walk",
	 .args = "[TABLES] VA [--bits]",
	 .help = "every level's entry for an address, as crash's vtop, checked with the CPU",
	 .fn = cmd_walk,
	 .words = cmd_table_words,
	 .examples = "walk 100000; walk own 100000 --bits",
	 .max_args = 3},
	{.name = "translate",
	 .args = "[TABLES] VA | p:PA [in TABLES]",
	 .help = "virtual to physical, or a physical address to all that map it",
	 .fn = cmd_translate,
	 .words = cmd_table_words,
	 .examples = "translate p:100000",
	 .max_args = 3},
	{.name = "hexdump",
	 .args = "PA [LENGTH]",
	 .help = "bytes at a physical address",
	 .fn = cmd_hexdump,
	 .examples = "hexdump 1000 20",
	 .max_args = 2},
};

const struct cmd_table cmds_walk = {ROOM_TABLES, rows, ARRAY_SIZE(rows)};
