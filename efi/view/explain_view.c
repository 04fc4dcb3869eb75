/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The page about one address: a row for each who knows something. */
#include "lib.h"
#include "ui/explain.h"

static void __printf(3, 4) row(struct emit *out, const char *label, const char *fmt, ...)
{
	char text[320];
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(text, sizeof(text), fmt, ap);
	va_end(ap);
	emit_text(out, "%-10s %s\n", label, text);
}

static void emit_range(struct emit *out, phys_addr_t start, phys_addr_t end)
{
	emit_field(out, "start", start);
	emit_field(out, "end", end - 1);
}

/* ---- the address and its walk ------------------------------------------------------------ */

static void show_title(struct emit *out, const struct explain *x)
{
	char what[96] = "";

	if (x->have_va) {
		fmt_print(what, sizeof(what), "v:%llx in %s%s", x->va, x->tables,
			  x->have_pa ? " is " : "");
		emit_field(out, "virtual", x->va);
		emit_field(out, "tables", x->tables);
	}
	emit_text(out, "%s", what);
	if (x->have_pa) {
		emit_text(out, "p:%llx, pfn %llx, owner: %s", x->pa, phys_to_pfn(x->pa), x->owner);
		emit_field(out, "physical", x->pa);
		emit_field(out, "pfn", phys_to_pfn(x->pa));
		emit_field(out, "owner", x->owner);
	}
	emit_text(out, "%s%s\n", x->how[0] ? "\n           " : "", x->how);
}

static void show_walk(struct emit *out, const struct explain *x)
{
	const struct pt_path *path = &x->path;
	const struct pt_entry *last = path->nr ? &path->entry[path->nr - 1] : NULL;
	char text[160] = "", size[24], rights[8];
	size_t len = 0;

	if (!x->have_va)
		return;
	emit_list(out, "walk");
	for (u32 i = 0; i < path->nr; i++) {
		const struct pt_entry *e = &path->entry[i];

		len += (size_t)fmt_print(text + len, sizeof(text) - len, "%s[%u] ",
					 pt_level_name(x->pt, e->level), e->index);
		emit_object(out, NULL);
		emit_field(out, "level", pt_level_name(x->pt, e->level));
		emit_field(out, "index", e->index);
		emit_field(out, "entry", e->val);
		emit_end(out);
	}
	emit_end(out);
	emit_field(out, "result", pt_result_text(x->result));
	if (last)
		fmt_print(text + len, sizeof(text) - len, "= %llx", last->val);
	row(out, "walk", "%s", last ? text : pt_result_text(x->result));
	if (x->result == PT_MAPPED)
		row(out, "", "page of %s, rights %s",
		    fmt_size(size, pt_span(pt_format_of(x->pt), last->level)),
		    pt_rights_text(rights, last->rights));
	else if (last)
		row(out, "", "%s", pt_result_text(x->result));
	if (x->region)
		row(out, "region", "%s", x->region);
	if (x->region)
		emit_field(out, "region", x->region);
}

/* ---- the firmware's word ----------------------------------------------------------------- */

static const char *type_text(char *buf, size_t size, u32 type)
{
	const char *name = memmap_type_linux(type);

	if (name)
		fmt_print(buf, size, "%s", name);
	else
		fmt_print(buf, size, "type %#x", type);
	return buf;
}

static void emit_desc(struct emit *out, const char *name, const struct mem_desc *d)
{
	char type[24], attrs[160];

	if (!d)
		return;
	emit_object(out, name);
	emit_field(out, "type", type_text(type, sizeof(type), d->type));
	emit_range(out, d->start, mem_desc_end(d));
	emit_field(out, "attributes", memmap_attr_format(attrs, sizeof(attrs), d->attr));
	emit_end(out);
}

static void desc_row(struct emit *out, const char *label, const struct mem_desc *d)
{
	char type[24], attrs[160];

	row(out, label, "%s %llx-%llx %s", type_text(type, sizeof(type), d->type), d->start,
	    mem_desc_end(d) - 1, memmap_attr_format(attrs, sizeof(attrs), d->attr));
}

static void show_efi(struct emit *out, const struct explain *x)
{
	emit_desc(out, "efi", x->found);
	emit_desc(out, "efi_now", x->now);
	emit_desc(out, "memory_attributes", x->mat);
	if (x->found)
		desc_row(out, "EFI", x->found);
	else
		row(out, "EFI", "not in the firmware's map");
	if (x->now && (!x->found || x->now->type != x->found->type))
		desc_row(out, "  now", x->now);
	else if (!x->now && x->found)
		row(out, "  now", "no longer in the map");
	if (x->mat)
		desc_row(out, "attributes", x->mat);
	else if (x->mat_note[0])
		row(out, "attributes", "%s", x->mat_note);
	else
		row(out, "attributes", "no runtime memory: not in the Memory Attributes Table");
}

static void show_gcd(struct emit *out, const struct explain *x)
{
	char attrs[160];

	if (!x->gcd) {
		row(out, "GCD", "%s", x->gcd_note[0] ? x->gcd_note : "no entry");
		return;
	}
	memmap_attr_format(attrs, sizeof(attrs), x->gcd->attr);
	row(out, "GCD", "%s %llx-%llx%s%s%s%s", facts_gcd_name(x->gcd->type), x->gcd->start,
	    x->gcd->end - 1, attrs[0] ? " " : "", attrs, x->gcd_owner ? ", of " : "",
	    x->gcd_owner ? x->gcd_owner->name : "");
	emit_object(out, "gcd");
	emit_field(out, "type", facts_gcd_name(x->gcd->type));
	emit_range(out, x->gcd->start, x->gcd->end);
	emit_field(out, "attributes", attrs);
	emit_field(out, "owner", x->gcd_owner ? x->gcd_owner->name : NULL);
	emit_end(out);
}

static void show_image(struct emit *out, const struct explain *x)
{
	const struct fact_section *s = x->section;
	char section[80] = "";

	if (!x->image)
		return;
	if (s)
		fmt_print(section, sizeof(section), ", section %s %llx-%llx r%s%s", s->name,
			  s->start, s->end - 1, s->write ? "w" : "-", s->exec ? "x" : "-");
	row(out, "image", "%s %llx-%llx%s", x->image->name, x->image->start, x->image->end - 1,
	    section);
	emit_object(out, "image");
	emit_field(out, "name", x->image->name);
	emit_range(out, x->image->start, x->image->end);
	emit_field(out, "section", s ? s->name : NULL);
	emit_end(out);
}

static void show_device(struct emit *out, const struct explain *x)
{
	const char *name = x->framebuffer ? "framebuffer" : x->range ? x->range->name : NULL;

	if (!name)
		return;
	if (x->range)
		row(out, strncmp(name, "ACPI", 4) ? "device" : "table", "%s %llx-%llx", name,
		    x->range->start, x->range->end - 1);
	else
		row(out, "device", "%s", name);
	emit_field(out, "device", name);
}

/* ---- ours -------------------------------------------------------------------------------- */

static const char *flags_text(char *buf, size_t size, u32 flags)
{
	static const char *const names[] = {"HOTPLUG", "MIRROR", "NOMAP", "DRV_MNG"};
	size_t len = 0;

	fmt_print(buf, size, "no flags");
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags >> i & 1)
			len += (size_t)fmt_print(buf + len, size - len, "%s%s", len ? "|" : "",
						 names[i]);
	}
	return buf;
}

static void show_memblock(struct emit *out, const struct explain *x)
{
	const struct memblock_region *m = x->memory;
	char flags[40];
	const char *e820 = x->e820 ? e820_type_name((enum e820_type)x->e820->type) : "no entry";

	emit_field(out, "e820", x->e820 ? e820 : NULL);
	if (!m) {
		row(out, "memblock", "no memory; e820: %s", e820);
		return;
	}
	row(out, "memblock", "memory %llx-%llx node %d, %s%s; e820: %s", m->base,
	    m->base + m->size - 1, m->nid, flags_text(flags, sizeof(flags), m->flags),
	    x->reserved ? ", reserved" : "", e820);
	emit_object(out, "memblock");
	emit_range(out, m->base, m->base + m->size);
	emit_field(out, "node", m->nid);
	emit_field(out, "flags", m->flags ? flags : "");
	emit_field(out, "reserved", x->reserved != NULL);
	emit_end(out);
}

static void show_page(struct emit *out, const struct explain *x)
{
	char flags[96] = "none";

	if (!x->memory)
		return;
	if (x->zone) {
		row(out, "zone", "node %d, zone %s: pfn %llx-%llx", x->zone->zone_pgdat->node_id,
		    x->zone->name, x->zone->zone_start_pfn, zone_end_pfn(x->zone) - 1);
		emit_field(out, "node", x->zone->zone_pgdat->node_id);
		emit_field(out, "zone", x->zone->name);
	}
	emit_field(out, "use", page_use_name(x->use));
	if (!x->page) {
		row(out, "page", "its struct page has not come to life: %s", page_use_name(x->use));
		return;
	}
	if (page_flags_text(flags, sizeof(flags), x->page) == 0)
		fmt_print(flags, sizeof(flags), "none");
	row(out, "page", "struct page v:%llx: flags %s, refcount %d", x->page_va, flags,
	    x->page->_refcount);
	emit_object(out, "page");
	emit_field(out, "address", x->page_va);
	emit_field(out, "flags", flags);
	emit_field(out, "refcount", x->page->_refcount);
	emit_end(out);
}

static void show_buddy(struct emit *out, const struct explain *x)
{
	u64 bytes = PAGE_SIZE << x->buddy.order;
	char size[24];

	row(out, "buddy", "free block of order %u (%s) from pfn %llx", x->buddy.order,
	    fmt_size(size, bytes), x->buddy.pfn);
	emit_object(out, "buddy");
	emit_field(out, "order", x->buddy.order);
	emit_field(out, "pfn", x->buddy.pfn);
	emit_end(out);
}

static void show_track(struct emit *out, const char *label, const struct slab_track *t,
		       const char *by)
{
	if (!t->caller)
		return;
	row(out, label, "by %s, CPU %u, %u bytes", by, t->cpu, t->size);
	emit_object(out, label);
	emit_field(out, "by", by);
	emit_field(out, "caller", t->caller);
	emit_field(out, "cpu", t->cpu);
	emit_field(out, "size", t->size);
	emit_end(out);
}

static void show_slab(struct emit *out, const struct explain *x)
{
	const struct slab_object *o = &x->slab;

	if (o->use == SLAB_WASTE)
		row(out, "slab", "%s, slab at p:%llx: behind its last object", o->cache->name,
		    o->slab);
	else
		row(out, "slab", "%s: object %u of %u in the slab at p:%llx, %s; byte %u of %u",
		    o->cache->name, o->index, o->cache->objects, o->slab, slab_use_name(o->use),
		    o->offset, o->cache->size);
	emit_object(out, "slab");
	emit_field(out, "cache", o->cache->name);
	emit_field(out, "slab_address", o->slab);
	emit_field(out, "object_index", o->index);
	emit_field(out, "offset", o->offset);
	emit_field(out, "use", slab_use_name(o->use));
	show_track(out, "allocated", &x->slab_alloc, x->slab_alloc_by);
	show_track(out, "freed", &x->slab_free, x->slab_free_by);
	emit_end(out);
}

static void show_use(struct emit *out, const struct explain *x)
{
	char size[24];

	if (x->in_buddy)
		show_buddy(out, x);
	if (x->in_slab)
		show_slab(out, x);
	if (x->in_large)
		row(out, "kmalloc", "%s at p:%llx", fmt_size(size, x->large_size), x->large_start);
	if (!x->area)
		return;
	if (x->area->flags & VM_LAZY) {
		row(out, "vmalloc", "v:%llx-%llx was freed, and waits for the purge", x->area->addr,
		    x->area->addr + x->area->size - 1);
		return;
	}
	row(out, "vmalloc", "area v:%llx-%llx, page %u of %u%s", x->area->addr,
	    x->area->addr + x->area->size - 1, x->area_page, x->area->nr_pages,
	    x->area_page == x->area->nr_pages ? ": its guard" : "");
	emit_object(out, "vmalloc");
	emit_range(out, x->area->addr, x->area->addr + x->area->size);
	emit_field(out, "page_index", x->area_page);
	emit_field(out, "pages", x->area->nr_pages);
	emit_end(out);
}

/* ---- who maps it, and how it is cached --------------------------------------------------- */

static void emit_type(struct emit *out, const struct memtype_effective *t)
{
	emit_field(out, "pat_index", t->pat_index);
	emit_field(out, "pat", t->pat < 0 ? NULL : memtype_name((enum memtype)t->pat));
	emit_field(out, "mtrr", memtype_name(t->mtrr.type));
	emit_field(out, "memory_type", memtype_name(t->type));
}

static void show_mapping(struct emit *out, const struct explain_mapping *m, bool first)
{
	char size[24], rights[8], type[48];

	fmt_size(size, m->page_size);
	pt_rights_text(rights, m->rights);
	fmt_print(type, sizeof(type), "%s (PAT %u %s, MTRR %s)", memtype_name(m->type.type),
		  m->type.pat_index,
		  m->type.pat < 0 ? "?" : memtype_name((enum memtype)m->type.pat),
		  memtype_name(m->type.mtrr.type));
	row(out, first ? "mapped" : "", "%-5s v:%016llx %4s %s %s", m->tables, m->va, size, rights,
	    type);
	emit_object(out, NULL);
	emit_field(out, "tables", m->tables);
	emit_field(out, "virtual", m->va);
	emit_field(out, "page_size", m->page_size);
	emit_field(out, "entry", m->entry);
	emit_field(out, "rights", rights);
	emit_type(out, &m->type);
	emit_end(out);
}

/* The three sources for one mapping: the one that was asked for, else the first. */
static void show_type(struct emit *out, const struct explain *x)
{
	const struct explain_mapping *m = NULL;
	char source[80];

	for (u32 i = 0; i < x->nr_mappings; i++) {
		const struct explain_mapping *n = &x->mapping[i];

		if (!m || (x->have_va && n->va == x->va && n->tables == x->tables))
			m = n;
	}
	if (x->phys_bits && x->pa >> x->phys_bits)
		return; /* no register says anything of it */
	mtrr_source_text(source, sizeof(source), &x->mtrr);
	emit_field(out, "mtrr", memtype_name(x->mtrr.type));
	emit_field(out, "mtrr_source", source);
	if (!m) {
		row(out, "type", "MTRR says %s (%s)", memtype_name(x->mtrr.type), source);
		return;
	}
	emit_field(out, "memory_type", memtype_name(m->type.type));
	row(out, "type", "%s in %s: PWT=%u PCD=%u PAT=%u choose PAT entry %u, %s;",
	    memtype_name(m->type.type), m->tables, m->type.pat_index & 1,
	    m->type.pat_index >> 1 & 1, m->type.pat_index >> 2, m->type.pat_index,
	    m->type.pat < 0 ? "reserved" : memtype_name((enum memtype)m->type.pat));
	row(out, "", "MTRR %s (%s)%s", memtype_name(m->type.mtrr.type), source,
	    m->type.undefined ? "; older CPUs: undefined" : "");
}

static void show_mappings(struct emit *out, const struct explain *x)
{
	emit_list(out, "mappings");
	for (u32 i = 0; i < x->nr_mappings && !emit_stopped(out); i++)
		show_mapping(out, &x->mapping[i], i == 0);
	emit_end(out);
	if (!x->nr_mappings)
		row(out, "mapped", "nowhere");
	if (x->more_mappings)
		row(out, "", "and more");
	emit_field(out, "more_mappings", x->more_mappings);
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
	emit_list(out, "findings");
	for (u32 i = 0; i < x->nr_findings; i++) {
		row(out, i ? "" : "findings", "%s", x->finding[i]);
		emit_field(out, "finding", x->finding[i]);
	}
	emit_end(out);
	emit_end(out);
}
