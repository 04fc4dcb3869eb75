/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Writes a tree of page tables as text: runs of entries, each table once. */
#include "lib.h"
#include "mm/pgtable/image.h"
#include "../pt_inner.h"

struct writer {
	const struct pgtable *pt;
	const struct pt_format *f;
	struct pt_image_seen *seen;
	u32 nr_seen, nr_tables;
	u64 hash;
	pt_image_fn fn;
	void *ctx;
	int err;
};

__printf(2, 3) static void put(struct writer *w, const char *fmt, ...)
{
	char line[192];
	va_list ap;
	int n;

	if (w->err)
		return;
	va_start(ap, fmt);
	n = fmt_vprint(line, sizeof(line), fmt, ap);
	va_end(ap);
	ASSERT(n > 0 && n < (int)sizeof(line), "%d", n);
	w->hash = hash64(line, (size_t)n, w->hash);
	w->err = w->fn(w->ctx, line, (size_t)n);
}

/* ---- head -------------------------------------------------------------------------------- */

static void put_text(struct writer *w, const char *key, const char *text)
{
	char clean[sizeof(((struct pt_image_info *)NULL)->machine)];
	u32 n = 0;

	for (; n + 1 < sizeof(clean) && text[n]; n++)
		clean[n] = text[n] < ' ' || text[n] > '~' ? '?' : text[n];
	clean[n] = '\0';
	if (n)
		put(w, "%s %s\n", key, clean);
}

static void put_mtrr(struct writer *w, const struct mtrr_state *m)
{
	if (!m->present)
		return;
	put(w, "mtrr default %u %u %u\n", m->default_type, m->enabled, m->fixed_enabled);
	for (u32 i = 0; i < m->nr_variable; i++)
		put(w, "mtrr variable 0x%llx 0x%llx\n", m->variable[i].base, m->variable[i].mask);
	for (u32 i = 0, last; i < MTRR_NR_FIXED; i = last + 1) {
		for (last = i; last + 1 < MTRR_NR_FIXED && m->fixed[last + 1] == m->fixed[i];)
			last++;
		if (!m->fixed[i])
			continue;
		if (last > i)
			put(w, "mtrr fixed %u-%u %u\n", i, last, m->fixed[i]);
		else
			put(w, "mtrr fixed %u %u\n", i, m->fixed[i]);
	}
}

static void put_head(struct writer *w, const struct pt_image_info *info)
{
	const struct pgtable *pt = w->pt;

	put(w, PT_IMAGE_MAGIC "\n");
	put(w, "format %s\n", w->f->name);
	put(w, "levels %u\n", w->f->nr_levels);
	put(w, "root 0x%llx\n", pt->root);
	put(w, "phys-bits %u\n", pt->phys_bits);
	put(w, "nx %u\n", pt->nx);
	put(w, "max-page %u\n", pt->max_page_level);
	if (!info)
		return;
	put_text(w, "machine", info->machine);
	put_text(w, "firmware", info->firmware);
	if (info->have_pat)
		put(w, "pat 0x%llx\n", info->pat);
	put_mtrr(w, &info->mtrr);
}

/* ---- tables ------------------------------------------------------------------------------ */

/* The number of entries from `first` on that are equal, or grow by the same step. */
static u32 run_length(const struct writer *w, const void *table, u32 first, u32 nr, u64 *ret_step)
{
	u64 val = pt_read_raw(w->f, table, first), next;
	u32 i = first + 1;

	*ret_step = 0;
	if (i == nr)
		return 1;
	next = pt_read_raw(w->f, table, i);
	if (next < val)
		return 1;
	for (*ret_step = next - val; i < nr; i++, val = next) {
		next = pt_read_raw(w->f, table, i);
		if (next - val != *ret_step || next < val)
			break;
	}
	return *ret_step && i - first < 3 ? 1 : i - first; /* two entries are not a run */
}

static void put_table(struct writer *w, phys_addr_t pa, unsigned level, const void *table)
{
	u32 nr = pt_nr_entries(w->f, level);

	w->nr_tables++;
	put(w, "table 0x%llx %u\n", pa, level);
	for (u32 i = 0, n; i < nr && !w->err; i += n) {
		u64 val = pt_read_raw(w->f, table, i), step;

		n = 1;
		if (!val)
			continue;
		n = run_length(w, table, i, nr, &step);
		if (n == 1)
			put(w, "%u 0x%llx\n", i, val);
		else if (step)
			put(w, "%u-%u 0x%llx +0x%llx\n", i, i + n - 1, val, step);
		else
			put(w, "%u-%u 0x%llx\n", i, i + n - 1, val);
	}
}

/* Key of a table used at a level. Tables are aligned to at least 32 bytes, so the
 * low bits are free. */
static u64 seen_key(phys_addr_t pa, unsigned level)
{
	return (pa & ~0x1fULL) | 8 | level;
}

static u64 *seen_slot(const struct writer *w, u64 key)
{
	u64 at = hash64(&key, sizeof(key), HASH64_SEED) % w->seen->max;

	while (w->seen->slot[at] && w->seen->slot[at] != key)
		at = at + 1 == w->seen->max ? 0 : at + 1;
	return &w->seen->slot[at];
}

/* Notes a table and writes it, unless it was written before at another level. True: it is new at
 * this level, the walk must enter it. */
static bool note_table(struct writer *w, phys_addr_t pa, unsigned level)
{
	u64 *slot = seen_slot(w, seen_key(pa, level));
	bool written = false;

	if (*slot)
		return false;
	/* the same table may also be used at other levels */
	for (unsigned l = 0; l < w->f->nr_levels; l++)
		written |= *seen_slot(w, seen_key(pa, l)) != 0;
	if (4ULL * ++w->nr_seen > 3ULL * w->seen->max) {
		w->err = -ENOSPC;
		return false;
	}
	*slot = seen_key(pa, level);
	if (!written)
		put_table(w, pa, level, pt_table_at(w->pt, pa));
	return true;
}

static int visit(void *ctx, const struct pt_entry *e)
{
	struct writer *w = ctx;
	int step = PT_SKIP;

	if (e->present && !e->leaf && !e->wrong && note_table(w, e->phys, e->level - 1u))
		step = PT_DESCEND;
	return w->err ? PT_STOP : step;
}

int pt_image_write(const struct pgtable *pt, const struct pt_image_info *info,
		   struct pt_image_seen *seen, pt_image_fn fn, void *ctx, u32 *ret_tables)
{
	struct writer w = {.pt = pt,
			   .f = pt_format_of(pt),
			   .seen = seen,
			   .hash = HASH64_SEED,
			   .fn = fn,
			   .ctx = ctx};
	u64 hash;

	ASSERT(seen->max, "%u", seen->max);
	memset(seen->slot, 0, sizeof(*seen->slot) * seen->max);
	if (!pt_table_at(pt, pt->root))
		return -EFAULT;
	put_head(&w, info);
	note_table(&w, pt->root, w.f->nr_levels - 1u);
	if (!w.err)
		pt_walk_spans(pt, 0, pt_last(pt), visit, &w);
	hash = w.hash;
	put(&w, "end %u tables 0x%016llx\n", w.nr_tables, hash);
	if (!w.err && ret_tables)
		*ret_tables = w.nr_tables;
	return w.err;
}
