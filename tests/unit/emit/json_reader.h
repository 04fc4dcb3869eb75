/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reads JSON (RFC 8259): for the tests of what is written. Positions are pointers into the text. */
#ifndef TESTS_UNIT_EMIT_JSON_READER_H
#define TESTS_UNIT_EMIT_JSON_READER_H

#include <string.h>

#include "kernel.h"

/* ---- checking: each returns where the thing ends, NULL when it is none ------------------- */

static inline const char *skip_value(const char *s);

static inline const char *skip_blanks(const char *s)
{
	return s ? s + strspn(s, " \n") : NULL;
}

static inline const char *skip_string(const char *s)
{
	if (*s++ != '"')
		return NULL;
	for (; *s != '"'; s++) {
		if ((u8)*s < 32 || (u8)*s > 126)
			return NULL;
		if (*s != '\\')
			continue;
		s++;
		if (*s == 'u' && strspn(s + 1, "0123456789abcdef") >= 4)
			s += 4;
		else if (!*s || !strchr("\"\\/bfnrt", *s))
			return NULL;
	}
	return s + 1;
}

/* Members from the bracket at s[0] to the one that closes it, sections 4 and 5. */
static inline const char *skip_members(const char *s, bool list)
{
	char end = list ? ']' : '}';

	s = skip_blanks(s + 1);
	if (*s == end)
		return s + 1;
	for (;;) {
		if (!list) {
			s = skip_blanks(skip_string(s));
			if (!s || *s++ != ':')
				return NULL;
		}
		s = skip_blanks(skip_value(skip_blanks(s)));
		if (!s)
			return NULL;
		if (*s == end)
			return s + 1;
		if (*s++ != ',')
			return NULL;
		s = skip_blanks(s);
	}
}

static inline const char *skip_value(const char *s)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t n;

	if (!s)
		return NULL;
	if (*s == '{' || *s == '[')
		return skip_members(s, *s == '[');
	if (*s == '"')
		return skip_string(s);
	for (u32 i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strncmp(s, words[i], strlen(words[i])))
			return s + strlen(words[i]);
	}
	n = *s == '-';
	return strspn(s + n, "0123456789") ? s + n + strspn(s + n, "0123456789") : NULL;
}

/* One value and a newline, and nothing else. */
static inline bool is_json(const char *text)
{
	const char *end = skip_value(text);

	return end && !strcmp(end, "\n");
}

/* ---- reading: what was checked before ---------------------------------------------------- */

struct json_item {
	const char *name; /* with its quotes; NULL in a list */
	const char *value;
};

/* The next member or element; *at begins as the object or list itself. False: there is none. */
static inline bool json_next(const char **at, struct json_item *ret)
{
	const char *s, *past;

	if (**at == '}' || **at == ']')
		return false;
	s = skip_blanks(*at + 1);
	if (*s == '}' || *s == ']')
		return false;
	*ret = (struct json_item){NULL, s};
	past = *s == '"' ? skip_blanks(skip_string(s)) : s;
	if (*past == ':')
		*ret = (struct json_item){s, skip_blanks(past + 1)};
	*at = skip_blanks(skip_value(ret->value));
	return true;
}

/* Is this JSON string the text? The text must have no letters that JSON escapes. */
static inline bool json_is(const char *string, const char *text)
{
	size_t n = strlen(text);

	return string[0] == '"' && !strncmp(string + 1, text, n) && string[n + 1] == '"';
}

/* The value of an object's member. NULL: it has none of that name. */
static inline const char *json_member(const char *object, const char *name)
{
	struct json_item item;

	while (*object != '[' && json_next(&object, &item)) {
		if (json_is(item.name, name))
			return item.value;
	}
	return NULL;
}

#endif
