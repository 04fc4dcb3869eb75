/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Sorted lists of regions: add, remove, isolate, look up. Counting comes before changing. */
#include "mm/boot/memblock.h"

#include "lib.h"

static phys_addr_t region_end(const struct memblock_region *r)
{
	return r->base + r->size;
}

/* End of the range, clipped where it would wrap. */
static phys_addr_t range_end(phys_addr_t base, u64 size)
{
	return base + size < base ? ~0ULL : base + size;
}

void memblock_init(struct memblock *mb, struct memblock_region *memory,
		   struct memblock_region *reserved, u32 max)
{
	*mb = (struct memblock){
		.current_limit = ~0ULL,
		.memory = {.name = "memory", .max = max, .regions = memory},
		.reserved = {.name = "reserved", .max = max, .regions = reserved},
	};
}

/* Index of the first region that ends above pa; type->cnt when there is none. */
static u32 first_above(const struct memblock_type *type, phys_addr_t pa)
{
	u32 lo = 0, hi = type->cnt;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (region_end(&type->regions[mid]) <= pa)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void insert_region(struct memblock_type *type, u32 at, struct memblock_region r)
{
	ASSERT(type->cnt < type->max, "%s: %u regions", type->name, type->cnt);
	memmove(&type->regions[at + 1], &type->regions[at],
		(type->cnt - at) * sizeof(type->regions[0]));
	type->regions[at] = r;
	type->cnt++;
	type->total_size += r.size;
}

static void remove_regions(struct memblock_type *type, u32 first, u32 end)
{
	for (u32 i = first; i < end; i++)
		type->total_size -= type->regions[i].size;
	memmove(&type->regions[first], &type->regions[end],
		(type->cnt - end) * sizeof(type->regions[0]));
	type->cnt -= end - first;
}

static bool mergeable(const struct memblock_region *a, const struct memblock_region *b)
{
	return region_end(a) == b->base && a->nid == b->nid && a->flags == b->flags;
}

/* Joins neighbours that agree, from the one before `first` to `last`. */
static void merge_regions(struct memblock_type *type, u32 first, u32 last)
{
	u32 out, in, end = min(last + 1, type->cnt);

	if (!type->cnt)
		return;
	out = first ? first - 1 : 0;
	for (in = out + 1; in < end; in++) {
		if (mergeable(&type->regions[out], &type->regions[in]))
			type->regions[out].size += type->regions[in].size;
		else
			type->regions[++out] = type->regions[in];
	}
	if (in > out + 1 && in <= type->cnt) {
		memmove(&type->regions[out + 1], &type->regions[in],
			(type->cnt - in) * sizeof(type->regions[0]));
		type->cnt -= in - (out + 1);
	}
}

/* What fill_gaps() does with the gaps it finds. */
enum fill {
	FILL_COUNT,  /* nothing: how many regions more will there be? */
	FILL_EXTEND, /* those that a neighbour can take in need no room */
	FILL_INSERT, /* the rest */
};

/*
 * One gap in front of region i gets memory like `like`. Returns by how much the number of regions
 * grows: 1, 0 when a neighbour takes it in, -1 when it joins two.
 */
static int fill_gap(struct memblock_type *type, u32 i, struct memblock_region like, enum fill how)
{
	struct memblock_region *prev = i ? &type->regions[i - 1] : NULL;
	struct memblock_region *next = i < type->cnt ? &type->regions[i] : NULL;
	bool down = prev && mergeable(prev, &like), up = next && mergeable(&like, next);

	if (how == FILL_COUNT || (how == FILL_EXTEND && !down && !up))
		return 1 - down - up;
	if (how == FILL_INSERT) {
		insert_region(type, i, like);
		return 1;
	}
	type->total_size += like.size;
	if (down) {
		prev->size += like.size;
		merge_regions(type, i, i);
	} else {
		next->base = like.base;
		next->size += like.size;
	}
	return 1 - down - up;
}

/* Goes over the parts of [like.base, end) that no region covers. Returns by how many regions the
 * list grows (FILL_COUNT), or 0. */
static int fill_gaps(struct memblock_type *type, struct memblock_region like, phys_addr_t end,
		     enum fill how)
{
	phys_addr_t at = like.base;
	int grows = 0;

	while (at < end) {
		u32 i = first_above(type, at);
		phys_addr_t stop = i < type->cnt ? min(type->regions[i].base, end) : end;

		if (at < stop) {
			like.base = at;
			like.size = stop - at;
			grows += fill_gap(type, i, like, how);
			at = stop;
		} else {
			at = region_end(&type->regions[i]);
		}
	}
	return grows;
}

/* Extending first, so that there is room for the rest whenever the result fits. */
static int add_range(struct memblock_type *type, phys_addr_t base, u64 size, int nid, u32 flags)
{
	struct memblock_region like = {.base = base, .nid = nid, .flags = flags};
	phys_addr_t end = range_end(base, size);

	if (fill_gaps(type, like, end, FILL_COUNT) > (int)(type->max - type->cnt))
		return -ENOMEM;
	fill_gaps(type, like, end, FILL_EXTEND);
	fill_gaps(type, like, end, FILL_INSERT);
	return 0;
}

/* Cuts the region that has `at` strictly inside in two. */
static void split_at(struct memblock_type *type, phys_addr_t at)
{
	u32 i = first_above(type, at);
	struct memblock_region upper;

	if (i == type->cnt || type->regions[i].base >= at)
		return;
	upper = type->regions[i];
	upper.size = region_end(&upper) - at;
	upper.base = at;
	type->regions[i].size -= upper.size;
	type->total_size -= upper.size;
	insert_region(type, i + 1, upper);
}

static bool splits(const struct memblock_type *type, phys_addr_t at)
{
	u32 i = first_above(type, at);

	return i < type->cnt && type->regions[i].base < at;
}

int memblock_isolate(struct memblock_type *type, phys_addr_t base, u64 size, u32 *ret_first,
		     u32 *ret_end)
{
	phys_addr_t end = range_end(base, size);

	if (base == end) {
		*ret_first = *ret_end = first_above(type, base);
		return 0;
	}
	if ((u32)splits(type, base) + (u32)splits(type, end) > type->max - type->cnt)
		return -ENOMEM;
	split_at(type, base);
	split_at(type, end);
	*ret_first = first_above(type, base);
	*ret_end = first_above(type, end - 1);
	if (*ret_end < type->cnt && type->regions[*ret_end].base < end)
		++*ret_end;
	return 0;
}

/* Only a hole in the middle of one region makes the list longer. */
static int remove_range(struct memblock_type *type, phys_addr_t base, u64 size)
{
	phys_addr_t end = range_end(base, size);
	u32 first = first_above(type, base), last;
	struct memblock_region *r = &type->regions[first];

	if (base == end || first == type->cnt)
		return 0;
	if (r->base < base) {
		if (end < region_end(r)) {
			if (type->cnt == type->max)
				return -ENOMEM;
			split_at(type, end);
		}
		type->total_size -= region_end(r) - base;
		r->size = base - r->base;
		first++;
	}
	last = first_above(type, end);
	if (last < type->cnt && type->regions[last].base < end) {
		r = &type->regions[last];
		type->total_size -= end - r->base;
		r->size = region_end(r) - end;
		r->base = end;
	}
	remove_regions(type, first, last);
	return 0;
}

int memblock_add(struct memblock *mb, phys_addr_t base, u64 size, int nid, u32 flags)
{
	return add_range(&mb->memory, base, size, nid, flags);
}

int memblock_remove(struct memblock *mb, phys_addr_t base, u64 size)
{
	return remove_range(&mb->memory, base, size);
}

int memblock_reserve(struct memblock *mb, phys_addr_t base, u64 size)
{
	return add_range(&mb->reserved, base, size, NUMA_NO_NODE, 0);
}

int memblock_free(struct memblock *mb, phys_addr_t base, u64 size)
{
	return remove_range(&mb->reserved, base, size);
}

int memblock_set_node(struct memblock *mb, phys_addr_t base, u64 size, int nid)
{
	u32 first, end;
	int err = memblock_isolate(&mb->memory, base, size, &first, &end);

	if (err)
		return err;
	for (u32 i = first; i < end; i++)
		mb->memory.regions[i].nid = nid;
	merge_regions(&mb->memory, first, end);
	return 0;
}

int memblock_change_flags(struct memblock *mb, phys_addr_t base, u64 size, u32 set, u32 clear)
{
	u32 first, end;
	int err = memblock_isolate(&mb->memory, base, size, &first, &end);

	if (err)
		return err;
	for (u32 i = first; i < end; i++)
		mb->memory.regions[i].flags = (mb->memory.regions[i].flags & ~clear) | set;
	merge_regions(&mb->memory, first, end);
	return 0;
}

int memblock_trim(struct memblock *mb, u64 align)
{
	struct memblock_type *type = &mb->memory;

	ASSERT(is_pow2(align), "align %llu", align);
	for (u32 i = 0; i < type->cnt; i++) {
		struct memblock_region *r = &type->regions[i];
		phys_addr_t start = round_up(r->base, align);
		phys_addr_t end = round_down(region_end(r), align);

		if (start == r->base && end == region_end(r))
			continue;
		if (start >= end || start < r->base) {
			remove_regions(type, i, i + 1);
			i--;
			continue;
		}
		type->total_size -= r->size - (end - start);
		r->base = start;
		r->size = end - start;
	}
	return 0;
}

/* ---- looking ----------------------------------------------------------------------------- */

bool memblock_overlaps(const struct memblock_type *type, phys_addr_t base, u64 size)
{
	u32 i = first_above(type, base);

	return size && i < type->cnt && type->regions[i].base < range_end(base, size);
}

/* Is every byte of the range in some region? */
static bool covers(const struct memblock_type *type, phys_addr_t base, u64 size)
{
	phys_addr_t end = range_end(base, size);
	u32 i = first_above(type, base);

	for (; base < end; i++) {
		if (i == type->cnt || type->regions[i].base > base)
			return false;
		base = region_end(&type->regions[i]);
	}
	return true;
}

bool memblock_is_memory(const struct memblock *mb, phys_addr_t base, u64 size)
{
	return covers(&mb->memory, base, size);
}

bool memblock_is_reserved(const struct memblock *mb, phys_addr_t base, u64 size)
{
	return memblock_overlaps(&mb->reserved, base, size);
}

const struct memblock_region *memblock_find(const struct memblock_type *type, phys_addr_t pa)
{
	u32 i = first_above(type, pa);

	return i < type->cnt && type->regions[i].base <= pa ? &type->regions[i] : NULL;
}

int memblock_flags_text(char *buf, size_t size, u32 flags)
{
	static const char *const names[] = {"HOTPLUG", "MIRROR", "NOMAP", "DRV_MNG"};
	int len = 0;

	buf[0] = '\0';
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags >> i & 1)
			len += fmt_print(buf + len, size - (size_t)len, "%s%s", len ? "|" : "",
					 names[i]);
	}
	return len;
}

phys_addr_t memblock_end_of_dram(const struct memblock *mb)
{
	const struct memblock_type *type = &mb->memory;

	return type->cnt ? region_end(&type->regions[type->cnt - 1]) : 0;
}
