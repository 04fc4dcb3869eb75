/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mm/lib: formatting, numbers, sorting, random numbers, and our own string functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"

#define SEED 20261

/* mm/lib/string.c is for EFI only: here it gets other names, and the C library is the referee. */
void *our_memcpy(void *restrict dst, const void *restrict src, size_t n);
void *our_memmove(void *dst, const void *src, size_t n);
void *our_memset(void *dst, int c, size_t n);
int our_memcmp(const void *a, const void *b, size_t n);
size_t our_strlen(const char *s);
int our_strcmp(const char *a, const char *b);
int our_strncmp(const char *a, const char *b, size_t n);

/* ---- fmt_print --------------------------------------------------------------------------- */

#define SAME_AS_LIBC(...)                                                                          \
	do {                                                                                       \
		char ours[200], libc[200];                                                         \
		int n = fmt_print(ours, sizeof(ours), __VA_ARGS__);                                \
		assert_int_equal(n, snprintf(libc, sizeof(libc), __VA_ARGS__));                    \
		assert_string_equal(ours, libc);                                                   \
	} while (0)

static void format_writes_what_printf_writes(void **state)
{
	(void)state;
	SAME_AS_LIBC("plain 100%%");
	SAME_AS_LIBC("%d %i %u", -5, 7, 4000000000u);
	SAME_AS_LIBC("[%5d|%-5d|%05d|%+d|% d]", 42, 42, 42, 42, 42);
	SAME_AS_LIBC("%lld %lld", (long long)INT64_MIN, (long long)INT64_MAX);
	SAME_AS_LIBC("%llu %llx %llX", ~0ULL, 0xabcdefULL, 0xabcdefULL);
	SAME_AS_LIBC("%#x %#llx %#x", 255, 0x123456789abcULL, 0);
	SAME_AS_LIBC("%016llx %#018llx", 0x8000ULL, 0x8000ULL);
	SAME_AS_LIBC("%hhx %hx %lx %zu %hhd", 0x1ff & 0xff, 0xffff, 5ul, (size_t)9, -1);
	SAME_AS_LIBC("%s|%10s|%-10s|%.2s|%.*s|%*s", "abc", "abc", "abc", "abc", 1, "abc", -6,
		     "abc");
	SAME_AS_LIBC("%c%c|%3c", 'x', 'y', 'z');
	SAME_AS_LIBC("%.5d|%8.5d|%-8.3d|%.0d", 42, 42, 42, 0);
	SAME_AS_LIBC("%p", (void *)0xffff888000001000);
}

/* Any flags, width and precision with any conversion of an integer: the same as the C library. */
static void random_formats_are_as_in_libc(void **state)
{
	static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z"};
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 20000; round++) {
		char fmt[40] = "%", ours[100], libc[100];
		char conv = "diuxX"[prng_below(&p, 5)];
		u64 v = prng_next(&p) >> prng_below(&p, 64), len = prng_below(&p, 6);
		int a, b;

		for (int i = 0; i < 4; i++) {
			char flag = "-0 +"[i];

			if (prng_below(&p, 3) == 0)
				snprintf(fmt + strlen(fmt), 8, "%c", flag);
		}
		if ((conv == 'x' || conv == 'X') && prng_below(&p, 2))
			strcat(fmt, "#");
		if (prng_below(&p, 2))
			snprintf(fmt + strlen(fmt), 8, "%llu", 1 + prng_below(&p, 30));
		if (prng_below(&p, 3) == 0)
			snprintf(fmt + strlen(fmt), 8, ".%llu", prng_below(&p, 25));
		snprintf(fmt + strlen(fmt), 8, "%s%c", lengths[len], conv);
		a = len > 2 ? fmt_print(ours, sizeof(ours), fmt, v)
			    : fmt_print(ours, sizeof(ours), fmt, (int)v);
		b = len > 2 ? snprintf(libc, sizeof(libc), fmt, v)
			    : snprintf(libc, sizeof(libc), fmt, (int)v);
		if (a != b || strcmp(ours, libc))
			fail_msg("seed %d round %d: \"%s\" of %#llx: \"%s\", not \"%s\"", SEED,
				 round, fmt, v, ours, libc);
	}
}

/* With too little room the text is cut and closed, the length is that of all of it. */
static void format_cuts_at_the_buffer(void **state)
{
	(void)state;
	for (size_t size = 0; size < 20; size++) {
		char *buf = malloc(size + 1); /* AddressSanitizer watches the end */
		char *tight = malloc(size ? size : 1);

		assert_int_equal(fmt_print(tight, size, "%s-%05d", "abcdef", 42), 12);
		snprintf(buf, size + 1, "%s", "abcdef-00042");
		if (size) {
			buf[min(size - 1, (size_t)12)] = '\0';
			assert_string_equal(tight, buf);
		}
		free(buf);
		free(tight);
	}
	assert_int_equal(fmt_print(NULL, 0, "%d", 12345), 5);
}

static void format_refuses_what_it_does_not_know(void **state)
{
	char buf[10];
	const char *unknown = "%f", *volatile none = NULL;

	(void)state;
	expect_assert_failure(fmt_print(buf, sizeof(buf), unknown, 1));
	assert_int_equal(fmt_print(buf, sizeof(buf), "%s", none), 6);
	assert_string_equal(buf, "(null)");
}

/* ---- numbers ----------------------------------------------------------------------------- */

static void sizes_use_the_largest_unit_that_divides(void **state)
{
	static const struct {
		u64 bytes;
		const char *text;
	} cases[] = {
		{0, "0B"},	    {12, "12B"},
		{1024, "1K"},	    {1028 * KiB, "1028K"},
		{2 * MiB, "2M"},    {3 * GiB, "3G"},
		{TiB, "1T"},	    {TiB * 1024, "1P"},
		{1ULL << 60, "1E"}, {1ULL << 63, "8E"},
		{1025, "1025B"},    {~0ULL, "18446744073709551615B"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[24];

		assert_string_equal(fmt_size(buf, cases[i].bytes), cases[i].text);
	}
}

static void hundredths_have_two_digits_after_the_point(void **state)
{
	static const struct {
		u64 hundredths;
		const char *text;
	} cases[] = {
		{0, "0.00"},   {5, "0.05"},	{99, "0.99"},
		{100, "1.00"}, {1234, "12.34"}, {~0ULL, "184467440737095516.15"},
	};
	char buf[24];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(fmt_hundredths(buf, cases[i].hundredths), cases[i].text);
}

static void numbers_are_read_whole(void **state)
{
	static const struct {
		const char *text;
		int err;
		u64 value;
	} cases[] = {
		{"0", 0, 0},
		{"123", 0, 123},
		{"0x1F", 0, 31},
		{"0Xff", 0, 255},
		{"4K", 0, 4096},
		{"4k", 0, 4096},
		{"2m", 0, 2 * MiB},
		{"16E", -ERANGE, 0},
		{"15E", 0, 15ULL << 60},
		{"0x10G", 0, 16 * GiB},
		{"18446744073709551615", 0, ~0ULL},
		{"18446744073709551616", -ERANGE, 0},
		{"0xffffffffffffffff", 0, ~0ULL},
		{"0x10000000000000000", -ERANGE, 0},
		{"", -EINVAL, 0},
		{"0x", -EINVAL, 0},
		{"-1", -EINVAL, 0},
		{"+1", -EINVAL, 0},
		{" 1", -EINVAL, 0},
		{"1 ", -EINVAL, 0},
		{"1KB", -EINVAL, 0},
		{"K", -EINVAL, 0},
		{"12a", -EINVAL, 0},
		{"0xg", -EINVAL, 0},
		{"1.5", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 v = 77;
		int err = parse_u64(cases[i].text, &v);

		if (err != cases[i].err || v != (err ? 77 : cases[i].value))
			fail_msg("\"%s\": %d, %llu", cases[i].text, err, v);
	}
}

static void addresses_are_hexadecimal(void **state)
{
	static const char *const bad[] = {"", "0x", "10K", "x10", "0x1g", "-1", "1 "};
	u64 v = 0;

	(void)state;
	assert_int_equal(parse_hex("ffff888000000000", &v), 0);
	assert_true(v == 0xffff888000000000ULL);
	assert_int_equal(parse_hex("0X10", &v), 0);
	assert_true(v == 16);
	assert_int_equal(parse_hex("10000000000000000", &v), -ERANGE);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse_hex(bad[i], &v), -EINVAL);
	assert_true(v == 16);
}

/* What fmt_size writes, parse_u64 reads. */
static void sizes_survive_the_way_there_and_back(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int i = 0; i < 5000; i++) {
		u64 v = prng_next(&p) >> prng_below(&p, 64) << prng_below(&p, 64), back;
		char buf[24], *unit;

		fmt_size(buf, v);
		unit = strchr(buf, 'B');
		if (unit)
			*unit = '\0';
		assert_int_equal(parse_u64(buf, &back), 0);
		assert_true(back == v);
	}
}

/* ---- sort, prng, hash, errors ------------------------------------------------------------ */

static int compare_u32(const void *a, const void *b)
{
	u32 x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

/* Elements of any size move as wholes: each carries a copy of its key at its end. */
static void sort_is_as_qsort(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 300; round++) {
		size_t nr = prng_below(&p, 200), size = 8 + prng_below(&p, 30);
		u8 *a = malloc(nr * size + 1), *b = malloc(nr * size + 1);

		memset(a, 0, nr * size + 1);
		for (size_t i = 0; i < nr; i++) {
			u32 key = (u32)prng_below(&p, 1 + prng_below(&p, 1000));

			memcpy(a + i * size, &key, 4);
			memcpy(a + (i + 1) * size - 4, &key, 4);
		}
		memcpy(b, a, nr * size);
		sort(a, nr, size, compare_u32);
		qsort(b, nr, size, compare_u32);
		assert_memory_equal(a, b, nr * size);
		free(a);
		free(b);
	}
}

static void prng_gives_the_known_numbers(void **state)
{
	struct prng p;
	u32 seen[7] = {0};

	(void)state;
	prng_seed(&p, 0);
	assert_true(prng_next(&p) == 0xe220a8397b1dcdafULL); /* splitmix64's published values */
	assert_true(prng_next(&p) == 0x6e789e6aa1b965f4ULL);
	assert_true(prng_next(&p) == 0x06c45d188009454fULL);
	for (int i = 0; i < 70000; i++)
		seen[prng_below(&p, 7)]++;
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 9500, 10500);
	assert_int_equal(prng_below(&p, 1), 0);
	assert_true(prng_below(&p, ~0ULL) < ~0ULL);
	expect_assert_failure(prng_below(&p, 0));
}

static void hash_is_fnv_1a(void **state)
{
	(void)state;
	assert_true(hash64("", 0, HASH64_SEED) == HASH64_SEED);
	assert_true(hash64("a", 1, HASH64_SEED) == 0xaf63dc4c8601ec8cULL);
	assert_true(hash64("foobar", 6, HASH64_SEED) == 0x85944171f73967e8ULL);
	assert_true(hash64("bar", 3, hash64("foo", 3, HASH64_SEED)) == 0x85944171f73967e8ULL);
}

static void every_error_has_a_text(void **state)
{
	(void)state;
	assert_string_equal(err_name(-ENOMEM), "out of memory");
	assert_string_equal(err_name(9999), "unknown error");
	assert_string_equal(err_name(INT32_MIN), "unknown error");
	for (int err = -200; err <= 200; err++) {
		assert_non_null(err_name(err));
		assert_string_equal(err_name(err), err_name(-err));
	}
}

/* ---- string.c ---------------------------------------------------------------------------- */

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

/* Overlapping either way, any length and alignment: byte by byte what the C library does. */
static void memory_functions_are_as_in_libc(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 20000; round++) {
		u8 a[96], b[96];
		size_t from = prng_below(&p, 48), to = prng_below(&p, 48), n = prng_below(&p, 49);

		for (size_t i = 0; i < sizeof(a); i++)
			a[i] = b[i] = (u8)prng_next(&p);
		assert_ptr_equal(our_memmove(a + to, a + from, n), a + to);
		memmove(b + to, b + from, n);
		assert_memory_equal(a, b, sizeof(a));
		assert_ptr_equal(our_memset(a + to, (int)round, n), a + to);
		memset(b + to, (int)round, n);
		assert_memory_equal(a, b, sizeof(a));
		n = min(n, sizeof(a) / 2 - 1);
		our_memcpy(a, a + 48 + from % 2, n);
		memcpy(b, b + 48 + from % 2, n);
		assert_memory_equal(a, b, sizeof(a));
		assert_int_equal(sign(our_memcmp(a, a + from, n)), sign(memcmp(a, a + from, n)));
	}
}

static void string_functions_are_as_in_libc(void **state)
{
	static const char *const words[] = {"", "a", "ab", "abc", "abd", "b", "\xff", "a\xff"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		assert_int_equal(our_strlen(words[i]), strlen(words[i]));
		for (size_t j = 0; j < ARRAY_SIZE(words); j++) {
			assert_int_equal(sign(our_strcmp(words[i], words[j])),
					 sign(strcmp(words[i], words[j])));
			for (size_t n = 0; n < 4; n++)
				assert_int_equal(sign(our_strncmp(words[i], words[j], n)),
						 sign(strncmp(words[i], words[j], n)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format_writes_what_printf_writes),
		cmocka_unit_test(random_formats_are_as_in_libc),
		cmocka_unit_test(format_cuts_at_the_buffer),
		cmocka_unit_test(format_refuses_what_it_does_not_know),
		cmocka_unit_test(sizes_use_the_largest_unit_that_divides),
		cmocka_unit_test(hundredths_have_two_digits_after_the_point),
		cmocka_unit_test(numbers_are_read_whole),
		cmocka_unit_test(addresses_are_hexadecimal),
		cmocka_unit_test(sizes_survive_the_way_there_and_back),
		cmocka_unit_test(sort_is_as_qsort),
		cmocka_unit_test(prng_gives_the_known_numbers),
		cmocka_unit_test(hash_is_fnv_1a),
		cmocka_unit_test(every_error_has_a_text),
		cmocka_unit_test(memory_functions_are_as_in_libc),
		cmocka_unit_test(string_functions_are_as_in_libc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Last, because of the names. */
#define memcpy	our_memcpy
#define memmove our_memmove
#define memset	our_memset
#define memcmp	our_memcmp
#define strlen	our_strlen
#define strcmp	our_strcmp
#define strncmp our_strncmp
#include "../../../mm/lib/string.c"
