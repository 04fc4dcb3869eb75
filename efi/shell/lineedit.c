/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One line of text under a cursor, and the lines before it. */
#include "ui/lineedit.h"

#include "fw.h"
#include "lib.h"

#define CTRL(c) ((c)&0x1f)

void line_reset(struct lineedit *l)
{
	l->len = l->cursor = 0;
	l->text[0] = '\0';
	l->at_history = l->nr_history;
}

static void set_text(struct lineedit *l, const char *s)
{
	l->len = (u32)min(strlen(s), (size_t)LINE_MAX_LEN);
	memcpy(l->text, s, l->len);
	l->text[l->len] = '\0';
	l->cursor = l->len;
}

/* Removes [from, to). */
static void cut(struct lineedit *l, u32 from, u32 to)
{
	memmove(&l->text[from], &l->text[to], l->len - to + 1);
	l->len -= to - from;
	l->cursor = from;
}

void line_insert(struct lineedit *l, const char *s)
{
	u32 n = (u32)min(strlen(s), (size_t)(LINE_MAX_LEN - l->len));

	memmove(&l->text[l->cursor + n], &l->text[l->cursor], l->len - l->cursor + 1);
	memcpy(&l->text[l->cursor], s, n);
	l->len += n;
	l->cursor += n;
}

/* ---- history ----------------------------------------------------------------------------- */

static void remember(struct lineedit *l)
{
	if (!l->len || (l->nr_history && !strcmp(l->history[l->nr_history - 1], l->text)))
		return;
	if (l->nr_history == LINE_MAX_HISTORY) {
		memmove(l->history[0], l->history[1],
			sizeof(l->history[0]) * (LINE_MAX_HISTORY - 1));
		l->nr_history--;
	}
	memcpy(l->history[l->nr_history++], l->text, l->len + 1);
}

static enum line_event go_back(struct lineedit *l)
{
	if (!l->at_history)
		return LINE_SAME;
	if (l->at_history == l->nr_history)
		memcpy(l->saved, l->text, l->len + 1);
	set_text(l, l->history[--l->at_history]);
	return LINE_CHANGED;
}

static enum line_event go_forward(struct lineedit *l)
{
	if (l->at_history == l->nr_history)
		return LINE_SAME;
	l->at_history++;
	set_text(l, l->at_history == l->nr_history ? l->saved : l->history[l->at_history]);
	return LINE_CHANGED;
}

/* ---- keys -------------------------------------------------------------------------------- */

static enum line_event move_to(struct lineedit *l, u32 to)
{
	if (to == l->cursor)
		return LINE_SAME;
	l->cursor = to;
	return LINE_CHANGED;
}

static enum line_event cut_if(struct lineedit *l, u32 from, u32 to)
{
	if (from == to)
		return LINE_SAME;
	cut(l, from, to);
	return LINE_CHANGED;
}

static u32 word_start(const struct lineedit *l)
{
	u32 i = l->cursor;

	while (i && l->text[i - 1] == ' ')
		i--;
	while (i && l->text[i - 1] != ' ')
		i--;
	return i;
}

static enum line_event edit_key(struct lineedit *l, int key)
{
	switch (key) {
	case KEY_LEFT:
	case CTRL('b'):
		return move_to(l, l->cursor ? l->cursor - 1 : 0);
	case KEY_RIGHT:
	case CTRL('f'):
		return move_to(l, min(l->cursor + 1, l->len));
	case KEY_HOME:
	case CTRL('a'):
		return move_to(l, 0);
	case KEY_END:
	case CTRL('e'):
		return move_to(l, l->len);
	case '\b':
	case 127:
		return cut_if(l, l->cursor ? l->cursor - 1 : 0, l->cursor);
	case KEY_DELETE:
	case CTRL('d'):
		return cut_if(l, l->cursor, min(l->cursor + 1, l->len));
	case CTRL('k'):
		return cut_if(l, l->cursor, l->len);
	case CTRL('u'):
		return cut_if(l, 0, l->cursor);
	case CTRL('w'):
		return cut_if(l, word_start(l), l->cursor);
	default:
		return LINE_SAME;
	}
}

enum line_event line_key(struct lineedit *l, int key)
{
	if (key >= 32 && key < 127) {
		if (l->len == LINE_MAX_LEN)
			return LINE_SAME;
		line_insert(l, (char[]){(char)key, '\0'});
		return LINE_CHANGED;
	}
	switch (key) {
	case '\n':
	case '\r':
		remember(l);
		l->at_history = l->nr_history;
		return LINE_DONE;
	case CTRL('c'):
		line_reset(l);
		return LINE_CANCEL;
	case KEY_EOF:
		return LINE_EOF;
	case CTRL('d'):
		return l->len ? edit_key(l, key) : LINE_EOF;
	case CTRL('l'):
		return LINE_CLEAR;
	case '\t':
		return LINE_COMPLETE;
	case KEY_UP:
	case CTRL('p'):
		return go_back(l);
	case KEY_DOWN:
	case CTRL('n'):
		return go_forward(l);
	default:
		return edit_key(l, key);
	}
}
