/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Trees of page tables as text: saved on one machine, and read on another or after another boot.
 * One record a line, words separated by one blank; numbers are decimal, or hexadecimal with 0x.
 *
 *	tablewalk tables 1		first line: the kind of file, and the version of its form
 *	# anything			comments, ignored
 *	format x86-64-4			a name of mm/pgtable/format.h
 *	levels 4			of the format
 *	root 0x3fc01000			of the top table
 *	phys-bits 40			of the CPU; 0: not known
 *	nx 1				1: no-execute is on
 *	max-page 2			level of the CPU's largest page
 *	machine TEXT, firmware TEXT	if known
 *	pat 0x7040600070406		IA32_PAT, if known
 *	mtrr default TYPE ENABLED FIXED_ENABLED	memory types are numbers; if known
 *	mtrr variable BASE MASK		IA32_MTRR_PHYSBASEn, PHYSMASKn, in order
 *	mtrr fixed INDEX[-LAST] TYPE	of the 88 ranges of the first MiB
 *	table 0x3fc01000 3		a table and its level, in the order of the walk; then its
 *	0 0x3fc02023			entries in order: INDEX VALUE;
 *	1-511 0x40000083 +0x40000000	or INDEX-LAST VALUE [+STEP]: a run with values STEP apart
 *	...				(no STEP: all equal); entries of value 0 are left out
 *	end 17 tables 0x0123456789abcdef	last line; hash64() of all the text before it
 *
 * Each table is written once even if several entries point to it. Tables that the walk does not
 * enter (loops, entries with reserved bits, memory that may not be read) are not in the file. The
 * entries that point to them are, so a walk of the loaded tree ends at the same place.
 */
#ifndef MM_PGTABLE_IMAGE_H
#define MM_PGTABLE_IMAGE_H

#include "mm/pgtable/memtype.h"
#include "mm/pgtable/pgtable.h"

#define PT_IMAGE_MAGIC "tablewalk tables 1"

/* Information other than the tables. */
struct pt_image_info {
	char machine[64], firmware[64]; /* "": not known */
	bool have_pat;
	u64 pat;		/* IA32_PAT */
	struct mtrr_state mtrr; /* .present: known */
};

/* ---- writing ----------------------------------------------------------------------------- */

/* The set of tables that are written already: `max` words from the caller. */
struct pt_image_seen {
	u64 *slot;
	u32 max;
};

/* Gets a line; a value that is not 0 ends the writing and is returned. */
typedef int (*pt_image_fn)(void *ctx, const char *s, size_t n);

/*
 * Writes a tree, one line per call of fn; needs no memory but `seen`. 0; -EFAULT: the root may not
 * be read, nothing written; -ENOSPC: more tables than 3/4 of seen->max, the text is incomplete:
 * start again with a larger one. *ret_tables (if not NULL): the number of tables written.
 */
int pt_image_write(const struct pgtable *pt, const struct pt_image_info *info,
		   struct pt_image_seen *seen, pt_image_fn fn, void *ctx, u32 *ret_tables);

/* ---- reading ----------------------------------------------------------------------------- */

/*
 * Checks a whole text: 0 and the number of tables, or -EINVAL and "line N: what" in err. Does not
 * find tables that occur twice; pt_image_load() does.
 */
int pt_image_check(const char *text, size_t len, u32 *ret_tables, char *err, size_t err_size);
/* The size in bytes of an index for so many tables. */
u64 pt_image_bytes(u32 nr_tables);
/*
 * Makes a read-only tree. The copies of its tables are pages from `pages`, read at their physical
 * address plus phys_offset; `index` (`size` bytes, aligned to 8) says where they are. Pages and
 * index must be kept as long as the tree; `text` need not, and *ret may be copied. 0; -EINVAL as
 * above; -ENOMEM with a text in err: no page, or `size` is too small. After an error no page is in
 * use, and *ret and *ret_info are unchanged.
 */
int pt_image_load(const char *text, size_t len, void *index, u64 size, const struct pt_pages *pages,
		  u64 phys_offset, struct pgtable *ret, struct pt_image_info *ret_info, char *err,
		  size_t err_size);
/* Frees the pages of a loaded tree. The index belongs to the caller. */
void pt_image_unload(struct pgtable *pt, const struct pt_pages *pages, u64 phys_offset);

#endif
