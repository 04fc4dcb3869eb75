/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Mapping in two passes of the same recursion: prepare makes missing tables and finds mappings that
 * are there already; commit writes the leaves. Both choose page sizes by the same rules, so commit
 * finds exactly the tables that prepare made.
 */
#include "../pt_inner.h"

struct mapping {
	struct pgtable *pt;
	u64 va, end; /* without sign extension; end exclusive */
	phys_addr_t pa;
	u64 flags;
	unsigned max_level;
	bool commit;
	int fixed_level; /* >= 0: make only tables, for pages of this level (pt_prepare) */
};

void pt_admit_user(u64 *entry)
{
	if (!(*entry & PTE_US))
		pt_set(entry, *entry | PTE_US);
}

/* May one entry of `level` map the next piece? Not if it points to a table, even to an empty
 * one. */
static bool fits(const struct mapping *m, u64 entry, u64 va, u64 end, unsigned level)
{
	phys_addr_t pa = m->pa + (va - m->va);

	if (m->fixed_level >= 0)
		return (int)level == m->fixed_level;
	if (entry & PTE_P && !pt_is_leaf(entry, level))
		return false;
	return level <= m->max_level && is_aligned(va | pa, PT_SIZE(level)) &&
	       end - va >= PT_SIZE(level);
}

/* Makes the table below *entry if there is none. */
static int need_table(struct mapping *m, u64 *entry, unsigned level)
{
	phys_addr_t table;
	int err;

	if (*entry & PTE_P) {
		if (pt_is_leaf(*entry, level))
			return -EEXIST;
		if (m->commit && m->flags & PT_USER)
			pt_admit_user(entry);
		return 0;
	}
	err = pt_new_table(m->pt, &table);
	if (err)
		return err;
	pt_set(entry, table | PTE_P | PTE_RW | PTE_A | (m->flags & PT_USER));
	return 0;
}

static int map_leaf(struct mapping *m, u64 *entry, u64 va, unsigned level)
{
	if (m->fixed_level >= 0)
		return 0;
	if (m->commit)
		pt_set(entry, pt_make_leaf(m->pa + (va - m->va), m->flags, level));
	else if (*entry & PTE_P)
		return -EEXIST;
	return 0;
}

/* Maps the range [va, end), which is inside the table. */
static int map_table(struct mapping *m, phys_addr_t table, unsigned level, u64 va, u64 end)
{
	u64 *entries = pt_table(m->pt, table);

	while (va < end) {
		u64 *entry = &entries[PT_INDEX(va, level)];
		u64 stop = min(end, round_down(va, PT_SIZE(level)) + PT_SIZE(level));
		int err;

		if (fits(m, *entry, va, stop, level)) {
			err = map_leaf(m, entry, va, level);
		} else {
			ASSERT(level, "va %#llx end %#llx", va, end);
			err = need_table(m, entry, level);
			if (!err)
				err = map_table(m, pt_entry_phys(*entry, level, false), level - 1,
						va, stop);
		}
		if (err)
			return err;
		va = stop;
	}
	return 0;
}

static int run(struct mapping *m)
{
	return map_table(m, m->pt->root, m->pt->levels - 1u, m->va, m->end);
}

int pt_map(struct pgtable *pt, u64 va, phys_addr_t pa, u64 size, u64 flags, unsigned max_level)
{
	u64 inner = pt_inner_va(pt, va);
	struct mapping m = {.pt = pt, .va = inner, .end = inner + size, .pa = pa, .flags = flags};
	int err;

	pt_check_range(pt, va, size);
	ASSERT(is_aligned(pa, PAGE_SIZE) && !(pa >> MAX_PHYS_BITS) &&
		       !((pa + (size - 1)) >> MAX_PHYS_BITS),
	       "pa %#llx size %#llx", pa, size);
	if (!pt->nx)
		m.flags &= ~PT_NOEXEC;
	m.max_level = min(max_level, (unsigned)pt->max_page_level);
	m.fixed_level = -1;
	err = run(&m);
	if (err)
		return err;
	m.commit = true;
	run(&m);
	if (pt->changed)
		pt->changed(pt, va, size, false);
	return 0;
}

int pt_prepare(struct pgtable *pt, u64 va, u64 size, unsigned level)
{
	u64 inner = pt_inner_va(pt, va);
	struct mapping m = {.pt = pt, .va = inner, .end = inner + size, .fixed_level = (int)level};

	pt_check_range(pt, va, size);
	ASSERT(level < pt->levels, "level %u", level);
	return run(&m);
}
