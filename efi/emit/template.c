/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Templates of lines: ui/emit.h has the grammar. */
#include "lib.h"
#include "writer.h"

#define SPEC_MAX  16
#define LABEL_MAX 32 /* of a label, or of what stands for nothing */

/* ---- reading ----------------------------------------------------------------------------- */

/* The letters up to the first of `ends`; *s moves to that one. */
static struct emit_span take_until(const char **s, const char *ends)
{
	struct emit_span span = {*s, 0};

	for (; **s; ++*s, span.len++) {
		for (const char *end = ends; *end; end++) {
			if (**s == *end)
				return span;
		}
	}
	return span;
}

/* Past the letter if it stands there. */
static bool take(const char **s, char letter)
{
	if (**s != letter)
		return false;
	++*s;
	return true;
}

static bool is_unit(char c)
{
	return c == 'x' || c == 'X' || c == 'S' || c == 'K' || c == 'M';
}

/* Past the digits there. */
static const char *skip_digits(const char *s)
{
	while (*s >= '0' && *s <= '9')
		s++;
	return s;
}

static bool is_flag(char c)
{
	return c == '-' || c == '#' || c == '0' || c == '+' || c == ' ';
}

/* Flags, a width, a precision: each may be missing. */
static bool is_conversion(const char *s)
{
	while (is_flag(*s))
		s++;
	s = skip_digits(s);
	if (*s == '.')
		s = skip_digits(s + 1);
	return !*s;
}

static void take_spec(const char **s, struct emit_piece *ret)
{
	struct emit_span spec = take_until(s, "~!}");

	if (spec.len && is_unit(spec.s[spec.len - 1]))
		ret->unit = spec.s[--spec.len];
	ASSERT(spec.len < sizeof(ret->flags), "a conversion of %u letters", spec.len);
	memcpy(ret->flags, spec.s, spec.len);
	ret->flags[spec.len] = '\0';
	ASSERT(is_conversion(ret->flags), "`%s` is no conversion", ret->flags);
}

static void take_field(const char **s, struct emit_piece *ret)
{
	ret->key = take_until(s, "=?:~!}");
	ret->label = take(s, '=') ? take_until(s, "?:~!}") : ret->key;
	ret->truth = take(s, '?');
	if (ret->truth) {
		ret->yes = take_until(s, "|}");
		if (take(s, '|'))
			ret->no = take_until(s, "}");
	}
	if (take(s, ':'))
		take_spec(s, ret);
	ret->has_other = take(s, '~');
	if (ret->has_other)
		ret->other = take_until(s, "!}");
	ret->hidden = take(s, '!');
	ASSERT(ret->label.len < LABEL_MAX && ret->other.len < LABEL_MAX, "a label of %u letters",
	       max(ret->label.len, ret->other.len));
}

bool emit_next_piece(const char **template, struct emit_piece *ret)
{
	const char *start = *template;

	*ret = (struct emit_piece){0};
	if (!*start)
		return false;
	if (start[0] == '{' && start[1] == '{') {
		ret->literal = (struct emit_span){start, 1};
		*template += 2;
	} else if (start[0] != '{') {
		ret->literal = take_until(template, "{");
	} else {
		++*template;
		take_field(template, ret);
		ASSERT(take(template, '}'), "`%s`: a field that does not end", start);
	}
	return true;
}

/* ---- printing ---------------------------------------------------------------------------- */

static void spec_of(const struct emit_piece *piece, const char *conversion, char spec[SPEC_MAX + 8])
{
	fmt_print(spec, SPEC_MAX + 8, "%%%s%s", piece->flags, conversion);
}

static void print_text(const struct emit_piece *piece, const char *text, char *buf, size_t size)
{
	char spec[SPEC_MAX + 8], other[LABEL_MAX];

	if (piece->has_other && (!text || !*text)) {
		fmt_print(other, sizeof(other), "%.*s", (int)piece->other.len, piece->other.s);
		text = other;
	}
	spec_of(piece, "s", spec);
	fmt_print(buf, size, spec, text ? text : "?");
}

static void print_number(const struct emit_piece *piece, const struct emit_value *value, char *buf,
			 size_t size)
{
	u64 scale = piece->unit == 'K' ? KiB : piece->unit == 'M' ? MiB : 1;
	bool is_signed = value->kind == EMIT_VALUE_INT;
	char spec[SPEC_MAX + 8];

	if (piece->unit == 'x' || piece->unit == 'X')
		spec_of(piece, piece->unit == 'x' ? "llx" : "llX", spec);
	else
		spec_of(piece, is_signed ? "lld" : "llu", spec);
	fmt_print(buf, size, spec,
		  is_signed ? (u64)(value->sint / (s64)scale) : value->num / scale);
}

static bool is_true(const struct emit_value *value)
{
	return value->kind == EMIT_VALUE_STR ? value->str && *value->str : value->num != 0;
}

void emit_piece_text(const struct emit_piece *piece, const struct emit_value *value, char *buf,
		     size_t size)
{
	char number[24];

	buf[0] = '\0';
	if (piece->hidden)
		return;
	if (piece->truth) {
		const struct emit_span *text = is_true(value) ? &piece->yes : &piece->no;

		fmt_print(buf, size, "%.*s", (int)text->len, text->s);
	} else if (value->kind == EMIT_VALUE_STR) {
		print_text(piece, value->str, buf, size);
	} else if (piece->unit == 'S') {
		print_text(piece, fmt_size(number, value->num), buf, size);
	} else {
		print_number(piece, value, buf, size);
	}
}

/* The width in a conversion's flags, negative to the left; 0: none. */
static int width_of(const struct emit_piece *piece)
{
	const char *s = piece->flags;
	bool left = false;
	int width = 0;

	for (; is_flag(*s); s++)
		left |= *s == '-';
	for (; *s >= '0' && *s <= '9'; s++)
		width = width * 10 + (*s - '0');
	return left ? -width : width;
}

void emit_piece_label(const struct emit_piece *piece, char *buf, size_t size)
{
	int width = width_of(piece);
	char label[LABEL_MAX];

	buf[0] = '\0';
	if (piece->hidden || piece->truth)
		return;
	fmt_print(label, sizeof(label), "%.*s", (int)piece->label.len, piece->label.s);
	fmt_print(buf, size, width < 0 ? "%-*s" : "%*s", width < 0 ? -width : width, label);
}
