/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* printf into a buffer: what C99's snprintf does, for the conversions that lib.h lists. */
#include "lib.h"

struct sink {
	char *buf;
	size_t size, len; /* len counts on past the end */
};

struct spec {
	bool left, zero, space, plus, alternate, is_signed;
	int width, precision; /* precision -1: none given */
	unsigned base;
	bool upper;
};

static void put(struct sink *s, char c)
{
	if (s->len + 1 < s->size)
		s->buf[s->len] = c;
	s->len++;
}

static void put_repeated(struct sink *s, char c, int n)
{
	while (n-- > 0)
		put(s, c);
}

static void put_string(struct sink *s, const struct spec *spec, const char *text)
{
	int len = 0;

	if (!text)
		text = "(null)";
	while (text[len] && len != spec->precision)
		len++;
	if (!spec->left)
		put_repeated(s, ' ', spec->width - len);
	for (int i = 0; i < len; i++)
		put(s, text[i]);
	if (spec->left)
		put_repeated(s, ' ', spec->width - len);
}

/* Digits of v, lowest first; returns how many. None for 0. */
static int digits_of(u64 v, const struct spec *spec, char digits[64])
{
	const char *set = spec->upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int n = 0;

	for (; v; v /= spec->base)
		digits[n++] = set[v % spec->base];
	return n;
}

static void put_number(struct sink *s, const struct spec *spec, u64 v, bool negative)
{
	char digits[64], sign = negative ? '-' : spec->plus ? '+' : spec->space ? ' ' : 0;
	int n = digits_of(v, spec, digits);
	bool prefix = spec->alternate && spec->base == 16 && v;
	int zeros = spec->precision < 0 ? (n ? 0 : 1) : max(spec->precision - n, 0);
	int total;

	if (!spec->is_signed)
		sign = 0;
	total = n + zeros + (sign ? 1 : 0) + (prefix ? 2 : 0);
	if (spec->zero && !spec->left && spec->precision < 0 && total < spec->width) {
		zeros += spec->width - total;
		total = spec->width;
	}
	if (!spec->left)
		put_repeated(s, ' ', spec->width - total);
	if (sign)
		put(s, sign);
	if (prefix) {
		put(s, '0');
		put(s, spec->upper ? 'X' : 'x');
	}
	put_repeated(s, '0', zeros);
	while (n)
		put(s, digits[--n]);
	if (spec->left)
		put_repeated(s, ' ', spec->width - total);
}

static bool parse_flag(struct spec *spec, char c)
{
	switch (c) {
	case '-':
		spec->left = true;
		return true;
	case '0':
		spec->zero = true;
		return true;
	case ' ':
		spec->space = true;
		return true;
	case '+':
		spec->plus = true;
		return true;
	case '#':
		spec->alternate = true;
		return true;
	default:
		return false;
	}
}

/* A number or, for *, the next argument (which the caller passes). */
static const char *parse_count(const char *fmt, int *ret)
{
	*ret = 0;
	while (*fmt >= '0' && *fmt <= '9')
		*ret = *ret * 10 + (*fmt++ - '0');
	return fmt;
}

enum length { LEN_CHAR, LEN_SHORT, LEN_INT, LEN_LONG, LEN_LLONG, LEN_SIZE };

static const char *parse_length(const char *fmt, enum length *ret)
{
	*ret = LEN_INT;
	if (*fmt == 'z') {
		*ret = LEN_SIZE;
		return fmt + 1;
	}
	for (; *fmt == 'h'; fmt++)
		*ret = *ret == LEN_SHORT ? LEN_CHAR : LEN_SHORT;
	for (; *fmt == 'l'; fmt++)
		*ret = *ret == LEN_LONG ? LEN_LLONG : LEN_LONG;
	return fmt;
}

/* Arguments are fetched here only: a va_list cannot portably be passed on by pointer. */
#define FETCH_SIGNED(ap, len)                                                                      \
	((len) == LEN_LLONG  ? va_arg(ap, long long)                                               \
	 : (len) == LEN_LONG ? va_arg(ap, long)                                                    \
	 : (len) == LEN_SIZE ? (s64)va_arg(ap, size_t)                                             \
			     : va_arg(ap, int))
#define FETCH_UNSIGNED(ap, len)                                                                    \
	((len) == LEN_LLONG  ? va_arg(ap, unsigned long long)                                      \
	 : (len) == LEN_LONG ? va_arg(ap, unsigned long)                                           \
	 : (len) == LEN_SIZE ? va_arg(ap, size_t)                                                  \
			     : va_arg(ap, unsigned))

static u64 narrow(u64 v, enum length len)
{
	return len == LEN_CHAR ? (u8)v : len == LEN_SHORT ? (u16)v : v;
}

int fmt_vprint(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink s = {buf, size, 0};

	for (; *fmt; fmt++) {
		struct spec spec = {.precision = -1, .base = 10};
		enum length len;
		s64 v;

		if (*fmt != '%') {
			put(&s, *fmt);
			continue;
		}
		while (parse_flag(&spec, *++fmt))
			;
		if (*fmt == '*') {
			spec.width = va_arg(ap, int);
			fmt++;
		} else {
			fmt = parse_count(fmt, &spec.width);
		}
		if (spec.width < 0) {
			spec.left = true;
			spec.width = -spec.width;
		}
		if (*fmt == '.' && fmt[1] == '*') {
			spec.precision = va_arg(ap, int);
			fmt += 2;
		} else if (*fmt == '.') {
			fmt = parse_count(fmt + 1, &spec.precision);
		}
		fmt = parse_length(fmt, &len);
		switch (*fmt) {
		case 'd':
		case 'i':
			v = FETCH_SIGNED(ap, len);
			v = len == LEN_CHAR ? (s8)v : len == LEN_SHORT ? (s16)v : v;
			spec.is_signed = true;
			put_number(&s, &spec, v < 0 ? -(u64)v : (u64)v, v < 0);
			break;
		case 'X':
			spec.upper = true;
			/* fall through */
		case 'x':
			spec.base = 16;
			/* fall through */
		case 'u':
			put_number(&s, &spec, narrow(FETCH_UNSIGNED(ap, len), len), false);
			break;
		case 'p':
			spec.base = 16;
			spec.alternate = true;
			put_number(&s, &spec, (u64)(uintptr_t)va_arg(ap, void *), false);
			break;
		case 'c':
			put_string(&s, &spec, (char[]){(char)va_arg(ap, int), 0});
			break;
		case 's':
			put_string(&s, &spec, va_arg(ap, const char *));
			break;
		case '%':
			put(&s, '%');
			break;
		default:
			ASSERT(false, "unknown conversion %d", *fmt);
		}
	}
	if (size)
		buf[min(s.len, size - 1)] = '\0';
	return (int)s.len;
}

int fmt_print(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = fmt_vprint(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
