/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A screen of cells, of which only those that changed are drawn: consoles over serial lines are
 * slow. Drawing goes by fw_cursor(), fw_attribute() and fw_write().
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
	bool fresh; /* nothing is known of what the console shows */
	u64 drawn;  /* cells, since screen_init() */
	struct screen_cell now[SCREEN_MAX_ROWS][SCREEN_MAX_COLUMNS];
	struct screen_cell shown[SCREEN_MAX_ROWS][SCREEN_MAX_COLUMNS];
};

/* Sizes beyond the maximum are cut; less than 20x5 is taken as that. */
void screen_init(struct screen *s, u32 columns, u32 rows);
/* All cells blank. */
void screen_clear(struct screen *s);
/* Text from a place on, cut at the right edge; rows outside do nothing.
 * Returns the column behind. */
u32 screen_print(struct screen *s, u32 row, u32 column, u8 attribute, const char *fmt, ...)
	__printf(5, 6);
/* The rest of a row in an attribute. */
void screen_fill(struct screen *s, u32 row, u32 column, u8 attribute);
/* Draws what has changed since the last time. The last column stays blank: consoles and terminals
 * behind them differ in where the cursor is after it, and in the last row it scrolls. */
void screen_flush(struct screen *s);
/* Row as text without trailing blanks, closed with 0: `buf` holds SCREEN_MAX_COLUMNS + 1. */
void screen_row_text(const struct screen *s, u32 row, char *buf);

#endif
