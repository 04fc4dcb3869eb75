/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A description of what a view emits, as JSON Schema (draft 2020-12): the schema writer watches
 * one run of the view or several, and remembers every object, list and field with its place.
 */
#ifndef UI_EMIT_SCHEMA_H
#define UI_EMIT_SCHEMA_H

#include "ui/emit.h"
#include "ui/emit_keys.h"

#define EMIT_SCHEMA_NODES 400
#define EMIT_SCHEMA_NAME  40

struct emit_schema_node {
	char name[EMIT_SCHEMA_NAME]; /* "" for elements of lists and the outermost value */
	enum emit_type type;
	bool nullable;
	u32 parent; /* its own index for the outermost ones */
};

struct emit_schema {
	u32 nr;
	u32 at; /* what is open; EMIT_SCHEMA_NODES: nothing */
	struct emit_schema_node node[EMIT_SCHEMA_NODES];
};

/* Forgets everything. */
void emit_schema_init(struct emit_schema *schema);
/* An emit whose events go into the schema; nothing is written. */
void emit_schema_watch(struct emit *e, struct emit_schema *schema);
/* The schema as one value; `out` must write JSON. title: what it is of. */
void emit_schema_show(const struct emit_schema *schema, const char *title, struct emit *out);
/* All keys, each as a schema of its own under "$defs". `out` must write JSON. */
void emit_schema_keys(struct emit *out);

#endif
