/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Keys. Those that the firmware knows come as scan codes. Others, from a serial line, come as Esc
 * and single characters, which key_decode() decodes.
 */
#include <efi.h>

#include "fw_efi.h"
#include "ui/lineedit.h"

#define ESC_MS 50 /* the rest of an escape sequence comes within this time */

struct key_call {
	int timeout_ms;
	bool got;
	EFI_INPUT_KEY key;
};

static bool read_key(struct key_call *c)
{
	SIMPLE_INPUT_INTERFACE *in = fw_efi.st->ConIn;

	c->got = in->ReadKeyStroke(in, &c->key) == EFI_SUCCESS;
	return c->got;
}

/* Sets the timer; false: the firmware gave us none. */
static bool start_timer(int ms)
{
	EFI_BOOT_SERVICES *bs = fw_efi.st->BootServices;

	if (!fw_efi.timer &&
	    EFI_ERROR(bs->CreateEvent(EVT_TIMER, TPL_APPLICATION, NULL, NULL, &fw_efi.timer))) {
		fw_efi.timer = NULL;
		return false;
	}
	return !EFI_ERROR(bs->SetTimer(fw_efi.timer, TimerRelative, (UINT64)ms * 10000));
}

/* An event may come without a key (half of a sequence, a shift key): then the wait goes on. */
static void wait_for_key(void *arg)
{
	struct key_call *c = arg;
	EFI_BOOT_SERVICES *bs = fw_efi.st->BootServices;
	EFI_EVENT events[2];
	bool timed = c->timeout_ms >= 0;
	UINTN index = 0;

	if (read_key(c) || c->timeout_ms == 0)
		return;
	if (timed && !start_timer(c->timeout_ms)) {
		bs->Stall((UINTN)c->timeout_ms * 1000);
		read_key(c);
		return;
	}
	events[0] = fw_efi.st->ConIn->WaitForKey;
	events[1] = fw_efi.timer;
	while (!c->got && index == 0) {
		if (EFI_ERROR(bs->WaitForEvent(timed ? 2 : 1, events, &index))) {
			bs->Stall(timed ? (UINTN)c->timeout_ms * 1000 : 1000);
			index = 1;
		}
		read_key(c);
	}
	if (timed)
		bs->SetTimer(fw_efi.timer, TimerCancel, 0);
}

static int scan_to_key(u16 scan)
{
	static const u16 keys[] = {
		[SCAN_UP] = KEY_UP,	      [SCAN_DOWN] = KEY_DOWN,
		[SCAN_RIGHT] = KEY_RIGHT,     [SCAN_LEFT] = KEY_LEFT,
		[SCAN_HOME] = KEY_HOME,	      [SCAN_END] = KEY_END,
		[SCAN_INSERT] = KEY_INSERT,   [SCAN_DELETE] = KEY_DELETE,
		[SCAN_PAGE_UP] = KEY_PAGE_UP, [SCAN_PAGE_DOWN] = KEY_PAGE_DOWN,
	};

	if (scan >= SCAN_F1 && scan <= SCAN_F12)
		return KEY_F1 + (scan - SCAN_F1);
	return scan < ARRAY_SIZE(keys) ? keys[scan] : KEY_NONE;
}

/*
 * Terminals send 127 for Backspace, and firmware reads that as Delete unless it knows the terminal.
 * Without a display the console is a terminal. If it has sent a real backspace before, its Delete
 * is Delete. (The Delete key of a terminal comes as Esc [ 3 ~.)
 */
static bool is_delete_for_backspace(const EFI_INPUT_KEY *k)
{
	static bool knows_backspace;

	if (k->UnicodeChar == '\b')
		knows_backspace = true;
	return k->ScanCode == SCAN_DELETE && !fw_efi.display && !knows_backspace;
}

static int decode(struct key_decoder *d, const EFI_INPUT_KEY *k)
{
	int key;

	if (is_delete_for_backspace(k))
		return '\b';
	if (k->ScanCode && k->ScanCode != SCAN_ESC) {
		d->len = 0;
		return scan_to_key(k->ScanCode);
	}
	if (!k->ScanCode && (!k->UnicodeChar || k->UnicodeChar > 127))
		return KEY_NONE;
	key = key_decode(d, k->ScanCode == SCAN_ESC ? KEY_ESC : k->UnicodeChar, false);
	return key == '\r' ? '\n' : key == 127 ? '\b' : key;
}

/* A script has no keyboard: the time passes, and a wait without limit is the end of input. */
static int no_input(int timeout_ms)
{
	if (timeout_ms > 0)
		fw_stall((u64)timeout_ms * 1000);
	return timeout_ms < 0 ? KEY_EOF : KEY_NONE;
}

int fw_key(int timeout_ms)
{
	static struct key_decoder decoder;

	if (fw_efi.debugcon || !fw_efi.st->ConIn)
		return no_input(timeout_ms);
	for (;;) {
		struct key_call c = {.timeout_ms = decoder.len ? ESC_MS : timeout_ms};
		int key = KEY_NONE;

		arch_call_firmware(wait_for_key, &c);
		if (c.got)
			key = decode(&decoder, &c.key);
		else if (decoder.len)
			key = key_decode(&decoder, 0, true);
		if (key != KEY_NONE)
			return key;
		if (!c.got && !decoder.len && timeout_ms >= 0)
			return KEY_NONE;
	}
}
