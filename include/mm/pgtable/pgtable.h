/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Page tables in any memory. We build those of x86-64 with 4 or 5 levels (Intel SDM vol. 3, chapter
 * 4.5), and read all formats of mm/pgtable/format.h.
 *
 * Levels count from the leaf: 0 = PTE (4 KiB), 1 = PDE (2 MiB), 2 = PDPTE (1 GiB), 3 = PML4E,
 * 4 = PML5E; an entry of level l maps 2^(12 + 9 l) bytes. Linux: pte, pmd, pud, p4d, pgd.
 *
 * There is one walker (pt_walk) with many visitors. Changes have two steps: prepare makes the
 * tables that are needed (may fail, changes no translation), commit writes entries (cannot fail).
 * Only pt_set() in mm/pgtable/leaf.h writes live entries, with one 64-bit store each.
 */
#ifndef MM_PGTABLE_PGTABLE_H
#define MM_PGTABLE_PGTABLE_H

#include "mm/pgtable/format.h"

#define PT_ENTRIES	    512
#define PT_SHIFT(level)	    (12 + 9 * (level))
#define PT_SIZE(level)	    (1ULL << PT_SHIFT(level))
#define PT_INDEX(va, level) ((unsigned)((va) >> PT_SHIFT(level)) & 511)

/* SDM vol. 3, tables 4-14 to 4-20. */
#define PTE_P	      (1ULL << 0)
#define PTE_RW	      (1ULL << 1)
#define PTE_US	      (1ULL << 2)
#define PTE_PWT	      (1ULL << 3)
#define PTE_PCD	      (1ULL << 4)
#define PTE_A	      (1ULL << 5)
#define PTE_D	      (1ULL << 6)
#define PTE_PS	      (1ULL << 7) /* levels 1 and 2: maps a page */
#define PTE_PAT	      (1ULL << 7) /* level 0 */
#define PTE_G	      (1ULL << 8)
#define PTE_PAT_LARGE (1ULL << 12) /* levels 1 and 2, in a page-mapping entry */
#define PTE_NX	      (1ULL << 63)
#define PTE_ADDR_MASK 0x000ffffffffff000ULL

/* Rights and caching of a mapping, the same flags at every level; pt_map() makes the bits. */
#define PT_WRITE  PTE_RW
#define PT_USER	  PTE_US
#define PT_GLOBAL PTE_G
#define PT_NOEXEC PTE_NX
#define PT_PWT	  PTE_PWT
#define PT_PCD	  PTE_PCD
#define PT_PATBIT (1ULL << 9) /* bit 7 or bit 12 of the entry, depending on its level */

/* The source of pages for tables. ctx is the owner's; pages are 4 KiB and need not be zeroed. */
struct pt_pages {
	int (*alloc)(void *ctx, phys_addr_t *ret_pa); /* 0 or -ENOMEM */
	void (*free)(void *ctx, phys_addr_t pa);
	void *ctx;
};

struct pgtable {
	phys_addr_t root;		/* of the top table, without CR3's low bits */
	const struct pt_format *format; /* NULL: x86-64 of `levels` levels */
	u8 levels;			/* as the format has: for x86-64 4 or 5 */
	u8 phys_bits;			/* higher address bits are reserved; 0: unknown */
	u8 max_page_level;		/* largest page the CPU has: 2 = 1 GiB, 1 = 2 MiB */
	bool nx;			/* EFER.NXE: bit 63 is not reserved */
	u64 phys_offset;		/* a table at pa is read at (void *)(pa + phys_offset) */
	/* Returns the table at pa; NULL if that memory may not be read: the walk does not enter it.
	 * No function: all memory may be read. */
	const void *(*table)(const struct pgtable *pt, phys_addr_t pa);
	const void *table_ctx;
	bool foreign; /* the addresses are not this machine's now; `table` finds copies */
	const struct pt_pages *pages; /* NULL: this tree is only read */
	/* Called after entries of [va, va + size) changed. removed: a translation was removed or
	 * lost rights, so the TLBs must be flushed. May be NULL. */
	void (*changed)(struct pgtable *pt, u64 va, u64 size, bool removed);
	u64 nr_tables; /* number of tables, kept by pt_init() and pt_map() */
};

/* Is va sign-extended as the format requires (SDM vol. 1, 3.3.7.1)? */
bool pt_canonical(const struct pgtable *pt, u64 va);
u64 pt_sign_extend(const struct pgtable *pt, u64 va);
/* ---- reading ----------------------------------------------------------------------------- */

static inline const struct pt_format *pt_format_of(const struct pgtable *pt)
{
	if (pt->format)
		return pt->format;
	return pt->levels == 5 ? &pt_format_x86_64_5 : &pt_format_x86_64_4;
}
u64 pt_last(const struct pgtable *pt); /* the last address of the address space */

/* Errors of a present entry. The walk does not follow an entry with an error. */
enum pt_wrong {
	PT_FINE,
	PT_RESERVED, /* reserved bits are set: the CPU faults */
	PT_OUTSIDE,  /* points to memory that may not be read */
	PT_LOOP,     /* points to a table on its own path, as self-maps do */
};

/* One entry in a walk. */
struct pt_entry {
	u64 va; /* first address it maps, sign-extended */
	u64 val;
	phys_addr_t phys;  /* of the page that it maps or the table that it points to */
	phys_addr_t table; /* physical address of the table it is in */
	u16 index;
	u16 nr; /* entries in this visit: 1, or more from pt_walk_spans(), pt_walk_ranges() */
	u8 level;
	bool present, leaf;
	u8 wrong;  /* enum pt_wrong */
	u8 own;	   /* PTR_*: rights that this entry gives */
	u8 rights; /* PTR_*: rights that all levels up to here give (SDM vol. 3, 4.6) */
};

enum pt_step { PT_DESCEND, PT_SKIP, PT_STOP };

/*
 * Called for every entry in [start, last], absent ones too, in order of addresses, parents before
 * children. If an entry points to a table, PT_DESCEND enters it. PT_STOP ends the walk; a negative
 * error ends it and is returned by pt_walk().
 */
typedef int (*pt_visit)(void *ctx, const struct pt_entry *e);

/* `last` is inclusive, so that the whole address space is a valid range. Both are canonical. 0; 1
 * after PT_STOP; the visitor's error. */
int pt_walk(const struct pgtable *pt, u64 start, u64 last, pt_visit visit, void *ctx);
/*
 * The same, but neighbours in a table are visited together if all are absent, or all map pages with
 * the same bits (but address, accessed, dirty): e is the first of e->nr. Much faster.
 */
int pt_walk_spans(const struct pgtable *pt, u64 start, u64 last, pt_visit visit, void *ctx);
/* The same, only for neighbours that also map physical addresses in order. */
int pt_walk_ranges(const struct pgtable *pt, u64 start, u64 last, pt_visit visit, void *ctx);

/* Visits all entries of one table, which has this level, maps addresses from va on and gets these
 * rights from its parents. 0 or the visitor's error; -EFAULT: it may not be read. */
int pt_read_table(const struct pgtable *pt, phys_addr_t table, unsigned level, u64 va, u8 rights,
		  pt_visit visit, void *ctx);

/* The entries that translate one address, from the top down. */
struct pt_path {
	u8 nr; /* entries read */
	struct pt_entry entry[PT_MAX_LEVELS];
};
enum pt_result {
	PT_MAPPED,
	PT_NOT_CANONICAL,
	PT_NOT_PRESENT, /* the last entry of the path is not present */
	PT_BAD_TABLE,	/* the last entry points to memory that may not be read */
	PT_BAD_ENTRY,	/* the last entry has reserved bits set */
};
/* Walks down to the entry that maps va or ends the walk; it is the last one in the path. */
enum pt_result pt_lookup(const struct pgtable *pt, u64 va, struct pt_path *ret);
const char *pt_result_text(enum pt_result result); /* in words */
/* The physical address of va; only if pt_lookup() returned PT_MAPPED. */
phys_addr_t pt_path_phys(const struct pt_path *path, u64 va);

struct pt_stats {
	u64 tables[PT_MAX_LEVELS]; /* number of tables per level */
	u64 leaves[PT_MAX_LEVELS]; /* mappings per level: 4 KiB, 2 MiB, 1 GiB */
	u64 writable_executable;   /* leaves with both rights, of supervisor or user */
	u64 bad_tables;		   /* entries that point outside readable memory */
	u64 loops, reserved;	   /* entries that point back up, or have reserved bits set */
	/* Tables whose entries have equal flags and map one aligned piece of memory in order: one
	 * page of the level above could replace them. */
	u64 collapsible[PT_MAX_LEVELS];
};
int pt_stats(const struct pgtable *pt, struct pt_stats *ret); /* for the whole tree; 0 */

/* Can memory with these rights be written, and executed, in whatever modes? */
static inline bool pt_writable_executable(u8 rights)
{
	return rights & (PTR_SW | PTR_UW) && rights & (PTR_SX | PTR_UX);
}

const char *pt_level_name(const struct pgtable *pt, unsigned level);  /* "PTE" .. "PML5E" */
const char *pt_level_linux(const struct pgtable *pt, unsigned level); /* "pte" .. "pgd" */

/* ---- changing ---------------------------------------------------------------------------- */

/* Makes an empty tree: allocates and clears the root. The caller has set every field but root and
 * nr_tables. 0 or -ENOMEM. */
int pt_init(struct pgtable *pt);
/* Frees all tables with the root, but not the mapped pages. */
void pt_destroy(struct pgtable *pt);

/*
 * Maps [va, va + size) to pa with `flags` (PT_*), with the largest pages that alignment of va and
 * pa, size, pt->max_page_level and `max_level` allow. 0; -EEXIST: something is mapped there
 * already, nothing changed; -ENOMEM: tables may have been added, no translation changed.
 */
int pt_map(struct pgtable *pt, u64 va, phys_addr_t pa, u64 size, u64 flags, unsigned max_level);

/* Makes all tables of the range down to those with entries of `level`, so that a later pt_map() of
 * pages of this level cannot fail. 0; -ENOMEM; -EEXIST: a larger page is there. */
int pt_prepare(struct pgtable *pt, u64 va, u64 size, unsigned level);

/* Unmaps; splits large pages at the borders. Tables stay; holes are allowed. 0; -ENOMEM: nothing
 * changed. */
int pt_unmap(struct pgtable *pt, u64 va, u64 size);

/* Replaces the flags of all present mappings in the range; splits at borders. 0 or -ENOMEM. */
int pt_protect(struct pgtable *pt, u64 va, u64 size, u64 flags);

#endif
