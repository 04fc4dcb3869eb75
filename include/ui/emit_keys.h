/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The names of all fields, objects and lists of all views: each with one type, unit and meaning. */
#ifndef UI_EMIT_KEYS_H
#define UI_EMIT_KEYS_H

#include "kernel.h"

enum emit_type {
	EMIT_NUM,    /* a count: JSON number */
	EMIT_INT,    /* the same, may be negative */
	EMIT_HEX,    /* an address or a word of bits: JSON string "0x..." */
	EMIT_STR,    /* text */
	EMIT_BOOL,   /* a truth */
	EMIT_OBJECT, /* members follow */
	EMIT_LIST,   /* elements follow */
};

struct emit_key {
	const char *name;
	enum emit_type type;
	const char *unit; /* "pages", "bytes", ...; "" where there is none */
	const char *text; /* what it is, in one line without a full stop */
};

/* All keys by number, those of numbers first, each kind sorted by name. NULL after the last. */
const struct emit_key *emit_key_at(u32 i);

/* The key of a name (of `len` bytes). NULL: there is none. */
const struct emit_key *emit_key_find(const char *name, u32 len);

/* A text of a type as JSON Schema has it: "integer", "string", ... */
const char *emit_type_name(enum emit_type type);

#endif
