/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From EFI descriptors to Linux's e820 view: convert, resolve overlaps, trim what a PC BIOS owns. */
#include "mm/e820.h"

#include "lib.h"

int e820_add(struct e820_table *t, phys_addr_t start, phys_addr_t end, enum e820_type type)
{
	end = min(end, (phys_addr_t)1 << MAX_PHYS_BITS);
	if (start >= end)
		return 0;
	if (t->nr == E820_MAX)
		return -ENOSPC;
	t->range[t->nr++] = (struct e820_range){.start = start, .end = end, .type = (u8)type};
	return 0;
}

/* Linux 5.18 and newer keep large MMIO ranges out of e820, so that PCI windows stay usable. */
#define MMIO_KEPT_BELOW (256 * KiB)

static int type_of(const struct mem_desc *d)
{
	switch (d->type) {
	case MEM_LOADER_CODE:
	case MEM_LOADER_DATA:
	case MEM_BOOT_CODE:
	case MEM_BOOT_DATA:
	case MEM_CONVENTIONAL:
		return d->attr & MEM_ATTR_SP ? E820_SOFT_RESERVED : E820_USABLE;
	case MEM_UNUSABLE:
		return E820_UNUSABLE;
	case MEM_ACPI_RECLAIM:
		return E820_ACPI_DATA;
	case MEM_ACPI_NVS:
		return E820_ACPI_NVS;
	case MEM_PERSISTENT:
		return E820_PERSISTENT;
	case MEM_UNACCEPTED:
		return E820_UNACCEPTED;
	case MEM_MMIO:
		return d->nr_pages << PAGE_SHIFT >= MMIO_KEPT_BELOW ? -1 : E820_RESERVED;
	default:
		return E820_RESERVED;
	}
}

int e820_from_memmap(struct e820_table *t, const struct memmap *map)
{
	for (u32 i = 0; i < map->nr; i++) {
		const struct mem_desc *d = &map->desc[i];
		int type = type_of(d), err;
		u32 before = t->nr;

		if (type < 0)
			continue;
		err = e820_add(t, d->start, mem_desc_end(d), (enum e820_type)type);
		if (err)
			return err;
		if (t->nr > before) {
			t->range[before].mirror = d->attr & MEM_ATTR_MORE_RELIABLE;
			t->range[before].hotplug = d->attr & MEM_ATTR_HOT_PLUGGABLE;
		}
	}
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct e820_range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (int)x->type - (int)y->type;
}

static bool same_kind(const struct e820_range *a, const struct e820_range *b)
{
	return a->type == b->type && a->mirror == b->mirror && a->hotplug == b->hotplug;
}

/* Does `a` win over `b` where both are? The more restrictive type; flags do not matter then. */
static bool wins(const struct e820_range *a, const struct e820_range *b)
{
	return a->type > b->type;
}

/*
 * Resolves the first overlap of neighbours i and i + 1 (sorted by start). The loser is cut; what of
 * it sticks out behind the winner becomes a range of its own, put back in order by the caller.
 */
static int resolve(struct e820_table *t, u32 i)
{
	struct e820_range *a = &t->range[i], *b = &t->range[i + 1];
	struct e820_range rest;

	if (!wins(b, a)) {
		b->start = min(a->end, b->end);
		return 0;
	}
	rest = *a;
	rest.start = b->end;
	a->end = b->start;
	if (rest.start >= rest.end)
		return 0;
	if (t->nr == E820_MAX)
		return -ENOSPC;
	t->range[t->nr++] = rest;
	return 0;
}

/* Drops empty ranges, joins equal neighbours that touch. */
static void compact(struct e820_table *t)
{
	u32 out = 0;

	for (u32 i = 0; i < t->nr; i++) {
		struct e820_range r = t->range[i];

		if (r.start >= r.end)
			continue;
		if (out && t->range[out - 1].end == r.start && same_kind(&t->range[out - 1], &r))
			t->range[out - 1].end = r.end;
		else
			t->range[out++] = r;
	}
	t->nr = out;
}

int e820_sanitize(struct e820_table *t)
{
	bool again = true;

	/* Each round sorts and removes every overlap of neighbours; ranges nested in several others
	 * take a few rounds. Cuts only shrink ranges, so it ends. */
	while (again) {
		again = false;
		sort(t->range, t->nr, sizeof(t->range[0]), by_start);
		compact(t);
		for (u32 i = 0, nr = t->nr; i + 1 < nr; i++) {
			if (t->range[i].end <= t->range[i + 1].start)
				continue;
			if (resolve(t, i))
				return -ENOSPC;
			again = true;
		}
	}
	return 0;
}

int e820_update(struct e820_table *t, phys_addr_t start, phys_addr_t end, enum e820_type from,
		int to)
{
	for (u32 i = 0, nr = t->nr; i < nr; i++) {
		struct e820_range *r = &t->range[i], tail = *r, middle = *r;

		if (r->type != from || r->start >= end || r->end <= start)
			continue;
		if (t->nr + 2 > E820_MAX)
			return -ENOSPC;
		tail.start = max(end, r->start);
		middle.start = max(start, r->start);
		middle.end = min(end, r->end);
		r->end = min(r->end, max(start, r->start));
		if (tail.start < tail.end)
			t->range[t->nr++] = tail;
		if (to >= 0) {
			middle.type = (u8)to;
			t->range[t->nr++] = middle;
		}
	}
	return e820_sanitize(t);
}

int e820_trim_bios(struct e820_table *t)
{
	int err = e820_update(t, 0, PAGE_SIZE, E820_USABLE, E820_RESERVED);

	return err ? err : e820_update(t, 0xa0000, 0x100000, E820_USABLE, -1);
}

const char *e820_type_name(enum e820_type type)
{
	static const char *const names[NR_E820_TYPES] = {
		[E820_USABLE] = "usable",
		[E820_SOFT_RESERVED] = "soft reserved",
		[E820_PERSISTENT] = "persistent (type 7)",
		[E820_ACPI_DATA] = "ACPI data",
		[E820_ACPI_NVS] = "ACPI NVS",
		[E820_UNACCEPTED] = "unaccepted",
		[E820_RESERVED] = "reserved",
		[E820_UNUSABLE] = "unusable",
	};

	return type < NR_E820_TYPES ? names[type] : "?";
}
