/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The owner of a physical address. Owners that do not change are in a list of ranges, sorted once;
 * the use of a page is read from our memory management each time.
 */
#include "owner.h"

#include "parse/facts.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

/* From the most precise to the least. */
enum owner_kind {
	OWN_SECTION, /* of our image */
	OWN_PAGES,   /* stacks and the stub */
	OWN_TABLE,   /* of our page tables, made before the page allocator started */
	OWN_CLAIM,   /* claimed from the firmware */
	FW_SECTION,
	FW_IMAGE,
	FRAMEBUFFER,
	FACT_RANGE,
	FW_TABLE,
	EFI_TYPE,
	GCD_TYPE,
	NR_KINDS
};

struct range {
	phys_addr_t start, end;
	phys_addr_t reach; /* highest end of this kind up to here: ranges may overlap */
	u32 kind, index;   /* index in the list of this kind */
};

#define MAX_TABLES 2048
#define MAX_RANGES                                                                                 \
	(MEMMAP_MAX + FACTS_MAX_IMAGES + FACTS_MAX_SECTIONS + FACTS_MAX_GCD + FACTS_MAX_RANGES +   \
	 APP_MAX_CLAIMS + 2 * MAX_TABLES + 64)

struct owner_index {
	const struct app *app; /* whose ranges these are; NULL: not collected yet */
	u32 nr, nr_tables;
	u32 first[NR_KINDS + 1];
	struct range range[MAX_RANGES];
};

/* ---- collecting -------------------------------------------------------------------------- */

static void add(struct owner_index *ix, enum owner_kind kind, phys_addr_t start, phys_addr_t end,
		u32 index)
{
	if (start < end && ix->nr < MAX_RANGES)
		ix->range[ix->nr++] = (struct range){start, end, 0, kind, index};
}

struct collect {
	struct owner_index *ix;
	enum owner_kind kind;
};

static void add_table(struct collect *c, phys_addr_t pa)
{
	struct range *last = c->ix->nr ? &c->ix->range[c->ix->nr - 1] : NULL;

	if (last && last->kind == c->kind && last->end == pa) {
		last->end += PAGE_SIZE;
	} else if (c->ix->nr_tables < 2 * MAX_TABLES) {
		add(c->ix, c->kind, pa, pa + PAGE_SIZE, 0);
		c->ix->nr_tables++;
	}
}

static int note_table(void *ctx, const struct pt_entry *e)
{
	if (!e->present || e->leaf || e->wrong)
		return PT_SKIP;
	add_table(ctx, e->phys);
	return e->level > 1 ? PT_DESCEND : PT_SKIP;
}

static void add_tables(struct owner_index *ix, enum owner_kind kind, const struct pgtable *pt)
{
	struct collect c = {ix, kind};

	if (!pt->root) /* not built */
		return;
	add_table(&c, pt->root);
	pt_walk_spans(pt, 0, pt_last(pt), note_table, &c);
}

static void add_machine(struct owner_index *ix, const struct app *app)
{
	const struct machine *m = &app->machine;

	for (u32 i = 0; i < m->nr_sections; i++)
		add(ix, OWN_SECTION, m->sections[i].start, m->sections[i].end, i);
	for (u32 i = 0; i < app->nr_own; i++)
		add(ix, OWN_PAGES, app->own[i].start,
		    app->own[i].start + (app->own[i].pages << PAGE_SHIFT), i);
	for (u32 i = 0; i < app->nr_claims; i++)
		add(ix, OWN_CLAIM, app->claims[i].start,
		    app->claims[i].start + (app->claims[i].pages << PAGE_SHIFT), i);
	add(ix, FRAMEBUFFER, m->fb.base, m->fb.base + m->fb.size, 0);
	for (u32 i = 0; i < m->map.nr; i++)
		add(ix, EFI_TYPE, m->map.desc[i].start, mem_desc_end(&m->map.desc[i]), i);
	add_tables(ix, OWN_TABLE, &app->sys.pt);
	if (!m->described)
		add_tables(ix, FW_TABLE, &app->fw_pt);
}

static void add_facts(struct owner_index *ix, const struct fw_facts *f)
{
	for (u32 i = 0; i < f->nr_sections; i++)
		add(ix, FW_SECTION, f->sections[i].start, f->sections[i].end, i);
	for (u32 i = 0; i < f->nr_images; i++)
		add(ix, FW_IMAGE, f->images[i].start, f->images[i].end, i);
	for (u32 i = 0; i < f->nr_ranges; i++)
		add(ix, FACT_RANGE, f->ranges[i].start, f->ranges[i].end, i);
	for (u32 i = 0; i < f->nr_gcd; i++) {
		if (f->gcd[i].type)
			add(ix, GCD_TYPE, f->gcd[i].start, f->gcd[i].end, i);
	}
}

static int by_kind_and_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static void build(struct owner_index *ix, const struct app *app, const struct fw_facts *f)
{
	ix->app = app;
	ix->nr = ix->nr_tables = 0;
	add_machine(ix, app);
	add_facts(ix, f);
	sort(ix->range, ix->nr, sizeof(ix->range[0]), by_kind_and_start);
	for (u32 i = 0, kind = 0; kind <= NR_KINDS; kind++) {
		phys_addr_t reach = 0;

		ix->first[kind] = i;
		for (; i < ix->nr && ix->range[i].kind == kind; i++) {
			reach = max(reach, ix->range[i].end);
			ix->range[i].reach = reach;
		}
	}
}

/* ---- searching --------------------------------------------------------------------------- */

static const struct range *find(const struct owner_index *ix, enum owner_kind kind, phys_addr_t pa)
{
	u32 low = ix->first[kind], high = ix->first[kind + 1];

	while (low < high) { /* finds the first that starts above pa */
		u32 middle = low + (high - low) / 2;

		if (ix->range[middle].start <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	while (low-- > ix->first[kind] && ix->range[low].reach > pa) {
		if (pa < ix->range[low].end)
			return &ix->range[low];
	}
	return NULL;
}

static void claimed_name(const struct app *app, phys_addr_t pa, char *buf, size_t size)
{
	const struct mem_system *sys = &app->sys;
	enum page_use use = page_use_of(sys, phys_to_pfn(pa));
	struct buddy_block block;
	struct slab_object object;
	phys_addr_t start;
	u64 bytes;

	if (use == PAGE_FREE && buddy_block_of(sys, phys_to_pfn(pa), &block))
		fmt_print(buf, size, "free, order %u", block.order);
	else if (use == PAGE_SLAB && slab_object_of(sys, pa, &object))
		fmt_print(buf, size, "slab %s", object.cache->name);
	else if (use == PAGE_IN_USE && kmalloc_pages_of(sys, pa, &start, &bytes))
		fmt_print(buf, size, "kmalloc %llu KiB", bytes / KiB);
	else if (use == PAGE_TABLE)
		fmt_print(buf, size, "our page table");
	else if (use == PAGE_RESERVED)
		fmt_print(buf, size, "ours since start");
	else if (use == PAGE_DEAD || use == PAGE_IN_USE)
		fmt_print(buf, size, "ours, in use");
	else
		fmt_print(buf, size, "%s", page_use_name(use));
}

static void section_name(const struct fw_facts *f, u32 section, char *buf, size_t size)
{
	const struct fact_section *s = &f->sections[section];
	const struct fact_image *image = facts_image_at(f, s->start);

	fmt_print(buf, size, "%.15s %s", image ? image->name : "image", s->name);
}

static void range_name(const struct app *app, const struct fw_facts *f, const struct range *r,
		       phys_addr_t pa, char *buf, size_t size)
{
	const struct mem_desc *d;
	const char *type;

	switch ((enum owner_kind)r->kind) {
	case OWN_SECTION:
		fmt_print(buf, size, "tablewalk %s", app->machine.sections[r->index].name);
		break;
	case OWN_PAGES:
		fmt_print(buf, size, "tablewalk %s", r->index ? "stub" : "stacks");
		break;
	case OWN_TABLE:
		fmt_print(buf, size, "our page table");
		break;
	case OWN_CLAIM:
		claimed_name(app, pa, buf, size);
		break;
	case FW_SECTION:
		section_name(f, r->index, buf, size);
		break;
	case FW_IMAGE:
		fmt_print(buf, size, "%.24s", f->images[r->index].name);
		break;
	case FRAMEBUFFER:
		fmt_print(buf, size, "framebuffer");
		break;
	case FACT_RANGE:
		fmt_print(buf, size, "%s", f->ranges[r->index].name);
		break;
	case FW_TABLE:
		fmt_print(buf, size, "firmware page table");
		break;
	case EFI_TYPE:
		d = &app->machine.map.desc[r->index];
		type = memmap_type_shell(d->type);
		if (type)
			fmt_print(buf, size, "%s", type);
		else
			fmt_print(buf, size, "type %#x", d->type);
		break;
	default:
		fmt_print(buf, size, "%s", facts_gcd_name(f->gcd[r->index].type));
		break;
	}
}

const char *owner_name(const struct app *app, phys_addr_t pa, char *buf, size_t size)
{
	static struct owner_index index;
	const struct fw_facts *f = fw_facts();
	const struct range *r = NULL;

	if (index.app != app)
		build(&index, app, f);
	for (u32 kind = 0; kind < NR_KINDS && !r; kind++)
		r = find(&index, (enum owner_kind)kind, pa);
	if (r)
		range_name(app, f, r, pa, buf, size);
	else
		fmt_print(buf, size, "nothing");
	return buf;
}
