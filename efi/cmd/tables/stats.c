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
	char size[24];

	emit_text(out, "  %-5s (%s)%s %8llu tables %10llu KiB", pt_level_name(pt, level),
		  pt_level_linux(pt, level), strlen(pt_level_linux(pt, level)) > 3 ? "" : " ",
		  st->tables[level], st->tables[level] * table_bytes(f, level) / KiB);
	if (f->level[level].leaf_mask) {
		u64 permille = mapped ? leaves * (span >> PAGE_SHIFT) * 1000 /
						max(mapped >> PAGE_SHIFT, 1ULL)
				      : 0;

		fmt_size(size, span);
		emit_text(out, " %10llu mappings of %4s %3llu.%llu %%", leaves, size, permille / 10,
			  permille % 10);
	}
	emit_text(out, "\n");
	emit_object(out, NULL);
	emit_field(out, "level", pt_level_name(pt, level));
	emit_field(out, "nr_tables", st->tables[level]);
	emit_field(out, "table_bytes", st->tables[level] * table_bytes(f, level));
	emit_field(out, "nr_mappings", leaves);
	emit_field(out, "mapped_bytes", leaves * span);
	emit_field(out, "collapsible", st->collapsible[level]);
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
		fmt_size(size, pt_span(f, level + 1));
		emit_text(out,
			  "  %llu of the %s tables map one aligned piece alike: pages of %s would "
			  "do\n",
			  st->collapsible[level], pt_level_name(pt, level), size);
	}
	if (c->savings)
		emit_text(out, "  that would save %llu KiB of tables\n", c->savings / KiB);
}

static void show_oddities(struct emit *out, const struct pt_stats *st)
{
	if (st->bad_tables)
		emit_text(out, "  %llu entries point outside memory: not followed\n",
			  st->bad_tables);
	if (st->reserved)
		emit_text(out, "  %llu entries have reserved bits set: not followed\n",
			  st->reserved);
	if (st->loops)
		emit_text(out, "  %llu entries point back up (self-maps): not followed\n",
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
	emit_field(out, "tables_of", t->name);
	emit_field(out, "format", f->name);
	emit_field(out, "levels", f->nr_levels);
	emit_field(out, "root", t->pt->root);
	emit_text(out, "%s: %s, root %#llx (%s)\n", t->name, f->title, t->pt->root, t->title);
	emit_list(out, "per_level");
	for (int level = f->nr_levels - 1; level >= 0; level--)
		show_level(out, t->pt, &st, (unsigned)level, c.mapped);
	emit_end(out);
	emit_text(out, "  %llu tables, %llu KiB, map %llu MiB: %llu bytes of tables per MiB\n",
		  c.tables, c.bytes / KiB, c.mapped / MiB,
		  c.mapped ? c.bytes / max(c.mapped / MiB, 1ULL) : 0);
	emit_text(out, "  writable and executable: %llu mappings\n", st.writable_executable);
	show_savings(out, t->pt, &st, &c);
	show_oddities(out, &st);
	emit_field(out, "nr_tables", c.tables);
	emit_field(out, "table_bytes", c.bytes);
	emit_field(out, "mapped_bytes", c.mapped);
	emit_field(out, "savings_bytes", c.savings);
	emit_field(out, "writable_executable", st.writable_executable);
	emit_field(out, "bad_tables", st.bad_tables);
	emit_field(out, "nr_reserved", st.reserved);
	emit_field(out, "loops", st.loops);
	emit_end(out);
}

/* Of the tables that were named, or of all. */
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
