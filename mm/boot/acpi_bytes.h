/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reads little-endian numbers from bytes that may end anywhere. */
#ifndef MM_BOOT_ACPI_BYTES_H
#define MM_BOOT_ACPI_BYTES_H

#include "kernel.h"

struct bytes {
	const u8 *p;
	size_t size;
};

/* The number of `width` bytes at `offset`. If it is not completely inside: 0, and *ok is false. */
static inline u64 bytes_get(const struct bytes *b, u64 offset, unsigned width, bool *ok)
{
	u64 v = 0;

	if (offset > b->size || b->size - offset < width) {
		*ok = false;
		return 0;
	}
	for (unsigned i = 0; i < width; i++)
		v |= (u64)b->p[offset + i] << (8 * i);
	return v;
}

/* `size` bytes from `offset` on, or fewer if the bytes end before. */
static inline struct bytes bytes_at(const struct bytes *b, u64 offset, u64 size)
{
	u64 at = min(offset, (u64)b->size);

	return (struct bytes){b->p + at, (size_t)min(size, b->size - at)};
}

#endif
