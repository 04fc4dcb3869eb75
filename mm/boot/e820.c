/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From EFI descriptors to Linux's e820 view: convert, resolve overlaps, trim the ranges of a PC
 * BIOS. */
#include "mm/boot/e820.h"

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

/* Linux 5.18 and newer leave large MMIO ranges out of e820, so that PCI windows stay usable. */
#define MMIO_KEPT_BELOW (256 * KiB)

static int type_of(const struct mem_desc *d)
{
	if (mem_type_is_ram(d->type))
		return d->attr & MEM_ATTR_SP ? E820_SOFT_RESERVED : E820_USABLE;
	switch (d->type) {
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
		return d->nr_pages >= MMIO_KEPT_BELOW >> PAGE_SHIFT ? -1 : E820_RESERVED;
	default:
		return E820_RESERVED;
	}
}

int e820_from_memmap(struct e820_table *t, const struct memmap *map)
{
	u32 found = t->nr;

	for (u32 i = 0; i < map->nr; i++) {
		const struct mem_desc *d = &map->desc[i];
		int type = type_of(d), err;

		if (type < 0)
			continue;
		err = e820_add(t, d->start, mem_desc_end(d), (enum e820_type)type);
		if (err) {
			t->nr = found;
			return err;
		}
	}
	return 0;
}

/* ---- overlaps ---------------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
	const struct e820_range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

/*
 * The range from `at` on in the result. ends[] has, for each type, the end of the ranges that began
 * at or before `at`. The largest type wins, up to the first end of any of them. False: all have
 * ended.
 */
static bool strongest(const phys_addr_t ends[NR_E820_TYPES], phys_addr_t at, struct e820_range *ret)
{
	bool any = false;

	for (u32 type = NR_E820_TYPES; type-- > 0;) {
		if (ends[type] <= at)
			continue;
		if (!any)
			*ret = (struct e820_range){at, ends[type], (u8)type};
		ret->end = min(ret->end, ends[type]);
		any = true;
	}
	return any;
}

/* The result of the sweep; with to == NULL it is only counted. */
struct output {
	struct e820_range *to;
	u32 nr;
	struct e820_range last;
};

static void put(struct output *out, struct e820_range r)
{
	struct e820_range *last = &out->last;

	if (out->nr && last->end == r.start && last->type == r.type) {
		last->end = r.end;
	} else {
		*last = r;
		out->nr++;
	}
	if (out->to)
		out->to[out->nr - 1] = *last;
}

/*
 * One pass over `nr` ranges in order of start. The result can be longer than the part of the input
 * that has been read: returns the largest difference. To sweep in place, the input must be so many
 * places after the output.
 */
static u32 sweep(const struct e820_range *in, u32 nr, struct output *out)
{
	phys_addr_t ends[NR_E820_TYPES] = {0};
	struct e820_range now;
	phys_addr_t at = 0;
	u32 ahead = 0;

	for (u32 i = 0; i <= nr; i++) {
		struct e820_range next = i < nr ? in[i] : (struct e820_range){.start = ~0ULL};

		while (at < next.start && strongest(ends, at, &now)) {
			now.end = min(now.end, next.start);
			put(out, now);
			at = now.end;
		}
		at = next.start;
		ends[next.type] = max(ends[next.type], next.end);
		/* Range i has been copied: its place may be overwritten. */
		if (out->nr > min(i + 1, nr) + ahead)
			ahead = out->nr - min(i + 1, nr);
	}
	return ahead;
}

int e820_sanitize(struct e820_table *t)
{
	struct output count = {0}, out = {.to = t->range};
	u32 room;

	sort(t->range, t->nr, sizeof(t->range[0]), by_start);
	room = sweep(t->range, t->nr, &count);
	if (room > E820_MAX - t->nr)
		return -ENOSPC;
	memmove(&t->range[room], &t->range[0], t->nr * sizeof(t->range[0]));
	sweep(&t->range[room], t->nr, &out);
	t->nr = out.nr;
	return 0;
}

/* ---- changes ----------------------------------------------------------------------------- */

static bool hit(const struct e820_range *r, phys_addr_t start, phys_addr_t end, enum e820_type from)
{
	return start < end && r->type == from && r->start < end && r->end > start;
}

int e820_update(struct e820_table *t, phys_addr_t start, phys_addr_t end, enum e820_type from,
		int to)
{
	u32 pieces = 0;

	for (u32 i = 0; i < t->nr; i++) {
		const struct e820_range *r = &t->range[i];

		if (hit(r, start, end, from))
			pieces += (r->start < start) + (r->end > end);
	}
	if (pieces > E820_MAX - t->nr)
		return -ENOSPC;
	for (u32 i = 0, nr = t->nr; i < nr; i++) {
		struct e820_range *r = &t->range[i], head = *r, tail = *r;

		if (!hit(r, start, end, from))
			continue;
		head.end = r->start = max(r->start, start);
		tail.start = r->end = min(r->end, end);
		if (to >= 0)
			r->type = (u8)to;
		else
			r->end = r->start; /* empty: the sweep drops it */
		if (head.start < head.end)
			t->range[t->nr++] = head;
		if (tail.start < tail.end)
			t->range[t->nr++] = tail;
	}
	return e820_sanitize(t);
}

int e820_trim_bios(struct e820_table *t)
{
	int err = e820_update(t, 0, PAGE_SIZE, E820_USABLE, E820_RESERVED);

	return err ? err : e820_update(t, 0xa0000, 0x100000, E820_USABLE, -1);
}

int e820_limit(struct e820_table *t, phys_addr_t limit, u64 *ret_bytes)
{
	static const enum e820_type memory[] = {E820_USABLE, E820_SOFT_RESERVED, E820_PERSISTENT};
	int err = 0;

	*ret_bytes = 0;
	for (u32 i = 0; i < t->nr; i++) {
		const struct e820_range *r = &t->range[i];

		if (r->type == E820_USABLE && r->end > limit)
			*ret_bytes += r->end - max(r->start, limit);
	}
	for (u32 i = 0; !err && i < ARRAY_SIZE(memory); i++)
		err = e820_update(t, limit, ~0ULL, memory[i], -1);
	return err;
}

int e820_memblock_setup(const struct e820_table *t, struct memblock *mb)
{
	for (u32 i = 0; i < t->nr; i++) {
		const struct e820_range *r = &t->range[i];
		int err;

		if (r->type != E820_USABLE)
			continue;
		err = memblock_add(mb, r->start, r->end - r->start, NUMA_NO_NODE, 0);
		if (err)
			return err;
	}
	return memblock_trim(mb, PAGE_SIZE);
}

int memblock_mark_mirror(struct memblock *mb, const struct memmap *map)
{
	int err = 0;

	for (u32 i = 0; !err && i < map->nr; i++) {
		const struct mem_desc *d = &map->desc[i];

		if (d->attr & MEM_ATTR_MORE_RELIABLE)
			err = memblock_change_flags(mb, d->start, mem_desc_end(d) - d->start,
						    MEMBLOCK_MIRROR, 0);
	}
	return err;
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
