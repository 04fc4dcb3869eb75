/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reads saved page tables; strict, as a file may come from anywhere. */
#include "image_inner.h"

#include "lib.h"
#include "../pt_inner.h"

static phys_addr_t table_align(const struct pt_format *f, unsigned level)
{
	return min((u64)pt_nr_entries(f, level) * f->entry_size, PAGE_SIZE);
}

/* ---- tables ------------------------------------------------------------------------------ */

/* Allocates a page for one more table. */
static int add_table(struct pt_image_reader *r, phys_addr_t pa)
{
	struct saved_table *t = &r->index->table[r->nr_tables];
	phys_addr_t page;

	if (r->nr_tables == r->room)
		return pt_image_wrong(r, "too many tables for the memory given", NULL);
	if (r->pages->alloc(r->pages->ctx, &page)) {
		fmt_print(r->err, r->err_size, "no memory for %u tables", r->room);
		return -ENOMEM;
	}
	*t = (struct saved_table){
		.pa = pa, .entries = (void *)(uintptr_t)(page + r->phys_offset), .line = r->line};
	memset(t->entries, 0, PAGE_SIZE);
	r->index->nr++;
	return 0;
}

static int read_table(struct pt_image_reader *r)
{
	const struct pt_format *f = r->pt.format;
	phys_addr_t pa;
	int err;

	if (r->argc != 3)
		return pt_image_wrong(r, "must be `table PHYS LEVEL`", NULL);
	if (pt_image_hex(r, r->argv[1], &pa) ||
	    pt_image_num(r, r->argv[2], f->nr_levels - 1u, &r->level))
		return -EINVAL;
	if (!is_aligned(pa, table_align(f, r->level)))
		return pt_image_wrong(r, "a table cannot be at this address", r->argv[1]);
	if (pa >> f->phys_bits)
		return pt_image_wrong(r, "the address is beyond the format's physical addresses",
				      r->argv[1]);
	if (r->nr_tables == ~0u)
		return pt_image_wrong(r, "too many tables", NULL);
	r->root_found |= pa == r->pt.root && r->level + 1 == f->nr_levels;
	err = r->index ? add_table(r, pa) : 0;
	if (err)
		return err;
	r->nr_tables++;
	r->next_index = 0;
	return 0;
}

static void store(struct pt_image_reader *r, u32 index, u64 val)
{
	void *entries = r->index->table[r->nr_tables - 1].entries;

	if (r->pt.format->entry_size == 4)
		((u32 *)entries)[index] = (u32)val;
	else
		((u64 *)entries)[index] = val;
}

/* Reads "+STEP"; the run's last value must fit in an entry. */
static int get_step(struct pt_image_reader *r, u32 count, u64 val, u64 max, u64 *ret)
{
	u64 all;

	if (r->argv[2][0] != '+')
		return pt_image_wrong(r, "not a step (+0x...)", r->argv[2]);
	if (pt_image_hex(r, r->argv[2] + 1, ret))
		return -EINVAL;
	if (!*ret || __builtin_mul_overflow(*ret, (u64)(count - 1), &all) || all > max - val)
		return pt_image_wrong(r, "the step is 0 or makes too large an entry", r->argv[2]);
	return 0;
}

static int read_entries(struct pt_image_reader *r)
{
	const struct pt_format *f = r->pt.format;
	u64 val, step = 0, max = f->entry_size == 4 ? 0xffffffffULL : ~0ULL;
	u32 first, last;

	if (!r->nr_tables)
		return pt_image_wrong(r, "an entry without a table", NULL);
	if (r->argc < 2 || r->argc > 3)
		return pt_image_wrong(r, "must be `INDEX VALUE` or `INDEX-LAST VALUE [+STEP]`",
				      NULL);
	if (pt_image_span(r, r->argv[0], pt_nr_entries(f, r->level), &first, &last) ||
	    pt_image_hex(r, r->argv[1], &val))
		return -EINVAL;
	if (first < r->next_index)
		return pt_image_wrong(r, "an entry that is there twice, or out of order",
				      r->argv[0]);
	if (!val || val > max)
		return pt_image_wrong(r, "the value is 0 or too large for an entry", r->argv[1]);
	if (r->argc == 3) {
		if (first == last)
			return pt_image_wrong(r, "a step for one entry", r->argv[2]);
		if (get_step(r, last - first + 1, val, max, &step))
			return -EINVAL;
	}
	for (u32 i = first; r->index && i <= last; i++, val += step)
		store(r, i, val);
	r->next_index = last + 1;
	return 0;
}

static int read_end(struct pt_image_reader *r)
{
	u64 hash, real = hash64(r->text, r->line_start, HASH64_SEED);
	u32 nr;

	if (r->argc != 4 || strcmp(r->argv[2], "tables"))
		return pt_image_wrong(r, "must be `end N tables CHECKSUM`", NULL);
	if (pt_image_num(r, r->argv[1], ~0u, &nr) || pt_image_hex(r, r->argv[3], &hash))
		return -EINVAL;
	if (nr != r->nr_tables)
		return pt_image_wrong(r, "not the number of tables in the text", r->argv[1]);
	if (hash != real)
		return pt_image_wrong(r, "wrong checksum: the text was changed", r->argv[3]);
	if (!r->root_found)
		return pt_image_wrong(r, "the root's table is missing", NULL);
	r->where = AT_END;
	return 0;
}

/* ---- lines ------------------------------------------------------------------------------- */

/* Splits the line into words, separated by single blanks. */
static int split(struct pt_image_reader *r)
{
	char *c = r->buf;

	r->argc = 0;
	for (;;) {
		if (r->argc == MAX_WORDS)
			return pt_image_wrong(r, "too many words", NULL);
		r->argv[r->argc++] = c;
		while (*c && *c != ' ')
			c++;
		if (c == r->argv[r->argc - 1])
			return pt_image_wrong(r, "an empty line, or a blank too many", NULL);
		if (!*c)
			return 0;
		*c++ = '\0';
	}
}

/* Reads the next line into r->buf, without its newline. 1; 0: end of the text; -EINVAL. */
static int next_line(struct pt_image_reader *r)
{
	size_t n = 0;

	if (r->at == r->len)
		return 0;
	r->line++;
	r->line_start = r->at;
	for (; r->at < r->len && r->text[r->at] != '\n'; r->at++) {
		char c = r->text[r->at];

		if (c < ' ' || c > '~')
			return pt_image_wrong(r, "not plain text (lines end with a single newline)",
					      NULL);
		if (n == MAX_LINE)
			return pt_image_wrong(r, "the line is too long", NULL);
		r->buf[n++] = c;
	}
	r->buf[n] = '\0';
	if (r->at == r->len)
		return pt_image_wrong(r, "the text breaks off", NULL);
	r->at++;
	return 1;
}

static int read_line(struct pt_image_reader *r)
{
	int err = 0;

	if (r->where == AT_END)
		return pt_image_wrong(r, "something after the end", NULL);
	if (r->where == AT_MAGIC) {
		r->where = AT_HEAD;
		if (!strcmp(r->buf, PT_IMAGE_MAGIC))
			return 0;
		return strncmp(r->buf, PT_IMAGE_MAGIC, sizeof(PT_IMAGE_MAGIC) - 2)
			       ? pt_image_wrong(
					 r, "not a file of saved tables (" PT_IMAGE_MAGIC ")", NULL)
			       : pt_image_wrong(r, "a version that is not known here", r->buf);
	}
	/* comments, and head records whose value may have blanks */
	if (r->buf[0] == '#')
		return 0;
	if (r->where == AT_HEAD && pt_image_text_record(r, &err))
		return err;
	err = split(r);
	if (err)
		return err;
	if (r->where == AT_HEAD && strcmp(r->argv[0], "table") && strcmp(r->argv[0], "end"))
		return pt_image_head(r);
	/* the first table ends the head */
	err = r->where == AT_HEAD ? pt_image_check_head(r) : 0;
	r->where = AT_TABLES;
	if (err)
		return err;
	if (!strcmp(r->argv[0], "table"))
		return read_table(r);
	return !strcmp(r->argv[0], "end") ? read_end(r) : read_entries(r);
}

static int read_all(struct pt_image_reader *r)
{
	int more;

	while ((more = next_line(r)) > 0) {
		int err = read_line(r);

		if (err)
			return err;
	}
	if (!more && r->where != AT_END)
		return pt_image_wrong(r, "the end is missing", NULL);
	return more;
}

int pt_image_check(const char *text, size_t len, u32 *ret_tables, char *err, size_t err_size)
{
	struct pt_image_reader r = {.text = text, .len = len, .err = err, .err_size = err_size};
	int bad = read_all(&r);

	if (!bad)
		*ret_tables = r.nr_tables;
	return bad;
}

/* ---- loading ----------------------------------------------------------------------------- */

u64 pt_image_bytes(u32 nr_tables)
{
	return sizeof(struct saved_index) + nr_tables * sizeof(struct saved_table);
}

static int by_address(const void *a, const void *b)
{
	const struct saved_table *x = a, *y = b;

	return x->pa < y->pa ? -1 : x->pa > y->pa;
}

/* The `table` function of struct pgtable: binary search. */
static const void *find_table(const struct pgtable *pt, phys_addr_t pa)
{
	const struct saved_index *index = pt->table_ctx;
	u32 low = 0, high = index->nr;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (index->table[mid].pa == pa)
			return index->table[mid].entries;
		if (index->table[mid].pa < pa)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static int check_twice(struct pt_image_reader *r)
{
	struct saved_table *t = r->index->table;

	for (u32 i = 1; i < r->nr_tables; i++) {
		if (t[i - 1].pa == t[i].pa) {
			r->line = max(t[i - 1].line, t[i].line);
			return pt_image_wrong(r, "a table that is there twice", NULL);
		}
	}
	return 0;
}

static void free_tables(struct saved_index *index, const struct pt_pages *pages, u64 phys_offset)
{
	for (u32 i = 0; i < index->nr; i++)
		pages->free(pages->ctx, (u64)(uintptr_t)index->table[i].entries - phys_offset);
	index->nr = 0;
}

void pt_image_unload(struct pgtable *pt, const struct pt_pages *pages, u64 phys_offset)
{
	free_tables((struct saved_index *)(uintptr_t)pt->table_ctx, pages, phys_offset);
	*pt = (struct pgtable){.root = 0};
}

static int load(struct pt_image_reader *r)
{
	int bad;

	r->index->nr = 0;
	bad = read_all(r);
	if (!bad) {
		sort(r->index->table, r->nr_tables, sizeof(r->index->table[0]), by_address);
		bad = check_twice(r);
	}
	if (bad)
		free_tables(r->index, r->pages, r->phys_offset);
	return bad;
}

int pt_image_load(const char *text, size_t len, void *index, u64 size, const struct pt_pages *pages,
		  u64 phys_offset, struct pgtable *ret, struct pt_image_info *ret_info, char *err,
		  size_t err_size)
{
	struct pt_image_reader r = {.text = text,
				    .len = len,
				    .err = err,
				    .err_size = err_size,
				    .index = index,
				    .pages = pages,
				    .phys_offset = phys_offset};
	int bad = pt_image_check(text, len, &r.room, err, err_size);

	if (bad)
		return bad;
	if (size < pt_image_bytes(r.room)) {
		fmt_print(err, err_size, "the index of %u tables needs %llu bytes", r.room,
			  pt_image_bytes(r.room));
		return -ENOMEM;
	}
	/* the text was checked: now with memory */
	bad = load(&r);
	if (bad)
		return bad;
	r.pt.table = find_table;
	r.pt.table_ctx = r.index;
	r.pt.foreign = true;
	r.pt.nr_tables = r.nr_tables;
	*ret = r.pt;
	*ret_info = r.info;
	return 0;
}
