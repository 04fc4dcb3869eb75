/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Events in; the writer that was chosen gets them. */
#include "lib.h"
#include "writer.h"

#define MAX_DEPTH 60
#define TEXT_MAX  512

static const struct emit_writer *const writers[] = {
	[EMIT_TEXT] = &emit_text_writer,
	[EMIT_JSON] = &emit_json_writer,
	[EMIT_CSV] = &emit_csv_writer,
	[EMIT_SCHEMA] = &emit_schema_writer,
};

void emit_init(struct emit *e, enum emit_format format,
	       int (*write)(void *ctx, const char *s, size_t n), void *ctx)
{
	*e = (struct emit){.format = format, .writer = writers[format], .write = write, .ctx = ctx};
}

void emit_write(struct emit *e, const char *s, size_t n)
{
	if (!e->stopped && n && e->write(e->ctx, s, n))
		e->stopped = true;
}

void emit_puts(struct emit *e, const char *s)
{
	emit_write(e, s, strlen(s));
}

/* ---- structure --------------------------------------------------------------------------- */

static void open_level(struct emit *e, const char *name, bool list)
{
	u64 bit;

	ASSERT(e->depth < MAX_DEPTH, "depth %u", e->depth);
	e->writer->open(e, name, list);
	e->depth++;
	bit = 1ULL << e->depth;
	e->has_member &= ~bit;
	e->is_list = list ? e->is_list | bit : e->is_list & ~bit;
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
	ASSERT(e->depth, "emit_end() without a beginning");
	e->writer->close(e, emit_in_list(e));
	e->depth--;
}

bool emit_close(struct emit *e)
{
	while (e->depth)
		emit_end(e);
	return e->has_member & 1;
}

/* ---- values ------------------------------------------------------------------------------ */

const char *emit_value_text(char *buf, enum emit_type type, const struct emit_value *value)
{
	if (value->kind == EMIT_VALUE_STR)
		return value->str;
	if (type == EMIT_BOOL)
		return value->num ? "true" : "false";
	fmt_print(buf, EMIT_VALUE_TEXT,
		  type == EMIT_HEX		  ? "0x%llx"
		  : value->kind == EMIT_VALUE_INT ? "%lld"
						  : "%llu",
		  value->num);
	return buf;
}

/* A caller that gives a text for a number, or a name that is in no table, is wrong. */
static void put_value(struct emit *e, const struct emit_span *name, const struct emit_value *value)
{
	const struct emit_key *key = emit_key_find(name->s, name->len);
	bool is_text = value->kind == EMIT_VALUE_STR;

	ASSERT(key, "%.*s is not found in the tables of keys (efi/emit), which are sorted",
	       (int)name->len, name->s);
	ASSERT(key->type < EMIT_OBJECT, "%s: no key of a field", key->name);
	ASSERT(is_text == (key->type == EMIT_STR) || (is_text && !value->str),
	       "%s: a value of the wrong type", key->name);
	e->writer->value(e, key->name, key->type, value);
}

void emit_field_value(struct emit *e, const char *key, struct emit_value value)
{
	const struct emit_span name = {key, (u32)strlen(key)};

	if (e->format != EMIT_TEXT)
		put_value(e, &name, &value);
}

void emit_counter(struct emit *e, const char *name, u64 value)
{
	const struct emit_value number = emit_value_num(value);

	e->writer->value(e, name, EMIT_NUM, &number);
}

static void put_piece(struct emit *e, const struct emit_piece *piece,
		      const struct emit_value *value)
{
	char buf[TEXT_MAX];

	if (e->writer->text) {
		emit_piece_text(piece, value, buf, sizeof(buf));
		if (strlen(buf) == sizeof(buf) - 1)
			memcpy(&buf[sizeof(buf) - 4], "...", 3);
		e->writer->text(e, buf, strlen(buf));
	}
	if (piece->key.len && e->format != EMIT_TEXT)
		put_value(e, &piece->key, value);
}

void emit_put_values(struct emit *e, const char *template, u32 nr, const struct emit_value *value)
{
	const char *rest = template;
	struct emit_piece piece;
	u32 i = 0;

	while (!e->stopped && emit_next_piece(&rest, &piece)) {
		if (piece.literal.len) {
			if (e->writer->text)
				e->writer->text(e, piece.literal.s, piece.literal.len);
			continue;
		}
		ASSERT(i < nr, "%u values are too few for `%s`", nr, template);
		put_piece(e, &piece, &value[i++]);
	}
	ASSERT(e->stopped || i == nr, "%u values are too many for `%s`", nr, template);
}

void emit_row_values(struct emit *e, const char *template, u32 nr, const struct emit_value *value)
{
	emit_object(e, NULL);
	emit_put_values(e, template, nr, value);
	emit_end(e);
}

/* ---- text -------------------------------------------------------------------------------- */

void emit_text(struct emit *e, const char *fmt, ...)
{
	char buf[TEXT_MAX];
	va_list ap;
	int n;

	if (!e->writer->text || e->stopped)
		return;
	va_start(ap, fmt);
	n = fmt_vprint(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if ((size_t)n >= sizeof(buf)) { /* the end of the line must not get lost */
		memcpy(&buf[sizeof(buf) - 5], "...\n", 4);
		n = sizeof(buf) - 1;
	}
	e->writer->text(e, buf, (size_t)n);
}

/* The literal letters of a row have no place above its columns: blanks stand for them. */
static void head_literal(struct emit *e, const struct emit_span *literal)
{
	for (u32 i = 0; i < literal->len; i++)
		e->writer->text(e, literal->s[i] == '\n' ? "\n" : " ", 1);
}

void emit_table(struct emit *e, const char *name, const char *template)
{
	struct emit_piece piece;
	char buf[TEXT_MAX];

	while (e->writer->text && emit_next_piece(&template, &piece)) {
		if (piece.literal.len) {
			head_literal(e, &piece.literal);
			continue;
		}
		emit_piece_label(&piece, buf, sizeof(buf));
		e->writer->text(e, buf, strlen(buf));
	}
	emit_list(e, name);
}
