/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Output: the firmware's console, or QEMU's debug console for scripts. */
#include <efi.h>

#include "arch/x86.h"
#include "fw_efi.h"
#include "lib.h"

#define MAX_CHUNK 1024

struct text_call {
	SIMPLE_TEXT_OUTPUT_INTERFACE *out;
	UINTN columns, rows; /* or a position */
	EFI_STATUS status;
};

static CHAR16 chunk[MAX_CHUNK + 1];

/* Can the cursor go to the last column of the last row? Puts the cursor back. */
static bool reaches(SIMPLE_TEXT_OUTPUT_INTERFACE *out, UINTN columns, UINTN rows)
{
	INT32 column = out->Mode ? out->Mode->CursorColumn : 0;
	INT32 row = out->Mode ? out->Mode->CursorRow : 0;
	EFI_STATUS status = out->SetCursorPosition(out, columns - 1, rows - 1);

	out->SetCursorPosition(out, (UINTN)max(column, 0), (UINTN)max(row, 0));
	return !EFI_ERROR(status);
}

/* If a display and a terminal are one console, its mode may be larger than one of the two: then
 * only positions that both have can be used. */
static void query_mode(void *arg)
{
	struct text_call *c = arg;
	INT32 mode = c->out->Mode ? c->out->Mode->Mode : 0;

	c->status = c->out->QueryMode(c->out, (UINTN)max(mode, 0), &c->columns, &c->rows);
	if (EFI_ERROR(c->status) || c->columns < 20 || c->rows < 5 || c->columns > 1000)
		return;
	if (!reaches(c->out, c->columns, 1) && c->columns > 80)
		c->columns = 80;
	if (!reaches(c->out, 1, c->rows) && c->rows > 25)
		c->rows = 25;
}

/* The option screen=COLUMNSxROWS. Without a display the console is a terminal of unknown size, so
 * we assume the smallest: the firmware knows only its own mode. */
static void terminal_size(u32 *columns, u32 *rows)
{
	char text[16];
	u64 x = 80, y = 24;
	u32 n = 0;

	*columns = *rows = ~0u;
	if (!fw_option("screen", text, sizeof(text) - 1)) {
		while (text[n] && text[n] != 'x')
			n++;
		if (text[n] != 'x')
			return;
		text[n] = '\0';
		if (parse_u64(text, &x) || parse_u64(text + n + 1, &y) || x < 20 || y < 5)
			return;
	} else if (fw_efi.display) {
		return;
	}
	*columns = (u32)x;
	*rows = (u32)y;
}

void fw_screen(struct fw_screen *ret)
{
	u32 columns, rows;
	struct text_call c = {.out = fw_efi.st->ConOut};

	*ret = (struct fw_screen){.columns = 80, .rows = 24};
	if (fw_efi.debugcon)
		return;
	ret->interactive = fw_efi.st->ConIn != NULL;
	if (!c.out)
		return;
	arch_call_firmware(query_mode, &c);
	if (EFI_ERROR(c.status) || c.columns < 20 || c.columns > 1000 || c.rows < 5 ||
	    c.rows > 1000)
		return;
	terminal_size(&columns, &rows);
	ret->columns = min((u32)c.columns, columns);
	ret->rows = min((u32)c.rows, rows);
}

static void output_chunk(void *arg)
{
	struct text_call *c = arg;

	c->out->OutputString(c->out, chunk);
}

/* Firmware has no tabs, and differs in how it handles control characters and those outside ASCII. A
 * character of several UTF-8 bytes becomes one '?': its later bytes are 10xxxxxx. */
static size_t put_char(CHAR16 *to, char c)
{
	u8 byte = (u8)c;

	if (byte >= 0x80 && byte < 0xc0)
		return 0;
	if (byte == '\n') {
		to[0] = '\r';
		to[1] = '\n';
		return 2;
	}
	if (byte < 32 && byte != '\r' && byte != '\b' && byte != '\t')
		return 0;
	to[0] = byte == '\t' ? ' ' : byte < 127 ? byte : '?';
	return 1;
}

void fw_write(const char *s, size_t n)
{
	struct text_call c = {.out = fw_efi.st->ConOut};

	if (fw_efi.debugcon) {
		debugcon_write(s, n);
		return;
	}
	while (c.out && n) {
		size_t len = 0;

		for (; n && len + 2 <= MAX_CHUNK; n--)
			len += put_char(chunk + len, *s++);
		chunk[len] = 0;
		arch_call_firmware(output_chunk, &c);
	}
}

static void clear(void *arg)
{
	struct text_call *c = arg;

	c->out->ClearScreen(c->out);
}

static void set_cursor(void *arg)
{
	struct text_call *c = arg;

	c->out->SetCursorPosition(c->out, c->columns, c->rows);
}

void fw_clear(void)
{
	struct text_call c = {.out = fw_efi.st->ConOut};

	if (c.out && !fw_efi.debugcon)
		arch_call_firmware(clear, &c);
}

void fw_cursor(u32 column, u32 row)
{
	struct text_call c = {.out = fw_efi.st->ConOut, .columns = column, .rows = row};

	if (c.out && !fw_efi.debugcon)
		arch_call_firmware(set_cursor, &c);
}

static void set_attribute(void *arg)
{
	struct text_call *c = arg;

	c->out->SetAttribute(c->out, c->columns);
}

void fw_attribute(enum fw_attribute attribute)
{
	static const u8 colours[] = {
		[FW_NORMAL] = EFI_LIGHTGRAY,
		[FW_REVERSE] = EFI_BACKGROUND_LIGHTGRAY,
		[FW_BRIGHT] = EFI_WHITE,
		[FW_DIM] = EFI_CYAN,
	};
	struct text_call c = {.out = fw_efi.st->ConOut, .columns = colours[attribute]};

	if (c.out && !fw_efi.debugcon)
		arch_call_firmware(set_attribute, &c);
}
