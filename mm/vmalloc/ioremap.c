/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Device memory, with the memory type that its driver wants. */
#include "vm_inner.h"

#define MAX_PAGES 0xffffffffULL

#define NO_FLAGS (~0ULL)

/* PWT, PCD and PAT of the first PAT entry of this type; of UC- where none has it, or UC. */
static u64 type_flags(u64 pat, enum memtype type)
{
	int index = pat_index_of(pat, type);

	if (pat_type(type, 0) < 0)
		return NO_FLAGS;
	if (index < 0)
		index = pat_index_of(pat, MEMTYPE_UC_MINUS);
	if (index < 0)
		index = pat_index_of(pat, MEMTYPE_UC);
	return index < 0 ? NO_FLAGS : pat_flags((unsigned)index);
}

void vm_init_types(struct mem_system *sys)
{
	for (unsigned type = 0; type < NR_MEMTYPES; type++)
		sys->vmalloc.type_flags[type] = type_flags(
			sys->given.pat ? sys->given.pat : PAT_AT_RESET, (enum memtype)type);
}

static bool is_ram(const struct mem_system *sys, phys_addr_t start, u64 size)
{
	return memblock_overlaps(&sys->memblock.memory, start, size);
}

static enum vm_error wrong_range(const struct mem_system *sys, phys_addr_t phys, u64 size)
{
	unsigned bits = sys->pt.phys_bits ? sys->pt.phys_bits : MAX_PHYS_BITS;
	phys_addr_t last = phys + (size - 1);

	if (!size)
		return VM_BAD_SIZE;
	if (last < phys || last >> bits)
		return VM_BAD_PHYS;
	return is_ram(sys, phys, size) ? VM_PHYS_IS_RAM : NR_VM_ERRORS;
}

/* As Linux aligns: to its size, so that the largest page fits that there can be. */
static u64 align_for(const struct mem_system *sys, u64 size)
{
	u64 align = 1ULL << (size > 1 ? highest_bit(size - 1) + 1 : 0);

	return min(max(align, PAGE_SIZE), PT_SIZE(sys->pt.max_page_level));
}

/* Has [start, end) one MTRR type? Devices lie together, so the last range that has is kept. */
static bool is_uniform(struct mem_system *sys, phys_addr_t start, phys_addr_t end)
{
	struct vmalloc_system *v = &sys->vmalloc;
	bool uniform;

	spin_lock(&v->lock);
	if (start < v->uniform_start || end > v->uniform_end) {
		v->uniform_start = start;
		mtrr_type_range(sys->given.mtrr, start, end + GiB, &v->uniform_end);
	}
	uniform = end <= v->uniform_end;
	spin_unlock(&v->lock);
	return uniform;
}

/* Pages of one memory type only: large ones where the MTRRs agree. */
static unsigned max_level(struct mem_system *sys, phys_addr_t phys, u64 size)
{
	if (size < PT_SIZE(1))
		return 0;
	return !sys->given.mtrr || is_uniform(sys, phys, phys + size) ? 2 : 0;
}

void *ioremap(struct mem_system *sys, phys_addr_t phys, u64 size, enum memtype type)
{
	const void *caller = __builtin_return_address(0);
	enum vm_error wrong = wrong_range(sys, phys, size);
	phys_addr_t start = round_down(phys, PAGE_SIZE);
	u64 flags = type < NR_MEMTYPES ? sys->vmalloc.type_flags[type] : NO_FLAGS;
	struct vm_struct *area;
	u64 bytes, nr;

	if (wrong != NR_VM_ERRORS || flags == NO_FLAGS) {
		vm_refuse(sys, wrong != NR_VM_ERRORS ? wrong : VM_BAD_TYPE, phys, size, caller);
		return NULL;
	}
	bytes = round_up(phys + size, PAGE_SIZE) - start;
	nr = vm_pages_of(sys, bytes, MAX_PAGES, caller);
	area = nr ? vm_area_new(sys, nr, align_for(sys, bytes), VM_IOREMAP, caller) : NULL;
	if (!area)
		return NULL;
	area->phys_addr = start;
	if (vm_map_range(sys, area, area->addr, start, bytes, VM_KERNEL_FLAGS | flags,
			 max_level(sys, start, bytes)))
		return vm_area_drop(sys, area);
	return (u8 *)vm_area_ready(sys, area) + (phys - start);
}

void iounmap(struct mem_system *sys, const void *addr)
{
	if (addr)
		vm_area_free_at(sys, round_down(vm_to_va(sys, addr), PAGE_SIZE), 0, VM_IOREMAP,
				__builtin_return_address(0));
}
