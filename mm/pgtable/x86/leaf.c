/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Making the path to one entry; retiring and reaping. The states of an entry:
 *	0		free: it may be written
 *	P		a page, or a table in use
 *	not P, not 0	retired: a page, or a table with everything below. No CPU loads a new
 *			translation from it, but a TLB may still have the old one. It must not
 *			be written before it is reaped, which makes it 0.
 * Entries below a retired table keep P, as the CPU does not go there. A block of pages is reaped at
 * its first entry, which clears the others too.
 */
#include "../pt_inner.h"

u64 pt_leaf_bits(const struct pgtable *pt, u64 flags, unsigned level)
{
	return pt_make_leaf(0, pt->nx ? flags : flags & ~PT_NOEXEC, level);
}

int pt_need_entry(struct pgtable *pt, u64 va, unsigned level, u64 **ret_entry)
{
	unsigned at = pt->levels - 1u;
	u64 *entry = pt_entry_in(pt, pt->root, va, at);

	for (; at > level; entry = pt_entry_in(pt, *entry, va, --at)) {
		phys_addr_t table;
		int err;

		if (*entry & PTE_P && pt_is_leaf(*entry, at))
			return -EEXIST;
		if (*entry & PTE_P)
			continue;
		ASSERT(!*entry, "va %#llx: %#llx is retired and not reaped", va, *entry);
		err = pt_new_table(pt, &table);
		if (err)
			return err;
		pt_set(entry, table | PTE_P | PTE_RW | PTE_A);
	}
	*ret_entry = entry;
	return 0;
}

/* ---- retiring ---------------------------------------------------------------------------- */

enum { AT_ONCE = 16 };

static void retire_run(u64 *entry, u32 nr)
{
	for (; nr >= AT_ONCE; nr -= AT_ONCE, entry += AT_ONCE) {
#pragma GCC unroll AT_ONCE
		for (u32 i = 0; i < AT_ONCE; i++)
			pt_set(&entry[i], entry[i] & ~PTE_P);
	}
	for (; nr; nr--, entry++)
		pt_set(entry, *entry & ~PTE_P);
}

static void clear_run(u64 *entry, u32 nr)
{
	for (; nr >= AT_ONCE; nr -= AT_ONCE, entry += AT_ONCE) {
#pragma GCC unroll AT_ONCE
		for (u32 i = 0; i < AT_ONCE; i++)
			pt_set(&entry[i], 0);
	}
	for (; nr; nr--, entry++)
		pt_set(entry, 0);
}

void pt_retire_entries(u64 *entry, u32 nr, bool keep)
{
	if (keep)
		retire_run(entry, nr);
	else
		clear_run(entry, nr);
}

/* Retires the entries that one walk finds at va; returns how many bytes they map, at most
 * `left`. */
static u64 retire_some(const struct pgtable *pt, u64 va, u64 left, bool keep)
{
	unsigned level;
	u64 *entry = pt_find_entry(pt, va, &level);
	u32 nr = 1;

	if (likely(!level))
		nr = (u32)min(left >> PAGE_SHIFT, (u64)pt_entries_left(va, 0));
	pt_retire_entries(entry, nr, keep);
	if (likely(!level))
		return (u64)nr << PAGE_SHIFT;
	return min(left, PT_SIZE(level) - (va & (PT_SIZE(level) - 1)));
}

void pt_retire(struct pgtable *pt, u64 va, u64 size, bool keep)
{
	u64 some;

	for (; size; va += some, size -= some)
		some = retire_some(pt, va, size, keep);
}

struct retire {
	struct pgtable *pt;
	u64 start, end; /* retired tables must map nothing outside */
};

/* Retires tables below this one, for addresses [va, end). */
static void retire_below(const struct retire *r, u64 table, unsigned level, u64 va, u64 end)
{
	for (u64 next; va < end; va = next) {
		u64 *entry = pt_entry_in(r->pt, table, va, level);
		u64 first = round_down(va, PT_SIZE(level)), last = first + (PT_SIZE(level) - 1);

		next = min(end - 1, last) + 1;
		if (!(*entry & PTE_P) || pt_is_leaf(*entry, level))
			continue;
		if (level == 1 && first >= r->start && last < r->end)
			pt_set(entry, *entry & ~PTE_P);
		else if (level > 1)
			retire_below(r, *entry, level - 1, va, next);
	}
}

void pt_retire_tables(struct pgtable *pt, u64 va, u64 size, u64 start, u64 end)
{
	struct retire r = {pt, start, end};

	retire_below(&r, pt->root, pt->levels - 1u, va, va + size);
}

/* ---- reaping ----------------------------------------------------------------------------- */

struct reap {
	struct pgtable *pt;
	pt_take take;
	void *ctx;
};

/* Skips entries that are 0, eight at a time; may stop before an entry that is 0. */
static u64 *skip_empty(u64 *entry, const u64 *end)
{
	enum { EIGHT = 8 };

	if ((u64)(uintptr_t)entry % (EIGHT * sizeof(*entry)))
		return entry + 1;
	while (end - entry >= EIGHT && !(entry[0] | entry[1] | entry[2] | entry[3] | entry[4] |
					 entry[5] | entry[6] | entry[7]))
		entry += EIGHT;
	return entry < end && !*entry ? entry + 1 : entry;
}

/* Reaps the retired ones of nr entries of level 0. */
static void reap_pages(const struct reap *r, u64 *entry, u32 nr)
{
	u64 *end = entry + nr;

	while (entry < end) {
		u64 val = *entry;
		u32 n = 1;

		if (!val) {
			entry = skip_empty(entry, end);
			continue;
		}
		if (!(val & PTE_P)) {
			n = r->take(r->ctx, val & PTE_ADDR_MASK, 0);
			ASSERT(n && n <= end - entry, "%u pages of %llu", n, (u64)(end - entry));
			if (likely(n == 1))
				pt_set(entry, 0);
			else
				clear_run(entry, n);
		}
		entry += n;
	}
}

static void reap_retired(const struct reap *r, u64 val, unsigned level)
{
	if (pt_is_leaf(val, level)) {
		r->take(r->ctx, pt_entry_phys(val, level, true), level);
		return;
	}
	reap_pages(r, pt_table(r->pt, pt_entry_phys(val, level, false)), PT_ENTRIES);
	pt_free_table(r->pt, pt_entry_phys(val, level, false));
}

/* Reaps the range [va, end), which is inside the table. */
static void reap_table(const struct reap *r, u64 table, unsigned level, u64 va, u64 end)
{
	u64 *entry = pt_entry_in(r->pt, table, va, level), next;

	for (; va < end; va = next, entry++) {
		u64 val = *entry, first = round_down(va, PT_SIZE(level));

		next = min(end - 1, first + (PT_SIZE(level) - 1)) + 1;
		if (!val)
			continue;
		if (val & PTE_P && level > 1 && !pt_is_leaf(val, level)) {
			reap_table(r, val, level - 1, va, next);
		} else if (val & PTE_P && !pt_is_leaf(val, level)) {
			reap_pages(r, pt_entry_in(r->pt, val, va, 0),
				   (u32)((next - va) >> PAGE_SHIFT));
		} else if (!(val & PTE_P)) {
			pt_set(entry, 0);
			reap_retired(r, val, level);
		}
	}
}

void pt_reap(struct pgtable *pt, u64 va, u64 size, pt_take take, void *ctx)
{
	struct reap r = {pt, take, ctx};

	reap_table(&r, pt->root, pt->levels - 1u, va, va + size);
}
