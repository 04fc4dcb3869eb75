/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What commands that take the whole screen share: its size, keys from a script, what it shows. */
#ifndef EFI_TUI_FULLSCREEN_H
#define EFI_TUI_FULLSCREEN_H

#include "fw.h"
#include "ui/cmd.h"
#include "ui/screen.h"

/* `--size 80x24`, which it takes out of the arguments, instead of the console's size. 0 or more, or
 * -EINVAL after a message. */
int fullscreen_size(struct cmd_call *call, struct fw_screen *screen);
/* The next key of `--keys`: a character, or a name such as <down>. Moves *text behind it. */
int fullscreen_key(const char **text);
/* The rows as text, or as a list of strings. */
void fullscreen_print(struct emit *out, const struct screen *screen);

#endif
