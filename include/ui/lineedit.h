/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A line editor: takes keys and changes a text; the caller draws it, so it works on any console and
 * in tests. Keys: arrows, Home/End, Ctrl-A/E/B/F/P/N/K/U/W/D/L, Backspace, Delete, Tab, Enter.
 * Escape sequences from serial lines (ESC [ A, ESC O P, ESC [ 3 ~) are decoded too.
 */
#ifndef UI_LINEEDIT_H
#define UI_LINEEDIT_H

#include "kernel.h"

#define LINE_MAX_LEN	 400
#define LINE_MAX_HISTORY 32

struct lineedit {
	char text[LINE_MAX_LEN + 1];
	u32 len, cursor;
	char history[LINE_MAX_HISTORY][LINE_MAX_LEN + 1];
	u32 nr_history, at_history; /* at_history == nr_history: the line being typed */
	char saved[LINE_MAX_LEN + 1];
};

enum line_event {
	LINE_CHANGED, /* draw again */
	LINE_SAME,
	LINE_DONE,     /* Enter: text is complete and was added to the history */
	LINE_CANCEL,   /* Ctrl-C: the line was dropped */
	LINE_EOF,      /* Ctrl-D on an empty line, or KEY_EOF */
	LINE_COMPLETE, /* Tab: the caller completes with line_insert() */
	LINE_CLEAR,    /* Ctrl-L */
};

void line_reset(struct lineedit *l);		       /* empties the line, keeps the history */
enum line_event line_key(struct lineedit *l, int key); /* keys as in fw.h */
void line_insert(struct lineedit *l, const char *s);   /* at the cursor, as far as it fits */

/*
 * Decodes escape sequences byte by byte. Returns a key, or KEY_NONE while more bytes are needed.
 * `timeout`: no byte came; an ESC without more bytes becomes KEY_ESC.
 */
struct key_decoder {
	char seq[8];
	u32 len;
};
int key_decode(struct key_decoder *d, int byte, bool timeout);

#endif
