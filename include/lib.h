/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Freestanding helpers (mm/lib/): formatting, sorting, seeded random numbers, number parsing. */
#ifndef LIB_H
#define LIB_H

#include "kernel.h"

/*
 * printf's %c %s %d %i %u %x %X %p %% with flags "-0 +#", width, precision, * and the lengths hh h
 * l ll z. Writes at most `size` bytes with the closing 0. Returns the length that the whole text
 * needs without the 0, as C99's snprintf does.
 */
int fmt_print(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int fmt_vprint(char *buf, size_t size, const char *fmt, va_list ap) __printf(3, 0);

/* Writes 16 hexadecimal digits without a closing 0; much faster than fmt_print(). Returns the
 * end. */
char *fmt_hex16(char *buf, u64 value);

/*
 * Bytes as the largest unit of K M G T P E that divides them evenly ("2M", "1028K", "12B").
 * `buf` must hold 24 bytes. Returns buf.
 */
const char *fmt_size(char *buf, u64 bytes);
/* A number of hundredths with its point ("12.34"). `buf` must hold 24 bytes. Returns buf. */
const char *fmt_hundredths(char *buf, u64 hundredths);

/*
 * A whole string as a number: decimal, 0x hexadecimal, with an optional suffix K M G T P E
 * (powers of 1024). Returns 0; -EINVAL for anything else, -ERANGE past 64 bits; *ret_value is
 * written on success only.
 */
int parse_u64(const char *s, u64 *ret_value);
/* The same, but digits without 0x are hexadecimal too: for addresses. */
int parse_hex(const char *s, u64 *ret_value);

/* Is it a blank inside a line? (A carriage return is one: files may come from Windows.) */
static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Sorts `nr` elements of `size` bytes in place (heap sort: no recursion, no allocation). */
void sort(void *base, size_t nr, size_t size, int (*cmp)(const void *, const void *));

/* A small seeded generator (splitmix64): the same seed gives the same numbers everywhere. */
struct prng {
	u64 state;
};
void prng_seed(struct prng *p, u64 seed);
/* The next 64 bits. */
u64 prng_next(struct prng *p);
/* Uniform in [0, bound); bound must not be 0. */
u64 prng_below(struct prng *p, u64 bound);

/* A 64-bit FNV-1a hash, to compare bytes before and after. */
u64 hash64(const void *data, size_t n, u64 seed);
#define HASH64_SEED 0xcbf29ce484222325ULL

#endif
