/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Page frames as in Linux's page-types. */
#include "mm/page/kpageflags.h"

#include "../page_inner.h"

const char *kpf_name(unsigned flag)
{
	static const char *const names[KPF_BITS] = {
		"L:locked",
		"E:error",
		"R:referenced",
		"U:uptodate",
		"D:dirty",
		"l:lru",
		"A:active",
		"S:slab",
		"W:writeback",
		"I:reclaim",
		"B:buddy",
		"M:mmap",
		"a:anonymous",
		"s:swapcache",
		"b:swapbacked",
		"H:compound_head",
		"T:compound_tail",
		"G:huge",
		"u:unevictable",
		"X:hwpoison",
		"n:nopage",
		"x:ksm",
		"t:thp",
		"o:offline",
		"z:zero_page",
		"i:idle_page",
		"g:pgtable",
		[32] = "r:reserved",
		"m:mlocked",
		"d:mappedtodisk",
		"P:private",
		"p:private_2",
		"O:owner_private",
		"h:arch",
		"c:uncached",
		"f:softdirty",
		"H:arch_2",
		[47] = "d:anon_exclusive",
		"I:readahead",
		"P:slob_free",
		"A:slub_frozen",
		"E:slub_debug",
		[61] = "F:file",
		"w:swap",
		"1:mmap_exclusive",
	};

	return flag < KPF_BITS ? names[flag] : NULL;
}

u64 kpageflags_end(const struct mem_system *sys)
{
	return round_up(sys->page.max_pfn, PAGES_PER_SECTION);
}

/* Pages from pfn, which is not RAM, to the next RAM, at most to the section's end. */
static u64 hole_length(const struct mem_system *sys, u64 pfn)
{
	u64 end = round_down(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION;

	for (u32 i = 0; i < sys->memblock.memory.cnt; i++) {
		u64 start = phys_to_pfn(sys->memblock.memory.regions[i].base + PAGE_SIZE - 1);

		if (start > pfn)
			return min(start, end) - pfn;
	}
	return end - pfn;
}

static u64 used_flags(const struct mem_system *sys, u64 pfn)
{
	struct page *page, *head;
	u64 flags = 0;

	if (!page_alive(sys, pfn))
		return 0;
	page = pfn_to_page(sys, pfn);
	head = compound_head(page);
	if (page != head)
		flags |= 1ULL << KPF_COMPOUND_TAIL;
	else if (page_test(page, PG_head))
		flags |= 1ULL << KPF_COMPOUND_HEAD;
	if (page_test(head, PG_slab))
		flags |= 1ULL << KPF_SLAB;
	if (page_test(page, PG_table))
		flags |= 1ULL << KPF_PGTABLE;
	return flags;
}

u64 kpageflags(const struct mem_system *sys, u64 pfn, u64 *ret_nr)
{
	struct buddy_block block;

	*ret_nr = 1;
	if (buddy_block_of(sys, pfn, &block)) {
		*ret_nr = block.pfn + (1ULL << block.order) - pfn;
		return 1ULL << KPF_BUDDY;
	}
	switch (page_use_of(sys, pfn)) {
	case PAGE_DEVICE: /* not "online" */
		*ret_nr = hole_length(sys, pfn);
		return 1ULL << KPF_NOPAGE;
	case PAGE_NO_RAM:
		*ret_nr = hole_length(sys, pfn);
		return pfn_valid(sys, pfn) ? 1ULL << KPF_RESERVED : 1ULL << KPF_NOPAGE;
	case PAGE_RESERVED:
	case PAGE_DEAD:
	case PAGE_MEMMAP:
		return 1ULL << KPF_RESERVED;
	case PAGE_TABLE:
		return used_flags(sys, pfn) | 1ULL << KPF_PGTABLE;
	case PAGE_PCP:
		return 0;
	default:
		return used_flags(sys, pfn);
	}
}
