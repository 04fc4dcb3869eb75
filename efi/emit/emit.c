/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Events in, text or JSON (RFC 8259) out; CSV is in emit_csv.c. */
#include "emit_csv.h"
#include "lib.h"

#define MAX_DEPTH 60
#define TEXT_MAX  512

void emit_init(struct emit *e, enum emit_format format,
	       int (*write)(void *ctx, const char *s, size_t n), void *ctx)
{
	*e = (struct emit){.format = format, .write = write, .ctx = ctx};
}

static void out(struct emit *e, const char *s, size_t n)
{
	if (!e->stopped && n && e->write(e->ctx, s, n))
		e->stopped = true;
}

static void puts_out(struct emit *e, const char *s)
{
	out(e, s, strlen(s));
}

void emit_text(struct emit *e, const char *fmt, ...)
{
	char buf[TEXT_MAX];
	va_list ap;
	int n;

	if (e->format != EMIT_TEXT || e->stopped)
		return;
	va_start(ap, fmt);
	n = fmt_vprint(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if ((size_t)n >= sizeof(buf)) { /* the end of the line must not get lost */
		memcpy(&buf[sizeof(buf) - 5], "...\n", 4);
		n = sizeof(buf) - 1;
	}
	out(e, buf, (size_t)n);
}

/* ---- JSON -------------------------------------------------------------------------------- */

static bool is_plain(u8 c)
{
	return c >= 32 && c < 127 && c != '"' && c != '\\';
}

/* A string with everything escaped that is not plain ASCII; bytes above 127 count as Latin-1. */
static void json_string(struct emit *e, const char *s)
{
	puts_out(e, "\"");
	while (*s) {
		size_t plain = 0;
		char buf[8];

		while (is_plain((u8)s[plain]))
			plain++;
		out(e, s, plain);
		s += plain;
		if (!*s)
			break;
		fmt_print(buf, sizeof(buf), *s == '"' || *s == '\\' ? "\\%c" : "\\u%04x", (u8)*s);
		puts_out(e, buf);
		s++;
	}
	puts_out(e, "\"");
}

/* What stands before a member: a comma where one is due, the name in an object. Objects in a list
 * begin on a line of their own, so that lines can be searched and compared. */
static void json_member(struct emit *e, const char *name, bool structure)
{
	u64 bit = 1ULL << e->depth;

	if (e->depth && e->has_member & bit)
		puts_out(e, structure && e->is_list & bit ? ",\n" : ", ");
	e->has_member |= bit;
	if (!e->depth)
		return;
	if (!(e->is_list & bit)) {
		json_string(e, name ? name : "");
		puts_out(e, ": ");
	}
}

static void open_level(struct emit *e, const char *name, bool list)
{
	if (e->format == EMIT_TEXT)
		return;
	ASSERT(e->depth < MAX_DEPTH, "depth %u", e->depth);
	if (e->format == EMIT_JSON) {
		json_member(e, name, true);
		puts_out(e, list ? "[" : "{");
	} else {
		csv_open(e, list);
	}
	e->depth++;
	e->has_member &= ~(1ULL << e->depth);
	e->is_list = (e->is_list & ~(1ULL << e->depth)) | (u64)list << e->depth;
}

void emit_object(struct emit *e, const char *name)
{
	open_level(e, name, false);
}

void emit_list(struct emit *e, const char *name)
{
	open_level(e, name, true);
}

void emit_end(struct emit *e)
{
	if (e->format == EMIT_TEXT)
		return;
	ASSERT(e->depth, "emit_end() without a beginning");
	if (e->format == EMIT_CSV) {
		csv_end(e);
		e->depth--;
		return;
	}
	puts_out(e, e->is_list >> e->depth & 1 ? "]" : "}");
	if (--e->depth == 0)
		puts_out(e, "\n");
}

bool emit_close(struct emit *e)
{
	while (e->depth)
		emit_end(e);
	return e->has_member & 1;
}

/* A value that needs no quotes; quoted says that JSON wants them all the same. */
static void raw(struct emit *e, const char *name, const char *value, bool quoted)
{
	if (e->format == EMIT_CSV) {
		csv_field(e, name, value);
		return;
	}
	json_member(e, name, false);
	puts_out(e, quoted ? "\"" : "");
	puts_out(e, value);
	puts_out(e, quoted ? "\"" : "");
	if (!e->depth)
		puts_out(e, "\n");
}

void emit_num(struct emit *e, const char *name, u64 value)
{
	char buf[24];

	if (e->format == EMIT_TEXT)
		return;
	fmt_print(buf, sizeof(buf), "%llu", value);
	raw(e, name, buf, false);
}

void emit_int(struct emit *e, const char *name, s64 value)
{
	char buf[24];

	if (e->format == EMIT_TEXT)
		return;
	fmt_print(buf, sizeof(buf), "%lld", value);
	raw(e, name, buf, false);
}

void emit_hex(struct emit *e, const char *name, u64 value)
{
	char buf[24];

	if (e->format == EMIT_TEXT)
		return;
	fmt_print(buf, sizeof(buf), "0x%llx", value);
	raw(e, name, buf, true);
}

void emit_str(struct emit *e, const char *name, const char *value)
{
	if (e->format == EMIT_TEXT)
		return;
	if (e->format == EMIT_CSV) {
		csv_field(e, name, value ? value : "");
		return;
	}
	json_member(e, name, false);
	if (value)
		json_string(e, value);
	else
		puts_out(e, "null");
	if (!e->depth)
		puts_out(e, "\n");
}

void emit_bool(struct emit *e, const char *name, bool value)
{
	if (e->format != EMIT_TEXT)
		raw(e, name, value ? "true" : "false", false);
}
