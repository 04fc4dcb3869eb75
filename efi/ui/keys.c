/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Escape sequences of serial terminals (ECMA-48, xterm's and VT's forms) into keys. */
#include "fw.h"
#include "ui/lineedit.h"

/* The number in ESC [ n ~. */
static int numbered_key(unsigned n)
{
	static const u16 keys[] = {
		[1] = KEY_HOME,    [2] = KEY_INSERT,  [3] = KEY_DELETE,  [4] = KEY_END,
		[5] = KEY_PAGE_UP, [6] = KEY_PAGE_DOWN, [7] = KEY_HOME,  [8] = KEY_END,
		[11] = KEY_F1,     [12] = KEY_F1 + 1, [13] = KEY_F1 + 2, [14] = KEY_F1 + 3,
		[15] = KEY_F1 + 4, [17] = KEY_F1 + 5, [18] = KEY_F1 + 6, [19] = KEY_F1 + 7,
		[20] = KEY_F1 + 8, [21] = KEY_F1 + 9, [23] = KEY_F1 + 10, [24] = KEY_F12,
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

/* Bytes behind ESC [: digits and ; are parameters, a letter or ~ ends the sequence. */
static int control_sequence(struct key_decoder *d)
{
	char last = d->seq[d->len - 1];
	unsigned n = 0;

	if (d->len == 2 || (last >= '0' && last <= '9') || last == ';')
		return d->len == sizeof(d->seq) ? finish(d, KEY_NONE) : KEY_NONE;
	for (u32 i = 2; i < d->len && d->seq[i] >= '0' && d->seq[i] <= '9'; i++)
		n = n * 10 + (unsigned)(d->seq[i] - '0');
	return finish(d, last == '~' ? numbered_key(n) : letter_key(last));
}

int key_decode(struct key_decoder *d, int byte, bool timeout)
{
	if (timeout)
		return d->len ? finish(d, d->len == 1 ? KEY_ESC : KEY_NONE) : KEY_NONE;
	if (!d->len && byte != KEY_ESC)
		return byte;
	if (d->len == 1 && byte == KEY_ESC)
		return KEY_ESC; /* the first one stands alone; this one may begin a sequence */
	d->seq[d->len++] = (char)byte;
	if (d->len == 1)
		return KEY_NONE;
	if (d->seq[1] == '[')
		return control_sequence(d);
	if (d->seq[1] == 'O')
		return d->len == 2 ? KEY_NONE : finish(d, letter_key(d->seq[2]));
	return finish(d, byte); /* Alt and a letter: the letter */
}
