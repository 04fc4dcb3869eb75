/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Paging formats: what they are, and what an entry says. */
#include "whatif.h"
#include "lib.h"

const struct pt_format *cmd_format_arg(struct cmd_call *call, const char *name)
{
	const struct pt_format *f = name ? pt_format_find(name) : NULL, *each;
	char names[128];
	int len = 0;

	if (f)
		return f;
	names[0] = '\0';
	for (u32 i = 0; (each = pt_format_nr(i)); i++)
		len += fmt_print(names + len, sizeof(names) - (size_t)len, " %s", each->name);
	if (name)
		cmd_error(call, -EINVAL,
			  "%s: no such format; there are%s (saved tables: `load NAME`)", name,
			  names);
	else
		cmd_error(call, -EINVAL, "which format? there are%s", names);
	return NULL;
}

/* ---- formats ----------------------------------------------------------------------------- */

/* "4K 2M 1G" */
static void page_sizes(char *buf, size_t size, const struct pt_format *f)
{
	int len = 0;
	char one[24];

	for (unsigned level = 0; level < f->nr_levels; level++) {
		if (f->level[level].leaf_addr)
			len += fmt_print(buf + len, size - (size_t)len, "%s%s", level ? " " : "",
					 fmt_size(one, pt_span(f, level)));
	}
}

#define FORMAT_ROW                                                                                 \
	"{name=FORMAT:-10} {levels=LEVELS:6} {virtual_bits=V.BITS:6} {physical_bits=P.BITS:6} "    \
	"{entry_size=ENTRY:5}  {page_sizes=PAGES:-20} {title=WHAT}{manual!}\n"

static void show_format(struct emit *out, const struct pt_format *f)
{
	char sizes[64];

	page_sizes(sizes, sizeof(sizes), f);
	emit_row(out, FORMAT_ROW, f->name, f->nr_levels, f->va_bits, f->phys_bits, f->entry_size,
		 sizes, f->title, f->manual);
}

static void list_formats(struct emit *out)
{
	const struct pt_format *f;

	emit_table(out, NULL, FORMAT_ROW);
	for (u32 i = 0; (f = pt_format_nr(i)); i++)
		show_format(out, f);
	emit_end(out);
}

static int cmd_formats(struct cmd_call *call)
{
	list_formats(call->out);
	return 0;
}

/* ---- explain entry ----------------------------------------------------------------------- */

static bool is_present(const struct pt_format *f, u64 entry)
{
	return (entry & f->present) == f->present;
}

/* The lowest level from `from` on at which the entry is of kind `where` (PT_IN_*), with nothing
 * wrong if it must be `clean`. -1: none. */
static int find_level(const struct pt_format *f, u64 entry, u8 where, unsigned from, bool clean)
{
	if (!from && where == PT_IN_TABLE)
		from = 1;
	for (unsigned level = from; level < f->nr_levels; level++) {
		bool leaf = pt_entry_is_leaf(f, entry, level);

		if (leaf != (where == PT_IN_PAGE) ||
		    (leaf ? !f->level[level].leaf_addr : !f->level[level].table_addr))
			continue;
		if (!clean || !pt_entry_reserved(f, entry, level, leaf, 0, true))
			return (int)level;
	}
	return -1;
}

/*
 * The entry alone does not say its level. Where a bit tells large pages from tables (x86's PS,
 * Arm's type) it is believed; else a 4 KiB page if it can be one, else what points to a table.
 * `where` 0: page or table. -1: no entry of this kind has such a value.
 */
static int guess_level(const struct pt_format *f, u64 entry, u8 where)
{
	bool own_bit = f->level[1].leaf_mask != f->level[0].leaf_mask;
	unsigned from = own_bit && pt_entry_is_leaf(f, entry, 1) ? 1 : 0;
	int level = -1;

	if (!is_present(f, entry))
		return where == PT_IN_TABLE ? 1 : 0;
	if (where != PT_IN_TABLE)
		level = find_level(f, entry, PT_IN_PAGE, from, true);
	if (level < 0 && where)
		level = find_level(f, entry, where, 0, true);
	if (level < 0 && where)
		level = find_level(f, entry, where, 0, false);
	if (level < 0 && !where)
		level = pt_entry_is_leaf(f, entry, 0) ? 0 : 1;
	return level;
}

static void show_bit(void *ctx, const struct pt_meaning *m)
{
	struct emit *out = ctx;
	char bits[8], value[24];

	pt_meaning_bits(bits, m);
	fmt_print(value, sizeof(value), m->high == m->low ? "%llu" : "%#llx", m->value);
	emit_row(out,
		 "{high!}{low!}{:5}  {name:-11} {value!}{:-7}  {text}  [{source}]{is_reserved!}\n",
		 m->high, m->low, bits, m->name, m->value, value, m->text, m->source, m->reserved);
}

static bool is_wrong(const struct pt_format *f, u64 entry, unsigned level, bool leaf)
{
	return (!leaf && !level) || pt_entry_reserved(f, entry, level, leaf, 0, true);
}

static void kind_of(char *buf, size_t size, const struct pt_format *f, u64 entry, unsigned level)
{
	bool leaf = pt_entry_is_leaf(f, entry, level);
	u64 reserved = pt_entry_reserved(f, entry, level, leaf, 0, true);

	if (!is_present(f, entry))
		fmt_print(buf, size, "absent: the CPU looks at nothing else in it");
	else if ((!leaf && !level) || reserved & f->present)
		fmt_print(buf, size, "wrong: %s at this level; an access faults",
			  leaf ? "no page can be" : "no table can be below");
	else if (reserved)
		fmt_print(buf, size, "wrong: reserved bits are set; %s", f->on_reserved);
	else
		fmt_print(buf, size, "%s", leaf ? "maps a page" : "points to a table");
}

static void show_entry(struct emit *out, const struct pt_format *f, u64 entry, unsigned level)
{
	bool leaf = pt_entry_is_leaf(f, entry, level);
	u64 addr = pt_entry_addr(f, entry, level, leaf);
	char rights[8], kind[128];

	kind_of(kind, sizeof(kind), f, entry, level);
	emit_list(out, "bits");
	if (is_present(f, entry))
		pt_decode(f, entry, level, 0, true, show_bit, out);
	emit_end(out);
	emit_put(out, "kind     {kind}\n", kind);
	if (!is_present(f, entry) || is_wrong(f, entry, level, leaf))
		return;
	pt_rights_text(rights, f->rights(entry, level, leaf));
	emit_put(out, "address  {physical:#x}\nsize     {size:S}{:}\n", addr, pt_span(f, level),
		 leaf ? "" : ", through the table");
	emit_put(out, "rights   {rights} (supervisor/user), as far as the other levels let them\n",
		 rights);
}

struct question {
	const struct pt_format *format;
	const char *level_word; /* NULL: to be guessed */
	u8 where;		/* PT_IN_*; 0: either */
};

/* The level that is asked for or guessed, of the kind that is asked for; or an error. */
static int choose_level(struct cmd_call *call, const struct question *q, u64 entry)
{
	const char *kind = q->where == PT_IN_TABLE ? "points to a table" : "maps a page";
	const struct pt_format *f = q->format;
	const struct pgtable any = {.format = f}; /* for the names of levels */
	unsigned level = 0;
	int err;

	if (!q->level_word) {
		int guess = guess_level(f, entry, q->where);

		return guess >= 0
			       ? guess
			       : cmd_error(call, -EINVAL, "%#llx: no entry with this value %s (%s)",
					   entry, kind, f->title);
	}
	err = cmd_level_arg(call, &any, q->level_word, &level);
	if (!err && q->where && is_present(f, entry) &&
	    pt_entry_is_leaf(f, entry, level) != (q->where == PT_IN_PAGE))
		err = cmd_error(call, -EINVAL, "%#llx: no %s with this value %s", entry,
				f->level[level].name, kind);
	return err ? err : (int)level;
}

static int explain_value(struct cmd_call *call, const struct question *q)
{
	const struct pt_format *f = q->format;
	struct emit *out = call->out;
	int level, err;
	u64 entry;

	err = cmd_arg_addr(call, 0, &entry);
	if (!err && f->entry_size == 4 && entry >> 32)
		err = cmd_error(call, -ERANGE, "%#llx: entries of %s have 32 bits", entry, f->name);
	if (err)
		return err;
	level = choose_level(call, q, entry);
	if (level < 0)
		return level;
	emit_object(out, NULL);
	emit_text(out, "%#llx: %s: %s (level %d%s)\n", entry, f->title, f->level[level].name, level,
		  q->level_word ? "" : ", assumed; --level says another");
	emit_field(out, "entry", entry);
	emit_field(out, "format", f->name);
	emit_field(out, "level", f->level[level].name);
	emit_field(out, "level_assumed", !q->level_word);
	show_entry(out, f, entry, (unsigned)level);
	emit_end(out);
	return 0;
}

static int cmd_explain_entry(struct cmd_call *call)
{
	struct question q = {pt_format_of(&call->app->sys.pt), NULL, 0};
	const char *format = NULL;
	int err = cmd_option(call, "format", &format);

	if (err >= 0)
		err = cmd_option(call, "level", &q.level_word);
	if (err < 0)
		return err;
	q.where |= cmd_flag(call, "table") ? PT_IN_TABLE : 0;
	q.where |= cmd_flag(call, "page") ? PT_IN_PAGE : 0;
	if (q.where == (PT_IN_TABLE | PT_IN_PAGE))
		return cmd_error(call, -EINVAL, "--table or --page, not both");
	if (format && !strcmp(format, "list")) {
		list_formats(call->out);
		return 0;
	}
	if (format)
		q.format = cmd_format_arg(call, format);
	return q.format ? explain_value(call, &q) : -EINVAL;
}

static const struct cmd rows[] = {
	{.name = "formats",
	 .args = "",
	 .help = "the paging formats that tables can have",
	 .fn = cmd_formats},
	{.name = "explain entry",
	 .args = "VALUE [--format NAME|list] [--level N|NAME] [--table|--page]",
	 .help = "one entry of any format, bit by bit, with the manual's section",
	 .fn = cmd_explain_entry,
	 .examples =
		 "explain entry 8000000000100163; explain entry 40000000000783 --format aarch64-4",
	 .max_args = 1},
};

const struct cmd_table cmds_formats = {ROOM_WHATIF, rows, ARRAY_SIZE(rows)};
