/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The trees of page tables that the program knows, by name. */
#ifndef EFI_APP_TABLES_H
#define EFI_APP_TABLES_H

#include "app.h"

#define APP_MAX_TABLES 16

struct named_tables {
	const char *name;  /* as typed: "fw", "own", "clone", the name of a loaded file */
	const char *title; /* in words */
	const struct pgtable *pt;
};

/* All that exist now, at most `max`; returns how many. */
u32 app_tables(const struct app *app, struct named_tables *ret, u32 max);
/* The name of a tree that is known; "?" of others. */
const char *app_tables_name(const struct app *app, const struct pgtable *pt);
/* NULL: there are none of this name. */
const struct pgtable *app_tables_find(const struct app *app, const char *name);
/* Why there are none of a name that may have some; NULL: no tables have this name. */
const char *app_tables_missing(const struct app *app, const char *name);

/* Do their entries have memory types that we know? */
bool app_tables_have_types(const struct pgtable *pt);
/* IA32_PAT as it is while these tables are in use. */
u64 app_tables_pat_now(const struct app *app, const struct pgtable *pt);
/* The IA32_PAT that goes with these tables: of the machine they are from. */
u64 app_tables_pat(const struct app *app, const struct pgtable *pt);
/* What they were loaded with; NULL: they were not loaded. */
const struct app_loaded *app_tables_loaded(const struct app *app, const struct pgtable *pt);

#endif
