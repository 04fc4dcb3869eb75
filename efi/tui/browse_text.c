/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Texts in the browser: output of commands, help, files with the screen's content, typed lines. */
#include "browse_inner.h"

static const char help[] =
	"Tables\n"
	"  Enter l Right   down into the table under the cursor\n"
	"  Bksp h Left     up to the table that points here\n"
	"  j k Up Down     one row          PgUp PgDn Ctrl-B Ctrl-F   one page\n"
	"  Home End        first, last      f   fold or unfold entries that are alike\n"
	"  r               read again       t   choose tables: T   the next ones\n"
	"Going\n"
	"  g               to an address\n"
	"  /  n  N         search; next, previous: w+x u !nx uc 2m pa=A-B va=A @owner a d g bad\n"
	"  b  B            set a bookmark here; go to the next one\n"
	"  [  ]            back, forward\n"
	"Asking and changing\n"
	"  x               explain the address under the cursor\n"
	"  e               edit in a clone: you can change the command\n"
	"  d               difference to other tables\n"
	"  :               any command\n"
	"  w               write what is shown to a file on the stick\n"
	"  q Esc           leave\n"
	"Columns\n"
	"  own, all        what the entry allows, and what all levels allow: supervisor/user\n"
	"  typ             memory type: PAT and MTRR together\n"
	"  ADG             accessed, dirty, global\n"
	"  owner           what lies at the physical address\n";

void browse_view(struct browse *b, const char *title)
{
	fmt_print(b->title, sizeof(b->title), "%s", title);
	b->mode = BROWSE_VIEW;
	b->view_top = 0;
}

void browse_help(struct browse *b)
{
	b->text_len = (u32)fmt_print(b->text, sizeof(b->text), "%s", help);
	browse_view(b, "help");
}

/* ---- commands ---------------------------------------------------------------------------- */

static int collect(void *ctx, const char *s, size_t n)
{
	struct browse *b = ctx;
	size_t room = sizeof(b->text) - 1 - b->text_len, part = min(n, room);

	memcpy(b->text + b->text_len, s, part);
	b->text_len += (u32)part;
	b->text[b->text_len] = '\0';
	return part < n;
}

u32 browse_text_lines(const struct browse *b)
{
	u32 nr = 0;

	for (const char *s = b->text; *s; s++)
		nr += *s == '\n';
	return nr;
}

int browse_run(struct browse *b, const char *command)
{
	struct emit out;
	int err;

	b->text_len = 0;
	b->text[0] = '\0';
	emit_init(&out, EMIT_TEXT, collect, b);
	err = b->env->run(b->env->ctx, command, &out);
	if (b->text_len && b->text[b->text_len - 1] == '\n' && browse_text_lines(b) <= 2) {
		for (u32 i = 0; i + 1 < b->text_len; i++) {
			if (b->text[i] == '\n')
				b->text[i] = ' ';
		}
		browse_say(b, "%.*s", (int)b->text_len - 1, b->text);
	} else if (b->text_len) {
		browse_view(b, command);
	}
	return err;
}

void browse_save(struct browse *b)
{
	char row[SCREEN_MAX_COLUMNS + 1];

	if (b->mode == BROWSE_TABLE) { /* the screen without the line of keys */
		b->text_len = 0;
		browse_draw(b);
		for (u32 i = 0; i + 1 < b->screen.rows; i++) {
			screen_row_text(&b->screen, i, row);
			collect(b, row, strlen(row));
			collect(b, "\n", 1);
		}
	}
	b->env->save(b->env->ctx, b->text, b->text_len, b->message, sizeof(b->message));
}

void browse_ask(struct browse *b, const char *prompt, const char *text,
		void (*typed)(struct browse *b, const char *text))
{
	line_reset(&b->line);
	line_insert(&b->line, text);
	b->prompt = prompt;
	b->typed = typed;
	b->mode = BROWSE_INPUT;
}
