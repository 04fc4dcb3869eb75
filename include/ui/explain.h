/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Everything that is known of one address, as one page of text. The command collects,
 * explain_judge() finds what is odd, view_explain() shows.
 */
#ifndef UI_EXPLAIN_H
#define UI_EXPLAIN_H

#include "parse/facts.h"
#include "mm/boot/e820.h"
#include "mm/page/page_alloc.h"
#include "mm/system.h"
#include "ui/emit.h"

#define EXPLAIN_MAX_MAPPINGS 16
#define EXPLAIN_MAX_FINDINGS 12

struct explain_mapping {
	const char *tables; /* name */
	bool fw;	    /* of the firmware's tables */
	u64 va, page_size, entry;
	phys_addr_t page; /* first byte of the page */
	u8 level, rights;
	bool two_types; /* the page lies across several MTRR types */
	bool low_types; /* ... and only because of the fixed ranges below 1 MiB */
	struct memtype_effective type;
};

struct explain {
	/* what was asked, and as what it was taken */
	const char *how; /* "" or a remark */
	bool have_va, have_pa;
	u64 va;
	phys_addr_t pa; /* when have_pa */
	u8 phys_bits;	/* of the CPU */
	char owner[32];

	/* have_va: the walk in `pt` */
	const char *tables;
	const struct pgtable *pt;
	enum pt_result result;
	struct pt_path path;
	const char *region;	      /* of Linux's layout; NULL: not our tables */
	const struct vm_struct *area; /* that has the address, or the page; NULL */
	u32 area_page;

	/* have_pa: what the firmware says; NULL: nothing */
	const struct mem_desc *found, *now, *mat;
	const char *mat_note, *gcd_note, *images_note; /* "" when there is a list */
	const struct fact_gcd *gcd;
	const struct fact_image *gcd_owner, *image;
	const struct fact_section *section;
	const struct fact_range *range;
	bool framebuffer;

	/* ours */
	const struct e820_range *e820;
	const struct memblock_region *memory, *reserved;
	const struct zone *zone;
	const struct page *page; /* NULL: not alive */
	u64 page_va;		 /* of the struct page */
	enum page_use use;
	bool in_buddy, in_slab, in_large;
	struct buddy_block buddy;
	struct slab_object slab;
	struct slab_track slab_alloc, slab_free;  /* caller 0: not kept, or not yet */
	char slab_alloc_by[48], slab_free_by[48]; /* the callers */
	phys_addr_t large_start;
	u64 large_size;

	/* what maps it */
	u32 nr_mappings;
	bool more_mappings;
	struct explain_mapping mapping[EXPLAIN_MAX_MAPPINGS];
	struct mtrr_source mtrr;
	bool caches_off; /* CR0.CD */

	u32 nr_findings;
	char finding[EXPLAIN_MAX_FINDINGS][160];
};

/* Fills the findings. */
void explain_judge(struct explain *x);
void view_explain(struct emit *out, const struct explain *x);

#endif
