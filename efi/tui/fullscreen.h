/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* For commands that take the whole screen: its size, keys from a script, printing it. */
#ifndef EFI_TUI_FULLSCREEN_H
#define EFI_TUI_FULLSCREEN_H

#include "fw.h"
#include "ui/cmd.h"
#include "ui/screen.h"

/* The size from `--size 80x24`, which is removed from the arguments, or the console's size. 0 or
 * more; -EINVAL after a message. */
int fullscreen_size(struct cmd_call *call, struct fw_screen *screen);
/* The next key of `--keys`: a character, or a name such as <down>. Moves *text past it. */
int fullscreen_key(const char **text);
/* Prints the rows as text, or as a list of strings. */
void fullscreen_print(struct emit *out, const struct screen *screen);

#endif
