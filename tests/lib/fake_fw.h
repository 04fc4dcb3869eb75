/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A console for unit tests in place of fw.h's: keys come from a queue, output is kept, and a small
 * terminal shows what a person would see. The functions are weak: a test may define its own.
 * Only the console and fw_stall(); nothing else of fw.h.
 */
#ifndef TESTS_FAKE_FW_H
#define TESTS_FAKE_FW_H

#include "fw.h"

#define FAKE_MAX_ROWS	 50
#define FAKE_MAX_COLUMNS 200

struct fake_fw {
	struct fw_screen screen;
	u32 nr_writes, nr_polls, nr_clears, nr_screen_calls;
	u32 nr_cut;		     /* writes that ended within a line */
	u64 written;		     /* bytes since the reset */
	u64 stalled;		     /* microseconds */
	enum fw_attribute attribute; /* that is set now */
	char *output;		     /* everything that was written, closed with 0 */
	size_t len;
	void (*on_wait)(void); /* called before each wait for a key: what is on the screen now? */
};
extern struct fake_fw fake_fw;

/* 80x24, a person at it, no keys, no output. To be called first in each test. */
void fake_fw_reset(void);
/* Forgets the output, but not the keys and the screen's contents. */
void fake_fw_forget(void);

void fake_key(int key);
void fake_type(const char *text);
/* A key that is pressed when so many bytes have been written (since the reset). Waiting for a key
 * gets it at once, looking does not. When all keys are used up, waiting gets KEY_EOF. */
void fake_key_after(u64 bytes, int key);
u32 fake_keys_left(void);

/* One row of the screen without trailing blanks; row and column of the cursor. The terminal knows
 * \n, \r, \b, shows FAKE_MAX_ROWS at most, and wraps as the UEFI console does: at once when the
 * last column was written. */
const char *fake_row(u32 row);
const char *fake_cursor_row(void);
extern u32 fake_at_row, fake_at_column;

#endif
