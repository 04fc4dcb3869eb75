/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * x86-64 page tables of 4 or 5 levels, in any memory (Intel SDM vol. 3, chapter 4.5).
 *
 * Levels count from the leaf: 0 = PTE (4 KiB), 1 = PDE (2 MiB), 2 = PDPTE (1 GiB), 3 = PML4E,
 * 4 = PML5E. Linux's names: pte, pmd, pud, p4d, pgd (with 4 levels the pgd is level 3). So one
 * entry of level l maps 2^(12 + 9 l) bytes, and everything else is arithmetic.
 *
 * One walker (pt_walk), many visitors. Changing is done in two steps: prepare makes the tables
 * that are needed (may fail, changes no translation), commit writes entries (cannot fail). One
 * function, pt_set() in mm/pgtable/map.c, writes live entries, with one 64-bit store each.
 */
#ifndef MM_PGTABLE_H
#define MM_PGTABLE_H

#include "mm/types.h"

#define PT_ENTRIES	    512
#define PT_MAX_LEVELS	    5
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

/* What a mapping allows and how it is cached, the same at every level; pt_map() makes the bits. */
#define PT_WRITE  PTE_RW
#define PT_USER	  PTE_US
#define PT_GLOBAL PTE_G
#define PT_NOEXEC PTE_NX
#define PT_PWT	  PTE_PWT
#define PT_PCD	  PTE_PCD
#define PT_PATBIT (1ULL << 9) /* stands for bit 7 or bit 12, by level */

/* Where tables come from. ctx is the owner's; pages are 4 KiB, need not be zeroed. */
struct pt_pages {
	int (*alloc)(void *ctx, phys_addr_t *ret_pa); /* 0 or -ENOMEM */
	void (*free)(void *ctx, phys_addr_t pa);
	void *ctx;
};

struct pgtable {
	phys_addr_t root;  /* of the top table, without CR3's low bits */
	u8 levels;	   /* 4 or 5 */
	u8 max_page_level; /* largest page the CPU has: 2 = 1 GiB, 1 = 2 MiB */
	bool nx;	   /* EFER.NXE: bit 63 is not reserved */
	u64 phys_offset;   /* a table at pa is read at (void *)(pa + phys_offset) */
	/* Is there memory at pa that may be read? NULL: everywhere. Tables elsewhere are not
	 * followed. */
	bool (*readable)(const void *ctx, phys_addr_t pa);
	const void *readable_ctx;
	const struct pt_pages *pages; /* NULL: this tree is only read */
	/* Called after entries of [va, va + size) changed; removed says that a translation went
	 * away or lost rights, so that stale ones must be flushed. NULL: nobody needs to know. */
	void (*changed)(struct pgtable *pt, u64 va, u64 size, bool removed);
	u64 nr_tables; /* pages in tables, counted by pt_init and map */
};

/* Sign-extended from the top bit of the address width (SDM vol. 1, 3.3.7.1)? */
bool pt_canonical(const struct pgtable *pt, u64 va);
u64 pt_sign_extend(const struct pgtable *pt, u64 va);

/* ---- reading -------------------------------------------------------------------------------- */

/* One entry as the walker sees it. */
struct pt_entry {
	u64 va; /* first address it maps, sign-extended */
	u64 val;
	phys_addr_t table; /* physical address of the table it is in */
	u16 index;
	u8 level;
	bool present, leaf;
	/* Rights combined over all levels so far: PT_WRITE and PT_USER only if every level has
	 * them, PT_NOEXEC if any level has it (SDM vol. 3, 4.6). */
	u64 rights;
};

enum pt_step { PT_DESCEND, PT_SKIP, PT_STOP };

/*
 * Called for every entry (absent ones too) in [start, last], a table's entries in order, parents
 * before children. For a table entry PT_DESCEND goes in. PT_STOP ends the walk; a negative error
 * ends it and is returned by pt_walk.
 */
typedef int (*pt_visit)(void *ctx, const struct pt_entry *e);

/* `last` is inclusive, so that the whole space can be named. Both are canonical. 0, 1 after
 * PT_STOP, or the visitor's error. */
int pt_walk(const struct pgtable *pt, u64 start, u64 last, pt_visit visit, void *ctx);

/* The entries that translate one address, from the top down. */
struct pt_path {
	u8 nr; /* entries read */
	struct pt_entry entry[PT_MAX_LEVELS];
};
enum pt_result {
	PT_MAPPED,
	PT_NOT_CANONICAL,
	PT_NOT_PRESENT, /* the last entry of the path says so */
	PT_BAD_TABLE,	/* the last entry points to memory that may not be read */
};
enum pt_result pt_lookup(const struct pgtable *pt, u64 va, struct pt_path *ret);
/* Physical address; only when pt_lookup() says PT_MAPPED. */
phys_addr_t pt_path_phys(const struct pt_path *path, u64 va);

phys_addr_t pt_entry_phys(u64 val, unsigned level, bool leaf); /* address bits only */

struct pt_stats {
	u64 tables[PT_MAX_LEVELS]; /* number of tables per level */
	u64 leaves[PT_MAX_LEVELS]; /* mappings per level: 4 KiB, 2 MiB, 1 GiB */
	u64 writable_executable;   /* leaves with both rights */
	u64 bad_tables;		   /* entries that point outside readable memory */
};
int pt_stats(const struct pgtable *pt, struct pt_stats *ret);

/* ---- dumping -------------------------------------------------------------------------------- */

/* A run of neighbouring entries of one level with the same rights and cache bits, as ptdump
 * merges them; rights are the combined ones. */
struct pt_run {
	u64 start, last; /* inclusive */
	u8 level;
	bool present;
	bool bad_table; /* present, but the tables below may not be read */
	u64 bits;	/* PWT PCD PS PAT G (as PT_PATBIT) of the leaves */
	u64 rights;
};
/* Called for every run in order; non-zero ends the dump and is returned. */
typedef int (*pt_run_fn)(void *ctx, const struct pt_run *run);
int pt_runs(const struct pgtable *pt, u64 start, u64 last, pt_run_fn fn, void *ctx);
/* Cuts *run at the first entry that starts at or above `border`, as ptdump does at its markers:
 * what is left goes to *ret_rest. False, nothing changed: no entry inside starts there. */
bool pt_run_cut(struct pt_run *run, u64 border, struct pt_run *ret_rest);

/* One ptdump line without newline: range, size, bits, level name. Returns its length. Runs of bad
 * tables have no bits and end in " bad table". */
int pt_run_format(char *buf, size_t size, const struct pgtable *pt, const struct pt_run *run);
/* One line of QEMU's `info tlb` for a leaf: "VA: PA XGPDACTUW". Returns its length. */
int pt_leaf_format_tlb(char *buf, size_t size, const struct pt_entry *e);

const char *pt_level_intel(unsigned level);			      /* "PTE" .. "PML5E" */
const char *pt_level_linux(const struct pgtable *pt, unsigned level); /* "pte" .. "pgd" */

/* ---- changing ------------------------------------------------------------------------------- */

/* A new, empty tree: allocates and clears the root. The caller has filled every field but root
 * and nr_tables. 0 or -ENOMEM. */
int pt_init(struct pgtable *pt);
/* Frees every table, the root included. What is mapped is not touched. */
void pt_destroy(struct pgtable *pt);

/*
 * Maps [va, va + size) to pa with `flags` (PT_*), with the largest pages that alignment of va and
 * pa, size, pt->max_page_level and `max_level` allow. Everything in it must be absent: -EEXIST
 * (nothing changed). -ENOMEM: tables may have been added, no translation changed.
 */
int pt_map(struct pgtable *pt, u64 va, phys_addr_t pa, u64 size, u64 flags, unsigned max_level);

/* Makes the tables so that a later pt_map() of pages of `level` in the range cannot fail: all that
 * hold entries of that level. -ENOMEM, or -EEXIST when a larger page is in the way. */
int pt_prepare(struct pgtable *pt, u64 va, u64 size, unsigned level);

/* Removes; splits large pages that lie across a border (so -ENOMEM is possible, nothing changed).
 * Tables stay. What is absent stays absent. */
int pt_unmap(struct pgtable *pt, u64 va, u64 size);

/* Replaces the flags of all present mappings in the range; splits at borders. 0 or -ENOMEM. */
int pt_protect(struct pgtable *pt, u64 va, u64 size, u64 flags);

#endif
