/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shared by the commands about what lies where. */
#ifndef EFI_CMD_TABLES_EXPLAIN_H
#define EFI_CMD_TABLES_EXPLAIN_H

#include "app/app.h"
#include "ui/explain.h"

/* Fills *x, of which the caller has set how, and have_va, va, tables, pt; or have_pa, pa. app->now
 * is the firmware's map of this moment. */
void explain_collect(const struct app *app, struct explain *x);

#endif
