/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is odd about one address, in words. */
#include "lib.h"
#include "ui/explain.h"

static void __printf(2, 3) say(struct explain *x, const char *fmt, ...)
{
	char *text;
	va_list ap;

	if (x->nr_findings == EXPLAIN_MAX_FINDINGS)
		return;
	text = x->finding[x->nr_findings];
	va_start(ap, fmt);
	fmt_vprint(text, sizeof(x->finding[0]), fmt, ap);
	va_end(ap);
	for (u32 i = 0; i < x->nr_findings; i++) { /* two aliases can have the same fault */
		if (!strcmp(x->finding[i], text))
			return;
	}
	x->nr_findings++;
}

static bool writable(const struct explain_mapping *m)
{
	return m->rights & (PTR_SW | PTR_UW);
}

static bool executable(const struct explain_mapping *m)
{
	return m->rights & (PTR_SX | PTR_UX);
}

static bool device_memory(const struct explain *x)
{
	return x->framebuffer || (x->range && strncmp(x->range->name, "ACPI", 4)) ||
	       (x->found && x->found->type == MEM_MMIO) || (x->gcd && x->gcd->type == 3);
}

/* ---- one mapping ------------------------------------------------------------------------- */

static void judge_rights(struct explain *x, const struct explain_mapping *m)
{
	bool free_memory = m->fw ? x->found && x->found->type == MEM_CONVENTIONAL : x->in_buddy;

	if (free_memory && executable(m))
		say(x, "free memory is executable%s in %s", writable(m) ? " and writable" : "",
		    m->tables);
	else if (writable(m) && executable(m))
		say(x, "writable and executable at once in %s", m->tables);
	if (x->pa < PAGE_SIZE && !m->va)
		say(x, "page 0 is mapped in %s: null pointers do not fault", m->tables);
	if (!m->fw)
		return;
	if (x->mat && x->mat->attr & MEM_ATTR_RO && writable(m))
		say(x, "the Memory Attributes Table says read-only, the firmware maps it writable");
	if (x->mat && x->mat->attr & MEM_ATTR_XP && executable(m))
		say(x, "the Memory Attributes Table says no execution, the firmware maps it "
		       "executable");
	if (!x->section)
		return;
	if (!x->section->write && writable(m))
		say(x, "section %s of %s is not to be written, the firmware maps it writable",
		    x->section->name, x->image->name);
	if (!x->section->exec && executable(m))
		say(x, "section %s of %s is not code, the firmware maps it executable",
		    x->section->name, x->image->name);
}

static void judge_type(struct explain *x, const struct explain_mapping *m)
{
	if (m->low_types)
		say(x, "several MTRR types in the large page in %s: slow (SDM 12.11.9)", m->tables);
	else if (m->two_types)
		say(x, "two MTRR types in the large page in %s: undefined (SDM 12.11.9)",
		    m->tables);
	if (m->type.pat < 0)
		say(x, "%s chooses PAT entry %u, whose type is reserved", m->tables,
		    m->type.pat_index);
	if (x->memory && m->type.type == MEMTYPE_UC)
		say(x, "this is RAM, and uncached in %s: very slow", m->tables);
	if (x->framebuffer && m->type.type == MEMTYPE_UC)
		say(x,
		    "the framebuffer is UC in %s: drawing is slow; WC would be many times quicker",
		    m->tables);
	if (device_memory(x) && !x->memory && m->type.type == MEMTYPE_WB)
		say(x, "device memory is cached (WB) in %s", m->tables);
}

/* ---- two mappings ------------------------------------------------------------------------ */

static void judge_aliases(struct explain *x, u32 a, u32 b)
{
	const struct explain_mapping *m = &x->mapping[a], *n = &x->mapping[b];
	const struct explain_mapping *w = writable(m) ? m : n, *e = w == m ? n : m;

	if (m->type.type != n->type.type)
		say(x, "aliases with conflicting types: %s v:%llx is %s, %s v:%llx is %s",
		    m->tables, m->va, memtype_name(m->type.type), n->tables, n->va,
		    memtype_name(n->type.type));
	if (m->tables == n->tables && writable(w) && executable(e) && !executable(w) &&
	    !writable(e))
		say(x, "one alias can be written, another executed: %s v:%llx and v:%llx",
		    m->tables, w->va, e->va);
}

void explain_judge(struct explain *x)
{
	x->nr_findings = 0;
	if (x->have_pa && x->phys_bits && x->pa >> x->phys_bits)
		say(x, "beyond the CPU's %u physical address bits: nothing can be there",
		    x->phys_bits);
	if (x->caches_off)
		say(x, "CR0.CD is set: nothing is cached, whatever its type");
	if (x->mtrr.undefined)
		say(x, "MTRRs overlap with types that must not be mixed (SDM 12.11.4.1)");
	for (u32 i = 0; i < x->nr_mappings; i++) {
		judge_rights(x, &x->mapping[i]);
		judge_type(x, &x->mapping[i]);
	}
	for (u32 i = 0; i < x->nr_mappings; i++) {
		for (u32 k = i + 1; k < x->nr_mappings; k++)
			judge_aliases(x, i, k);
	}
}
