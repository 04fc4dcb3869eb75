/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Calls la57.S: makes its copy below 4 GiB, its data, and small tables that map only these. */
#include "mm/pgtable/pgtable.h"
#include "percpu.h"

extern const u8 la57_stub[], la57_stub_end[], la57_stub_32[], la57_stub_64[];

static void put64(u8 *low, unsigned offset, u64 v)
{
	memcpy(low + LOW_DATA + offset, &v, sizeof(v));
}

static void put_far(u8 *low, unsigned offset, const u8 *label, u16 selector)
{
	u32 target = (u32)(uintptr_t)low + (u32)(label - la57_stub);

	memcpy(low + LOW_DATA + offset, &target, sizeof(target));
	memcpy(low + LOW_DATA + offset + 4, &selector, sizeof(selector));
}

/*
 * PML5 -> PML4 -> PDPT -> PD -> PT, one page each: an identity map of the low pages. These must not
 * cross a 2 MiB border, so that one page table is enough.
 */
static void build_tables(struct cpu *cpu)
{
	u64 base = (u64)(uintptr_t)cpu->low, at = base + LOW_TABLES;

	memset(cpu->low + LOW_TABLES, 0, 5 * PAGE_SIZE);
	cpu->little_root[1] = at; /* for 5 levels */
	cpu->little_root[0] = at + PAGE_SIZE;
	for (int level = 4; level > 0; level--, at += PAGE_SIZE)
		((u64 *)(uintptr_t)at)[PT_INDEX(base, level)] = (at + PAGE_SIZE) | PTE_P | PTE_RW;
	for (unsigned i = 0; i < GATE_LOW_PAGES; i++) {
		u64 page = base + i * PAGE_SIZE;

		((u64 *)(uintptr_t)at)[PT_INDEX(page, 0)] = page | PTE_P | PTE_RW | PTE_A | PTE_D;
	}
}

int la57_init(struct cpu *cpu, u8 *low)
{
	u64 base = (u64)(uintptr_t)low, end = base + GATE_LOW_PAGES * PAGE_SIZE;
	struct table_pointer gdtr;

	if (!low || end > 4 * GiB || base >> PT_SHIFT(1) != (end - 1) >> PT_SHIFT(1))
		return -EINVAL;
	cpu->low = low;
	memset(low, 0, 2 * PAGE_SIZE);
	memcpy(low, la57_stub, (size_t)(la57_stub_end - la57_stub));
	build_tables(cpu);
	gdtr = (struct table_pointer){4 * 8 - 1, base + LOW_DATA + LA57_GDT};
	memcpy(low + LOW_DATA + LA57_GDTR, &gdtr, sizeof(gdtr));
	put64(low, LA57_GDT + LA57_CS64, 0x00af9b000000ffff);
	put64(low, LA57_GDT + LA57_CS32, 0x00cf9b000000ffff);
	put64(low, LA57_GDT + LA57_DS, 0x00cf93000000ffff);
	put_far(low, LA57_FAR32, la57_stub_32, LA57_CS32);
	put_far(low, LA57_FAR64, la57_stub_64, LA57_CS64);
	return 0;
}

void la57_switch(struct cpu *cpu, u64 cr3)
{
	u8 *low = cpu->low;
	u64 cr4 = read_cr4() ^ CR4_LA57;
	bool to5 = cr4 & CR4_LA57;
	void (*stub)(u8 *) = (void (*)(u8 *))(uintptr_t)low;

	put64(low, LA57_CR3, cr3);
	put64(low, LA57_CR4, cr4);
	put64(low, LA57_ROOT_NOW, cpu->little_root[!to5]);
	put64(low, LA57_ROOT_NEW, cpu->little_root[to5]);
	stub(low);
}
