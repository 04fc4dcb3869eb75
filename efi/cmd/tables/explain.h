/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shared by the commands about what lies where. */
#ifndef EFI_CMD_TABLES_EXPLAIN_H
#define EFI_CMD_TABLES_EXPLAIN_H

#include "app/app.h"
#include "ui/explain.h"

/* Fills *x, of which the caller has set how, and have_va, va, tables, pt; or have_pa, pa. app->now
 * is the firmware's map of this moment. */
void explain_collect(const struct app *app, struct explain *x);

/* IA32_PAT as it is while these tables are in use. */
u64 explain_pat(const struct app *app, const struct pgtable *pt);
/* Do their entries have memory types that we know? */
bool explain_has_types(const struct pgtable *pt);

int cmd_memtype(struct cmd_call *call);
int cmd_memtype_mtrr(struct cmd_call *call);
int cmd_memtype_pat(struct cmd_call *call);
int cmd_images(struct cmd_call *call);
int cmd_mat(struct cmd_call *call);
int cmd_gcd(struct cmd_call *call);

#endif
