/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Differences between two trees of page tables as text and JSON. */
#include "ui/diff_view.h"

#include "lib.h"
#include "mm/pgtable/memtype.h"

struct view {
	struct emit *out;
	const struct pt_diff_tree *a, *b;
	struct pt_diff_totals totals;
};

static const char *wrong_text(u8 wrong)
{
	static const char *const names[] = {"nothing", "reserved bits", "bad table", "loop"};

	return wrong < ARRAY_SIZE(names) ? names[wrong] : "?";
}

/* Which PAT entry the flags choose. */
static unsigned cache_index(u64 flags)
{
	return (unsigned)(flags >> 3 & 3) | (flags & PT_PATBIT ? 4 : 0);
}

/* "WB", or the bits where there is no PAT. Returns buf, which holds 12 bytes. */
static const char *cache_text(char *buf, const struct pt_diff_tree *t, u64 flags)
{
	const char *name = pt_format_of(t->pt)->name;
	unsigned index = cache_index(flags);
	int type = pat_type(t->pat, index);

	if (strncmp(name, "x86", 3) && strcmp(name, "pae"))
		fmt_print(buf, 12, "cache %u", index);
	else if (type < 0)
		fmt_print(buf, 12, "PAT %u?", index);
	else
		fmt_print(buf, 12, "%s", memtype_name((enum memtype)type));
	return buf;
}

/* ---- one line ---------------------------------------------------------------------------- */

struct line {
	char text[200];
	size_t len;
};

/* One more thing that differs. */
__printf(2, 3) static void add(struct line *l, const char *fmt, ...)
{
	va_list ap;

	if (l->len)
		l->len += (size_t)fmt_print(l->text + l->len, sizeof(l->text) - l->len, ", ");
	va_start(ap, fmt);
	l->len += (size_t)fmt_vprint(l->text + l->len, sizeof(l->text) - l->len, fmt, ap);
	va_end(ap);
	ASSERT(l->len < sizeof(l->text), "%llu", (u64)l->len);
}

static void add_only(struct line *l, const struct pt_diff_tree *t, const struct pt_diff_side *s,
		     const struct pt_diff_tree *other, u8 wrong)
{
	char rights[8], cache[12];

	add(l, "only %s  %s %s", t->name, pt_rights_text(rights, s->rights),
	    cache_text(cache, t, s->flags));
	if (wrong)
		add(l, "%s has %s%s", other->name, wrong == PT_RESERVED ? "" : "a ",
		    wrong_text(wrong));
}

static void add_cache(struct line *l, const struct view *v, const struct pt_difference *d)
{
	unsigned from = cache_index(d->a.flags), to = cache_index(d->b.flags);
	char before[12], after[12];

	cache_text(before, v->a, d->a.flags);
	cache_text(after, v->b, d->b.flags);
	if (strcmp(before, after))
		add(l, "%s -> %s", before, after);
	else
		add(l, "%s by PAT %u -> %u", before, from, to);
}

static void add_both(struct line *l, const struct view *v, const struct pt_difference *d)
{
	u64 pa = d->b.phys - d->a.phys;
	char from[24], to[24];

	if (d->what & PT_DIFF_RIGHTS)
		add(l, "%s -> %s", pt_rights_text(from, d->a.rights),
		    pt_rights_text(to, d->b.rights));
	if (d->what & PT_DIFF_CACHE)
		add_cache(l, v, d);
	if (d->what & PT_DIFF_PHYS)
		add(l, "pa %c0x%llx", pa >> 63 ? '-' : '+', pa >> 63 ? -pa : pa);
	if (d->what & PT_DIFF_GLOBAL)
		add(l, "%s", d->a.flags & PT_GLOBAL ? "global -> not" : "not -> global");
	if (d->what & PT_DIFF_SIZE)
		add(l, "pages %s -> %s",
		    fmt_size(from, pt_span(pt_format_of(v->a->pt), d->a.level)),
		    fmt_size(to, pt_span(pt_format_of(v->b->pt), d->b.level)));
}

/* What differs, in words. */
static void describe(struct line *l, const struct view *v, const struct pt_difference *d)
{
	if (d->what & PT_DIFF_ONLY_A)
		add_only(l, v->a, &d->a, v->b, d->b.wrong);
	else if (d->what & PT_DIFF_ONLY_B)
		add_only(l, v->b, &d->b, v->a, d->a.wrong);
	else if (d->what & PT_DIFF_WRONG)
		add(l, "%s -> %s", wrong_text(d->a.wrong), wrong_text(d->b.wrong));
	else
		add_both(l, v, d);
}

/* "rights+cache" */
static void kinds_text(char *buf, size_t size, u8 what)
{
	size_t len = 0;

	for (u32 i = 0; i < PT_DIFF_KINDS; i++) {
		if (what >> i & 1)
			len += (size_t)fmt_print(buf + len, size - len, "%s%s", len ? "+" : "",
						 pt_diff_name(i));
	}
}

/* The same fields in every object, so that they can be columns: NULL when nothing is mapped. */
static void side_fields(struct emit *out, const char *template, const struct pt_diff_tree *t,
			const struct pt_diff_side *s)
{
	const char *none = NULL, *wrong = s->wrong ? wrong_text(s->wrong) : NULL;
	char rights[8], cache[12];

	if (s->mapped)
		emit_put(out, template, s->phys, pt_level_name(t->pt, s->level),
			 pt_rights_text(rights, s->rights), cache_text(cache, t, s->flags), wrong);
	else
		emit_put(out, template, none, none, none, none, wrong);
}

static int show_difference(void *ctx, const struct pt_difference *d)
{
	struct view *v = ctx;
	struct line line = {.len = 0};
	char kinds[80], lost[8], gained[8];

	pt_diff_count(&v->totals, d);
	describe(&line, v, d);
	kinds_text(kinds, sizeof(kinds), d->what);
	emit_object(v->out, NULL);
	emit_put(v->out,
		 "0x{start:016x}-0x{:016x} {size:9S}  {:}\n"
		 "{end!}{differs!}{rights_lost!}{rights_gained!}",
		 d->start, d->last + 1, d->last - d->start + 1, line.text, d->last, kinds,
		 pt_rights_text(lost, d->lost), pt_rights_text(gained, d->gained));
	side_fields(v->out, "{a_physical!}{a_level!}{a_rights!}{a_cache!}{a_wrong!}", v->a, &d->a);
	side_fields(v->out, "{b_physical!}{b_level!}{b_rights!}{b_cache!}{b_wrong!}", v->b, &d->b);
	emit_end(v->out);
	return emit_stopped(v->out) ? -EINTR : 0;
}

/* ---- totals ------------------------------------------------------------------------------ */

static void show_kinds(const struct view *v)
{
	const char *const texts[PT_DIFF_KINDS] = {
		"only in ",
		"only in ",
		"with another physical address",
		"with other rights",
		"with other cache bits",
		"global in one only",
		"with something else wrong",
		"with pages of another size",
	};
	const char *const names[PT_DIFF_KINDS] = {v->a->name, v->b->name};

	emit_list(v->out, "by_kind");
	for (u32 i = 0; i < PT_DIFF_KINDS; i++) {
		if (v->totals.bytes[i])
			emit_row(v->out, "{bytes:10S}  {:}{:~}{kind!}\n", v->totals.bytes[i],
				 texts[i], names[i], pt_diff_name(i));
	}
	emit_end(v->out);
}

static void show_rights(const struct view *v, const char *list, const char *text,
			const u64 bytes[6])
{
	static const char *const rights[6] = {"supervisor read",    "supervisor write",
					      "supervisor execute", "user read",
					      "user write",	    "user execute"};

	emit_list(v->out, list);
	for (u32 i = 0; i < 6; i++) {
		if (bytes[i])
			emit_row(v->out, "{bytes:10S}  {:} {kind}\n", bytes[i], text, rights[i]);
	}
	emit_end(v->out);
}

static void show_totals(const struct view *v, bool complete, bool sizes)
{
	const struct pt_diff_totals *t = &v->totals;

	emit_object(v->out, "totals");
	if (t->runs)
		emit_put(v->out, "{runs} difference{?s}{complete?:| until it was stopped:}\n",
			 t->runs, t->runs != 1, complete);
	else
		emit_put(v->out, "{runs!}{complete!}", t->runs, complete);
	if (!t->runs && complete)
		emit_text(v->out, "%s and %s translate alike%s\n", v->a->name, v->b->name,
			  sizes ? ", with pages of the same sizes" : "");
	show_kinds(v);
	show_rights(v, "lost_bytes", "lose", t->lost);
	show_rights(v, "gained_bytes", "gain", t->gained);
	emit_end(v->out);
}

int view_pt_diff(struct emit *out, const struct pt_diff_tree *a, const struct pt_diff_tree *b,
		 u64 start, u64 last, const struct pt_diff_how *how)
{
	struct view v = {.out = out, .a = a, .b = b};
	int err;

	emit_object(out, NULL);
	emit_put(out,
		 a->pat == b->pat
			 ? "{a!}{pat_a!}{b!}{pat_b!}"
			 : "the PATs are not the same, so equal bits may mean other types: {a} "
			   "{pat_a:#x}, {b} {pat_b:#x}\n",
		 a->name, a->pat, b->name, b->pat);
	emit_list(out, "differences");
	err = pt_diff_how(a->pt, b->pt, start, last, how, show_difference, &v);
	emit_end(out);
	show_totals(&v, !err, how->sizes);
	emit_end(out);
	return err;
}
