/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Merges equal neighbours; formats lines like Linux's ptdump and QEMU's `info tlb`. */
#include "lib.h"
#include "mm/pgtable/dump.h"
#include "pt_inner.h"

struct runs {
	const struct pgtable *pt;
	pt_run_fn fn;
	int (*poll)(void *ctx);
	void *ctx;
	struct pt_run run;
	bool have;
	int result; /* of fn or poll; not 0: the dump ends */
};

static bool same_run(const struct pt_run *a, const struct pt_run *b)
{
	return a->level == b->level && a->present == b->present && a->wrong == b->wrong &&
	       a->bits == b->bits && a->rights == b->rights;
}

static int note_entry(void *ctx, const struct pt_entry *e)
{
	struct runs *r = ctx;
	const struct pt_format *f = pt_format_of(r->pt);
	struct pt_run next = {
		.start = e->va,
		.last = pt_sign_extend(r->pt, e->va + (e->nr * pt_span(f, e->level) - 1)),
		.level = e->level,
		.present = e->present,
		.wrong = e->wrong,
		.rights = e->rights};

	if (e->present && !e->leaf && !e->wrong)
		return PT_DESCEND;
	r->result = r->poll ? r->poll(r->ctx) : 0;
	if (r->result)
		return PT_STOP;
	if (e->leaf && !e->wrong) {
		next.bits =
			f->leaf_flags(e->val, e->level) & (PT_PWT | PT_PCD | PT_PATBIT | PT_GLOBAL);
		next.bits |= e->level ? PTE_PS : 0;
	}
	/* Compare with sign extension: a run goes on after the hole of non-canonical addresses. */
	if (r->have && same_run(&r->run, &next) &&
	    pt_sign_extend(r->pt, r->run.last + 1) == next.start) {
		r->run.last = next.last;
		return PT_SKIP;
	}
	r->result = r->have ? r->fn(r->ctx, &r->run) : 0;
	r->run = next;
	r->have = true;
	return r->result ? PT_STOP : PT_SKIP;
}

int pt_runs(const struct pgtable *pt, u64 start, u64 last, pt_run_fn fn, int (*poll)(void *ctx),
	    void *ctx)
{
	struct runs r = {.pt = pt, .fn = fn, .poll = poll, .ctx = ctx};
	int err = pt_walk_spans(pt, start, last, note_entry, &r);

	if (r.result)
		return r.result;
	return err || !r.have ? err : fn(ctx, &r.run);
}

bool pt_run_cut(const struct pgtable *pt, struct pt_run *run, u64 border, struct pt_run *ret_rest)
{
	u64 at = round_up(border, pt_span(pt_format_of(pt), run->level)); /* 0: no entry above */

	if (at <= run->start || at > run->last)
		return false;
	*ret_rest = *run;
	ret_rest->start = at;
	run->last = at - 1;
	return true;
}

/* The size in the largest unit that divides it. As in kernel_page_tables, K is the smallest unit
 * and E the largest. */
static u64 size_in_units(u64 bytes, char *ret_unit)
{
	static const char units[] = "KMGTPE";
	u32 i = 0;

	if (!bytes) { /* 2^64 */
		*ret_unit = 'E';
		return 16;
	}
	bytes >>= 10;
	while (!(bytes & 1023) && units[i + 1]) {
		bytes >>= 10;
		i++;
	}
	*ret_unit = units[i];
	return bytes;
}

int pt_run_format(char *buf, size_t size, const struct pgtable *pt, const struct pt_run *run)
{
	char unit;
	u64 nr = size_in_units(run->last - run->start + 1, &unit);
	static const char *const wrong[] = {"", " reserved bits", " bad table", " loop"};
	u64 b = run->bits;
	u8 r = run->rights;
	bool p = run->present && !run->wrong;

	return fmt_print(buf, size, "0x%016llx-0x%016llx   %9llu%c %s%s%s%s%s%s%s%s%s%s",
			 run->start, run->last + 1, nr, unit, p && r & PTR_UR ? "USR " : "    ",
			 !p			 ? "   "
			 : r & (PTR_SW | PTR_UW) ? "RW "
						 : "ro ",
			 b & PT_PWT ? "PWT " : "    ", b & PT_PCD ? "PCD " : "    ",
			 b & PTE_PS ? "PSE " : "    ", b & PT_PATBIT ? "PAT " : "    ",
			 b & PT_GLOBAL ? "GLB " : "    ",
			 !p			 ? "   "
			 : r & (PTR_SX | PTR_UX) ? "x  "
						 : "NX ",
			 pt_level_linux(pt, run->level), wrong[run->wrong]);
}

int pt_leaf_format_tlb(char *buf, size_t size, const struct pt_entry *e)
{
	static const struct {
		u64 bit;
		char letter;
	} flags[] = {{PTE_NX, 'X'},  {PTE_G, 'G'},   {PTE_PS, 'P'}, {PTE_D, 'D'}, {PTE_A, 'A'},
		     {PTE_PCD, 'C'}, {PTE_PWT, 'T'}, {PTE_US, 'U'}, {PTE_RW, 'W'}};
	u64 v = e->level ? e->val : e->val & ~PTE_PS; /* at level 0 that bit is PAT */
	char *p = buf;

	ASSERT(size >= 45, "%llu bytes", (u64)size);
	p = fmt_hex16(p, e->va);
	*p++ = ':';
	*p++ = ' ';
	p = fmt_hex16(p, e->phys);
	*p++ = ' ';
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++)
		*p++ = v & flags[i].bit ? flags[i].letter : '-';
	*p = '\0';
	return (int)(p - buf);
}
