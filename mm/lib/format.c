/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* printf into a buffer, like C99's snprintf, with the conversions that lib.h lists. */
#include "lib.h"

struct sink {
	char *buf;
	size_t size, len; /* len also counts what did not fit */
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

/* The digits of v, lowest first; returns their number, 0 if v is 0. */
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

/* In a struct, so that it can be passed on by pointer: a va_list itself may be an array. */
struct args {
	va_list ap;
};

/* A number or, for *, the next argument. */
static const char *parse_count(const char *fmt, struct args *args, int *ret)
{
	*ret = 0;
	if (*fmt == '*') {
		*ret = va_arg(args->ap, int);
		return fmt + 1;
	}
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

/* Parses what follows the %, up to the conversion's letter. */
static const char *parse_spec(const char *fmt, struct args *args, struct spec *spec,
			      enum length *ret_len)
{
	*spec = (struct spec){.precision = -1, .base = 10};
	while (parse_flag(spec, *fmt))
		fmt++;
	fmt = parse_count(fmt, args, &spec->width);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	if (*fmt == '.')
		fmt = parse_count(fmt + 1, args, &spec->precision);
	return parse_length(fmt, ret_len);
}

static s64 fetch_signed(struct args *args, enum length len)
{
	if (len == LEN_LLONG)
		return va_arg(args->ap, long long);
	if (len == LEN_LONG)
		return va_arg(args->ap, long);
	if (len == LEN_SIZE)
		return (s64)va_arg(args->ap, size_t);
	int v = va_arg(args->ap, int);

	return len == LEN_CHAR ? (s8)v : len == LEN_SHORT ? (s16)v : v;
}

static u64 fetch_unsigned(struct args *args, enum length len)
{
	if (len == LEN_LLONG)
		return va_arg(args->ap, unsigned long long);
	if (len == LEN_LONG)
		return va_arg(args->ap, unsigned long);
	if (len == LEN_SIZE)
		return va_arg(args->ap, size_t);
	unsigned v = va_arg(args->ap, unsigned);

	return len == LEN_CHAR ? (u8)v : len == LEN_SHORT ? (u16)v : v;
}

static void put_signed(struct sink *s, struct spec *spec, s64 v)
{
	spec->is_signed = true;
	put_number(s, spec, v < 0 ? -(u64)v : (u64)v, v < 0);
}

static void convert(struct sink *s, struct spec *spec, char conversion, enum length len,
		    struct args *args)
{
	switch (conversion) {
	case 'd':
	case 'i':
		put_signed(s, spec, fetch_signed(args, len));
		break;
	case 'X':
	case 'x':
		spec->upper = conversion == 'X';
		spec->base = 16;
		/* fall through */
	case 'u':
		put_number(s, spec, fetch_unsigned(args, len), false);
		break;
	case 'p':
		spec->base = 16;
		spec->alternate = true;
		put_number(s, spec, (u64)(uintptr_t)va_arg(args->ap, void *), false);
		break;
	case 'c':
		put_string(s, spec, (char[]){(char)va_arg(args->ap, int), 0});
		break;
	case 's':
		put_string(s, spec, va_arg(args->ap, const char *));
		break;
	case '%':
		put(s, '%');
		break;
	default:
		ASSERT(false, "unknown conversion %d", conversion);
	}
}

int fmt_vprint(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink s = {buf, size, 0};
	struct args args;
	struct spec spec;
	enum length len;

	va_copy(args.ap, ap);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&s, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &args, &spec, &len);
		convert(&s, &spec, *fmt, len, &args);
	}
	va_end(args.ap);
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

char *fmt_hex16(char *buf, u64 value)
{
	static const char digits[] = "0123456789abcdef";

	for (int shift = 60; shift >= 0; shift -= 4)
		*buf++ = digits[value >> shift & 15];
	return buf;
}
