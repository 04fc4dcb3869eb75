/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Options as words `name=value`, wherever they come from: load options, fw_cfg, a file. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "kernel.h"

/* Does the word have the form name=value with a name that is known? */
bool option_known(const char *word);
/* "levels, reserve, ..." for messages. */
const char *option_names(void);

/*
 * Looks for name=value among the words of a text (words split by blanks and newlines, # comments to
 * the end of the line). The last one wins. 0 or -ENOENT.
 */
int option_find(const char *text, const char *name, char *buf, size_t size);

/*
 * The first word of a text that is no known option: its line (from 1) and the word itself. Returns
 * false when all are known. *text moves behind it, so that the next call finds the next one.
 */
bool option_unknown(const char **text, u32 *line, char *buf, size_t size);

/*
 * Load options as a UEFI shell gives them: the program's own name, options, then commands. Returns
 * where the commands begin; the options before them go to `options`.
 */
const char *option_split(const char *text, char *options, size_t size);

#endif
