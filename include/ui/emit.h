/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * One vocabulary of events for every view: objects, lists, and fields with a name and a unit. A
 * view is written once; the writer behind decides what becomes of the events. The text writer
 * prints what emit_text() gives it and ignores the structure; the JSON and CSV writers print the
 * structure and ignore emit_text(). In CSV (RFC 4180) an object in a list is a row and its fields
 * are columns, or the outermost object when it has no lists; what lies deeper is left out.
 */
#ifndef UI_EMIT_H
#define UI_EMIT_H

#include "kernel.h"

enum emit_format { EMIT_TEXT, EMIT_JSON, EMIT_CSV };

/* The row that is being collected, and the header that stands above it. */
struct emit_csv {
	u32 row_depth; /* depth inside the row's object; 0: no row */
	u64 header;    /* hash of the column names that were printed last; 0: none */
	u32 names_len, row_len;
	char names[512], row[1024];
};

struct emit {
	enum emit_format format;
	/* Takes n bytes; non-zero means "stop": the reader pressed Esc or the medium is full. */
	int (*write)(void *ctx, const char *s, size_t n);
	void *ctx;
	bool stopped;
	u32 depth;
	u64 has_member; /* bit per depth: a member was written, so a comma is due; bit 0: a value */
	u64 is_list;	/* bit per depth */
	struct emit_csv csv;
};

void emit_init(struct emit *e, enum emit_format format,
	       int (*write)(void *ctx, const char *s, size_t n), void *ctx);

/* Name is NULL for the outermost value and inside lists. Depth is at most 60. */
void emit_object(struct emit *e, const char *name);
void emit_list(struct emit *e, const char *name);
void emit_end(struct emit *e); /* of the innermost; the outermost ends with a newline */
/* Ends all that is open, for a view that broke off. True if there was any value at all. */
bool emit_close(struct emit *e);

void emit_num(struct emit *e, const char *name, u64 value); /* a count */
void emit_int(struct emit *e, const char *name, s64 value);
void emit_hex(struct emit *e, const char *name, u64 value);	    /* an address: "0x..." */
void emit_str(struct emit *e, const char *name, const char *value); /* any bytes; NULL: null */
void emit_bool(struct emit *e, const char *name, bool value);

/* Text only, up to 511 bytes a call ("..." marks the rest). Views must stop when emit_stopped()
 * says so; writing then does nothing. */
void emit_text(struct emit *e, const char *fmt, ...) __printf(2, 3);
static inline bool emit_stopped(const struct emit *e)
{
	return e->stopped;
}

#endif
