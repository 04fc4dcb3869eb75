/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A paging format as data: the places of index and address, and the meaning of each bit. One walker
 * (mm/pgtable/walk.c) and one decoder (pt_decode) read all formats.
 *
 * Levels count from the leaf in every format: 0 is the entry of a 4 KiB page. An entry gives a set
 * of six rights, from whatever bits the format has for them (RW and NX on x86, AP and UXN on Arm,
 * R W X U on RISC-V). The rights of a walk are those that all its entries give.
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
	const char *name; /* as in the manual: "PDPTE" */
	u8 shift; /* lowest bit of the index in an address; an entry maps 1 << shift bytes */
	u8 index_bits;
	/* A present entry maps a page if ((entry & leaf_mask) != 0) == leaf_if_set. */
	u64 leaf_mask;
	bool leaf_if_set;
	/* Masks of the address bits in an entry; their value is shifted left by addr_shift. */
	u64 leaf_addr, table_addr;
	/* A second part of a page's address, above the first (PSE-36 of x86-32), and its shift. */
	u64 leaf_addr_high;
	u8 high_shift;
	u64 leaf_reserved, table_reserved; /* must be 0 */
};

#define PT_IN_TABLE 1 /* in entries that point to tables */
#define PT_IN_PAGE  2 /* in entries that map pages */

/* A bit or a field, and the meaning of its values. */
struct pt_bit {
	u8 high, low;
	u8 levels;	  /* bit n: at level n */
	u8 where;	  /* PT_IN_* */
	const char *name; /* in lists of set flags: "RW", "NX" */
	/* In words. A single bit: when set, when clear. A field: `one` says what it is and its
	 * value follows. `zero` NULL: no words when it is 0. */
	const char *one, *zero;
	const char *source; /* manual and section or table */
};

struct pt_format {
	const char *name;   /* as typed: "sv48" */
	const char *title;  /* "RISC-V Sv48" */
	const char *manual; /* title and edition, for the `source` of bits */
	u8 nr_levels, entry_size /* bytes: 4 or 8 */, addr_shift;
	u8 va_bits;
	bool sign_extend; /* addresses above va_bits copy the top bit (else they are 0) */
	u8 phys_bits;	  /* the most that the format allows */
	struct pt_level_format level[PT_MAX_LEVELS];
	u64 present;		     /* if all of these are set, it is present */
	u64 accessed, dirty, global; /* 0 where there is no such bit */
	u64 noexec;		     /* x86: reserved unless EFER.NXE */
	u64 needs, needed; /* `needs` is reserved unless `needed` is set (RISC-V: W without R) */
	u64 forbidden;	   /* a field of pages that must not be all ones (RISC-V: PBMT 3) */
	const char *on_reserved; /* what the CPU does when reserved bits are set */
	/* Bits other than those of PT_* flags that pages of all sizes have at the same place: a
	 * split or a collapse keeps them. */
	u64 carried;
	/* All bits but the address that pages of all sizes have at the same place with the same
	 * meaning, with those of `carried`: a split or a collapse changes none of them. */
	u64 same;
	/* The rights that an entry of a page or a table gives. The state of control registers is
	 * assumed: CR0.WP = 1, no SMEP, SMAP or PAN, and on RISC-V SUM = 0, so the supervisor has
	 * no rights on user pages there. */
	u8 (*rights)(u64 entry, unsigned level, bool leaf);
	/* Converts PT_* flags (mm/pgtable/pgtable.h) to an entry and back; flags that the
	 * format does not have are ignored. PT_PATBIT, PT_PCD, PT_PWT are the three bits of
	 * a memory type's index (x86: into the PAT; Arm: AttrIndx, into MAIR; RISC-V: 2 is
	 * PBMT NC, 3 is IO). */
	u64 (*make_leaf)(phys_addr_t pa, u64 flags, unsigned level);
	u64 (*make_table)(phys_addr_t pa);
	u64 (*leaf_flags)(u64 entry, unsigned level);
	const struct pt_bit *bits; /* from high to low */
	u32 nr_bits;
};

/* x86-64-4 x86-64-5 x86-32 pae aarch64-3 aarch64-4 sv39 sv48 sv57. NULL: no such name. */
const struct pt_format *pt_format_find(const char *name);
/* The nr-th format, from 0; NULL after the last. */
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

/* The set bits that must be 0, on a CPU with phys_bits physical address bits (0: as many as the
 * format allows), with or without no-execute. */
u64 pt_entry_reserved(const struct pt_format *f, u64 entry, unsigned level, bool leaf,
		      unsigned phys_bits, bool nx);

/* Rights of supervisor and user, "rw-/r--". buf has 8 bytes. Returns buf. */
const char *pt_rights_text(char *buf, u8 rights);

/*
 * The meaning of an entry's bits, from high to low: the callback gets each known bit or field that
 * is set, and clear ones that have words for it; `value` is the field's value. Unknown and reserved
 * bits get names such as "bit 51" and the text "ignored" or "reserved: must be 0".
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

/* The names of the single bits that are set, "PRESENT|RW|ACCESSED"; "absent" for an entry that is
 * not present. Returns the length. */
int pt_flags_text(char *buf, size_t size, const struct pt_format *f, u64 entry, unsigned level);

#endif
