/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Rows of comma-separated values: RFC 4180, but lines end as everywhere here. */
#include "lib.h"
#include "writer.h"

static void csv_open(struct emit *e, const char *name, bool list)
{
	struct emit_csv *c = &e->csv;

	(void)name;
	if (list && c->row_depth == 1 && e->depth == 1) {
		c->row_depth = 0; /* the outermost object has a list: that has the rows */
		return;
	}
	if (list || c->row_depth || (e->depth && !emit_in_list(e)))
		return;
	c->row_depth = e->depth + 1;
	c->names_len = c->row_len = 0;
}

/* Quotes where the value has what CSV gives a meaning to. What does not fit is cut. */
static u32 append(char *buf, u32 len, u32 size, const char *value)
{
	bool quote = false, first = !len;

	for (const char *s = value; *s; s++)
		quote |= *s == ',' || *s == '"' || *s == '\n' || *s == '\r';
	if (!first && len + 1 < size)
		buf[len++] = ',';
	if (quote && len + 2 < size)
		buf[len++] = '"';
	for (const char *s = value; *s && len + 3 < size; s++) {
		if (*s == '"')
			buf[len++] = '"';
		buf[len++] = *s;
	}
	if (quote && len + 1 < size)
		buf[len++] = '"';
	return len;
}

/* The names of the columns, above the first row that has these. */
static void put_header(struct emit *e)
{
	struct emit_csv *c = &e->csv;
	u64 header = hash64(c->names, c->names_len, HASH64_SEED);

	if (header == c->header)
		return;
	if (c->header)
		emit_puts(e, "\n");
	emit_write(e, c->names, c->names_len);
	emit_puts(e, "\n");
	c->header = header;
}

static void put_row(struct emit *e)
{
	struct emit_csv *c = &e->csv;

	put_header(e);
	emit_write(e, c->row, c->row_len);
	emit_puts(e, "\n");
	c->names_len = c->row_len = 0;
	e->has_member |= 1;
}

static void csv_value(struct emit *e, const char *name, enum emit_type type,
		      const struct emit_value *value)
{
	struct emit_csv *c = &e->csv;
	bool alone = !c->row_depth && emit_in_list(e); /* a list of values: each is a row */
	char buf[EMIT_VALUE_TEXT];
	const char *text = emit_value_text(buf, type, value);

	if (!alone && (!c->row_depth || c->row_depth != e->depth))
		return;
	if (alone)
		c->names_len = c->row_len = 0;
	text = text ? text : "";
	/* An empty first column must not look like no column. */
	c->row_len = append(c->row, c->row_len, sizeof(c->row), c->row_len || *text ? text : "-");
	c->names_len = append(c->names, c->names_len, sizeof(c->names), name);
	if (alone)
		put_row(e);
}

static void csv_close(struct emit *e, bool list)
{
	struct emit_csv *c = &e->csv;

	(void)list;
	if (!c->row_depth || c->row_depth != e->depth)
		return;
	c->row_depth = 0;
	if (c->names_len)
		put_row(e);
}

const struct emit_writer emit_csv_writer = {csv_open, csv_close, csv_value, NULL};
