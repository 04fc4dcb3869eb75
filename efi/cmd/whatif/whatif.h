/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shared by the commands about other machines: their paging formats, their memory. */
#ifndef EFI_CMD_WHATIF_WHATIF_H
#define EFI_CMD_WHATIF_WHATIF_H

#include "cmd/cmds.h"

/* A paging format by name. NULL after a message; `name` NULL: it is missing. */
const struct pt_format *cmd_format_arg(struct cmd_call *call, const char *name);
/* `whatif` with a machine: efi/cmd/whatif/machine.c. */
int cmd_whatif_machine(struct cmd_call *call);

#endif
