/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The model: the walk first, then the rights of the whole walk (SDM vol. 3, 4.6). */
#include "mm/pgtable/access.h"

struct check {
	const u64 *entry;
	u32 nr; /* entries from the top down to the page */
	const struct access_cpu *cpu;
	enum access_kind kind;
	bool user;
	struct access_result *r;
};

static const struct pt_format *format_of(const struct access_cpu *cpu)
{
	return cpu->levels == 5 ? &pt_format_x86_64_5 : &pt_format_x86_64_4;
}

static unsigned level_of(const struct check *c, u32 i)
{
	return c->cpu->levels - 1u - i;
}

static bool is_write(enum access_kind kind)
{
	return kind == ACCESS_WRITE || kind == ACCESS_SS_WRITE;
}

static bool is_shadow(enum access_kind kind)
{
	return kind == ACCESS_SS_READ || kind == ACCESS_SS_WRITE;
}

/* The bits of the error code that describe the access: 4.7. */
static u32 error_base(const struct check *c)
{
	return (is_write(c->kind) ? PF_W : 0) | (c->user ? PF_U : 0) |
	       (c->kind == ACCESS_EXEC && (c->cpu->nxe || c->cpu->smep) ? PF_I : 0) |
	       (is_shadow(c->kind) ? PF_SS : 0);
}

static void fault(struct check *c, enum access_why why, u32 i, u64 bits, u32 error)
{
	*c->r = (struct access_result){.faults = true,
				       .vector = 14,
				       .error = error_base(c) | error,
				       .why = (u8)why,
				       .level = (u8)level_of(c, i),
				       .bits = bits};
}

/* ---- protection keys: 4.6.2 -------------------------------------------------------------- */

static bool all_have(const struct check *c, u64 bit)
{
	for (u32 i = 0; i < c->nr; i++) {
		if (!(c->entry[i] & bit))
			return false;
	}
	return true;
}

static bool key_forbids(const struct check *c, bool user_page)
{
	const struct access_cpu *cpu = c->cpu;
	u32 key = (u32)(c->entry[c->nr - 1] >> 59) & 15;
	u32 two = (user_page ? cpu->pkru : cpu->pkrs) >> (2 * key) & 3;

	if (c->kind == ACCESS_EXEC || !(user_page ? cpu->pke : cpu->pks))
		return false;
	if (!user_page && c->user) /* has no right anyway; IA32_PKRS is for supervisor accesses */
		return false;
	return two & 1 || (two & 2 && is_write(c->kind) && (cpu->wp || c->user));
}

/* ---- rights ------------------------------------------------------------------------------ */

/* Index of the first entry from the top in which the bit is set (or clear). */
static u32 first_with(const struct check *c, u64 bit, bool set)
{
	u32 i = 0;

	while (i + 1 < c->nr && !(c->entry[i] & bit) == set)
		i++;
	return i;
}

/* A page for shadow stacks: R/W 0 and dirty in its entry, R/W 1 above (4.6.1). */
static bool is_shadow_page(const struct check *c)
{
	u64 leaf = c->entry[c->nr - 1];

	for (u32 i = 0; i + 1 < c->nr; i++) {
		if (!(c->entry[i] & PTE_RW))
			return false;
	}
	return !(leaf & PTE_RW) && leaf & PTE_D;
}

/* The reason why the rights forbid the access, protection keys aside; ACCESS_OK: they allow it. */
static enum access_why rights_say(const struct check *c, bool user_page)
{
	const struct access_cpu *cpu = c->cpu;
	bool writable = all_have(c, PTE_RW), exec = true;

	for (u32 i = 0; cpu->nxe && i < c->nr; i++)
		exec &= !(c->entry[i] & PTE_NX);
	if (c->user && !user_page)
		return ACCESS_NO_USER;
	if (is_shadow(c->kind))
		return !is_shadow_page(c) || c->user != user_page ? ACCESS_NOT_SS : ACCESS_OK;
	if (c->kind == ACCESS_EXEC) {
		if (!c->user && user_page && cpu->smep)
			return ACCESS_SMEP;
		return exec ? ACCESS_OK : ACCESS_NO_EXEC;
	}
	if (!c->user && user_page && cpu->smap && !cpu->ac)
		return ACCESS_SMAP;
	if (c->kind == ACCESS_WRITE && !writable && (c->user || cpu->wp))
		return ACCESS_NO_WRITE;
	return ACCESS_OK;
}

static void check_rights(struct check *c, u64 va)
{
	const struct pt_format *f = format_of(c->cpu);
	bool user_page = all_have(c, PTE_US), key = key_forbids(c, user_page);
	enum access_why why = rights_say(c, user_page);
	unsigned level = level_of(c, c->nr - 1);
	u32 error = PF_P | (key ? PF_PK : 0), last = c->nr - 1;

	/* name the entry that decides */
	switch (why) {
	case ACCESS_NO_USER:
		fault(c, why, first_with(c, PTE_US, false), PTE_US, error);
		return;
	case ACCESS_NO_WRITE:
		fault(c, why, first_with(c, PTE_RW, false), PTE_RW, error);
		return;
	case ACCESS_NO_EXEC:
		fault(c, why, first_with(c, PTE_NX, true), PTE_NX, error);
		return;
	case ACCESS_SMEP:
	case ACCESS_SMAP:
		fault(c, why, last, PTE_US, error);
		return;
	case ACCESS_NOT_SS:
		fault(c, why, last, PTE_RW | PTE_D, error);
		return;
	default:
		break;
	}
	if (key) {
		fault(c, ACCESS_PKEY, last, 15ULL << 59, error);
		return;
	}
	*c->r = (struct access_result){
		.level = (u8)level,
		.phys = pt_entry_addr(f, c->entry[last], level, true) +
			(va & (pt_span(f, level) - 1)),
		.sets_dirty = is_write(c->kind),
	};
}

/* ---- the walk ---------------------------------------------------------------------------- */

/* Checks entry i. True: it points to the next table. False: the result, page or fault, is known. */
static bool step(struct check *c, u32 i, u64 va)
{
	const struct pt_format *f = format_of(c->cpu);
	unsigned level = level_of(c, i);
	u64 val = c->entry[i], reserved;
	bool leaf = pt_entry_is_leaf(f, val, level);

	if (!(val & PTE_P)) {
		fault(c, ACCESS_NOT_PRESENT, i, PTE_P, 0);
		return false;
	}
	reserved = pt_entry_reserved(f, val, level, leaf, c->cpu->phys_bits, c->cpu->nxe);
	if (level == 2 && leaf && !c->cpu->page1g)
		reserved |= PTE_PS;
	if (reserved) {
		fault(c, ACCESS_RESERVED, i, reserved, PF_P | PF_RSVD);
		return false;
	}
	if (!leaf)
		return true;
	c->nr = i + 1;
	check_rights(c, va);
	return false;
}

static bool is_canonical(const struct access_cpu *cpu, u64 va)
{
	unsigned unused = 64u - format_of(cpu)->va_bits;

	return (u64)((s64)(va << unused) >> unused) == va;
}

void access_check(const u64 *entry, u32 nr, u64 va, const struct access_cpu *cpu,
		  enum access_kind kind, bool user, struct access_result *ret)
{
	struct check c = {entry, nr, cpu, kind, user, ret};

	if (!is_canonical(cpu, va)) { /* vol. 1, 3.3.7.1 */
		*ret = (struct access_result){
			.faults = true, .vector = 13, .why = ACCESS_NOT_CANONICAL};
		return;
	}
	for (u32 i = 0; i < nr; i++) {
		if (!step(&c, i, va))
			return;
	}
	*ret = (struct access_result){.faults = true,
				      .why = ACCESS_UNREADABLE,
				      .level = (u8)level_of(&c, nr ? nr - 1 : 0)};
}

void access_check_va(const struct pgtable *pt, u64 va, const struct access_cpu *cpu,
		     enum access_kind kind, bool user, struct access_result *ret)
{
	u64 entry[PT_MAX_LEVELS] = {0};
	struct pt_path path;

	ASSERT(pt_format_of(pt) == format_of(cpu), "tables are %s", pt_format_of(pt)->name);
	pt_lookup(pt, va, &path);
	for (u32 i = 0; i < path.nr; i++)
		entry[i] = path.entry[i].val;
	access_check(entry, path.nr, va, cpu, kind, user, ret);
}
