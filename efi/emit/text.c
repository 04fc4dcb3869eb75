/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Text for people: the lines, without the structure. */
#include "writer.h"

static void text_open(struct emit *e, const char *name, bool list)
{
	(void)e;
	(void)name;
	(void)list;
}

static void text_close(struct emit *e, bool list)
{
	(void)e;
	(void)list;
}

static void text_value(struct emit *e, const char *name, enum emit_type type,
		       const struct emit_value *value)
{
	(void)e;
	(void)name;
	(void)type;
	(void)value;
}

const struct emit_writer emit_text_writer = {text_open, text_close, text_value, emit_write};
