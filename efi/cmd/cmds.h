/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The families of commands, one file each, and what they share. */
#ifndef EFI_CMD_CMDS_H
#define EFI_CMD_CMDS_H

#include "../app.h"

extern const struct cmd_table cmds_firmware; /* what the firmware hands over */
extern const struct cmd_table cmds_memory;   /* the memory management's views */
extern const struct cmd_table cmds_tables;   /* page tables */
extern const struct cmd_table cmds_run;	     /* things that work on memory */
extern const struct cmd_table cmds_program;  /* the program itself */

/* For views of what mm_init() makes: prints why there is nothing to see. 0 or -ENODEV. */
int cmd_needs_mm(struct cmd_call *call);
/* The system when it runs, else NULL after a message. */

/* Bytes as a short text, such as "31.9 GiB": one decimal, for people. Returns buf. */
const char *human_size(char *buf, size_t size, u64 bytes);

#endif
