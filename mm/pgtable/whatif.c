/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Invented tables of any format: mapping, an example, freeing. */
#include "mm/pgtable/whatif.h"
#include "pt_inner.h"

static u64 read_entry(const struct pgtable *pt, phys_addr_t table, u32 index)
{
	return pt_read_raw(pt_format_of(pt), pt_table(pt, table), index);
}

static void write_entry(struct pgtable *pt, phys_addr_t table, u32 index, u64 val)
{
	if (pt_format_of(pt)->entry_size == 4)
		((u32 *)pt_table(pt, table))[index] = (u32)val;
	else
		pt_table(pt, table)[index] = val;
}

static u32 index_of(const struct pgtable *pt, u64 va, unsigned level)
{
	const struct pt_format *f = pt_format_of(pt);

	return (u32)(va >> f->level[level].shift) & (pt_nr_entries(f, level) - 1);
}

/* Can an entry of this level map a page at pa? It must be aligned, and the entry must have room for
 * all bits of the address. */
static bool can_point(const struct pt_format *f, phys_addr_t pa, unsigned level)
{
	return f->level[level].leaf_addr && is_aligned(pa, pt_span(f, level)) &&
	       pt_entry_addr(f, f->make_leaf(pa, 0, level), level, true) == pa;
}

static unsigned largest_level(const struct pt_format *f, u64 va, phys_addr_t pa, u64 size)
{
	unsigned level = f->nr_levels;

	while (--level > 0) {
		u64 span = pt_span(f, level);

		if (size >= span && is_aligned(va, span) && can_point(f, pa, level))
			break;
	}
	return level;
}

/* The table below an entry; a new one if the entry is absent. */
static int table_below(struct pgtable *pt, phys_addr_t table, u32 index, unsigned level,
		       phys_addr_t *ret)
{
	const struct pt_format *f = pt_format_of(pt);
	u64 val = read_entry(pt, table, index);
	phys_addr_t pa;
	int err;

	if ((val & f->present) == f->present) {
		*ret = pt_entry_addr(f, val, level, false);
		return 0;
	}
	err = pt_new_table(pt, &pa);
	if (err)
		return err;
	val = f->make_table(pa) & ~f->level[level].table_reserved;
	if (pt_entry_addr(f, val, level, false) != pa) {
		pt_free_table(pt, pa);
		return -EINVAL;
	}
	write_entry(pt, table, index, val);
	*ret = pa;
	return 0;
}

struct piece {
	u64 va, size;
	phys_addr_t pa;
	u64 flags;
};

/*
 * Goes down to the entry for the next page of a piece and makes the tables on the path; with
 * `write` writes the entry. If there is a table already, it uses smaller pages in it. Returns the
 * page's level or a negative error.
 */
static int place(struct pgtable *pt, const struct piece *p, bool write)
{
	const struct pt_format *f = pt_format_of(pt);
	unsigned want = largest_level(f, p->va, p->pa, p->size), level = f->nr_levels - 1u;
	phys_addr_t table = pt->root;
	u32 index = index_of(pt, p->va, level);
	int err;

	while (level > want ||
	       (level && (read_entry(pt, table, index) & f->present) == f->present)) {
		err = table_below(pt, table, index, level, &table);
		if (err)
			return err;
		index = index_of(pt, p->va, --level);
	}
	if (!can_point(f, p->pa, level))
		return -EINVAL;
	if (write)
		write_entry(pt, table, index, f->make_leaf(p->pa, p->flags, level));
	return (int)level;
}

static int place_all(struct pgtable *pt, struct piece p, bool write)
{
	while (p.size) {
		int level = place(pt, &p, write);
		u64 span;

		if (level < 0)
			return level;
		span = pt_span(pt_format_of(pt), (unsigned)level);
		p.va += span;
		p.pa += span;
		p.size -= span;
	}
	return 0;
}

static int stop_at_mapping(void *ctx, const struct pt_entry *e)
{
	(void)ctx;
	if (!e->present)
		return PT_SKIP;
	return e->leaf || e->wrong ? PT_STOP : PT_DESCEND;
}

int pt_whatif_map(struct pgtable *pt, u64 va, phys_addr_t pa, u64 size, u64 flags)
{
	const struct pt_format *f = pt_format_of(pt);
	struct piece all = {va, size, pa, flags};
	u64 last = va + (size - 1), pa_limit = 1ULL << f->phys_bits;
	int err;

	if (!size || !is_aligned(va | pa | size, PAGE_SIZE) || last < va ||
	    (f->sign_extend && (va ^ last) >> 63) || !pt_canonical(pt, va) ||
	    !pt_canonical(pt, last) || pa >= pa_limit || size > pa_limit - pa)
		return -EINVAL;
	if (pt_walk_spans(pt, va, last, stop_at_mapping, NULL))
		return -EEXIST;
	/* make all tables first: the second pass cannot fail */
	err = place_all(pt, all, false);
	return err ? err : place_all(pt, all, true);
}

/* ---- an example -------------------------------------------------------------------------- */

#define KERNEL	    PT_GLOBAL
#define KERNEL_DATA (PT_GLOBAL | PT_NOEXEC | PT_WRITE)

static const struct {
	bool upper; /* va is an offset from the kernel's start */
	u64 va, size;
	phys_addr_t pa;
	u64 flags;
} example[] = {
	{false, 0x400000, 3 * PAGE_SIZE, 0x90001000, PT_USER},
	{false, 0x404000, 2 * PAGE_SIZE, 0x90010000, PT_USER | PT_NOEXEC},
	{false, 0x600000, 16 * PAGE_SIZE, 0x90020000, PT_USER | PT_NOEXEC | PT_WRITE},
	{false, 0x1000000, 8 * MiB, 0x94000000, PT_USER | PT_NOEXEC | PT_WRITE},
	{false, 0x80000000, GiB, 0x80000000, PT_NOEXEC | PT_WRITE},
	{true, 0x1000000, 4 * MiB, 0x81000000, KERNEL},			   /* text */
	{true, 0x1400000, 5 * PAGE_SIZE, 0x81400000, KERNEL},		   /* text */
	{true, 0x1406000, 32 * PAGE_SIZE, 0x81406000, KERNEL | PT_NOEXEC}, /* constants */
	{true, 0x1800000, 2 * MiB + 0x8000, 0x81800000, KERNEL_DATA},
	{true, 0x3000000, PAGE_SIZE, 0xfee00000, KERNEL_DATA | PT_PCD | PT_PWT}, /* a device */
	{true, 0x20000000, GiB / 4, 0x80000000, KERNEL_DATA},			 /* all memory */
};

int pt_whatif_example(struct pgtable *pt)
{
	const struct pt_format *f = pt_format_of(pt);
	u64 kernel = f->va_bits == 32 ? 0xc0000000 : pt_sign_extend(pt, 1ULL << (f->va_bits - 1));

	for (u32 i = 0; i < ARRAY_SIZE(example); i++) {
		int err = pt_whatif_map(pt, example[i].va + (example[i].upper ? kernel : 0),
					example[i].pa, example[i].size, example[i].flags);

		if (err)
			return err;
	}
	if (f == &pt_format_x86_64_4 || f == &pt_format_x86_64_5)
		write_entry(pt, pt->root, 493, pt->root | PTE_P | PTE_RW | PTE_A | PTE_NX);
	return 0;
}

/* ---- freeing ----------------------------------------------------------------------------- */

static void destroy_table(struct pgtable *pt, phys_addr_t table, unsigned level, phys_addr_t *path)
{
	const struct pt_format *f = pt_format_of(pt);

	path[level] = table;
	for (u32 i = 0; level && i < pt_nr_entries(f, level); i++) {
		u64 val = read_entry(pt, table, i);
		phys_addr_t below = pt_entry_addr(f, val, level, false);
		bool loop = false;

		for (unsigned above = level; above < f->nr_levels; above++)
			loop |= path[above] == below;
		if ((val & f->present) == f->present && !pt_entry_is_leaf(f, val, level) && !loop)
			destroy_table(pt, below, level - 1, path);
	}
	pt_free_table(pt, table);
}

void pt_whatif_destroy(struct pgtable *pt)
{
	phys_addr_t path[PT_MAX_LEVELS];

	destroy_table(pt, pt->root, pt_format_of(pt)->nr_levels - 1u, path);
	pt->root = 0;
}
