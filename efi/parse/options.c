/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reads options from text. */
#include "parse/options.h"

#include "lib.h"

static const struct {
	const char *name;
	bool flag; /* needs no value */
} known[] = {
	{"levels", false},
	{"reserve", false},
	{"claim", false},
	{"memmodel", false},
	{"seed", false},
	{"screen", false},
	{"noautorun", true},
	{"min_free_kbytes", false},
	{"percpu_pagelist_high_fraction", false},
	{"kernelcore", false},
	{"movablecore", false},
	{"movable_node", true},
	{"cma", false},
	{"nosmp", true},
	{"lockdep", true},
	{"slub_debug", true},
	{"slab_nomerge", true},
	{"slab_random", true},
	{"slab_quarantine", false},
};

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

static bool is_text(const char *s, size_t len, const char *text)
{
	return len == strlen(text) && !memcmp(s, text, len);
}

static void trim(const char **s, size_t *len)
{
	for (; *len && is_blank(**s); ++*s)
		--*len;
	while (*len && is_blank((*s)[*len - 1]))
		--*len;
}

/* Splits at the first '=' and says what is wrong, if anything. */
static void judge(const char *s, size_t len, struct option *ret)
{
	size_t name_len = 0;
	bool flag = false, found = false;

	while (name_len < len && s[name_len] != '=')
		name_len++;
	*ret = (struct option){.name = s, .name_len = name_len, .line = ret->line};
	if (name_len < len) {
		ret->value = s + name_len + 1;
		ret->value_len = len - name_len - 1;
		trim(&ret->name, &ret->name_len);
		trim(&ret->value, &ret->value_len);
	}
	for (u32 i = 0; i < ARRAY_SIZE(known); i++) {
		if (!is_text(ret->name, ret->name_len, known[i].name))
			continue;
		found = true;
		flag = known[i].flag;
	}
	if (!ret->value && flag) {
		ret->value = "1";
		ret->value_len = 1;
	}
	if (found)
		ret->fault = ret->value_len ? OPTION_OK : OPTION_NO_VALUE;
	else
		ret->fault = ret->value && ret->name_len ? OPTION_UNKNOWN : OPTION_MALFORMED;
	if (ret->fault == OPTION_MALFORMED) {
		ret->name = s;
		ret->name_len = len;
	}
}

void option_reader_init(struct option_reader *r, enum option_form form, const char *text,
			size_t len)
{
	bool bom = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3); /* UTF-8 mark of some editors */

	*r = (struct option_reader){.text = text, .len = len, .at = bom ? 3 : 0, .form = form};
}

static bool next_line(struct option_reader *r, struct option *ret)
{
	while (r->at < r->len) {
		const char *s = r->text + r->at;
		size_t len = 0, used;

		while (r->at + len < r->len && s[len] != '\n')
			len++;
		r->at = min(r->at + len + 1, r->len);
		ret->line = ++r->line;
		for (used = 0; used < len; used++) {
			if (s[used] == '#' && (used == 0 || is_blank(s[used - 1])))
				break;
		}
		trim(&s, &used);
		if (!used)
			continue;
		judge(s, used, ret);
		return true;
	}
	return false;
}

static bool is_gap(char c)
{
	return is_blank(c) || c == '\n' || c == ';';
}

/* Does it look like an option, known or unknown, and not like a command? */
static bool is_option(const struct option *o)
{
	if (!o->value)
		return false;
	for (size_t i = 0; i < o->name_len; i++) {
		if (!is_name_char(o->name[i]))
			return false;
	}
	return o->fault != OPTION_MALFORMED;
}

static bool next_word(struct option_reader *r, struct option *ret)
{
	const char *s;
	size_t len = 0;

	while (r->at < r->len && is_gap(r->text[r->at]))
		r->at++;
	if (r->at == r->len)
		return false;
	s = r->text + r->at;
	while (r->at + len < r->len && !is_gap(s[len]))
		len++;
	ret->line = 1;
	judge(s, len, ret);
	if (r->form == OPTION_WORDS_FIRST && !is_option(ret))
		return false;
	r->at += len;
	return true;
}

bool option_next(struct option_reader *r, struct option *ret)
{
	return r->form == OPTION_LINES ? next_line(r, ret) : next_word(r, ret);
}

bool option_known(const char *text)
{
	struct option_reader r;
	struct option o;

	option_reader_init(&r, OPTION_WORDS, text, strlen(text));
	return option_next(&r, &o) && o.fault == OPTION_OK && o.name == text && r.at == r.len;
}

int option_find(enum option_form form, const char *text, size_t len, const char *name, char *buf,
		size_t size)
{
	struct option found = {0}, o;
	struct option_reader r;

	option_reader_init(&r, form, text, len);
	while (option_next(&r, &o)) {
		if (o.fault == OPTION_OK && is_text(o.name, o.name_len, name))
			found = o;
	}
	if (!found.value)
		return -ENOENT;
	if (found.value_len >= size)
		return -E2BIG;
	memcpy(buf, found.value, found.value_len);
	buf[found.value_len] = '\0';
	return 0;
}

/* ---- what is wrong ----------------------------------------------------------------------- */

static void __printf(3, 4) append(char *buf, size_t size, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(buf + len, size - len, fmt, ap);
	va_end(ap);
}

static const char *fault_text(enum option_fault fault)
{
	switch (fault) {
	case OPTION_UNKNOWN:
		return "unknown option";
	case OPTION_NO_VALUE:
		return "no value for option";
	default:
		return "not name=value:";
	}
}

u32 option_warnings(const char *origin, enum option_form form, const char *text, size_t len,
		    char *buf, size_t size)
{
	struct option_reader r;
	struct option o;
	u32 nr = 0;

	option_reader_init(&r, form, text, len);
	while (option_next(&r, &o)) {
		char name[32], where[16] = "";
		size_t n = min(o.name_len, sizeof(name) - 1);

		if (o.fault == OPTION_OK)
			continue;
		nr++;
		for (size_t i = 0; i < n; i++)
			name[i] = o.name[i] >= 32 && o.name[i] < 127 ? o.name[i] : '?';
		name[n] = '\0';
		if (form == OPTION_LINES)
			fmt_print(where, sizeof(where), ":%u", o.line);
		append(buf, size, "%s%s%s: %s '%s'", buf[0] ? "\n" : "", origin, where,
		       fault_text(o.fault), name);
	}
	return nr;
}

void option_list(char *buf, size_t size)
{
	append(buf, size, "%sknown options are ", buf[0] ? "\n" : "");
	for (u32 i = 0; i < ARRAY_SIZE(known); i++)
		append(buf, size, "%s%s", i ? ", " : "", known[i].name);
}

/* ---- load options ------------------------------------------------------------------------ */

int option_decode(const void *bytes, size_t size, char *buf, size_t buf_size, size_t *ret_len)
{
	const u8 *p = bytes;
	size_t width = size >= 2 && !p[1] ? 2 : 1, n = 0;

	for (; size - n * width >= width; n++) {
		const u8 *c = p + n * width;

		if (!c[0] && (width == 1 || !c[1]))
			break;
		if ((width == 2 && c[1]) || c[0] > 126 ||
		    (c[0] < 32 && !is_blank((char)c[0]) && c[0] != '\n'))
			return -EINVAL;
		if (n + 1 >= buf_size)
			return -E2BIG;
	}
	for (size_t i = 0; i < n; i++)
		buf[i] = (char)p[i * width];
	buf[n] = '\0';
	*ret_len = n;
	return 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool ends_in(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	if (len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (lower(s[len - n + i]) != end[i])
			return false;
	}
	return true;
}

size_t option_program_name(const char *text, size_t len, bool from_shell)
{
	size_t start = 0, end, after, base;
	bool quoted;

	while (start < len && is_blank(text[start]))
		start++;
	quoted = start < len && text[start] == '"';
	start += quoted;
	for (end = start; end < len; end++) {
		if (quoted ? text[end] == '"' : is_blank(text[end]))
			break;
	}
	after = quoted && end < len ? end + 1 : end;
	for (base = end; base > start; base--) {
		if (text[base - 1] == '\\' || text[base - 1] == '/' || text[base - 1] == ':')
			break;
	}
	if (from_shell || ends_in(text + start, end - start, ".efi") ||
	    (end - base == 9 && ends_in(text + base, 9, "tablewalk")))
		return after;
	return 0;
}
