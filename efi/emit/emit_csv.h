/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The CSV half of emit.c. */
#ifndef EFI_EMIT_EMIT_CSV_H
#define EFI_EMIT_EMIT_CSV_H

#include "ui/emit.h"

/* Before the depth changes: an object or a list begins, the innermost ends. */
void csv_open(struct emit *e, bool list);
void csv_end(struct emit *e);
/* A field of the innermost object. */
void csv_field(struct emit *e, const char *name, const char *value);

#endif
