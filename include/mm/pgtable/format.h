/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A paging format as data: where the index, the address and the meaning of each bit are. One
 * walker (mm/pgtable/walk.c) and one decoder (pt_decode) read all of them.
 *
 * Levels count from the leaf in every format: 0 is the 4 KiB page's entry. What an entry allows is
 * a set of six rights; those of a walk are the bits that all of its entries have, whatever the
 * format calls them (RW and NX on x86, AP and UXN on Arm, R W X U on RISC-V).
 */
#ifndef MM_PGTABLE_FORMAT_H
#define MM_PGTABLE_FORMAT_H

#include "mm/types.h"

#define PT_MAX_LEVELS 5

/* Rights: supervisor and user; read, write, execute. */
#define PTR_SR	0x01
#define PTR_SW	0x02
#define PTR_SX	0x04
#define PTR_UR	0x08
#define PTR_UW	0x10
#define PTR_UX	0x20
#define PTR_ALL 0x3f

struct pt_level_format {
	const char *name; /* the manual's: "PDPTE" */
	u8 shift; /* lowest bit of the index in an address; an entry maps 1 << shift bytes */
	u8 index_bits;
	/* A present entry maps a page if ((entry & leaf_mask) != 0) == leaf_if_set. */
	u64 leaf_mask;
	bool leaf_if_set;
	/* Address bits as they stand in an entry; shifted left by the format's addr_shift. */
	u64 leaf_addr, table_addr;
	/* A second, higher piece of a page's address (x86-32's PSE-36), shifted left by this. */
	u64 leaf_addr_high;
	u8 high_shift;
	u64 leaf_reserved, table_reserved; /* must be 0 */
};

#define PT_IN_TABLE 1 /* in entries that point to tables */
#define PT_IN_PAGE  2 /* in entries that map pages */

/* A bit or a field, and what its values mean. */
struct pt_bit {
	u8 high, low;
	u8 levels;	  /* bit n: at level n */
	u8 where;	  /* PT_IN_* */
	const char *name; /* as flags lines print it when set: "RW", "NX" */
	/* In words, for a single bit: set and clear. For a field: `one` says what it is; its value
	 * follows. `zero` NULL: nothing to say when it is 0. */
	const char *one, *zero;
	const char *source; /* manual and section or table */
};

struct pt_format {
	const char *name;   /* as typed: "sv48" */
	const char *title;  /* "RISC-V Sv48" */
	const char *manual; /* title and edition of what the bits' sources name */
	u8 nr_levels, entry_size /* bytes: 4 or 8 */, addr_shift;
	u8 va_bits;
	bool sign_extend; /* addresses above va_bits copy the top bit (else they are 0) */
	u8 phys_bits;	  /* the most that the format can address */
	struct pt_level_format level[PT_MAX_LEVELS];
	u64 present;		     /* all of these set: the entry is present */
	u64 accessed, dirty, global; /* 0 where there is no such bit */
	u64 noexec;		     /* x86: reserved unless EFER.NXE */
	u64 needs, needed; /* `needs` is reserved unless `needed` is set (RISC-V: W without R) */
	u64 forbidden;	   /* a field of pages that must not be all ones (RISC-V: PBMT 3) */
	const char *on_reserved; /* what the CPU does when reserved bits are set */
	/* Bits besides those of PT_* flags that pages of every size have at the same place: kept
	 * when a page is split or a table collapsed. */
	u64 carried;
	/* All bits but the address that pages of every size have at the same place with the same
	 * meaning: a split or a collapse changes none of them. Has all of `carried`. */
	u64 same;
	/* Rights that the entry leaves: of a page or a table entry. Control registers are not in
	 * tables; taken are CR0.WP = 1, no SMEP, SMAP or PAN, and RISC-V's SUM = 0: the supervisor
	 * has no rights on a user's page there. */
	u8 (*rights)(u64 entry, unsigned level, bool leaf);
	/* An entry from PT_* flags (mm/pgtable/pgtable.h) and back, as far as the format has such
	 * bits. PT_PATBIT, PT_PCD, PT_PWT are the three bits of a memory type's index (x86: into
	 * the PAT; Arm: AttrIndx, into MAIR; RISC-V: 2 is PBMT NC, 3 is IO). */
	u64 (*make_leaf)(phys_addr_t pa, u64 flags, unsigned level);
	u64 (*make_table)(phys_addr_t pa);
	u64 (*leaf_flags)(u64 entry, unsigned level);
	const struct pt_bit *bits; /* from high to low */
	u32 nr_bits;
};

/* x86-64-4 x86-64-5 x86-32 pae aarch64-3 aarch64-4 sv39 sv48 sv57. NULL: no such name. */
const struct pt_format *pt_format_find(const char *name);
/* All of them in turn; NULL behind the last. */
const struct pt_format *pt_format_nr(u32 nr);
extern const struct pt_format pt_format_x86_64_4, pt_format_x86_64_5;

static inline u64 pt_span(const struct pt_format *f, unsigned level)
{
	return 1ULL << f->level[level].shift;
}

static inline u32 pt_nr_entries(const struct pt_format *f, unsigned level)
{
	return 1u << f->level[level].index_bits;
}

/* Does a present entry of `level` map a page? */
static inline bool pt_entry_is_leaf(const struct pt_format *f, u64 entry, unsigned level)
{
	const struct pt_level_format *l = &f->level[level];

	return ((entry & l->leaf_mask) != 0) == l->leaf_if_set;
}

/* The address in an entry: of the page or of the next table. */
static inline phys_addr_t pt_entry_addr(const struct pt_format *f, u64 entry, unsigned level,
					bool leaf)
{
	const struct pt_level_format *l = &f->level[level];

	if (!leaf)
		return (entry & l->table_addr) << f->addr_shift;
	return ((entry & l->leaf_addr) << f->addr_shift) |
	       ((entry & l->leaf_addr_high) << l->high_shift);
}

/* Bits that must be 0 and are not, on a CPU with so many physical address bits (0: the format's
 * most) and with or without no-execute. */
u64 pt_entry_reserved(const struct pt_format *f, u64 entry, unsigned level, bool leaf,
		      unsigned phys_bits, bool nx);

/* "rw-/r--": supervisor's and user's rights. buf holds 8 bytes. Returns buf. */
const char *pt_rights_text(char *buf, u8 rights);

/*
 * The entry's bits in words, from high to low: called for each known bit or field that is set, and
 * for clear ones that have something to say. `value` is the field's. Bits that the format does not
 * know, and reserved ones, come with names such as "bit 51" and "ignored" or "reserved: must be 0".
 */
struct pt_meaning {
	u8 high, low;
	u64 value;
	const char *name, *text, *source;
	bool reserved;
};
typedef void (*pt_meaning_fn)(void *ctx, const struct pt_meaning *m);
void pt_decode(const struct pt_format *f, u64 entry, unsigned level, unsigned phys_bits, bool nx,
	       pt_meaning_fn fn, void *ctx);
/* Which bits it is about: "63", "51:12". buf holds 8 bytes. Returns buf. */
const char *pt_meaning_bits(char *buf, const struct pt_meaning *m);

/* "PRESENT|RW|ACCESSED": names of the single bits that are set, "" for none; "absent" when it is
 * not present. Returns the length. */
int pt_flags_text(char *buf, size_t size, const struct pt_format *f, u64 entry, unsigned level);

#endif
