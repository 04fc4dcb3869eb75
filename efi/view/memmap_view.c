/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware's memory map in the layouts of the UEFI shell and of Linux, and compared. */
#include "lib.h"
#include "ui/views.h"

#define NAME_LEN 12

static const char *type_name(char *buf, u32 type)
{
	const char *name = memmap_type_shell(type);

	if (name)
		fmt_print(buf, NAME_LEN, "%s", name);
	else
		fmt_print(buf, NAME_LEN, "%08x", type);
	return buf;
}

/* "45,056": as the shell groups digits. */
static const char *grouped(char *buf, size_t size, u64 v)
{
	char digits[24];
	int n = fmt_print(digits, sizeof(digits), "%llu", v);
	size_t len = 0;

	for (int i = 0; i < n && len + 2 < size; i++) {
		if (i && (n - i) % 3 == 0)
			buf[len++] = ',';
		buf[len++] = digits[i];
	}
	buf[len] = '\0';
	return buf;
}

/* Indexes in address order; the map itself stays as the firmware gave it. */
static u32 *sorted_indexes(const struct memmap *map)
{
	static u32 index[MEMMAP_MAX];
	static struct memmap_finding none;

	memmap_check(map, index, &none, 0);
	return index;
}

/* ---- the shell's table ------------------------------------------------------------------- */

static void shell_rows(struct emit *out, const struct memmap *map, const u32 *index)
{
	char name[NAME_LEN], attrs[160];

	emit_text(out,
		  "Type       Start            End              # Pages          Attributes\n");
	for (u32 i = 0; i < map->nr && !emit_stopped(out); i++) {
		const struct mem_desc *d = &map->desc[index[i]];

		emit_row(out,
			 "{type:-10} {start:016X}-{end:016X} {pages:016X} {attribute:016X}"
			 "{attributes!}\n",
			 type_name(name, d->type), d->start, mem_desc_end(d) - 1, d->nr_pages,
			 d->attr, memmap_attr_format(attrs, sizeof(attrs), d->attr));
	}
}

static u64 pages_of_type(const struct memmap *map, u32 type)
{
	u64 pages = 0;

	for (u32 i = 0; i < map->nr; i++) {
		if (map->desc[i].type == type)
			pages += map->desc[i].nr_pages;
	}
	return pages;
}

static void totals(struct emit *out, const struct memmap *map)
{
	char name[NAME_LEN], bytes[32];
	u64 known = 0, all = 0, ram = 0;

	emit_text(out, "\n");
	for (u32 type = 0; type < NR_MEM_TYPES; type++) {
		u64 pages = pages_of_type(map, type);

		known += pages;
		if (pages)
			emit_text(out, "  %-10s: %14llu Pages (%s Bytes)\n", type_name(name, type),
				  pages, grouped(bytes, sizeof(bytes), pages << PAGE_SHIFT));
	}
	for (u32 i = 0; i < map->nr; i++) {
		all += map->desc[i].nr_pages;
		ram += mem_desc_is_ram(&map->desc[i]) ? map->desc[i].nr_pages : 0;
	}
	if (all != known)
		emit_text(out, "  %-10s: %14llu Pages of OEM or OS-loader types\n", "Others",
			  all - known);
	emit_text(out, "Memory an OS may use: %llu MiB (%s Bytes) in %u descriptors of %u bytes\n",
		  ram >> 8, grouped(bytes, sizeof(bytes), ram << PAGE_SHIFT), map->nr,
		  map->desc_size);
	if (map->lost)
		emit_text(out, "%u descriptors more did not fit into our table of %u\n", map->lost,
			  MEMMAP_MAX);
}

static void findings(struct emit *out, const struct memmap *map)
{
	static u32 scratch[MEMMAP_MAX];
	struct memmap_finding list[16];
	u32 nr = memmap_check(map, scratch, list, ARRAY_SIZE(list));

	for (u32 i = 0; i < min(nr, (u32)ARRAY_SIZE(list)); i++) {
		const struct mem_desc *d = &map->desc[list[i].index];

		emit_text(out, "finding: descriptor %u at %016llX %s", list[i].index, d->start,
			  memmap_fault_name(list[i].fault));
		if (list[i].fault == MEMMAP_OVERLAP)
			emit_text(out, ", %u at %016llX", list[i].other,
				  map->desc[list[i].other].start);
		emit_text(out, "\n");
	}
	if (nr > ARRAY_SIZE(list))
		emit_text(out, "and %u findings more\n", nr - (u32)ARRAY_SIZE(list));
}

static void gaps(struct emit *out, const struct memmap *map, const u32 *index)
{
	phys_addr_t at = 0;

	for (u32 i = 0; i < map->nr && !emit_stopped(out); i++) {
		const struct mem_desc *d = &map->desc[index[i]];

		if (d->start > at) {
			emit_row(out, "{type:-10} {start:016X}-{end:016X} {pages:016X}\n", "<gap>",
				 at, d->start - 1, (d->start - at) >> PAGE_SHIFT);
		}
		at = max(at, mem_desc_end(d));
	}
}

/* ---- Linux's lines ----------------------------------------------------------------------- */

/* The columns of efi_md_typeattr_format() in Linux 6.x: blank where a bit is off. */
static void linux_attributes(char *buf, size_t size, u64 attr)
{
	static const struct {
		u64 bit;
		const char *on, *off;
	} columns[] = {
		{MEM_ATTR_RUNTIME, "RUN", "   "},
		{MEM_ATTR_HOT_PLUGGABLE, "HP", "  "},
		{MEM_ATTR_MORE_RELIABLE, "MR", "  "},
		{MEM_ATTR_CPU_CRYPTO, "CC", "  "},
		{MEM_ATTR_SP, "SP", "  "},
		{MEM_ATTR_NV, "NV", "  "},
		{MEM_ATTR_XP, "XP", "  "},
		{MEM_ATTR_RP, "RP", "  "},
		{MEM_ATTR_WP, "WP", "  "},
		{MEM_ATTR_RO, "RO", "  "},
		{MEM_ATTR_UCE, "UCE", "   "},
		{MEM_ATTR_WB, "WB", "  "},
		{MEM_ATTR_WT, "WT", "  "},
		{MEM_ATTR_WC, "WC", "  "},
		{MEM_ATTR_UC, "UC", "  "},
	};
	u64 known = 0;
	size_t len = 0;

	for (u32 i = 0; i < ARRAY_SIZE(columns); i++)
		known |= columns[i].bit;
	if (attr & ~known) {
		fmt_print(buf, size, "attr=0x%016llx", attr);
		return;
	}
	for (u32 i = 0; i < ARRAY_SIZE(columns); i++)
		len += (size_t)fmt_print(buf + len, size - len, "%s%s", i ? "|" : "",
					 attr & columns[i].bit ? columns[i].on : columns[i].off);
}

/* In the firmware's order, as Linux numbers them. */
static void linux_rows(struct emit *out, const struct memmap *map)
{
	for (u32 i = 0; i < map->nr && !emit_stopped(out); i++) {
		const struct mem_desc *d = &map->desc[i];
		const char *name = memmap_type_linux(d->type);
		char columns[80], attrs[160], type[24];

		if (name)
			fmt_print(type, sizeof(type), "%-12s", name);
		else
			fmt_print(type, sizeof(type), "type=%u", d->type);
		linux_attributes(columns, sizeof(columns), d->attr);
		emit_row(out,
			 "efi: mem{:02}: [{type!}{:}|{:}] range=[0x{start:016x}-0x{end:016x}] "
			 "({pages!}{:}MB){attribute!}{attributes!}\n",
			 i, name ? name : type, type, columns, d->start, mem_desc_end(d) - 1,
			 d->nr_pages, d->nr_pages >> 8, d->attr,
			 memmap_attr_format(attrs, sizeof(attrs), d->attr));
	}
}

void view_memmap(struct emit *out, const struct memmap *map, enum memmap_style style)
{
	const u32 *index = sorted_indexes(map);

	emit_list(out, NULL);
	if (style == MEMMAP_LINUX)
		linux_rows(out, map);
	else if (style == MEMMAP_SHELL)
		shell_rows(out, map, index);
	if (style == MEMMAP_SHELL) {
		totals(out, map);
		gaps(out, map, index);
		findings(out, map);
	}
	if (style == MEMMAP_GAPS)
		gaps(out, map, index);
	emit_end(out);
}

void view_e820(struct emit *out, const struct e820_table *t)
{
	emit_list(out, NULL);
	for (u32 i = 0; i < t->nr && !emit_stopped(out); i++) {
		const struct e820_range *r = &t->range[i];

		emit_row(out, "BIOS-e820: [mem 0x{start:016x}-0x{end:016x}] {type}\n", r->start,
			 r->end - 1, e820_type_name((enum e820_type)r->type));
	}
	emit_end(out);
}

/* ---- differences ------------------------------------------------------------------------- */

/*
 * The descriptor that has pa, one of this type if there are several; NULL: a gap. *end moves down
 * to where the answer may change. Maps may overlap, so this looks at every descriptor.
 */
static const struct mem_desc *desc_at(const struct memmap *map, phys_addr_t pa, u32 type,
				      phys_addr_t *end)
{
	const struct mem_desc *found = NULL;

	for (u32 i = 0; i < map->nr; i++) {
		const struct mem_desc *d = &map->desc[i];

		if (d->start > pa)
			*end = min(*end, d->start);
		else if (mem_desc_end(d) > pa && (!found || found->type != type))
			found = d;
	}
	if (found)
		*end = min(*end, mem_desc_end(found));
	return found;
}

static void diff_line(struct emit *out, phys_addr_t start, phys_addr_t end, const char *before,
		      const char *after)
{
	emit_row(out, "{start:016X}-{end:016X}  {before:-10~nothing} -> {after~nothing}\n", start,
		 end - 1, before, after);
}

/* What d says that `other` says otherwise, or, with `gone`, does not speak of at all. */
static void diff_desc(struct emit *out, const struct mem_desc *d, const struct memmap *other,
		      bool gone)
{
	phys_addr_t at = d->start, end = mem_desc_end(d);
	char here[NAME_LEN], there[NAME_LEN];

	type_name(here, d->type);
	while (at < end && !emit_stopped(out)) {
		phys_addr_t stop = end;
		const struct mem_desc *o = desc_at(other, at, d->type, &stop);

		if (gone && !o)
			diff_line(out, at, stop, here, NULL);
		else if (!gone && (!o || o->type != d->type))
			diff_line(out, at, stop, o ? type_name(there, o->type) : NULL, here);
		at = stop;
	}
}

void view_memmap_diff(struct emit *out, const struct memmap *before, const struct memmap *after)
{
	char name[NAME_LEN];

	emit_list(out, NULL);
	for (u32 type = 0; type < NR_MEM_TYPES; type++) {
		u64 a = pages_of_type(before, type), b = pages_of_type(after, type);

		if (a != b)
			emit_text(out, "%-10s %12llu -> %12llu pages (%+lld)\n",
				  type_name(name, type), a, b, (s64)(b - a));
	}
	for (u32 i = 0; i < after->nr; i++)
		diff_desc(out, &after->desc[i], before, false);
	for (u32 i = 0; i < before->nr; i++)
		diff_desc(out, &before->desc[i], after, true);
	emit_end(out);
}
