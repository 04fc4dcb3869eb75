/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Completion of commands and their first arguments; the nearest name to a misspelt one. */
#include "lib.h"
#include "ui/shell.h"

#define PREFIX_MAX 100

struct candidates {
	char prefix[PREFIX_MAX]; /* from the start of the command to the cursor */
	size_t len;
	char *buf;
	size_t size, used;
	u32 nr;
	char *common;
	size_t common_size;
};

/*
 * What the command consists of so far, with single blanks, so that it can be compared with names.
 * False when it is longer than any.
 */
static bool take_prefix(struct candidates *c, const char *text, u32 cursor)
{
	u32 start = cursor;

	while (start && text[start - 1] != ';')
		start--;
	for (u32 i = start; i < cursor; i++) {
		if (text[i] == ' ' && (!c->len || c->prefix[c->len - 1] == ' '))
			continue;
		if (c->len + 1 == sizeof(c->prefix))
			return false;
		c->prefix[c->len++] = text[i];
	}
	c->prefix[c->len] = '\0';
	return true;
}

/* `full` is what would stand there, `shown` the part that a list of choices names. */
static void candidate(struct candidates *c, const char *full, const char *shown)
{
	size_t at = min(c->used, c->size - 1), n = 0;

	if (strncmp(full, c->prefix, c->len))
		return;
	full += c->len;
	c->used += (size_t)fmt_print(c->buf + at, c->size - at, "%s%s", c->nr ? "  " : "", shown);
	if (!c->nr++) {
		fmt_print(c->common, c->common_size, "%s", full);
		return;
	}
	while (c->common[n] && c->common[n] == full[n])
		n++;
	c->common[n] = '\0';
}

static void candidate_word(struct candidates *c, const struct cmd *cmd, const char *word)
{
	char full[2 * PREFIX_MAX];

	fmt_print(full, sizeof(full), "%s %s", cmd->name, word);
	candidate(c, full, word);
}

/* Names that begin so; for one that is complete already, its first argument. */
static void candidates_of(struct candidates *c, const struct shell *sh, const struct cmd *cmd)
{
	size_t len = strlen(cmd->name);

	candidate(c, cmd->name, cmd->name);
	if (c->len <= len || c->prefix[len] != ' ')
		return;
	for (const char *const *word = cmd->words; word && *word; word++)
		candidate_word(c, cmd, *word);
	for (u32 t = 0; cmd->fn == cmd_help && t < sh->runner.nr_tables; t++) {
		for (u32 i = 0; i < sh->runner.tables[t]->nr; i++)
			candidate_word(c, cmd, sh->runner.tables[t]->cmds[i].name);
	}
}

u32 shell_complete(const struct shell *sh, const char *text, u32 cursor, char *buf, size_t size,
		   char *ret_common, size_t common_size)
{
	struct candidates c = {
		.buf = buf, .size = size, .common = ret_common, .common_size = common_size};
	size_t len;

	ASSERT(size && common_size, "no room: %llu, %llu", (u64)size, (u64)common_size);
	buf[0] = ret_common[0] = '\0';
	if (!take_prefix(&c, text, cursor))
		return 0;
	for (u32 t = 0; t < sh->runner.nr_tables; t++) {
		for (u32 i = 0; i < sh->runner.tables[t]->nr; i++)
			candidates_of(&c, sh, &sh->runner.tables[t]->cmds[i]);
	}
	len = strlen(ret_common);
	if (c.nr == 1 && len + 1 < common_size)
		memcpy(ret_common + len, " ", 2);
	return c.nr;
}

/* ---- misspelt names ---------------------------------------------------------------------- */

#define NEAR_MAX 24

/* Levenshtein distance of two short words; large when one is not short. */
static u32 distance(const char *a, const char *b)
{
	u32 row[NEAR_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

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
	size_t len = strlen(word);
	/* two letters of a two-letter word are no likeness */
	u32 best_distance = (u32)min(len, (size_t)3);

	for (u32 t = 0; t < sh->runner.nr_tables; t++) {
		for (u32 i = 0; i < sh->runner.tables[t]->nr; i++) {
			const char *name = sh->runner.tables[t]->cmds[i].name;
			u32 d = strncmp(name, word, len) ? distance(word, name) : 0;

			if (d < best_distance) {
				best = name;
				best_distance = d;
			}
		}
	}
	return best;
}
