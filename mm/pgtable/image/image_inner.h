/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* For the two files that read saved tables. */
#ifndef MM_PGTABLE_IMAGE_IMAGE_INNER_H
#define MM_PGTABLE_IMAGE_IMAGE_INNER_H

#include "mm/pgtable/image.h"

#define MAX_WORDS 6
#define MAX_LINE  192

/* One table in memory. */
struct saved_table {
	phys_addr_t pa;
	void *entries; /* a page */
	u32 line;
};

/* The index, in the caller's memory. */
struct saved_index {
	u32 nr;
	struct saved_table table[];
};

enum { AT_MAGIC, AT_HEAD, AT_TABLES, AT_END }; /* parts of the file */

struct pt_image_reader {
	const char *text;
	size_t len, at, line_start;
	u32 line;
	int where;
	char buf[MAX_LINE + 1]; /* the line, cut into words */
	int argc;
	char *argv[MAX_WORDS];
	char *err;
	size_t err_size;

	struct pgtable pt;
	struct pt_image_info info;
	u32 have;			  /* bit n: header record n was read */
	u32 nr_tables, level, next_index; /* level and next entry of the current table */
	bool root_found;
	struct saved_index *index; /* NULL: only check */
	u32 room;		   /* tables that index has room for */
	const struct pt_pages *pages;
	u64 phys_offset; /* of pages */
};

/* Writes "line N: what: word" to r->err. Returns -EINVAL, like all functions below on errors. */
int pt_image_wrong(struct pt_image_reader *r, const char *what, const char *word);

/* Numbers: 0x and digits; a decimal number up to `max`; "FIRST" or "FIRST-LAST" below `nr`. */
int pt_image_hex(struct pt_image_reader *r, const char *word, u64 *ret);
int pt_image_num(struct pt_image_reader *r, const char *word, u32 max, u32 *ret);
int pt_image_span(struct pt_image_reader *r, char *word, u32 nr, u32 *first, u32 *last);

/* Reads a record of the head from r->argv; checks all records together. */
int pt_image_head(struct pt_image_reader *r);
int pt_image_check_head(struct pt_image_reader *r);
/* Reads `machine` or `firmware`, whose value is the rest of the line. False: another record. */
bool pt_image_text_record(struct pt_image_reader *r, int *ret_err);

#endif
