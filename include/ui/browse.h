/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The browser: one table of any tree at a time, with a cursor. Keys in, cells out; what it needs of
 * the world comes through struct browse_env, so that it runs in tests as on a machine.
 *
 * Where one is, is three things: the tree, an address, and the level of the entry that translates
 * it. Going anywhere (down, up, to an address, a match, a bookmark, back) sets these three, and
 * the table is read anew; so tables may change while one looks.
 */
#ifndef UI_BROWSE_H
#define UI_BROWSE_H

#include "ui/emit.h"
#include "ui/lineedit.h"
#include "ui/screen.h"
#include "ui/search.h"

#define BROWSE_MAX_ROWS	  1024 /* entries of the largest table */
#define BROWSE_MAX_PLACES 32
#define BROWSE_TEXT	  (48 * 1024)

struct browse_tree {
	const char *name, *title;
	const struct pgtable *pt;
};

struct browse_env {
	void *ctx;
	/* The n-th tree there is; false: there are fewer. */
	bool (*tree)(void *ctx, u32 n, struct browse_tree *ret);
	/* What `search` needs for this tree. */
	void (*search_env)(void *ctx, const struct pgtable *pt, struct search_env *ret);
	/* Runs a command, its text goes to `out`. Its status. */
	int (*run)(void *ctx, const char *command, struct emit *out);
	/* Writes a file of the name on the stick; a sentence that says where or why not. */
	void (*save)(void *ctx, const char *text, size_t len, char *said, size_t size);
	/* Has the reader asked to stop long work? */
	bool (*stopped)(void *ctx);
};

struct browse_place {
	char tree[16];
	u64 va;
	u8 level;
};

/* One line of the list: an entry, or neighbours that are alike. */
struct browse_row {
	struct pt_entry e; /* the first */
	u32 nr;
};

enum browse_mode { BROWSE_TABLE, BROWSE_VIEW, BROWSE_INPUT };

struct browse {
	const struct browse_env *env;
	struct screen screen;
	struct browse_tree tree;
	struct browse_place at;
	struct pt_path path; /* to at.va */
	bool unfolded, done;
	u32 nr_rows, cursor, top; /* of the list */
	struct browse_row rows[BROWSE_MAX_ROWS];

	struct browse_place history[BROWSE_MAX_PLACES], mark[BROWSE_MAX_PLACES];
	u32 nr_history, at_history, nr_marks, last_mark;

	struct search search;
	bool have_search;
	char search_text[80];

	enum browse_mode mode;
	char message[160]; /* one line, until the next key */
	/* a view of text: help, or what a command printed */
	char title[80], text[BROWSE_TEXT];
	u32 text_len, view_top;
	/* a line being typed, and what becomes of it */
	struct lineedit line;
	const char *prompt;
	void (*typed)(struct browse *b, const char *text);
};

/* Begins at `va` of the tree of this name (the first tree when there is none). 0; -ENOENT. */
int browse_init(struct browse *b, const struct browse_env *env, const char *tree, u64 va,
		u32 columns, u32 rows);
/* One key, as fw_key() gives it. b->done is set when the browser is left. */
void browse_key(struct browse *b, int key);
/* Fills b->screen with what is to be seen. */
void browse_draw(struct browse *b);

#endif
