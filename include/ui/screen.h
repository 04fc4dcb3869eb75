/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A screen of cells. Only changed cells are drawn, with fw_cursor(), fw_attribute() and fw_write(),
 * as consoles over serial lines are slow.
 */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "kernel.h"

#define SCREEN_MAX_COLUMNS 200
#define SCREEN_MAX_ROWS	   70

struct screen_cell {
	char c;
	u8 attribute; /* enum fw_attribute */
};

struct screen {
	u32 columns, rows;
	bool fresh; /* the console's content is unknown */
	u64 drawn;  /* number of cells since screen_init() */
	struct screen_cell now[SCREEN_MAX_ROWS][SCREEN_MAX_COLUMNS];
	struct screen_cell shown[SCREEN_MAX_ROWS][SCREEN_MAX_COLUMNS];
};

/* Sizes above the maximum or below 20x5 are replaced by these. */
void screen_init(struct screen *s, u32 columns, u32 rows);
/* Blanks all cells. */
void screen_clear(struct screen *s);
/* Prints text at a place, cut at the right edge; rows outside the screen are ignored. Returns the
 * column after the text. */
u32 screen_print(struct screen *s, u32 row, u32 column, u8 attribute, const char *fmt, ...)
	__printf(5, 6);
/* Sets the attribute of a row from `column` on. */
void screen_fill(struct screen *s, u32 row, u32 column, u8 attribute);
/* Draws what has changed since the last time. The last column stays blank: where the cursor goes
 * after it differs between consoles and terminals, and in the last row the screen may scroll. */
void screen_flush(struct screen *s);
/* A row as text without trailing blanks, closed with 0. `buf` has SCREEN_MAX_COLUMNS + 1 bytes. */
void screen_row_text(const struct screen *s, u32 row, char *buf);

#endif
