/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The sandbox: a clone of any tables, changed by commands, undone and redone. */
#include "app/tables.h"
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/pgtable/diff.h"

/* The clone; NULL after a message. */
static struct pt_clone *need_clone(struct cmd_call *call)
{
	if (call->app->have_clone)
		return &call->app->clone;
	cmd_error(call, -ENODEV, "there is no clone; `clone fw` or `clone own` makes one");
	return NULL;
}

static void drop_clone(struct app *app)
{
	if (app->have_clone)
		pt_clone_destroy(&app->clone);
	app->have_clone = false;
}

/* ---- clone ------------------------------------------------------------------------------- */

static int make_clone(struct cmd_call *call, const struct pgtable *from)
{
	struct app *app = call->app;
	char name[16];
	int err;

	if (app->have_clone && from == &app->clone.pt)
		return cmd_error(call, -EINVAL,
				 "the clone itself cannot be cloned; name its origin");
	if (pt_format_of(from)->entry_size == 4)
		return cmd_error(call, -EINVAL,
				 "%s: entries of 32 bits cannot point to the clone's tables, "
				 "which may lie above what these reach",
				 pt_format_of(from)->title);
	fmt_print(name, sizeof(name), "%s", app_tables_name(app, from));
	drop_clone(app);
	err = pt_clone_init(&app->clone, from, &app->sys.table_pages, app->sys.phys_offset);
	if (err)
		return cmd_error(call, err, "%s cannot be cloned: %s", name,
				 err == -EFAULT	 ? "its root may not be read"
				 : err == -E2BIG ? "it has more tables than are copied"
						 : "no memory for it");
	memcpy(app->clone_of, name, sizeof(name));
	app->have_clone = true;
	emit_row(call->out,
		 "clone of {clone_of}: change it with map, unmap, protect, memtype, split, "
		 "collapse, setbits; try it with probe; {:} is never written\n",
		 name, name);
	return 0;
}

static const char *const clone_words[] = {"own", "fw", "drop", NULL};

static int cmd_clone(struct cmd_call *call)
{
	const struct pgtable *from;
	int err;

	if (call->argc == 1 && !strcmp(call->argv[0], "drop")) {
		drop_clone(call->app);
		emit_row(call->out, "{result}\n", "the clone is gone");
		return 0;
	}
	err = cmd_in_tables(call, &from);
	return err ? err : make_clone(call, from);
}

/* ---- what words mean --------------------------------------------------------------------- */

/* "rwx" with u (user) and g (global), "-" in places; not n, for TYPE says how it is cached. */
static int rights_flags(struct cmd_call *call, const char *word, u64 *ret)
{
	bool read = false;

	for (const char *c = word; *c; c++)
		read |= *c == 'r';
	if (!read || cmd_rights_flags(word, ret) || *ret & PT_PCD)
		return cmd_error(call, -EINVAL,
				 "%s: rights are r, w, x, u (user), g (global), such as rw or rxu",
				 word);
	return 0;
}

static const char *const type_names[] = {"uc", "wc", NULL, NULL, "wt", "wp", "wb", "uc-"};

/* As IA32_PAT has it; ARRAY_SIZE(type_names): no such type. */
static u32 type_number(const char *word)
{
	u32 type = 0;

	while (type < ARRAY_SIZE(type_names) &&
	       (!type_names[type] || strcmp(type_names[type], word)))
		type++;
	return type;
}

/* PWT, PCD and PAT that choose this type from IA32_PAT (SDM vol. 3, 12.12.3). */
static int type_flags(struct cmd_call *call, const char *word, u64 *ret)
{
	u64 pat = call->app->machine.cpu.pat_msr ? call->app->machine.cpu.pat_msr
						 : 0x0007040600070406ULL; /* as after reset */
	u32 type = type_number(word);

	for (u32 i = 0; i < 8 && type < ARRAY_SIZE(type_names); i++) {
		if ((pat >> (8 * i) & 7) != type)
			continue;
		*ret = (i & 1 ? PT_PWT : 0) | (i & 2 ? PT_PCD : 0) | (i & 4 ? PT_PATBIT : 0);
		return 0;
	}
	if (type < ARRAY_SIZE(type_names))
		return cmd_error(call, -EINVAL, "%s: no entry of IA32_PAT (%#llx) has this type",
				 word, pat);
	return cmd_error(call, -EINVAL, "%s: types are wb, wc, wt, wp, uc- and uc", word);
}

/* ---- steps ------------------------------------------------------------------------------- */

/* The command as it was typed, for the list of steps. */
static void typed(const struct cmd_call *call, char *buf, size_t size)
{
	size_t len = (size_t)fmt_print(buf, size, "%s", call->cmd->name);

	for (int i = 0; i < call->argc && len < size; i++)
		len += (size_t)fmt_print(buf + len, size - len, " %s", call->argv[i]);
}

static int count_difference(void *ctx, const struct pt_difference *d)
{
	pt_diff_count(ctx, d);
	return 0;
}

/* One line: how far the clone is from where it started. */
static void show_distance(struct cmd_call *call, const struct pt_clone *c)
{
	struct pt_diff_totals t = {0};
	bool any = false;

	pt_diff(c->origin, &c->pt, 0, pt_last(&c->pt), count_difference, &t);
	emit_text(call->out, t.runs ? "  against %s:" : "  translates as %s does",
		  call->app->clone_of);
	emit_list(call->out, "differences");
	for (u32 kind = 0; kind < PT_DIFF_KINDS; kind++) {
		const char *name = kind == 0 ? "missing" : kind == 1 ? "new" : pt_diff_name(kind);

		if (!t.bytes[kind])
			continue;
		emit_row(call->out, "{?,} {bytes:S} {kind}", any, t.bytes[kind], name);
		any = true;
	}
	emit_end(call->out);
	emit_text(call->out, "\n");
}

/* What became of a step. */
static int report(struct cmd_call *call, const struct pt_clone *c, int err)
{
	if (err == -ENOMEM)
		return cmd_error(call, err, "no memory for the tables; nothing was changed");
	if (err)
		return cmd_error(call, err, "%#llx: %s; nothing was changed", c->why_va,
				 c->why ? c->why : err_name(err));
	emit_object(call->out, NULL);
	emit_put(call->out, "step {step}: {what}\n", c->at, c->version[c->at].what);
	show_distance(call, c);
	emit_end(call->out);
	return 0;
}

/* VA and SIZE, which all ranges begin with. */
static int range_args(struct cmd_call *call, const struct pt_clone *c, int size_at, u64 *va,
		      u64 *size)
{
	int err = cmd_arg_va(call, 0, &c->pt, va);

	return err ? err : cmd_arg_u64(call, size_at, size);
}

static int cmd_map(struct cmd_call *call)
{
	struct pt_clone *c = need_clone(call);
	u64 va, pa, size, flags = PT_WRITE | PT_NOEXEC, type = 0;
	char what[64];
	int err;

	if (!c)
		return -ENODEV;
	typed(call, what, sizeof(what));
	err = range_args(call, c, 2, &va, &size);
	if (!err)
		err = cmd_arg_addr(call, 1, &pa);
	if (!err && call->argc > 3)
		err = rights_flags(call, call->argv[3], &flags);
	if (!err && call->argc > 4)
		err = type_flags(call, call->argv[4], &type);
	if (err)
		return err;
	return report(call, c, pt_clone_map(c, va, pa, size, flags | type, PT_MAX_LEVELS, what));
}

static int cmd_unmap(struct cmd_call *call)
{
	struct pt_clone *c = need_clone(call);
	u64 va, size;
	char what[64];
	int err;

	if (!c)
		return -ENODEV;
	typed(call, what, sizeof(what));
	err = range_args(call, c, 1, &va, &size);
	return err ? err : report(call, c, pt_clone_unmap(c, va, size, what));
}

#define RIGHTS_MASK (PT_WRITE | PT_USER | PT_NOEXEC | PT_GLOBAL)
#define TYPE_MASK   (PT_PWT | PT_PCD | PT_PATBIT)

/* `protect` and `memtype` differ in what the third word means. */
static int change_flags(struct cmd_call *call, u64 mask,
			int (*parse)(struct cmd_call *call, const char *word, u64 *ret))
{
	struct pt_clone *c = need_clone(call);
	u64 va, size, flags = 0;
	char what[64];
	int err;

	if (!c)
		return -ENODEV;
	typed(call, what, sizeof(what));
	err = range_args(call, c, 1, &va, &size);
	if (!err && call->argc < 3)
		err = cmd_error(call, -EINVAL, "usage: %s VA SIZE %s", call->cmd->name,
				mask == RIGHTS_MASK ? "RIGHTS" : "TYPE");
	if (!err)
		err = parse(call, call->argv[2], &flags);
	if (!err)
		err = cmd_no_more_args(call, 3);
	return err ? err : report(call, c, pt_clone_protect(c, va, size, flags, mask, what));
}

static int cmd_protect(struct cmd_call *call)
{
	return change_flags(call, RIGHTS_MASK, rights_flags);
}

int cmd_sandbox_memtype(struct cmd_call *call)
{
	return change_flags(call, TYPE_MASK, type_flags);
}

static int at_address(struct cmd_call *call,
		      int (*step)(struct pt_clone *c, u64 va, const char *what))
{
	struct pt_clone *c = need_clone(call);
	char what[64];
	u64 va;
	int err;

	if (!c)
		return -ENODEV;
	typed(call, what, sizeof(what));
	err = cmd_arg_va(call, 0, &c->pt, &va);
	return err ? err : report(call, c, step(c, va, what));
}

static int cmd_split(struct cmd_call *call)
{
	return at_address(call, pt_clone_split);
}

static int cmd_collapse(struct cmd_call *call)
{
	return at_address(call, pt_clone_collapse);
}

/* ---- setbits ----------------------------------------------------------------------------- */

/* "+RW", "-NX", "+63", "-7", or a whole value. Bits have the format's names. */
static int change_bits(struct cmd_call *call, const struct pgtable *pt, const char *word,
		       unsigned level, u64 *value)
{
	const struct pt_format *f = pt_format_of(pt);
	bool set = word[0] == '+';
	u64 bit;

	if (!set && word[0] != '-') {
		if (parse_hex(word, value))
			return cmd_error(call, -EINVAL,
					 "%s: +BIT, -BIT (name or number) or a value", word);
		return 0;
	}
	for (u32 i = 0; i < f->nr_bits; i++) {
		const struct pt_bit *b = &f->bits[i];

		if (b->high == b->low && b->levels >> level & 1 && !strcmp(b->name, word + 1)) {
			*value = set ? *value | 1ULL << b->low : *value & ~(1ULL << b->low);
			return 0;
		}
	}
	if (parse_u64(word + 1, &bit) || bit >= 8u * f->entry_size)
		return cmd_error(call, -EINVAL, "%s: no bit of %s has this name or number", word,
				 pt_level_name(pt, level));
	*value = set ? *value | 1ULL << bit : *value & ~(1ULL << bit);
	return 0;
}

static int cmd_setbits(struct cmd_call *call)
{
	struct pt_clone *c = need_clone(call);
	struct pt_path path;
	unsigned level = 0;
	u64 va, value = 0;
	char what[64];
	int err;

	if (!c)
		return -ENODEV;
	typed(call, what, sizeof(what));
	err = cmd_arg_va(call, 0, &c->pt, &va);
	if (!err && call->argc < 3)
		err = cmd_error(call, -EINVAL, "usage: setbits VA LEVEL +BIT|-BIT|VALUE...");
	if (!err)
		err = cmd_level_arg(call, &c->pt, call->argv[1], &level);
	if (err)
		return err;
	pt_lookup(&c->pt, va, &path);
	if (!path.nr || path.entry[path.nr - 1].level > level)
		return cmd_error(call, -ENOENT, "the way to %#llx ends above %s", va,
				 pt_level_name(&c->pt, level));
	value = path.entry[path.entry[0].level - level].val;
	for (int i = 2; !err && i < call->argc; i++)
		err = change_bits(call, &c->pt, call->argv[i], level, &value);
	return err ? err : report(call, c, pt_clone_set(c, va, level, value, what));
}

/* ---- undo, redo, steps ------------------------------------------------------------------- */

static int move(struct cmd_call *call, bool (*go)(struct pt_clone *c), const char *none)
{
	struct pt_clone *c = need_clone(call);
	u64 times = 1, done = 0;
	int err = !c ? -ENODEV : call->argc ? cmd_arg_u64(call, 0, &times) : 0;

	if (err)
		return err;
	while (done < times && go(c))
		done++;
	if (!done)
		return cmd_error(call, -ENOENT, "%s", none);
	return report(call, c, 0);
}

static int cmd_undo(struct cmd_call *call)
{
	return move(call, pt_clone_undo, "nothing to undo");
}

static int cmd_redo(struct cmd_call *call)
{
	return move(call, pt_clone_redo, "nothing to do again");
}

static int cmd_steps(struct cmd_call *call)
{
	struct pt_clone *c = need_clone(call);

	if (!c)
		return -ENODEV;
	emit_object(call->out, NULL);
	emit_put(call->out, "clone of {clone_of}, {nr_tables} tables of its own\n",
		 call->app->clone_of, c->nr_tables);
	emit_list(call->out, "steps");
	for (u32 i = 0; i < c->nr; i++)
		emit_row(call->out, "{in_effect?>| } {step:3}  {what}\n", i == c->at, i,
			 c->version[i].what);
	emit_end(call->out);
	emit_end(call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "clone",
	 .args = "[TABLES|drop]",
	 .help = "a copy of any tables to change and to try; the origin is never written",
	 .fn = cmd_clone,
	 .words = clone_words,
	 .examples = "clone own",
	 .max_args = 1},
	{.name = "map",
	 .args = "VA PA SIZE [RIGHTS] [TYPE]",
	 .help = "map a range in the clone, with the largest pages that fit",
	 .fn = cmd_map,
	 .examples = "clone own; map 7f0000000000 200000 4M rw",
	 .max_args = 5},
	{.name = "unmap",
	 .args = "VA SIZE",
	 .help = "take a range out of the clone; splits pages at its borders",
	 .fn = cmd_unmap,
	 .examples = "clone own; map 7f0000000000 200000 4M rw; unmap 7f0000001000 4K",
	 .max_args = 2},
	{.name = "protect",
	 .args = "VA SIZE RIGHTS",
	 .help = "new rights (r w x u g) for what is mapped in the clone",
	 .fn = cmd_protect,
	 .examples = "clone own; map 7f0000000000 200000 4M rw; protect 7f0000000000 2M r",
	 .max_args = 3},
	{.name = "split",
	 .args = "VA",
	 .help = "one page of the clone into smaller ones",
	 .fn = cmd_split,
	 .examples = "clone own; map 7f0000000000 200000 4M rw; split 7f0000000000",
	 .max_args = 1},
	{.name = "collapse",
	 .args = "VA",
	 .help = "a table of the clone into one larger page",
	 .fn = cmd_collapse,
	 .examples = "clone own; map 7f0000000000 200000 4M rw; split 7f0000000000; collapse "
		     "7f0000000000",
	 .max_args = 1},
	{.name = "setbits",
	 .args = "VA LEVEL +BIT|-BIT|VALUE...",
	 .help = "any bits of one entry of the clone, also wrong ones",
	 .fn = cmd_setbits,
	 .examples = "clone own; map 7f0000000000 1000 4K rw; setbits 7f0000000000 pte -RW",
	 .max_args = CMD_MAX_ARGS},
	{.name = "undo",
	 .args = "[TIMES]",
	 .help = "take back the last steps",
	 .fn = cmd_undo,
	 .examples = "clone own; map 7f0000000000 200000 4M rw; undo",
	 .max_args = 1},
	{.name = "redo",
	 .args = "[TIMES]",
	 .help = "do them again",
	 .fn = cmd_redo,
	 .examples = "clone own; map 7f0000000000 200000 4M rw; undo; redo",
	 .max_args = 1},
	{.name = "steps",
	 .args = "",
	 .help = "the steps that made the clone what it is",
	 .fn = cmd_steps,
	 .examples = "clone own; map 7f0000000000 200000 4M rw; steps"},
};

const struct cmd_table cmds_sandbox = {ROOM_SANDBOX, rows, ARRAY_SIZE(rows)};
