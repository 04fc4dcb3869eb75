/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Numbers as text and back. */
#include "lib.h"

static const char units[] = "KMGTPE";

const char *fmt_size(char *buf, u64 bytes)
{
	int unit = -1;

	while (bytes && bytes % 1024 == 0 && units[unit + 1]) {
		bytes /= 1024;
		unit++;
	}
	fmt_print(buf, 24, "%llu%c", bytes, unit < 0 ? 'B' : units[unit]);
	return buf;
}

const char *fmt_hundredths(char *buf, u64 hundredths)
{
	fmt_print(buf, 24, "%llu.%02llu", hundredths / 100, hundredths % 100);
	return buf;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* Reads digits of `base` and moves *s to the first other character. */
static int parse_digits(const char **s, unsigned base, u64 *ret)
{
	u64 v = 0;

	if (digit(**s) >= (int)base)
		return -EINVAL;
	for (; digit(**s) < (int)base; ++*s) {
		if (__builtin_mul_overflow(v, (u64)base, &v) ||
		    __builtin_add_overflow(v, (u64)digit(**s), &v))
			return -ERANGE;
	}
	*ret = v;
	return 0;
}

/* The shift of a unit letter; 0: not a unit. */
static unsigned unit_shift(char c)
{
	for (unsigned i = 0; units[i]; i++) {
		if ((c & ~0x20) == units[i])
			return 10 * (i + 1);
	}
	return 0;
}

static bool has_0x(const char *s)
{
	return s[0] == '0' && (s[1] & ~0x20) == 'X';
}

int parse_u64(const char *s, u64 *ret_value)
{
	unsigned base = 10, shift;
	u64 v;
	int err;

	if (has_0x(s)) {
		base = 16;
		s += 2;
	}
	err = parse_digits(&s, base, &v);
	if (err)
		return err;
	shift = unit_shift(*s);
	if (shift)
		s++;
	if (*s)
		return -EINVAL;
	if (v << shift >> shift != v)
		return -ERANGE;
	*ret_value = v << shift;
	return 0;
}

int parse_hex(const char *s, u64 *ret_value)
{
	u64 v;
	int err;

	if (has_0x(s))
		s += 2;
	err = parse_digits(&s, 16, &v);
	if (err || *s)
		return err ? err : -EINVAL;
	*ret_value = v;
	return 0;
}
