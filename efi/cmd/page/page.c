/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `page PFN`: all that is known of one page frame. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/kpageflags.h"
#include "mm/page/page_alloc.h"

static void show_place(struct emit *out, const struct mem_system *sys, u64 pfn)
{
	const struct zone *zone = zone_of_pfn(sys, pfn);

	emit_put(out, "page frame {pfn:#x}  PA {physical:#x}", pfn, pfn_to_phys(pfn));
	if (zone)
		emit_put(out, "  node {node}  zone {zone}", zone->zone_pgdat->node_id, zone->name);
	emit_text(out, "\n");
}

static void show_pageblock(struct emit *out, const struct mem_system *sys, u64 pfn)
{
	const struct pageblock *block = pfn_to_pageblock(sys, pfn);
	const char *type = migratetype_name(pageblock_type_of(sys, pfn));

	emit_put(out, "pageblock   {pageblock:#x}, {migratetype}",
		 round_down(pfn, PAGEBLOCK_NR_PAGES), type);
	if (!block)
		emit_put(out, "; its GiB was never split: nothing is written about it{alive!}\n",
			 false);
	else
		emit_put(out, "; struct pages {alive?alive|not alive: none of it was used}\n",
			 block->pages_alive);
}

/* The block that it is in, free or not. */
static void show_block(struct emit *out, const struct mem_system *sys, u64 pfn)
{
	struct buddy_block free;
	unsigned order;
	u64 head;

	if (buddy_block_of(sys, pfn, &free)) {
		head = free.pfn;
		order = free.order;
	} else if (!frame_block_of(sys, pfn, &head, &order)) {
		return;
	}
	emit_put(out, "block       of order {order} at {block:#x}\n", order, head);
}

static void show_holder(struct emit *out, const struct mem_system *sys, u64 pfn)
{
	const struct vm_struct *area;
	struct slab_object object;
	u32 index;

	if (slab_object_of(sys, pfn_to_phys(pfn), &object))
		emit_put(out, "slab        of {cache}, at {slab_address:#x}\n", object.cache->name,
			 object.slab);
	area = vmalloc_find_page(sys, pfn, &index);
	if (area)
		emit_put(out, "vmalloc     page {page_index} of the area at {area:#x}\n", index,
			 area->addr);
}

static void show_struct_page(struct emit *out, const struct mem_system *sys, u64 pfn)
{
	const struct page *page = pfn_to_page(sys, pfn);
	const u64 *word = (const u64 *)page;
	char flags[80];

	page_flags_text(flags, sizeof(flags), page);
	emit_put(out,
		 "struct page {struct_page:#x}  flags {flags~none}  refcount {refcount}  mapcount "
		 "{mapcount}\n",
		 (const void *)page, flags, page->_refcount, page->_mapcount);
	emit_list(out, "raw_words");
	for (u32 i = 0; i < sizeof(*page) / sizeof(*word); i += 4)
		emit_put(out,
			 "            {raw_word:016x} {raw_word:016x} {raw_word:016x} "
			 "{raw_word:016x}\n",
			 word[i], word[i + 1], word[i + 2], word[i + 3]);
	emit_end(out);
}

static void show_event(struct emit *out, const char *what, const struct page_event *e)
{
	char gfp[100];

	if (!e->nr)
		return;
	gfp_text(gfp, sizeof(gfp), e->gfp);
	emit_object(out, what);
	emit_put(out, "{:-11} call {nr}, CPU {cpu}, order {order}, from {caller:#x}", what, e->nr,
		 e->cpu, e->order, e->caller);
	if (!e->free)
		emit_put(out, "  {gfp}", gfp);
	emit_text(out, "\n");
	emit_end(out);
}

static int cmd_page(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;
	struct page_event alloc = {0}, free = {0};
	struct emit *out = call->out;
	enum page_use use;
	u64 pfn, same;
	int err = call->argc ? cmd_arg_addr(call, 0, &pfn)
			     : cmd_error(call, -EINVAL, "which page frame? `page PFN`");
	if (err)
		return err;
	if (pfn >= kpageflags_end(sys))
		return cmd_error(call, -ERANGE, "%#llx: the last section ends at %#llx", pfn,
				 kpageflags_end(sys));
	use = page_use_of(sys, pfn);
	emit_object(out, NULL);
	show_place(out, sys, pfn);
	emit_put(out, "use         {use}\n", page_use_name(use));
	show_pageblock(out, sys, pfn);
	show_block(out, sys, pfn);
	show_holder(out, sys, pfn);
	if (page_alive(sys, pfn))
		show_struct_page(out, sys, pfn);
	emit_field(out, "kpageflags", kpageflags(sys, pfn, &same));
	page_debug_owner(sys, pfn, &alloc, &free);
	show_event(out, "allocated", &alloc);
	show_event(out, "freed", &free);
	emit_end(out);
	return 0;
}

/* ---- page-types -------------------------------------------------------------------------- */

#define MAX_KINDS 64
#define HASH_SIZE 8192 /* page-types' own: its order is that of its hash table */

struct kinds {
	u32 nr;
	struct {
		u64 flags, pages;
		u32 slot;
	} kind[MAX_KINDS];
};

static int find_slot(const struct kinds *k, u32 slot)
{
	for (u32 i = 0; i < k->nr; i++) {
		if (k->kind[i].slot == slot)
			return (int)i;
	}
	return -1;
}

/* Where the tool would count such pages. */
static void count(struct kinds *k, u64 flags, u64 pages)
{
	u32 slot = flags % HASH_SIZE;
	int i;

	while (flags) {
		slot = slot && slot < HASH_SIZE ? slot : 1;
		i = find_slot(k, slot);
		if (i < 0 || k->kind[i].flags == flags)
			break;
		slot++;
	}
	i = find_slot(k, slot);
	if (i < 0) {
		ASSERT(k->nr < MAX_KINDS, "%u kinds of pages", k->nr);
		i = (int)k->nr++;
		k->kind[i].flags = flags;
		k->kind[i].pages = 0;
		k->kind[i].slot = slot;
	}
	k->kind[i].pages += pages;
}

/* page-types hides what is for kernel developers, and compound pages that are not hugetlb's. */
static u64 well_known(u64 flags)
{
	return flags & ~(KPF_HACKERS | 1ULL << KPF_COMPOUND_HEAD | 1ULL << KPF_COMPOUND_TAIL);
}

static void flag_texts(u64 flags, char letters[KPF_BITS + 1], char *names, size_t size)
{
	size_t len = 0;
	u32 n = 0;

	names[0] = '\0';
	for (unsigned i = 0; i < KPF_BITS; i++) {
		const char *name = kpf_name(i);

		if (!name)
			continue;
		letters[n++] = flags >> i & 1 ? name[0] : '_';
		if (flags >> i & 1 && len < size)
			len += (size_t)fmt_print(names + len, size - len, "%s%s", len ? "," : "",
						 name + 2);
	}
	letters[n] = '\0';
}

static void show_kind(struct emit *out, u64 flags, u64 pages)
{
	char letters[KPF_BITS + 1], names[200];

	flag_texts(flags, letters, names, sizeof(names));
	emit_row(out, "0x{kpageflags:016x}\t{pages:10} {:8M}  {:}\t{names}\n", flags, pages,
		 pages << PAGE_SHIFT, letters, names);
}

static void show_kinds(struct emit *out, const struct kinds *k)
{
	u64 total = 0;

	emit_text(out, "             flags\tpage-count       MB  symbolic-flags\t\t\t"
		       "long-symbolic-flags\n");
	emit_object(out, NULL);
	emit_list(out, "page_types");
	for (u32 slot = 0, shown = 0; shown < k->nr; slot++) {
		int i = find_slot(k, slot);

		if (i < 0)
			continue;
		show_kind(out, k->kind[i].flags, k->kind[i].pages);
		total += k->kind[i].pages;
		shown++;
	}
	emit_end(out);
	emit_put(out, "             total\t{total_pages:10} {:8M}\n", total, total << PAGE_SHIFT);
	emit_end(out);
}

static int cmd_page_types(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;
	static struct kinds k;
	bool raw = cmd_flag(call, "raw");
	u64 nr;

	k.nr = 0;
	for (u64 pfn = 0; pfn < kpageflags_end(sys); pfn += nr) {
		u64 flags = kpageflags(sys, pfn, &nr);

		count(&k, raw ? flags : well_known(flags), nr);
	}
	show_kinds(call->out, &k);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "page",
	 .args = "PFN",
	 .help = "a page frame: its zone, pageblock, block, struct page, who has it",
	 .fn = cmd_page,
	 .examples = "page 100; page 1000",
	 .max_args = 1,
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
	{.name = "page-types",
	 .args = "[--raw]",
	 .help = "page frames by what they are, as Linux's page-types counts them",
	 .fn = cmd_page_types,
	 .examples = "page-types; page-types --raw",
	 .flags = CMD_NEEDS_MM | CMD_MACHINE},
};

const struct cmd_table cmds_page = {ROOM_PAGE, rows, ARRAY_SIZE(rows)};
