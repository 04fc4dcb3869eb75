/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Addresses and level names of a tree; making and freeing tables. */
#include "pt_inner.h"

u64 pt_sign_extend(const struct pgtable *pt, u64 va)
{
	const struct pt_format *f = pt_format_of(pt);
	unsigned unused = 64u - f->va_bits;

	return f->sign_extend ? (u64)((s64)(va << unused) >> unused) : va;
}

u64 pt_last(const struct pgtable *pt)
{
	const struct pt_format *f = pt_format_of(pt);

	return f->sign_extend ? ~0ULL : (1ULL << f->va_bits) - 1;
}

bool pt_canonical(const struct pgtable *pt, u64 va)
{
	return va <= pt_last(pt) && pt_sign_extend(pt, va) == va;
}

const char *pt_level_name(const struct pgtable *pt, unsigned level)
{
	const struct pt_format *f = pt_format_of(pt);

	return level < f->nr_levels ? f->level[level].name : "?";
}

const char *pt_level_linux(const struct pgtable *pt, unsigned level)
{
	static const char *const names[] = {"pte", "pmd", "pud", "p4d", "pgd"};

	if (level + 1u == pt_format_of(pt)->nr_levels)
		return "pgd";
	return level < ARRAY_SIZE(names) ? names[level] : "?";
}

int pt_new_table_raw(struct pgtable *pt, phys_addr_t *ret_pa)
{
	int err = pt->pages->alloc(pt->pages->ctx, ret_pa);

	pt->nr_tables += !err;
	return err;
}

int pt_new_table(struct pgtable *pt, phys_addr_t *ret_pa)
{
	int err = pt_new_table_raw(pt, ret_pa);
	u64 *entries;

	if (err)
		return err;
	entries = pt_table(pt, *ret_pa);
#pragma GCC unroll 16
	for (u32 i = 0; i < PT_ENTRIES; i++)
		pt_set(&entries[i], 0);
	return 0;
}

void pt_free_table(struct pgtable *pt, phys_addr_t pa)
{
	pt->pages->free(pt->pages->ctx, pa);
	pt->nr_tables--;
}

int pt_init(struct pgtable *pt)
{
	phys_addr_t root;
	int err;

	pt->nr_tables = 0;
	err = pt_new_table(pt, &root);
	if (!err)
		pt->root = root;
	return err;
}

static void destroy_level(struct pgtable *pt, phys_addr_t table, unsigned level)
{
	u64 *entries = pt_table(pt, table);

	for (unsigned i = 0; level && i < PT_ENTRIES; i++) {
		if (entries[i] & PTE_P && !pt_is_leaf(entries[i], level))
			destroy_level(pt, pt_entry_phys(entries[i], level, false), level - 1);
	}
	pt_free_table(pt, table);
}

void pt_destroy(struct pgtable *pt)
{
	destroy_level(pt, pt->root, pt->levels - 1u);
	pt->root = 0;
}
