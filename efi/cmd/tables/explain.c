/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `explain ADDR`: everything known of one address. */
#include "ui/explain.h"

#include "app/owner.h"
#include "app/tables.h"
#include "cmd/cmds.h"
#include "explain.h"
#include "lib.h"
#include "mm/pgtable/build.h"

/* ---- what maps it ------------------------------------------------------------------------ */

struct search {
	const struct app *app;
	struct explain *x;
	const struct named_tables *tables;
};

static int note_mapping(void *ctx, const struct pt_entry *e)
{
	struct search *s = ctx;
	const struct pgtable *pt = s->tables->pt;
	u64 size = pt_span(pt_format_of(pt), e->level), offset = s->x->pa - e->phys;
	const struct mtrr_state *mtrr = &s->app->machine.cpu.mtrr;
	struct explain_mapping *m = &s->x->mapping[s->x->nr_mappings];
	struct pt_path path;

	if (!e->present || !e->leaf || e->wrong)
		return e->present ? PT_DESCEND : PT_SKIP;
	if (s->x->pa < e->phys || offset >= e->nr * size)
		return PT_SKIP;
	if (s->x->nr_mappings == EXPLAIN_MAX_MAPPINGS) {
		s->x->more_mappings = true;
		return PT_STOP;
	}
	pt_lookup(pt, e->va + offset, &path); /* for the entry itself: e is the span's first */
	*m = (struct explain_mapping){.tables = s->tables->name,
				      .fw = pt == &s->app->fw_pt,
				      .va = e->va + offset,
				      .page_size = size,
				      .page = round_down(s->x->pa, size),
				      .entry = path.entry[path.nr - 1].val,
				      .level = e->level,
				      .rights = e->rights};
	memtype_effective(mtrr, app_tables_pat_now(s->app, pt), s->x->pa, e->val, e->level,
			  &m->type);
	m->two_types = e->level && !mtrr_uniform(mtrr, m->page, m->page + size);
	m->low_types =
		m->two_types && mtrr->fixed_enabled && !m->page && mtrr_uniform(mtrr, MiB, size);
	s->x->nr_mappings++;
	return PT_SKIP;
}

static void find_mappings(const struct app *app, struct explain *x)
{
	struct named_tables trees[APP_MAX_TABLES];
	u32 nr = app_tables(app, trees, ARRAY_SIZE(trees));

	for (u32 i = 0; i < nr; i++) {
		struct search s = {app, x, &trees[i]};

		/* Another machine's addresses mean something else, unless they are asked about. */
		if (app_tables_have_types(trees[i].pt) &&
		    (!trees[i].pt->foreign || trees[i].pt == x->pt))
			pt_walk_ranges(trees[i].pt, 0, pt_last(trees[i].pt), note_mapping, &s);
	}
}

/* ---- what is there ----------------------------------------------------------------------- */

static void ask_firmware(const struct app *app, struct explain *x)
{
	const struct fw_facts *f = fw_facts();
	const struct framebuffer *fb = &app->machine.fb;

	x->found = memmap_at(&app->machine.map, x->pa);
	x->now = memmap_at(&app->now, x->pa);
	x->mat = memmap_at(&f->mat, x->pa);
	x->mat_note = f->mat_note;
	x->gcd_note = f->gcd_note;
	x->images_note = f->images_note;
	x->gcd = facts_gcd_at(f, x->pa);
	x->gcd_owner = x->gcd ? facts_image_of(f, x->gcd->owner) : NULL;
	x->image = facts_image_at(f, x->pa);
	x->section = x->image ? facts_section_at(f, x->image, x->pa) : NULL;
	x->range = facts_range_at(f, x->pa);
	x->framebuffer = x->pa >= fb->base && x->pa - fb->base < fb->size;
	for (u32 i = 0; i < app->e820.nr; i++) {
		if (x->pa >= app->e820.range[i].start && x->pa < app->e820.range[i].end)
			x->e820 = &app->e820.range[i];
	}
}

/* The last allocation and free of the object, where its cache keeps them. */
static void ask_tracks(const struct app *app, struct explain *x)
{
	const struct slab_object *o = &x->slab;
	phys_addr_t object = o->slab + (u64)o->index * o->cache->size + o->cache->red_left;

	if (o->use == SLAB_WASTE)
		return;
	slab_tracks_of(o->cache, phys_to_virt(&app->sys, object), &x->slab_alloc, &x->slab_free);
	cmd_caller(app, x->slab_alloc.caller, x->slab_alloc_by, sizeof(x->slab_alloc_by));
	cmd_caller(app, x->slab_free.caller, x->slab_free_by, sizeof(x->slab_free_by));
}

static void ask_ourselves(const struct app *app, struct explain *x)
{
	const struct mem_system *sys = &app->sys;
	u64 pfn = phys_to_pfn(x->pa);

	x->memory = memblock_find(&sys->memblock.memory, x->pa);
	x->reserved = memblock_find(&sys->memblock.reserved, x->pa);
	if (!app->started)
		return;
	x->zone = zone_of_pfn(sys, pfn);
	x->use = page_use_of(sys, pfn);
	x->in_buddy = buddy_block_of(sys, pfn, &x->buddy);
	x->in_slab = slab_object_of(sys, x->pa, &x->slab);
	if (x->in_slab)
		ask_tracks(app, x);
	x->in_large = kmalloc_pages_of(sys, x->pa, &x->large_start, &x->large_size);
	if (page_alive(sys, pfn)) {
		x->page = pfn_to_page(sys, pfn);
		x->page_va = (u64)(uintptr_t)x->page - sys->vmemmap_offset;
	}
	if (sys->given.model == MEMMODEL_FLAT && x->page)
		x->page_va = sys->given.layout.direct + virt_to_phys(sys, x->page);
	if (!x->area)
		x->area = vmalloc_find_page(sys, pfn, &x->area_page);
}

static const char *region_of(const struct app *app, const struct pgtable *pt, u64 va)
{
	u32 nr;
	const struct pt_marker *markers = pt_markers_x86(pt->levels, &nr);
	const char *name = NULL;

	if (pt != &app->sys.pt)
		return NULL;
	for (u32 i = 0; i < nr && markers[i].start <= va; i++)
		name = markers[i].name;
	return name;
}

static void ask_virtual(const struct app *app, struct explain *x)
{
	x->result = pt_lookup(x->pt, x->va, &x->path);
	x->have_pa = x->result == PT_MAPPED && app_tables_have_types(x->pt);
	if (!app_tables_have_types(x->pt))
		x->how = "not this machine's paging: only the walk is shown";
	if (x->have_pa)
		x->pa = pt_path_phys(&x->path, x->va);
	if (x->pt != &app->sys.pt || x->result == PT_NOT_CANONICAL)
		return;
	x->region = region_of(app, x->pt, x->va);
	if (!app->started)
		return;
	x->area = vmalloc_find(&app->sys, x->va);
	if (x->area)
		x->area_page = (u32)((x->va - x->area->addr) >> PAGE_SHIFT);
}

void explain_collect(const struct app *app, struct explain *x)
{
	x->phys_bits = app->machine.cpu.phys_bits;
	x->mat_note = x->gcd_note = x->images_note = "";
	if (x->have_va)
		ask_virtual(app, x);
	if (!x->have_pa)
		return;
	ask_firmware(app, x);
	ask_ourselves(app, x);
	owner_name(app, x->pa, x->owner, sizeof(x->owner));
	mtrr_source(&app->machine.cpu.mtrr, x->pa, &x->mtrr);
	x->caches_off = !app->machine.described && app->machine.cpu.cr0 >> 30 & 1;
	find_mappings(app, x);
	explain_judge(x);
}

/* ---- the command ------------------------------------------------------------------------- */

static void take_virtual(struct explain *x, u64 va)
{
	x->have_va = true;
	x->va = va;
}

static int take_physical(struct cmd_call *call, struct explain *x, u64 pa)
{
	if (pa >> MAX_PHYS_BITS)
		return cmd_error(call, -ERANGE, "p:%llx: physical addresses have at most %u bits",
				 pa, MAX_PHYS_BITS);
	x->have_pa = true;
	x->pa = pa;
	return 0;
}

/* A bare number: virtual where our tables map it, else physical. */
static int take_plain(struct cmd_call *call, struct explain *x, u64 addr)
{
	struct pt_path path;

	if (pt_lookup(x->pt, addr, &path) == PT_MAPPED) {
		take_virtual(x, addr);
		x->how = "taken as virtual, for it is mapped; p: says physical";
		return 0;
	}
	if (addr >> MAX_PHYS_BITS) {
		take_virtual(x, addr);
		x->how = "taken as virtual: too large for a physical address";
		return 0;
	}
	x->how = "taken as physical, for nothing is mapped there; v: says virtual";
	return take_physical(call, x, addr);
}

static int parse_address(struct cmd_call *call, struct explain *x)
{
	const char *word = call->argc ? call->argv[0] : "";
	bool virtual = !strncmp(word, "v:", 2), physical = !strncmp(word, "p:", 2);
	bool pfn = !strncmp(word, "pfn:", 4);
	const char *digits = word + (pfn ? 4 : virtual || physical ? 2 : 0);
	u64 addr;
	int err;

	if (!word[0])
		return cmd_error(call, -EINVAL, "which address? v:HEX, p:HEX, pfn:HEX or HEX");
	err = parse_hex(digits, &addr);
	if (err)
		return cmd_error(call, err, "%s: not an address (v:HEX, p:HEX, pfn:HEX or HEX)",
				 word);
	if (pfn && addr >> (MAX_PHYS_BITS - PAGE_SHIFT))
		return cmd_error(call, -ERANGE, "%s: page frames have at most %u bits", word,
				 MAX_PHYS_BITS - PAGE_SHIFT);
	if (virtual)
		take_virtual(x, addr);
	else if (physical || pfn)
		return take_physical(call, x, pfn ? pfn_to_phys(addr) : addr);
	else
		return take_plain(call, x, addr);
	return 0;
}

static int cmd_explain(struct cmd_call *call)
{
	static struct explain x;
	int err;

	memset(&x, 0, sizeof(x));
	x.how = "";
	err = cmd_in_tables(call, &x.pt);
	if (!err)
		err = parse_address(call, &x);
	if (!err)
		err = cmd_no_more_args(call, 1);
	if (err)
		return err;
	x.tables = app_tables_name(call->app, x.pt);
	if (fw_memmap(&call->app->now))
		call->app->now.nr = 0;
	explain_collect(call->app, &x);
	view_explain(call->out, &x);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "explain",
	 .args = "[v:|p:|pfn:]HEX [in TABLES]",
	 .help = "everything that is known of one address",
	 .fn = cmd_explain,
	 .examples = "explain p:100000; explain v:100000",
	 .max_args = 3},
};

const struct cmd_table cmds_explain = {ROOM_TABLES, rows, ARRAY_SIZE(rows)};
