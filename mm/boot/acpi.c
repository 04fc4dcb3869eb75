/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Headers, checksums, and the list of tables: ACPI 6.5, 5.2.5 to 5.2.8. */
#include "mm/boot/acpi.h"

#include "acpi_bytes.h"

static u8 sum_of(const u8 *p, size_t n)
{
	u8 sum = 0;

	while (n--)
		sum = (u8)(sum + *p++);
	return sum;
}

static void copy_text(char *dst, const u8 *src, size_t n)
{
	memcpy(dst, src, n);
	dst[n] = '\0';
}

int acpi_parse_header(const void *bytes, size_t size, struct acpi_header *ret)
{
	struct bytes b = {bytes, size};
	bool ok = true;
	u32 length = (u32)bytes_get(&b, 4, 4, &ok);

	if (size < ACPI_HEADER_SIZE || !ok || length < ACPI_HEADER_SIZE || length > size)
		return -EINVAL;
	if (sum_of(b.p, length))
		return -EBADMSG;
	copy_text(ret->signature, b.p, 4);
	ret->length = length;
	ret->revision = b.p[8];
	copy_text(ret->oem_id, b.p + 10, 6);
	copy_text(ret->oem_table_id, b.p + 16, 8);
	return 0;
}

int acpi_parse_rsdp(const void *bytes, size_t size, phys_addr_t *ret_rsdt, phys_addr_t *ret_xsdt)
{
	struct bytes b = {bytes, size};
	bool ok = true;
	u64 length;

	if (size < 20 || memcmp(bytes, "RSD PTR ", 8))
		return -EINVAL;
	if (sum_of(b.p, 20))
		return -EBADMSG;
	if (b.p[15] >= 2) { /* revision: 2.0 and later have an XSDT */
		length = bytes_get(&b, 20, 4, &ok);
		if (!ok || length < 36 || length > size)
			return -EINVAL;
		if (sum_of(b.p, (size_t)length))
			return -EBADMSG;
		*ret_xsdt = bytes_get(&b, 24, 8, &ok);
	} else {
		*ret_xsdt = 0;
	}
	*ret_rsdt = bytes_get(&b, 16, 4, &ok);
	return 0;
}

int acpi_sdt_entry(const void *bytes, size_t size, u32 index, phys_addr_t *ret)
{
	bool extended = size >= 4 && !memcmp(bytes, "XSDT", 4), ok = true;
	unsigned width = extended ? 8 : 4;
	struct bytes b = {bytes, size};
	u64 length = bytes_get(&b, 4, 4, &ok);
	u64 offset = ACPI_HEADER_SIZE + (u64)index * width, pa;

	if (!ok || offset + width > length)
		return -ENOENT;
	pa = bytes_get(&b, offset, width, &ok);
	if (!ok)
		return -ENOENT;
	*ret = pa;
	return 0;
}

int acpi_for_each_entry(const void *bytes, size_t size, u32 first, u32 length_offset,
			unsigned length_width,
			int (*fn)(void *ctx, const u8 *entry, size_t entry_size), void *ctx)
{
	struct bytes b = {bytes, size};
	u64 at = first;

	if (first > size)
		return -EINVAL;
	while (at < size) {
		bool ok = true;
		u64 length = bytes_get(&b, at + length_offset, length_width, &ok);
		int err;

		if (!ok || length < length_offset + length_width || length > size - at)
			return -EINVAL;
		err = fn(ctx, b.p + at, (size_t)length);
		if (err)
			return err;
		at += length;
	}
	return 0;
}
