/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The schema writer: remembers the structure of what views emit, and shows it as JSON Schema. */
#include "ui/emit_schema.h"

#include "lib.h"
#include "writer.h"

#define NOWHERE EMIT_SCHEMA_NODES

void emit_schema_init(struct emit_schema *schema)
{
	schema->nr = 0;
	schema->at = NOWHERE;
}

static int forget(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	(void)s;
	(void)n;
	return 0;
}

void emit_schema_watch(struct emit *e, struct emit_schema *schema)
{
	emit_init(e, EMIT_SCHEMA, forget, NULL);
	e->schema = schema;
}

/* ---- watching ---------------------------------------------------------------------------- */

static bool is_child(const struct emit_schema *s, u32 i, u32 parent)
{
	return parent == NOWHERE ? s->node[i].parent == i
				 : i != parent && s->node[i].parent == parent;
}

/* The child of what is open with this name and type; it is added when it is new. */
static struct emit_schema_node *child(struct emit_schema *s, const char *name, enum emit_type type)
{
	struct emit_schema_node *node;

	for (u32 i = 0; i < s->nr; i++) {
		node = &s->node[i];
		if (is_child(s, i, s->at) && node->type == type && !strcmp(node->name, name))
			return node;
	}
	ASSERT(s->nr < EMIT_SCHEMA_NODES, "a view with more than %u fields", EMIT_SCHEMA_NODES);
	ASSERT(strlen(name) < sizeof(node->name), "%s: too long a name", name);
	node = &s->node[s->nr];
	*node = (struct emit_schema_node){.type = type, .parent = s->at == NOWHERE ? s->nr : s->at};
	fmt_print(node->name, sizeof(node->name), "%s", name);
	s->nr++;
	return node;
}

static void schema_open(struct emit *e, const char *name, bool list)
{
	struct emit_schema *s = e->schema;
	bool named = name && !emit_in_list(e);

	s->at = (u32)(child(s, named ? name : "", list ? EMIT_LIST : EMIT_OBJECT) - s->node);
}

static void schema_close(struct emit *e, bool list)
{
	struct emit_schema *s = e->schema;
	u32 parent = s->node[s->at].parent;

	(void)list;
	s->at = parent == s->at ? NOWHERE : parent;
	e->has_member |= 1;
}

static void schema_value(struct emit *e, const char *name, enum emit_type type,
			 const struct emit_value *value)
{
	/* An element of a list keeps its key: it tells the type, unit and meaning. */
	struct emit_schema_node *node = child(e->schema, name, type);

	node->nullable |= value->kind == EMIT_VALUE_STR && !value->str;
}

const struct emit_writer emit_schema_writer = {schema_open, schema_close, schema_value, NULL};

/* ---- showing ----------------------------------------------------------------------------- */

const char *emit_type_name(enum emit_type type)
{
	static const char *const names[] = {
		[EMIT_NUM] = "integer", [EMIT_INT] = "integer",	 [EMIT_HEX] = "string",
		[EMIT_STR] = "string",	[EMIT_BOOL] = "boolean", [EMIT_OBJECT] = "object",
		[EMIT_LIST] = "array",
	};

	return names[type];
}

static void show_str(struct emit *out, const char *name, const char *text)
{
	const struct emit_value value = emit_value_str(text);

	out->writer->value(out, name, EMIT_STR, &value);
}

static void show_type(struct emit *out, enum emit_type type, bool nullable)
{
	if (nullable) {
		emit_list(out, "type");
		show_str(out, NULL, emit_type_name(type));
		show_str(out, NULL, "null");
		emit_end(out);
	} else {
		show_str(out, "type", emit_type_name(type));
	}
	if (type == EMIT_HEX)
		show_str(out, "pattern", "^0x[0-9a-f]+$");
	if (type == EMIT_NUM)
		emit_counter(out, "minimum", 0);
}

static void show_meaning(struct emit *out, const char *name, enum emit_type type)
{
	const struct emit_key *key = emit_key_find(name, (u32)strlen(name));

	if (!key || key->type != type)
		return;
	show_str(out, "description", key->text);
	if (key->unit[0])
		show_str(out, "unit", key->unit);
}

static void show_node(const struct emit_schema *s, u32 i, struct emit *out);

static void show_members(const struct emit_schema *s, u32 parent, struct emit *out)
{
	emit_object(out, "properties");
	for (u32 i = 0; i < s->nr; i++) {
		if (!is_child(s, i, parent))
			continue;
		emit_object(out, s->node[i].name);
		show_node(s, i, out);
		emit_end(out);
	}
	emit_end(out);
}

static u32 nr_children(const struct emit_schema *s, u32 parent)
{
	u32 nr = 0;

	for (u32 i = 0; i < s->nr; i++)
		nr += is_child(s, i, parent);
	return nr;
}

/* What the elements of a list, or the outermost value, may be: one schema, or several. */
static void show_choice(const struct emit_schema *s, u32 parent, struct emit *out)
{
	bool several = nr_children(s, parent) > 1;

	if (several)
		emit_list(out, "anyOf");
	for (u32 i = 0; i < s->nr; i++) {
		if (!is_child(s, i, parent))
			continue;
		if (several)
			emit_object(out, NULL);
		show_node(s, i, out);
		if (several)
			emit_end(out);
	}
	if (several)
		emit_end(out);
}

static void show_node(const struct emit_schema *s, u32 i, struct emit *out)
{
	const struct emit_schema_node *node = &s->node[i];

	show_type(out, node->type, node->nullable);
	show_meaning(out, node->name, node->type);
	if (node->type == EMIT_OBJECT)
		show_members(s, i, out);
	if (node->type == EMIT_LIST && nr_children(s, i)) {
		emit_object(out, "items");
		show_choice(s, i, out);
		emit_end(out);
	}
}

void emit_schema_show(const struct emit_schema *schema, const char *title, struct emit *out)
{
	emit_object(out, NULL);
	show_str(out, "$schema", "https://json-schema.org/draft/2020-12/schema");
	show_str(out, "title", title);
	show_choice(schema, NOWHERE, out);
	emit_end(out);
}

void emit_schema_keys(struct emit *out)
{
	const struct emit_key *key;

	emit_object(out, NULL);
	show_str(out, "$schema", "https://json-schema.org/draft/2020-12/schema");
	show_str(out, "title", "all keys of all views");
	emit_object(out, "$defs");
	for (u32 i = 0; (key = emit_key_at(i)); i++) {
		emit_object(out, key->name);
		show_type(out, key->type, false);
		show_meaning(out, key->name, key->type);
		emit_end(out);
	}
	emit_end(out);
	emit_end(out);
}
