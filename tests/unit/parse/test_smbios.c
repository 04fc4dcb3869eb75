/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMBIOS entry points and structures. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "lib.h"
#include "parse/smbios.h"

static void fix_checksum(u8 *p, size_t n, size_t at)
{
	u8 sum = 0;

	p[at] = 0;
	for (size_t i = 0; i < n; i++)
		sum = (u8)(sum + p[i]);
	p[at] = (u8)-sum;
}

/* Exact copies on the heap, so that AddressSanitizer sees every byte too far. */
static int parse(const char *bytes, size_t size, struct smbios_info *ret)
{
	u8 *copy = malloc(size ? size : 1);
	int err;

	memcpy(copy, bytes, size);
	err = smbios_parse(copy, size, ret);
	free(copy);
	return err;
}

#define PARSE(s) parse(s, sizeof(s) - 1, &info)

static struct smbios_info info;

#define BIOS                                                                                       \
	"\x00\x0a\x00\x00\x01\x02\x00\xe8\x03\x00"                                                 \
	"Maker\0v1.2\0"                                                                            \
	"01/02/2024\0\0"
#define SYS                                                                                        \
	"\x01\x08\x01\x00\x01\x02\x00\x00"                                                         \
	" A Company  \0Model 7\0\0"
#define BOARD                                                                                      \
	"\x02\x06\x02\x00\x02\x01"                                                                 \
	"X570\0Boards Ltd\0\0"
#define END "\x7f\x04\x03\x00\0\0"

static void reads_the_strings(void **state)
{
	(void)state;
	assert_int_equal(PARSE(BIOS "\x04\x04\x09\x00"
				    "CPU\0\0" SYS BOARD END "trailing"),
			 0);
	assert_string_equal(info.bios_vendor, "Maker");
	assert_string_equal(info.bios_version, "v1.2");
	assert_string_equal(info.bios_date, "01/02/2024");
	assert_string_equal(info.system_vendor, "A Company");
	assert_string_equal(info.product, "Model 7");
	assert_string_equal(info.board_vendor, "Boards Ltd");
	assert_string_equal(info.board, "X570");
}

static void first_of_a_type_counts(void **state)
{
	(void)state;
	assert_int_equal(PARSE(BOARD "\x02\x06\x02\x00\x01\x02"
				     "Riser\0Other\0\0"),
			 0);
	assert_string_equal(info.board, "X570");
}

/* The body ends before the field, the number is 0, or there are fewer strings. */
static void missing_strings_are_empty(void **state)
{
	(void)state;
	assert_int_equal(PARSE("\x01\x05\x01\x00\x02"
			       "only\0\0" END),
			 0);
	assert_string_equal(info.system_vendor, "");
	assert_string_equal(info.product, "");
	assert_int_equal(PARSE("\x01\x06\x01\x00\x00\x01\0\0" END), 0);
	assert_string_equal(info.product, "");
}

static void strings_are_safe_to_print(void **state)
{
	(void)state;
	assert_int_equal(PARSE("\x01\x06\x01\x00\x01\x02"
			       "a\x1b[b\xe9\0   \0\0" END),
			 0);
	assert_string_equal(info.system_vendor, "a?[b?");
	assert_string_equal(info.product, "");
}

static void long_strings_are_cut(void **state)
{
	char bytes[300] = "\x01\x06\x01\x00\x01\x00";

	(void)state;
	memset(bytes + 6, 'x', 200);
	assert_int_equal(parse(bytes, 208, &info), 0);
	assert_int_equal(strlen(info.system_vendor), sizeof(info.system_vendor) - 1);
}

/* Whatever is wrong, what came before stays. */
static void stops_at_what_leads_outside(void **state)
{
	(void)state;
	assert_int_equal(PARSE(SYS "\x02\x03\x00\x00\0\0"), -EINVAL); /* shorter than its header */
	assert_string_equal(info.product, "Model 7");
	assert_int_equal(PARSE(SYS "\x02\xff\x00\x00\x01\x01\0\0"), -EINVAL);
	assert_int_equal(PARSE(SYS "\x02\x06\x00\x00\x01\x01"
				   "open\0"),
			 -EINVAL);
	assert_int_equal(PARSE(SYS "\x02"), -EINVAL);
	assert_string_equal(info.product, "Model 7");
	assert_int_equal(PARSE(""), 0);
	assert_string_equal(info.product, "");
}

static void every_cut_is_safe(void **state)
{
	static const char all[] = BIOS SYS BOARD END;

	(void)state;
	for (size_t n = 0; n < sizeof(all) - 1; n++)
		parse(all, n, &info);
}

static int entry(const u8 *bytes, size_t size, phys_addr_t *pa, u32 *len)
{
	u8 *copy = malloc(size ? size : 1);
	int err;

	memcpy(copy, bytes, size);
	err = smbios_parse_entry(copy, size, pa, len);
	free(copy);
	return err;
}

static void finds_64_bit_entry(void **state)
{
	u8 e[24] = "_SM3_\0\x18\x03\x03";
	phys_addr_t pa = 1;
	u32 len = 2;

	(void)state;
	memcpy(e + 12, "\x00\x10\x00\x00\x00\x20\x00\x40\x01\x00\x00\x00", 12);
	fix_checksum(e, 24, 5);
	assert_int_equal(entry(e, 23, &pa, &len), -EINVAL);
	e[20] ^= 1;
	assert_int_equal(entry(e, 24, &pa, &len), -EBADMSG);
	assert_int_equal(pa, 1); /* untouched */
	e[20] ^= 1;
	assert_int_equal(entry(e, 24, &pa, &len), 0);
	assert_int_equal(pa, 0x140002000);
	assert_int_equal(len, 0x1000);
	e[6] = 25;
	assert_int_equal(entry(e, 24, &pa, &len), -EINVAL);
}

static void finds_32_bit_entry(void **state)
{
	u8 e[31] = "_SM_\0\x1f\x02\x08";
	phys_addr_t pa;
	u32 len;

	(void)state;
	memcpy(e + 16, "_DMI_\0\x34\x12\x00\x50\x0f\x00", 12);
	fix_checksum(e, 31, 4);
	assert_int_equal(entry(e, 31, &pa, &len), 0);
	assert_int_equal(pa, 0xf5000);
	assert_int_equal(len, 0x1234);
	e[5] = 0x1e; /* as 2.1 had it */
	fix_checksum(e, 30, 4);
	assert_int_equal(entry(e, 31, &pa, &len), 0);
	e[5] = 0x1d;
	assert_int_equal(entry(e, 31, &pa, &len), -EINVAL);
	e[5] = 0x1f;
	e[16] = 'x';
	assert_int_equal(entry(e, 31, &pa, &len), -EINVAL);
	assert_int_equal(entry(e, 0, &pa, &len), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_strings),
		cmocka_unit_test(first_of_a_type_counts),
		cmocka_unit_test(missing_strings_are_empty),
		cmocka_unit_test(strings_are_safe_to_print),
		cmocka_unit_test(long_strings_are_cut),
		cmocka_unit_test(stops_at_what_leads_outside),
		cmocka_unit_test(every_cut_is_safe),
		cmocka_unit_test(finds_64_bit_entry),
		cmocka_unit_test(finds_32_bit_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
