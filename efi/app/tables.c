/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tables.h"

#include "lib.h"
#include "mm/pgtable/build.h"

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

const char *app_tables_missing(const struct app *app, const char *name)
{
	if (!strcmp(name, "fw") && app->machine.described)
		return "a described machine has no firmware tables; use `own`";
	if (!strcmp(name, "clone"))
		return "there is no clone; `clone fw` or `clone own` makes one";
	if (!strcmp(name, "whatif"))
		return "there are no invented tables; `whatif FORMAT` makes some";
	return NULL;
}

/* ---- their memory types ------------------------------------------------------------------ */

u64 app_tables_pat_now(const struct app *app, const struct pgtable *pt)
{
	struct cpu_state now;

	if (app->machine.described || !app->machine.cpu.pat)
		return PAT_AT_RESET;
	if (pt == &app->fw_pt)
		return app->machine.cpu.pat_msr;
	arch_read_state(&now); /* our world may have a better one */
	return now.pat ? now.pat : PAT_AT_RESET;
}

bool app_tables_have_types(const struct pgtable *pt)
{
	const struct pt_format *f = pt_format_of(pt);

	return f == &pt_format_x86_64_4 || f == &pt_format_x86_64_5;
}

const struct app_loaded *app_tables_loaded(const struct app *app, const struct pgtable *pt)
{
	for (u32 i = 0; i < APP_MAX_LOADED; i++) {
		if (app->loaded[i].have_tables && pt == &app->loaded[i].pt)
			return &app->loaded[i];
	}
	return NULL;
}

u64 app_tables_pat(const struct app *app, const struct pgtable *pt)
{
	const struct app_loaded *l = app_tables_loaded(app, pt);
	u64 pat = l ? (l->info.have_pat ? l->info.pat : 0) : app->machine.cpu.pat_msr;

	return pat ? pat : PAT_AT_RESET;
}
