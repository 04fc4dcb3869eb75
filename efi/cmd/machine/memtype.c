/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `memtype`: types of physical memory, of what tables map, and what is wrong with them. */
#include "mm/pgtable/memtype.h"

#include "app/tables.h"
#include "cmd/cmds.h"
#include "cmd/tables/explain.h"
#include "lib.h"
#include "memtype_check.h"

/* ---- physical memory --------------------------------------------------------------------- */

#define MAX_ROWS 4096

static bool same_source(const struct mtrr_source *a, const struct mtrr_source *b)
{
	return a->kind == b->kind && (a->kind == MTRR_FIXED || a->matching == b->matching);
}

static void show_physical_row(struct emit *out, phys_addr_t start, phys_addr_t end,
			      const struct mtrr_source *source, bool several)
{
	char text[80];

	mtrr_source_text(text, sizeof(text), source);
	if (source->kind == MTRR_FIXED)
		fmt_print(text, sizeof(text), "fixed ranges");
	if (several)
		fmt_print(text, sizeof(text), "several registers");
	emit_row(out, "  {start:013x}-{end:013x} {:8S}  {type:-3} {source}\n", start, end - 1,
		 end - start, memtype_name(source->type), text);
}

/* The whole physical address space, merged by type. */
static void show_physical(struct emit *out, const struct mtrr_state *m, u8 phys_bits)
{
	phys_addr_t limit = 1ULL << (phys_bits ? phys_bits : MAX_PHYS_BITS), start = 0, next;
	u32 rows;

	emit_text(out, "physical memory, as the MTRRs type it:\n");
	emit_list(out, "physical_ranges");
	for (rows = 0; start < limit && rows < MAX_ROWS && !emit_stopped(out); rows++) {
		struct mtrr_source source, more;
		bool several = false;
		phys_addr_t end, at;

		mtrr_source(m, start, &source);
		mtrr_type_range(m, start, limit, &end);
		for (at = start; at < end && !several; at = next) {
			mtrr_source(m, at, &more);
			several = !same_source(&source, &more);
			mtrr_type(m, at, &next);
		}
		show_physical_row(out, start, end, &source, several);
		start = end;
	}
	emit_end(out);
	if (rows == MAX_ROWS)
		emit_text(out, "  and more: registers cut memory into too many pieces\n");
}

/* ---- what tables map --------------------------------------------------------------------- */

struct mapped {
	struct emit *out;
	const struct app *app;
	const struct pgtable *pt;
	u64 pat_msr;
	/* the run that is being collected */
	bool have, scattered;
	u64 va, bytes;
	phys_addr_t pa, next_pa;
	struct memtype_effective type;
};

static void flush(struct mapped *r)
{
	const struct memtype_effective *t = &r->type;
	const char *pat = t->pat < 0 ? NULL : memtype_name((enum memtype)t->pat);

	if (!r->have)
		return;
	emit_row(r->out,
		 "  {virtual:016x} -> {physical:013x}{scattered?+| } {bytes:8S}  PAT {pat_index} "
		 "{pat:-3} MTRR {mtrr:-3} = {type}{undefined? (undefined on old CPUs)}\n",
		 r->va, r->pa, r->scattered, r->bytes, t->pat_index, pat,
		 memtype_name(t->mtrr.type), memtype_name(t->type), t->undefined);
	r->have = false;
}

static void take_piece(struct mapped *r, u64 va, phys_addr_t pa, u64 bytes,
		       const struct memtype_effective *t)
{
	if (r->have && r->va + r->bytes == va && r->type.pat_index == t->pat_index &&
	    r->type.mtrr.type == t->mtrr.type) {
		r->scattered |= r->next_pa != pa;
	} else {
		flush(r);
		r->have = true;
		r->scattered = false;
		r->va = va;
		r->pa = pa;
		r->bytes = 0;
		r->type = *t;
	}
	r->bytes += bytes;
	r->next_pa = pa + bytes;
}

static int take_span(void *ctx, const struct pt_entry *e)
{
	struct mapped *r = ctx;
	const struct mtrr_state *m = &r->app->machine.cpu.mtrr;
	phys_addr_t pa = e->phys, end = pa + e->nr * PT_SIZE(e->level), next;

	if (!e->present || !e->leaf || e->wrong)
		return e->present ? PT_DESCEND : PT_SKIP;
	for (; pa < end && !emit_stopped(r->out); pa = next) {
		struct memtype_effective t;

		memtype_effective(m, r->pat_msr, pa, e->val, e->level, &t);
		mtrr_type_range(m, pa, end, &next);
		take_piece(r, e->va + (pa - e->phys), pa, next - pa, &t);
	}
	return emit_stopped(r->out) ? PT_STOP : PT_SKIP;
}

/* ---- the command ------------------------------------------------------------------------- */

static void show_findings(struct emit *out, struct app *app)
{
	char text[MEMTYPE_MAX_FINDINGS][MEMTYPE_FINDING];
	u32 nr = memtype_check(app, text), shown = min(nr, (u32)MEMTYPE_MAX_FINDINGS);

	emit_list(out, "findings");
	for (u32 i = 0; i < shown; i++) {
		emit_put(out, "{:}{finding}\n", i ? "          " : "findings: ", text[i]);
	}
	emit_end(out);
	if (nr > shown)
		emit_text(out, "          and %u more\n", nr - shown);
	if (!nr)
		emit_text(out, "findings: none\n");
}

static int cmd_memtype(struct cmd_call *call)
{
	struct mapped r = {.out = call->out, .app = call->app};
	const struct machine *m = &call->app->machine;
	u64 start, last;
	int err;

	/* The same word sets a type in the clone. */
	if (call->argc >= 3 && !app_tables_find(call->app, call->argv[0]))
		return cmd_sandbox_memtype(call);
	err = cmd_tables_arg(call, &r.pt);
	if (!err)
		err = cmd_range_args(call, r.pt, &start, &last);
	if (!err)
		err = cmd_no_more_args(call, 0);
	if (!err && !app_tables_have_types(r.pt))
		err = cmd_error(call, -EINVAL, "only x86-64's tables have memory types here");
	if (err)
		return err;
	r.pat_msr = app_tables_pat_now(call->app, r.pt);
	emit_object(call->out, NULL);
	show_physical(call->out, &m->cpu.mtrr, m->cpu.phys_bits);
	emit_text(call->out, "mapped by %s (virtual -> physical; + scattered):\n",
		  r.pt == &call->app->fw_pt    ? "the firmware's tables"
		  : r.pt == &call->app->sys.pt ? "our tables"
					       : "these tables");
	emit_list(call->out, "mapped");
	pt_walk_ranges(r.pt, start, last, take_span, &r);
	flush(&r);
	emit_end(call->out);
	show_findings(call->out, call->app);
	emit_end(call->out);
	return 0;
}

/* ---- registers --------------------------------------------------------------------------- */

static void show_variable(struct emit *out, const struct mtrr_state *m, u32 nr)
{
	phys_addr_t base;
	u64 size;
	bool on = mtrr_variable_range(m, nr, &base, &size), valid = m->variable[nr].mask >> 11 & 1;
	enum memtype type = (enum memtype)(m->variable[nr].base & 0xff);

	emit_object(out, NULL);
	emit_put(out, "  {nr:2}  MSR {msr:#x}  base {base:013x} mask {mask:013x}  {valid!}", nr,
		 0x200 + 2 * nr, m->variable[nr].base, m->variable[nr].mask, valid);
	if (on)
		emit_put(out, "{type:-3} {start:x}-{end:x} ({:S})\n", memtype_name(type), base,
			 base + size - 1, size);
	else
		emit_text(out, "%s\n", valid ? "a mask with holes" : "off");
	emit_end(out);
}

/* Neighbours of one type together. */
static void show_fixed(struct emit *out, const struct mtrr_state *m)
{
	phys_addr_t start, end;
	u64 size;
	u32 msr, first;

	emit_list(out, "fixed");
	for (u32 i = 0; i < MTRR_NR_FIXED;) {
		first = i;
		mtrr_fixed_range(i, &start, &size, &msr);
		for (end = start; i < MTRR_NR_FIXED && m->fixed[i] == m->fixed[first]; i++) {
			mtrr_fixed_range(i, &end, &size, &msr);
			end += size;
		}
		emit_row(out, "  {:2}-{:2}  {start:05x}-{end:05x}  {type}\n", first, i - 1, start,
			 end - 1, memtype_name((enum memtype)m->fixed[first]));
	}
	emit_end(out);
}

static int cmd_memtype_mtrr(struct cmd_call *call)
{
	const struct mtrr_state *m = &call->app->machine.cpu.mtrr;
	struct emit *out = call->out;

	emit_object(out, NULL);
	emit_field(out, "is_present", m->present);
	emit_field(out, "enabled", m->enabled);
	emit_field(out, "default", memtype_name((enum memtype)m->default_type));
	if (!m->present) {
		emit_text(out, "this CPU has no MTRRs: all memory is WB\n");
		emit_end(out);
		return 0;
	}
	emit_text(out, "MTRRs %s, default type %s (SDM vol. 3, 12.11.2)\n",
		  m->enabled ? "on" : "off: all memory is UC",
		  memtype_name((enum memtype)m->default_type));
	emit_text(out, "fixed ranges, %s:\n",
		  m->fixed_enabled ? "on: they decide below 1 MiB" : "off");
	if (m->fixed_enabled)
		show_fixed(out, m);
	emit_text(out, "variable ranges, %u:\n", m->nr_variable);
	emit_list(out, "variable");
	for (u32 i = 0; i < m->nr_variable; i++)
		show_variable(out, m, i);
	emit_end(out);
	emit_end(out);
	return 0;
}

/* ---- PAT --------------------------------------------------------------------------------- */

static void show_pat(struct emit *out, const char *name, const char *title, u64 pat)
{
	emit_text(out, "%s: %016llx\n  entry", title, pat);
	for (u32 i = 0; i < 8; i++)
		emit_text(out, "%5u", i);
	emit_text(out, "\n  type ");
	emit_list(out, name);
	for (u32 i = 0; i < 8; i++) {
		int type = pat_type(pat, i);

		emit_put(out, "{memory_type:5}",
			 type < 0 ? NULL : memtype_name((enum memtype)type));
	}
	emit_end(out);
	emit_text(out, "\n");
}

static void show_combinations(struct emit *out)
{
	static const u8 mtrr[] = {MEMTYPE_UC, MEMTYPE_WC, MEMTYPE_WT, MEMTYPE_WP, MEMTYPE_WB};
	static const u8 pat[] = {MEMTYPE_UC, MEMTYPE_UC_MINUS, MEMTYPE_WC,
				 MEMTYPE_WT, MEMTYPE_WP,       MEMTYPE_WB};

	emit_text(out, "MTRR type and PAT type give (SDM vol. 3, table 12-7; * once undefined):\n");
	emit_text(out, "  MTRR PAT");
	for (u32 p = 0; p < ARRAY_SIZE(pat); p++)
		emit_text(out, "%5s", memtype_name((enum memtype)pat[p]));
	emit_text(out, "\n");
	emit_list(out, "combined");
	for (u32 m = 0; m < ARRAY_SIZE(mtrr); m++) {
		emit_text(out, "  %-8s", memtype_name((enum memtype)mtrr[m]));
		for (u32 p = 0; p < ARRAY_SIZE(pat); p++) {
			bool undefined;
			enum memtype t = memtype_combine((enum memtype)mtrr[m],
							 (enum memtype)pat[p], &undefined);

			emit_row(out, "{mtrr!}{pat!}{undefined!}{:3}{type}",
				 memtype_name((enum memtype)mtrr[m]),
				 memtype_name((enum memtype)pat[p]), undefined,
				 undefined ? "*" : "", memtype_name(t));
		}
		emit_text(out, "\n");
	}
	emit_end(out);
}

static int cmd_memtype_pat(struct cmd_call *call)
{
	const struct app *app = call->app;
	u64 ours = app_tables_pat_now(app, &app->sys.pt),
	    theirs = app_tables_pat_now(app, &app->fw_pt);

	emit_object(call->out, NULL);
	if (!app->machine.described && !app->machine.cpu.pat)
		emit_text(call->out, "this CPU has no PAT: types as after reset\n");
	show_pat(call->out, "firmware_pat", "the firmware's IA32_PAT", theirs);
	if (ours != theirs)
		show_pat(call->out, "own_pat", "ours", ours);
	emit_text(call->out, "entry = PAT * 4 + PCD * 2 + PWT; PAT is bit 7 of a 4K page's entry, "
			     "bit 12 of larger ones\n");
	show_combinations(call->out);
	emit_end(call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "memtype",
	 .args = "[TABLES] [START-END] | VA SIZE TYPE",
	 .help = "memory types, and what is wrong with them; or set the type of a range in the "
		 "clone",
	 .fn = cmd_memtype,
	 .examples = "memtype own",
	 .report = "memtype own",
	 .max_args = 4},
	{.name = "memtype mtrr",
	 .args = "",
	 .help = "memory type range registers, decoded",
	 .fn = cmd_memtype_mtrr,
	 .report = "memtype mtrr"},
	{.name = "memtype pat",
	 .args = "",
	 .help = "the page attribute table, and what it makes of each MTRR type",
	 .fn = cmd_memtype_pat},
};

const struct cmd_table cmds_memtype = {ROOM_MACHINE, rows, ARRAY_SIZE(rows)};
