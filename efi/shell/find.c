/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The row of a table that words spell. */
#include "ui/cmd.h"

#include "lib.h"

/* How many words of argv the row's name takes; 0 when it does not match. */
static int name_words(const char *name, int argc, char **argv)
{
	int words = 0;

	while (*name) {
		size_t len = 0;

		while (name[len] && name[len] != ' ')
			len++;
		if (words == argc || strncmp(name, argv[words], len) || argv[words][len])
			return 0;
		words++;
		name += len;
		while (*name == ' ')
			name++;
	}
	return words;
}

const struct cmd *cmd_find(const struct cmd_table *const *tables, u32 nr_tables, int argc,
			   char **argv, int *ret_words)
{
	const struct cmd *best = NULL;
	int best_words = 0;

	for (u32 t = 0; t < nr_tables; t++) {
		for (u32 i = 0; i < tables[t]->nr; i++) {
			int words = name_words(tables[t]->cmds[i].name, argc, argv);

			if (words > best_words) {
				best = &tables[t]->cmds[i];
				best_words = words;
			}
		}
	}
	if (best)
		*ret_words = best_words;
	return best;
}
