/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* See fake_fw.h. */
#include "fake_fw.h"

#include <stdlib.h>
#include <string.h>

#define MAX_KEYS 100000
#define __weak	 __attribute__((weak))

struct fake_fw fake_fw;
u32 fake_at_row, fake_at_column;

static struct {
	int key;
	u64 after;
} keys[MAX_KEYS];
static u32 nr_keys, next_key;
static size_t room;
static char cells[FAKE_MAX_ROWS][FAKE_MAX_COLUMNS + 1];

void fake_fw_forget(void)
{
	fake_fw.len = 0;
	if (fake_fw.output)
		fake_fw.output[0] = '\0';
}

static void blank(u32 row)
{
	memset(cells[row], ' ', FAKE_MAX_COLUMNS);
}

void fake_fw_reset(void)
{
	char *output = fake_fw.output;

	memset(&fake_fw, 0, sizeof(fake_fw));
	fake_fw.screen = (struct fw_screen){.columns = 80, .rows = 24, .interactive = true};
	if (!output) {
		room = 1 << 16;
		output = malloc(room);
	}
	fake_fw.output = output;
	fake_fw_forget();
	nr_keys = next_key = 0;
	fw_clear();
	fake_fw.nr_clears = 0;
}

/* ---- keys -------------------------------------------------------------------------------- */

void fake_key_after(u64 bytes, int key)
{
	if (nr_keys == MAX_KEYS)
		abort();
	keys[nr_keys].after = bytes;
	keys[nr_keys++].key = key;
}

void fake_key(int key)
{
	fake_key_after(0, key);
}

void fake_type(const char *text)
{
	while (*text)
		fake_key((unsigned char)*text++);
}

u32 fake_keys_left(void)
{
	return nr_keys - next_key;
}

int __weak fw_key(int timeout_ms)
{
	if (!timeout_ms)
		fake_fw.nr_polls++;
	else if (fake_fw.on_wait)
		fake_fw.on_wait();
	if (next_key == nr_keys)
		return timeout_ms < 0 ? KEY_EOF : KEY_NONE;
	if (timeout_ms >= 0 && keys[next_key].after > fake_fw.written)
		return KEY_NONE;
	return keys[next_key++].key;
}

/* ---- screen ------------------------------------------------------------------------------ */

static void new_row(void)
{
	u32 rows = min(fake_fw.screen.rows, (u32)FAKE_MAX_ROWS);

	fake_at_column = 0;
	if (++fake_at_row < rows)
		return;
	fake_at_row--;
	memmove(cells[0], cells[1], sizeof(cells[0]) * (rows - 1));
	blank(fake_at_row);
}

static void show(char c)
{
	if (c == '\n') {
		new_row();
	} else if (c == '\r') {
		fake_at_column = 0;
	} else if (c == '\b') {
		fake_at_column -= fake_at_column ? 1 : 0;
	} else {
		cells[fake_at_row][fake_at_column++] = c;
		if (fake_at_column == fake_fw.screen.columns)
			new_row();
	}
}

void __weak fw_write(const char *s, size_t n)
{
	if (fake_fw.len + n + 1 > room) {
		room = 2 * (fake_fw.len + n + 1);
		fake_fw.output = realloc(fake_fw.output, room);
	}
	memcpy(fake_fw.output + fake_fw.len, s, n);
	fake_fw.len += n;
	fake_fw.output[fake_fw.len] = '\0';
	fake_fw.written += n;
	fake_fw.nr_writes++;
	fake_fw.nr_cut += n && s[n - 1] != '\n';
	while (n--)
		show(*s++);
}

void __weak fw_clear(void)
{
	fake_fw.nr_clears++;
	for (u32 i = 0; i < FAKE_MAX_ROWS; i++)
		blank(i);
	fake_at_row = fake_at_column = 0;
}

void __weak fw_attribute(enum fw_attribute attribute)
{
	fake_fw.attribute = attribute;
}

void __weak fw_cursor(u32 column, u32 row)
{
	fake_at_row = row;
	fake_at_column = column;
}

void __weak fw_screen(struct fw_screen *ret)
{
	fake_fw.nr_screen_calls++;
	*ret = fake_fw.screen;
}

void __weak fw_stall(u64 microseconds)
{
	fake_fw.stalled += microseconds;
}

const char *fake_row(u32 row)
{
	static char text[FAKE_MAX_COLUMNS + 1];
	u32 len = fake_fw.screen.columns;

	while (len && cells[row][len - 1] == ' ')
		len--;
	memcpy(text, cells[row], len);
	text[len] = '\0';
	return text;
}

const char *fake_cursor_row(void)
{
	return fake_row(fake_at_row);
}
