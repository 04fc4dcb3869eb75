/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Finds the next page that matches, from the cursor on, round the whole tree to the cursor. */
#include "browse_inner.h"

#define POLL_EVERY 4096 /* entries between looks at the keyboard */

struct find {
	struct browse *b;
	struct search_env env;
	bool forward, stopped;
	u32 visits;
	bool found;
	struct pt_entry match;
};

static int look(void *ctx, const struct pt_entry *e)
{
	struct find *f = ctx;

	if (++f->visits % POLL_EVERY == 0 && f->b->env->stopped(f->b->env->ctx)) {
		f->stopped = true;
		return PT_STOP;
	}
	if (e->present && !e->leaf && !e->wrong)
		return PT_DESCEND;
	if (!e->present || !search_match(&f->b->search, &f->env, e))
		return PT_SKIP;
	f->found = true;
	f->match = *e;
	return f->forward ? PT_STOP : PT_SKIP; /* backward: the last one before the end */
}

/* Searches [start, last]; an empty range finds nothing. */
static void look_in(struct find *f, u64 start, u64 last)
{
	const struct pgtable *pt = f->b->tree.pt;

	if (start <= last && pt_canonical(pt, start) && pt_canonical(pt, last))
		pt_walk(pt, start, last, look, f);
}

void browse_find(struct browse *b, bool forward)
{
	struct find f = {.b = b, .forward = forward};
	const struct browse_row *row = browse_row(b);
	u64 here, behind, end = pt_last(b->tree.pt);
	bool around = false;

	if (!b->have_search) {
		browse_say(b, "nothing to search for yet: press /");
		return;
	}
	b->env->search_env(b->env->ctx, b->tree.pt, &f.env);
	here = row ? row->e.va : 0;
	behind = here + (row && row->e.leaf
				 ? row->nr * pt_span(pt_format_of(b->tree.pt), row->e.level)
				 : 0);
	behind = pt_sign_extend(b->tree.pt, behind);
	if (forward)
		look_in(&f, behind, end);
	else if (here)
		look_in(&f, 0, pt_sign_extend(b->tree.pt, here - 1));
	if (!f.found && !f.stopped) {
		around = true;
		look_in(&f, forward ? 0 : here, forward ? behind : end);
	}
	if (f.stopped)
		browse_say(b, "stopped");
	else if (!f.found)
		browse_say(b, "no page matches `%s`", b->search_text);
	else
		browse_jump(b, b->at.tree, f.match.va, f.match.level);
	if (f.found && around)
		browse_say(b, "round the %s: `%s`", forward ? "end" : "beginning", b->search_text);
}
