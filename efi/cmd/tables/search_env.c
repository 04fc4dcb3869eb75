/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a search, or the browser, needs to know of entries besides their bits. */
#include "app/owner.h"
#include "app/tables.h"
#include "cmd/cmds.h"
#include "lib.h"
#include "ui/search.h"

static void entry_memtype(void *ctx, const struct pgtable *pt, const struct pt_entry *e, char *buf,
			  size_t size)
{
	const struct app *app = ctx;
	struct memtype_effective t;

	buf[0] = '\0';
	if (!e->leaf || e->wrong || !app_tables_have_types(pt))
		return;
	memtype_effective(&app->machine.cpu.mtrr, app_tables_pat_now(app, pt), e->phys, e->val,
			  e->level, &t);
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
