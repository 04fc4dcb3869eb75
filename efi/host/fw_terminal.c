/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Seam 2 on the host: the terminal as console, the working directory as stick. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "fw.h"
#include "host.h"
#include "ui/lineedit.h"

static struct termios saved;
static bool raw;

static void restore(void)
{
	host_terminal_raw(false);
}

void host_terminal_raw(bool on)
{
	struct termios t;

	if (on == raw || !isatty(STDIN_FILENO))
		return;
	if (on) {
		tcgetattr(STDIN_FILENO, &saved);
		t = saved;
		t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
		tcsetattr(STDIN_FILENO, TCSANOW, &t);
		atexit(restore);
	} else {
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	}
	raw = on;
}

void fw_screen(struct fw_screen *ret)
{
	struct winsize ws;

	*ret = (struct fw_screen){.columns = 80, .rows = 24};
	ret->interactive = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	ret->ansi = ret->interactive;
	if (ret->interactive && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) && ws.ws_col && ws.ws_row) {
		ret->columns = ws.ws_col;
		ret->rows = ws.ws_row;
	}
}

void fw_write(const char *s, size_t n)
{
	fflush(stdout);
	while (n) {
		ssize_t done = write(STDOUT_FILENO, s, n);

		if (done < 0 && errno != EINTR)
			return;
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		}
	}
}

void fw_clear(void)
{
	fw_write("\033[2J\033[H", 7);
}

void fw_cursor(u32 column, u32 row)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "\033[%u;%uH", row + 1, column + 1);

	fw_write(text, (size_t)n);
}

void fw_attribute(enum fw_attribute attribute)
{
	static const char *const codes[] = {"\033[0m", "\033[0;7m", "\033[0;1m", "\033[0;36m"};

	fw_write(codes[attribute], strlen(codes[attribute]));
}

/* One byte within the time; -1 when none came, -2 at the end of input. */
static int read_byte(int timeout_ms)
{
	struct pollfd pfd = {.fd = STDIN_FILENO, .events = POLLIN};
	unsigned char c;

	if (poll(&pfd, 1, timeout_ms) <= 0)
		return -1;
	return read(STDIN_FILENO, &c, 1) == 1 ? c : -2;
}

int fw_key(int timeout_ms)
{
	static struct key_decoder decoder;

	host_terminal_raw(true);
	for (;;) {
		int wait = decoder.len ? 50 : timeout_ms;
		int byte = read_byte(wait), key;

		if (byte == -2)
			return KEY_EOF;
		key = key_decode(&decoder, byte < 0 ? 0 : byte, byte < 0);
		if (key != KEY_NONE)
			return key == '\r' ? '\n' : key == 127 ? '\b' : key;
		if (byte < 0 && !decoder.len)
			return KEY_NONE;
	}
}

void fw_stall(u64 microseconds)
{
	struct timespec ts = {(time_t)(microseconds / 1000000),
			      (long)(microseconds % 1000000 * 1000)};

	nanosleep(&ts, NULL);
}

/* ---- files ------------------------------------------------------------------------------- */

static void make_directories(const char *path)
{
	char part[512];

	for (size_t i = 0; path[i] && i + 1 < sizeof(part); i++) {
		part[i] = path[i];
		part[i + 1] = '\0';
		if (path[i] == '/' && i)
			mkdir(part, 0777);
	}
}

/* In this folder, as on the stick; the manual also where the repository has it. */
int fw_file_read(const char *path, char *buf, size_t size, size_t *ret_len)
{
	char in_repository[256];
	FILE *f = fopen(path, "rb");
	size_t len;

	snprintf(in_repository, sizeof(in_repository), "esp/%s", path);
	if (!f)
		f = fopen(in_repository, "rb");

	if (!f)
		return -ENOENT;
	len = fread(buf, 1, size, f);
	fclose(f);
	*ret_len = len;
	return 0;
}

int fw_file_write(const char *path, const char *buf, size_t len)
{
	FILE *f;
	size_t done;

	make_directories(path);
	f = fopen(path, "wb");
	if (!f)
		return -errno;
	done = fwrite(buf, 1, len, f);
	return fclose(f) || done != len ? -EIO : 0;
}
