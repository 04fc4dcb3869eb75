/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Paging formats: what they are, what an entry says, and invented trees of them. */
#include "../saved.h"
#include "cmds.h"
#include "lib.h"
#include "mm/pt_whatif.h"

/* NULL after a message. */
static const struct pt_format *format_arg(struct cmd_call *call, const char *name)
{
	const struct pt_format *f = pt_format_find(name), *each;
	char names[128];
	int len = 0;

	if (f)
		return f;
	names[0] = '\0';
	for (u32 i = 0; (each = pt_format_nr(i)); i++)
		len += fmt_print(names + len, sizeof(names) - (size_t)len, " %s", each->name);
	cmd_error(call, -EINVAL, "%s: no such format; there are%s", name, names);
	return NULL;
}

/* ---- formats -----------------------------------------------------------------------------------
 */

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

static void show_format(struct emit *out, const struct pt_format *f)
{
	char sizes[64];

	page_sizes(sizes, sizeof(sizes), f);
	emit_text(out, "%-10s %6u %6u %6u %5u  %-20s %s\n", f->name, f->nr_levels, f->va_bits,
		  f->phys_bits, f->entry_size, sizes, f->title);
	emit_object(out, NULL);
	emit_str(out, "name", f->name);
	emit_str(out, "title", f->title);
	emit_num(out, "levels", f->nr_levels);
	emit_num(out, "virtual_bits", f->va_bits);
	emit_num(out, "physical_bits", f->phys_bits);
	emit_num(out, "entry_size", f->entry_size);
	emit_str(out, "page_sizes", sizes);
	emit_str(out, "manual", f->manual);
	emit_end(out);
}

static void list_formats(struct emit *out)
{
	const struct pt_format *f;

	emit_text(out, "%-10s %6s %6s %6s %5s  %-20s %s\n", "FORMAT", "LEVELS", "V.BITS", "P.BITS",
		  "ENTRY", "PAGES", "WHAT");
	emit_list(out, NULL);
	for (u32 i = 0; (f = pt_format_nr(i)); i++)
		show_format(out, f);
	emit_end(out);
}

static int cmd_formats(struct cmd_call *call)
{
	int err = cmd_no_more_args(call, 0);

	if (!err)
		list_formats(call->out);
	return err;
}

/* ---- explain entry -----------------------------------------------------------------------------
 */

static bool is_present(const struct pt_format *f, u64 entry)
{
	return (entry & f->present) == f->present;
}

/*
 * The entry alone does not say its level. Where a bit tells large pages from tables (x86's PS,
 * Arm's type) it is believed; else a 4 KiB page if it can be one, else what points to a table.
 */
static unsigned guess_level(const struct pt_format *f, u64 entry)
{
	bool own_bit = f->level[1].leaf_mask != f->level[0].leaf_mask;
	unsigned level = own_bit && pt_entry_is_leaf(f, entry, 1) ? 1 : 0;

	if (!is_present(f, entry))
		return 0;
	for (; level < f->nr_levels; level++) {
		if (f->level[level].leaf_addr && pt_entry_is_leaf(f, entry, level) &&
		    !pt_entry_reserved(f, entry, level, true, 0, true))
			return level;
	}
	return pt_entry_is_leaf(f, entry, 0) ? 0 : 1;
}

static int level_arg(struct cmd_call *call, const struct pt_format *f, const char *word,
		     unsigned *ret)
{
	u64 number;

	for (unsigned level = 0; level < f->nr_levels; level++) {
		if (strcmp(word, f->level[level].name) &&
		    (parse_u64(word, &number) || number != level))
			continue;
		*ret = level;
		return 0;
	}
	return cmd_error(call, -EINVAL, "%s: no such level; %s to %s, or 0 (pages) to %u", word,
			 f->level[0].name, f->level[f->nr_levels - 1].name, f->nr_levels - 1u);
}

static void show_bit(void *ctx, const struct pt_meaning *m)
{
	struct emit *out = ctx;
	char bits[12];

	if (m->high == m->low)
		fmt_print(bits, sizeof(bits), "%u", m->high);
	else
		fmt_print(bits, sizeof(bits), "%u:%u", m->high, m->low);
	emit_text(out, "%5s  %-11s %#llx  %s  [%s]\n", bits, m->name, m->value, m->text, m->source);
	emit_object(out, NULL);
	emit_num(out, "high", m->high);
	emit_num(out, "low", m->low);
	emit_str(out, "name", m->name);
	emit_hex(out, "value", m->value);
	emit_str(out, "text", m->text);
	emit_str(out, "source", m->source);
	emit_bool(out, "reserved", m->reserved);
	emit_end(out);
}

static bool is_wrong(const struct pt_format *f, u64 entry, unsigned level, bool leaf)
{
	return (!leaf && !level) || pt_entry_reserved(f, entry, level, leaf, 0, true);
}

static const char *kind_of(const struct pt_format *f, u64 entry, unsigned level, bool leaf)
{
	if (!is_present(f, entry))
		return "absent: the CPU looks at nothing else in it";
	if (is_wrong(f, entry, level, leaf))
		return leaf || level ? "wrong: reserved bits are set; an access faults"
				     : "wrong: no table can be below; an access faults";
	return leaf ? "maps a page" : "points to a table";
}

static void show_entry(struct emit *out, const struct pt_format *f, u64 entry, unsigned level)
{
	bool leaf = pt_entry_is_leaf(f, entry, level);
	u64 addr = pt_entry_addr(f, entry, level, leaf);
	char rights[8], size[24];

	emit_list(out, "bits");
	if (is_present(f, entry))
		pt_decode(f, entry, level, 0, true, show_bit, out);
	emit_end(out);
	emit_text(out, "kind     %s\n", kind_of(f, entry, level, leaf));
	emit_str(out, "kind", kind_of(f, entry, level, leaf));
	if (!is_present(f, entry) || is_wrong(f, entry, level, leaf))
		return;
	pt_rights_text(rights, f->rights(entry, level, leaf));
	fmt_size(size, pt_span(f, level));
	emit_text(out, "address  %#llx\nsize     %s%s\n", addr, size,
		  leaf ? "" : ", through the table");
	emit_text(out, "rights   %s (supervisor/user), as far as the other levels let them\n",
		  rights);
	emit_hex(out, "address", addr);
	emit_num(out, "size", pt_span(f, level));
	emit_str(out, "rights", rights);
}

static int explain_value(struct cmd_call *call, const struct pt_format *f, const char *level_word)
{
	struct emit *out = call->out;
	unsigned level = 0;
	u64 entry;
	int err = cmd_arg_addr(call, 0, &entry);

	if (!err)
		err = cmd_no_more_args(call, 1);
	if (!err && f->entry_size == 4 && entry >> 32)
		err = cmd_error(call, -ERANGE, "%#llx: entries of %s have 32 bits", entry, f->name);
	if (!err && level_word)
		err = level_arg(call, f, level_word, &level);
	if (err)
		return err;
	if (!level_word)
		level = guess_level(f, entry);
	emit_object(out, NULL);
	emit_text(out, "%#llx: %s: %s (level %u%s)\n", entry, f->title, f->level[level].name, level,
		  level_word ? "" : ", assumed; --level says another");
	emit_hex(out, "entry", entry);
	emit_str(out, "format", f->name);
	emit_str(out, "level", f->level[level].name);
	emit_bool(out, "level_assumed", !level_word);
	show_entry(out, f, entry, level);
	emit_end(out);
	return 0;
}

static int cmd_explain_entry(struct cmd_call *call)
{
	const struct pt_format *f = pt_format_of(&call->app->sys.pt);
	const char *format = NULL, *level = NULL;
	int err = cmd_option(call, "format", &format);

	if (err >= 0)
		err = cmd_option(call, "level", &level);
	if (err < 0)
		return err;
	if (format && !strcmp(format, "list")) {
		list_formats(call->out);
		return 0;
	}
	if (format)
		f = format_arg(call, format);
	return f ? explain_value(call, f, level) : -EINVAL;
}

/* ---- whatif ------------------------------------------------------------------------------------
 */

#define TABLES_SIZE (4 * MiB)
#define TABLES_PA   (16 * MiB) /* where the invented machine has its tables: every format can say */

static int take_page(void *ctx, phys_addr_t *ret_pa)
{
	struct app_whatif *w = ctx;

	if (w->used + PAGE_SIZE > w->block.size)
		return -ENOMEM;
	*ret_pa = TABLES_PA + w->used;
	w->used += PAGE_SIZE;
	return 0;
}

/* The block goes as a whole. */
static void give_page(void *ctx, phys_addr_t pa)
{
	(void)ctx;
	(void)pa;
}

static const void *read_page(const struct pgtable *pt, phys_addr_t pa)
{
	const struct app_whatif *w = pt->table_ctx;

	if (!is_aligned(pa, PAGE_SIZE) || pa < TABLES_PA || pa - TABLES_PA >= w->used)
		return NULL;
	return (const void *)(uintptr_t)(pa + pt->phys_offset);
}

static void drop(struct app *app)
{
	struct app_whatif *w = &app->whatif;

	if (w->have)
		pt_whatif_destroy(&w->pt);
	app_block_free(app, &w->block);
	*w = (struct app_whatif){.have = false};
}

static int make(struct cmd_call *call, const struct pt_format *f)
{
	struct app_whatif *w = &call->app->whatif;
	unsigned largest = f->nr_levels;

	if (app_block_alloc(call->app, TABLES_SIZE, &w->block))
		return saved_no_memory(call, "the tree", TABLES_SIZE);
	while (!f->level[--largest].leaf_addr)
		;
	w->pages = (struct pt_pages){take_page, give_page, w};
	w->pt = (struct pgtable){.format = f,
				 .levels = f->nr_levels,
				 .phys_bits = f->phys_bits,
				 .max_page_level = (u8)largest,
				 .nx = true,
				 .phys_offset = (u64)(uintptr_t)w->block.p - TABLES_PA,
				 .table = read_page,
				 .table_ctx = w,
				 .foreign = true,
				 .pages = &w->pages};
	w->have = !pt_init(&w->pt);
	return 0;
}

/* Up to `end`, which is left out; moves *text behind it. "" when it is missing. */
static char *cut(char **text, char end)
{
	char *word = *text, *at = word;

	while (*at && *at != end)
		at++;
	*text = *at ? at + 1 : at;
	*at = '\0';
	return word;
}

static int flags_of(const char *word, u64 *ret)
{
	u64 flags = PT_NOEXEC;

	for (; *word; word++) {
		switch (*word) {
		case 'r':
		case '-':
			break;
		case 'w':
			flags |= PT_WRITE;
			break;
		case 'x':
			flags &= ~PT_NOEXEC;
			break;
		case 'u':
			flags |= PT_USER;
			break;
		case 'g':
			flags |= PT_GLOBAL;
			break;
		case 'n':
			flags |= PT_PCD;
			break;
		default:
			return -EINVAL;
		}
	}
	*ret = flags;
	return 0;
}

static const char *why_not(int err)
{
	return err == -EEXIST	? "something is mapped there already"
	       : err == -ENOMEM ? "more tables than an invented tree may have"
				: "whole pages, and addresses that the format has, are needed";
}

/* VA=PA:SIZE:FLAGS */
static int map_word(struct cmd_call *call, struct pgtable *pt, char *word)
{
	char whole[80], *text = word;
	const char *va_word, *pa_word, *size_word;
	u64 va, pa, size, flags;
	int err;

	fmt_print(whole, sizeof(whole), "%s", word);
	va_word = cut(&text, '=');
	pa_word = cut(&text, ':');
	size_word = cut(&text, ':');
	if (parse_hex(va_word, &va) || parse_hex(pa_word, &pa) || parse_u64(size_word, &size) ||
	    flags_of(text, &flags))
		return cmd_error(call, -EINVAL,
				 "%s: mappings are VA=PA:SIZE:FLAGS, such as 1000=80000000:8K:rw; "
				 "flags r w x u (user) g (global) n (not cached)",
				 whole);
	err = pt_whatif_map(pt, va, pa, size, flags);
	return err ? cmd_error(call, err, "%s: %s", whole, why_not(err)) : 0;
}

static int fill(struct cmd_call *call, struct pgtable *pt)
{
	int err;

	if (call->argc == 1) {
		err = pt_whatif_example(pt);
		return err ? cmd_error(call, err, "no example: %s", err_name(err)) : 0;
	}
	for (int i = 1; i < call->argc; i++) {
		err = map_word(call, pt, call->argv[i]);
		if (err)
			return err;
	}
	return 0;
}

static void show_tree(struct emit *out, const struct pgtable *pt)
{
	const struct pt_format *f = pt_format_of(pt);

	emit_object(out, NULL);
	emit_text(out,
		  "%s: %llu tables, root %#llx; see `browse whatif`, `pt dump whatif`, "
		  "`walk whatif VA`\n",
		  f->title, pt->nr_tables, pt->root);
	emit_str(out, "format", f->name);
	emit_num(out, "tables", pt->nr_tables);
	emit_hex(out, "root", pt->root);
	emit_end(out);
}

static int cmd_whatif(struct cmd_call *call)
{
	struct app *app = call->app;
	bool leave = call->argc == 1 && !strcmp(call->argv[0], "drop");
	const struct pt_format *f;
	int err = cmd_needs_mm(call);

	if (err)
		return err;
	f = leave ? NULL : format_arg(call, call->argc ? call->argv[0] : "(none)");
	if (!f && !leave)
		return -EINVAL;
	if (app->have_clone && app->clone.origin == &app->whatif.pt)
		return cmd_error(call, -EBUSY, "the clone was made of it; `clone` another first");
	drop(app);
	if (leave) {
		emit_text(call->out, "the invented tables are gone\n");
		return 0;
	}
	err = make(call, f);
	if (!err)
		err = fill(call, &app->whatif.pt);
	if (err)
		drop(app);
	else
		show_tree(call->out, &app->whatif.pt);
	return err;
}

static const char *const format_words[] = {"x86-64-4",	"x86-64-5",  "x86-32", "pae",
					   "aarch64-3", "aarch64-4", "sv39",   "sv48",
					   "sv57",	"drop",	     NULL};

static const struct cmd rows[] = {
	{"formats", "", "the paging formats that tables can have", cmd_formats, NULL},
	{"explain entry", "VALUE [--format NAME|list] [--level N|NAME]",
	 "one entry of any format, bit by bit, with the manual's section", cmd_explain_entry, NULL},
	{"whatif", "FORMAT [VA=PA:SIZE:FLAGS]... | drop",
	 "invent tables of any format (an example, or these mappings), to look at as `whatif`",
	 cmd_whatif, format_words},
};

const struct cmd_table cmds_formats = {"Other machines", rows, ARRAY_SIZE(rows)};
