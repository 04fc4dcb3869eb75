/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Removes mappings and changes their rights. Large pages at the borders are split first. */
#include "../pt_inner.h"

/* Replaces a leaf by a table of 512 smaller pages with the same translation. */
static int split_leaf(struct pgtable *pt, u64 *entry, unsigned level)
{
	u64 flags = pt_entry_flags(*entry, level), ad = *entry & (PTE_A | PTE_D);
	phys_addr_t pa = pt_entry_phys(*entry, level, true), table;
	u64 *below, val = pt_make_leaf(pa, flags, level - 1);
	int err = pt_new_table_raw(pt, &table);

	if (err)
		return err;
	below = pt_table(pt, table);
	val = (val & ~(PTE_A | PTE_D)) | ad;
#pragma GCC unroll 16
	for (unsigned i = 0; i < PT_ENTRIES; i++, val += PT_SIZE(level - 1))
		pt_set(&below[i], val);
	pt_set(entry, table | PTE_P | PTE_RW | PTE_A | (flags & PT_USER));
	return 0;
}

/* Splits the page that maps `va` until an entry starts at va, or nothing maps it. 0 or -ENOMEM; no
 * translation changes. */
static int split_at(struct pgtable *pt, u64 va)
{
	phys_addr_t table = pt->root;

	for (unsigned level = pt->levels; level-- > 0;) {
		u64 *entry = &pt_table(pt, table)[PT_INDEX(va, level)];
		int err;

		if (!(*entry & PTE_P) || is_aligned(va, PT_SIZE(level)))
			return 0;
		if (pt_is_leaf(*entry, level)) {
			err = split_leaf(pt, entry, level);
			if (err)
				return err;
		}
		table = pt_entry_phys(*entry, level, false);
	}
	return 0;
}

struct change {
	struct pgtable *pt;
	u64 flags;
	bool unmap;
};

/* Changes the leaves in [va, end), a range inside the table that begins and ends at leaf
 * borders. */
static void change_table(struct change *c, phys_addr_t table, unsigned level, u64 va, u64 end)
{
	u64 *entries = pt_table(c->pt, table);

	while (va < end) {
		u64 *entry = &entries[PT_INDEX(va, level)], val = *entry;
		u64 stop = min(end, round_down(va, PT_SIZE(level)) + PT_SIZE(level));

		if (val & PTE_P && pt_is_leaf(val, level)) {
			phys_addr_t pa = pt_entry_phys(val, level, true);

			pt_set(entry, c->unmap ? 0 : pt_make_leaf(pa, c->flags, level));
		} else if (val & PTE_P) {
			if (c->flags & PT_USER)
				pt_admit_user(entry);
			change_table(c, pt_entry_phys(val, level, false), level - 1, va, stop);
		}
		va = stop;
	}
}

static int change(struct pgtable *pt, u64 va, u64 size, struct change *c)
{
	u64 inner = pt_inner_va(pt, va);
	int err;

	pt_check_range(pt, va, size);
	err = split_at(pt, va);
	if (!err)
		err = split_at(pt, va + size);
	if (err)
		return err;
	change_table(c, pt->root, pt->levels - 1u, inner, inner + size);
	if (pt->changed)
		pt->changed(pt, va, size, true);
	return 0;
}

int pt_unmap(struct pgtable *pt, u64 va, u64 size)
{
	struct change c = {.pt = pt, .unmap = true};

	return change(pt, va, size, &c);
}

int pt_protect(struct pgtable *pt, u64 va, u64 size, u64 flags)
{
	struct change c = {.pt = pt, .flags = pt->nx ? flags : flags & ~PT_NOEXEC};

	return change(pt, va, size, &c);
}
