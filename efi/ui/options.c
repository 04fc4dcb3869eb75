/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* name=value words in a text. */
#include "options.h"

#include "lib.h"

static const char *const known[] = {"levels", "reserve", "memmodel", "seed"};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next word: its start and length; counts lines. NULL at the end. */
static const char *next_word(const char **text, size_t *len, u32 *line)
{
	const char *s = *text;

	for (;;) {
		for (; is_space(*s); s++)
			*line += *s == '\n';
		if (*s != '#')
			break;
		while (*s && *s != '\n')
			s++;
	}
	for (*len = 0; s[*len] && !is_space(s[*len]);)
		++*len;
	*text = s + *len;
	return *len ? s : NULL;
}

static bool has_name(const char *word, size_t len, const char *name)
{
	size_t n = strlen(name);

	return len > n && !strncmp(word, name, n) && word[n] == '=';
}

static bool word_known(const char *word, size_t len)
{
	for (u32 i = 0; i < ARRAY_SIZE(known); i++) {
		if (has_name(word, len, known[i]))
			return true;
	}
	return false;
}

bool option_known(const char *word)
{
	return word_known(word, strlen(word));
}

const char *option_names(void)
{
	return "levels, reserve, memmodel, seed";
}

int option_find(const char *text, const char *name, char *buf, size_t size)
{
	const char *word;
	u32 line = 1;
	size_t len;
	int err = -ENOENT;

	while ((word = next_word(&text, &len, &line))) {
		size_t skip = strlen(name) + 1;

		if (!has_name(word, len, name))
			continue;
		fmt_print(buf, size, "%.*s", (int)(len - skip), word + skip);
		err = 0;
	}
	return err;
}

bool option_unknown(const char **text, u32 *line, char *buf, size_t size)
{
	const char *word;
	size_t len;

	while ((word = next_word(text, &len, line))) {
		if (word_known(word, len))
			continue;
		fmt_print(buf, size, "%.*s", (int)len, word);
		return true;
	}
	return false;
}

static bool is_program(const char *word, size_t len)
{
	return len > 4 && word[len - 4] == '.' && (word[len - 3] | 32) == 'e' &&
	       (word[len - 2] | 32) == 'f' && (word[len - 1] | 32) == 'i';
}

const char *option_split(const char *text, char *options, size_t size)
{
	const char *rest = text, *word;
	size_t len, used = 0;
	u32 line = 1;
	bool first = true;

	options[0] = '\0';
	while ((word = next_word(&rest, &len, &line))) {
		bool skip = first && is_program(word, len);

		first = false;
		if (!skip && !word_known(word, len))
			return word;
		if (!skip && used < size)
			used += (size_t)fmt_print(options + used, size - used, "%.*s ", (int)len,
						  word);
	}
	return rest;
}
