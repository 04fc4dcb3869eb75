/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* For the files of the browser. */
#ifndef EFI_TUI_BROWSE_INNER_H
#define EFI_TUI_BROWSE_INNER_H

#include "fw.h"
#include "lib.h"
#include "ui/browse.h"

/* Reads the table of the position again and finds the row. */
void browse_load(struct browse *b);
/* Moves to the entry of `level` that translates va, or to the one that ends the walk. */
void browse_go(struct browse *b, u64 va, unsigned level);
/* The same, with an entry in the history for going back. */
void browse_jump(struct browse *b, const char *tree, u64 va, unsigned level);
bool browse_find_tree(struct browse *b, const char *name);
void browse_move(struct browse *b, s64 by); /* so many rows, inside the list */

const struct browse_row *browse_row(const struct browse *b); /* under the cursor; NULL: none */
u32 browse_list_height(const struct browse *b);
u32 browse_detail_height(const struct browse *b);
const char *browse_wrong_text(const struct pt_entry *e);

void browse_say(struct browse *b, const char *fmt, ...) __printf(2, 3);
/* Shows the text in b->text. */
void browse_view(struct browse *b, const char *title);
/* Asks for a line, then calls `typed` with it. */
void browse_ask(struct browse *b, const char *prompt, const char *text,
		void (*typed)(struct browse *b, const char *text));
/* Runs a command and shows its output, one line as a message. Returns its status. */
int browse_run(struct browse *b, const char *command);
u32 browse_text_lines(const struct browse *b); /* of what it printed */
void browse_help(struct browse *b);
void browse_save(struct browse *b);

/* Moves to the next or previous page that matches; says if there is none. */
void browse_find(struct browse *b, bool forward);

#endif
