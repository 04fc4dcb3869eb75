/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Our own world's maps: no large page across two memory types, nothing executable by accident. */
#include "mm/pgtable/build.h"

/* The first address above pa, at most `end`, with another memory type. */
static phys_addr_t type_end(const struct mtrr_state *m, phys_addr_t pa, phys_addr_t end)
{
	phys_addr_t next = end, more;
	enum memtype type = m ? mtrr_type(m, pa, &next) : MEMTYPE_WB;

	while (next < end && mtrr_type(m, next, &more) == type)
		next = more;
	return min(next, end);
}

/* A piece at a time that has one type, so that no page in it can have two. */
int pt_build_range(struct pgtable *pt, u64 va, phys_addr_t pa, u64 size, u64 flags,
		   unsigned max_level, const struct mtrr_state *m)
{
	u64 done = 0;
	int err = 0;

	while (done < size) {
		phys_addr_t at = pa + done, end = type_end(m, at, pa + size);

		err = pt_map(pt, va + done, at, end - at, flags, max_level);
		if (err)
			break;
		done += end - at;
	}
	if (err && done && pt_unmap(pt, va, done)) /* at borders of pages: nothing to split */
		ASSERT(false, "va %#llx size %#llx", va, done);
	return err;
}

int pt_build_direct(struct pgtable *pt, const struct pt_layout *layout, const struct memblock *mb,
		    const struct mtrr_state *m)
{
	int err = 0;

	for (u32 i = 0; !err && i < mb->memory.cnt; i++) {
		const struct memblock_region *r = &mb->memory.regions[i];
		phys_addr_t start = round_up(r->base, PAGE_SIZE);
		phys_addr_t end = round_down(r->base + r->size, PAGE_SIZE);

		if (start < end && !(r->flags & MEMBLOCK_NOMAP))
			err = pt_build_range(pt, layout->direct + start, start, end - start,
					     PT_WRITE | PT_NOEXEC | PT_GLOBAL, 2, m);
	}
	return err;
}

/* ---- identity ---------------------------------------------------------------------------- */

struct identity {
	struct pgtable *pt;
	const struct mtrr_state *m;
	const struct pt_hole *holes;
	u32 nr_holes;
	struct pt_identity_result *result;
	/* the run of equal leaves that is being collected */
	phys_addr_t start, end;
	u64 flags;
};

/* Maps [start, end) around the holes. */
static int map_around(struct identity *id, phys_addr_t start, phys_addr_t end)
{
	while (start < end) {
		phys_addr_t stop = end, next = end;
		int err;

		for (u32 i = 0; i < id->nr_holes; i++) {
			if (id->holes[i].start < stop && id->holes[i].end > start) {
				stop = max(id->holes[i].start, start);
				next = id->holes[i].end;
			}
		}
		if (start < stop) {
			err = pt_build_range(id->pt, start, start, stop - start, id->flags, 2,
					     id->m);
			if (err)
				return err;
			id->result->bytes += stop - start;
		}
		start = next;
	}
	return 0;
}

static int flush_run(struct identity *id)
{
	phys_addr_t start = max(id->start, (phys_addr_t)PAGE_SIZE); /* page 0 stays absent */
	int err = start < id->end ? map_around(id, start, id->end) : 0;

	id->start = id->end = 0;
	return err;
}

static int take_leaf(void *ctx, const struct pt_entry *e)
{
	struct identity *id = ctx;
	u64 flags, size = e->nr * PT_SIZE(e->level);
	int err;

	if (!e->present)
		return PT_SKIP;
	if (!e->leaf || e->wrong)
		return PT_DESCEND;
	id->result->leaves += e->nr;
	if (e->phys != e->va) {
		id->result->not_identity += e->nr;
		return PT_SKIP;
	}
	flags = (e->rights & PTR_SW ? PT_WRITE : 0) | PT_NOEXEC | (e->val & (PT_PWT | PT_PCD));
	if (e->val & (e->level ? PTE_PAT_LARGE : PTE_PAT))
		flags |= PT_PATBIT;
	if (id->end == e->va && id->flags == flags) {
		id->end += size;
		return PT_SKIP;
	}
	err = flush_run(id);
	id->start = e->va;
	id->end = e->va + size;
	id->flags = flags;
	return err ? err : PT_SKIP;
}

int pt_build_identity(struct pgtable *pt, const struct pgtable *fw, const struct mtrr_state *m,
		      const struct pt_hole *holes, u32 nr_holes, struct pt_identity_result *ret)
{
	struct identity id = {
		.pt = pt, .m = m, .holes = holes, .nr_holes = nr_holes, .result = ret};
	int err;

	memset(ret, 0, sizeof(*ret));
	err = pt_walk_ranges(fw, 0, PT_SIZE(fw->levels) / 2 - 1, take_leaf, &id);
	return err ? err : flush_run(&id);
}
