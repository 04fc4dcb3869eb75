/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A text of commands, word by word. */
#include "lib.h"
#include "ui/cmd.h"

static bool ends_command(char c)
{
	return !c || c == ';' || c == '\n';
}

/* One word, quotes removed, appended to words->buf. *text stays where it is on -E2BIG. */
static int take_word(const char **text, struct cmd_words *words, size_t *used)
{
	const char *s = *text;
	char quote = 0;

	if (words->argc == CMD_MAX_ARGS)
		return -E2BIG;
	words->argv[words->argc++] = &words->buf[*used];
	for (; *s && *s != '\n' && (quote || (!is_blank(*s) && *s != ';')); s++) {
		if (quote ? *s == quote : *s == '"' || *s == '\'') {
			quote = quote ? 0 : *s;
			continue;
		}
		if (*used + 2 > sizeof(words->buf))
			return -E2BIG;
		words->buf[(*used)++] = *s;
	}
	words->buf[(*used)++] = '\0';
	*text = s;
	return quote ? -EINVAL : 0;
}

/* To the end of the command, to go on after one that cannot be read. What is quoted in it must
 * not run. */
static void skip_command(const char **text)
{
	char quote = 0;

	for (; **text && **text != '\n' && (quote || **text != ';'); ++*text) {
		if (quote ? **text == quote : **text == '"' || **text == '\'')
			quote = quote ? 0 : **text;
	}
	if (**text)
		++*text;
}

int cmd_next(const char **text, struct cmd_words *words)
{
	size_t used = 0;
	int err;

	words->argc = 0;
	if (!**text)
		return 0;
	for (;;) {
		while (is_blank(**text))
			++*text;
		if (**text == '#') {
			while (**text && **text != '\n')
				++*text;
		}
		if (ends_command(**text))
			break;
		if (used + 2 > sizeof(words->buf))
			err = -E2BIG;
		else
			err = take_word(text, words, &used);
		if (err) {
			words->argc = 0;
			skip_command(text);
			return err;
		}
	}
	if (**text)
		++*text;
	return 1;
}
