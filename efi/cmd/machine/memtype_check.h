/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is wrong with memory types, over all page tables that are known. */
#ifndef EFI_CMD_MACHINE_MEMTYPE_CHECK_H
#define EFI_CMD_MACHINE_MEMTYPE_CHECK_H

#include "app/app.h"

#define MEMTYPE_MAX_FINDINGS 12
#define MEMTYPE_FINDING	     160

/* Fills the first MEMTYPE_MAX_FINDINGS texts; returns how many findings there are. */
u32 memtype_check(const struct app *app, char (*text)[MEMTYPE_FINDING]);

#endif
