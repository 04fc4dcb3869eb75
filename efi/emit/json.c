/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* JSON (RFC 8259). Objects in a list begin on lines of their own, so that lines can be compared. */
#include "lib.h"
#include "writer.h"

static bool is_plain(u8 c)
{
	return c >= 32 && c < 127 && c != '"' && c != '\\';
}

/* A string with everything escaped that is not plain ASCII; bytes above 127 count as Latin-1. */
static void put_string(struct emit *e, const char *s)
{
	emit_puts(e, "\"");
	while (*s) {
		size_t plain = 0;
		char buf[8];

		while (is_plain((u8)s[plain]))
			plain++;
		emit_write(e, s, plain);
		s += plain;
		if (!*s)
			break;
		fmt_print(buf, sizeof(buf), *s == '"' || *s == '\\' ? "\\%c" : "\\u%04x", (u8)*s);
		emit_puts(e, buf);
		s++;
	}
	emit_puts(e, "\"");
}

/* What stands before a member: a comma where one is due, and in an object its name. */
static void begin_member(struct emit *e, const char *name, bool structure)
{
	u64 bit = 1ULL << e->depth;

	if (e->depth && e->has_member & bit)
		emit_puts(e, structure && emit_in_list(e) ? ",\n" : ", ");
	e->has_member |= bit;
	if (!e->depth || emit_in_list(e))
		return;
	put_string(e, name ? name : "");
	emit_puts(e, ": ");
}

static void end_line(struct emit *e, u32 depth)
{
	if (!depth)
		emit_puts(e, "\n");
}

static void json_open(struct emit *e, const char *name, bool list)
{
	begin_member(e, name, true);
	emit_puts(e, list ? "[" : "{");
}

static void json_close(struct emit *e, bool list)
{
	emit_puts(e, list ? "]" : "}");
	end_line(e, e->depth - 1);
}

static void json_value(struct emit *e, const char *name, enum emit_type type,
		       const struct emit_value *value)
{
	char buf[EMIT_VALUE_TEXT];
	const char *text = emit_value_text(buf, type, value);

	begin_member(e, name, false);
	if (!text)
		emit_puts(e, "null");
	else if (type == EMIT_STR || type == EMIT_HEX)
		put_string(e, text);
	else
		emit_puts(e, text);
	end_line(e, e->depth);
}

const struct emit_writer emit_json_writer = {json_open, json_close, json_value, NULL};
