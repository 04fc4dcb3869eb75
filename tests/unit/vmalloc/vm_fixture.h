/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the tests of vmalloc share. */
#ifndef TESTS_UNIT_VMALLOC_VM_FIXTURE_H
#define TESTS_UNIT_VMALLOC_VM_FIXTURE_H

#include "mm/pgtable/leaf.h"
#include "mm_fixture.h"

static inline u64 va_of(const struct mem_system *sys, const void *p)
{
	return (u64)(uintptr_t)p - sys->vmalloc_offset;
}

static inline bool is_mapped(const struct mem_system *sys, u64 va, u8 *ret_rights)
{
	struct pt_path path;
	bool mapped = pt_lookup(&sys->pt, va, &path) == PT_MAPPED;

	*ret_rights = mapped ? path.entry[path.nr - 1].rights : 0;
	return mapped;
}

static inline bool is_all(const u8 *p, u64 size, u8 value)
{
	return p[0] == value && !memcmp(p, p + 1, size - 1);
}

#endif
