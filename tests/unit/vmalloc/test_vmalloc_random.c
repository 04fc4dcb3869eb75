/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* All kinds of areas: out of memory at every page, and in random order against a model. */
#include "vm_fixture.h"

static struct page *some_pages[600];

static void *get(struct mem_system *sys, u32 kind)
{
	switch (kind) {
	case 0:
		return vmalloc(sys, 600 * PAGE_SIZE);
	case 1:
		return vzalloc(sys, 30 * PAGE_SIZE);
	case 2:
		return vmalloc_node(sys, 37 * PAGE_SIZE, 1);
	case 3:
		return vmalloc_aligned(sys, 3 * PAGE_SIZE, 64 * KiB);
	case 4:
		return vmalloc_huge(sys, 4 * MiB + 3 * PAGE_SIZE);
	case 5:
		return vmap(sys, some_pages, 600, PT_WRITE | PT_NOEXEC);
	case 6:
		return vm_map_ram(sys, some_pages, 20);
	case 7:
		return ioremap(sys, 0xf0001000, 3 * MiB, MEMTYPE_UC);
	default:
		return vmalloc_user(sys, PAGE_SIZE);
	}
}
#define NR_KINDS 9

static void put(struct mem_system *sys, u32 kind, void *p)
{
	if (kind == 5)
		vunmap(sys, p);
	else if (kind == 6)
		vm_unmap_ram(sys, p, 20);
	else if (kind == 7)
		iounmap(sys, p);
	else
		vfree(sys, p);
}

/* ---- failure ----------------------------------------------------------------------------- */

/* Expect for every kind and k: when the k-th page cannot be had, NULL comes, and everything but
 * page tables above the lowest is given back. */
static void failure_at_every_page_gives_everything_back(void **state)
{
	(void)state;
	for (u32 kind = 0; kind < NR_KINDS; kind++) {
		struct mem_system *sys = sim_new("128M nodes=2 levels=5");
		u64 before, failed, k;
		void *p = NULL;

		for (u32 i = 0; i < 600; i++)
			some_pages[i] = alloc_page(sys, GFP_KERNEL);
		before = all_pages(sys);
		for (k = 1; !p; k++) {
			free_pages_shrunk(sys);
			failed = sys->vmalloc.errors.nr_failed;
			page_debug_fail_after(sys, k);
			p = get(sys, kind);
			page_debug_fail_after(sys, 0);
			if (!p) {
				assert_int_equal(sys->vmalloc.errors.nr_failed, failed + 1);
				assert_int_equal(sys->vmalloc.lazy_pages, 0);
				assert_int_equal(all_pages(sys), before);
				assert_int_equal(sys->vmalloc.nr_areas, 0);
				assert_int_equal(sys->vmalloc.nr_pages, 0);
			}
			assert_sound(sys);
		}
		assert_true(k > 2);
		put(sys, kind, p);
		assert_int_equal(all_pages(sys), before);
		assert_sound(sys);
		sim_free(sys);
	}
}

/* ---- random ------------------------------------------------------------------------------ */

#define AREAS	   60
#define MODEL_SIZE 65536

/* What is where in the first 256 MiB: a byte for each page. */
enum { FREE, TAKEN, WAITS };
static u8 model[MODEL_SIZE];

/* What waits for the purge is as we know, with the gaps that wait with it. */
static void model_lazy(const struct mem_system *sys)
{
	const struct vm_struct *area = NULL;

	while ((area = vmalloc_next(sys, area))) {
		u64 at = (area->addr - sys->given.layout.vmalloc_start) / PAGE_SIZE;

		for (u64 i = 0; area->flags & VM_LAZY && i < area->size / PAGE_SIZE; i++) {
			assert_int_not_equal(model[at + i], TAKEN);
			model[at + i] = WAITS;
		}
	}
}

/* The lowest place for so many pages, naively. */
static u32 model_place(u32 pages)
{
	for (u32 at = 0, n; at + pages <= MODEL_SIZE; at += n + 1) {
		for (n = 0; n < pages && model[at + n] == FREE;)
			n++;
		if (n == pages)
			return at;
	}
	fail();
	return 0;
}

struct held {
	u8 *p;
	u32 at, nr, kind;
};

static u32 pages_of(u32 kind, u32 random)
{
	static const u32 fixed[NR_KINDS] = {0, 30, 37, 3, 1027, 600, 20, 768, 1};

	return kind ? fixed[kind] : 1 + random % 40;
}

/* Of aligned ones the gap that surely holds them is the lowest such, not the lowest of all. */
static void check_place(const struct mem_system *sys, struct held *h)
{
	static const u32 align[NR_KINDS] = {1, 1, 1, 16, 512, 1, 1, 1024, 1};
	u32 surely = h->nr + 1 + align[h->kind] - 1;

	h->at = (u32)((va_of(sys, h->p) - sys->given.layout.vmalloc_start) / PAGE_SIZE);
	assert_int_equal(h->at, round_up(model_place(surely), align[h->kind]));
	memset(model + h->at, TAKEN, h->nr + 1);
}

static void fill_held(struct mem_system *sys, struct held *h, u32 i, struct prng *prng)
{
	h->kind = (u32)prng_below(prng, NR_KINDS + 8);
	h->kind = h->kind < NR_KINDS ? h->kind : 0;
	h->nr = pages_of(h->kind, (u32)prng_next(prng));
	h->p = h->kind ? get(sys, h->kind) : vmalloc(sys, h->nr * PAGE_SIZE);
	assert_non_null(h->p);
	model_lazy(sys);
	if (!sys->vmalloc.lazy_pages) { /* there may have been a purge */
		for (u32 k = 0; k < MODEL_SIZE; k++)
			model[k] = model[k] == WAITS ? FREE : model[k];
	}
	check_place(sys, h);
	if (h->kind < 5 || h->kind == 8)
		memset(h->p, (int)i + 1, h->nr * PAGE_SIZE);
}

static void empty_held(struct mem_system *sys, struct held *h, u32 i)
{
	if (h->kind < 5 || h->kind == 8)
		assert_true(is_all(h->p, h->nr * PAGE_SIZE, (u8)(i + 1)));
	put(sys, h->kind, h->p);
	memset(model + h->at, sys->vmalloc.lazy_pages ? WAITS : FREE, h->nr + 1);
	h->p = NULL;
}

static void random_areas_lie_where_the_model_puts_them(void **state)
{
	struct mem_system *sys = sim_new("256M nodes=2");
	static struct held held[AREAS];
	u64 before;
	struct prng prng;

	(void)state;
	print_message("# seed 7\n");
	prng_seed(&prng, 7);
	memset(held, 0, sizeof(held));
	memset(model, FREE, sizeof(model));
	for (u32 i = 0; i < 600; i++)
		some_pages[i] = alloc_page(sys, GFP_KERNEL);
	before = all_pages(sys);
	sys->vmalloc.lazy_max = ~0ULL; /* purges come when we say so */
	for (u32 step = 0; step < 3000; step++) {
		u32 i = (u32)prng_below(&prng, AREAS);

		if (held[i].p)
			empty_held(sys, &held[i], i);
		else
			fill_held(sys, &held[i], i, &prng);
		if (step % 64 == 63) {
			assert_sound(sys);
			vm_purge(sys);
			for (u32 k = 0; k < MODEL_SIZE; k++)
				model[k] = model[k] == WAITS ? FREE : model[k];
			assert_sound(sys);
		}
	}
	for (u32 i = 0; i < AREAS; i++) {
		if (held[i].p)
			empty_held(sys, &held[i], i);
	}
	assert_int_equal(sys->vmalloc.errors.bad_frees, 0);
	assert_int_equal(all_pages(sys), before);
	assert_sound(sys);
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failure_at_every_page_gives_everything_back),
		cmocka_unit_test(random_areas_lie_where_the_model_puts_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
