/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Strings from the SMBIOS structures. */
#include "parse/smbios.h"

#define HEADER_SIZE 4 /* type, length, handle */

enum { TYPE_BIOS = 0, TYPE_SYSTEM = 1, TYPE_BOARD = 2, TYPE_END = 127, NR_TYPES = 3 };

static u64 get(const u8 *p, size_t width)
{
	u64 v = 0;

	memcpy(&v, p, width);
	return v;
}

static bool sums_to_zero(const u8 *p, size_t n)
{
	u8 sum = 0;

	while (n--)
		sum = (u8)(sum + *p++);
	return sum == 0;
}

int smbios_parse_entry(const void *bytes, size_t size, phys_addr_t *ret_pa, u32 *ret_size)
{
	const u8 *p = bytes;
	bool v3 = size >= 24 && !memcmp(p, "_SM3_", 5);
	bool v2 = size >= 31 && !memcmp(p, "_SM_", 4) && !memcmp(p + 16, "_DMI_", 5);
	size_t length;

	if (!v3 && !v2)
		return -EINVAL;
	length = v3 ? p[6] : p[5];
	/* Version 2.1 of the specification says 30 instead of 31 by mistake, and so does
	 * firmware. */
	if (length < (v3 ? 24 : 30) || length > size)
		return -EINVAL;
	if (!sums_to_zero(p, length))
		return -EBADMSG;
	*ret_pa = v3 ? get(p + 16, 8) : get(p + 24, 4);
	*ret_size = (u32)(v3 ? get(p + 12, 4) : get(p + 22, 2));
	return 0;
}

/* One structure: its formatted bytes, then its strings, each closed with 0, and a 0 after all. */
struct structure {
	const u8 *body;
	size_t length;
	const char *strings;
	size_t strings_size;
};

/* Reads the structure at *at and moves *at past it. */
static bool next_structure(const u8 *bytes, size_t size, size_t *at, struct structure *ret)
{
	size_t left = size - *at, end;

	ret->body = bytes + *at;
	if (left < HEADER_SIZE || ret->body[1] < HEADER_SIZE || ret->body[1] > left)
		return false;
	ret->length = ret->body[1];
	ret->strings = (const char *)ret->body + ret->length;
	for (end = ret->length;; end++) {
		if (left - end < 2)
			return false;
		if (!ret->body[end] && !ret->body[end + 1])
			break;
	}
	ret->strings_size = end + 1 - ret->length;
	*at += end + 2;
	return true;
}

static void copy_printable(char *buf, size_t size, const char *s, size_t len)
{
	size_t n = 0;

	while (len && s[0] == ' ') {
		s++;
		len--;
	}
	while (len && s[len - 1] == ' ')
		len--;
	for (; n < len && n + 1 < size; n++)
		buf[n] = s[n] >= 32 && s[n] < 127 ? s[n] : '?';
	buf[n] = '\0';
}

/* Copies the string whose number is in the byte at `offset`; without one, buf does not change. */
static void take_string(const struct structure *s, size_t offset, char *buf, size_t size)
{
	u32 number = offset < s->length ? s->body[offset] : 0;
	size_t start = 0, end = 0;

	if (!number)
		return;
	for (;; start = end + 1) {
		for (end = start; end < s->strings_size && s->strings[end]; end++)
			;
		if (end >= s->strings_size || end == start)
			return; /* there are fewer strings */
		if (--number == 0)
			break;
	}
	copy_printable(buf, size, s->strings + start, end - start);
}

static void take_structure(const struct structure *s, struct smbios_info *ret)
{
	switch (s->body[0]) {
	case TYPE_BIOS:
		take_string(s, 4, ret->bios_vendor, sizeof(ret->bios_vendor));
		take_string(s, 5, ret->bios_version, sizeof(ret->bios_version));
		take_string(s, 8, ret->bios_date, sizeof(ret->bios_date));
		break;
	case TYPE_SYSTEM:
		take_string(s, 4, ret->system_vendor, sizeof(ret->system_vendor));
		take_string(s, 5, ret->product, sizeof(ret->product));
		break;
	case TYPE_BOARD:
		take_string(s, 4, ret->board_vendor, sizeof(ret->board_vendor));
		take_string(s, 5, ret->board, sizeof(ret->board));
		break;
	}
}

int smbios_parse(const void *bytes, size_t size, struct smbios_info *ret)
{
	bool seen[NR_TYPES] = {false};
	struct structure s;
	size_t at = 0;

	memset(ret, 0, sizeof(*ret));
	while (at < size) {
		u8 type;

		if (!next_structure(bytes, size, &at, &s))
			return -EINVAL;
		type = s.body[0];
		if (type == TYPE_END)
			break;
		if (type >= NR_TYPES || seen[type])
			continue;
		seen[type] = true;
		take_structure(&s, ret);
	}
	return 0;
}
