/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The browser shows one table of a tree at a time, with a cursor. It takes keys and fills cells;
 * all else comes through struct browse_env, so that it runs in tests as on a machine.
 *
 * A position has three parts: the tree, an address, and the level of the entry that translates it.
 * Every move (down, up, to an address, a match, a bookmark, back) sets these three and reads the
 * table again, so tables may change while they are shown.
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
	/* The n-th tree, from 0; false: there are fewer. */
	bool (*tree)(void *ctx, u32 n, struct browse_tree *ret);
	/* Fills what search_match() needs for this tree. */
	void (*search_env)(void *ctx, const struct pgtable *pt, struct search_env *ret);
	/* Runs a command with its output to `out`. Returns its status. */
	int (*run)(void *ctx, const char *command, struct emit *out);
	/* Writes a file on the boot volume; `said` gets a sentence: where, or why not. */
	void (*save)(void *ctx, const char *text, size_t len, char *said, size_t size);
	/* Has the reader asked to stop long work? */
	bool (*stopped)(void *ctx);
};

struct browse_place {
	char tree[16];
	u64 va;
	u8 level;
};

/* One line of the list: an entry, or several equal neighbours. */
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
	/* a page of text: help, or the output of a command */
	char title[80], text[BROWSE_TEXT];
	u32 text_len, view_top;
	/* a line being typed, and its purpose */
	struct lineedit line;
	const char *prompt;
	void (*typed)(struct browse *b, const char *text);
};

/* Starts at `va` in the tree of this name, or in the first tree. 0; -ENOENT: there are no trees. */
int browse_init(struct browse *b, const struct browse_env *env, const char *tree, u64 va,
		u32 columns, u32 rows);
/* One key, as fw_key() gives it. b->done is set when the browser is left. */
void browse_key(struct browse *b, int key);
/* Fills b->screen. */
void browse_draw(struct browse *b);

#endif
