/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Is the machine restored? Compares registers, the firmware's page tables and its map. */
#include "app/app.h"
#include "lib.h"
#include "world.h"

static int hash_entry(void *ctx, const struct pt_entry *e)
{
	struct world_snapshot *s = ctx;
	u64 val = e->val & ~(PTE_A | PTE_D);

	s->tables_hash = (s->tables_hash ^ val) * 0x100000001b3ULL;
	return e->present && !e->leaf ? PT_DESCEND : PT_SKIP;
}

static void count_map(struct world_snapshot *s, const struct memmap *map)
{
	for (u32 i = 0; i < map->nr; i++) {
		const struct mem_desc *d = &map->desc[i];

		if (d->type == MEM_LOADER_CODE || d->type == MEM_LOADER_DATA)
			s->loader_pages += d->nr_pages;
		if (mem_desc_is_ram(d))
			s->ram_pages += d->nr_pages;
	}
}

void world_snapshot(struct app *app, const struct memmap *map, struct world_snapshot *ret)
{
	struct pt_stats stats;

	memset(ret, 0, sizeof(*ret));
	arch_read_state(&ret->cpu);
	ret->tables_hash = HASH64_SEED;
	pt_walk(&app->fw_pt, 0, ~0ULL, hash_entry, ret);
	pt_stats(&app->fw_pt, &stats);
	for (unsigned level = 0; level < PT_MAX_LEVELS; level++)
		ret->nr_tables += stats.tables[level];
	count_map(ret, map);
}

static u32 differs(const char *what, u64 before, u64 after)
{
	if (before == after)
		return 0;
	app_message("self-check: %s was %#llx and is %#llx", what, before, after);
	return 1;
}

u32 world_compare(const struct world_snapshot *before, const struct world_snapshot *after)
{
	const struct cpu_state *b = &before->cpu, *a = &after->cpu;
	u32 bad = 0;

	bad += differs("CR0", b->cr0, a->cr0);
	bad += differs("CR3", b->cr3, a->cr3);
	bad += differs("CR4", b->cr4, a->cr4);
	bad += differs("EFER", b->efer, a->efer);
	bad += differs("PAT", b->pat, a->pat);
	bad += differs("GS base", b->gs_base, a->gs_base);
	bad += differs("RFLAGS.IF", b->rflags_if, a->rflags_if);
	bad += differs("GDT base", b->gdt_base, a->gdt_base);
	bad += differs("GDT limit", b->gdt_limit, a->gdt_limit);
	bad += differs("IDT base", b->idt_base, a->idt_base);
	bad += differs("IDT limit", b->idt_limit, a->idt_limit);
	bad += differs("CS", b->cs, a->cs);
	bad += differs("SS", b->ss, a->ss);
	bad += differs("DS", b->ds, a->ds);
	bad += differs("ES", b->es, a->es);
	if (b->tr) /* a null TR cannot be loaded again: see arch/x86/gate.c */
		bad += differs("TR", b->tr, a->tr);
	bad += differs("LDTR", b->ldtr, a->ldtr);
	bad += differs("the hash of the firmware's page tables", before->tables_hash,
		       after->tables_hash);
	bad += differs("the number of the firmware's page tables", before->nr_tables,
		       after->nr_tables);
	bad += differs("the firmware's loader pages", before->loader_pages, after->loader_pages);
	bad += differs("the firmware's RAM pages", before->ram_pages, after->ram_pages);
	return bad;
}
