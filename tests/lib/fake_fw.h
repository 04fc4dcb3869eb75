/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A console for unit tests with fw.h's functions: keys come from a queue, output is stored, and a
 * small terminal has what a person would see. The functions are weak: a test may define its own.
 * Only the console and fw_stall(), nothing else of fw.h.
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
	enum fw_attribute attribute; /* the present one */
	char *output;		     /* all output, closed with 0 */
	size_t len;
	void (*on_wait)(void); /* called before each wait for a key, to look at the screen */
};
extern struct fake_fw fake_fw;

/* Resets to 80x24, with a keyboard, no keys, no output. Call it first in each test. */
void fake_fw_reset(void);
/* Drops the output, but not the keys and the screen's contents. */
void fake_fw_forget(void);

void fake_key(int key);
void fake_type(const char *text);
/* Queues a key that is pressed when so many bytes have been written since the reset. To wait for a
 * key gets it at once, to look for one does not. After the last key, a wait gets KEY_EOF. */
void fake_key_after(u64 bytes, int key);
u32 fake_keys_left(void);

/* One row of the screen without trailing blanks; row and column of the cursor. The terminal handles
 * \n, \r and \b, has at most FAKE_MAX_ROWS rows, and wraps like the UEFI console: at once after the
 * last column was written. */
const char *fake_row(u32 row);
const char *fake_cursor_row(void);
extern u32 fake_at_row, fake_at_column;

#endif
