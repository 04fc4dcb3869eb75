/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What every file may use: integers, assertions, small arithmetic, the few string functions.
 * Nothing here depends on firmware or CPU, so a file that includes only this and its own header
 * compiles both for EFI and for the host.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64; /* so that %llx is right on every build */
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef long long s64;

#define KiB (1ULL << 10)
#define MiB (1ULL << 20)
#define GiB (1ULL << 30)
#define TiB (1ULL << 40)

#define ARRAY_SIZE(a)			(sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define __printf(fmt, args)		__attribute__((format(printf, fmt, args)))
#define __noinline			__attribute__((noinline)) /* for slow paths */
#define likely(x)			__builtin_expect(!!(x), 1)
#define unlikely(x)			__builtin_expect(!!(x), 0)

#define min(a, b)                                                                                  \
	({                                                                                         \
		__typeof__(a) _a = (a);                                                            \
		__typeof__(b) _b = (b);                                                            \
		_a < _b ? _a : _b;                                                                 \
	})
#define max(a, b)                                                                                  \
	({                                                                                         \
		__typeof__(a) _a = (a);                                                            \
		__typeof__(b) _b = (b);                                                            \
		_a > _b ? _a : _b;                                                                 \
	})

/* `align` is a power of two. round_up() of the last bytes of the address space wraps to 0. */
#define round_down(x, align) ((x) & ~((__typeof__(x))(align)-1))
#define round_up(x, align)   round_down((x) + (align)-1, align)
#define is_aligned(x, align) (((x) & ((__typeof__(x))(align)-1)) == 0)
#define is_pow2(x)	     ((x) != 0 && ((x) & ((x)-1)) == 0)
#define DIV_ROUND_UP(n, d)   (((n) + (d)-1) / (d))

/* Position of the lowest and of the highest set bit; the value must not be 0. */
static inline unsigned lowest_bit(u64 v)
{
	return (unsigned)__builtin_ctzll(v);
}

static inline unsigned highest_bit(u64 v)
{
	return 63u - (unsigned)__builtin_clzll(v);
}

/* The number of set bits, summed in wider and wider fields. The compiler's builtin would need a
 * newer instruction or a library. */
static inline unsigned bit_count(u64 v)
{
	v -= v >> 1 & 0x5555555555555555;
	v = (v & 0x3333333333333333) + (v >> 2 & 0x3333333333333333);
	v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (unsigned)(v * 0x0101010101010101 >> 56);
}

/*
 * Reports a caller's bug: what was expected, where, and the values. Never returns. The EFI program
 * ends the running command, the host program aborts, a unit test gets a failed assertion.
 */
__attribute__((noreturn)) void assert_failed(const char *file, int line, const char *expr,
					     const char *fmt, ...) __printf(4, 5);
#define ASSERT(cond, ...)                                                                          \
	do {                                                                                       \
		if (unlikely(!(cond)))                                                             \
			assert_failed(__FILE__, __LINE__, #cond, __VA_ARGS__);                     \
	} while (0)

/* As in the C library; mm/lib/string.c implements them for builds without one. */
void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

#endif
