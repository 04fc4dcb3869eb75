/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Page tables that are written into memory, and read back into pages that can be counted. */
#ifndef TESTS_UNIT_PGTABLE_PT_IMAGE_FIXTURE_H
#define TESTS_UNIT_PGTABLE_PT_IMAGE_FIXTURE_H

#include <stdio.h>

#include "mm/pgtable/image.h"
#include "pt_fixture.h"

#define TEXT_SIZE    (4 * MiB)
#define NR_SLOTS     4096
#define PAGES_OFFSET 0x1234000ULL

struct saved_text {
	char text[TEXT_SIZE];
	size_t len;
	u32 lines, stop_at; /* the write that fails; 0: none */
};

static struct saved_text saved;

static u64 slots[NR_SLOTS];
static struct pgtable loaded;
static struct pt_image_info info;
static char err[100];
static void *memory;

static inline int collect(void *ctx, const char *s, size_t n)
{
	struct saved_text *out = ctx;

	if (++out->lines == out->stop_at)
		return -EIO;
	assert_true(out->len + n < TEXT_SIZE);
	memcpy(out->text + out->len, s, n);
	out->len += n;
	out->text[out->len] = '\0';
	return 0;
}

static inline int write_tree(const struct pgtable *tree, void *out, u32 max, u32 *ret_tables)
{
	struct pt_image_seen seen = {slots, max};

	((__typeof__(saved) *)out)->len = ((__typeof__(saved) *)out)->lines = 0;
	return pt_image_write(tree, &info, &seen, collect, out, ret_tables);
}

/* Pages of the copies: from malloc, so that the sanitizer sees what is too
 * much; the first `limit`. */
static u32 nr_pages, limit;

static inline int page_alloc(void *ctx, phys_addr_t *ret)
{
	void *page;

	(void)ctx;
	if (!limit)
		return -ENOMEM;
	limit--;
	page = malloc(PAGE_SIZE);
	assert_non_null(page);
	memset(page, 0xa5, PAGE_SIZE);
	nr_pages++;
	*ret = (u64)(uintptr_t)page - PAGES_OFFSET;
	return 0;
}

static inline void page_free(void *ctx, phys_addr_t pa)
{
	(void)ctx;
	nr_pages--;
	free((void *)(uintptr_t)(pa + PAGES_OFFSET));
}

static const struct pt_pages copies = {page_alloc, page_free, NULL};

static inline void unload(void)
{
	if (loaded.table)
		pt_image_unload(&loaded, &copies, PAGES_OFFSET);
	assert_int_equal(nr_pages, 0);
	assert_null(loaded.table);
}

static inline int load(const char *text, size_t len)
{
	u32 nr;
	int bad;

	unload();
	err[0] = '\0';
	bad = pt_image_check(text, len, &nr, err, sizeof(err));
	if (bad)
		return bad;
	free(memory);
	memory = malloc(pt_image_bytes(nr)); /* exact */
	assert_non_null(memory);
	memset(memory, 0xa5, pt_image_bytes(nr));
	limit = ~0u;
	return pt_image_load(text, len, memory, pt_image_bytes(nr), &copies, PAGES_OFFSET, &loaded,
			     &info, err, sizeof(err));
}

static inline void new_tree(u8 levels)
{
	make(levels, 2);
	pt.changed = NULL;
	pt.phys_bits = 46;
	pt.table = arena_table;
	info = (struct pt_image_info){0};
}

static inline int tear_down(void **state)
{
	unload();
	free(memory);
	return arena_tear_down(state);
}

#endif
