/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * memblock, in pictures: one letter is one page from address 0 up, '.' is nothing, '0'..'3' memory
 * of that node, 'x' memory of no node, 'h' HOTPLUG, 'm' MIRROR, 'n' NOMAP, 'd' DRIVER_MANAGED.
 */
#ifndef TESTS_UNIT_BOOT_MEMBLOCK_FIXTURE_H
#define TESTS_UNIT_BOOT_MEMBLOCK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "mm/boot/memblock.h"

#define MAX_REGIONS 64
#define PAGES(n)    ((u64)(n)*PAGE_SIZE)

struct world {
	struct memblock mb;
	struct memblock_region memory[MAX_REGIONS], reserved[MAX_REGIONS];
};

static inline void start(struct world *w, u32 max)
{
	memset(w, 0, sizeof(*w));
	memblock_init(&w->mb, w->memory, w->reserved, max);
}

static inline u32 letter_flags(char c)
{
	return c == 'h'	  ? MEMBLOCK_HOTPLUG
	       : c == 'm' ? MEMBLOCK_MIRROR
	       : c == 'n' ? MEMBLOCK_NOMAP
	       : c == 'd' ? MEMBLOCK_DRIVER_MANAGED
			  : 0;
}

static inline int letter_nid(char c)
{
	return c >= '0' && c <= '3' ? c - '0' : NUMA_NO_NODE;
}

static inline void draw_memory(struct world *w, const char *picture)
{
	for (u32 i = 0; picture[i]; i++) {
		if (picture[i] != '.')
			assert_int_equal(memblock_add(&w->mb, PAGES(i), PAGE_SIZE,
						      letter_nid(picture[i]),
						      letter_flags(picture[i])),
					 0);
	}
}

static inline void draw_reserved(struct world *w, const char *picture)
{
	for (u32 i = 0; picture[i]; i++) {
		if (picture[i] != '.')
			assert_int_equal(memblock_reserve(&w->mb, PAGES(i), PAGE_SIZE), 0);
	}
}

static inline char region_letter(const struct memblock_region *r)
{
	static const char flags[] = {'x', 'h', 'm', '?', 'n', '?', '?', '?', 'd'};

	if (r->flags)
		return r->flags < sizeof(flags) ? flags[r->flags] : '?';
	return r->nid == NUMA_NO_NODE ? 'x' : (char)('0' + r->nid);
}

/* The header's invariant: not empty, ascending, disjoint, touching neighbours differ. */
static inline void assert_sound(const struct memblock_type *type)
{
	u64 total = 0;

	assert_true(type->cnt <= type->max);
	for (u32 i = 0; i < type->cnt; i++) {
		const struct memblock_region *r = &type->regions[i], *next = r + 1;

		total += r->size;
		assert_true(r->size && r->base + r->size > r->base);
		if (i + 1 == type->cnt)
			break;
		assert_true(r->base + r->size <= next->base);
		if (r->base + r->size == next->base)
			assert_true(r->nid != next->nid || r->flags != next->flags);
	}
	assert_int_equal(total, type->total_size);
}

static inline void assert_picture(const struct memblock_type *type, const char *expected)
{
	char seen[128];
	size_t len = strlen(expected);

	assert_sound(type);
	memset(seen, '.', len);
	seen[len] = '\0';
	for (u32 i = 0; i < type->cnt; i++) {
		const struct memblock_region *r = &type->regions[i];

		assert_true(is_aligned(r->base | r->size, PAGE_SIZE));
		assert_true(r->base + r->size <= PAGES(len));
		memset(seen + r->base / PAGE_SIZE, region_letter(r), r->size / PAGE_SIZE);
	}
	assert_string_equal(seen, expected);
}

#endif
