/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The page about one address: a row for each source that knows something of it. */
#include "lib.h"
#include "ui/explain.h"

/* ---- the address and its walk ------------------------------------------------------------ */

static void show_title(struct emit *out, const struct explain *x)
{
	if (x->have_va)
		emit_put(out, "v:{virtual:x} in {tables}{? is }", x->va, x->tables, x->have_pa);
	if (x->have_pa)
		emit_put(out, "p:{physical:x}, pfn {pfn:x}, owner: {owner}", x->pa,
			 phys_to_pfn(x->pa), x->owner);
	if (x->how[0])
		emit_put(out, "\n           {note}", x->how);
	emit_text(out, "\n");
}

static void show_walk(struct emit *out, const struct explain *x)
{
	const struct pt_path *path = &x->path;
	const struct pt_entry *last = path->nr ? &path->entry[path->nr - 1] : NULL;
	char rights[8];

	if (!x->have_va)
		return;
	emit_text(out, "walk       ");
	emit_list(out, "walk");
	for (u32 i = 0; i < path->nr; i++) {
		const struct pt_entry *e = &path->entry[i];

		emit_row(out, "{level}[{index}] {entry!}", pt_level_name(x->pt, e->level), e->index,
			 e->val);
	}
	emit_end(out);
	if (last)
		emit_text(out, "= %llx\n           ", last->val);
	if (x->result == PT_MAPPED)
		emit_put(out, "page of {page_size:S}, rights {rights}{result!}\n",
			 pt_span(pt_format_of(x->pt), last->level),
			 pt_rights_text(rights, last->rights), pt_result_text(x->result));
	else
		emit_put(out, "{result}\n", pt_result_text(x->result));
	if (x->region)
		emit_put(out, "region     {region}\n", x->region);
}

/* ---- what the firmware says -------------------------------------------------------------- */

static const char *type_text(char *buf, size_t size, u32 type)
{
	const char *name = memmap_type_linux(type);

	if (name)
		fmt_print(buf, size, "%s", name);
	else
		fmt_print(buf, size, "type %#x", type);
	return buf;
}

/* Without a label in the structure only. */
static void show_desc(struct emit *out, const char *name, const char *label,
		      const struct mem_desc *d)
{
	char type[24], attrs[160];

	emit_object(out, name);
	if (label)
		emit_text(out, "%-10s ", label);
	emit_put(out,
		 label ? "{type} {start:x}-{end:x} {attributes}\n"
		       : "{type!}{start!}{end!}{attributes!}",
		 type_text(type, sizeof(type), d->type), d->start, mem_desc_end(d) - 1,
		 memmap_attr_format(attrs, sizeof(attrs), d->attr));
	emit_end(out);
}

/* Why there is no descriptor. */
static void show_note(struct emit *out, const char *name, const char *label, const char *note)
{
	emit_object(out, name);
	emit_put(out, "{:-10} {note}\n", label, note);
	emit_end(out);
}

static void show_efi(struct emit *out, const struct explain *x)
{
	bool changed = x->now && (!x->found || x->now->type != x->found->type);

	if (x->found)
		show_desc(out, "efi", "EFI", x->found);
	else
		emit_text(out, "EFI        not in the firmware's map\n");
	if (x->now)
		show_desc(out, "efi_now", changed ? "  now" : NULL, x->now);
	else if (x->found)
		emit_text(out, "  now      no longer in the map\n");
	if (x->mat)
		show_desc(out, "memory_attributes", "attributes", x->mat);
	else if (x->mat_note[0])
		show_note(out, "memory_attributes", "attributes", x->mat_note);
	else
		emit_text(out,
			  "attributes no runtime memory: not in the Memory Attributes Table\n");
}

static void show_gcd(struct emit *out, const struct explain *x)
{
	const struct fact_gcd *g = x->gcd;
	char attrs[160];

	if (!g && x->gcd_note[0])
		show_note(out, "gcd", "GCD", x->gcd_note);
	else if (!g)
		emit_text(out, "GCD        no entry\n");
	if (!g)
		return;
	memmap_attr_format(attrs, sizeof(attrs), g->attr);
	emit_object(out, "gcd");
	emit_put(out, "GCD        {type} {start:x}-{end:x}{? }{attributes}",
		 facts_gcd_name(g->type), g->start, g->end - 1, attrs, attrs);
	emit_put(out, "{?, of }{owner~}\n", x->gcd_owner != NULL,
		 x->gcd_owner ? x->gcd_owner->name : NULL);
	emit_end(out);
}

static void show_image(struct emit *out, const struct explain *x)
{
	const struct fact_section *s = x->section;

	if (!x->image)
		return;
	emit_object(out, "image");
	emit_put(out, "image      {name} {start:x}-{end:x}{?, section }{section~}", x->image->name,
		 x->image->start, x->image->end - 1, s != NULL, s ? s->name : NULL);
	if (s) {
		emit_object(out, "section_range");
		emit_put(out, " {start:x}-{end:x} r{write?w|-}{exec?x|-}", s->start, s->end - 1,
			 s->write, s->exec);
		emit_end(out);
	}
	emit_text(out, "\n");
	emit_end(out);
}

static void show_device(struct emit *out, const struct explain *x)
{
	const char *name = x->framebuffer ? "framebuffer" : x->range ? x->range->name : NULL;

	if (!name)
		return;
	emit_put(out, "{:-10} {device}", strncmp(name, "ACPI", 4) ? "device" : "table", name);
	if (x->range) {
		emit_object(out, "device_range");
		emit_put(out, " {start:x}-{end:x}", x->range->start, x->range->end - 1);
		emit_end(out);
	}
	emit_text(out, "\n");
}

/* ---- ours -------------------------------------------------------------------------------- */

static void show_memblock(struct emit *out, const struct explain *x)
{
	const struct memblock_region *m = x->memory;
	const struct e820_range *e820 = x->e820;
	char flags[48];

	if (m) {
		memblock_flags_text(flags, sizeof(flags), m->flags);
		emit_object(out, "memblock");
		emit_put(out,
			 "memblock   memory {start:x}-{end:x} node {node}, {flags~no "
			 "flags}{is_reserved?, reserved}",
			 m->base, m->base + m->size - 1, m->nid, flags, x->reserved != NULL);
		emit_end(out);
	} else {
		emit_text(out, "memblock   no memory");
	}
	emit_put(out, "; e820: {e820~no entry}\n",
		 e820 ? e820_type_name((enum e820_type)e820->type) : NULL);
}

static void show_page(struct emit *out, const struct explain *x)
{
	const struct zone *z = x->zone;
	char flags[96];

	if (!x->memory)
		return;
	if (z)
		emit_put(out,
			 "zone       node {node}, zone {zone}: pfn {start_pfn:x}-{end_pfn:x}\n",
			 z->zone_pgdat->node_id, z->name, z->zone_start_pfn, zone_end_pfn(z) - 1);
	if (!x->page) {
		emit_put(out, "page       its struct page has not come to life: {use}\n",
			 page_use_name(x->use));
		return;
	}
	if (!page_flags_text(flags, sizeof(flags), x->page))
		fmt_print(flags, sizeof(flags), "none");
	emit_field(out, "use", page_use_name(x->use));
	emit_object(out, "page");
	emit_put(out, "page       struct page v:{address:x}: flags {flags}, refcount {refcount}\n",
		 x->page_va, flags, x->page->_refcount);
	emit_end(out);
}

static void show_buddy(struct emit *out, const struct explain *x)
{
	emit_object(out, "buddy");
	emit_put(out, "buddy      free block of order {order} ({size:S}) from pfn {pfn:x}\n",
		 x->buddy.order, PAGE_SIZE << x->buddy.order, x->buddy.pfn);
	emit_end(out);
}

static void show_track(struct emit *out, const char *label, const struct slab_track *t,
		       const char *by)
{
	if (!t->caller)
		return;
	emit_object(out, label);
	emit_put(out, "{:-10} by {by}, CPU {cpu}, {size} bytes{caller!}\n", label, by, t->cpu,
		 t->size, t->caller);
	emit_end(out);
}

static void show_slab(struct emit *out, const struct explain *x)
{
	const struct slab_object *o = &x->slab;

	emit_object(out, "slab");
	if (o->use == SLAB_WASTE)
		emit_put(out,
			 "slab       {cache}, slab at p:{slab_address:x}: after its last object\n"
			 "{object_index!}{offset!}{use!}",
			 o->cache->name, o->slab, o->index, o->offset, slab_use_name(o->use));
	else
		emit_put(out,
			 "slab       {cache}: object {object_index} of {objperslab} in the slab at "
			 "p:{slab_address:x}, {use}; byte {offset} of {objsize}\n",
			 o->cache->name, o->index, o->cache->objects, o->slab,
			 slab_use_name(o->use), o->offset, o->cache->size);
	show_track(out, "allocated", &x->slab_alloc, x->slab_alloc_by);
	show_track(out, "freed", &x->slab_free, x->slab_free_by);
	emit_end(out);
}

static void show_area(struct emit *out, const struct explain *x)
{
	const struct vm_struct *a = x->area;
	u64 last = a->addr + a->size - 1;
	bool lazy = a->flags & VM_LAZY;

	emit_object(out, "vmalloc");
	if (lazy)
		emit_put(out,
			 "vmalloc    v:{start:x}-{end:x} was freed, and waits for the purge\n"
			 "{page_index!}{pages!}{lazy!}",
			 a->addr, last, x->area_page, a->nr_pages, lazy);
	else
		emit_put(out,
			 "vmalloc    area v:{start:x}-{end:x}, page {page_index} of {pages}"
			 "{?: its guard}\n{lazy!}",
			 a->addr, last, x->area_page, a->nr_pages, x->area_page == a->nr_pages,
			 lazy);
	emit_end(out);
}

static void show_use(struct emit *out, const struct explain *x)
{
	if (x->in_buddy)
		show_buddy(out, x);
	if (x->in_slab)
		show_slab(out, x);
	if (x->in_large) {
		emit_object(out, "kmalloc");
		emit_put(out, "kmalloc    {size:S} at p:{start:x}\n", x->large_size,
			 x->large_start);
		emit_end(out);
	}
	if (x->area)
		show_area(out, x);
}

/* ---- what maps it, and how it is cached -------------------------------------------------- */

static const char *pat_name(const struct memtype_effective *t)
{
	return t->pat < 0 ? NULL : memtype_name((enum memtype)t->pat);
}

static void show_mapping(struct emit *out, const struct explain_mapping *m)
{
	char rights[8];

	emit_row(out,
		 "{tables:-5} v:{virtual:016x} {page_size:4S} {rights} {memory_type} (PAT "
		 "{pat_index} {pat}, MTRR {mtrr})\n{entry!}",
		 m->tables, m->va, m->page_size, pt_rights_text(rights, m->rights),
		 memtype_name(m->type.type), m->type.pat_index, pat_name(&m->type),
		 memtype_name(m->type.mtrr.type), m->entry);
}

static void show_mappings(struct emit *out, const struct explain *x)
{
	emit_text(out, x->nr_mappings ? "mapped     " : "mapped     nowhere\n");
	emit_list(out, "mappings");
	for (u32 i = 0; i < x->nr_mappings && !emit_stopped(out); i++) {
		emit_text(out, i ? "           " : "");
		show_mapping(out, &x->mapping[i]);
	}
	emit_end(out);
	emit_put(out, "{more_mappings?           and more\n}", x->more_mappings);
}

/* The mapping that was asked for, else the first; NULL: none. */
static const struct explain_mapping *main_mapping(const struct explain *x)
{
	for (u32 i = 0; i < x->nr_mappings && x->have_va; i++) {
		if (x->mapping[i].va == x->va && x->mapping[i].tables == x->tables)
			return &x->mapping[i];
	}
	return x->nr_mappings ? &x->mapping[0] : NULL;
}

/* The three sources of the type for one mapping. */
static void show_type(struct emit *out, const struct explain *x)
{
	const struct explain_mapping *m = main_mapping(x);
	const char *mtrr = memtype_name(x->mtrr.type);
	char source[80];
	u32 pat;

	if (x->phys_bits && x->pa >> x->phys_bits)
		return; /* no register says anything of it */
	mtrr_source_text(source, sizeof(source), &x->mtrr);
	if (!m) {
		emit_put(out, "type       MTRR says {mtrr} ({mtrr_source})\n", mtrr, source);
		return;
	}
	pat = m->type.pat_index;
	emit_put(out,
		 "type       {memory_type} in {:}: PWT={:} PCD={:} PAT={:} choose PAT entry "
		 "{pat_index}, {pat~reserved};\n",
		 memtype_name(m->type.type), m->tables, pat & 1, pat >> 1 & 1, pat >> 2, pat,
		 pat_name(&m->type));
	emit_put(out, "           MTRR {mtrr} ({mtrr_source}){undefined?; older CPUs: undefined}\n",
		 mtrr, source, m->type.undefined);
}

static void show_findings(struct emit *out, const struct explain *x)
{
	emit_list(out, "findings");
	for (u32 i = 0; i < x->nr_findings; i++) {
		emit_text(out, i ? "           " : "findings   ");
		emit_put(out, "{finding}\n", x->finding[i]);
	}
	emit_end(out);
}

void view_explain(struct emit *out, const struct explain *x)
{
	emit_object(out, NULL);
	show_title(out, x);
	show_walk(out, x);
	if (x->have_pa) {
		show_efi(out, x);
		show_gcd(out, x);
		show_image(out, x);
		show_device(out, x);
		show_memblock(out, x);
		show_page(out, x);
	}
	show_use(out, x);
	if (x->have_pa) {
		show_mappings(out, x);
		show_type(out, x);
	}
	show_findings(out, x);
	emit_end(out);
}
