/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which page tables a command is about. */
#include "app/owner.h"
#include "app/tables.h"
#include "cmd/cmds.h"
#include "explain.h"
#include "lib.h"
#include "ui/search.h"

u32 app_tables(const struct app *app, struct named_tables *ret, u32 max)
{
	u32 nr = 0;

	if (!app->machine.described && nr < max)
		ret[nr++] = (struct named_tables){"fw", "the firmware's, as found", &app->fw_pt};
	if (nr < max)
		ret[nr++] = (struct named_tables){"own", "our world's", &app->sys.pt};
	if (app->have_clone && nr < max)
		ret[nr++] = (struct named_tables){"clone", "the sandbox", &app->clone.pt};
	if (app->whatif.have && nr < max)
		ret[nr++] = (struct named_tables){"whatif", "invented", &app->whatif.pt};
	for (u32 i = 0; i < APP_MAX_LOADED && nr < max; i++) {
		const struct app_loaded *l = &app->loaded[i];

		if (l->have_tables)
			ret[nr++] = (struct named_tables){
				l->name, l->info.machine[0] ? l->info.machine : "from a file",
				&l->pt};
	}
	return nr;
}

const struct pgtable *app_tables_find(const struct app *app, const char *name)
{
	struct named_tables trees[APP_MAX_TABLES];
	u32 nr = app_tables(app, trees, ARRAY_SIZE(trees));

	for (u32 i = 0; i < nr; i++) {
		if (!strcmp(trees[i].name, name))
			return trees[i].pt;
	}
	return NULL;
}

const char *app_tables_name(const struct app *app, const struct pgtable *pt)
{
	struct named_tables trees[APP_MAX_TABLES];
	u32 nr = app_tables(app, trees, ARRAY_SIZE(trees));

	for (u32 i = 0; i < nr; i++) {
		if (trees[i].pt == pt)
			return trees[i].name;
	}
	return "?";
}

/* Names that may have tables, some of which need not exist now. */
static const char *why_none(const struct app *app, const char *name)
{
	if (!strcmp(name, "fw") && app->machine.described)
		return "a described machine has no firmware tables; use `own`";
	if (!strcmp(name, "clone"))
		return "there is no clone; `clone fw` or `clone own` makes one";
	if (!strcmp(name, "whatif"))
		return "there are no invented tables; `whatif FORMAT` makes some";
	return NULL;
}

int cmd_tables_arg(struct cmd_call *call, const struct pgtable **ret)
{
	const char *name = call->argc ? call->argv[0] : "own", *why;
	const struct pgtable *pt = app_tables_find(call->app, name);

	why = pt ? NULL : why_none(call->app, name);
	if (why)
		return cmd_error(call, -ENODEV, "%s", why);
	*ret = pt ? pt : &call->app->sys.pt;
	if (pt && call->argc)
		cmd_drop_args(call, 0, 1);
	return 0;
}

int cmd_in_tables(struct cmd_call *call, const struct pgtable **ret)
{
	for (int i = 0; i + 1 < call->argc; i++) {
		const struct pgtable *pt;

		if (strcmp(call->argv[i], "in"))
			continue;
		pt = app_tables_find(call->app, call->argv[i + 1]);
		if (!pt) {
			const char *why = why_none(call->app, call->argv[i + 1]);

			return cmd_error(call, -ENODEV, "%s: %s", call->argv[i + 1],
					 why ? why : "no tables have this name");
		}
		*ret = pt;
		cmd_drop_args(call, i, 2);
		return 0;
	}
	return cmd_tables_arg(call, ret);
}

int cmd_arg_va(struct cmd_call *call, int index, const struct pgtable *pt, u64 *ret)
{
	int err = cmd_arg_addr(call, index, ret);

	if (!err && !pt_canonical(pt, *ret))
		return cmd_error(call, -EINVAL, "%#llx: not canonical with %u levels (%s)", *ret,
				 pt_format_of(pt)->nr_levels, pt_format_of(pt)->title);
	return err;
}

/* `text` is "START-END" or one address; END is exclusive. */
static int split_range(struct cmd_call *call, char *text, u64 *start, u64 *end, bool *ret_two)
{
	char *dash = text;

	while (*dash && *dash != '-')
		dash++;
	*ret_two = *dash == '-';
	if (*ret_two) {
		*dash = '\0';
		if (parse_hex(dash + 1, end))
			return cmd_error(call, -EINVAL, "%s: not an address", dash + 1);
	}
	if (parse_hex(text, start))
		return cmd_error(call, -EINVAL, "%s: not an address (hexadecimal)", text);
	return 0;
}

int cmd_range_args(struct cmd_call *call, const struct pgtable *pt, u64 *start, u64 *last)
{
	bool two = false;
	int err;

	*start = 0;
	*last = pt_last(pt);
	if (!call->argc)
		return 0;
	err = split_range(call, call->argv[0], start, last, &two);
	cmd_drop_args(call, 0, 1);
	if (!err && !two && call->argc) {
		err = cmd_arg_addr(call, 0, last);
		two = true;
		cmd_drop_args(call, 0, 1);
	}
	if (err)
		return err;
	if (two && *last)
		--*last;
	if (!pt_canonical(pt, *start) || !pt_canonical(pt, *last))
		return cmd_error(call, -EINVAL, "%#llx-%#llx: not canonical with %u levels", *start,
				 *last, pt_format_of(pt)->nr_levels);
	return *start <= *last ? 0 : cmd_error(call, -EINVAL, "the range ends before it starts");
}

/* ---- what entries alone do not say ------------------------------------------------------- */

static void entry_memtype(void *ctx, const struct pgtable *pt, const struct pt_entry *e, char *buf,
			  size_t size)
{
	const struct app *app = ctx;
	struct memtype_effective t;

	buf[0] = '\0';
	if (!e->leaf || e->wrong || !explain_has_types(pt))
		return;
	memtype_effective(&app->machine.cpu.mtrr, explain_pat(app, pt), e->phys, e->val, e->level,
			  &t);
	fmt_print(buf, size, "%s", memtype_name(t.type));
}

static void page_owner(void *ctx, phys_addr_t pa, char *buf, size_t size)
{
	owner_name(ctx, pa, buf, size);
}

void cmd_search_env(struct app *app, const struct pgtable *pt, struct search_env *ret)
{
	*ret = (struct search_env){.pt = pt, .ctx = app, .memtype = entry_memtype};
	if (!pt->foreign) /* another machine's memory: its owners are not known */
		ret->owner = page_owner;
}
