/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* clang-format off */
/*
 * One vocabulary of events for every view: objects, lists, fields, lines of text with fields in
 * them. A view is written once; the writer decides what becomes of the events: text prints the
 * lines, JSON and CSV the structure, the schema writer describes the structure.
 *
 *	emit_put(out, "page frame {pfn:#x}  node {node}  zone {zone}\n", pfn, nid, name);
 *
 * is a line of text, and three members of the object that is open. Each {field} takes a value:
 *
 *	{key}			the value as it is: a number, an address, a text
 *	{key:spec}		as printf's %spec: flags, width, precision, then a letter: x
 *				or X for hexadecimal, S for a size ("2M"), K or M for KiB or MiB
 *	{key=label:spec}	label heads the column of a table; without it key does
 *	{key?yes|no}		a truth: one of two texts; "|no" may be left out
 *	{key:spec~else}		text shows `else` for NULL or an empty text; without it "?" for NULL
 *	{key!}			in the structure only
 *	{:spec}			in the text only
 *
 * {{ stands for a brace; NULL is null in JSON. Keys are those of efi/emit/key_*.c, which say the
 * type, unit and meaning of each once; a key means the same in all views. In CSV (RFC 4180) an
 * object in a list is a row and its fields are columns, or the outermost object when it has no
 * lists; a value that is in a list itself is a row of one column. What lies deeper is left out.
 */
/* clang-format on */
#ifndef UI_EMIT_H
#define UI_EMIT_H

#include "kernel.h"

enum emit_format { EMIT_TEXT, EMIT_JSON, EMIT_CSV, EMIT_SCHEMA };

struct emit_writer;
struct emit_schema;

/* The row that is being collected, and the header above it. */
struct emit_csv {
	u32 row_depth; /* depth inside the row's object; 0: no row */
	u64 header;    /* hash of the column names that were printed last; 0: none */
	u32 names_len, row_len;
	char names[512], row[1024];
};

struct emit {
	enum emit_format format;
	const struct emit_writer *writer;
	/* Takes n bytes; non-zero means "stop": the reader pressed Esc or the medium is full. */
	int (*write)(void *ctx, const char *s, size_t n);
	void *ctx;
	bool stopped;
	u32 depth;
	u64 has_member; /* bit per depth: a comma goes before the next member; bit 0: a value */
	u64 is_list;	/* bit per depth */
	struct emit_csv csv;
	struct emit_schema *schema; /* what the schema writer has seen */
};

/* For text, JSON and CSV; the schema writer has emit_schema_init(). */
void emit_init(struct emit *e, enum emit_format format,
	       int (*write)(void *ctx, const char *s, size_t n), void *ctx);

/* ---- structure --------------------------------------------------------------------------- */

/* Name is NULL for the outermost value and inside lists. Depth is at most 60. */
void emit_object(struct emit *e, const char *name);
void emit_list(struct emit *e, const char *name);
void emit_end(struct emit *e); /* closes the innermost; the outermost gets a newline */
/* Closes all that is open, after a view that did not finish. True if there was any value. */
bool emit_close(struct emit *e);

/* ---- values ------------------------------------------------------------------------------ */

enum emit_kind { EMIT_VALUE_NUM, EMIT_VALUE_INT, EMIT_VALUE_STR };

struct emit_value {
	enum emit_kind kind;
	union {
		u64 num;
		s64 sint;
		const char *str;
	};
};

/* A line, or a part of one, with its fields. In a list the fields are its elements. */
#define emit_put(e, template, ...)                                                                 \
	emit_put_values(e, template, EMIT_COUNT(__VA_ARGS__), EMIT_VALUES(__VA_ARGS__))
/* A row of a table: an object in the list that is open, with these fields. */
#define emit_row(e, template, ...)                                                                 \
	emit_row_values(e, template, EMIT_COUNT(__VA_ARGS__), EMIT_VALUES(__VA_ARGS__))
/* One field without any text. */
#define emit_field(e, key, value) emit_field_value(e, key, EMIT_VALUE(value))

/* Begins a list of rows like this template: in text a line with the label of each column. */
void emit_table(struct emit *e, const char *name, const char *template);

/* A number under a name that Linux gives it (vmstat, meminfo): such names are not in keys.c. */
void emit_counter(struct emit *e, const char *name, u64 value);

/* Text only, up to 511 bytes a call ("..." marks the rest). */
void emit_text(struct emit *e, const char *fmt, ...) __printf(2, 3);

/* Views must stop when this says so; writing then does nothing. */
static inline bool emit_stopped(const struct emit *e)
{
	return e->stopped;
}

/* ---- what the macros call ---------------------------------------------------------------- */

void emit_put_values(struct emit *e, const char *template, u32 nr, const struct emit_value *value);
void emit_row_values(struct emit *e, const char *template, u32 nr, const struct emit_value *value);
void emit_field_value(struct emit *e, const char *key, struct emit_value value);

static inline struct emit_value emit_value_num(u64 v)
{
	return (struct emit_value){.kind = EMIT_VALUE_NUM, .num = v};
}

static inline struct emit_value emit_value_int(s64 v)
{
	return (struct emit_value){.kind = EMIT_VALUE_INT, .sint = v};
}

static inline struct emit_value emit_value_str(const char *v)
{
	return (struct emit_value){.kind = EMIT_VALUE_STR, .str = v};
}

static inline struct emit_value emit_value_ptr(const void *v)
{
	return emit_value_num((u64)(uintptr_t)v);
}

/* clang-format off */
#define EMIT_VALUE(v)                                                                              \
	_Generic((v), char *: emit_value_str, const char *: emit_value_str,                        \
		 void *: emit_value_ptr, const void *: emit_value_ptr,                             \
		 signed char: emit_value_int, short: emit_value_int, int: emit_value_int,          \
		 long: emit_value_int, long long: emit_value_int, default: emit_value_num)(v)
/* clang-format on */

#define EMIT_VALUES(...)                                                                           \
	(const struct emit_value[])                                                                \
	{                                                                                          \
		EMIT_CAT(EMIT_MAP_, EMIT_COUNT(__VA_ARGS__))                                       \
		(__VA_ARGS__)                                                                      \
	}

#include "ui/emit_args.h"

#endif
