/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `pt dump`: all mappings of a tree, in the layouts of Linux's ptdump (neighbours merged), QEMU's
 * info tlb (each page), gef's pagewalk (merged where the memory goes on too), or page by page.
 */
#include "app/tables.h"
#include "cmd/cmds.h"
#include "save.h"
#include "lib.h"
#include "mm/pgtable/build.h"
#include "mm/pgtable/dump.h"
#include "ui/search.h"

#define POLL_EVERY 256	 /* visits: at most so many tables between looks at the keyboard */
#define SAY_EVERY  65536 /* visits without a line: the reader is told that it goes on */

/*
 * A dump can have hundreds of thousands of lines. So a line of text is one emit_text() of a line
 * that mm/pgtable has written, and there is a template for the fields alone, which the text leaves
 * out.
 */
#define RUN_FIELDS "{region!}{start!}{end!}{level!}{is_present!}{rights!}{flag_bits!}{wrong!}"
#define LEAF_FIELDS                                                                                \
	"{virtual!}{physical!}{size!}{page_size!}{level!}{entry!}{rights!}{own_rights!}{flags!}"

struct dump {
	struct cmd_call *call;
	struct emit *out;
	const struct pgtable *pt;
	const struct pt_marker *markers;
	u32 nr_markers, next_marker;
	u32 visits, lines, lines_then;
	struct search search; /* pages that are wanted; no terms: all */
	struct search_env env;
	/* gef: the range that is being collected */
	bool have;
	struct pt_entry first;
	u64 nr;
};

/* Looks for Esc now and then, also when nothing is printed. */
static bool stopped(struct dump *d)
{
	struct shell *sh = &d->call->app->shell;

	if (++d->visits % POLL_EVERY == 0 && shell_poll(sh))
		d->out->stopped = true;
	if (d->visits % SAY_EVERY == 0 && sh->interactive && d->lines == d->lines_then)
		emit_text(d->out, "... %u tables and pages so far; Esc stops\n", d->visits);
	if (d->visits % SAY_EVERY == 0)
		d->lines_then = d->lines;
	return emit_stopped(d->out);
}

static int poll(void *ctx)
{
	return stopped(ctx) ? -EINTR : 0;
}

/* ---- ptdump ------------------------------------------------------------------------------ */

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
	char line[160], rights[8];

	show_markers(d, run->start);
	d->lines++;
	if (d->out->format == EMIT_TEXT) {
		pt_run_format(line, sizeof(line), d->pt, run);
		emit_text(d->out, "%s\n", line);
		return;
	}
	emit_row(d->out, RUN_FIELDS,
		 d->next_marker ? d->markers[d->next_marker - 1].name : (const char *)NULL,
		 run->start, run->last, pt_level_name(d->pt, run->level), run->present,
		 pt_rights_text(rights, run->rights), run->bits, run->wrong);
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
		       pt_run_cut(d->pt, &now, d->markers[d->next_marker].start, &rest);
		show_piece(d, &now);
	}
	return emit_stopped(d->out);
}

static void dump_runs(struct dump *d, u64 start, u64 last)
{
	if (!d->pt->format)
		d->markers = pt_markers_x86(d->pt->levels, &d->nr_markers);
	while (d->next_marker + 1 < d->nr_markers && d->markers[d->next_marker + 1].start <= start)
		d->next_marker++; /* areas that end before the range do not appear */
	pt_runs(d->pt, start, last, show_run, poll, d);
}

/* ---- page by page ------------------------------------------------------------------------ */

static void leaf_fields(struct dump *d, const struct pt_entry *e, u64 nr)
{
	const struct pt_format *f = pt_format_of(d->pt);
	u64 span = pt_span(f, e->level);
	char rights[8], own[8], flags[128];

	d->lines++;
	if (d->out->format == EMIT_TEXT)
		return;
	pt_flags_text(flags, sizeof(flags), f, e->val, e->level);
	emit_row(d->out, LEAF_FIELDS, e->va, e->phys, nr * span, span,
		 pt_level_name(d->pt, e->level), e->val, pt_rights_text(rights, e->rights),
		 pt_rights_text(own, e->own), flags);
}

/* Is it a page? Else *ret_step says how to go on. */
static bool is_page(struct dump *d, const struct pt_entry *e, int *ret_step)
{
	*ret_step = stopped(d) ? PT_STOP : e->present && !e->leaf ? PT_DESCEND : PT_SKIP;
	if (*ret_step == PT_STOP)
		return false;
	return d->search.nr ? search_match(&d->search, &d->env, e)
			    : e->present && e->leaf && !e->wrong;
}

static int show_tlb(void *ctx, const struct pt_entry *e)
{
	struct dump *d = ctx;
	char line[64];
	int step;

	if (!is_page(d, e, &step))
		return step;
	pt_leaf_format_tlb(line, sizeof(line), e);
	emit_text(d->out, "%s\n", line);
	leaf_fields(d, e, 1);
	return emit_stopped(d->out) ? PT_STOP : PT_SKIP;
}

static int show_leaf(void *ctx, const struct pt_entry *e)
{
	struct dump *d = ctx;
	char rights[8], own[8], flags[128], size[24];
	int step;

	if (!is_page(d, e, &step))
		return step;
	pt_flags_text(flags, sizeof(flags), pt_format_of(d->pt), e->val, e->level);
	emit_text(d->out, "%016llx %012llx %5s %s %s %016llx %s\n", e->va, e->phys,
		  fmt_size(size, pt_span(pt_format_of(d->pt), e->level)),
		  pt_rights_text(rights, e->rights), pt_rights_text(own, e->own), e->val, flags);
	leaf_fields(d, e, 1);
	return emit_stopped(d->out) ? PT_STOP : PT_SKIP;
}

/* ---- gef --------------------------------------------------------------------------------- */

static void gef_flags(char *buf, size_t size, const struct pt_format *f, const struct pt_entry *e)
{
	u8 r = e->rights;

	fmt_print(buf, size, "%c%c%c %s%s%s%s", r & (PTR_SR | PTR_UR) ? 'R' : '-',
		  r & (PTR_SW | PTR_UW) ? 'W' : '-', r & (PTR_SX | PTR_UX) ? 'X' : '-',
		  r & PTR_UR ? "USER" : "KERN",
		  f->accessed && e->val & f->accessed ? " ACCESSED" : "",
		  f->dirty && e->val & f->dirty ? " DIRTY" : "",
		  f->global && e->val & f->global ? " GLOBAL" : "");
}

static void show_gef_range(struct dump *d)
{
	const struct pt_format *f = pt_format_of(d->pt);
	u64 span = pt_span(f, d->first.level), size = d->nr * span;
	char flags[64];

	if (!d->have)
		return;
	gef_flags(flags, sizeof(flags), f, &d->first);
	emit_text(d->out,
		  "0x%016llx-0x%016llx  0x%016llx-0x%016llx  %#-11llx  %#-10llx  %-6llu [%s]\n",
		  d->first.va, d->first.va + size, d->first.phys, d->first.phys + size, size, span,
		  d->nr, flags);
	leaf_fields(d, &d->first, d->nr);
	d->have = false;
}

/* Does e go on where the range ends, in all that the layout shows? */
static bool gef_goes_on(const struct dump *d, const struct pt_entry *e)
{
	const struct pt_format *f = pt_format_of(d->pt);
	u64 size = d->nr * pt_span(f, e->level), shown = f->accessed | f->dirty | f->global;

	return d->have && e->level == d->first.level && e->rights == d->first.rights &&
	       e->va == d->first.va + size && e->phys == d->first.phys + size &&
	       !((e->val ^ d->first.val) & shown);
}

static int collect_gef(void *ctx, const struct pt_entry *e)
{
	struct dump *d = ctx;
	int step;

	if (!is_page(d, e, &step))
		return step;
	if (!gef_goes_on(d, e)) {
		show_gef_range(d);
		d->have = true;
		d->first = *e;
		d->nr = 0;
	}
	d->nr++;
	return emit_stopped(d->out) ? PT_STOP : PT_SKIP;
}

static void dump_gef(struct dump *d, u64 start, u64 last)
{
	emit_text(d->out, "%-37s  %-37s  %-11s  %-10s  %-6s %s\n", "Virtual address start-end",
		  "Physical address start-end", "Total size", "Page size", "Count", "Flags");
	pt_walk(d->pt, start, last, collect_gef, d);
	show_gef_range(d);
}

/* ---- the command ------------------------------------------------------------------------- */

/* `info tlb` prints x86's bits. */
static bool tlb_has_letters(const struct pt_format *f)
{
	return f->accessed == PTE_A && f->dirty == PTE_D && f->global == PTE_G;
}

static void dump_tlb(struct dump *d, u64 start, u64 last)
{
	pt_walk(d->pt, start, last, show_tlb, d);
}

static void dump_leaves(struct dump *d, u64 start, u64 last)
{
	emit_text(d->out, "%-16s %-12s %5s %-7s %-7s %-16s %s\n", "virtual", "physical", "size",
		  "rights", "own", "entry", "flags");
	pt_walk(d->pt, start, last, show_leaf, d);
}

static const struct layout {
	const char *name;
	void (*dump)(struct dump *d, u64 start, u64 last);
} layouts[] = {
	{"ptdump", dump_runs}, {"tlb", dump_tlb}, {"gef", dump_gef}, {"leaves", dump_leaves}};

/* What is searched for is shown merged, if nothing else is asked for. */
static const struct layout *find_layout(struct cmd_call *call, bool where)
{
	const char *name = layouts[where ? 2 : 0].name;

	if (cmd_option(call, "format", &name) < 0)
		return NULL;
	for (u32 i = 0; i < ARRAY_SIZE(layouts); i++) {
		if (!strcmp(layouts[i].name, name))
			return &layouts[i];
	}
	cmd_error(call, -EINVAL, "%s: formats are ptdump, tlb, gef and leaves", name);
	return NULL;
}

static int find_search(struct cmd_call *call, struct search *s)
{
	const char *text = "";
	char err[160];
	int got = cmd_option(call, "where", &text);

	if (got < 0)
		return got;
	return search_parse(s, text, err, sizeof(err)) ? cmd_error(call, -EINVAL, "%s", err) : 0;
}

/* Not every layout can show every search and every format. */
static int check_layout(struct cmd_call *call, const struct layout *layout, const struct dump *d)
{
	const struct pt_format *f = pt_format_of(d->pt);

	if (d->search.nr && layout->dump == dump_runs)
		return cmd_error(call, -EINVAL,
				 "--where chooses pages; ptdump's lines merge them: "
				 "use tlb, gef or leaves");
	if (layout->dump == dump_tlb && !tlb_has_letters(f))
		return cmd_error(call, -EINVAL,
				 "%s: QEMU's info tlb has letters for x86's bits only; "
				 "use ptdump, gef or leaves",
				 f->title);
	return 0;
}

static int cmd_pt_dump(struct cmd_call *call)
{
	struct dump d = {.call = call, .out = call->out};
	const struct layout *layout;
	const char *name = NULL;
	u64 start, last;
	int err = find_search(call, &d.search);

	layout = err ? NULL : find_layout(call, d.search.nr);
	if (!layout)
		return -EINVAL;
	err = cmd_in_tables(call, &d.pt);
	if (!err)
		err = check_layout(call, layout, &d);
	if (!err && cmd_option(call, "save", &name) < 0)
		return -EINVAL;
	if (!err && name)
		return cmd_save_tables(call, d.pt, name);
	if (!err)
		err = cmd_range_args(call, d.pt, &start, &last);
	if (!err)
		err = cmd_no_more_args(call, 0);
	if (err)
		return err;
	cmd_search_env(call->app, d.pt, &d.env);
	emit_list(call->out, NULL);
	layout->dump(&d, start, last);
	emit_end(call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "pt dump",
	 .args = "[TABLES] [START-END] [--format ptdump|tlb|gef|leaves] [--where EXPR] [--save "
		 "NAME]",
	 .help = "all mappings as Linux's ptdump, QEMU's info tlb or gef's pagewalk prints them",
	 .fn = cmd_pt_dump,
	 .words = cmd_table_words,
	 .examples = "pt dump own --where 'w+x'; pt dump own --format tlb",
	 .report = "pt dump own; pt dump fw",
	 .max_args = 3},
};

const struct cmd_table cmds_dump = {ROOM_TABLES, rows, ARRAY_SIZE(rows)};
