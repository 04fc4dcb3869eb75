/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Page tables of any format, invented, in a block of memory of their own: to look at. */
#include "app/saved.h"
#include "whatif.h"
#include "lib.h"
#include "mm/pgtable/whatif.h"

#define TABLES_SIZE (4 * MiB)
#define TABLES_PA   (16 * MiB) /* where the invented machine has its tables: every format can say */

static int take_page(void *ctx, phys_addr_t *ret_pa)
{
	struct app_whatif *w = ctx;

	if (w->used + PAGE_SIZE > w->block.size)
		return -ENOMEM;
	*ret_pa = TABLES_PA + w->used;
	w->used += PAGE_SIZE;
	return 0;
}

/* The block goes as a whole. */
static void give_page(void *ctx, phys_addr_t pa)
{
	(void)ctx;
	(void)pa;
}

static const void *read_page(const struct pgtable *pt, phys_addr_t pa)
{
	const struct app_whatif *w = pt->table_ctx;

	if (!is_aligned(pa, PAGE_SIZE) || pa < TABLES_PA || pa - TABLES_PA >= w->used)
		return NULL;
	return (const void *)(uintptr_t)(pa + pt->phys_offset);
}

static void drop(struct app *app, struct app_whatif *w)
{
	if (w->have)
		pt_whatif_destroy(&w->pt);
	app_block_free(app, &w->block);
	*w = (struct app_whatif){.have = false};
}

/* What points into the struct, wherever it lies now. */
static void settle(struct app_whatif *w)
{
	w->pages = (struct pt_pages){take_page, give_page, w};
	w->pt.pages = &w->pages;
	w->pt.table_ctx = w;
}

static int make(struct cmd_call *call, const struct pt_format *f, struct app_whatif *w)
{
	unsigned largest = f->nr_levels;

	if (app_block_alloc(call->app, TABLES_SIZE, &w->block))
		return saved_no_memory(call, "the tree", TABLES_SIZE);
	while (!f->level[--largest].leaf_addr)
		;
	w->pt = (struct pgtable){.format = f,
				 .levels = f->nr_levels,
				 .phys_bits = f->phys_bits,
				 .max_page_level = (u8)largest,
				 .nx = true,
				 .phys_offset = (u64)(uintptr_t)w->block.p - TABLES_PA,
				 .table = read_page,
				 .foreign = true};
	settle(w);
	w->have = !pt_init(&w->pt);
	return 0;
}

/* Up to `end`, which is left out; moves *text after it. "" when it is missing. */
static char *cut(char **text, char end)
{
	char *word = *text, *at = word;

	while (*at && *at != end)
		at++;
	*text = *at ? at + 1 : at;
	*at = '\0';
	return word;
}

static const char *why_not(int err)
{
	return err == -EEXIST	? "something is mapped there already"
	       : err == -ENOMEM ? "more tables than an invented tree may have"
				: "whole pages, and addresses that the format has, are needed";
}

/* VA=PA:SIZE:FLAGS */
static int map_word(struct cmd_call *call, struct pgtable *pt, char *word)
{
	char whole[80], *text = word;
	const char *va_word, *pa_word, *size_word;
	u64 va, pa, size, flags;
	int err;

	fmt_print(whole, sizeof(whole), "%s", word);
	va_word = cut(&text, '=');
	pa_word = cut(&text, ':');
	size_word = cut(&text, ':');
	if (parse_hex(va_word, &va) || parse_hex(pa_word, &pa) || parse_u64(size_word, &size) ||
	    cmd_rights_flags(text, &flags))
		return cmd_error(call, -EINVAL,
				 "%s: mappings are VA=PA:SIZE:FLAGS, such as 1000=80000000:8K:rw; "
				 "flags r w x u (user) g (global) n (not cached)",
				 whole);
	err = pt_whatif_map(pt, va, pa, size, flags);
	return err ? cmd_error(call, err, "%s: %s", whole, why_not(err)) : 0;
}

static int fill(struct cmd_call *call, struct pgtable *pt)
{
	int err;

	if (call->argc == 1) {
		err = pt_whatif_example(pt);
		return err ? cmd_error(call, err, "no example: %s", err_name(err)) : 0;
	}
	for (int i = 1; i < call->argc; i++) {
		err = map_word(call, pt, call->argv[i]);
		if (err)
			return err;
	}
	return 0;
}

static void show_tree(struct emit *out, const struct pgtable *pt)
{
	const struct pt_format *f = pt_format_of(pt);

	emit_row(out,
		 "{format!}{title}: {nr_tables} tables, root {root:#x}; see `browse whatif`, "
		 "`pt dump whatif`, `walk whatif VA`\n",
		 f->name, f->title, pt->nr_tables, pt->root);
}

/* The tree that is there stays until the new one is complete. */
static int invent(struct cmd_call *call, const struct pt_format *f)
{
	struct app_whatif fresh = {.have = false}, *w = &call->app->whatif;
	int err = make(call, f, &fresh);

	if (!err)
		err = fill(call, &fresh.pt);
	if (err) {
		drop(call->app, &fresh);
		return err;
	}
	drop(call->app, w);
	*w = fresh;
	settle(w);
	show_tree(call->out, &w->pt);
	return 0;
}

static int cmd_whatif(struct cmd_call *call)
{
	struct app *app = call->app;
	bool leave = call->argc == 1 && !strcmp(call->argv[0], "drop");
	const struct pt_format *f;

	if (call->argc && !leave && !pt_format_find(call->argv[0]))
		return cmd_whatif_machine(call); /* its name, or its size */
	f = leave ? NULL : cmd_format_arg(call, call->argc ? call->argv[0] : NULL);
	if (!f && !leave)
		return -EINVAL;
	if (app->have_clone && app->clone.origin == &app->whatif.pt)
		return cmd_error(call, -EBUSY, "the clone was made of it; `clone` another first");
	if (!leave)
		return invent(call, f);
	drop(app, &app->whatif);
	emit_row(call->out, "{result}\n", "the invented tables are gone");
	return 0;
}

static const char *const format_words[] = {"x86-64-4",	"x86-64-5",  "x86-32", "pae",
					   "aarch64-3", "aarch64-4", "sv39",   "sv48",
					   "sv57",	"drop",	     NULL};

static const struct cmd rows[] = {
	{.name = "whatif",
	 .args = "FORMAT [VA=PA:SIZE:FLAGS]... | drop | MACHINE...",
	 .help = "invent tables of any format (an example, or these mappings), to look at as "
		 "`whatif`",
	 .fn = cmd_whatif,
	 .words = format_words,
	 .examples = "whatif sv48; whatif 4T nodes=8",
	 .max_args = CMD_MAX_ARGS,
	 .flags = CMD_NEEDS_MM | CMD_COMMAND},
};

const struct cmd_table cmds_whatif_tables = {ROOM_WHATIF, rows, ARRAY_SIZE(rows)};
