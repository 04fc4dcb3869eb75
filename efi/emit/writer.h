/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a writer is: events in, bytes out. One file each; emit.c calls them. */
#ifndef EFI_EMIT_WRITER_H
#define EFI_EMIT_WRITER_H

#include "ui/emit.h"
#include "ui/emit_keys.h"

struct emit_writer {
	/* An object or list begins or ends; e->depth is that of what is around it. */
	void (*open)(struct emit *e, const char *name, bool list);
	void (*close)(struct emit *e, bool list);
	/* A member of the innermost object, or an element of the innermost list. */
	void (*value)(struct emit *e, const char *name, enum emit_type type,
		      const struct emit_value *value);
	/* NULL for writers that print no text. */
	void (*text)(struct emit *e, const char *s, size_t n);
};

extern const struct emit_writer emit_text_writer, emit_json_writer, emit_csv_writer,
	emit_schema_writer;

/* Bytes for the reader. */
void emit_write(struct emit *e, const char *s, size_t n);
void emit_puts(struct emit *e, const char *s);

/* Is the innermost of what is open a list? */
static inline bool emit_in_list(const struct emit *e)
{
	return e->depth && e->is_list >> e->depth & 1;
}

/* A value in letters, as JSON and CSV have it but for quotes; `buf` holds 24 bytes. NULL: null. */
#define EMIT_VALUE_TEXT 24
const char *emit_value_text(char *buf, enum emit_type type, const struct emit_value *value);

/* ---- templates --------------------------------------------------------------------------- */

struct emit_span {
	const char *s;
	u32 len;
};

/* One piece of a template: letters as they are, or a field. */
struct emit_piece {
	struct emit_span literal; /* len 0: a field */
	struct emit_span key, label, yes, no, other;
	bool truth, has_other, hidden;
	char flags[12]; /* of the conversion: flags, width, precision */
	char unit;	/* x X S K M, or 0 */
};

/* The next piece of *template, which moves on past it. False: it is at its end. A template that
 * cannot be read is an assertion. */
bool emit_next_piece(const char **template, struct emit_piece *ret);
/* A field's value as text. */
void emit_piece_text(const struct emit_piece *piece, const struct emit_value *value, char *buf,
		     size_t size);
/* The label of its column, as wide as the column. */
void emit_piece_label(const struct emit_piece *piece, char *buf, size_t size);

#endif
