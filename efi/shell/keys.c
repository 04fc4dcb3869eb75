/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Escape sequences of serial terminals (ECMA-48, xterm's and VT's forms) into keys. */
#include "fw.h"
#include "ui/lineedit.h"

/* The number in ESC [ n ~. */
static int numbered_key(unsigned n)
{
	static const u16 keys[] = {
		[1] = KEY_HOME,	   [2] = KEY_INSERT,	[3] = KEY_DELETE,   [4] = KEY_END,
		[5] = KEY_PAGE_UP, [6] = KEY_PAGE_DOWN, [7] = KEY_HOME,	    [8] = KEY_END,
		[11] = KEY_F1,	   [12] = KEY_F1 + 1,	[13] = KEY_F1 + 2,  [14] = KEY_F1 + 3,
		[15] = KEY_F1 + 4, [17] = KEY_F1 + 5,	[18] = KEY_F1 + 6,  [19] = KEY_F1 + 7,
		[20] = KEY_F1 + 8, [21] = KEY_F1 + 9,	[23] = KEY_F1 + 10, [24] = KEY_F12,
	};

	return n < ARRAY_SIZE(keys) ? keys[n] : KEY_NONE;
}

/* The letter in ESC [ X and ESC O X. */
static int letter_key(char c)
{
	switch (c) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	case 'P':
	case 'Q':
	case 'R':
	case 'S':
		return KEY_F1 + (c - 'P');
	default:
		return KEY_NONE;
	}
}

static int finish(struct key_decoder *d, int key)
{
	d->len = 0;
	return key;
}

/*
 * Bytes after ESC [ as in ECMA-48, 5.4: parameters and intermediates 20..3f, then one final byte.
 * All of a sequence that means nothing to us is dropped, however long it is. The Linux console's
 * ESC [ [ A for F1 breaks that rule and has one byte more.
 */
static int control_sequence(struct key_decoder *d, char c)
{
	unsigned n = 0;

	if ((c >= 0x20 && c < 0x40) || (c == '[' && d->len == 2)) {
		if (d->len < sizeof(d->seq))
			d->seq[d->len++] = c;
		return KEY_NONE;
	}
	if (d->len == sizeof(d->seq)) /* longer than any that we know */
		return finish(d, KEY_NONE);
	if (d->len == 3 && d->seq[2] == '[')
		return finish(d, c >= 'A' && c <= 'E' ? KEY_F1 + (c - 'A') : KEY_NONE);
	if (c != '~')
		return finish(d, letter_key(c));
	for (u32 i = 2; i < d->len && d->seq[i] >= '0' && d->seq[i] <= '9'; i++)
		n = n * 10 + (unsigned)(d->seq[i] - '0');
	return finish(d, numbered_key(n));
}

int key_decode(struct key_decoder *d, int byte, bool timeout)
{
	if (timeout)
		return d->len ? finish(d, d->len == 1 ? KEY_ESC : KEY_NONE) : KEY_NONE;
	if (!d->len && byte != KEY_ESC)
		return byte;
	if (byte == KEY_ESC) { /* the one before stands alone; this one may begin a sequence */
		bool alone = d->len == 1;

		d->seq[0] = KEY_ESC;
		d->len = 1;
		return alone ? KEY_ESC : KEY_NONE;
	}
	if (d->len == 1 && (byte == '[' || byte == 'O')) {
		d->seq[d->len++] = (char)byte;
		return KEY_NONE;
	}
	/* Alt and a letter: the letter. A control character ends a broken sequence. */
	if (d->len == 1 || byte < 0x20)
		return finish(d, byte);
	if (d->seq[1] == '[')
		return control_sequence(d, (char)byte);
	if (byte >= '0' && byte <= '9')
		return KEY_NONE; /* ESC O 5 P: a modifier */
	return finish(d, letter_key((char)byte));
}
