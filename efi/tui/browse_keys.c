/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The keys of the browser. */
#include "browse_inner.h"
#include "ui/motion.h"

/* ---- lines that were typed --------------------------------------------------------------- */

static void typed_address(struct browse *b, const char *text)
{
	u64 va;

	if (parse_hex(text, &va))
		browse_say(b, "%s: not an address (hexadecimal)", text);
	else if (!pt_canonical(b->tree.pt, va))
		browse_say(b, "%#llx: not canonical in these tables: it has no walk", va);
	else
		browse_jump(b, b->at.tree, va, 0);
}

static void typed_search(struct browse *b, const char *text)
{
	if (search_parse(&b->search, text, b->message, sizeof(b->message)))
		return;
	fmt_print(b->search_text, sizeof(b->search_text), "%s", text);
	b->have_search = true;
	browse_find(b, true);
}

static void typed_tree(struct browse *b, const char *text)
{
	browse_jump(b, text, b->at.va, b->at.level);
}

static void typed_command(struct browse *b, const char *text)
{
	browse_run(b, text);
	/* The tree may be gone: clones are dropped, files are unloaded. */
	if (!browse_find_tree(b, b->at.tree))
		browse_find_tree(b, "");
	if (!pt_canonical(b->tree.pt, b->at.va))
		b->at.va = 0;
	browse_load(b);
}

static void typed_other(struct browse *b, const char *text)
{
	char command[80];

	fmt_print(command, sizeof(command), "pt diff %s %s", b->at.tree, text);
	browse_run(b, command);
}

/* ---- asking ------------------------------------------------------------------------------ */

static void ask_tree(struct browse *b)
{
	struct browse_tree tree;
	size_t len = 0;

	for (u32 i = 0; b->env->tree(b->env->ctx, i, &tree) && len < sizeof(b->message); i++)
		len += (size_t)fmt_print(b->message + len, sizeof(b->message) - len, "%s%s",
					 i ? ", " : "which tables, ", tree.name);
	fmt_print(b->message + len, sizeof(b->message) - min(len, sizeof(b->message)), ": ");
	browse_ask(b, b->message, "", typed_tree);
}

static void next_tree(struct browse *b)
{
	struct browse_tree tree;
	u32 i = 0;

	while (b->env->tree(b->env->ctx, i, &tree) && strcmp(tree.name, b->at.tree))
		i++;
	if (!b->env->tree(b->env->ctx, i + 1, &tree))
		b->env->tree(b->env->ctx, 0, &tree);
	browse_jump(b, tree.name, b->at.va, b->at.level);
}

static void explain(struct browse *b)
{
	char command[80];

	fmt_print(command, sizeof(command), "explain v:%llx in %s", b->at.va, b->at.tree);
	browse_run(b, command);
}

/* Edits in a clone; makes one of these tables if they are not a clone. */
static void edit(struct browse *b)
{
	const struct browse_row *row = browse_row(b);
	char command[80], size[24];

	if (strcmp(b->at.tree, "clone")) {
		fmt_print(command, sizeof(command), "clone %s", b->at.tree);
		if (browse_run(b, command))
			return;
		browse_jump(b, "clone", b->at.va, b->at.level);
		row = browse_row(b);
	}
	if (!row)
		return;
	fmt_size(size, pt_span(pt_format_of(b->tree.pt), row->e.level));
	if (row->e.leaf)
		fmt_print(command, sizeof(command), "protect %llx %s %s%s%s%s", row->e.va, size,
			  "r", row->e.own & (PTR_SW | PTR_UW) ? "w" : "",
			  row->e.own & (PTR_SX | PTR_UX) ? "x" : "",
			  row->e.own & PTR_UR ? "u" : "");
	else if (row->e.present)
		fmt_print(command, sizeof(command), "setbits %llx %s +RW", row->e.va,
			  pt_level_name(b->tree.pt, row->e.level));
	else
		fmt_print(command, sizeof(command), "map %llx 0 %s rw", row->e.va, size);
	browse_ask(b, "edit: ", command, typed_command);
}

static void ask_other(struct browse *b)
{
	struct browse_tree tree;

	for (u32 i = 0; b->env->tree(b->env->ctx, i, &tree); i++) {
		if (strcmp(tree.name, b->at.tree)) {
			browse_ask(b, "difference to: ", tree.name, typed_other);
			return;
		}
	}
	browse_say(b, "there are no other tables to compare with");
}

/* ---- going ------------------------------------------------------------------------------- */

static void go_down(struct browse *b)
{
	const struct browse_row *row = browse_row(b);

	if (!row)
		return;
	if (!row->e.present)
		browse_say(b, "nothing is mapped there; `e` maps in a clone");
	else if (row->e.wrong)
		browse_say(b, "%s", browse_wrong_text(&row->e));
	else if (row->e.leaf)
		browse_say(b, "a page: there is no table below; `x` explains it");
	else
		browse_go(b, row->e.va, row->e.level - 1u);
}

static void go_up(struct browse *b)
{
	if (b->at.level + 1u < pt_format_of(b->tree.pt)->nr_levels)
		browse_go(b, b->at.va, b->at.level + 1u);
	else
		browse_say(b, "this is the top table");
}

static void set_mark(struct browse *b)
{
	if (b->nr_marks == BROWSE_MAX_PLACES) {
		browse_say(b, "there is room for %u bookmarks", BROWSE_MAX_PLACES);
		return;
	}
	b->mark[b->nr_marks++] = b->at;
	browse_say(b, "bookmark %u set", b->nr_marks);
}

static void next_mark(struct browse *b)
{
	const struct browse_place *place;

	if (!b->nr_marks) {
		browse_say(b, "no bookmarks; `b` sets one");
		return;
	}
	place = &b->mark[b->last_mark++ % b->nr_marks];
	browse_jump(b, place->tree, place->va, place->level);
	browse_say(b, "bookmark %u of %u", (b->last_mark - 1) % b->nr_marks + 1, b->nr_marks);
}

static void go_to_place(struct browse *b, const struct browse_place *place)
{
	if (!browse_find_tree(b, place->tree))
		browse_say(b, "%s: these tables are gone", place->tree);
	else
		browse_go(b, place->va, place->level);
}

static void go_back(struct browse *b)
{
	struct browse_place here = b->at, to;

	if (!b->at_history) {
		browse_say(b, "nothing to go back to");
		return;
	}
	to = b->history[--b->at_history];
	b->history[b->at_history] = here; /* for `]` */
	go_to_place(b, &to);
}

static void go_forward(struct browse *b)
{
	struct browse_place here = b->at, to;

	if (b->at_history == b->nr_history) {
		browse_say(b, "nothing to go forward to");
		return;
	}
	to = b->history[b->at_history];
	b->history[b->at_history++] = here;
	go_to_place(b, &to);
}

/* ---- keys -------------------------------------------------------------------------------- */

static bool movement(struct browse *b, int key)
{
	s64 by = key_motion(key, browse_list_height(b));

	if (by)
		browse_move(b, by);
	return by;
}

static const struct {
	int key;
	void (*act)(struct browse *b);
} actions[] = {
	{'\n', go_down},    {'l', go_down},	   {KEY_RIGHT, go_down}, {'\b', go_up},
	{'h', go_up},	    {KEY_LEFT, go_up},	   {'t', ask_tree},	 {'T', next_tree},
	{'b', set_mark},    {'B', next_mark},	   {'[', go_back},	 {']', go_forward},
	{'x', explain},	    {'e', edit},	   {'d', ask_other},	 {'w', browse_save},
	{'?', browse_help}, {KEY_F1, browse_help}, {'r', browse_load},
};

static void table_key(struct browse *b, int key)
{
	browse_load(b); /* entries may have changed meanwhile */
	if (movement(b, key))
		return;
	for (u32 i = 0; i < ARRAY_SIZE(actions); i++) {
		if (actions[i].key == key) {
			actions[i].act(b);
			return;
		}
	}
	if (key == 'q' || key == KEY_ESC || key == KEY_EOF || key == 3) {
		b->done = true;
	} else if (key == 'g') {
		browse_ask(b, "address: ", "", typed_address);
	} else if (key == '/') {
		browse_ask(b, "search: ", "", typed_search);
	} else if (key == ':') {
		browse_ask(b, ": ", "", typed_command);
	} else if (key == 'n' || key == 'N') {
		browse_find(b, key == 'n');
	} else if (key == 'f') {
		b->unfolded = !b->unfolded;
		browse_load(b);
	}
}

static void view_key(struct browse *b, int key)
{
	s64 page = b->screen.rows - 2;
	s64 by = key_motion(key == ' ' ? KEY_PAGE_DOWN : key, page);

	switch (key) {
	case 'w':
		browse_save(b);
		return;
	case 'q':
	case KEY_ESC:
	case '\n':
	case '\b':
	case 3:
	case KEY_EOF:
		b->mode = BROWSE_TABLE;
		browse_load(b);
		return;
	default:
		b->view_top = (u32)max(min(b->view_top + by, browse_text_lines(b) - page), (s64)0);
	}
}

static void input_key(struct browse *b, int key)
{
	enum line_event event;
	char text[LINE_MAX_LEN + 1];

	if (key == KEY_ESC) {
		b->mode = BROWSE_TABLE;
		b->message[0] = '\0';
		return;
	}
	event = line_key(&b->line, key);
	if (event == LINE_CANCEL || event == LINE_EOF)
		b->mode = BROWSE_TABLE;
	if (event != LINE_DONE)
		return;
	b->mode = BROWSE_TABLE;
	fmt_print(text, sizeof(text), "%s", b->line.text);
	b->message[0] = '\0';
	if (text[0])
		b->typed(b, text);
}

void browse_key(struct browse *b, int key)
{
	if (b->mode != BROWSE_INPUT)
		b->message[0] = '\0';
	if (b->mode == BROWSE_INPUT)
		input_key(b, key);
	else if (b->mode == BROWSE_VIEW)
		view_key(b, key);
	else
		table_key(b, key);
}
