/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Rows of comma-separated values: RFC 4180, but lines end as everywhere here. */
#include "emit_csv.h"

#include "lib.h"

static void write(struct emit *e, const char *s, size_t n)
{
	if (!e->stopped && n && e->write(e->ctx, s, n))
		e->stopped = true;
}

/* Is the innermost of what is open a list? The outermost value stands in one, so to say. */
static bool in_list(const struct emit *e)
{
	return e->depth && e->is_list >> e->depth & 1;
}

void csv_open(struct emit *e, bool list)
{
	struct emit_csv *c = &e->csv;

	if (list && c->row_depth == 1 && e->depth == 1) {
		c->row_depth = 0; /* the outermost object has a list: that has the rows */
		return;
	}
	if (list || c->row_depth || (e->depth && !in_list(e)))
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

void csv_field(struct emit *e, const char *name, const char *value)
{
	struct emit_csv *c = &e->csv;

	if (!c->row_depth || c->row_depth != e->depth)
		return;
	/* An empty first column must not look like no column. */
	c->row_len = append(c->row, c->row_len, sizeof(c->row), c->row_len || *value ? value : "-");
	c->names_len = append(c->names, c->names_len, sizeof(c->names), name ? name : "");
}

void csv_end(struct emit *e)
{
	struct emit_csv *c = &e->csv;
	u64 header;

	if (!c->row_depth || c->row_depth != e->depth)
		return;
	c->row_depth = 0;
	if (!c->names_len)
		return;
	header = hash64(c->names, c->names_len, HASH64_SEED);
	if (header != c->header) {
		if (c->header)
			write(e, "\n", 1);
		write(e, c->names, c->names_len);
		write(e, "\n", 1);
		c->header = header;
	}
	write(e, c->row, c->row_len);
	write(e, "\n", 1);
	e->has_member |= 1;
}
