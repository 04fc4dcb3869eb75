/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts of `help`. Each is a command's function, with the words after `help` as arguments. */
#ifndef EFI_SHELL_HELP_H
#define EFI_SHELL_HELP_H

#include "ui/shell.h"

/* Is there a topic of this name in the manual? */
bool help_is_topic(const char *name);
/* The topic's text, from tablewalk/manual/NAME.txt on the stick. */
int help_topic(struct cmd_call *call, const char *name);
/* Names of all topics with blanks between them. */
void help_show_topics(struct emit *out);

/* JSON Schema of a command's value or, without arguments, of all keys. Runs the examples. */
int help_schema(struct cmd_call *call);

#endif
