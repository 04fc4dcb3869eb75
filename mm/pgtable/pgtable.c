/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Facts of the format: addresses, names, the bits of entries; new and old trees. */
#include "pt_inner.h"

static unsigned va_bits(const struct pgtable *pt)
{
	return 12 + 9u * pt->levels;
}

u64 pt_sign_extend(const struct pgtable *pt, u64 va)
{
	unsigned unused = 64 - va_bits(pt);

	return (u64)((s64)(va << unused) >> unused);
}

bool pt_canonical(const struct pgtable *pt, u64 va)
{
	return pt_sign_extend(pt, va) == va;
}

phys_addr_t pt_entry_phys(u64 val, unsigned level, bool leaf)
{
	return val & PTE_ADDR_MASK & (leaf ? ~(PT_SIZE(level) - 1) : ~0ULL);
}

const char *pt_level_intel(unsigned level)
{
	static const char *const names[] = {"PTE", "PDE", "PDPTE", "PML4E", "PML5E"};

	return level < ARRAY_SIZE(names) ? names[level] : "?";
}

const char *pt_level_linux(const struct pgtable *pt, unsigned level)
{
	static const char *const names[] = {"pte", "pmd", "pud", "p4d", "pgd"};

	if (level + 1u == pt->levels)
		return "pgd";
	return level < ARRAY_SIZE(names) ? names[level] : "?";
}

u64 pt_entry_flags(u64 val, unsigned level)
{
	u64 flags = val & (PT_WRITE | PT_USER | PT_GLOBAL | PT_NOEXEC | PT_PWT | PT_PCD);
	u64 pat = level ? PTE_PAT_LARGE : PTE_PAT;

	return flags | (val & pat ? PT_PATBIT : 0);
}

/* A and D are set beforehand, so that the CPU never has to write our tables. */
u64 pt_make_leaf(phys_addr_t pa, u64 flags, unsigned level)
{
	u64 val = PTE_P | PTE_A | pa;

	val |= flags & (PT_WRITE | PT_USER | PT_GLOBAL | PT_NOEXEC | PT_PWT | PT_PCD);
	if (flags & PT_WRITE)
		val |= PTE_D;
	if (flags & PT_PATBIT)
		val |= level ? PTE_PAT_LARGE : PTE_PAT;
	return level ? val | PTE_PS : val;
}

int pt_new_table(struct pgtable *pt, phys_addr_t *ret_pa)
{
	int err = pt->pages->alloc(pt->pages->ctx, ret_pa);

	if (err)
		return err;
	memset(pt_table(pt, *ret_pa), 0, PAGE_SIZE);
	pt->nr_tables++;
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
