/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A search for pages: terms separated by blanks, all of which must be true; `!` before a term
 * negates it.
 *
 *	r w x u ro nx w+x	rights over all levels; own:w and so on: the entry's own
 *	wb wc wt wp uc		memory type
 *	4k 2m 1g >=2m <=2m	size of the page
 *	pa=A pa=A-B va=A-B	physical or virtual address (B exclusive)
 *	@text			the owner's name contains this
 *	a d g			accessed, dirty, global
 *	bad			something is wrong with the entry
 */
#ifndef UI_SEARCH_H
#define UI_SEARCH_H

#include "mm/pgtable/pgtable.h"

#define SEARCH_MAX_TERMS 12

struct search_term {
	u8 kind; /* enum in search.c */
	bool not, own;
	u64 low, high; /* addresses or page sizes, inclusive */
	u8 rights;
	char text[48];
};

struct search {
	u32 nr;
	struct search_term term[SEARCH_MAX_TERMS];
};

/* Functions for what the entry itself does not contain. If one is NULL, its terms never match. */
struct search_env {
	const struct pgtable *pt;
	void *ctx;
	void (*memtype)(void *ctx, const struct pgtable *pt, const struct pt_entry *e, char *buf,
			size_t size);
	void (*owner)(void *ctx, phys_addr_t pa, char *buf, size_t size);
};

/* 0; -EINVAL with "column N: WORD: what is wrong" in err. An empty text matches every page. */
int search_parse(struct search *s, const char *text, char *err, size_t err_size);

/* Does this entry, which maps a page or is wrong, match? For several entries at once (e->nr) the
 * first one decides, but for addresses any one may match. */
bool search_match(const struct search *s, const struct search_env *env, const struct pt_entry *e);

#endif
