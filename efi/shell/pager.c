/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Output of commands: collected to whole lines, page by page, stopped by a key. */
#include "fw.h"
#include "lib.h"
#include "ui/shell.h"

#define POLL_EVERY 2048 /* bytes of output between two looks at the keyboard */
#define CTRL_C	   3

void shell_begin(struct shell *sh)
{
	struct fw_screen screen;

	fw_screen(&screen);
	sh->columns = max(screen.columns, 20u);
	sh->rows = max(screen.rows, 3u);
	sh->keyboard = screen.interactive;
	sh->rows_shown = 0;
	sh->since_poll = 0;
	sh->stopped = false;
}

/* ---- keys -------------------------------------------------------------------------------- */

static bool is_q(int key)
{
	return key == 'q' || key == 'Q';
}

static bool is_stop_key(int key)
{
	return key == KEY_ESC || key == CTRL_C || is_q(key);
}

int shell_key_within(struct shell *sh, int timeout_ms)
{
	int key;

	if (!sh->nr_ahead)
		return fw_key(timeout_ms);
	key = sh->ahead[0];
	sh->nr_ahead--;
	memmove(sh->ahead, sh->ahead + 1, sh->nr_ahead * sizeof(sh->ahead[0]));
	return key;
}

int shell_key(struct shell *sh)
{
	return shell_key_within(sh, -1);
}

static bool stop(struct shell *sh)
{
	sh->nr_ahead = 0;
	sh->stopped = true;
	return true;
}

/* A q among other keys is text typed ahead, such as "quit". */
bool shell_poll(struct shell *sh)
{
	int key;

	if (sh->stopped || !sh->keyboard)
		return sh->stopped;
	while ((key = fw_key(0)) != KEY_NONE && key != KEY_EOF) {
		if (is_stop_key(key) && !is_q(key))
			return stop(sh);
		if (sh->nr_ahead < ARRAY_SIZE(sh->ahead))
			sh->ahead[sh->nr_ahead++] = (u16)key;
	}
	return sh->nr_ahead == 1 && is_q(sh->ahead[0]) ? stop(sh) : false;
}

/* ---- pages ------------------------------------------------------------------------------- */

/* The line at the end of a page. False: the reader has seen enough. */
static bool more(struct shell *sh)
{
	static const char ask[] = "-- more -- Space: page, Enter: line, q: stop";
	static const char wipe[] = "\r                                            \r";
	u32 len = min((u32)sizeof(ask) - 1, sh->columns - 1);
	int key;

	_Static_assert(sizeof(wipe) == sizeof(ask) + 2, "as many blanks as characters");
	shell_flush(sh);
	fw_write(ask, len);
	do {
		key = fw_key(-1);
	} while (!is_stop_key(key) && key != ' ' && key != '\n' && key != KEY_PAGE_DOWN &&
		 key != KEY_DOWN && key != KEY_EOF);
	fw_write(wipe, 1 + len);
	fw_write("\r", 1);
	if (key == '\n' || key == KEY_DOWN)
		sh->rows_shown--;
	else
		sh->rows_shown = 0;
	return !is_stop_key(key) && key != KEY_EOF;
}

/* ---- writing ----------------------------------------------------------------------------- */

void shell_flush(struct shell *sh)
{
	if (sh->out_len)
		fw_write(sh->out, sh->out_len);
	sh->out_len = 0;
}

/* Writes the whole lines, or everything when the buffer holds a part of one line only. */
static void make_room(struct shell *sh)
{
	u32 n = sh->out_len;

	while (n && sh->out[n - 1] != '\n')
		n--;
	if (!n)
		n = sh->out_len;
	fw_write(sh->out, n);
	sh->out_len -= n;
	memmove(sh->out, sh->out + n, sh->out_len);
}

/* Counts rows: consoles wrap when a line fills the last column. */
static void put(struct shell *sh, char c)
{
	sh->out[sh->out_len++] = c;
	if (c == '\n') {
		sh->rows_shown += 1 + (sh->columns ? sh->column / sh->columns : 0);
		sh->column = 0;
	} else {
		sh->column++;
	}
	if (sh->out_len == sizeof(sh->out))
		make_room(sh);
}

int shell_write(void *shell, const char *s, size_t n)
{
	struct shell *sh = shell;

	for (size_t i = 0; i < n && !sh->stopped; i++) {
		if (sh->paging && !sh->column && sh->rows_shown + 1 >= sh->rows && !more(sh))
			sh->stopped = true;
		else
			put(sh, s[i]);
	}
	sh->since_poll += (u32)min(n, (size_t)POLL_EVERY);
	if (sh->since_poll >= POLL_EVERY) {
		sh->since_poll = 0;
		shell_poll(sh);
	}
	return sh->stopped ? -EINTR : 0;
}
