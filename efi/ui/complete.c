/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Completion of commands and their first arguments; the nearest name to a misspelt one. */
#include "lib.h"
#include "ui/shell.h"

struct candidates {
	const char *prefix; /* from the start of the command to the cursor */
	size_t len;
	char *buf;
	size_t size, used;
	u32 nr;
	char *common;
	size_t common_size;
};

static void candidate(struct candidates *c, const char *name, const char *shown)
{
	size_t n = 0, rest = strlen(name) - c->len;

	c->used += (size_t)fmt_print(c->buf + min(c->used, c->size - 1),
				     c->size - min(c->used, c->size - 1), "%s%s", c->nr ? "  " : "",
				     shown);
	if (!c->nr++) {
		fmt_print(c->common, c->common_size, "%s", name + c->len);
		return;
	}
	while (n < rest && c->common[n] == name[c->len + n])
		n++;
	c->common[min(n, strlen(c->common))] = '\0';
}

/* "name word" for each first argument that the command knows. */
static void candidate_words(struct candidates *c, const struct cmd *cmd)
{
	for (const char *const *word = cmd->words; word && *word; word++) {
		char full[100];

		fmt_print(full, sizeof(full), "%s %s", cmd->name, *word);
		if (!strncmp(full, c->prefix, c->len))
			candidate(c, full, *word);
	}
}

u32 shell_complete(const struct shell *sh, const char *text, u32 cursor, char *buf, size_t size,
		   char *ret_common, size_t common_size)
{
	u32 start = cursor;
	struct candidates c = {
		.buf = buf, .size = size, .common = ret_common, .common_size = common_size};

	while (start && text[start - 1] != ';')
		start--;
	while (start < cursor && text[start] == ' ')
		start++;
	c.prefix = text + start;
	c.len = cursor - start;
	buf[0] = ret_common[0] = '\0';
	for (u32 t = 0; t < sh->nr_tables; t++) {
		for (u32 i = 0; i < sh->tables[t]->nr; i++) {
			const struct cmd *cmd = &sh->tables[t]->cmds[i];

			if (!strncmp(cmd->name, c.prefix, c.len))
				candidate(&c, cmd->name, cmd->name);
			else
				candidate_words(&c, cmd);
		}
	}
	if (c.nr == 1 && strlen(ret_common) + 1 < common_size)
		memcpy(ret_common + strlen(ret_common), " ", 2);
	return c.nr;
}

/* ---- misspelt names -------------------------------------------------------------------------------- */

#define NEAR_MAX 24

/* Levenshtein distance of two short words. */
static u32 distance(const char *a, const char *b)
{
	u32 row[NEAR_MAX + 1], la = (u32)strlen(a), lb = (u32)strlen(b);

	if (la > NEAR_MAX || lb > NEAR_MAX)
		return ~0u;
	for (u32 j = 0; j <= lb; j++)
		row[j] = j;
	for (u32 i = 1; i <= la; i++) {
		u32 diagonal = row[0];

		row[0] = i;
		for (u32 j = 1; j <= lb; j++) {
			u32 up = row[j], change = diagonal + (a[i - 1] != b[j - 1]);

			row[j] = min(min(row[j - 1], up) + 1, change);
			diagonal = up;
		}
	}
	return row[lb];
}

const char *shell_nearest(const struct shell *sh, const char *word)
{
	const char *best = NULL;
	u32 best_distance = 3;

	for (u32 t = 0; t < sh->nr_tables; t++) {
		for (u32 i = 0; i < sh->tables[t]->nr; i++) {
			const char *name = sh->tables[t]->cmds[i].name;
			u32 d = distance(word, name);

			if (!strncmp(name, word, strlen(word)))
				d = min(d, 2u);
			if (d < best_distance) {
				best = name;
				best_distance = d;
			}
		}
	}
	return best;
}
