/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* All trees of page tables in the program, by name. */
#ifndef EFI_APP_TABLES_H
#define EFI_APP_TABLES_H

#include "app.h"

#define APP_MAX_TABLES 16

struct named_tables {
	const char *name;  /* as typed: "fw", "own", "clone", the name of a loaded file */
	const char *title; /* in words */
	const struct pgtable *pt;
};

/* Lists the trees that exist now, at most `max`; returns their number. */
u32 app_tables(const struct app *app, struct named_tables *ret, u32 max);
/* The name of a tree; "?" if it is not in the list. */
const char *app_tables_name(const struct app *app, const struct pgtable *pt);
/* The tree of this name; NULL: there is none. */
const struct pgtable *app_tables_find(const struct app *app, const char *name);
/* Why there is no tree of this name now; NULL: it is not a name of tables. */
const char *app_tables_missing(const struct app *app, const char *name);

/* Can we tell the memory types of their entries? */
bool app_tables_have_types(const struct pgtable *pt);
/* The value of IA32_PAT while these tables are in use. */
u64 app_tables_pat_now(const struct app *app, const struct pgtable *pt);
/* The value of IA32_PAT on the machine that these tables come from. */
u64 app_tables_pat(const struct app *app, const struct pgtable *pt);
/* The loaded file of these tables; NULL: they do not come from a file. */
const struct app_loaded *app_tables_loaded(const struct app *app, const struct pgtable *pt);

#endif
