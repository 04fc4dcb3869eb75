/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Cells, and drawing the runs of cells that have changed. */
#include "ui/screen.h"

#include "fw.h"
#include "lib.h"

#define BRIDGE                                                                                     \
	6 /* unchanged cells between two changed ones that cost less than a cursor movement */

void screen_init(struct screen *s, u32 columns, u32 rows)
{
	s->columns = min(max(columns, 20u), (u32)SCREEN_MAX_COLUMNS);
	s->rows = min(max(rows, 5u), (u32)SCREEN_MAX_ROWS);
	s->fresh = true;
	s->drawn = 0;
	screen_clear(s);
}

void screen_clear(struct screen *s)
{
	for (u32 row = 0; row < s->rows; row++) {
		for (u32 column = 0; column < s->columns; column++)
			s->now[row][column] = (struct screen_cell){' ', FW_NORMAL};
	}
}

u32 screen_print(struct screen *s, u32 row, u32 column, u8 attribute, const char *fmt, ...)
{
	char text[SCREEN_MAX_COLUMNS + 1];
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (u32 i = 0; text[i] && row < s->rows && column < s->columns; i++, column++) {
		bool plain = text[i] >= 32 && text[i] < 127;

		s->now[row][column] = (struct screen_cell){plain ? text[i] : '?', attribute};
	}
	return column;
}

void screen_fill(struct screen *s, u32 row, u32 column, u8 attribute)
{
	for (; row < s->rows && column < s->columns; column++)
		s->now[row][column].attribute = attribute;
}

static bool changed(const struct screen *s, u32 row, u32 column)
{
	const struct screen_cell *now = &s->now[row][column], *shown = &s->shown[row][column];

	if (column == s->columns - 1)
		return false;
	return now->c != shown->c || now->attribute != shown->attribute;
}

/* End of the run from `column` on: one attribute, and no long stretch of unchanged cells. */
static u32 run_end(const struct screen *s, u32 row, u32 column)
{
	u32 end = column + 1, last = s->columns - 1;

	for (u32 i = end; i < last && i < end + BRIDGE; i++) {
		if (s->now[row][i].attribute != s->now[row][column].attribute)
			break;
		if (changed(s, row, i))
			end = i + 1;
	}
	return end;
}

static u32 draw_run(struct screen *s, u32 row, u32 column)
{
	u32 end = run_end(s, row, column);
	char text[SCREEN_MAX_COLUMNS];

	for (u32 i = column; i < end; i++) {
		text[i - column] = s->now[row][i].c;
		s->shown[row][i] = s->now[row][i];
	}
	fw_cursor(column, row);
	fw_attribute((enum fw_attribute)s->now[row][column].attribute);
	fw_write(text, end - column);
	s->drawn += end - column;
	return end;
}

void screen_flush(struct screen *s)
{
	if (s->fresh) {
		fw_attribute(FW_NORMAL);
		fw_clear();
		for (u32 row = 0; row < s->rows; row++) {
			for (u32 column = 0; column < s->columns; column++)
				s->shown[row][column] = (struct screen_cell){' ', FW_NORMAL};
		}
		s->fresh = false;
	}
	for (u32 row = 0; row < s->rows; row++) {
		u32 column = 0;

		while (column < s->columns)
			column = changed(s, row, column) ? draw_run(s, row, column) : column + 1;
	}
	fw_attribute(FW_NORMAL);
}

void screen_row_text(const struct screen *s, u32 row, char *buf)
{
	u32 len = 0;

	for (u32 i = 0; i < s->columns; i++) {
		buf[i] = s->now[row][i].c;
		if (buf[i] != ' ')
			len = i + 1;
	}
	buf[len] = '\0';
}
