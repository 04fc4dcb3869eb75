/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Draws the browser: title, path, rows, the entry under the cursor in words, keys. */
#include "browse_inner.h"

#define WIDE 100 /* so many columns have room for raw entries */

static const struct pt_format *format(const struct browse *b)
{
	return pt_format_of(b->tree.pt);
}

u32 browse_detail_height(const struct browse *b)
{
	u32 rows = b->screen.rows;

	return rows < 12 ? 0 : min(max((rows - 5) / 3, 4u), 14u);
}

u32 browse_list_height(const struct browse *b)
{
	return max(b->screen.rows - 4 - min(browse_detail_height(b), b->screen.rows - 5), 1u);
}

/* ---- title and path ---------------------------------------------------------------------- */

static void draw_title(struct browse *b)
{
	struct screen *s = &b->screen;
	const struct browse_row *row = browse_row(b);
	bool wide = s->columns >= WIDE;
	u32 at = screen_print(s, 0, 0, FW_REVERSE, " %s%s%s%s: %s  root %llx", b->tree.name,
			      wide ? " (" : "", wide ? b->tree.title : "", wide ? ")" : "",
			      format(b)->title, b->tree.pt->root);
	u32 nr = pt_nr_entries(format(b), b->at.level);

	screen_fill(s, 0, at, FW_REVERSE);
	if (row && s->columns > 50)
		screen_print(s, 0, s->columns - 22, FW_REVERSE, " %s entry %4u/%u ",
			     b->unfolded ? "all " : "    ", row->e.index, nr);
}

/* "PDPTE" names an entry; the table is a PDPT. */
static void table_name(char *buf, size_t size, const struct browse *b, unsigned level)
{
	size_t len = (size_t)fmt_print(buf, size, "%s", pt_level_name(b->tree.pt, level));

	if (len > 2 && buf[len - 1] == 'E' && buf[0] == 'P')
		buf[len - 1] = '\0';
}

static u32 path_text(const struct browse *b, char *buf, size_t size, bool linux_names)
{
	unsigned top = format(b)->nr_levels - 1u;
	size_t len = 0;

	buf[0] = '\0';
	for (u32 i = 0; i < b->path.nr && top - i >= b->at.level; i++) {
		const struct pt_entry *e = &b->path.entry[i];
		char name[16];

		table_name(name, sizeof(name), b, e->level);
		len += (size_t)fmt_print(buf + len, size - len, "%s%s%s%s[%u]", i ? " > " : "",
					 linux_names ? pt_level_linux(b->tree.pt, e->level) : "",
					 linux_names ? " " : "", name,
					 top - i == b->at.level && browse_row(b)
						 ? browse_row(b)->e.index
						 : e->index);
		if (top - i == 0)
			break;
	}
	return (u32)len;
}

static void draw_path(struct browse *b)
{
	char text[SCREEN_MAX_COLUMNS];

	if (path_text(b, text, sizeof(text), true) + 2 > b->screen.columns)
		path_text(b, text, sizeof(text), false);
	screen_print(&b->screen, 1, 1, FW_BRIGHT, "%s", text);
}

/* ---- rows -------------------------------------------------------------------------------- */

/* The number of digits of an index. */
static u32 index_width(const struct browse *b)
{
	return pt_nr_entries(format(b), b->at.level) > 1000 ? 4 : 3;
}

/* The column after marker, index and address. */
static u32 behind_address(const struct browse *b)
{
	return 1 + index_width(b) + 3 + 16 + 1;
}

static void draw_head(struct browse *b)
{
	bool wide = b->screen.columns >= WIDE;

	screen_print(&b->screen, 2, 0, FW_DIM, " %-*s %-16s %s%-12s %7s %-7s %-7s %-3s %-3s %s",
		     (int)index_width(b) + 2, "index", "virtual", wide ? "entry            " : "",
		     "leads to", "size", "own", "all", "typ", "ADG", "owner");
}

static void draw_absent(struct browse *b, u32 line, u8 attribute, const struct browse_row *row)
{
	u64 last = row->e.va + (row->nr * pt_span(format(b), row->e.level) - 1);

	last = pt_sign_extend(b->tree.pt, last);
	if (row->nr == 1)
		screen_print(&b->screen, line, behind_address(b), attribute, "%s",
			     row->e.val ? "absent, with bits for software" : "absent");
	else
		screen_print(&b->screen, line, behind_address(b), attribute,
			     "%u absent, up to [%u] %016llx", row->nr, row->e.index + row->nr - 1,
			     last);
}

static void size_text(const struct browse *b, const struct browse_row *row, char *buf, size_t size)
{
	char one[24];

	fmt_size(one, pt_span(format(b), row->e.level));
	if (!row->e.leaf)
		fmt_print(buf, size, "table");
	else if (row->nr > 1)
		fmt_print(buf, size, "%ux%s", row->nr, one);
	else
		fmt_print(buf, size, "%s", one);
}

static void draw_present(struct browse *b, u32 line, u8 attribute, const struct browse_row *row)
{
	const struct pt_format *f = format(b);
	const struct pt_entry *e = &row->e;
	char own[8], all[8], size[32], type[16] = "", owner[48] = "";
	struct search_env env;
	u32 at = behind_address(b);

	b->env->search_env(b->env->ctx, b->tree.pt, &env);
	size_text(b, row, size, sizeof(size));
	if (env.memtype)
		env.memtype(env.ctx, b->tree.pt, e, type, sizeof(type));
	if (env.owner && !e->wrong)
		env.owner(env.ctx, e->phys, owner, sizeof(owner));
	if (b->screen.columns >= WIDE)
		at = screen_print(&b->screen, line, at, attribute, "%016llx ", e->val);
	screen_print(&b->screen, line, at, attribute, "%012llx %7s %s %s %-3s %c%c%c %s", e->phys,
		     size, pt_rights_text(own, e->own), pt_rights_text(all, e->rights), type,
		     f->accessed & e->val ? 'A' : '-', e->leaf && f->dirty & e->val ? 'D' : '-',
		     e->leaf && f->global & e->val ? 'G' : '-',
		     e->wrong == PT_LOOP       ? "SELF-MAP"
		     : e->wrong == PT_OUTSIDE  ? "BAD TABLE"
		     : e->wrong == PT_RESERVED ? "RESERVED"
					       : owner);
}

static void draw_row(struct browse *b, u32 line, const struct browse_row *row, bool here)
{
	u8 attribute = here ? FW_REVERSE : row->e.present ? FW_NORMAL : FW_DIM;

	screen_print(&b->screen, line, 0, attribute, "%c[%*u] %016llx", here ? '>' : ' ',
		     (int)index_width(b), row->e.index, row->e.va);
	if (row->e.present)
		draw_present(b, line, attribute, row);
	else
		draw_absent(b, line, attribute, row);
	if (here)
		screen_fill(&b->screen, line, 0, FW_REVERSE);
}

/* ---- the entry in words ------------------------------------------------------------------ */

struct words {
	struct browse *b;
	u32 line, end;
	bool set; /* set bits come first */
};

static void draw_meaning(void *ctx, const struct pt_meaning *m)
{
	struct words *w = ctx;
	struct screen *s = &w->b->screen;
	char bits[8], text[SCREEN_MAX_COLUMNS];

	if (w->line >= w->end || (m->value != 0) != w->set)
		return;
	fmt_print(text, sizeof(text), "%s", m->text);
	screen_print(s, w->line, 1, m->reserved ? FW_BRIGHT : FW_NORMAL, "%5s %-8s %s",
		     pt_meaning_bits(bits, m), m->name, text);
	if (s->columns >= WIDE && 16 + strlen(text) + strlen(m->source) + 3 < s->columns)
		screen_print(s, w->line, s->columns - (u32)strlen(m->source) - 2, FW_DIM, " %s",
			     m->source);
	w->line++;
}

static void draw_details(struct browse *b)
{
	const struct browse_row *row = browse_row(b);
	u32 line = 3 + browse_list_height(b), end = line + browse_detail_height(b);
	const struct pt_format *f = format(b);
	const struct pt_entry *e = &row->e;
	char size[24];

	fmt_size(size, pt_span(f, e->level));
	screen_print(&b->screen, line, 0, FW_BRIGHT, " %s[%u] at %llx = %0*llx: %s%s",
		     pt_level_name(b->tree.pt, e->level), e->index,
		     e->table + (u64)e->index * f->entry_size, 2 * f->entry_size, e->val,
		     !e->present ? "nothing is mapped"
		     : e->wrong	 ? browse_wrong_text(e)
		     : e->leaf	 ? "a page of "
				 : "a table, for ",
		     e->present && !e->wrong ? size : "");
	if (e->present) {
		struct words w = {b, line + 1, end, true};

		pt_decode(f, e->val, e->level, b->tree.pt->phys_bits, b->tree.pt->nx, draw_meaning,
			  &w);
		w.set = false;
		pt_decode(f, e->val, e->level, b->tree.pt->phys_bits, b->tree.pt->nx, draw_meaning,
			  &w);
	}
}

static void draw_last_line(struct browse *b)
{
	struct screen *s = &b->screen;
	u32 line = s->rows - 1;

	if (b->mode == BROWSE_INPUT)
		screen_print(s, line, 0, FW_BRIGHT, "%s%s_", b->prompt, b->line.text);
	else if (b->message[0])
		screen_print(s, line, 0, FW_BRIGHT, "%s", b->message);
	else if (b->mode == BROWSE_VIEW)
		screen_print(s, line, 0, FW_DIM, "j k PgUp PgDn Home End  w write  q back");
	else
		screen_print(s, line, 0, FW_DIM,
			     "Enter in  Bksp up  g goto  / find  t tables  f fold  x explain  e "
			     "edit  ? help");
}

/* ---- a text ------------------------------------------------------------------------------ */

static void draw_view(struct browse *b)
{
	struct screen *s = &b->screen;
	u32 line = 0, height = s->rows - 2;
	const char *at = b->text;

	screen_fill(s, 0, screen_print(s, 0, 0, FW_REVERSE, " %s", b->title), FW_REVERSE);
	for (; *at; line++) {
		u32 len = 0;

		while (at[len] && at[len] != '\n')
			len++;
		if (line >= b->view_top && line < b->view_top + height)
			screen_print(s, 1 + line - b->view_top, 0, FW_NORMAL, "%.*s", (int)len, at);
		at += len + (at[len] == '\n');
	}
}

void browse_draw(struct browse *b)
{
	struct screen *s = &b->screen;
	u32 height = browse_list_height(b);

	screen_clear(s);
	if (b->mode == BROWSE_VIEW) {
		draw_view(b);
		draw_last_line(b);
		return;
	}
	draw_title(b);
	draw_path(b);
	draw_head(b);
	for (u32 i = 0; i < height && b->top + i < b->nr_rows; i++)
		draw_row(b, 3 + i, &b->rows[b->top + i], b->top + i == b->cursor);
	if (browse_detail_height(b) && browse_row(b))
		draw_details(b);
	draw_last_line(b);
}
