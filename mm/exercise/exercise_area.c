/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The exercise's areas, of every kind. */
#include "exercise_inner.h"

#define MAX_MAP_ORDER 5
#define DEVICE	      0xfec00000ULL /* the I/O APIC of every PC: mapped, never accessed */

enum area_kind {
	AREA_PLAIN,
	AREA_ZERO,
	AREA_ALIGNED,
	AREA_NODE,
	AREA_HUGE,
	AREA_MAP,
	AREA_MAP_RAM,
	NR_AREA_KINDS
};

void exercise_choose_area(struct exercise *ex, struct slot *s)
{
	s->area = (u8)prng_below(&ex->prng, NR_AREA_KINDS);
	if (s->area == AREA_HUGE && prng_below(&ex->prng, 8))
		s->area = AREA_PLAIN;
	s->size = exercise_random_size(ex, 18);
	if (s->area == AREA_HUGE)
		s->size += 2 * MiB;
	if (s->area < AREA_MAP)
		return;
	s->order = (u8)prng_below(&ex->prng, MAX_MAP_ORDER + 1);
	s->size = PAGE_SIZE << s->order;
}

/* Maps a block of pages in reverse order. */
static void *map_block(struct exercise *ex, struct slot *s)
{
	struct page *pages[1u << MAX_MAP_ORDER],
		*block = alloc_pages(ex->sys, GFP_KERNEL, s->order);
	u32 nr = 1u << s->order;

	if (!block)
		return NULL;
	for (u32 i = 0; i < nr; i++)
		pages[i] = block + nr - 1 - i;
	s->block = block;
	s->p = s->area == AREA_MAP ? vmap(ex->sys, pages, nr, PT_WRITE | PT_NOEXEC)
				   : vm_map_ram(ex->sys, pages, nr);
	if (!s->p)
		__free_pages(ex->sys, block, s->order);
	return s->p;
}

static void *get_zeros(struct exercise *ex, struct slot *s)
{
	s->p = vzalloc(ex->sys, s->size);
	if (s->p && !exercise_is_zero(s))
		exercise_fail(ex, "vzalloc gave what is not zero", (u64)(uintptr_t)s->p);
	return s->p;
}

static void *get_aligned(struct exercise *ex, struct slot *s)
{
	u64 align = 1ULL << prng_below(&ex->prng, 22);

	s->p = vmalloc_aligned(ex->sys, s->size, align);
	if (s->p && !is_aligned((u64)(uintptr_t)s->p - ex->sys->vmalloc_offset, align))
		exercise_fail(ex, "an area is not aligned", (u64)(uintptr_t)s->p);
	return s->p;
}

void *exercise_get_area(struct exercise *ex, struct slot *s)
{
	u64 pick = prng_below(&ex->prng, 32);

	if (!pick)
		vm_purge(ex->sys);
	else if (pick == 1)
		iounmap(ex->sys, ioremap(ex->sys, DEVICE, PAGE_SIZE, MEMTYPE_UC));
	switch (s->area) {
	case AREA_ZERO:
		return get_zeros(ex, s);
	case AREA_ALIGNED:
		return get_aligned(ex, s);
	case AREA_NODE:
		return vmalloc_node(ex->sys, s->size, exercise_random_node(ex));
	case AREA_HUGE:
		return vmalloc_huge(ex->sys, s->size);
	case AREA_MAP:
	case AREA_MAP_RAM:
		return map_block(ex, s);
	default:
		return vmalloc(ex->sys, s->size);
	}
}

void exercise_put_area(struct exercise *ex, struct slot *s)
{
	if (s->area == AREA_MAP)
		vunmap(ex->sys, s->p);
	else if (s->area == AREA_MAP_RAM)
		vm_unmap_ram(ex->sys, s->p, 1u << s->order);
	else
		vfree(ex->sys, s->p);
	if (s->area >= AREA_MAP)
		__free_pages(ex->sys, s->block, s->order);
}
