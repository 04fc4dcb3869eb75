/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What whole trees of page tables cost. */
#include "app/tables.h"
#include "cmd/cmds.h"
#include "lib.h"

struct cost {
	u64 tables, bytes, mapped, savings;
};

static u64 table_bytes(const struct pt_format *f, unsigned level)
{
	return max((u64)pt_nr_entries(f, level) * f->entry_size, 64ULL);
}

static void show_level(struct emit *out, const struct pgtable *pt, const struct pt_stats *st,
		       unsigned level, u64 mapped)
{
	const struct pt_format *f = pt_format_of(pt);
	u64 leaves = st->leaves[level], span = pt_span(f, level);
	u64 permille = leaves * (span >> PAGE_SHIFT) * 1000 / max(mapped >> PAGE_SHIFT, 1ULL);

	emit_object(out, NULL);
	emit_put(out,
		 "  {level:-5} ({level_linux})  {nr_tables:8} tables {table_bytes:10K} KiB"
		 "{mapped_bytes!}{collapsible!}",
		 pt_level_name(pt, level), pt_level_linux(pt, level), st->tables[level],
		 st->tables[level] * table_bytes(f, level), leaves * span, st->collapsible[level]);
	if (f->level[level].leaf_mask)
		emit_put(out, " {nr_mappings:10} mappings of {page_size:4S} {:3}.{:} %", leaves,
			 span, permille / 10, permille % 10);
	else
		emit_put(out, "{nr_mappings!}{page_size!}", leaves, (const char *)NULL);
	emit_text(out, "\n");
	emit_end(out);
}

static struct cost cost_of(const struct pgtable *pt, const struct pt_stats *st)
{
	const struct pt_format *f = pt_format_of(pt);
	struct cost c = {0};

	for (unsigned level = 0; level < f->nr_levels; level++) {
		c.tables += st->tables[level];
		c.bytes += st->tables[level] * table_bytes(f, level);
		c.mapped += st->leaves[level] * pt_span(f, level);
		if (level < max(pt->max_page_level, (u8)1))
			c.savings += st->collapsible[level] * table_bytes(f, level);
	}
	return c;
}

/* Which tables could be one page of the level above, and what that would give back. */
static void show_savings(struct emit *out, const struct pgtable *pt, const struct pt_stats *st,
			 const struct cost *c)
{
	const struct pt_format *f = pt_format_of(pt);
	char size[24];

	for (unsigned level = 0; level + 1u < f->nr_levels; level++) {
		if (!st->collapsible[level] || level >= max(pt->max_page_level, (u8)1))
			continue;
		emit_text(out,
			  "  %llu of the %s tables map one aligned piece alike: pages of %s would "
			  "do\n",
			  st->collapsible[level], pt_level_name(pt, level),
			  fmt_size(size, pt_span(f, level + 1)));
	}
	emit_put(out,
		 c->savings ? "  that would save {savings_bytes:K} KiB of tables\n"
			    : "{savings_bytes!}",
		 c->savings);
}

/* In the text only those that there are. */
static void show_oddities(struct emit *out, const struct pt_stats *st)
{
	emit_put(out,
		 st->bad_tables ? "  {bad_tables} entries point outside memory: not followed\n"
				: "{bad_tables!}",
		 st->bad_tables);
	emit_put(out,
		 st->reserved ? "  {nr_reserved} entries have reserved bits set: not followed\n"
			      : "{nr_reserved!}",
		 st->reserved);
	emit_put(out,
		 st->loops ? "  {loops} entries point back up (self-maps): not followed\n"
			   : "{loops!}",
		 st->loops);
}

static void show_stats(struct emit *out, const struct named_tables *t)
{
	const struct pt_format *f = pt_format_of(t->pt);
	struct pt_stats st;
	struct cost c;

	pt_stats(t->pt, &st);
	c = cost_of(t->pt, &st);
	emit_object(out, NULL);
	emit_put(out, "{tables}: {:}{format!}{levels!}, root {root:#x} ({title})\n", t->name,
		 f->title, f->name, f->nr_levels, t->pt->root, t->title);
	emit_list(out, "per_level");
	for (int level = f->nr_levels - 1; level >= 0; level--)
		show_level(out, t->pt, &st, (unsigned)level, c.mapped);
	emit_end(out);
	emit_put(
		out,
		"  {nr_tables} tables, {table_bytes:K} KiB, map {mapped_bytes:M} MiB: {:} bytes of "
		"tables per MiB\n",
		c.tables, c.bytes, c.mapped, c.mapped ? c.bytes / max(c.mapped / MiB, 1ULL) : 0);
	emit_put(out, "  writable and executable: {writable_executable} mappings\n",
		 st.writable_executable);
	show_savings(out, t->pt, &st, &c);
	show_oddities(out, &st);
	emit_end(out);
}

/* The tables that were named, or all. */
static int cmd_pt_stats(struct cmd_call *call)
{
	struct named_tables trees[APP_MAX_TABLES];
	u32 nr = app_tables(call->app, trees, ARRAY_SIZE(trees));
	const struct pgtable *only = NULL;
	int err = call->argc ? cmd_tables_arg(call, &only) : 0;

	if (err)
		return err;
	emit_list(call->out, NULL);
	for (u32 i = 0; i < nr && !emit_stopped(call->out); i++) {
		if (!only || only == trees[i].pt)
			show_stats(call->out, &trees[i]);
	}
	emit_end(call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "pt stats",
	 .args = "[TABLES]",
	 .help = "what tables cost per level, what they map, what larger pages would save",
	 .fn = cmd_pt_stats,
	 .words = cmd_table_words,
	 .examples = "pt stats own",
	 .report = "pt stats",
	 .max_args = 1},
};

const struct cmd_table cmds_stats = {ROOM_TABLES, rows, ARRAY_SIZE(rows)};
