/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Any bytes as a file of saved page tables: refused with a message, or a tree that can be walked,
 * looked up, and written to a text that gives the same tree again. Every input is tried as it is,
 * and with a last line that has the right checksum, which fuzzing would never find.
 */
#include <stdlib.h>

#include "lib.h"
#include "mm/pgtable/diff.h"
#include "mm/pgtable/image.h"

#define MAX_TEXT (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct out {
	char text[MAX_TEXT];
	size_t len;
};

static struct out first, second;
static struct pt_image_info info;
static const struct pt_diff_how how = {.sizes = true};

static int collect(void *ctx, const char *s, size_t n)
{
	struct out *out = ctx;

	if (n > MAX_TEXT - out->len)
		return -E2BIG;
	memcpy(out->text + out->len, s, n);
	out->len += n;
	return 0;
}

static int count_visit(void *ctx, const struct pt_entry *e)
{
	u32 *left = ctx;

	ASSERT(!e->wrong || e->present, "%#llx", e->val);
	return --*left ? PT_DESCEND : PT_STOP; /* with shared tables a walk may be endless */
}

static int no_difference(void *ctx, const struct pt_difference *d)
{
	(void)ctx;
	ASSERT(false, "%#llx-%#llx: %#x", d->start, d->last, d->what);
}

static u32 nr_pages;

static int page_alloc(void *ctx, phys_addr_t *ret)
{
	void *page = malloc(PAGE_SIZE);

	(void)ctx;
	ASSERT(page, "%u pages", nr_pages);
	nr_pages++;
	*ret = (u64)(uintptr_t)page;
	return 0;
}

static void page_free(void *ctx, phys_addr_t pa)
{
	(void)ctx;
	nr_pages--;
	free((void *)(uintptr_t)pa);
}

static const struct pt_pages pages = {page_alloc, page_free, NULL};

/* The index of the tree; NULL: refused. */
static void *load(const char *text, size_t len, struct pgtable *ret)
{
	u32 nr, before = nr_pages;
	char err[80] = "";
	void *index;

	if (pt_image_check(text, len, &nr, err, sizeof(err))) {
		ASSERT(err[0], "no reason given");
		return NULL;
	}
	index = malloc(pt_image_bytes(nr));
	ASSERT(index, "%u tables", nr);
	if (!pt_image_load(text, len, index, pt_image_bytes(nr), &pages, 0, ret, &info, err,
			   sizeof(err)))
		return index;
	ASSERT(err[0] && nr_pages == before, "%u pages, %u before", nr_pages, before);
	free(index);
	return NULL;
}

static void unload(struct pgtable *pt, void *index)
{
	pt_image_unload(pt, &pages, 0);
	free(index);
}

static int write_tree(const struct pgtable *pt, struct out *out)
{
	static u64 slots[8192];
	struct pt_image_seen seen = {slots, ARRAY_SIZE(slots)};

	out->len = 0;
	return pt_image_write(pt, &info, &seen, collect, out, NULL);
}

static void look(const struct pgtable *pt, u64 va)
{
	u64 last = va | 0xfffff;
	struct pt_path path;

	pt_lookup(pt, va, &path);
	pt_diff_how(pt, pt, va, last, &how, no_difference, NULL);
}

static void try_text(const char *text, size_t len)
{
	struct pgtable pt, back;
	u32 left = 20000;
	void *mem = load(text, len, &pt), *again;

	if (!mem)
		return;
	pt_walk(&pt, 0, pt_last(&pt), count_visit, &left);
	left = 20000;
	pt_walk_spans(&pt, 0, pt_last(&pt), count_visit, &left);
	look(&pt, 0);
	look(&pt, pt_last(&pt) - 0xfffff);
	if (!write_tree(&pt, &first)) {
		again = load(first.text, first.len, &back);
		ASSERT(again, "what was written is refused");
		pt_diff_how(&pt, &back, 0, 0xfffff, &how, no_difference, NULL);
		ASSERT(!write_tree(&back, &second), "cannot be written again");
		ASSERT(first.len == second.len && !memcmp(first.text, second.text, first.len),
		       "another text");
		unload(&back, again);
	}
	unload(&pt, mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[MAX_TEXT + 80];
	u32 nr = 0;

	try_text((const char *)data, size);
	if (size > MAX_TEXT)
		return 0;
	memcpy(text, data, size);
	while (size && text[size - 1] == '\n')
		size--;
	while (size && text[size - 1] != '\n') /* drop the last line */
		size--;
	for (size_t i = 0; i + 6 < size; i++)
		nr += (!i || text[i - 1] == '\n') && !memcmp(text + i, "table ", 6);
	size += (size_t)fmt_print(text + size, 80, "end %u tables 0x%016llx\n", nr,
				  hash64(text, size, HASH64_SEED));
	try_text(text, size);
	return 0;
}
